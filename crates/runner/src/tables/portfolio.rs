//! `portfolio`: the days of every strategy, and of the one that is chosen among them on past days only.

use dayzero_model::backtest::Day;

use super::{Cell, Column, Table};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let mut starts = vec![0];
    while let Some((_, days)) = record(finished, starts.len() - 1) {
        starts.push(starts[starts.len() - 1] + days.len());
    }
    let rows = starts[starts.len() - 1];
    let cell = move |row: usize| {
        let item = starts.partition_point(|&start| start <= row) - 1;
        Cell { item, part: row - starts[item], ..Cell::default() }
    };
    let id = move |cell: &Cell| Some(record(finished, cell.item)?.0);
    let day = move |cell: &Cell| -> Option<&'a Day> { Some(&record(finished, cell.item)?.1[cell.part]) };
    let number = |name: &'static str, description: &'static str, of: fn(&Day) -> f64| {
        Column::float(name, description, move |cell| day(cell).map(of))
    };
    Table::rows("portfolio", "a strategy and a date, from the first entry to the last exit of all", rows, cell)
        .with(Column::int32("strategy_id", "strategy; -1 for walk_forward", id).key())
        .with(Column::date("date", "civil date on which any market was open", move |cell| Some(day(cell)?.date)).key())
        .with(number("return", "return after costs, of the equity of the date before", |day| day.net_return))
        .with(number("gross", "return before costs", |day| day.gross_return))
        .with(number("costs", "commission, half-spreads and borrowing, positive", |day| day.costs))
        .with(number("long", "value of the long lots, of the day's equity", |day| day.long))
        .with(number("short", "value of the short lots, positive", |day| day.short))
        .with(number("hedge", "value of the hedges, negative where short", |day| day.hedge))
        .with(number("net", "long less short, and the hedges", Day::net_exposure))
        .with(Column::int32("positions", "open lots", move |cell| Some(day(cell)?.positions as i32)))
        .with(number("turnover", "value bought and sold, hedges included, of the equity of the date before", |day| {
            day.turnover
        }))
        .with(number("cash", "cash, where equity began at one", |day| day.cash))
        .with(number("equity", "equity, which began at one", |day| day.equity))
}

/// A strategy and its days, then the walk-forward, in order.
fn record<'a>(finished: &'a Finished<'a>, item: usize) -> Option<(i32, &'a [Day])> {
    let backtest = finished.backtest.as_ref()?;
    if let Some(run) = backtest.strategies.get(item) {
        return Some((item as i32, &run.traded.days[backtest.days.clone()]));
    }
    let walked = finished.performance.as_ref()?.walked.as_ref()?.as_ref().ok()?;
    (item == backtest.strategies.len()).then_some((-1, walked.days.as_slice()))
}
