//! What is measured of a security beside its return from close to close.

use dayzero_model::{Calendar, Market, Measure};

use crate::dense::Dense;
use crate::factors::{PERCENT, refuse_percent};
use crate::roster::{Inputs, Roster};
use crate::{BenchmarkSource, DataError, Extra};

/// What the study measures beside returns from close to close.
pub(crate) struct Measures {
    /// For each measure, the run of every security of the roster.
    pub(crate) by_security: Vec<(Measure, Vec<Vec<f64>>)>,
}

impl Measures {
    /// Computes what is asked for, and what it is for the markets as a whole.
    pub(crate) fn new(
        inputs: &Inputs<'_>,
        roster: &Roster,
        dense: &Dense,
        markets: &mut [Market],
    ) -> Result<Self, DataError> {
        let run = |security: usize| dense.run(security, inputs.prices);
        let mut by_security = Vec::new();
        for &measure in inputs.measures {
            let runs: Vec<Vec<f64>> = (0..roster.ids.len()).map(|security| run(security).measure(measure)).collect();
            if measure == Measure::Expected {
                let name = inputs.prices.extras.iter().find(|(extra, _)| *extra == Extra::Expected);
                refuse_percent(&runs.iter().flatten().copied(), PERCENT).map_err(|problem| {
                    let error = DataError::new(problem).file(&inputs.prices.files[0].path);
                    let error = error.column(name.map_or("", |(_, name)| name));
                    error.remedy("divide the column by 100: returns are decimals here")
                })?;
            }
            for (index, market) in markets.iter_mut().enumerate() {
                let column = of_market(inputs, roster, dense, (index, market), measure, &runs);
                market.measures.extend(column.map(|column| (measure, column)));
            }
            by_security.push((measure, runs));
        }
        Ok(Self { by_security })
    }
}

/// A measure of a market as a whole: the benchmark's parts of the day, and the mean volume of the
/// other securities.
fn of_market(
    inputs: &Inputs<'_>,
    roster: &Roster,
    dense: &Dense,
    (index, market): (usize, &Market),
    measure: Measure,
    runs: &[Vec<f64>],
) -> Option<Vec<f64>> {
    let benchmark = match &inputs.markets[index].benchmark {
        BenchmarkSource::Security(id) => roster.find(id),
        BenchmarkSource::Table { .. } => None,
    };
    match measure {
        Measure::Overnight | Measure::Intraday => {
            let (security, mut column) = (benchmark?, vec![f64::NAN; market.calendar.len()]);
            let first = dense.places[security].first.min(column.len());
            column[first..first + runs[security].len()].copy_from_slice(&runs[security]);
            Some(column)
        }
        Measure::Volume | Measure::Turnover => {
            let others = (0..runs.len()).filter(|&s| roster.market_of[s] == Some(index) && Some(s) != benchmark);
            let others = others.filter(|&s| !runs[s].is_empty());
            let placed: Vec<_> = others.map(|s| (dense.places[s].first, runs[s].clone())).collect();
            Some(market_mean(&market.calendar, &placed))
        }
        _ => None,
    }
}

/// The columns of one security on consecutive trading days, NaN where missing. The values are prices
/// where the price table has prices.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'a> {
    pub(crate) values: &'a [f64],
    /// Whether the values are prices, and not returns.
    pub(crate) prices: bool,
    pub(crate) open: Option<&'a [f64]>,
    pub(crate) volume: Option<&'a [f64]>,
    pub(crate) shares: Option<&'a [f64]>,
    pub(crate) expected: Option<&'a [f64]>,
}

