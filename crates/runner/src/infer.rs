//! From results to averages and tests, per group and window.

use dayzero_model::averages::{Average, averages};
use dayzero_model::results::Results;
use dayzero_model::sample::{Sample, TestedWindow};
use dayzero_model::significance::correlation::{Correlation, DayCell};
use dayzero_model::significance::multiple::{benjamini_hochberg, holm};
use dayzero_model::significance::{Reference, Statistic, TestStatistic, Undefined};
use dayzero_model::{Calendar, Panel, Specification, Window};
use rayon::prelude::*;

use crate::config::raw::MultipleTesting;
use crate::ledger::Ledger;

/// One row of the table `tests`.
#[derive(Clone, Debug)]
pub struct TestRow {
    /// The specification.
    pub specification: usize,
    /// The group.
    pub group: usize,
    /// The window.
    pub window: Window,
    /// Whether the window was declared in `car_windows`.
    pub declared: bool,
    /// The test.
    pub test: &'static str,
    /// Events that went into the statistic; without one, those that are valid for the window.
    pub events: usize,
    /// Mean CAR of the events that are valid for the window.
    pub mean_car: Option<f64>,
    /// The statistic, or why there is none.
    pub result: Result<Statistic, Undefined>,
    /// p-value after Holm, where asked.
    pub p_holm: Option<f64>,
    /// p-value after Benjamini & Hochberg, where asked.
    pub p_bh: Option<f64>,
}

impl TestRow {
    /// The two-sided p-value.
    pub fn p_value(&self) -> Option<f64> {
        self.result.as_ref().ok().map(|statistic| statistic.p_value)
    }

    /// What the p-value is taken from.
    pub fn reference(&self) -> Option<Reference> {
        self.result.as_ref().ok().map(|statistic| statistic.reference)
    }
}

/// Averages by specification and group.
pub fn all_averages(results: &[Results], ledger: &Ledger, confidence: f64) -> Vec<Vec<Vec<Average>>> {
    let of = |results: &Results| {
        ledger.groups.par_iter().map(|group| averages(results, &group.members, confidence)).collect()
    };
    results.iter().map(of).collect()
}

/// What the tests of one specification work on.
pub struct Tested<'a> {
    /// Its number.
    pub index: usize,
    /// The specification.
    pub specification: &'a Specification,
    /// Its results.
    pub results: &'a Results,
    /// Its residual sums; empty when no test needs them.
    pub cells: &'a [DayCell],
}

/// Every test of a specification, by group, window and test.
pub fn tests(
    panel: &Panel,
    ledger: &Ledger,
    tested: &Tested<'_>,
    tests: &[&'static dyn TestStatistic],
) -> Vec<TestRow> {
    let calendars: Vec<&Calendar> = panel.markets.iter().map(|market| &market.calendar).collect();
    let specification = tested.specification;
    let correlation = tests
        .iter()
        .any(|test| test.needs().mean_correlation)
        .then(|| Correlation::new(tested.cells, &calendars, specification.event, specification.missing));
    let windows = specification.tested_windows();
    let tasks: Vec<(usize, usize)> =
        (0..ledger.groups.len()).flat_map(|group| (0..windows.len()).map(move |w| (group, w))).collect();
    let evaluate = |&(group, w): &(usize, usize)| {
        let window = windows[w];
        let declared = w < specification.car_windows.len();
        let place = if declared {
            TestedWindow::Declared(w)
        } else {
            TestedWindow::Day(window.within(specification.event).start)
        };
        let mut sample = Sample::collect(tested.results, &ledger.groups[group].members, place);
        sample.mean_correlation = correlation.as_ref().and_then(|correlation| correlation.mean(group, window));
        let row = |test: &&'static dyn TestStatistic| {
            let result = test.evaluate(&sample);
            TestRow {
                specification: tested.index,
                group,
                window,
                declared,
                test: test.name(),
                events: result.as_ref().map_or(sample.car.len(), |statistic| statistic.events),
                mean_car: sample.mean_car(),
                result,
                p_holm: None,
                p_bh: None,
            }
        };
        tests.iter().map(row).collect::<Vec<_>>()
    };
    tasks.par_iter().map(evaluate).collect::<Vec<_>>().into_iter().flatten().collect()
}

/// Adjusts p-values within their families: for each test, the declared windows of all groups and
/// specifications are one family, the single days another.
pub fn adjust(rows: &mut [TestRow], adjustments: &[MultipleTesting], tests: &[&'static dyn TestStatistic]) {
    for test in tests {
        for declared in [true, false] {
            let family: Vec<(usize, f64)> = rows
                .iter()
                .enumerate()
                .filter(|(_, row)| row.test == test.name() && row.declared == declared)
                .filter_map(|(index, row)| Some((index, row.p_value()?)))
                .collect();
            let p_values: Vec<f64> = family.iter().map(|&(_, p)| p).collect();
            for adjustment in adjustments {
                let adjusted = match adjustment {
                    MultipleTesting::Holm => holm(&p_values),
                    MultipleTesting::Bh => benjamini_hochberg(&p_values),
                };
                for (&(index, _), p) in family.iter().zip(adjusted) {
                    match adjustment {
                        MultipleTesting::Holm => rows[index].p_holm = Some(p),
                        MultipleTesting::Bh => rows[index].p_bh = Some(p),
                    }
                }
            }
        }
    }
}
