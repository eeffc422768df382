//! The five-factor model.

use super::options::EXCESS;
use super::{ModelOption, ModelOptions, Recipe, RecipeError, ReturnModel};

/// E[R] = R_f + α + b·(mktrf, smb, hml, rmw, cma) (Fama & French 2015). `excess = false` regresses the raw return.
pub(super) struct FamaFrench5;

impl ReturnModel for FamaFrench5 {
    fn name(&self) -> &'static str {
        "ff5"
    }

    fn summary(&self) -> &'static str {
        "ff3, profitability and investment on R - R_f"
    }

    fn reference(&self) -> &'static str {
        "Fama & French 2015"
    }

    fn options(&self) -> &'static [ModelOption] {
        &[EXCESS]
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        Ok(Recipe::regression(&["mktrf", "smb", "hml", "rmw", "cma"], options.flag(EXCESS.name)?.unwrap_or(true)))
    }
}
