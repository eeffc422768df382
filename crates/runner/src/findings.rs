//! What a run found, in the few numbers that a summary shows.

use dayzero_model::sample::Tested;
use dayzero_model::{Date, Outcome};
use serde::{Deserialize, Serialize};

use crate::config::Study;
use crate::finished::Finished;
use crate::infer::TestRow;
use crate::influence;
use crate::simulate::calibrate::PlaceboSize;
use crate::simulate::note::share;

/// A row of the summary.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Headline {
    /// The specification.
    pub spec_id: usize,
    /// The group.
    pub group: String,
    /// First day of the window.
    pub first: i32,
    /// Last day of the window.
    pub last: i32,
    /// What the window is for: declared, drift or reversal.
    #[serde(default)]
    pub role: String,
    /// Events in the test.
    pub events: usize,
    /// Mean CAR, or BHAR.
    pub mean_car: Option<f64>,
    /// Which of the two.
    pub measure: String,
    /// The headline test.
    pub test: String,
    /// Its statistic.
    pub statistic: Option<f64>,
    /// Its two-sided p-value.
    pub p_value: Option<f64>,
}

/// An event on its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Case {
    /// The specification.
    pub spec_id: usize,
    /// Input row.
    pub event_id: usize,
    /// Identifier of the security.
    pub security: String,
    /// Its market.
    pub market: String,
    /// Day 0.
    pub day0: String,
    /// The declared windows.
    pub windows: Vec<CaseWindow>,
}

/// A declared window of an event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseWindow {
    /// First day.
    pub first: i32,
    /// Last day.
    pub last: i32,
    /// CAR.
    pub car: Option<f64>,
    /// Its t-statistic.
    pub t: Option<f64>,
    /// Its two-sided p-value.
    pub p_value: Option<f64>,
}

/// With more events than this a summary is about their averages.
const FEW: usize = 20;

/// The test that a summary quotes: `bmp_kp` where it was asked for, else the first.
pub fn headline_test(study: &Study) -> Option<&'static str> {
    let names = || study.tests.iter().map(|test| test.name());
    names().find(|name| *name == "bmp_kp").or_else(|| names().next())
}

/// Mean CAR of the declared windows with the p-value of the headline test.
pub fn headline(finished: &Finished<'_>) -> Vec<Headline> {
    let Some(test) = headline_test(finished.study) else { return Vec::new() };
    // Cumulated abnormal returns where they are tested, else what is.
    let tested = &finished.study.tested;
    let measure = if tested.contains(&Tested::Car) { Tested::Car } else { Tested::Bhar };
    // Of drift and reversal a summary shows those of all events, which are the first group.
    let shown = |row: &&TestRow| row.declared && row.measure == measure || row.is_around() && row.group == 0;
    let rows = finished.tests.iter().filter(|row| row.test == test).filter(shown);
    rows.map(|row| Headline {
        spec_id: row.specification,
        group: finished.ledger.label(row.group).to_owned(),
        first: row.window.first(),
        last: row.window.last(),
        role: row.role.to_owned(),
        events: row.events,
        mean_car: row.mean_car,
        measure: row.measure.name().to_owned(),
        test: test.to_owned(),
        statistic: row.result.as_ref().ok().map(|statistic| statistic.value),
        p_value: row.p_value(),
    })
    .collect()
}

/// Everything odd about a run: its prices, markets and events.
pub fn notes(finished: &Finished<'_>) -> Vec<String> {
    let mut notes = finished.loaded.assembled.notes.clone();
    for market in &finished.loaded.assembled.panel.markets {
        let calendar = &market.calendar;
        let within = |date: &Date| (calendar.first()..=calendar.last()).contains(date);
        let odd = market.hours.early_closes().filter(|date| within(date) && calendar.index_of(*date).is_none());
        notes.extend(odd.map(|date| format!("the early close on {date} is no trading day of {}", market.name)));
    }
    notes.extend(finished.ledger.notes.iter().cloned());
    notes.extend(nothing_estimated(finished));
    if !finished.study.variants.is_empty() {
        notes.push(format!("[inference.variants] {}", finished.study.variants.join(", ")));
    }
    notes
}

/// What a reader of the results should know.
pub fn warnings(finished: &Finished<'_>) -> Vec<String> {
    let mut warnings = influence::warnings(finished);
    warnings.extend(oversized(finished));
    warnings
}

/// The tests that reject placebo samples more often than chance explains, by specification and window.
fn oversized(finished: &Finished<'_>) -> Vec<String> {
    let level = 1.0 - finished.study.confidence;
    let told = |size: &PlaceboSize| {
        size.rejections.band(0.95).filter(|band| band.0 > level)?;
        Some(format!("{} ({})", size.test, share(size.rejections.rate()?)))
    };
    let same = |a: &PlaceboSize, b: &PlaceboSize| (a.specification, a.window) == (b.specification, b.window);
    let of = |sizes: &[PlaceboSize]| {
        let names: Vec<String> = sizes.iter().filter(|size| size.measure == Tested::Car).filter_map(told).collect();
        (!names.is_empty()).then(|| {
            let PlaceboSize { specification, window, .. } = sizes[0];
            let names = names.join(", ");
            format!("[{specification}] {window}: more than {} of placebo samples are rejected by {names}", share(level))
        })
    };
    finished.placebos.chunk_by(same).filter_map(of).collect()
}

/// A note for a run that used no event: what became of the first.
fn nothing_estimated(finished: &Finished<'_>) -> Option<String> {
    let rows = 0..finished.ledger.rows.len();
    let unused = |row: &usize| finished.overall_outcome(*row).0.is_some_and(|outcome| !outcome.is_estimated());
    if !rows.clone().all(|row| unused(&row)) {
        return None;
    }
    let first = rows.clone().find(|&row| finished.overall_outcome(row).0 != Some(Outcome::Filtered)).unwrap_or(0);
    let reason = finished.overall_outcome(first).1.unwrap_or_default();
    Some(format!("no event was used; what is said of event {first}: {reason}"))
}

/// Every event of a specification on its own, where few are estimated.
pub fn cases(finished: &Finished<'_>, specification: usize) -> Vec<Case> {
    let results = &finished.results[specification];
    if results.outcomes().filter(|outcome| outcome.is_estimated()).count() > FEW {
        return Vec::new();
    }
    (0..finished.ledger.rows.len()).filter_map(|row| case(finished, specification, row)).collect()
}

fn case(finished: &Finished<'_>, spec_id: usize, row: usize) -> Option<Case> {
    let place = finished.place(row)?;
    let results = &finished.results[spec_id];
    if !results.outcome(place).is_estimated() {
        return None;
    }
    let candidate = &finished.ledger.candidates[place];
    let panel = &finished.loaded.assembled.panel;
    let windows = finished.specification(spec_id).car_windows.iter();
    Some(Case {
        spec_id,
        event_id: row,
        security: panel.securities()[candidate.security].id.clone(),
        market: panel.markets[candidate.market].name.clone(),
        day0: finished.ledger.rows[row].day0?.1.to_string(),
        windows: windows
            .zip(results.windows(place))
            .zip(results.window_p_values(&finished.tails, place))
            .map(|((window, sums), p_value)| CaseWindow {
                first: window.first(),
                last: window.last(),
                car: sums.car.get(),
                t: sums.scar.get(),
                p_value: p_value.get(),
            })
            .collect(),
    })
}
