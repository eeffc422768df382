//! The market model with GARCH(1,1) errors.

use super::conditional::{ERRORS, recipe};
use super::{ModelOption, ModelOptions, Recipe, RecipeError, ReturnModel};
use crate::volatility::Dynamics;

/// E[R] = α + β R_m with errors of variance σ²_t = ω + a ε²_t−1 + b σ²_t−1 (Bollerslev 1986), all by maximum
/// likelihood. Each event day is standardised by its own forecast.
pub(super) struct Garch;

impl ReturnModel for Garch {
    fn name(&self) -> &'static str {
        "garch"
    }

    fn summary(&self) -> &'static str {
        "market model with GARCH(1,1) errors, by maximum likelihood"
    }

    fn reference(&self) -> &'static str {
        "Bollerslev 1986"
    }

    fn options(&self) -> &'static [ModelOption] {
        &[ERRORS]
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        recipe(Dynamics::Garch, options)
    }
}
