//! `calendar_time`: portfolios of the securities whose event is near.

use dayzero_model::longrun::CalendarTimeEstimate;

use super::{Cell, Column, Table};
use crate::finished::Finished;
use crate::longrun::CalendarTimeRow;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let of = |cell: &Cell| -> &'a CalendarTimeRow { &finished.calendar_time[cell.item] };
    let found = move |cell: &Cell| -> Option<&'a CalendarTimeEstimate> { of(cell).result.as_ref().ok() };
    let groups = &finished.ledger.groups;
    let description = "a specification of simple daily returns, a group, a window and a weighting";
    let mut table = Table::rows("calendar_time", description, finished.calendar_time.len(), |item| Cell {
        item,
        ..Cell::default()
    })
    .with(Column::specification(move |cell| of(cell).specification))
    .with(Column::group(groups, move |cell| of(cell).group))
    .with_all(Column::window(move |cell| of(cell).window))
    .with(
        Column::text("weighting", "how the securities are weighted", move |cell| {
            Some(of(cell).weighting.name().into())
        })
        .key(),
    )
    .with(Column::int32("days", "days in the regression", move |cell| found(cell).map(|found| found.days as i32)))
    .with(Column::int32("dropped_days", "days with too few securities", move |cell| {
        found(cell).map(|found| found.dropped as i32)
    }))
    .with(Column::float("mean_names", "mean number of securities on the days in the regression", move |cell| {
        found(cell).map(|found| found.mean_names)
    }))
    .with(Column::float("mean_return", "mean of what is explained: the portfolio's return, above the risk-free rate in models of excess returns, or its abnormal return in models without factors", move |cell| {
        found(cell).map(|found| found.mean_return)
    }))
    .with(Column::float("alpha", "abnormal return of the portfolio per day", move |cell| {
        found(cell).map(|found| found.coefficients[0])
    }))
    .with(Column::float("alpha_se", "its Newey-West standard error", move |cell| found(cell).map(|found| found.alpha_se)))
    .with(Column::float("t", "alpha over its standard error", move |cell| found(cell).map(|found| found.t)))
    .with(Column::int32("dof", "degrees of freedom: days less coefficients", move |cell| {
        found(cell).map(|found| found.dof as i32)
    }))
    .with(Column::float("p_value", "two-sided p-value of t", move |cell| found(cell).map(|found| found.p_value)))
    .with(Column::int32("lags", "lags of the Newey-West standard error", move |cell| {
        found(cell).map(|found| found.lags as i32)
    }));
    for name in factor_names(finished) {
        let description = format!("coefficient of {name}");
        let places: Vec<Option<usize>> =
            finished.factor_names.iter().map(|own| own.iter().position(|own| *own == name)).collect();
        table = table.with(Column::float(format!("beta_{name}"), description, move |cell| {
            let place = places[of(cell).specification]?;
            found(cell)?.coefficients.get(1 + place).copied()
        }));
    }
    table.with(Column::text("reason", "why there is no regression", move |cell| {
        of(cell).result.as_ref().err().map(|reason| reason.as_str().into())
    }))
}

/// The factors of any specification, each name once.
fn factor_names(finished: &Finished<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in finished.factor_names.iter().flatten() {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}
