//! `strategies`: which keys each strategy has, and how many events it traded.

use dayzero_model::backtest::Strategy;

use super::{Cell, Column, Table};
use crate::backtest::{StrategyRun, reasons};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let runs: &[StrategyRun] = finished.backtest.as_ref().map_or(&[], |backtest| &backtest.strategies);
    let run = |cell: &Cell| -> &'a StrategyRun { &runs[cell.item] };
    let section = finished.study.backtest.as_ref();
    let of = move |cell: &Cell| -> Option<&'a Strategy> { Some(&section?.strategies[run(cell).strategy]) };
    let numbers = |found: &[u16]| found.iter().map(u16::to_string).collect::<Vec<_>>().join(",");
    let count = move |cell: &Cell| Some(section?.rule.sort.counts()[of(cell)?.sort] as i16);
    let table =
        Table::rows("strategies", "a strategy of the backtest", runs.len(), |item| Cell { item, ..Cell::default() })
            .with(Column::int32("strategy_id", "number of the strategy, from 0", |cell| Some(cell.item as i32)).key())
            .with(Column::int32(
                "spec_id",
                "specification whose estimates it takes; null where it takes none",
                move |cell| run(cell).specification.map(|specification| specification as i32),
            ))
            .with(Column::text("signal", "what events are judged by", move |_| {
                section.map(|section| section.signals.join(",").into())
            }))
            .with(Column::int16("quantiles", "number of quantiles", count))
            .with(Column::text("long", "quantiles that are bought", move |cell| {
                of(cell).map(|s| numbers(&s.long).into())
            }))
            .with(Column::text("short", "quantiles that are sold short", move |cell| {
                of(cell).map(|s| numbers(&s.short).into())
            }))
            .with(Column::int32("enter_day", "trading days from day 0 to the entry", move |cell| {
                of(cell).map(|s| s.enter.day as i32)
            }))
            .with(Column::text("enter_at", "open or close", move |cell| of(cell).map(|s| s.enter.at.name().into())))
            .with(Column::int32("hold_days", "sessions a lot is held", move |cell| {
                of(cell).map(|s| s.exit.hold_days as i32)
            }))
            .with(Column::text("hedge", "none, benchmark or beta", move |cell| of(cell).map(|s| s.hedge.name().into())))
            .with(Column::float("size", "weight of a lot like most others, a decimal of equity", move |cell| {
                of(cell).map(|s| s.size)
            }));
    with_costs(table, of).with_all(counts(finished))
}

fn with_costs<'a>(table: Table<'a>, of: impl Fn(&Cell) -> Option<&'a Strategy> + Copy + Sync + 'a) -> Table<'a> {
    table
        .with(Column::float("commission_bps", "commission per side in basis points", move |cell| {
            of(cell).map(|s| s.costs.commission_bps)
        }))
        .with(Column::float("half_spread_bps", "half-spread per side in basis points", move |cell| {
            of(cell).map(|s| s.costs.half_spread_bps)
        }))
        .with(Column::float("borrow_bps_per_year", "borrowing of short lots in basis points", move |cell| {
            of(cell).map(|s| s.costs.borrow_bps_per_year)
        }))
        .with(Column::float("max_participation", "most of the average traded value", move |cell| {
            of(cell).and_then(|s| s.limits.participation).map(|(share, _)| share)
        }))
}

/// Input events that were traded, and that were not, by reason: together all of them.
fn counts<'a>(finished: &'a Finished<'a>) -> Vec<Column<'a>> {
    let backtest = finished.backtest.as_ref();
    let run = move |cell: &Cell| -> Option<&'a StrategyRun> { Some(&backtest?.strategies[cell.item]) };
    let mut columns = vec![
        Column::int32("events", "input events", |_| Some(finished.ledger.rows.len() as i32)),
        Column::int32("traded", "events that became a lot", move |cell| Some(run(cell)?.traded.lots.len() as i32)),
        Column::int32("excluded", "events without a day 0, filtered out or duplicates", move |_| {
            Some(backtest?.excluded.values().sum::<usize>() as i32)
        }),
    ];
    for reason in reasons() {
        let description = format!("events that were not traded: {}", reason.code().replace('_', " "));
        columns.push(Column::int32(reason.code(), description, move |cell| {
            let counts = &run(cell)?.traded.untraded;
            Some(counts.iter().find(|(known, _)| *known == reason).map_or(0, |(_, count)| *count as i32))
        }));
    }
    columns
}
