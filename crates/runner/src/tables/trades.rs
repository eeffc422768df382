//! `trades`: the lots of every strategy.

use dayzero_model::Date;
use dayzero_model::backtest::{Fill, Lot};

use super::{Cell, Column, Table};
use crate::backtest::StrategyRun;
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let runs: &[StrategyRun] = finished.backtest.as_ref().map_or(&[], |backtest| &backtest.strategies);
    let mut starts = vec![0];
    for run in runs {
        starts.push(starts[starts.len() - 1] + run.traded.lots.len());
    }
    let rows = starts[starts.len() - 1];
    let cell = move |row: usize| {
        let item = starts.partition_point(|&start| start <= row) - 1;
        Cell { item, part: row - starts[item], ..Cell::default() }
    };
    let lot = |cell: &Cell| -> &'a Lot { &runs[cell.item].traded.lots[cell.part] };
    let panel = &finished.loaded.assembled.panel;
    let row = move |cell: &Cell| finished.ledger.candidates[lot(cell).event].row;
    let table = Table::rows("trades", "a lot of a strategy", rows, cell)
        .with(Column::int32("strategy_id", "strategy", |cell| Some(cell.item as i32)).key())
        .with(Column::int32("lot", "number of the lot, in the order of entry", |cell| Some(cell.part as i32)).key())
        .with(Column::int32("event_id", "event", move |cell| Some(row(cell) as i32)).key())
        .with(Column::text("security", "security", move |cell| {
            Some(panel.securities()[lot(cell).security].id.as_str().into())
        }))
        .with(Column::text("market", "its market", move |cell| {
            Some(panel.markets[lot(cell).market].name.as_str().into())
        }))
        .with(Column::text("side", "long or short", move |cell| {
            Some(if lot(cell).short { "short" } else { "long" }.into())
        }))
        .with(Column::float("signal", "what the event was judged by", move |cell| lot(cell).signals[0]))
        .with(Column::float("signal_2", "the second signal", move |cell| lot(cell).signals[1]))
        .with(Column::int16("quantile", "quantile of the signal among earlier announcements", move |cell| {
            lot(cell).quantiles[0].map(|quantile| quantile as i16)
        }))
        .with(Column::int16("quantile_2", "quantile of the second signal", move |cell| {
            lot(cell).quantiles[1].map(|quantile| quantile as i16)
        }))
        .with(Column::instant("decided_at", "from when on the signals were known", move |cell| {
            Some(lot(cell).decided.0)
        }));
    let date = move |cell: &Cell, fill: Fill| -> Option<Date> {
        panel.markets[lot(cell).market].calendar.dates().get(fill.day).copied()
    };
    let table = table
        .with(Column::date("entry_date", "date of the entry", move |cell| date(cell, lot(cell).entry)))
        .with(Column::text("entry_at", "open or close", move |cell| Some(lot(cell).entry.at.name().into())))
        .with(Column::float("entry_price", "adjusted price; an index where the price table has returns", move |cell| {
            Some(lot(cell).entry.price)
        }))
        .with(Column::text(
            "entry_reason",
            "scheduled; after_announcement: the scheduled price was before it; waited: there was none",
            move |cell| Some(lot(cell).entry_reason.code().into()),
        ))
        .with(Column::date("exit_date", "date of the exit", move |cell| date(cell, lot(cell).exit)))
        .with(Column::text("exit_at", "open or close", move |cell| Some(lot(cell).exit.at.name().into())))
        .with(Column::float("exit_price", "adjusted price", move |cell| Some(lot(cell).exit.price)))
        .with(Column::text(
            "exit_reason",
            "held, next_event, stop, target, waited (no price when due), delisted (at the last price), end_of_data, ruined",
            move |cell| Some(lot(cell).exit_reason.code().into()),
        ))
        .with(Column::int32("sessions", "closes at which the lot was held", move |cell| {
            Some(lot(cell).sessions as i32)
        }));
    with_returns(table, lot)
}

fn with_returns<'a>(table: Table<'a>, lot: impl Fn(&Cell) -> &'a Lot + Copy + Sync + 'a) -> Table<'a> {
    table
        .with(Column::float("weight", "value at entry over the equity of the date before", move |cell| {
            Some(lot(cell).weight)
        }))
        .with(Column::float("wanted_weight", "weight before limits", move |cell| Some(lot(cell).wanted)))
        .with(Column::float(
            "traded_value",
            "average value traded in a day before the decision, in money; null where no volumes are read",
            move |cell| lot(cell).traded_value,
        ))
        .with(Column::text("capped_by", "the limit that made it smaller", move |cell| {
            lot(cell).capped_by.map(|cap| cap.code().into())
        }))
        .with(Column::float("gross_return", "gain in the security over the value at entry", move |cell| {
            Some(lot(cell).gross_return)
        }))
        .with(Column::float("hedge_return", "gain in the hedge over the value at entry", move |cell| {
            Some(lot(cell).hedge_return)
        }))
        .with(Column::float("costs", "commission and half-spreads over the value at entry, positive", move |cell| {
            Some(lot(cell).costs)
        }))
        .with(Column::float("borrow", "borrowing over the value at entry, positive", move |cell| {
            Some(lot(cell).borrow)
        }))
        .with(Column::float("net_return", "what is left over the value at entry", move |cell| {
            Some(lot(cell).net_return())
        }))
        .with(Column::float("profit", "what is left, where equity began at one; adds up to its change", move |cell| {
            Some(lot(cell).profit())
        }))
}
