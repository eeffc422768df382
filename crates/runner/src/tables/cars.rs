//! `cars`: cumulative abnormal returns of every estimated event.

use dayzero_model::Window;
use dayzero_model::abnormal::Cumulative;

use super::{Cell, Column, Table};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let window = |cell: &Cell| -> Window { finished.specification(cell.specification).car_windows[cell.part] };
    let sums = |cell: &Cell| -> Option<&'a Cumulative> {
        finished.results[cell.specification].windows(cell.place? as usize).get(cell.part)
    };
    let scar = move |cell: &Cell| sums(cell)?.scar.get();
    Table::per_estimate("cars", "a specification, an estimated event and a declared window", finished, |results| {
        results.declared_len
    })
    .with(Column::specification(|cell| cell.specification))
    .with(Column::event())
    .with_all(Column::window(move |cell| window(cell)))
    .with(Column::int16("days", "days of the window with an abnormal return", move |cell| {
        sums(cell).map(|sums| sums.days as i16)
    }))
    .with(Column::float("car", "cumulative abnormal return: sum of ar", move |cell| sums(cell)?.car.get()))
    .with(Column::float(
        "bhar",
        "buy-and-hold abnormal return: compounded return less compounded expectation; null where no return is explained",
        move |cell| sums(cell)?.bhar.get(),
    ))
    .with(Column::float("scar", "car over its forecast standard deviation, with the covariance across days", scar))
    .with(Column::float("t", "t-statistic of this event's car alone, which is its scar", scar))
    .with(Column::float("p_value", "two-sided p-value of t, with M - k degrees of freedom", move |cell| {
        let results = &finished.results[cell.specification];
        results.window_p_value(&finished.tails, cell.place? as usize, cell.part)
    }))
    .with(Column::float(
        "placebo_p",
        "share of the donors and the security whose |scar| is as large; synthetic controls only",
        |cell| {
            let shares = &finished.results[cell.specification].window_placebo;
            if shares.is_empty() { None } else { shares.of(cell.place? as usize)[cell.part].get() }
        },
    ))
}
