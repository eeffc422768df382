//! The three-factor model.

use super::options::EXCESS;
use super::{ModelOption, ModelOptions, Recipe, RecipeError, ReturnModel};

/// E[R] = R_f + α + b·(mktrf, smb, hml) (Fama & French 1993). `excess = false` regresses the raw return.
pub(super) struct FamaFrench3;

impl ReturnModel for FamaFrench3 {
    fn name(&self) -> &'static str {
        "ff3"
    }

    fn summary(&self) -> &'static str {
        "market, size and value factors on R - R_f"
    }

    fn reference(&self) -> &'static str {
        "Fama & French 1993"
    }

    fn options(&self) -> &'static [ModelOption] {
        &[EXCESS]
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        Ok(Recipe::regression(&["mktrf", "smb", "hml"], options.flag(EXCESS.name)?.unwrap_or(true)))
    }
}
