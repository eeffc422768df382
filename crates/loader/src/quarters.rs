//! Quarterly figures of securities, from Parquet or CSV.

use std::collections::HashMap;

use dayzero_model::Date;
use dayzero_model::align::Session;
use jiff::tz::TimeZone;

use crate::DataError;
use crate::events::{Announced, TimeColumns};
use crate::paths::InputFile;
use crate::table::Table;

/// A table of quarterly figures.
#[derive(Clone, Debug)]
pub struct QuarterSource {
    /// Its files.
    pub files: Vec<InputFile>,
    /// Column of the security's identifier.
    pub security: String,
    /// Column of the date on which the quarter ended.
    pub period: String,
    /// When a figure was announced; `None` where the table does not say.
    pub announced: Option<TimeColumns>,
    /// Column of the figure.
    pub actual: String,
    /// Column of what analysts forecast.
    pub forecast: Option<String>,
}

impl QuarterSource {
    /// The columns, each with the key of the configuration that names it.
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let announced = self.announced.as_ref().map(|time| match time {
            TimeColumns::At { column, .. } => ("announced_at", column.as_str()),
            TimeColumns::On { column } => ("announced_on", column.as_str()),
        });
        let required = [("security", self.security.as_str()), ("period", &self.period), ("actual", &self.actual)];
        required.into_iter().chain(announced).chain(self.forecast.as_deref().map(|column| ("forecast", column)))
    }
}

/// A quarter of a security.
#[derive(Clone, Debug, PartialEq)]
pub struct Quarter {
    /// Place of the security in the panel.
    pub security: usize,
    /// When it ended.
    pub period: Date,
    /// When its figure was announced.
    pub announced: Announced,
    /// The figure; NaN where it is missing.
    pub actual: f64,
    /// What analysts forecast; NaN where it is missing.
    pub forecast: f64,
}

/// Reads the quarters of these securities, by security and period; rows of others are left out. The further
/// values are sentences on rows that cannot be used.
///
/// # Errors
/// A file that cannot be read, a column that is missing or of the wrong type, a row without a security or
/// period, a value that is infinite or cannot be read, two rows of one security and period.
pub fn read(
    source: &QuarterSource,
    securities: &HashMap<String, usize>,
) -> Result<(Vec<Quarter>, Vec<String>), DataError> {
    let required: Vec<&str> = source.columns().map(|(_, column)| column).collect();
    let table = Table::read(&source.files, &required, &[])?;
    let rows = rows(&table, source, securities)?;
    let mut notes = Vec::new();
    if rows.is_empty() {
        notes.push(format!("none of the {} quarterly figures is of a security with prices", table.rows()));
    }
    let announced = announced(&table, source)?;
    let actual = table.finite_numbers(&source.actual)?;
    let forecast = source.forecast.as_ref().map(|column| table.finite_numbers(column)).transpose()?;
    let quarter = |&Place { security, period, row }: &Place| Quarter {
        security,
        period,
        announced: announced.as_ref().map_or(Announced::Missing, |announced| announced[row].clone()),
        actual: actual[row],
        forecast: forecast.as_ref().map_or(f64::NAN, |forecast| forecast[row]),
    };
    let mut quarters: Vec<Quarter> = rows.iter().map(quarter).collect();
    if source.announced.is_some() {
        let all = quarters.len();
        quarters.retain(|quarter| quarter.announced != Announced::Missing);
        if quarters.len() < all {
            let missing = all - quarters.len();
            notes.push(format!("{missing} of {all} quarterly figures do not say when they were announced: left out"));
        }
        let dated = quarters.len();
        quarters.retain(|quarter| date(&quarter.announced).is_none_or(|date| date >= quarter.period));
        if quarters.len() < dated {
            let early = dated - quarters.len();
            notes.push(format!(
                "{early} of {all} quarterly figures were announced before their quarter ended: left out"
            ));
        }
    }
    Ok((quarters, notes))
}

/// Where a quarter stands.
struct Place {
    security: usize,
    period: Date,
    row: usize,
}

/// The rows of the securities that are asked for, by security and period.
fn rows(table: &Table, source: &QuarterSource, securities: &HashMap<String, usize>) -> Result<Vec<Place>, DataError> {
    let periods = table.dates(&source.period)?;
    let mut found = Vec::new();
    for (row, id) in table.identifiers(&source.security)?.iter().enumerate() {
        let id = id.filter(|id| !id.is_empty()).ok_or_else(|| table.missing(&source.security, row, "identifier"))?;
        let Some(&security) = securities.get(id) else { continue };
        let period = periods[row].ok_or_else(|| table.missing(&source.period, row, "end of the quarter"))?;
        found.push(Place { security, period, row });
    }
    found.sort_by_key(|place| (place.security, place.period, place.row));
    let twins = |pair: &[Place]| (pair[0].security, pair[0].period) == (pair[1].security, pair[1].period);
    if let Some(pair) = found.windows(2).filter(|pair| twins(pair)).min_by_key(|pair| pair[1].row) {
        let first = table.error_at(&source.period, pair[0].row, "").sentence();
        let first = first.trim_end_matches(": ");
        let problem = format!("the quarter of this security stands here for the second time, the first is in {first}");
        let remedy = "keep one row per security and quarter: the figure as it was first announced";
        return Err(table.error_at(&source.period, pair[1].row, problem).remedy(remedy));
    }
    Ok(found)
}

/// When every row was announced, where the table says so.
fn announced(table: &Table, source: &QuarterSource) -> Result<Option<Vec<Announced>>, DataError> {
    let Some(time) = &source.announced else { return Ok(None) };
    let found = match time {
        TimeColumns::On { column } => {
            let on = |date: Option<Date>| date.map_or(Announced::Missing, |date| Announced::On(date, Session::Unknown));
            table.dates(column)?.into_iter().map(on).collect()
        }
        TimeColumns::At { column, naive } => {
            let at = |(row, instant)| match instant {
                None => Ok(Announced::Missing),
                Some(Ok(instant)) => Ok(Announced::At(instant)),
                Some(Err(problem)) => Err(table.error_at(column, row, problem as String)),
            };
            table.instants(column, naive.as_ref())?.into_iter().enumerate().map(at).collect::<Result<_, _>>()?
        }
    };
    Ok(Some(found))
}

/// The date of an announcement, in Greenwich.
fn date(announced: &Announced) -> Option<Date> {
    match announced {
        Announced::At(instant) => Some(TimeZone::UTC.to_datetime(*instant).date().into()),
        Announced::On(date, _) => Some(*date),
        Announced::Missing | Announced::Invalid(_) => None,
    }
}
