//! Factors on the calendars of the markets: columns of the factor table, and securities of the price
//! table.

use dayzero_model::{Calendar, Date, Market};

use crate::dense::Dense;
use crate::roster::{Inputs, Roster};
use crate::source::DatedColumn;
use crate::{DataError, FactorSource, factors};

/// Puts the factors onto the calendars of all markets; returns their names and which of them come
/// from the factor table.
pub(crate) fn add_factors(
    inputs: &Inputs<'_>,
    roster: &Roster,
    dense: &Dense,
    markets: &mut [Market],
    notes: &mut Vec<String>,
) -> Result<(Vec<String>, Vec<bool>), DataError> {
    let source = inputs.factors;
    let (mut names, mut self_financed) = (Vec::new(), Vec::new());
    if !source.columns.is_empty() || source.risk_free.is_some() {
        let columns: Vec<&str> = source.columns.iter().map(|(_, column)| column.as_str()).collect();
        let mut read = factors::read(&source.files, &source.date, &columns, source.risk_free.as_deref())?;
        note_coverage(source, &read[0].dates, markets, notes)?;
        if source.risk_free.is_some()
            && let Some(column) = read.pop()
        {
            for market in markets.iter_mut() {
                market.risk_free = Some(on_calendar(&column, &market.calendar));
            }
        }
        for ((name, _), column) in source.columns.iter().zip(&read) {
            names.push(name.clone());
            self_financed.push(true);
            for market in markets.iter_mut() {
                market.factors.push(on_calendar(column, &market.calendar));
            }
        }
    }
    for (name, id) in &source.securities {
        let found = roster.find(id).and_then(|s| roster.market_of[s].map(|market| (s, market)));
        let (security, market) = found.ok_or_else(|| {
            let error =
                DataError::new(format!("the factor `{name}` is the security `{id}`, which no market of the study has"));
            error
                .file(&inputs.prices.files[0].path)
                .column(&inputs.prices.security)
                .remedy("name a security of the price table")
        })?;
        let column = DatedColumn {
            dates: markets[market].calendar.dates()[dense.places[security].days()].to_vec(),
            values: dense.values(security).to_vec(),
        };
        names.push(name.clone());
        self_financed.push(false);
        for market in markets.iter_mut() {
            market.factors.push(on_calendar(&column, &market.calendar));
        }
    }
    Ok((names, self_financed))
}

/// A column by date on the days of a calendar, NaN on days that it does not have.
fn on_calendar(column: &DatedColumn, calendar: &Calendar) -> Vec<f64> {
    let value = |date: &Date| column.dates.binary_search(date).map_or(f64::NAN, |i| column.values[i]);
    calendar.dates().iter().map(value).collect()
}

fn note_coverage(
    source: &FactorSource,
    dates: &[Date],
    markets: &[Market],
    notes: &mut Vec<String>,
) -> Result<(), DataError> {
    for market in markets {
        let days = market.calendar.dates();
        let covered = days.iter().filter(|&date| dates.binary_search(date).is_ok()).count();
        if covered == 0 {
            let problem = format!(
                "no date is a trading day of {}, whose calendar runs from {} to {}",
                market.name,
                market.calendar.first(),
                market.calendar.last()
            );
            let error = DataError::new(problem).file(&source.files[0].path).column(&source.date);
            return Err(error.remedy("daily factors of the same years are needed"));
        }
        if covered < days.len() {
            notes.push(format!(
                "{} of {} trading days of {} have no factors",
                days.len() - covered,
                days.len(),
                market.name
            ));
        }
    }
    Ok(())
}
