//! `abnormal_returns`: every day of the event window of every estimated event.

use dayzero_model::Maybe;
use dayzero_model::results::{EventColumn, Keep, Results};

use super::{Column, Table};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let column = |name: &'static str, description: &'static str, values: fn(&Results) -> &EventColumn<Maybe>| {
        Column::float_run(name, description, move |cell| {
            cell.place.map_or(&[], |place| values(&finished.results[cell.specification]).of(place as usize))
        })
    };
    Table::per_estimate(
        "abnormal_returns",
        "a specification, an estimated event and a day of the event window",
        finished,
        |results| results.days_len,
    )
    .with(Column::specification(|cell| cell.specification))
    .with(Column::int32("event_id", "event", |cell| Some(cell.item as i32)).key())
    .with(Column::tau(finished))
    .with(Column::date("date", "the trading day; null beyond the calendar", |cell| {
        let results = &finished.results[cell.specification];
        let place = cell.place? as usize;
        results.day.of(place)[cell.part].map(|day| finished.date(place, day))
    }))
    .with(column(
        "return",
        "return of the security; null, as the next columns, where it or a regressor is missing",
        |results| &results.actual,
    ))
    .with(column("expected", "return that the model expects", |results| &results.expected))
    .with(column("ar", "abnormal return: return - expected", |results| &results.ars))
    .with(column("sar", "abnormal return over its forecast standard deviation", |results| &results.sars))
    .with(column("car", "sum of ar from the first day of the event window", |results| &results.paths))
}

/// What this table needs of every day, narrowed to some columns where the user says so.
pub(crate) fn keep(narrowed: Option<&[String]>) -> Keep {
    let wants = |name: &str| narrowed.is_none_or(|columns| columns.iter().any(|column| column == name));
    Keep {
        day: wants("date"),
        actual: wants("return"),
        expected: wants("expected"),
        ar: wants("ar"),
        sar: wants("sar"),
        path: wants("car"),
    }
}