impl Columns<'_> {
    /// A measure on every day of the run; missing throughout where its columns were not read.
    pub(crate) fn measure(&self, measure: Measure) -> Vec<f64> {
        let days = 0..self.values.len();
        let of = |column: Option<&[f64]>, day: usize| column.map_or(f64::NAN, |column| column[day]);
        match measure {
            Measure::Return => self.values.to_vec(),
            Measure::Expected => days.map(|day| of(self.expected, day)).collect(),
            Measure::Overnight => {
                let before = |day: usize| day.checked_sub(1).map_or(f64::NAN, |before| self.values[before]);
                days.map(|day| of(self.open, day) / before(day) - 1.0).collect()
            }
            Measure::Intraday => days.map(|day| self.values[day] / of(self.open, day) - 1.0).collect(),
            Measure::Volume => days.map(|day| logarithm(of(self.volume, day))).collect(),
            Measure::Turnover => days.map(|day| logarithm(of(self.volume, day) / of(self.shares, day))).collect(),
            Measure::Close if self.prices => self.values.to_vec(),
            Measure::Close => compounded(self.values),
            Measure::Open => days.map(|day| of(self.open, day)).collect(),
            Measure::TradedValue => days.map(|day| self.values[day] * of(self.volume, day)).collect(),
            Measure::TradeReturn => self.trades().into_iter().map(|trade| trade.map_or(f64::NAN, |t| t.0)).collect(),
            Measure::TradeDays => self.trades().into_iter().map(|trade| trade.map_or(f64::NAN, |t| t.1)).collect(),
        }
    }

    /// For every day with a trade and one before it: the return since that one, and the days it took.
    /// Where volumes are known, a price on a day without volume is no trade.
    fn trades(&self) -> Vec<Option<(f64, f64)>> {
        let mut last: Option<usize> = None;
        let traded = |day: usize| {
            self.values[day].is_finite() && self.volume.is_none_or(|volume| volume[day] > 0.0 || volume[day].is_nan())
        };
        let trade = |day: usize| {
            if !traded(day) {
                return None;
            }
            let before = last.replace(day)?;
            Some((self.values[day] / self.values[before] - 1.0, (day - before) as f64))
        };
        (0..self.values.len()).map(trade).collect()
    }
}

/// What one unit before the first day has become, missing where a return is: it then waits for the next.
fn compounded(returns: &[f64]) -> Vec<f64> {
    let mut level = 1.0;
    let next = |r: &f64| {
        if !r.is_finite() {
            return f64::NAN;
        }
        level *= 1.0 + r;
        level
    };
    returns.iter().map(next).collect()
}

/// A day without volume has no logarithm of it.
fn logarithm(value: f64) -> f64 {
    if value > 0.0 { value.ln() } else { f64::NAN }
}

/// Mean over securities, day by day: the market's volume (Campbell & Wasley 1996). `runs` gives each
/// security's first day and its values; the mean is that of the securities with a value, two at least.
fn market_mean(calendar: &Calendar, runs: &[(usize, Vec<f64>)]) -> Vec<f64> {
    let (mut sums, mut counts) = (vec![0.0; calendar.len()], vec![0_u32; calendar.len()]);
    for (first, values) in runs {
        for (i, value) in values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
            sums[first + i] += value;
            counts[first + i] += 1;
        }
    }
    sums.iter().zip(&counts).map(|(sum, &count)| if count > 1 { sum / f64::from(count) } else { f64::NAN }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAN: f64 = f64::NAN;

    fn equal(got: &[f64], want: &[f64]) {
        assert_eq!(got.len(), want.len());
        for (got, want) in got.iter().zip(want) {
            assert!((got - want).abs() < 1e-15 || (got.is_nan() && want.is_nan()), "{got} against {want}");
        }
    }

    #[test]
    fn parts_of_a_day_and_returns_from_trade_to_trade() {
        let run = Columns {
            values: &[100.0, 110.0, NAN, 121.0, 121.0],
            prices: true,
            open: Some(&[100.0, 105.0, NAN, 110.0, 121.0]),
            volume: Some(&[10.0, 20.0, NAN, 40.0, 0.0]),
            shares: Some(&[100.0; 5]),
            expected: None,
        };
        equal(&run.measure(Measure::Overnight), &[NAN, 0.05, NAN, NAN, 0.0]);
        equal(&run.measure(Measure::Intraday), &[0.0, 110.0 / 105.0 - 1.0, NAN, 0.1, 0.0]);
        equal(&run.measure(Measure::TradedValue), &[1000.0, 2200.0, NAN, 4840.0, 0.0]);
        equal(&compounded(&[NAN, 0.1, NAN, 0.5, -1.0, 0.2]), &[NAN, 1.1, NAN, 1.1 * 1.5, 0.0, 0.0]);
        equal(&run.measure(Measure::TradeReturn), &[NAN, 0.1, NAN, 0.1, NAN]);
        equal(&run.measure(Measure::TradeDays), &[NAN, 1.0, NAN, 2.0, NAN]);
        equal(&run.measure(Measure::Volume), &[10_f64.ln(), 20_f64.ln(), NAN, 40_f64.ln(), NAN]);
        equal(&run.measure(Measure::Turnover), &[0.1_f64.ln(), 0.2_f64.ln(), NAN, 0.4_f64.ln(), NAN]);
    }
}
