//! `events`: the ledger.

use std::borrow::Cow;

use dayzero_loader::events::Announced;
use dayzero_model::align::Day0Rule;

use super::{Cell, Column, Table};
use crate::finished::Finished;
use crate::ledger::Row;

/// Columns that the ledger has anyway; a group of that name needs none of its own.
const OWN: [&str; 3] = ["security", "market", "session"];

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let ledger = finished.ledger;
    let row = |cell: &Cell| -> &'a Row { &ledger.rows[cell.item] };
    let (panel, announced) = (&finished.loaded.assembled.panel, &finished.loaded.events.announced);
    let mut table = Table::rows("events", "an input event, always all of them", ledger.rows.len(), move |item| {
        let specification = finished.deciding(item);
        let outcome = finished.outcome_at(specification, item, finished.place(item));
        Cell { specification, item, outcome, ..Cell::default() }
    })
    .with(Column::int32("event_id", "row of the event in the input, from 0", |cell| Some(cell.item as i32)).key())
    .with(Column::texts("security", "identifier of the security", &finished.loaded.events.security, |cell| cell.item))
    .with(Column::choice(
        "market",
        "market of the security",
        panel.markets.iter().map(|market| market.name.as_str()),
        move |cell| row(cell).security.map(|security| panel.securities()[security as usize].market),
    ))
    .with(Column::instant("announced_at", "instant of the announcement", move |cell| match announced[cell.item] {
        Announced::At(instant) => Some(instant.as_microsecond()),
        _ => None,
    }))
    .with(Column::date("announced_on", "date of the announcement in the market's zone", move |cell| {
        row(cell).announced_on
    }))
    .with(Column::text(
        "session",
        "part of the day: bmo, during, amc or unknown; the input's column, or from the instant and the market's hours",
        move |cell| row(cell).session(cell.item, &finished.loaded.events).map(Cow::Borrowed),
    ))
    .with(Column::date("day0", "first session whose close is after the announcement", move |cell| {
        row(cell).day0.map(|(_, date, _)| date)
    }))
    .with(Column::choice(
        "day0_rule",
        "the rule that led to day 0",
        Day0Rule::ALL.map(Day0Rule::code),
        move |cell| row(cell).day0.map(|(_, _, rule)| rule as usize),
    ));
    for (name, values) in ledger.group_columns.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        let description = match &finished.study.events.quantile {
            Some(column) if column == name => format!("quantile of {name}, from 1 for the lowest values"),
            _ => format!("group by the input's column {name}"),
        };
        table =
            table.with(Column::text(name, description, move |cell| values[cell.item].as_deref().map(Cow::Borrowed)));
    }
    table.with(Column::outcome(|cell| cell.outcome)).with(Column::reason(finished))
}
