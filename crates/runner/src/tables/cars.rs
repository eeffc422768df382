//! `cars`: cumulative abnormal returns of every estimated event.

use dayzero_model::abnormal::Cumulative;
use dayzero_model::results::Results;
use dayzero_model::{Maybe, Window};

use super::{Cell, Column, Table};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let results = |cell: &Cell| -> &'a Results { &finished.results[cell.specification] };
    let place = |cell: &Cell| cell.place.unwrap_or_default() as usize;
    let windows = |cell: &Cell| -> &'a [Window] { &finished.specification(cell.specification).car_windows };
    let sums = move |cell: &Cell| -> &'a [Cumulative] { &results(cell).windows(place(cell))[..windows(cell).len()] };
    let column = |name: &'static str, description: &'static str, value: fn(&Cumulative) -> Maybe| {
        Column::float_run(name, description, move |cell| sums(cell).iter().map(value))
    };
    Table::per_estimate("cars", "a specification, an estimated event and a declared window", finished, |results| {
        results.declared_len
    })
    .with(Column::specification(|cell| cell.specification))
    .with(Column::event())
    .with(Column::int16_run("first", "first day of the window", move |cell| {
        windows(cell).iter().map(|window| window.first() as i16)
    }))
    .with(Column::int16_run("last", "last day of the window", move |cell| {
        windows(cell).iter().map(|window| window.last() as i16)
    }))
    .with(Column::int16("days", "days of the window with an abnormal return", move |cell| {
        Some(sums(cell)[cell.part].days as i16)
    }))
    .with(column("car", "cumulative abnormal return: sum of ar", |sums| sums.car))
    .with(column(
        "bhar",
        "buy-and-hold abnormal return: compounded return less compounded expectation; null where no return is explained",
        |sums| sums.bhar,
    ))
    .with(column("scar", "car over its forecast standard deviation, with the covariance across days", |sums| sums.scar))
    .with(column("t", "t-statistic of this event's car alone, which is its scar", |sums| sums.scar))
    .with(Column::float_run("p_value", "two-sided p-value of t, with M - k degrees of freedom", move |cell| {
        results(cell).window_p_values(&finished.tails, place(cell)).take(windows(cell).len())
    }))
    .with(Column::float_run(
        "placebo_p",
        "share of the donors and the security whose |scar| is as large; synthetic controls only",
        move |cell| {
            let shares = &results(cell).window_placebo;
            let own = if shares.is_empty() { &[][..] } else { shares.of(place(cell)) };
            (0..windows(cell).len()).map(|window| own.get(window).copied().unwrap_or_default())
        },
    ))
}
