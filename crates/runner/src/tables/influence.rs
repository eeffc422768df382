//! `influence`: which events and periods the means of declared windows rest on.

use dayzero_model::influence::LeftOut;

use super::{Cell, Column, Table};
use crate::finished::Finished;
use crate::influence::InfluenceRow;

type Extreme<K> = fn(&LeftOut<K>) -> Option<(f64, K)>;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let of = |cell: &Cell| -> &'a InfluenceRow { &finished.influence[cell.item] };
    let found = move |cell: &Cell| of(cell).found.as_ref();
    let description = "a specification, a group and a declared window";
    let mut table =
        Table::rows("influence", description, finished.influence.len(), |item| Cell { item, ..Cell::default() })
            .with(Column::specification(move |cell| of(cell).specification))
            .with(Column::group(&finished.ledger.groups, move |cell| of(cell).group))
            .with_all(Column::window(move |cell| of(cell).window))
            .with(Column::int32("events", "events that are valid for the window", move |cell| {
                Some(found(cell).map_or(0, |found| found.events) as i32)
            }))
            .with(Column::float("caar", "mean of their CARs", move |cell| found(cell).map(|found| found.mean)))
            .with(Column::float("t", "caar over its cross-sectional error", move |cell| found(cell)?.t));
    for (name, what, extreme) in extremes() {
        table = table
            .with(Column::float(
                format!("{name}_without_event"),
                format!("{what} without any one event"),
                move |cell| Some(extreme(found(cell)?.event.as_ref()?)?.0),
            ))
            .with(Column::int32(format!("{name}_event_id"), "that event", move |cell| {
                let place = extreme(found(cell)?.event.as_ref()?)?.1;
                Some(of(cell).event_id(finished, place))
            }));
    }
    table = table.with(Column::int32("periods", "calendar periods of day 0, by [inference] cluster", move |cell| {
        Some(of(cell).periods.len() as i32)
    }));
    for (name, what, extreme) in extremes() {
        table = table
            .with(Column::float(
                format!("{name}_without_period"),
                format!("{what} without any one period's events"),
                move |cell| Some(extreme(found(cell)?.period.as_ref()?)?.0),
            ))
            .with(Column::text(format!("{name}_period"), "that period", move |cell| {
                let period = extreme(found(cell)?.period.as_ref()?)?.1;
                Some(of(cell).periods[&period].as_str().into())
            }));
    }
    table.with(Column::float(
        "top5_share",
        "share of the sum of CARs that the five largest contributions carry; null for five events or fewer",
        move |cell| found(cell)?.top_five,
    ))
}

/// The extremes with their names.
fn extremes<K: Copy>() -> [(&'static str, &'static str, Extreme<K>); 4] {
    [
        ("caar_min", "smallest caar", |left| Some(left.lowest_mean)),
        ("caar_max", "largest caar", |left| Some(left.highest_mean)),
        ("t_min", "smallest t", |left| left.lowest_t),
        ("t_max", "largest t", |left| left.highest_t),
    ]
}
