//! What a return model asks for.

use std::fmt;
use std::sync::Arc;

use super::{EstimationSample, Fit, FitError, least_squares};
use crate::Window;
use crate::peers::PeerRule;

/// Where a column of the design comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The benchmark of the security's own market.
    Market,
    /// A factor, by name: a column of the factor table or a security of the price table.
    Factor(String),
    /// The security's own column of expected returns in the price table.
    Expected,
    /// The portfolio of the event's peers, bought at the start of each window and held.
    Portfolio,
    /// One column for each of the event's peers.
    Donors,
}

/// A column of the design, on the calendar of the security's market.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Regressor {
    /// Where it comes from.
    pub source: Source,
    /// Trading days by which the column runs ahead (a lead, positive) or behind (a lag, negative).
    pub shift: i32,
}

impl Source {
    /// The last day of event time by which it is chosen what the column holds, be it for earlier days: peers by
    /// what is known before day 0, donors by their returns and events in all of the event window. `None` for
    /// what no event chooses.
    pub fn chosen_by(&self, event: Window) -> Option<i32> {
        match self {
            Self::Market | Self::Factor(_) | Self::Expected => None,
            Self::Portfolio => Some(-1),
            Self::Donors => Some(event.last().max(-1)),
        }
    }
}

impl Regressor {
    /// A column without lag or lead.
    pub fn now(source: Source) -> Self {
        Self { source, shift: 0 }
    }

    /// The name in tables: `beta_NAME`.
    pub fn name(&self) -> String {
        let name = match &self.source {
            Source::Market => "market",
            Source::Factor(name) => name,
            Source::Expected => "expected",
            Source::Portfolio => "portfolio",
            Source::Donors => "donors",
        };
        match self.shift {
            0 => name.to_owned(),
            lag @ ..0 => format!("{name}_lag{}", -lag),
            lead => format!("{name}_lead{lead}"),
        }
    }
}

impl From<&str> for Regressor {
    /// `market` is the benchmark of the security's own market; any other name is a factor.
    fn from(name: &str) -> Self {
        Self::now(if name == "market" { Source::Market } else { Source::Factor(name.to_owned()) })
    }
}

/// A number that a fit reports, under a name of its own in the table of estimates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// Name of the column.
    pub name: String,
    /// What it is.
    pub description: String,
}

impl Reported {
    /// A number to report.
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self { name: name.into(), description: description.into() }
    }

    /// The intercept.
    pub fn alpha() -> Self {
        Self::new("alpha", "intercept, a decimal return per day")
    }

    /// The coefficient of a regressor.
    pub fn beta(name: &str) -> Self {
        Self::new(format!("beta_{name}"), format!("coefficient of {name}"))
    }
}

/// A fit that needs no more than sums of products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosedForm {
    /// Ordinary least squares on the design.
    LeastSquares,
    /// The one column of the design is what is expected.
    Given,
}

/// How coefficients are made from the estimation days of one event.
pub trait Method: Send + Sync {
    /// Fits the recipe to the estimation days.
    ///
    /// # Errors
    /// The design is singular over these days, they are too few, or the fit does not converge.
    fn fit(&self, sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError>;

    /// The closed form of the fit, where it has one that needs no more than sums of products.
    fn closed_form(&self) -> Option<ClosedForm> {
        None
    }

    /// Whether a fit is so dear that its residuals are kept rather than made again.
    fn is_costly(&self) -> bool {
        false
    }

    /// Whether the fit can only look forward: its variance is a forecast from the last estimation day.
    fn looks_forward(&self) -> bool {
        false
    }

    /// Whether days may count by their number, as returns from trade to trade do: then the constant is no
    /// column of ones.
    fn takes_spans(&self) -> bool {
        true
    }
}

/// Least squares on the design.
struct LeastSquares;

impl Method for LeastSquares {
    fn fit(&self, sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError> {
        least_squares::fit(sample, fit)
    }

    fn closed_form(&self) -> Option<ClosedForm> {
        Some(ClosedForm::LeastSquares)
    }
}

/// Nothing is estimated: the one column of the design is what is expected.
struct Given;

impl Method for Given {
    fn fit(&self, sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError> {
        fit.fixed(&[1.0], sample)
    }

    fn closed_form(&self) -> Option<ClosedForm> {
        Some(ClosedForm::Given)
    }
}

/// The design of a model, and how it is fitted.
#[derive(Clone)]
pub struct Recipe {
    /// Whether the design starts with a constant.
    pub intercept: bool,
    /// The regressors after the constant.
    pub regressors: Vec<Regressor>,
    /// What the coefficients after the intercept are multiplied with on a day of the event window,
    /// where that is not the regressors themselves.
    pub forecast: Option<Vec<Source>>,
    /// Whether the model explains the return above the risk-free rate. The benchmark and the
    /// securities among the factors are then taken above it too; columns of the factor table are
    /// used as they are.
    pub excess: bool,
    /// What a fit reports, in the order of [`Fit::reported`].
    pub reported: Vec<Reported>,
    /// Parameters that are estimated: more days than these are needed.
    pub parameters: usize,
    /// Which other securities an event needs, and how they are chosen.
    pub peers: Option<PeerRule>,
    /// The characteristic by which the portfolio of the peers is weighted; equal weights without one.
    pub weight: Option<String>,
    /// Whether the security's place is also taken by each of its peers in turn, for the distribution
    /// of what would have been found without an event.
    pub placebo: bool,
    /// The fit.
    pub method: Arc<dyn Method>,
}

impl Recipe {
    /// Least squares with an intercept on these regressors.
    pub fn regression(regressors: &[&str], excess: bool) -> Self {
        let reported = std::iter::once(Reported::alpha()).chain(regressors.iter().map(|name| Reported::beta(name)));
        Self {
            intercept: true,
            regressors: regressors.iter().map(|&name| name.into()).collect(),
            forecast: None,
            excess,
            reported: reported.collect(),
            parameters: 1 + regressors.len(),
            peers: None,
            weight: None,
            placebo: false,
            method: Arc::new(LeastSquares),
        }
    }

    /// The market model, fitted in another way.
    pub fn market_model(method: impl Method + 'static) -> Self {
        Self { method: Arc::new(method), ..Self::regression(&["market"], false) }
    }

    /// A return that is expected as it stands: nothing is estimated but its variance.
    pub fn given(source: Source) -> Self {
        Self {
            intercept: false,
            regressors: vec![Regressor::now(source)],
            reported: Vec::new(),
            parameters: 1,
            method: Arc::new(Given),
            ..Self::regression(&[], false)
        }
    }

    /// Number of columns of the design, where every regressor is one.
    pub fn columns(&self) -> usize {
        usize::from(self.intercept) + self.regressors.len()
    }

    /// Whether a column of the design comes from there.
    pub fn uses(&self, source: &Source) -> bool {
        self.regressors.iter().any(|regressor| regressor.source == *source)
    }
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.regressors.iter().map(Regressor::name).collect();
        write!(f, "{} on {}", if self.excess { "excess return" } else { "return" }, names.join(", "))
    }
}
