//! `abnormal_returns`: every day of the event window of every estimated event.

use dayzero_model::Maybe;
use dayzero_model::results::Results;

use super::{Column, Table};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let column = |name: &'static str, description: &'static str, values: fn(&Results) -> &[Maybe]| {
        Column::float(name, description, move |cell| {
            let results = &finished.results[cell.specification];
            values(results)[finished.place(cell.item)? * results.days_len + cell.part].get()
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
        let place = finished.place(cell.item)?;
        results.day[place * results.days_len + cell.part].map(|day| finished.date(place, day))
    }))
    .with(column(
        "return",
        "return of the security; null, as the next columns, where it or a regressor is missing",
        |results| &results.actual,
    ))
    .with(column("expected", "return that the model expects", |results| &results.expected))
    .with(column("ar", "abnormal return: return - expected", Results::ars))
    .with(column("sar", "abnormal return over its forecast standard deviation", Results::sars))
    .with(column("car", "sum of ar from the first day of the event window", |results| &results.path))
}
