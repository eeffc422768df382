//! `portfolio`: the days of every strategy.

use dayzero_model::backtest::Day;

use super::{Cell, Column, Table};
use crate::backtest::StrategyRun;
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let backtest = finished.backtest.as_ref();
    let runs: &[StrategyRun] = backtest.map_or(&[], |backtest| &backtest.strategies);
    let days = backtest.map_or(0..0, |backtest| backtest.days.clone());
    let day = move |cell: &Cell| -> &'a Day { &runs[cell.item].traded.days[cell.part] };
    let length = days.len();
    let cell = move |row: usize| Cell { item: row / length, part: days.start + row % length, ..Cell::default() };
    let number = |name: &'static str, description: &'static str, of: fn(&Day) -> f64| {
        Column::float(name, description, move |cell| Some(of(day(cell))))
    };
    Table::rows(
        "portfolio",
        "a strategy and a date, from the first entry to the last exit of all",
        length * runs.len(),
        cell,
    )
    .with(Column::int32("strategy_id", "strategy", |cell| Some(cell.item as i32)).key())
    .with(Column::date("date", "civil date on which any market was open", move |cell| Some(day(cell).date)).key())
    .with(number("return", "return after costs, of the equity of the date before", |day| day.net_return))
    .with(number("gross", "return before costs", |day| day.gross_return))
    .with(number("costs", "commission, half-spreads and borrowing, positive", |day| day.costs))
    .with(number("long", "value of the long lots, of the day's equity", |day| day.long))
    .with(number("short", "value of the short lots, positive", |day| day.short))
    .with(number("hedge", "value of the hedges, negative where short", |day| day.hedge))
    .with(number("net", "long less short, and the hedges", Day::net_exposure))
    .with(Column::int32("positions", "open lots", move |cell| Some(day(cell).positions as i32)))
    .with(number("turnover", "value bought and sold, hedges included, of the equity of the date before", |day| {
        day.turnover
    }))
    .with(number("cash", "cash, where equity began at one", |day| day.cash))
    .with(number("equity", "equity, which began at one", |day| day.equity))
}
