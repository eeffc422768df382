//! The constant-mean model.

use super::{ModelOptions, Recipe, RecipeError, ReturnModel};

/// E[R] = mean(R) over the estimation days (Brown & Warner 1980).
pub(super) struct ConstantMean;

impl ReturnModel for ConstantMean {
    fn name(&self) -> &'static str {
        "constant_mean"
    }

    fn summary(&self) -> &'static str {
        "mean return over the estimation window"
    }

    fn reference(&self) -> &'static str {
        "Brown & Warner 1980"
    }

    fn recipe(&self, _: &ModelOptions) -> Result<Recipe, RecipeError> {
        Ok(Recipe::regression(&[], false))
    }
}
