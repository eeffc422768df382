//! `cars`: cumulative abnormal returns of every estimated event.

use dayzero_model::abnormal::Cumulative;
use dayzero_model::results::Part;
use dayzero_model::{Maybe, Window};

use super::{Cell, Column, Estimate, Table};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let windows = |cell: &Cell<'_>| -> &'a [Window] { &finished.specification(cell.specification).car_windows };
    let column = |name: &'static str, description: &'static str, value: fn(&Cumulative) -> Maybe| {
        Column::float_run(name, description, move |estimate, _, into| into.extend(sums(estimate).iter().map(value)))
    };
    let description = "a specification, an estimated event and a declared window";
    Table::per_estimate("cars", description, (finished, Part::Windows), |results| results.declared_len)
    .with(Column::own_specification())
    .with(Column::event())
    .with(Column::int16_run("first", "first day of the window", move |cell| {
        windows(cell).iter().map(|window| window.first() as i16)
    }))
    .with(Column::int16_run("last", "last day of the window", move |cell| {
        windows(cell).iter().map(|window| window.last() as i16)
    }))
    .with(Column::int16("days", "days of the window with an abnormal return", move |cell| {
        Some(sums(cell.estimate?)[cell.part].days as i16)
    }))
    .with(column("car", "cumulative abnormal return: sum of ar", |sums| sums.car))
    .with(column(
        "bhar",
        "buy-and-hold abnormal return: compounded return less compounded expectation; null where no return is explained",
        |sums| sums.bhar,
    ))
    .with(column("scar", "car over its forecast standard deviation, with the covariance across days", |sums| sums.scar))
    .with(column("t", "t-statistic of this event's car alone, which is its scar", |sums| sums.scar))
    .with(Column::float_run("p_value", "two-sided p-value of t, with M - k degrees of freedom", move |estimate, _, into| {
        let Estimate { results, place } = estimate;
        into.extend(results.window_p_values(&finished.tails, place).take(results.declared_len));
    }))
    .with(Column::float_run(
        "placebo_p",
        "share of the donors and the security whose |scar| is as large; synthetic controls only",
        |Estimate { results, place }, _, into| {
            let shares = &results.window_placebo;
            let own = if shares.is_empty() { &[][..] } else { shares.of(place) };
            into.extend((0..results.declared_len).map(|window| own.get(window).copied().unwrap_or_default()));
        },
    ))
}

/// The sums over the declared windows of an event.
fn sums<'r>(Estimate { results, place }: Estimate<'r>) -> &'r [Cumulative] {
    &results.windows(place)[..results.declared_len]
}
