//! The market model, robust against large residuals.

use super::{EstimationSample, Fit, FitError, Method, ModelOptions, Recipe, RecipeError, ReturnModel};
use crate::robust;

/// E[R] = α + β R_m by M-estimation with k = 1.345 (Huber 1964), so that large returns in the estimation
/// window bend the line less. s² is that of all residuals, large ones too.
pub(super) struct Huber;

impl ReturnModel for Huber {
    fn name(&self) -> &'static str {
        "huber"
    }

    fn summary(&self) -> &'static str {
        "market model by M-estimation: large residuals weigh less"
    }

    fn reference(&self) -> &'static str {
        "Huber 1964"
    }

    fn recipe(&self, _: &ModelOptions) -> Result<Recipe, RecipeError> {
        Ok(Recipe::market_model(Robust))
    }
}

struct Robust;

impl Method for Robust {
    fn fit(&self, sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError> {
        robust::huber(sample, fit)
    }

    fn is_costly(&self) -> bool {
        true
    }
}
