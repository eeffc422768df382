//! `specifications`: what was estimated.

use std::borrow::Cow;

use dayzero_model::Specification;
use dayzero_model::expected::Regressor;

use super::{Cell, Column, Table};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let specifications = &finished.study.specifications;
    let of = |cell: &Cell| -> &'a Specification { &specifications[cell.specification] };
    let table = Table::rows("specifications", "a specification", specifications.len(), |specification| Cell {
        specification,
        ..Cell::default()
    });
    let window = |name: &'static str, description: &'static str, bound: fn(&Specification) -> i32| {
        Column::int32(name, description, move |cell| Some(bound(of(cell))))
    };
    table
        .with(
            Column::int32("spec_id", "number of the specification, from 0", |cell| Some(cell.specification as i32))
                .key(),
        )
        .with(Column::text("model", "return model", move |cell| Some(of(cell).model.name().into())))
        .with(Column::text("options", "options of the model, as the study has them", move |cell| {
            Some(of(cell).options.as_str().into())
        }))
        .with(Column::text("factors", "regressors beside the intercept, separated by commas", move |cell| {
            let names: Vec<String> = of(cell).recipe.regressors.iter().map(Regressor::name).collect();
            Some(Cow::Owned(names.join(",")))
        }))
        .with(Column::flag("excess", "whether the return above the risk-free rate is explained", move |cell| {
            Some(of(cell).recipe.excess)
        }))
        .with(Column::text("response", "what is explained", move |cell| Some(of(cell).response.name().into())))
        .with(Column::flag("trade_to_trade", "whether returns run from trade to trade", move |cell| {
            Some(of(cell).trade_to_trade)
        }))
        .with(Column::text("returns", "simple or log", move |cell| Some(of(cell).returns.name().into())))
        .with(window("estimation_first", "first day of the estimation window", |s| s.estimation.first()))
        .with(window("estimation_last", "last day of the estimation window", |s| s.estimation.last()))
        .with(window("event_first", "first day of the event window", |s| s.event.first()))
        .with(window("event_last", "last day of the event window", |s| s.event.last()))
        .with(window("minimum_observations", "fewest estimation days", |s| s.minimum_observations as i32))
        .with(window("mask_other_events", "days masked around the security's other events", |s| {
            s.mask_other_events as i32
        }))
        .with(Column::text("missing", "what a missing return does to a window", move |cell| {
            Some(of(cell).missing.name().into())
        }))
}
