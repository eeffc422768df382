//! An expected return that comes with the prices.

use super::{ModelOptions, Recipe, RecipeError, ReturnModel, Source};

/// E[R] is a column of the price table: a matched or characteristic benchmark that was computed
/// elsewhere (Daniel, Grinblatt, Titman & Wermers 1997). Nothing is estimated.
pub(super) struct BenchmarkColumn;

impl ReturnModel for BenchmarkColumn {
    fn name(&self) -> &'static str {
        "benchmark_column"
    }

    fn summary(&self) -> &'static str {
        "a column of the price table, [prices] expected"
    }

    fn reference(&self) -> &'static str {
        "Daniel, Grinblatt, Titman & Wermers 1997"
    }

    fn recipe(&self, _: &ModelOptions) -> Result<Recipe, RecipeError> {
        Ok(Recipe::given(Source::Expected))
    }
}
