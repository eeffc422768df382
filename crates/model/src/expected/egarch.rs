//! The market model with EGARCH(1,1) errors.

use super::conditional::{ERRORS, recipe};
use super::{ModelOption, ModelOptions, Recipe, RecipeError, ReturnModel};
use crate::volatility::Dynamics;

/// E[R] = α + β R_m with errors of variance ln σ²_t = ω + a(|z_t−1| − √(2/π)) + g z_t−1 + b ln σ²_t−1
/// (Nelson 1991), all by maximum likelihood. Each event day is standardised by its own forecast.
pub(super) struct Egarch;

impl ReturnModel for Egarch {
    fn name(&self) -> &'static str {
        "egarch"
    }

    fn summary(&self) -> &'static str {
        "market model with EGARCH(1,1) errors, by maximum likelihood"
    }

    fn reference(&self) -> &'static str {
        "Nelson 1991"
    }

    fn options(&self) -> &'static [ModelOption] {
        &[ERRORS]
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        recipe(Dynamics::Egarch, options)
    }
}
