//! The four-factor model.

use super::options::EXCESS;
use super::{ModelOption, ModelOptions, Recipe, RecipeError, ReturnModel};

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

    fn options(&self) -> &'static [ModelOption] {
        &[EXCESS]
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        Ok(Recipe::regression(&["mktrf", "smb", "hml", "umd"], options.flag(EXCESS.name)?.unwrap_or(true)))
    }
}
