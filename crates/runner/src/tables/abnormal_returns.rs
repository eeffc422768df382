//! `abnormal_returns`: every day of the event window of every estimated event.

use dayzero_model::Maybe;
use dayzero_model::results::{EventColumn, Keep, Part, Results};

use super::{Column, Estimate, Table};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let column = |name: &'static str, description: &'static str, values: fn(&Results) -> &EventColumn<Maybe>| {
        Column::float_run(name, description, move |Estimate { results, place }, _, into| {
            into.extend_from_slice(values(results).of(place));
        })
    };
    Table::per_estimate(
        "abnormal_returns",
        "a specification, an estimated event and a day of the event window",
        (finished, Part::Days),
        |results| results.days_len,
    )
    .with(Column::own_specification())
    .with(Column::event())
    .with(Column::tau(finished))
    .with(Column::date("date", "the trading day; null beyond the calendar", move |cell| {
        finished.date_of_window(cell.specification, cell.item, cell.part)
    }))
    .with(column(
        "return",
        "return of the security; null, as the next columns, where it or a regressor is missing",
        |results| &results.actual,
    ))
    .with(column("expected", "return that the model expects", |results| &results.expected))
    .with(column("ar", "abnormal return: return - expected", |results| &results.ars))
    .with(column("sar", "abnormal return over its forecast standard deviation", |results| &results.sars))
    .with(Column::float_run(
        "car",
        "sum of ar from the first day of the event window",
        |Estimate { results, place }, _, into| {
            into.extend(results.path(place));
        },
    ))
}

/// What this table needs of every day, narrowed to some columns where the user says so.
pub(crate) fn keep(narrowed: Option<&[String]>) -> Keep {
    let wants = |name: &str| narrowed.is_none_or(|columns| columns.iter().any(|column| column == name));
    Keep { actual: wants("return"), expected: wants("expected"), ar: wants("ar") || wants("car"), sar: wants("sar") }
}
