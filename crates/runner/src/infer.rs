//! From results to averages and tests, per group and window.

use dayzero_model::averages::{Average, averages};
use dayzero_model::event_time::Layout;
use dayzero_model::results::Results;
use dayzero_model::sample::{Draws, Pool, Sample, Tested, TestedWindow};
use dayzero_model::significance::correlation::Correlation;
use dayzero_model::significance::{Reference, Statistic, TestStatistic, Undefined, WildCell};
use dayzero_model::{Calendar, Maybe, Specification, Window};
use rayon::prelude::*;

use crate::config::Study;
use crate::config::raw::MultipleTesting;
use crate::differences;
use crate::findings::headline_test;
use crate::ledger::{Candidate, Ledger};
use crate::moved::Permuted;
use crate::prepare::Ground;
use crate::residuals::ResidualSums;

/// One row of the table `tests`.
#[derive(Clone, Debug)]
pub struct TestRow {
    /// The specification.
    pub specification: usize,
    /// The group; behind the groups, the difference.
    pub group: usize,
    /// The window.
    pub window: Window,
    /// Whether the window was declared in `car_windows`.
    pub declared: bool,
    /// What the window is for, in tables.
    pub role: &'static str,
    /// What is tested.
    pub measure: Tested,
    /// The test.
    pub test: &'static str,
    /// Events that went into the statistic; without one, those that are valid for the window.
    pub events: usize,
    /// Mean CAR, or BHAR, of the events that are valid for the window.
    pub mean_car: Option<f64>,
    /// The statistic, or why there is none.
    pub result: Result<Statistic, Undefined>,
    /// p-value after Holm, where asked.
    pub p_holm: Option<f64>,
    /// p-value after Benjamini & Hochberg, where asked.
    pub p_bh: Option<f64>,
    /// p-value after Benjamini & Yekutieli, where asked.
    pub p_by: Option<f64>,
    /// p-value after Romano & Wolf, where asked and the test has joint draws.
    pub p_romano_wolf: Option<f64>,
    /// What the joint draws of the test are made of, while they are needed.
    pub joint: Option<WildCell>,
}

impl TestRow {
    /// A row of a declared window before its statistic is known.
    pub(crate) fn new(specification: usize, group: usize, window: Window, measure: Tested, test: &'static str) -> Self {
        Self {
            specification,
            group,
            window,
            declared: true,
            role: DECLARED,
            measure,
            test,
            events: 0,
            mean_car: None,
            result: Err(Undefined::TooFewEvents { found: 0, needed: 1 }),
            p_holm: None,
            p_bh: None,
            p_by: None,
            p_romano_wolf: None,
            joint: None,
        }
    }

    /// The two-sided p-value.
    pub fn p_value(&self) -> Option<f64> {
        self.result.as_ref().ok().map(|statistic| statistic.p_value)
    }

