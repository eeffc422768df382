//! The columns that a backtest reads must be there, before the work begins.

use dayzero_loader::DataError;
use dayzero_loader::events::EventTable;
use dayzero_loader::table::Table;

use crate::Failure;
use crate::config::backtest::FigureSource;
use crate::config::{Mistake, Study};

/// A column with the key that names it.
type Sought<'a> = (&'a str, Vec<String>);

/// The columns by which events are judged must be there.
///
/// # Errors
/// One is not.
pub fn check_columns(study: &Study, events: &EventTable) -> Result<(), Failure> {
    let Some(section) = &study.backtest else { return Ok(()) };
    let place = |i: usize| match section.signals.len() {
        1 => vec!["backtest".to_owned(), "signal".into()],
        _ => vec!["backtest".to_owned(), "signal".into(), i.to_string()],
    };
    let path = |key: &str| vec!["backtest".to_owned(), "sue".into(), key.into()];
    let signals = section.signals.iter().enumerate().filter(|(_, name)| section.columns.contains(name));
    let mut sought: Vec<Sought<'_>> = signals.map(|(i, name)| (name.as_str(), place(i))).collect();
    let mut mistakes = Vec::new();
    match &section.figures {
        Some(FigureSource::Events { actual, forecast }) => {
            sought.push((actual, path("actual")));
            sought.extend(forecast.as_ref().map(|forecast| (forecast.as_str(), path("forecast"))));
        }
        Some(FigureSource::Table { source, .. }) => {
            let known = Table::names(&source.files)?;
            let missing = source.columns().filter(|(_, column)| !known.iter().any(|name| name == column));
            let missing = missing.map(|(key, column)| (column, path(key))).collect();
            mistakes.extend(unknown("table of quarterly figures", missing, || Ok(known.clone()))?);
        }
        None => {}
    }
    sought.retain(|(name, _)| !events.numbers.iter().any(|(known, _)| known == name));
    mistakes.extend(unknown("event table", sought, || Table::names(&study.events.files))?);
    if mistakes.is_empty() { Ok(()) } else { Err(study.document.error(&mistakes).into()) }
}

/// A mistake for each column that a table does not have.
fn unknown(
    table: &str,
    missing: Vec<Sought<'_>>,
    known: impl Fn() -> Result<Vec<String>, DataError>,
) -> Result<Vec<Mistake>, DataError> {
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let known = known()?;
    let mistake = |(name, path): Sought<'_>| {
        Mistake::new(path, format!("the {table} has no column `{name}`"))
            .did_you_mean(name, known.iter().map(String::as_str))
    };
    Ok(missing.into_iter().map(mistake).collect())
}
