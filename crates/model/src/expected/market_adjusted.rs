//! The market-adjusted return: a market model with α = 0 and β = 1.

use super::{ModelOptions, Recipe, RecipeError, ReturnModel, Source};

/// E[R] = R_m (Brown & Warner 1980). Nothing is estimated, so there is no forecast error from
/// estimation; the residual variance is the demeaned sample variance of R − R_m with divisor M − 1.
pub(super) struct MarketAdjusted;

impl ReturnModel for MarketAdjusted {
    fn name(&self) -> &'static str {
        "market_adjusted"
    }

    fn summary(&self) -> &'static str {
        "the return of the benchmark"
    }

    fn reference(&self) -> &'static str {
        "Brown & Warner 1980"
    }

    fn recipe(&self, _: &ModelOptions) -> Result<Recipe, RecipeError> {
        Ok(Recipe::given(Source::Market))
    }
}
