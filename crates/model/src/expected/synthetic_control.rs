//! A synthetic control: the mixture of other securities that moved like this one.

use super::options::{COUNT, WITHIN};
use super::{
    EstimationSample, Fit, FitError, Method, ModelOption, ModelOptions, Recipe, RecipeError, ReturnModel, Source,
};
use crate::peers::PeerRule;
use crate::simplex::simplex_weights;

/// E[R] = Σw_j R_j over donors j, with w ≥ 0 and Σw = 1 that fit the estimation days best (Abadie,
/// Diamond & Hainmueller 2010, eq. 2). Inference is by placebos: each donor takes the security's place.
///
/// The donors have no event in the event window and a return on every day; of these, the `count` most
/// correlated over the estimation days. s² is the variance of the gap with divisor M − J, J the number
/// of donors with a weight: the weights sum to one, and the mean counts.
pub(super) struct SyntheticControl;

/// Donors, unless the user says otherwise.
const DONORS: usize = 20;

impl ReturnModel for SyntheticControl {
    fn name(&self) -> &'static str {
        "synthetic_control"
    }

    fn summary(&self) -> &'static str {
        "mixture of other securities that fits the estimation window, with placebo p-values"
    }

    fn reference(&self) -> &'static str {
        "Abadie, Diamond & Hainmueller 2010"
    }

    fn options(&self) -> &'static [ModelOption] {
        &[WITHIN, COUNT]
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        let within = options.texts(WITHIN.name)?.unwrap_or_default().to_vec();
        let count = options.whole(COUNT.name, 2, 200)?.unwrap_or(DONORS);
        Ok(Recipe {
            peers: Some(PeerRule::Donors { within, count }),
            placebo: true,
            method: std::sync::Arc::new(Mixture),
            ..Recipe::given(Source::Donors)
        })
    }
}

/// Simplex-constrained least squares.
struct Mixture;

impl Method for Mixture {
    fn fit(&self, sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError> {
        let weights = simplex_weights(&sample.y, &sample.x, sample.columns)
            .ok_or_else(|| FitError::NoConvergence { reason: "the weights of the donors did not converge".into() })?;
        let active = weights.iter().filter(|&&weight| weight > 0.0).count().max(1);
        if sample.len() <= active {
            return Err(FitError::TooFewDays { needed: active + 1 });
        }
        fit.fixed(&weights, sample)?;
        fit.set_variance(sample, active);
        Ok(())
    }

    fn is_costly(&self) -> bool {
        true
    }
}
