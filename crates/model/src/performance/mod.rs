//! What daily returns and closed lots say of a strategy, and how much of it is luck.
//!
//! Returns are decimals of a day, after costs; wealth is 1 before the first of them. A year has as many days as
//! the caller says. Sharpe ratios are of a day unless a name says annual: every formula below that
//! corrects one (its error, [`probabilistic`], [`deflated`]) needs the ratio of a day, the number of days
//! and the raw kurtosis, and goes wrong by orders of magnitude with that of a year.
//!
//! In the order in which a record is read:
//!
//! 1. What was earned, and how smoothly: [`total_return`], [`annual_return`], [`Moments`] with its volatility,
//!    [`Drawdown`], [`calmar`], [`sortino`].
//! 2. By what: [`LotRecord`] (hit rate, profit factor, expectancy, holding), [`ActivityRecord`] (exposure,
//!    turnover), [`capacity`], and [`Alpha`] beside known factors.
//! 3. How sure that is: [`Sharpe`] with errors for normal, for independent and for autocorrelated returns,
//!    [`probabilistic`], [`minimum_track_record`].
//! 4. What is left of it after the search: [`effective_trials`], [`deflated`] and [`selected`] for the best
//!    of several; [`overfitting`], the probability that the best in sample is in the lower half out of
//!    sample; [`walk_forward`], which chooses on past days only.
//!
//! # Choices where definitions differ
//! * **Standard deviations** have divisor T − 1, skewness and kurtosis T (scipy's defaults). `empyrical`
//!   has the same volatility and Sharpe ratio, `quantstats` too; its skewness and kurtosis are pandas'
//!   corrected ones, and its kurtosis the excess. Its probabilistic ratio uses them.
//! * **Downside deviation** counts every day in its divisor, as both packages do.
//! * **A drawdown** may start from the capital before the first day, as in `empyrical` and `quantstats`.
//!   Its depth is positive here, negative there.
//! * **Hits, the profit factor and expectancy** are those of lots, not of days as in `quantstats`: a lot that
//!   is held ten days is one bet.
//! * **Autocorrelation**: the daily returns of overlapping holdings are not independent. The factor η(q) of
//!   Lo (2002) takes the place of √q, with as many lags as the caller says.
//! * **Two answers to selection**: [`deflated`] is the published one and is no test of a fixed size, which
//!   its page says more of; [`selected`] keeps its level. Both count [`effective_trials`], by eigenvalues and
//!   not by the average correlation, for which clusters of like strategies are many trials.
//!
//! A measure that does not exist says why ([`Undefined`]); none is ever NaN.
//!
//! ```
//! use dayzero_model::performance::{self, Drawdown, Sharpe, Undefined};
//! let returns = [0.01, -0.02, 0.015, 0.005, 0.01, -0.005, 0.02, 0.0];
//! let sharpe = Sharpe::of(&returns).unwrap();
//! assert!((performance::probabilistic(&sharpe, 0.0).unwrap() - 0.7875).abs() < 1e-4);
//! let drawdown = Drawdown::deepest(&returns).unwrap();
//! assert_eq!((drawdown.peak, drawdown.trough, drawdown.recovery), (Some(0), 1, Some(4)));
//! assert_eq!(Sharpe::of(&[0.0; 8]), Err(Undefined::ZeroVariance));
//! ```

mod activity;
mod alpha;
mod capacity;
mod deflated;
mod downside;
mod growth;
mod lots;
mod moments;
mod overfitting;
mod probabilistic;
mod sharpe;
mod trials;
mod undefined;
mod walk_forward;

pub use activity::{Activity, ActivityRecord};
pub use alpha::Alpha;
pub use capacity::{LotSize, capacity};
pub use deflated::{deflated, expected_best, selected};
pub use downside::{downside_deviation, sortino};
pub use growth::{Drawdown, annual_return, calmar, total_return};
pub use lots::{LotOutcome, LotRecord};
pub use moments::Moments;
pub use overfitting::{Overfitting, overfitting};
pub use probabilistic::{minimum_track_record, probabilistic};
pub use sharpe::{Sharpe, annual_factor, error_autocorrelated};
pub use trials::{effective_trials, ratio_variance};
pub use undefined::Undefined;
pub use walk_forward::{Choice, WalkForward, walk_forward, walk_forward_by};

/// The length of every record; zero of none.
///
/// # Panics
/// Records are not of one length.
fn days_of(strategies: &[&[f64]]) -> usize {
    let days = strategies.first().map_or(0, |returns| returns.len());
    assert!(strategies.iter().all(|returns| returns.len() == days), "the records of strategies share their days");
    days
}
