//! What the returns of strategies are held against: the benchmarks of the markets, and factors.

use std::ops::Range;

use dayzero_model::backtest::Timeline;
use dayzero_model::performance::Alpha;

use crate::prepare::Ground;

/// Series by place on the timeline, NaN where a day has no value.
pub struct Regressors {
    /// The benchmark of each market; zero on dates on which the market was shut.
    pub benchmarks: Vec<(String, Vec<f64>)>,
    /// The columns of the factor table, which are differences of returns.
    pub factors: Vec<(String, Vec<f64>)>,
}

impl Regressors {
    pub(super) fn new(ground: Ground<'_>, timeline: &Timeline) -> Self {
        let assembled = &ground.loaded.assembled;
        let markets = &assembled.panel.markets;
        let benchmark = |market: &dayzero_model::Market| {
            let on = |&date| market.calendar.index_of(date).map_or(0.0, |day| market.benchmark[day]);
            (market.name.clone(), timeline.dates().iter().map(on).collect())
        };
        // A factor is one series, aligned to every calendar: any market that was open has its value.
        let factor = |place: usize| {
            let on = |&date| {
                let value =
                    |market: &dayzero_model::Market| Some(market.factors[place][market.calendar.index_of(date)?]);
                markets.iter().filter_map(value).find(|value| value.is_finite()).unwrap_or(f64::NAN)
            };
            timeline.dates().iter().map(on).collect()
        };
        let names = assembled.panel.factors.iter().enumerate().filter(|(place, _)| assembled.self_financed[*place]);
        Self {
            benchmarks: markets.iter().map(benchmark).collect(),
            factors: names.map(|(place, name)| (name.clone(), factor(place))).collect(),
        }
    }
}

/// The regression of a record on series, over its days on which all of them have a value.
pub(super) fn alpha(
    returns: &[f64],
    series: &[(String, Vec<f64>)],
    days: Range<usize>,
    lags: usize,
) -> Result<Alpha, String> {
    if series.is_empty() {
        return Err("no model has factors, and [factors] columns names none".into());
    }
    let series: Vec<&[f64]> = series.iter().map(|(_, values)| &values[days.clone()]).collect();
    let kept: Vec<usize> =
        (0..returns.len()).filter(|&day| series.iter().all(|values| values[day].is_finite())).collect();
    let keep = |values: &[f64]| -> Vec<f64> { kept.iter().map(|&day| values[day]).collect() };
    let series: Vec<Vec<f64>> = series.into_iter().map(keep).collect();
    let series: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    Alpha::of(&keep(returns), &series, lags).map_err(|undefined| undefined.to_string())
}
