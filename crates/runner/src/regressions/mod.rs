//! Regressions across events: what explains the size of the abnormal returns.

mod columns;
mod design;
mod known;
mod names;

use dayzero_model::crosssection::{self, CrossSection, Errors, FEW_CLUSTERS, Inference, Regressed, Undefined};
use dayzero_model::results::Results;
use rayon::prelude::*;

pub use known::KnownLabel;
pub use names::characteristics;

use crate::config::Study;
use crate::config::raw::RawErrors;
use crate::config::regressions::Regression;
use crate::formula::Response;
use crate::prepare::Ground;
use columns::Columns;
use design::{Coefficient, Design};

/// One regression for one group of one specification, with a row of the table for each coefficient.
pub struct RegressionRows {
    /// The specification.
    pub specification: usize,
    /// The group.
    pub group: usize,
    /// The regression.
    pub regression: usize,
    /// Events in the regression.
    pub observations: usize,
    /// Events of the group that lack the response, a term or a cluster.
    pub left_out: usize,
    /// The coefficients; the terms as they were written where there is no regression.
    pub coefficients: Vec<Coefficient>,
    /// What the errors are, as in `cr2 by week`; absent without observations.
    pub errors: Option<String>,
    /// The regression, or why there is none.
    pub result: Result<Regressed, String>,
    confidence: f64,
}

impl RegressionRows {
    /// The test of a coefficient.
    pub fn inference(&self, coefficient: usize) -> Option<Inference> {
        self.result.as_ref().ok()?.inference(coefficient, self.confidence).ok()
    }

    /// Why there is no number, or what to know about it.
    pub fn reason(&self, coefficient: usize) -> Option<String> {
        match &self.result {
            Err(reason) => Some(reason.clone()),
            Ok(found) => match found.inference(coefficient, self.confidence) {
                Err(reason) => Some(reason.to_string()),
                Ok(_) if found.raised => Some(
                    "the covariance had negative eigenvalues, which were set to zero: too few clusters in two ways"
                        .into(),
                ),
                Ok(_) => None,
            },
        }
    }
}

/// Every regression of every specification and group.
pub fn regressions(study: &Study, ground: Ground<'_>, results: &[Results]) -> Vec<RegressionRows> {
    let columns: Vec<Columns> = study.regressions.par_iter().map(|r| Columns::new(r, ground)).collect();
    let groups = ground.ledger.groups.len();
    let count = results.len() * groups * columns.len();
    let one = |task: usize| {
        let (regression, cell) = (task % columns.len(), task / columns.len());
        let task = Task { study, ground, specification: cell / groups, group: cell % groups, regression };
        task.rows(&results[task.specification], &columns[regression])
    };
    (0..count).into_par_iter().map(one).collect()
}

struct Task<'a> {
    study: &'a Study,
    ground: Ground<'a>,
    specification: usize,
    group: usize,
    regression: usize,
}

impl Task<'_> {
    fn regression(&self) -> &Regression {
        &self.study.regressions[self.regression]
    }

    fn rows(&self, results: &Results, columns: &Columns) -> RegressionRows {
        let members = &self.ground.ledger.groups[self.group].members;
        let (mut events, mut y, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for &event in members.iter().filter(|&&event| columns.complete(event)) {
            if let Some((response, weight)) = self.response(results, event) {
                events.push(event);
                y.push(response);
                weights.push(weight);
            }
        }
        let mut rows = RegressionRows {
            specification: self.specification,
            group: self.group,
            regression: self.regression,
            observations: events.len(),
            left_out: members.len() - events.len(),
            coefficients: design::as_written(&self.regression().formula),
            errors: None,
            result: Err("no event has the response and every term".into()),
            confidence: self.study.confidence,
        };
        if events.is_empty() {
            return rows;
        }
        let clusters: Vec<Vec<usize>> = columns.clusters.iter().map(|way| way.numbered(&events)).collect();
        let (errors, kind) = errors(self.regression(), &clusters);
        rows.errors = Some(kind);
        rows.result = Design::new(&self.regression().formula, columns, &events).and_then(|design| {
            let section = CrossSection {
                y: &y,
                x: &design.x,
                columns: design.coefficients.len(),
                weights: self.regression().precision.then_some(weights.as_slice()),
                constant: design.constant,
            };
            let found = crosssection::regress(&section, errors)
                .map_err(|undefined| self.reason(&undefined, &design.coefficients, &events))?;
            rows.coefficients = design.coefficients;
            Ok(found)
        });
        rows
    }

    /// The response of an event and its weight.
    fn response(&self, results: &Results, event: usize) -> Option<(f64, f64)> {
        let specification = &self.study.specifications[self.specification];
        let place = |window| specification.car_windows.iter().position(|declared| *declared == window);
        match self.regression().formula.response {
            Response::Car(window) => {
                let window = place(window)?;
                let weight = match self.regression().precision {
                    true => 1.0 / results.window_variance(event, window).get()?,
                    false => 1.0,
                };
                Some((results.window_car(event, window).get()?, weight))
            }
            Response::Bhar(window) => {
                let bhar = results.windows(event)[place(window)?].bhar;
                Some((bhar.get()?, 1.0))
            }
            Response::Ar(tau) => Some((results.ar(event, (tau - specification.event.first()) as usize).get()?, 1.0)),
        }
    }

    fn reason(&self, undefined: &Undefined, coefficients: &[Coefficient], events: &[usize]) -> String {
        match *undefined {
            Undefined::TooFew { needed } => {
                let count = coefficients.len();
                format!("{} events for {count} coefficients, at least {needed} are needed", events.len())
            }
            Undefined::Singular { column } => {
                let name = &coefficients[column].name;
                format!("`{name}` depends on the terms before it, or is zero for all events")
            }
            Undefined::OneCluster => "all events are in one cluster".into(),
            Undefined::Leverage { observation } => {
                let candidate = &self.ground.ledger.candidates[events[observation]];
                let security = self.ground.loaded.events.security[candidate.row].as_deref().unwrap_or_default();
                let date = columns::day0(self.ground, events[observation]);
                format!("the event of {security} on {date} alone decides a coefficient, which hc3 does not allow")
            }
        }
    }
}

/// The errors that a regression asks for, and their name in the table.
fn errors<'a>(regression: &Regression, clusters: &'a [Vec<usize>]) -> (Errors<'a>, String) {
    let ways = regression.cluster.join(" and ");
    match (regression.errors, clusters) {
        (RawErrors::Classical, _) => (Errors::Classical, "classical".into()),
        (RawErrors::Hc1, _) => (Errors::Hc1, "hc1".into()),
        (RawErrors::Cluster, [first, second]) => (Errors::TwoWay(first, second), format!("cr1 by {ways}")),
        (RawErrors::Cluster, [way]) if crosssection::count(way) >= FEW_CLUSTERS => {
            (Errors::Cr1(way), format!("cr1 by {ways}"))
        }
        (RawErrors::Cluster | RawErrors::Cr2, [way]) => (Errors::Cr2(way), format!("cr2 by {ways}")),
        // The study was refused unless clustered errors have clusters.
        (RawErrors::Hc3 | RawErrors::Cluster | RawErrors::Cr2, _) => (Errors::Hc3, "hc3".into()),
    }
}
