//! The measures of a record, one line each.

use dayzero_model::backtest::{Day, Lot};
use dayzero_model::performance::{
    self, Activity, ActivityRecord, Alpha, Drawdown, LotOutcome, LotRecord, LotSize, Sharpe, Undefined,
};

use super::Case;

/// A measure, or why it has no value.
pub type Value = Result<f64, String>;

/// Lots that would be cut where the account has as much money as the capacity says.
const CUT: f64 = 0.1;
/// Blocks of the cross-validation that tells overfitting, 12 870 splits (Bailey et al. 2017).
const BLOCKS: usize = 16;

/// A measure: a column of the table.
pub struct Measure {
    /// Name.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// How it is made.
    pub(super) of: fn(&Measured<'_>) -> Value,
}

/// Everything that measures are made of.
pub(super) struct Measured<'a> {
    pub(super) days_per_year: f64,
    pub(super) lags: usize,
    pub(super) confidence: f64,
    pub(super) market: Result<Alpha, String>,
    pub(super) factors: Result<Alpha, String>,
    pub(super) search: &'a Search,
    pub(super) returns: &'a [f64],
    pub(super) sharpe: Result<Sharpe, Undefined>,
    pub(super) lots: Result<LotRecord, Undefined>,
    pub(super) activity: Result<ActivityRecord, Undefined>,
    pub(super) capacity: Value,
}

/// How many strategies were tried, and what that says.
pub(super) struct Search {
    pub(super) count: usize,
    trials: Result<f64, Undefined>,
    variance: f64,
    overfitting: Value,
}

impl Search {
    /// The search among these records.
    pub(super) fn of(records: &[&[f64]]) -> Self {
        let ratios: Vec<f64> = records.iter().filter_map(|r| Sharpe::of(r).ok()).map(|sharpe| sharpe.ratio).collect();
        Self {
            count: records.len(),
            trials: performance::effective_trials(records),
            // A single ratio does not vary, and is not deflated.
            variance: performance::ratio_variance(&ratios).unwrap_or(0.0),
            overfitting: said(performance::overfitting(records, BLOCKS).map(|found| found.probability)),
        }
    }

    /// Nothing was chosen with a view to the record.
    pub(super) fn none() -> Self {
        let overfitting = Err("strategies were chosen on past days only".to_owned());
        Self { count: 1, trials: Ok(1.0), variance: 0.0, overfitting }
    }
}

fn said(value: Result<f64, Undefined>) -> Value {
    value.map_err(|undefined| undefined.to_string())
}

/// The averages of the lots of a record.
pub(super) fn lots(case: &Case<'_>) -> Result<LotRecord, Undefined> {
    let outcome = |lot: &&Lot| LotOutcome { profit: lot.profit(), return_: lot.net_return(), sessions: lot.sessions };
    LotRecord::of(&case.lots.iter().map(outcome).collect::<Vec<_>>())
}

/// The averages of its days.
pub(super) fn activity(case: &Case<'_>, days_per_year: f64) -> Result<ActivityRecord, Undefined> {
    let of = |day: &Day| Activity { gross: day.gross_exposure(), net: day.net_exposure(), traded: day.turnover };
    ActivityRecord::of(&case.days.iter().map(of).collect::<Vec<_>>(), days_per_year)
}

/// The money with which a tenth of the lots would reach the participation, by their weights before limits.
pub(super) fn capacity(case: &Case<'_>) -> Value {
    let participation = case.participation.ok_or("no max_participation is set")?;
    let size =
        |(weight, traded_value): (f64, Option<f64>)| LotSize { weight, traded_value: traded_value.unwrap_or(0.0) };
    let entered = case.lots.iter().map(|lot| (lot.wanted, lot.traded_value));
    // Otherwise a large account, which keeps lots of small securities out, would seem to have much room.
    let kept_out = case.too_large.iter().map(|lot| (lot.wanted, lot.traded_value));
    said(performance::capacity(&entered.chain(kept_out).map(size).collect::<Vec<_>>(), participation, CUT))
}

impl Measured<'_> {
    fn year(&self) -> f64 {
        self.days_per_year
    }

    fn of_sharpe(&self, of: impl Fn(&Sharpe) -> Result<f64, Undefined>) -> Value {
        said(self.sharpe.and_then(|sharpe| of(&sharpe)))
    }

    fn of_lots(&self, of: impl Fn(&LotRecord) -> Result<f64, Undefined>) -> Value {
        said(self.lots.and_then(|lots| of(&lots)))
    }

    fn of_days(&self, of: fn(&ActivityRecord) -> f64) -> Value {
        said(self.activity.map(|activity| of(&activity)))
    }

    fn of_trials(&self, of: impl Fn(&Sharpe, f64) -> Result<f64, Undefined>) -> Value {
        self.of_sharpe(|sharpe| of(sharpe, self.search.trials?))
    }
}

macro_rules! measures {
    ($($name:literal, $description:literal, $of:expr;)*) => {
        &[$(Measure { name: $name, description: $description, of: $of },)*]
    };
}

