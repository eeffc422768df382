//! A regression on any factors.

use super::{ModelOptions, Recipe, RecipeError, ReturnModel};

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

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        let factors = options.factors.as_deref().unwrap_or_default();
        if factors.is_empty() {
            return Err(RecipeError("model `factors` needs a list, as in { factors = [\"market\", \"oil\"] }".into()));
        }
        if let Some((i, name)) = factors.iter().enumerate().find(|(i, name)| factors[..*i].contains(name)) {
            return Err(RecipeError(format!("factor `{name}` is listed twice (again in place {})", i + 1)));
        }
        let names: Vec<&str> = factors.iter().map(String::as_str).collect();
        Ok(Recipe::regression(&names, options.excess.unwrap_or(false)))
    }
}
