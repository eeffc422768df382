//! `cars`: cumulative abnormal returns of every estimated event.

use dayzero_model::Window;

use super::{Cell, Column, Table};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let window = |cell: &Cell| -> Window { finished.specification(cell.specification).car_windows[cell.part] };
    let scar = |cell: &Cell| -> Option<f64> {
        finished.results[cell.specification].window_scar(finished.place(cell.item)?, cell.part).get()
    };
    Table::per_estimate("cars", "a specification, an estimated event and a declared window", finished, |results| {
        results.declared_len
    })
    .with(Column::specification(|cell| cell.specification))
    .with(Column::int32("event_id", "event", |cell| Some(cell.item as i32)).key())
    .with_all(Column::window(move |cell| window(cell)))
    .with(Column::int16("days", "days of the window with an abnormal return", |cell| {
        let results = &finished.results[cell.specification];
        Some(results.windows(finished.place(cell.item)?)[cell.part].days as i16)
    }))
    .with(Column::float("car", "cumulative abnormal return: sum of ar", |cell| {
        finished.results[cell.specification].window_car(finished.place(cell.item)?, cell.part).get()
    }))
    .with(Column::float(
        "bhar",
        "buy-and-hold abnormal return: compounded return less compounded expectation; null where no return is explained",
        |cell| {
            let results = &finished.results[cell.specification];
            results.windows(finished.place(cell.item)?)[cell.part].bhar.get()
        },
    ))
    .with(Column::float("scar", "car over its forecast standard deviation, with the covariance across days", scar))
    .with(Column::float("t", "t-statistic of this event's car alone, which is its scar", scar))
    .with(Column::float("p_value", "two-sided p-value of t, with M - k degrees of freedom", move |cell| {
        finished.results[cell.specification].window_p_value(finished.place(cell.item)?, cell.part)
    }))
    .with(Column::float(
        "placebo_p",
        "share of the donors and the security whose |scar| is as large; synthetic controls only",
        |cell| {
            let results = &finished.results[cell.specification];
            let place = finished.place(cell.item)? * results.windows_len + cell.part;
            results.window_placebo.get(place).and_then(|share| share.get())
        },
    ))
}
