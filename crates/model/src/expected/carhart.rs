//! The four-factor model.

use super::{ModelOptions, Recipe, RecipeError, ReturnModel};

/// E[R] = R_f + α + b·(mktrf, smb, hml, umd) (Carhart 1997). `excess = false` regresses the raw return.
pub(super) struct Carhart;

impl ReturnModel for Carhart {
    fn name(&self) -> &'static str {
        "carhart"
    }

    fn summary(&self) -> &'static str {
        "ff3 and momentum on R - R_f"
    }

    fn reference(&self) -> &'static str {
        "Carhart 1997"
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        options.without_factors(self.name())?;
        Ok(Recipe::regression(&["mktrf", "smb", "hml", "umd"], options.excess.unwrap_or(true)))
    }
}
