//! The six-factor model.

use super::options::EXCESS;
use super::{ModelOption, ModelOptions, Recipe, RecipeError, ReturnModel};

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

    fn options(&self) -> &'static [ModelOption] {
        &[EXCESS]
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        Ok(Recipe::regression(
            &["mktrf", "smb", "hml", "rmw", "cma", "umd"],
            options.flag(EXCESS.name)?.unwrap_or(true),
        ))
    }
}
