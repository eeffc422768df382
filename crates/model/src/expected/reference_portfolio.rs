//! The return of a portfolio of similar securities.

use super::options::{WEIGHT, WITHIN};
use super::{ModelOption, ModelOptions, Recipe, RecipeError, ReturnModel, Source};
use crate::peers::PeerRule;

/// E[R] is the return of the securities that were in the same cell of characteristics just before
/// day 0, bought at the start of the window and held (Lyon, Barber & Tsai 1999, §I.B). Nothing is
/// estimated.
pub(super) struct ReferencePortfolio;

const SORT: ModelOption =
    ModelOption { name: "sort", summary: "quantiles by characteristic, as in { size = 5, book_to_market = 5 }" };

impl ReturnModel for ReferencePortfolio {
    fn name(&self) -> &'static str {
        "reference_portfolio"
    }

    fn summary(&self) -> &'static str {
        "buy-and-hold return of the securities with like characteristics at day 0"
    }

    fn reference(&self) -> &'static str {
        "Lyon, Barber & Tsai 1999"
    }

    fn options(&self) -> &'static [ModelOption] {
        &[SORT, WITHIN, WEIGHT]
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        let sorts = options.counts(SORT.name, 2, 100)?;
        let within = options.texts(WITHIN.name)?.unwrap_or_default().to_vec();
        if sorts.is_empty() && within.is_empty() {
            return Err(RecipeError::new(
                "model `reference_portfolio` needs `sort` or `within`, as in { sort = { size = 5 }, within = [\"sector\"] }",
            ));
        }
        Ok(Recipe {
            peers: Some(PeerRule::Portfolio { sorts, within }),
            weight: options.text(WEIGHT.name)?.map(str::to_owned),
            ..Recipe::given(Source::Portfolio)
        })
    }
}
