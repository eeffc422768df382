//! `regressions`: what explains the size of the abnormal returns.

use dayzero_model::crosssection::{Inference, Regressed};

use super::{Cell, Column, Runs, Table};
use crate::finished::Finished;
use crate::regressions::RegressionRows;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let longest = finished.regressions.iter().map(|rows| rows.coefficients.len()).max().unwrap_or_default();
    let run = move |item: usize, runs: &mut Runs| {
        let rows = &finished.regressions[item];
        runs.push(Cell { specification: rows.specification, item, ..Cell::default() }, rows.coefficients.len());
    };
    let description = "a specification, a group, a regression and a coefficient";
    let table = Table::runs("regressions", description, (finished.regressions.len(), longest), run);
    of_the_regression(of_the_coefficient(keys(table, finished), finished), finished)
}

fn rows<'a>(finished: &'a Finished<'a>, cell: &Cell) -> &'a RegressionRows {
    &finished.regressions[cell.item]
}

fn keys<'a>(table: Table<'a>, finished: &'a Finished<'a>) -> Table<'a> {
    let groups = &finished.ledger.groups;
    table
        .with(Column::specification(|cell| cell.specification))
        .with(Column::group(groups, move |cell| rows(finished, cell).group))
        .with(
            Column::int32("regression", "place of the regression in the study, from 0", move |cell| {
                Some(rows(finished, cell).regression as i32)
            })
            .key(),
        )
        .with(Column::text("formula", "the formula as it was written", move |cell| {
            Some(finished.study.regressions[rows(finished, cell).regression].text.as_str().into())
        }))
        .with(
            Column::text("term", "intercept, or the term, with its level where it is one of a label", move |cell| {
                Some(rows(finished, cell).coefficients[cell.part].name.as_str().into())
            })
            .key(),
        )
        .with(Column::text("base", "level of the label that the coefficient is measured against", move |cell| {
            rows(finished, cell).coefficients[cell.part].base.as_deref().map(Into::into)
        }))
}

fn of_the_coefficient<'a>(table: Table<'a>, finished: &'a Finished<'a>) -> Table<'a> {
    let test = move |cell: &Cell| -> Option<Inference> { rows(finished, cell).inference(cell.part) };
    table
        .with(Column::float("coefficient", "change of the response with the term", move |cell| {
            rows(finished, cell).result.as_ref().ok().map(|found| found.coefficients[cell.part])
        }))
        .with(Column::float("se", "its standard error", move |cell| test(cell).map(|test| test.error)))
        .with(Column::float("t", "the coefficient over its standard error", move |cell| test(cell).map(|test| test.t)))
        .with(Column::float("dof", "degrees of freedom of t: observations less coefficients; with cr1 clusters less one; with cr2 those of Satterthwaite", move |cell| {
            test(cell).map(|test| test.dof)
        }))
        .with(Column::float("p_value", "two-sided p-value of t", move |cell| test(cell).map(|test| test.p_value)))
        .with(Column::float("lower", "lower end of the confidence interval", move |cell| {
            test(cell).map(|test| test.interval.0)
        }))
        .with(Column::float("upper", "upper end of the confidence interval", move |cell| {
            test(cell).map(|test| test.interval.1)
        }))
}

fn of_the_regression<'a>(table: Table<'a>, finished: &'a Finished<'a>) -> Table<'a> {
    let found = move |cell: &Cell| -> Option<&'a Regressed> { rows(finished, cell).result.as_ref().ok() };
    table
        .with(Column::int32("observations", "events in the regression", move |cell| {
            Some(rows(finished, cell).observations as i32)
        }))
        .with(Column::int32(
            "clusters",
            "clusters of these events; of the way with fewer where there are two",
            move |cell| found(cell)?.clusters.map(|count| count as i32),
        ))
        .with(Column::float(
            "r_squared",
            "explained share of the variation, weighted as the events are; about zero in formulas without a constant",
            move |cell| found(cell)?.r_squared,
        ))
        .with(Column::float("adjusted_r_squared", "the same with variances in place of sums of squares", move |cell| {
            found(cell)?.adjusted_r_squared
        }))
        .with(Column::text(
            "errors",
            "what the standard errors allow for: classical, hc1, hc3, or cr1 or cr2 by the ways of clustering",
            move |cell| rows(finished, cell).errors.as_deref().map(Into::into),
        ))
        .with(Column::int32(
            "left_out",
            "events of the group without the response, a term, a weight or a cluster",
            move |cell| Some(rows(finished, cell).left_out as i32),
        ))
        .with(Column::text("reason", "why there is no number, or what to know about it", move |cell| {
            rows(finished, cell).reason(cell.part).map(Into::into)
        }))
}
