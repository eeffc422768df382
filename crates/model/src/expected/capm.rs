//! The market model in excess returns.

use super::options::EXCESS;
use super::{ModelOption, ModelOptions, Recipe, RecipeError, ReturnModel};

/// E[R] = R_f + α + β (R_m − R_f) (Sharpe 1964; α of Jensen 1968). `excess = false` regresses the raw return.
pub(super) struct Capm;

impl ReturnModel for Capm {
    fn name(&self) -> &'static str {
        "capm"
    }

    fn summary(&self) -> &'static str {
        "R_f + alpha + beta (R_m - R_f)"
    }

    fn reference(&self) -> &'static str {
        "Sharpe 1964; Jensen 1968"
    }

    fn options(&self) -> &'static [ModelOption] {
        &[EXCESS]
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        Ok(Recipe::regression(&["market"], options.flag(EXCESS.name)?.unwrap_or(true)))
    }
}
