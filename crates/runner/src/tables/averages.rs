//! `averages`: AAR and CAAR by group.

use dayzero_model::averages::Average;

use super::{Cell, Column, Runs, Table};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let groups = &finished.ledger.groups;
    let units = finished.averages.len() * groups.len();
    let longest = finished.averages.iter().flatten().map(Vec::len).max().unwrap_or_default();
    let run = move |unit: usize, runs: &mut Runs| {
        let (specification, item) = (unit / groups.len(), unit % groups.len());
        let days = finished.averages[specification][item].len();
        runs.push(Cell { specification, item, ..Cell::default() }, days);
    };
    let of = |cell: &Cell| -> &'a Average { &finished.averages[cell.specification][cell.item][cell.part] };
    Table::runs("averages", "a specification, a group and a day of the event window", (units, longest), run)
        .with(Column::specification(|cell| cell.specification))
        .with(Column::group(groups, |cell| cell.item))
        .with(Column::tau(finished))
        .with(Column::int32("events", "events with an abnormal return on this day", move |cell| {
            Some(of(cell).events as i32)
        }))
        .with(Column::float("aar", "average abnormal return of these events", move |cell| of(cell).aar))
        .with(Column::int32("caar_events", "events with a return on every day so far", move |cell| {
            Some(of(cell).caar_events as i32)
        }))
        .with(Column::float(
            "caar",
            "their average cumulative abnormal return from the first day of the event window",
            move |cell| of(cell).caar,
        ))
        .with(Column::float("caar_se", "cross-sectional standard error of caar, for independent events", move |cell| {
            of(cell).caar_se
        }))
        .with(Column::float("caar_lower", "lower end of the confidence interval of caar", move |cell| {
            of(cell).caar_interval.map(|(lower, _)| lower)
        }))
        .with(Column::float("caar_upper", "upper end of the confidence interval of caar", move |cell| {
            of(cell).caar_interval.map(|(_, upper)| upper)
        }))
        .with(Column::float("positive_share", "share of these events whose abnormal return is positive", move |cell| {
            of(cell).positive_share
        }))
}
