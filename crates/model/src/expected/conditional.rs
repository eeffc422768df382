//! The market model with errors of changing variance, whatever its dynamics.

use super::fit::ConditionalVariance;
use super::{
    EstimationSample, Fit, FitError, Method, ModelOption, ModelOptions, Recipe, RecipeError, Reported, least_squares,
};
use crate::volatility::{self, Dynamics, Errors};

/// The distribution of the errors.
pub(super) const ERRORS: ModelOption =
    ModelOption { name: "errors", summary: "\"normal\" (the default) or \"t\", with estimated degrees of freedom" };

/// The recipe of a market model with these dynamics.
pub(super) fn recipe(dynamics: Dynamics, options: &ModelOptions) -> Result<Recipe, RecipeError> {
    let errors = match options.choice(ERRORS.name, &["normal", "t"])? {
        Some("t") => Errors::StudentT,
        _ => Errors::Normal,
    };
    let mut reported = vec![
        Reported::alpha(),
        Reported::beta("market"),
        Reported::new("variance_omega", "constant of the conditional variance"),
        Reported::new("variance_alpha", "effect of the last shock on the conditional variance"),
    ];
    if matches!(dynamics, Dynamics::Egarch) {
        reported.push(Reported::new("variance_gamma", "effect of the sign of the last shock"));
    }
    reported.push(Reported::new("variance_beta", "persistence of the conditional variance"));
    if matches!(errors, Errors::StudentT) {
        reported.push(Reported::new("errors_dof", "degrees of freedom of the t-distributed errors"));
    }
    let parameters = reported.len();
    reported.push(Reported::new("log_likelihood", "maximum of the log-likelihood"));
    Ok(Recipe { reported, parameters, ..Recipe::market_model(MaximumLikelihood { dynamics, errors, parameters }) })
}

struct MaximumLikelihood {
    dynamics: Dynamics,
    errors: Errors,
    parameters: usize,
}

impl Method for MaximumLikelihood {
    fn fit(&self, sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError> {
        if sample.len() <= self.parameters + 1 {
            return Err(FitError::TooFewDays { needed: self.parameters + 2 });
        }
        least_squares::fit(sample, fit)?;
        let (columns, start) = (sample.columns, fit.coefficients.clone());
        let found = volatility::fit(&sample.y, &sample.x, columns, self.dynamics, self.errors, &start)
            .map_err(|error| FitError::NoConvergence { reason: error.to_string() })?;
        fit.coefficients.clone_from(&found.mean);
        // As for least squares: the parameters of the variance are no coefficients of the mean.
        fit.assess(sample, columns);
        fit.inverse.clear();
        fit.inverse.extend(found.mean_covariance.iter().map(|covariance| covariance / fit.variance));
        fit.reported.clone_from(&found.mean);
        fit.reported.extend([found.omega, found.alpha].into_iter().chain(found.gamma));
        fit.reported.extend([found.beta].into_iter().chain(found.nu).chain([found.log_likelihood]));
        let last_day = sample.days.last().copied().unwrap_or_default();
        fit.volatility = Some(ConditionalVariance { fit: found, last_day });
        Ok(())
    }

    fn is_costly(&self) -> bool {
        true
    }

    fn looks_forward(&self) -> bool {
        true
    }
}
