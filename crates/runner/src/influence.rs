//! Which events and periods the means of declared windows rest on.

use std::collections::BTreeMap;

use dayzero_model::Window;
use dayzero_model::influence::{Flip, Influence, TOP};
use dayzero_model::significance::Distribution;
use rayon::prelude::*;

use crate::config::Study;
use crate::finished::Finished;
use crate::ledger::Candidate;
use crate::simulate::note::share;
use crate::summary::{percent, two_digits};

/// A row of the table `influence`.
pub struct InfluenceRow {
    /// The specification.
    pub specification: usize,
    /// The group.
    pub group: usize,
    /// The window.
    pub window: Window,
    /// What was found; `None` without a valid event.
    pub found: Option<Influence>,
    /// Places of the events among the candidates.
    pub events: Vec<usize>,
    /// Labels of the periods.
    pub periods: BTreeMap<i32, String>,
}

/// A row for every specification, group and declared window.
pub fn influence(finished: &Finished<'_>) -> Vec<InfluenceRow> {
    let mut keys = Vec::new();
    for specification in 0..finished.results.len() {
        for group in 0..finished.ledger.groups.len() {
            let windows = 0..finished.specification(specification).car_windows.len();
            keys.extend(windows.map(|window| (specification, group, window)));
        }
    }
    keys.into_par_iter().map(|(specification, group, window)| row(finished, specification, group, window)).collect()
}

fn row(finished: &Finished<'_>, specification: usize, group: usize, window: usize) -> InfluenceRow {
    let Study { cluster, confidence, .. } = *finished.study;
    let results = &finished.results[specification];
    let (mut events, mut values, mut numbers, mut periods) = (Vec::new(), Vec::new(), Vec::new(), BTreeMap::new());
    for &event in &finished.ledger.groups[group].members {
        let Some(car) = results.window_car(event, window).get() else { continue };
        let Candidate { row, day0, .. } = finished.ledger.candidates[event];
        let date = finished.date(row, day0 as u32);
        let period = cluster.of(date);
        periods.entry(period).or_insert_with(|| cluster.label(date).unwrap_or_else(|| date.to_string()));
        events.push(event);
        values.push(car);
        numbers.push(period);
    }
    let found = Influence::new(&values, &numbers, confidence);
    let window = finished.specification(specification).car_windows[window];
    InfluenceRow { specification, group, window, found, events, periods }
}

/// Of so many events or fewer five are no small part.
const FEW: usize = 20;

/// What the means of all events rest on, where that is little.
pub fn warnings(finished: &Finished<'_>) -> Vec<String> {
    let of = |row: &InfluenceRow| -> Option<Vec<String>> {
        let found = row.found.as_ref()?;
        let about = format!("[{}] {}", row.specification, row.window);
        let told = |what: String, mean: f64, t: f64| {
            let now = if found.t.is_some_and(|whole| whole.abs() > t.abs()) {
                "no longer significant"
            } else {
                "significant"
            };
            let (before, whole) = (percent(found.mean), found.t.map_or("-".into(), two_digits));
            let (mean, t) = (percent(mean), two_digits(t));
            format!(
                "{about}: without {what} the mean CAR is {now}: {mean} instead of {before}, cross-sectional t {t} instead of {whole}"
            )
        };
        let event = found.event.as_ref().and_then(|left| left.flips).map(|Flip { what, mean, t }| {
            let candidate = &finished.ledger.candidates[row.events[what]];
            let security = &finished.loaded.assembled.panel.securities()[candidate.security].id;
            let day0 = finished.date(candidate.row, candidate.day0 as u32);
            told(format!("event {} ({security}, {day0})", candidate.row), mean, t)
        });
        let period = found.period.as_ref().and_then(|left| left.flips);
        let period =
            period.map(|Flip { what, mean, t }| told(format!("the events of {}", row.periods[&what]), mean, t));
        let top = found.top_five.filter(|share| *share > 0.5 && found.events > FEW && is_significant(finished, found));
        let top = top.map(|carried| {
            format!("{about}: {TOP} of {} events carry {} of the mean CAR", found.events, share(carried))
        });
        Some([event, period, top].into_iter().flatten().collect())
    };
    finished.influence.iter().filter(|row| row.group == 0).filter_map(of).flatten().collect()
}

fn is_significant(finished: &Finished<'_>, found: &Influence) -> bool {
    let distribution = Distribution::StudentT { dof: found.events as f64 - 1.0 };
    found.t.is_some_and(|t| distribution.two_sided(t) < 1.0 - finished.study.confidence)
}

impl InfluenceRow {
    /// The input row of the event at a place of the sample.
    pub fn event_id(&self, finished: &Finished<'_>, place: usize) -> i32 {
        finished.ledger.candidates[self.events[place]].row as i32
    }
}
