//! `tests`: test statistics by group and window.

use dayzero_model::significance::Reference;

use super::{Cell, Column, Table};
use crate::finished::Finished;
use crate::infer::TestRow;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let of = |cell: &Cell| -> &'a TestRow { &finished.tests[cell.item] };
    Table::rows(
        "tests",
        "a specification, a group or a difference of two, a window and a test",
        finished.tests.len(),
        |item| Cell { item, ..Cell::default() },
    )
    .with(Column::specification(move |cell| of(cell).specification))
    .with(
        Column::text("group", "all, or column=value, or a difference of two of them", move |cell| {
            Some(finished.ledger.label(of(cell).group).into())
        })
        .key(),
    )
    .with_all(Column::window(move |cell| of(cell).window))
    .with(Column::text(
        "role",
        "declared, day, drift (the event window before day 0) or reversal (after the headline window); headline test only",
        move |cell| Some(of(cell).role.into()),
    ))
    .with(
        Column::text("measure", "what is tested: car, or bhar where asked", move |cell| {
            Some(of(cell).measure.name().into())
        })
        .key(),
    )
    .with(Column::text("test", "test statistic", move |cell| Some(of(cell).test.into())).key())
    .with(Column::int32("events", "events that went into the statistic", move |cell| Some(of(cell).events as i32)))
    .with(Column::float("mean_car", "mean of the measure", move |cell| of(cell).mean_car))
    .with(Column::float("statistic", "value of the statistic", move |cell| {
        of(cell).result.as_ref().ok().map(|statistic| statistic.value)
    }))
    .with(Column::text(
        "distribution",
        "distribution of the statistic under the null, or exact, bootstrap or permutation",
        move |cell| of(cell).reference().map(|reference| reference.name().into()),
    ))
    .with(Column::float("dof", "degrees of freedom of the distribution, where it has them", move |cell| {
        of(cell).reference().and_then(Reference::dof)
    }))
    .with(Column::float("p_value", "two-sided p-value", move |cell| of(cell).p_value()))
    .with(Column::float("p_holm", "p-value after Holm over windows, groups and specifications", move |cell| {
        of(cell).p_holm
    }))
    .with(Column::float("p_bh", "p-value after Benjamini and Hochberg over the same family", move |cell| of(cell).p_bh))
    .with(Column::float("p_by", "p-value after Benjamini and Yekutieli, where asked", move |cell| of(cell).p_by))
    .with(Column::float(
        "p_romano_wolf",
        "p-value after Romano and Wolf over the same family, where asked: of bootstrap_wild, from its draws",
        move |cell| of(cell).p_romano_wolf,
    ))
    .with(Column::float(
        "measured_size",
        "share of placebo samples in which this test of this window has p <= 1 - confidence, by [inference] calibrate",
        move |cell| finished.placebo_size(of(cell))?.rejections.rate(),
    ))
    .with(Column::text("reason", "why there is no statistic", move |cell| {
        of(cell).result.as_ref().err().map(|undefined| undefined.to_string().into())
    }))
}
