//! The estimation days of one event, and what a model made of them.

use std::fmt;

use crate::variants::ResidualDivisor;
use crate::volatility::VolatilityFit;

/// The estimation days of one event: those on which the return and every regressor are finite.
#[derive(Clone, Debug, Default)]
pub struct EstimationSample {
    /// Calendar indices, rising.
    pub days: Vec<usize>,
    /// Responses, one per day: the return, or the return above the risk-free rate.
    pub y: Vec<f64>,
    /// The design, one column after the other, each as long as `y`.
    pub x: Vec<f64>,
    /// Number of columns of the design.
    pub columns: usize,
}

impl EstimationSample {
    /// Number of estimation days, M.
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Whether there is no day.
    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }

    /// One column of the design.
    pub fn column(&self, j: usize) -> &[f64] {
        &self.x[j * self.len()..(j + 1) * self.len()]
    }

    /// The sample with every day scaled by the root of its weight: least squares on it is weighted
    /// least squares.
    pub(crate) fn weighted(&self, weights: &[f64]) -> Self {
        let mut sample = self.clone();
        for values in [&mut sample.y, &mut sample.x] {
            for (value, weight) in values.iter_mut().zip(weights.iter().cycle()) {
                *value *= weight.sqrt();
            }
        }
        sample
    }
}

/// A fitted model.
#[derive(Clone, Debug, Default)]
pub struct Fit {
    /// Coefficients in the order of the design, the intercept first.
    pub coefficients: Vec<f64>,
    /// Residuals on the estimation days; demeaned when nothing was estimated.
    pub residuals: Vec<f64>,
    /// What was taken from the residuals to demean them; zero where coefficients were estimated.
    pub residual_mean: f64,
    /// Share of the abnormal returns on the estimation days that are positive, before any demeaning; NaN where
    /// nobody asks for it.
    pub positive_share: f64,
    /// Residual variance s², with divisor M − k or what [`ResidualDivisor`] says. Zero where the fit is perfect to rounding.
    pub variance: f64,
    /// Estimation days, M.
    pub observations: usize,
    /// Coefficients that count against the degrees of freedom, k.
    pub parameters: usize,
    /// Share of the variation that is explained; absent where nothing is estimated or varies.
    pub r_squared: Option<f64>,
    /// Covariance of the coefficients in units of s², row after row: (X'X)⁻¹ for least squares; empty
    /// when nothing was estimated.
    pub inverse: Vec<f64>,
    /// The numbers for the table of estimates in the order of the recipe, where they are not the coefficients.
    pub(crate) reported: Vec<f64>,
    /// The conditional variance of the days after the last estimation day, for models that have one.
    pub volatility: Option<ConditionalVariance>,
    /// Room for the decomposition.
    pub(super) work: Vec<f64>,
}

/// A fitted conditional variance and the calendar index of the day after which its forecast begins.
#[derive(Clone, Debug)]
pub struct ConditionalVariance {
    /// The fit.
    pub fit: VolatilityFit,
    /// Last estimation day.
    pub last_day: usize,
}

/// Residual sums of squares below this share of Σy² are rounding: a perfect fit.
const ROUNDING: f64 = 1e-24;

impl Fit {
    /// A model whose coefficients are given: the residuals are demeaned, and k = 1 for the mean.
    ///
    /// # Errors
    /// Fewer than two days.
    pub(super) fn fixed(&mut self, coefficients: &[f64], sample: &EstimationSample) -> Result<(), FitError> {
        if sample.len() < 2 {
            return Err(FitError::TooFewDays { needed: 2 });
        }
        self.coefficients.clear();
        self.coefficients.extend_from_slice(coefficients);
        self.inverse.clear();
        self.set_residuals(sample);
        let mean = self.residuals.iter().sum::<f64>() / sample.len() as f64;
        for residual in &mut self.residuals {
            *residual -= mean;
        }
        self.residual_mean = mean;
        self.r_squared = None;
        self.set_variance(sample, 1);
        Ok(())
    }

    /// Residuals y − Xb.
    pub(crate) fn set_residuals(&mut self, sample: &EstimationSample) {
        self.residual_mean = 0.0;
        self.residuals.clear();
        self.residuals.extend_from_slice(&sample.y);
        for (j, &b) in self.coefficients.iter().enumerate() {
            for (residual, &x) in self.residuals.iter_mut().zip(sample.column(j)) {
                *residual -= b * x;
            }
        }
        let positive = self.residuals.iter().filter(|&&r| r > 0.0).count();
        self.positive_share = positive as f64 / sample.len() as f64;
    }

