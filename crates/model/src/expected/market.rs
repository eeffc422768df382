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

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        options.without_factors(self.name())?;
        options.without_excess(self.name())?;
        Ok(Recipe::regression(&["market"], false))
    }
}
