//! The market model.

use super::{ModelOptions, Recipe, RecipeError, ReturnModel};

/// E[R] = α + β R_m (Fama, Fisher, Jensen & Roll 1969).
pub(super) struct MarketModel;

impl ReturnModel for MarketModel {
    fn name(&self) -> &'static str {
        "market"
    }

    fn summary(&self) -> &'static str {
        "alpha + beta R_m, by least squares"
    }

    fn reference(&self) -> &'static str {
        "Fama, Fisher, Jensen & Roll 1969"
    }

    fn recipe(&self, _: &ModelOptions) -> Result<Recipe, RecipeError> {
        Ok(Recipe::regression(&["market"], false))
    }
}