    /// s² = RSS/(M − k) from the residuals; returns RSS.
    pub(crate) fn set_variance(&mut self, sample: &EstimationSample, parameters: usize) -> f64 {
        let sum_of_squares = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>();
        let rss = sum_of_squares(&self.residuals);
        self.set_sums(sample.len(), parameters, rss, sum_of_squares(&sample.y));
        rss
    }

    /// s² = RSS/(M − k), from RSS and Σy².
    pub(crate) fn set_sums(&mut self, observations: usize, parameters: usize, rss: f64, squares: f64) {
        (self.observations, self.parameters) = (observations, parameters);
        let perfect = rss <= ROUNDING * squares;
        self.variance = if perfect { 0.0 } else { rss / (observations - parameters) as f64 };
    }

    /// Gives s² the divisor that a study asks for. A conditional variance has its own.
    pub(crate) fn divide_residuals(&mut self, divisor: ResidualDivisor) {
        if divisor == ResidualDivisor::One && self.volatility.is_none() {
            self.variance *= self.degrees_of_freedom() as f64 / (self.observations as f64 - 1.0);
        }
    }

    /// Residuals, s² and R² of the coefficients as they stand, so many parameters estimated.
    pub(crate) fn assess(&mut self, sample: &EstimationSample, parameters: usize) {
        self.set_residuals(sample);
        let rss = self.set_variance(sample, parameters);
        // About the fit on the constant alone, which is not one where returns run over several days.
        let constant = sample.column(0);
        let product: f64 = constant.iter().zip(&sample.y).map(|(x, y)| x * y).sum();
        let mean = product / constant.iter().map(|x| x * x).sum::<f64>();
        let tss: f64 = sample.y.iter().zip(constant).map(|(y, x)| (y - mean * x) * (y - mean * x)).sum();
        self.r_squared = (parameters > 1 && tss > 0.0).then(|| 1.0 - rss / tss);
    }

    /// The numbers for the table of estimates, in the order of the recipe.
    pub fn reported(&self) -> &[f64] {
        if self.reported.is_empty() { &self.coefficients } else { &self.reported }
    }

    /// Degrees of freedom of s²: M − k.
    pub fn degrees_of_freedom(&self) -> usize {
        self.observations - self.parameters
    }

    /// The response that the model expects for a row of the design.
    pub fn predict(&self, row: &[f64]) -> f64 {
        self.coefficients.iter().zip(row).map(|(b, x)| b * x).sum()
    }

    /// Variance of the error of one calendar day: s², or the forecast of a conditional variance.
    pub fn error_variance(&self, day: usize) -> f64 {
        match &self.volatility {
            None => self.variance,
            Some(conditional) => conditional.fit.forecast(day.saturating_sub(conditional.last_day).max(1)),
        }
    }

    /// Variance of the sum of the abnormal returns of days whose rows of the design sum to `rows` and
    /// whose error variances sum to `errors`: s²(L + 1'X_w(X'X)⁻¹X_w'1) with constant variance. For one
    /// day this is s²(1 + x'(X'X)⁻¹x).
    ///
    /// The errors of the coefficients are common to all days of a window, so their covariances across
    /// days count (Mikkelson & Partch 1988; Salinger 1992).
    pub fn variance_of_sum(&self, rows: &[f64], errors: f64) -> f64 {
        errors + self.variance * self.leverage(rows)
    }

    /// x'(X'X)⁻¹x: what the estimation of the coefficients adds to the variance of a forecast at
    /// `row`, in units of s². Zero when nothing was estimated.
    pub(crate) fn leverage(&self, row: &[f64]) -> f64 {
        debug_assert!(
            self.inverse.is_empty() || self.inverse.len() == row.len() * row.len(),
            "one row per coefficient"
        );
        let (mut leverage, mut rest) = (0.0, &self.inverse[..]);
        for x in row {
            let Some((line, others)) = rest.split_at_checked(row.len()) else { break };
            leverage += x * line.iter().zip(row).fold(0.0, |sum, (a, z)| sum + a * z);
            rest = others;
        }
        leverage
    }
}

/// Why a model could not be fitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FitError {
    /// The column of the design (0 is the intercept, where there is one) depends on those before it.
    Singular {
        /// The column.
        column: usize,
    },
    /// Not more days than coefficients.
    TooFewDays {
        /// Days needed.
        needed: usize,
    },
    /// The iterations of the estimator lead nowhere.
    NoConvergence {
        /// What happened.
        reason: String,
    },
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Singular { column } => write!(f, "column {column} of the design depends on those before it"),
            Self::TooFewDays { needed } => write!(f, "at least {needed} estimation days are needed"),
            Self::NoConvergence { reason } => write!(f, "the estimate does not converge: {reason}"),
        }
    }
}

impl std::error::Error for FitError {}
