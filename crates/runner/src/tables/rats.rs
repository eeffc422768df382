//! `rats`: returns across time and securities.

use dayzero_model::longrun::{Estimate, RatsDay};

use super::{Cell, Column, Runs, Table};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let groups = &finished.ledger.groups;
    let longest = finished.rats.iter().map(|rows| rows.days.len()).max().unwrap_or_default();
    let run = move |item: usize, runs: &mut Runs| {
        let rows = &finished.rats[item];
        runs.push(Cell { specification: rows.specification, item, ..Cell::default() }, rows.days.len());
    };
    let of = |cell: &Cell| -> &'a RatsDay { &finished.rats[cell.item].days[cell.part] };
    let alpha = move |cell: &Cell| -> Option<&'a Estimate> { of(cell).alpha.as_ref() };
    let sum = move |cell: &Cell| -> Option<&'a Estimate> { of(cell).cumulative.as_ref() };
    let description = "a specification of simple daily returns, a group and a day of the event window";
    Table::runs("rats", description, (finished.rats.len(), longest), run)
        .with(Column::specification(|cell| cell.specification))
        .with(Column::group(groups, |cell| finished.rats[cell.item].group))
        .with(Column::tau(finished))
        .with(Column::int32("events", "events in the regression of this day", move |cell| Some(of(cell).events as i32)))
        .with(Column::float("alpha", "intercept: the mean abnormal return of the day", move |cell| {
            alpha(cell).map(|estimate| estimate.value)
        }))
        .with(Column::float("alpha_se", "its standard error", move |cell| alpha(cell).map(|estimate| estimate.error)))
        .with(Column::float("t", "alpha over its standard error", move |cell| alpha(cell).map(|estimate| estimate.t)))
        .with(Column::float(
            "p_value",
            "two-sided p-value, with events less coefficients degrees of freedom",
            move |cell| alpha(cell).map(|estimate| estimate.p_value),
        ))
        .with(Column::float(
            "cumulative",
            "sum of the intercepts from the first day of the event window",
            move |cell| sum(cell).map(|estimate| estimate.value),
        ))
        .with(Column::float("cumulative_se", "its standard error, for independent days", move |cell| {
            sum(cell).map(|estimate| estimate.error)
        }))
        .with(Column::float("cumulative_t", "the sum over its standard error", move |cell| {
            sum(cell).map(|estimate| estimate.t)
        }))
        .with(Column::float("cumulative_p", "its two-sided p-value, normal", move |cell| {
            sum(cell).map(|estimate| estimate.p_value)
        }))
}
