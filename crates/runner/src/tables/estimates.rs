//! `estimates`: the fit of every event.

use dayzero_model::Maybe;
use dayzero_model::diagnostics::Diagnosis;
use dayzero_model::expected::Reported;
use dayzero_model::results::{Figures, Part};

use super::{Cell, Column, Estimate, Table};
use crate::finished::Finished;

pub(super) fn table<'a>(finished: &'a Finished<'a>) -> Table<'a> {
    let mut table = Table::per_event("estimates", "a specification and an input event", finished, Part::Fits)
        .with(Column::own_specification())
        .with(Column::event())
        .with(Column::outcome(|cell| cell.outcome))
        .with(Column::reason(finished))
        .with(Column::int32("observations", "estimation days M", |cell| {
            figures(cell).map(|figures| figures.observations as i32)
        }))
        .with(Column::date("first_date", "first estimation day that was used", move |cell| {
            figures(cell).map(|figures| finished.date(cell.item, figures.days.0))
        }))
        .with(Column::date("last_date", "last estimation day that was used", move |cell| {
            figures(cell).map(|figures| finished.date(cell.item, figures.days.1))
        }));
    for Reported { name, description } in reported(finished) {
        let recipes = finished.study.specifications.iter().map(|specification| &specification.recipe);
        let columns: Vec<Option<usize>> =
            recipes.map(|recipe| recipe.reported.iter().position(|own| own.name == name)).collect();
        table = table.with(Column::float(name, description, move |cell| {
            let Estimate { results, place } = cell.estimate?;
            results.reported.of(place)[columns[cell.specification]?].get()
        }));
    }
    table = table
        .with(Column::float(
            "sigma",
            "residual standard deviation, divisor M - k; zero where the fit is perfect",
            |cell| figures(cell)?.sigma.get(),
        ))
        .with(Column::float("r_squared", "share of the variation that the regressors explain", |cell| {
            figures(cell)?.r_squared.get()
        }))
        .with(Column::int32("dof", "degrees of freedom of sigma, M - k", |cell| {
            figures(cell).map(|figures| figures.dof as i32)
        }));
    if finished.study.specifications.iter().any(|specification| specification.diagnostics) {
        for (name, description, value) in DIAGNOSES {
            table = table.with(Column::float(*name, *description, move |cell| {
                let Estimate { results, place } = cell.estimate?;
                value(results.diagnoses.get(place)?.as_ref()?).get()
            }));
        }
    }
    table
}

/// The fit of the event of a row, where it has one.
fn figures<'r>(cell: &Cell<'r>) -> Option<&'r Figures> {
    cell.estimate.map(|estimate| &estimate.results.figures[estimate.place])
}

/// A column of the diagnosis of an estimate.
type DiagnosisColumn = (&'static str, &'static str, fn(&Diagnosis) -> Maybe);

/// The columns of the diagnosis of an estimate.
const DIAGNOSES: &[DiagnosisColumn] = &[
    ("durbin_watson", "Durbin-Watson statistic of the estimation residuals; 2 without autocorrelation", |d| {
        d.residuals.durbin_watson
    }),
    ("ljung_box", "Ljung-Box statistic of the residuals, 10 lags", |d| d.residuals.ljung_box),
    ("ljung_box_p", "its p-value", |d| d.residuals.ljung_box_p),
    ("jarque_bera", "Jarque-Bera statistic of the residuals", |d| d.residuals.jarque_bera),
    ("jarque_bera_p", "its p-value", |d| d.residuals.jarque_bera_p),
    ("arch_lm", "Engle's ARCH-LM statistic of the residuals, 5 lags", |d| d.residuals.arch_lm),
    ("arch_lm_p", "its p-value", |d| d.residuals.arch_lm_p),
    ("zero_return_share", "share of the estimation days with a return of zero", |d| d.zero_return_share),
    ("pre_trend_t", "t of the sum of the last 20 estimation residuals: a drift before the event window", |d| {
        d.pre_trend_t
    }),
    ("pre_trend_p", "its two-sided p-value, with M - k degrees of freedom", |d| d.pre_trend_p),
];

/// The numbers that any specification reports, each name once; the intercept first.
fn reported(finished: &Finished<'_>) -> Vec<Reported> {
    let mut found = vec![Reported::alpha()];
    for specification in &finished.study.specifications {
        for reported in &specification.recipe.reported {
            if found.iter().all(|known| known.name != reported.name) {
                found.push(reported.clone());
            }
        }
    }
    found
}
