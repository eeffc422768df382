//! `walk_forward`: which strategy was chosen when, and on what.

use dayzero_model::Date;

use super::{Cell, Column, Table};
use crate::finished::Finished;
use crate::performance::Span;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let found = finished.performance.as_ref();
    let spans: &[Span] =
        found.and_then(|found| found.walked.as_ref()?.as_ref().ok()).map_or(&[], |walked| &walked.spans);
    let span = |cell: &Cell| -> &'a Span { &spans[cell.item] };
    let dates = finished.backtest.as_ref().map_or(&[][..], |backtest| backtest.timeline.dates());
    let date = move |place: usize| -> Option<Date> { dates.get(place).copied() };
    let year = found.map_or(0.0, |found| found.days_per_year.sqrt());
    Table::rows("walk_forward", "a choice among the strategies", spans.len(), |item| Cell { item, ..Cell::default() })
        .with(Column::int32("choice", "number of the choice, from 0", |cell| Some(cell.item as i32)).key())
        .with(Column::date("train_first", "first date that was looked at", move |cell| date(span(cell).train.start)))
        .with(Column::date("train_last", "last date that was looked at", move |cell| date(span(cell).train.end - 1)))
        .with(Column::date("test_first", "first date on which the choice was held", move |cell| {
            date(span(cell).test.start)
        }))
        .with(Column::date("test_last", "last date on which it was held", move |cell| date(span(cell).test.end - 1)))
        .with(Column::int32(
            "strategy_id",
            "strategy that was chosen; null where none had a Sharpe ratio on the dates that were looked at",
            move |cell| span(cell).strategy.map(|strategy| strategy as i32),
        ))
        .with(Column::float(
            "train_sharpe",
            "its Sharpe ratio of a year on the dates that were looked at",
            move |cell| Some(span(cell).before? * year),
        ))
        .with(Column::float(
            "test_sharpe",
            "its Sharpe ratio of a year afterwards; null where nothing was held",
            move |cell| Some(span(cell).after? * year),
        ))
}
