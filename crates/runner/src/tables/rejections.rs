//! `rejections`: how often each test rejects in a simulation, by effect and level.

use super::{Cell, Column, Runs, Table};
use crate::simulate::{LEVELS, Plan, Tally};

/// The table of a simulation.
pub fn table<'a>(plan: &'a Plan, tallies: &'a [Tally]) -> Table<'a> {
    let run = move |item: usize, runs: &mut Runs| runs.push(Cell { item, ..Cell::default() }, LEVELS.len());
    let of = move |cell: &Cell| -> &'a Tally { &tallies[cell.item] };
    let description = "a specification, a window, a measure, a test, an effect and a level";
    Table::runs("rejections", description, (tallies.len(), LEVELS.len()), run)
        .with(Column::specification(move |cell| of(cell).specification))
        .with_all(Column::window(move |cell| of(cell).window))
        .with(Column::text("measure", "what is tested", move |cell| Some(of(cell).measure.name().into())).key())
        .with(Column::text("test", "test statistic", move |cell| Some(of(cell).test.into())).key())
        .with(Column::float("effect", "added to the abnormal return of day 0", move |cell| Some(of(cell).effect)).key())
        .with(
            Column::float("variance", "factor on the variance of the abnormal return of day 0", move |_| {
                Some(plan.variance)
            })
            .key(),
        )
        .with(Column::float("level", "nominal level", move |cell| Some(LEVELS[cell.part])).key())
        .with(Column::int32("draws", "draws with a statistic", move |cell| Some(of(cell).defined() as i32)))
        .with(Column::int32("rejections", "those with a p-value of at most the level", move |cell| {
            Some(of(cell).at(cell.part).rejected as i32)
        }))
        .with(Column::float("rate", "their share: size without an effect, power with one", move |cell| {
            of(cell).at(cell.part).rate()
        }))
        .with(Column::float("lower", "lower end of its 95 % Monte Carlo band (Clopper and Pearson)", move |cell| {
            of(cell).band(cell.part).map(|band| band.0)
        }))
        .with(Column::float("upper", "upper end of that band", move |cell| of(cell).band(cell.part).map(|band| band.1)))
        .with(Column::flag("holds", "without an effect, whether the band contains the level", move |cell| {
            of(cell).holds(cell.part)
        }))
        .with(Column::int32("undefined", "draws without a statistic", move |cell| Some(of(cell).undefined as i32)))
        .with(Column::text("reason", "why the first of them has none", move |cell| {
            of(cell).reason.as_deref().map(Into::into)
        }))
}
