//! Long horizons: portfolios in calendar time, and regressions across events by day of event time.

use dayzero_model::design::Design;
use dayzero_model::expected::Regressor;
use dayzero_model::longrun::{self, CalendarTimeEstimate, Portfolio, RatsDay, Weighting};
use dayzero_model::results::Results;
use dayzero_model::{Response, ReturnKind, Specification, Window};
use rayon::prelude::*;

use crate::config::Study;
use crate::ledger::Candidate;
use crate::prepare::{Ground, Prepared};

/// A row of the table `calendar_time`.
pub struct CalendarTimeRow {
    /// The specification.
    pub specification: usize,
    /// The group.
    pub group: usize,
    /// The window in which a security is held.
    pub window: Window,
    /// How the securities are weighted.
    pub weighting: Weighting,
    /// The regression, or why there is none.
    pub result: Result<CalendarTimeEstimate, String>,
}

/// Days of event time for one group of one specification, a row each of the table `rats`.
pub struct RatsRows {
    /// The specification.
    pub specification: usize,
    /// The group.
    pub group: usize,
    /// The days of the event window.
    pub days: Vec<RatsDay>,
}

/// What a specification regresses on: its factors, or nothing where its model has none or estimates no
/// coefficients, and then the abnormal return takes the place of the return (Mitchell & Stafford 2000).
struct Explained<'a> {
    ground: Ground<'a>,
    prepared: &'a Prepared,
    specification: &'a Specification,
    results: &'a Results,
    factors: usize,
}

/// Whether sums over securities are returns of a portfolio: simple returns of a whole day.
fn adds_up(specification: &Specification) -> bool {
    specification.response == Response::Return
        && specification.returns == ReturnKind::Simple
        && !specification.trade_to_trade
}

/// The factors on which the portfolios of a specification are regressed, each once.
pub fn factor_names(specification: &Specification) -> Vec<String> {
    let recipe = &specification.recipe;
    let mut names: Vec<String> = Vec::new();
    if !recipe.reported.is_empty() && recipe.peers.is_none() {
        for regressor in &recipe.regressors {
            let name = Regressor::now(regressor.source.clone()).name();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

impl<'a> Explained<'a> {
    fn all(
        study: &'a Study,
        ground: Ground<'a>,
        prepared: &'a [Prepared],
        results: &'a [Results],
    ) -> Vec<(usize, Self)> {
        let one = |(index, specification): (usize, &'a Specification)| {
            let factors = factor_names(specification).len();
            let (prepared, results) = (&prepared[index], &results[index]);
            (index, Self { ground, prepared, specification, results, factors })
        };
        study.specifications.iter().enumerate().filter(|(_, s)| adds_up(s)).map(one).collect()
    }

    fn design(&self, event: usize) -> &'a Design {
        &self.prepared.designs[self.ground.ledger.candidates[event].market]
    }

    /// The response of an event on a day of its event window, with the factors in `row`.
    fn response(&self, event: usize, window_day: usize, row: &mut Vec<f64>) -> Option<f64> {
        row.clear();
        let ar = self.results.ar(event, window_day).get()?;
        if self.factors == 0 {
            return Some(ar);
        }
        let day = self.ground.ledger.candidates[event].day_of_window(self.specification, window_day)?;
        let design = self.design(event);
        design.write_shared(day, row);
        Some(self.results.actual.of(event)[window_day].get()? - design.risk_free_on(day))
    }
}

/// Portfolios of every specification, group, window and weighting.
pub fn calendar_time(
    study: &Study,
    ground: Ground<'_>,
    prepared: &[Prepared],
    results: &[Results],
) -> Vec<CalendarTimeRow> {
    let explained = Explained::all(study, ground, prepared, results);
    let settings = &study.calendar_time;
    let mut tasks = Vec::new();
    for (index, explained) in &explained {
        for group in 0..ground.ledger.groups.len() {
            let declared = settings.windows.as_ref().unwrap_or(&explained.specification.car_windows);
            for &window in declared {
                tasks.extend(settings.weighting.iter().map(|&weighting| (*index, explained, group, window, weighting)));
            }
        }
    }
    let row =
        |&(specification, explained, group, window, weighting): &(usize, &Explained<'_>, usize, Window, Weighting)| {
            let portfolio = portfolio(study, explained, group, window, weighting);
            let result = portfolio.regress(settings.min_names, settings.lags);
            CalendarTimeRow { specification, group, window, weighting, result }
        };
    tasks.par_iter().map(row).collect()
}

/// The portfolio that holds every security of a group while an event of it is near. Where two of its
/// events are, the later one counts.
fn portfolio(
    study: &Study,
    explained: &Explained<'_>,
    group: usize,
    window: Window,
    weighting: Weighting,
) -> Portfolio {
    let ground = explained.ground;
    let candidates = &ground.ledger.candidates;
    let panel = &ground.loaded.assembled.panel;
    let estimated = |event: &&usize| explained.results.outcome(**event).is_estimated();
    let members: Vec<usize> = ground.ledger.groups[group].members.iter().filter(estimated).copied().collect();
    let mut portfolio = Portfolio::new(explained.factors);
    let mut row = Vec::new();
    for (i, &event) in members.iter().enumerate() {
        let Candidate { security, market, day0, .. } = candidates[event];
        let next = members.get(i + 1).map(|&next| candidates[next]).filter(|next| next.security == security);
        for place in window.within(explained.specification.event) {
            let tau = explained.specification.event.first() + place as i32;
            let day = day0 as i64 + i64::from(tau);
            if next.is_some_and(|next| day >= next.day0 as i64 + i64::from(window.first())) {
                break;
            }
            let Some(response) = explained.response(event, place, &mut row) else { continue };
            let date = panel.markets[market].calendar.dates()[day as usize];
            let weight = match weighting {
                Weighting::Equal => 1.0,
                Weighting::Precision => {
                    explained.results.figures[event].sigma.get().map_or(0.0, |sigma| 1.0 / (sigma * sigma))
                }
                Weighting::Value => {
                    let known = &ground.loaded.characteristics;
                    let column = study.calendar_time.value.as_ref().and_then(|name| known.number_column(name));
                    column.and_then(|column| known.number(column, security, date)).unwrap_or(0.0)
                }
            };
            portfolio.add(date, weight, response, &row);
        }
    }
    portfolio
}

/// Regressions across events on each day of the event window, by specification and group.
pub fn rats(study: &Study, ground: Ground<'_>, prepared: &[Prepared], results: &[Results]) -> Vec<RatsRows> {
    let explained = Explained::all(study, ground, prepared, results);
    let groups = 0..ground.ledger.groups.len();
    let tasks: Vec<(usize, &Explained<'_>, usize)> =
        explained.iter().flat_map(|(index, e)| groups.clone().map(move |group| (*index, e, group))).collect();
    let rows = |&(specification, explained, group): &(usize, &Explained<'_>, usize)| {
        let members = &ground.ledger.groups[group].members;
        let day = |place: usize| {
            let (mut responses, mut rows, mut row) = (Vec::new(), Vec::new(), Vec::new());
            for &event in members.iter().filter(|&&event| explained.results.outcome(event).is_estimated()) {
                if let Some(response) = explained.response(event, place, &mut row) {
                    responses.push(response);
                    rows.push(row.clone());
                }
            }
            (responses, rows)
        };
        let days: Vec<_> = (0..explained.specification.event.days()).map(day).collect();
        RatsRows { specification, group, days: longrun::rats(&days, explained.factors) }
    };
    tasks.par_iter().map(rows).collect()
}
