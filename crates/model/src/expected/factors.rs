//! A regression on any factors.

use super::options::{EXCESS, FACTORS};
use super::{ModelOption, ModelOptions, Recipe, RecipeError, ReturnModel};

/// E[R] = α + b·f, or R_f + α + b·f with `excess = true` (Ross 1976). `market` is the benchmark.
pub(super) struct Factors;

impl ReturnModel for Factors {
    fn name(&self) -> &'static str {
        "factors"
    }

    fn summary(&self) -> &'static str {
        "any list: { factors = [\"market\", \"oil\"], excess = false }"
    }

    fn reference(&self) -> &'static str {
        "Ross 1976"
    }

    fn options(&self) -> &'static [ModelOption] {
        &[FACTORS, EXCESS]
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        let factors = options.texts(FACTORS.name)?.unwrap_or_default();
        if factors.is_empty() {
            return Err(RecipeError::new("model `factors` needs a list, as in { factors = [\"market\", \"oil\"] }"));
        }
        let names: Vec<&str> = factors.iter().map(String::as_str).collect();
        Ok(Recipe::regression(&names, options.flag(EXCESS.name)?.unwrap_or(false)))
    }
}
