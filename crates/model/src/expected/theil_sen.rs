//! The market model, by the median of slopes.

use super::{EstimationSample, Fit, FitError, Method, ModelOptions, Recipe, RecipeError, ReturnModel};
use crate::robust;

/// E[R] = α + β R_m with β the median slope over all pairs of days (Theil 1950; Sen 1968). s² is that of
/// all residuals, and (X'X)⁻¹ of least squares stands for the error of the coefficients.
pub(super) struct TheilSen;

impl ReturnModel for TheilSen {
    fn name(&self) -> &'static str {
        "theil_sen"
    }

    fn summary(&self) -> &'static str {
        "market model with the median of all pairwise slopes"
    }

    fn reference(&self) -> &'static str {
        "Theil 1950; Sen 1968"
    }

    fn recipe(&self, _: &ModelOptions) -> Result<Recipe, RecipeError> {
        Ok(Recipe::market_model(Robust))
    }
}

struct Robust;

impl Method for Robust {
    fn fit(&self, sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError> {
        robust::theil_sen(sample, fit)
    }

    fn is_costly(&self) -> bool {
        true
    }

    fn takes_spans(&self) -> bool {
        false
    }
}