    /// Whether the window lies around those that the study is about: no family of tests counts it.
    pub fn is_around(&self) -> bool {
        ![DECLARED, DAY].contains(&self.role)
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
pub struct Examined<'a> {
    /// Its number.
    pub index: usize,
    /// The specification with its results, and what the tests need of them.
    pub layout: &'a Layout<'a>,
    /// Its residual sums, as far as tests need them.
    pub sums: &'a ResidualSums,
    /// Its moved events, where there are any.
    pub permuted: Option<&'a Permuted>,
    /// Whether single days of the event window are tested too, beside the declared windows.
    pub single_days: bool,
}

/// One cell of the tests: a group, a window, and what is tested of it.
#[derive(Clone, Copy)]
struct Task {
    group: usize,
    /// Place among the tested windows.
    index: usize,
    window: Window,
    place: TestedWindow,
    measure: Tested,
}

/// Every test of a specification, by group, window, measure and test.
pub fn tests(study: &Study, ground: Ground<'_>, examined: &Examined<'_>) -> Vec<TestRow> {
    let Layout { specification, results, needs, .. } = examined.layout;
    let markets = &ground.loaded.assembled.panel.markets;
    let calendars: Vec<&Calendar> = markets.iter().map(|market| &market.calendar).collect();
    let correlation = needs.mean_correlation.then(|| {
        let kind = specification.variants.mean_correlation;
        Correlation::new(&examined.sums.cells, &calendars, specification.event, specification.missing, kind)
    });
    let day0 = |candidate: &Candidate| calendars[candidate.market].dates()[candidate.day0];
    let periods: Vec<i32> = ground.ledger.candidates.iter().map(|c| study.cluster.of(day0(c))).collect();
    let jackknife: Vec<Maybe> = match needs.jackknife {
        true => examined.sums.event_time.jackknife(results.len()),
        false => Vec::new(),
    };
    let pool = Pool { results, periods: &periods, jackknife: &jackknife };
    let evaluate = |&task: &Task| {
        let mut sample = sample(study, ground, examined, pool, task);
        sample.mean_correlation =
            correlation.as_ref().and_then(|correlation| correlation.mean(task.group, task.window));
        let around = matches!(task.place, TestedWindow::Around(_));
        let tests = study.tests.iter().filter(|test| !around || headline_test(study) == Some(test.name()));
        let role = role(examined.layout.specification, task.place);
        tests.map(|test| TestRow { role, ..evaluate(study, *test, &sample, examined.index, task) }).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<TestRow>> = tasks(study, ground, examined).par_iter().map(evaluate).collect();
    let mut rows: Vec<TestRow> = rows.into_iter().flatten().collect();
    rows.extend(differences::tests(study, ground, examined, pool, correlation.as_ref()));
    rows
}

/// Only declared windows are tested for buy-and-hold abnormal returns: of one day they are the same.
fn tasks(study: &Study, ground: Ground<'_>, examined: &Examined<'_>) -> Vec<Task> {
    let windows = TestedWindow::all(examined.layout.specification);
    let mut tasks: Vec<Task> = Vec::new();
    for group in 0..ground.ledger.groups.len() {
        for (index, &(window, place)) in windows.iter().enumerate() {
            let task = |measure| Task { group, index, window, place, measure };
            match place {
                TestedWindow::Declared(_) => tasks.extend(study.tested.iter().copied().map(task)),
                TestedWindow::Around(_) => tasks.extend(examined.single_days.then(|| task(Tested::Car))),
                TestedWindow::Day(_) => tasks.extend(examined.single_days.then(|| task(Tested::Car))),
            }
        }
    }
    tasks
}

fn sample(study: &Study, ground: Ground<'_>, examined: &Examined<'_>, pool: Pool<'_>, task: Task) -> Sample {
    let group = &ground.ledger.groups[task.group];
    let mut sample = pool.sample(&group.members, task.place, task.measure);
    sample.variants = examined.layout.specification.variants;
    sample.event_time = examined.sums.event_time.of(examined.layout, task.group, task.index);
    if let TestedWindow::Declared(window) = task.place {
        sample.permuted = examined.permuted.and_then(|permuted| permuted.of(task.group, window)).cloned();
        let key = format!("{}|{}|{}|{}", examined.index, group.label, task.window, task.measure.name());
        // What samples share is shared by the groups of one ledger: a simulation has a ledger for every draw.
        let family = &ground.ledger.groups[0].label;
        sample.draws = Some(Draws::new(study.seed, &key, study.bootstrap).within(family));
    }
    sample
}

fn evaluate(
    study: &Study,
    test: &'static dyn TestStatistic,
    sample: &Sample,
    specification: usize,
    task: Task,
) -> TestRow {
    let needs = test.needs();
    let result = match task.measure {
        Tested::Bhar if needs.parts() => Err(Undefined::NotStandardised),
        _ if (needs.draws || needs.permutations) && sample.draws.is_none() => Err(Undefined::NotResampled),
        _ => test.evaluate(sample).map(|statistic| statistic.against(sample.variants.reference)),
    };
    let joint = study.adjustments.contains(&MultipleTesting::RomanoWolf).then(|| test.joint(sample)).flatten();
    TestRow {
        declared: matches!(task.place, TestedWindow::Declared(_)),
        events: result.as_ref().map_or(sample.car.len(), |statistic| statistic.events),
        mean_car: sample.mean_car(),
        result,
        joint,
        ..TestRow::new(specification, task.group, task.window, task.measure, test.name())
    }
}

/// The role of the windows that the user declared, and of single days.
const DECLARED: &str = "declared";
const DAY: &str = "day";

fn role(specification: &Specification, place: TestedWindow) -> &'static str {
    match place {
        TestedWindow::Declared(_) => DECLARED,
        TestedWindow::Around(place) => specification.around[place - specification.car_windows.len()].0.name(),
        TestedWindow::Day(_) => DAY,
    }
}
