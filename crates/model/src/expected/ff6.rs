//! The six-factor model.

use super::{ModelOptions, Recipe, RecipeError, ReturnModel};

/// E[R] = R_f + α + b·(mktrf, smb, hml, rmw, cma, umd) (Fama & French 2018). `excess = false` regresses the raw return.
pub(super) struct FamaFrench6;

impl ReturnModel for FamaFrench6 {
    fn name(&self) -> &'static str {
        "ff6"
    }

    fn summary(&self) -> &'static str {
        "ff5 and momentum on R - R_f"
    }

    fn reference(&self) -> &'static str {
        "Fama & French 2018"
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        options.without_factors(self.name())?;
        Ok(Recipe::regression(&["mktrf", "smb", "hml", "rmw", "cma", "umd"], options.excess.unwrap_or(true)))
    }
}
