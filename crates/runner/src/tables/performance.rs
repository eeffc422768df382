//! `performance`: what the records of strategies say, and how much of it is luck.

use dayzero_model::Date;
use dayzero_model::performance::Drawdown;

use super::{Cell, Column, Table};
use crate::finished::Finished;
use crate::performance::{MEASURES, Row};

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let found = finished.performance.as_ref();
    let rows: &[Row] = found.map_or(&[], |found| &found.rows);
    let row = |cell: &Cell| -> &'a Row { &rows[cell.item] };
    let dates = finished.backtest.as_ref().map_or(&[][..], |backtest| backtest.timeline.dates());
    let date = move |cell: &Cell, day: usize| -> Option<Date> { dates.get(row(cell).days.start + day).copied() };
    let fallen =
        move |cell: &Cell, of: fn(&Drawdown) -> Option<usize>| date(cell, row(cell).drawdown.as_ref().and_then(of)?);
    let table = Table::rows("performance", "a record of daily returns", rows.len(), |item| Cell {
        item,
        ..Cell::default()
    })
    .with(
        Column::text(
            "record",
            "strategy; walk_forward: chosen on past days only; hindsight: the best of all days, on the days of walk_forward",
            move |cell| Some(row(cell).kind.name().into()),
        )
        .key(),
    )
    .with(
        Column::int32("strategy_id", "strategy; -1 for walk_forward", move |cell| {
            Some(row(cell).strategy.map_or(-1, |strategy| strategy as i32))
        })
        .key(),
    )
    .with(Column::date("first_date", "first date", move |cell| date(cell, 0)))
    .with(Column::date("last_date", "last date", move |cell| date(cell, row(cell).days.len().checked_sub(1)?)))
    .with(Column::int32("days", "dates", move |cell| Some(row(cell).days.len() as i32)))
    .with(Column::float("days_per_year", "dates in a year of 365.25 civil days", move |_| {
        found.map(|found| found.days_per_year)
    }))
    .with(Column::int32("lots", "closed lots", move |cell| Some(row(cell).lots as i32)))
    .with(Column::int32(
        "lags",
        "days of autocorrelation: those a lot may be held, or as Newey and West (1994) choose them",
        move |cell| Some(row(cell).lags as i32),
    ))
    .with_all(MEASURES.iter().enumerate().map(|(place, measure)| {
        Column::float(measure.name, measure.description, move |cell| row(cell).values[place].as_ref().ok().copied())
    }))
    .with(Column::date("drawdown_peak", "last date of the peak; null where it is the start", move |cell| {
        fallen(cell, |drawdown| drawdown.peak)
    }))
    .with(Column::date("drawdown_trough", "date of the lowest equity", move |cell| {
        fallen(cell, |drawdown| Some(drawdown.trough))
    }))
    .with(Column::date("drawdown_recovery", "first date at the peak again; null where there is none", move |cell| {
        fallen(cell, |drawdown| drawdown.recovery)
    }));
    table
        .with_all(coefficients(finished))
        .with(Column::text("reason", "why measures have no value", move |cell| reason(row(cell)).map(Into::into)))
}

/// The coefficients of both regressions.
fn coefficients<'a>(finished: &'a Finished<'a>) -> Vec<Column<'a>> {
    let Some(found) = &finished.performance else { return Vec::new() };
    let benchmarks = found.regressors.benchmarks.iter().enumerate().map(move |(place, (name, _))| {
        let description = format!("coefficient of the benchmark of {name}, beside alpha");
        let of = move |cell: &Cell| found.rows[cell.item].betas.get(place).copied();
        Column::float(format!("beta_{name}"), description, of)
    });
    let factors = found.regressors.factors.iter().enumerate().map(move |(place, (name, _))| {
        let description = format!("coefficient of {name}, beside factor_alpha");
        let of = move |cell: &Cell| found.rows[cell.item].loadings.get(place).copied();
        Column::float(format!("loading_{name}"), description, of)
    });
    benchmarks.chain(factors).collect()
}

/// Every reason once, with the measures that it is about.
fn reason(row: &Row) -> Option<String> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for (measure, value) in MEASURES.iter().zip(&row.values) {
        let Err(reason) = value else { continue };
        match reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, names)) => names.push(measure.name),
            None => reasons.push((reason, vec![measure.name])),
        }
    }
    let sentences: Vec<String> =
        reasons.into_iter().map(|(reason, names)| format!("{}: {reason}", names.join(", "))).collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}
