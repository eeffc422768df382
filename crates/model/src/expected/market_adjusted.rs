//! The market-adjusted return: a market model with α = 0 and β = 1.

use super::{EstimationSample, Fit, FitError, ModelOptions, Recipe, RecipeError, Regressor, ReturnModel};

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

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        options.without_factors(self.name())?;
        options.without_excess(self.name())?;
        Ok(Recipe { intercept: false, regressors: vec![Regressor::Market], excess: false, estimated: false })
    }

    fn fit(&self, sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError> {
        fit.fixed(&[1.0], sample)
    }
}
