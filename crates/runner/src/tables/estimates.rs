//! `estimates`: the fit of every event.

use std::borrow::Cow;

use dayzero_model::results::Results;

use super::{Cell, Column, Table};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let events = finished.ledger.rows.len();
    // The results of an event and its place in them, where it has an estimate.
    let of = move |cell: &Cell| -> Option<(&'a Results, usize)> {
        let place = finished.place(cell.item)?;
        let results = &finished.results[cell.specification];
        results.outcome[place].is_estimated().then_some((results, place))
    };
    let units = finished.study.specifications.len() * events;
    let mut table = Table::rows("estimates", "a specification and an input event", units, move |unit| Cell {
        specification: unit / events,
        item: unit % events,
        part: 0,
    })
    .with(Column::int32("spec_id", "specification", |cell| Some(cell.specification as i32)).key())
    .with(Column::int32("event_id", "event", |cell| Some(cell.item as i32)).key())
    .with(Column::text("outcome", "ok, or why the event was not or not fully used", |cell| {
        finished.outcome(cell.specification, cell.item).0.map(|outcome| Cow::Borrowed(outcome.code()))
    }))
    .with(Column::text("reason", "the outcome in a sentence", |cell| {
        finished.outcome(cell.specification, cell.item).1.map(Cow::Borrowed)
    }))
    .with(Column::int32("observations", "estimation days M", move |cell| {
        of(cell).map(|(results, place)| results.observations[place] as i32)
    }))
    .with(Column::date("first_date", "first estimation day that was used", move |cell| {
        let (results, place) = of(cell)?;
        results.estimation_days[place].map(|(first, _)| finished.date(place, first))
    }))
    .with(Column::date("last_date", "last estimation day that was used", move |cell| {
        let (results, place) = of(cell)?;
        results.estimation_days[place].map(|(_, last)| finished.date(place, last))
    }));
    for name in coefficient_names(finished) {
        let description = match name.strip_prefix("beta_") {
            Some(factor) => format!("coefficient of {factor}"),
            None => "intercept, a decimal return per day".to_owned(),
        };
        let specifications = 0..finished.study.specifications.len();
        let columns: Vec<Option<usize>> =
            specifications.map(|s| own_coefficients(finished, s).position(|own| own == name)).collect();
        table = table.with(Column::float(name, description, move |cell| {
            let (results, place) = of(cell)?;
            results.coefficients[place * results.coefficients_len + columns[cell.specification]?].get()
        }));
    }
    table
        .with(Column::float(
            "sigma",
            "residual standard deviation, divisor M - k; zero where the fit is perfect",
            move |cell| of(cell).and_then(|(results, place)| results.sigma[place].get()),
        ))
        .with(Column::float("r_squared", "share of the variation that the regressors explain", move |cell| {
            of(cell).and_then(|(results, place)| results.r_squared[place].get())
        }))
        .with(Column::int32("dof", "degrees of freedom of sigma, M - k", move |cell| {
            of(cell).map(|(results, place)| results.dof[place] as i32)
        }))
}

/// Names of the coefficients that a specification reports, in the order of its design.
fn own_coefficients<'a>(finished: &'a Finished<'a>, specification: usize) -> impl Iterator<Item = String> + 'a {
    let recipe = &finished.specification(specification).recipe;
    let intercept = recipe.intercept.then(|| "alpha".to_owned());
    let betas = recipe.regressors.iter().map(|regressor| format!("beta_{}", regressor.name()));
    intercept.into_iter().chain(betas).take(if recipe.estimated { usize::MAX } else { 0 })
}

/// Names of the coefficients of any specification, each once; the intercept first.
fn coefficient_names(finished: &Finished<'_>) -> Vec<String> {
    let mut names = vec!["alpha".to_owned()];
    for specification in 0..finished.study.specifications.len() {
        for name in own_coefficients(finished, specification) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}