/// Every measure, in the order of the columns.
pub const MEASURES: &[Measure] = measures![
    "total_return", "compounded return of the record, after costs",
        |m| said(performance::total_return(m.returns));
    "annual_return", "compounded return of a year",
        |m| said(performance::annual_return(m.returns, m.year()));
    "volatility", "standard deviation of a year",
        |m| m.of_sharpe(|s| Ok(s.moments.volatility(m.year())));
    "sharpe", "Sharpe ratio of a year; cash earns nothing, so no risk-free rate is taken off",
        |m| m.of_sharpe(|s| Ok(s.annual(m.year())));
    "sharpe_se", "its standard error for independent normal returns (Lo 2002)",
        |m| m.of_sharpe(|s| Ok(m.year().sqrt() * s.error_normal()));
    "sharpe_se_robust", "its standard error for returns of any distribution, autocorrelated up to `lags` days (Lo 2002)",
        |m| said(performance::error_autocorrelated(m.returns, m.lags).map(|error| m.year().sqrt() * error));
    "sharpe_autocorrelated", "Sharpe ratio of a year whose days are autocorrelated up to `lags` days (Lo 2002)",
        |m| m.of_sharpe(|s| Ok(s.ratio * performance::annual_factor(m.returns, m.year(), m.lags)?));
    "sortino", "Sortino ratio of a year against zero",
        |m| said(performance::sortino(m.returns, 0.0, m.year()));
    "calmar", "compounded return of a year by the maximum drawdown",
        |m| said(performance::calmar(m.returns, m.year()));
    "max_drawdown", "deepest fall from an earlier peak, positive",
        |m| said(Drawdown::deepest(m.returns).map(|drawdown| drawdown.depth));
    "hit_rate", "share of lots with a profit",
        |m| m.of_lots(|lots| Ok(lots.hit_rate));
    "profit_factor", "profits by losses, over lots",
        |m| m.of_lots(|lots| lots.profit_factor);
    "expectancy", "mean profit of a lot, where equity began at one",
        |m| m.of_lots(|lots| Ok(lots.expectancy));
    "mean_lot_return", "mean return of a lot after costs, over its value at entry",
        |m| m.of_lots(|lots| Ok(lots.mean_return));
    "mean_sessions", "mean sessions that a lot is held",
        |m| m.of_lots(|lots| Ok(lots.holding));
    "turnover", "half of what is bought and sold in a year, hedges included, by equity",
        |m| m.of_days(|days| days.turnover);
    "exposure", "mean of long plus short, by equity",
        |m| m.of_days(|days| days.gross);
    "net_exposure", "mean of long less short and the hedges, by equity",
        |m| m.of_days(|days| days.net);
    "invested", "share of days with a position",
        |m| m.of_days(|days| days.invested);
    "capacity", "money with which one lot in ten would reach max_participation, by weights before limits, lots that it keeps out among them",
        |m| m.capacity.clone();
    "alpha", "return of a year beside the benchmarks, not compounded",
        |m| m.market.as_ref().map(|alpha| alpha.annual(m.year())).map_err(String::clone);
    "alpha_t", "its t by Newey-West with `lags` days",
        |m| m.market.as_ref().map(|alpha| alpha.t).map_err(String::clone);
    "alpha_p", "two-sided p-value of that",
        |m| m.market.as_ref().map(|alpha| alpha.p_value).map_err(String::clone);
    "factor_alpha", "return of a year beside the columns of the factor table, not compounded",
        |m| m.factors.as_ref().map(|alpha| alpha.annual(m.year())).map_err(String::clone);
    "factor_alpha_t", "its t by Newey-West with `lags` days",
        |m| m.factors.as_ref().map(|alpha| alpha.t).map_err(String::clone);
    "factor_alpha_p", "two-sided p-value of that",
        |m| m.factors.as_ref().map(|alpha| alpha.p_value).map_err(String::clone);
    "skewness", "skewness of daily returns",
        |m| m.of_sharpe(|s| Ok(s.moments.skewness));
    "kurtosis", "kurtosis of daily returns, 3 for normal ones",
        |m| m.of_sharpe(|s| Ok(s.moments.kurtosis));
    "probabilistic_sharpe", "probability that the true Sharpe ratio is above zero (Bailey & López de Prado 2012)",
        |m| m.of_sharpe(|s| performance::probabilistic(s, 0.0));
    "trials", "effective number of independent strategies that the record was chosen among",
        |m| said(m.search.trials);
    "deflated_sharpe", "probabilistic Sharpe ratio against the best that is expected of so many trials without skill; no test of a fixed size (Bailey & López de Prado 2014)",
        |m| m.of_trials(|s, trials| performance::deflated(s, m.search.variance, trials));
    "selected", "probability that the best of so many trials without skill has a smaller Sharpe ratio: one less a p-value",
        |m| m.of_trials(performance::selected);
    "min_track_record", "days after which such a Sharpe ratio would be above zero at the confidence of the study",
        |m| m.of_sharpe(|s| performance::minimum_track_record(s, 0.0, m.confidence));
    "overfitting", "probability that the best strategy in sample is in the lower half out of sample, of the strategies with its costs; the middle rank of an odd number is in that half (Bailey et al. 2017)",
        |m| m.search.overfitting.clone();
];
