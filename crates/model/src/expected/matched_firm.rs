//! The return of the most similar securities.

use super::options::{COUNT, WITHIN};
use super::{ModelOption, ModelOptions, Recipe, RecipeError, ReturnModel, Source};
use crate::peers::PeerRule;

/// E[R] is the return of the security whose characteristics were nearest just before day 0
/// (Barber & Lyon 1997, §3.2), or of the `count` nearest in equal parts. Nothing is estimated.
pub(super) struct MatchedFirm;

const MATCH: ModelOption =
    ModelOption { name: "match", summary: "characteristics to match, as in [\"size\", \"book_to_market\"]" };

impl ReturnModel for MatchedFirm {
    fn name(&self) -> &'static str {
        "matched_firm"
    }

    fn summary(&self) -> &'static str {
        "return of the security with the nearest characteristics at day 0"
    }

    fn reference(&self) -> &'static str {
        "Barber & Lyon 1997"
    }

    fn options(&self) -> &'static [ModelOption] {
        &[MATCH, WITHIN, COUNT]
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        let columns = options.texts(MATCH.name)?.unwrap_or_default().to_vec();
        if columns.is_empty() {
            return Err(RecipeError::new("model `matched_firm` needs `match`, as in { match = [\"size\"] }"));
        }
        let within = options.texts(WITHIN.name)?.unwrap_or_default().to_vec();
        let count = options.whole(COUNT.name, 1, 1000)?.unwrap_or(1);
        let peers = Some(PeerRule::Nearest { columns, within, count });
        Ok(Recipe { peers, ..Recipe::given(Source::Portfolio) })
    }
}
