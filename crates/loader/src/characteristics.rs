//! Characteristics of securities, from Parquet or CSV.

use std::collections::HashMap;

use dayzero_model::Date;
use dayzero_model::peers::Characteristics;

use crate::table::Table;
use crate::{CharacteristicSource, DataError};

/// Reads the characteristics of these securities; rows of others are left out. The second value is a
/// sentence where no row is of any of them.
///
/// # Errors
/// A file that cannot be read, a column that is missing or of the wrong type, a row without a security
/// or date, two rows of one security and date.
pub fn read(
    source: &CharacteristicSource,
    securities: &HashMap<String, usize>,
) -> Result<(Characteristics, Option<String>), DataError> {
    let columns = [&source.security].into_iter().chain(&source.date).chain(&source.numbers).chain(&source.labels);
    let required: Vec<&str> = columns.map(String::as_str).collect();
    let table = Table::read(&source.files, &required, &[])?;
    let mut kept: Vec<(usize, usize)> = Vec::new();
    for (row, id) in table.identifiers(&source.security)?.iter().enumerate() {
        let id = id.ok_or_else(|| table.missing(&source.security, row, "identifier"))?;
        kept.extend(securities.get(id).map(|&security| (row, security)));
    }
    let note = kept.is_empty().then(|| {
        let ids = table.identifiers(&source.security).ok();
        let first = ids.as_ref().and_then(|ids| ids.iter().flatten().next());
        let example = first.map_or(String::new(), |id| format!(", such as `{id}`"));
        format!("none of the {} rows of characteristics is of a security with prices{example}", table.rows())
    });
    let known_from: Vec<Option<Date>> = match &source.date {
        None => vec![None; kept.len()],
        Some(column) => {
            let dates = table.dates(column)?;
            let dated =
                |&(row, _): &(usize, usize)| dates[row].map(Some).ok_or_else(|| table.missing(column, row, "date"));
            kept.iter().map(dated).collect::<Result<_, _>>()?
        }
    };
    let number = |name: &String| -> Result<(String, Vec<f64>), DataError> {
        let values = table.finite_numbers(name)?;
        Ok((name.clone(), kept.iter().map(|&(row, _)| values[row]).collect()))
    };
    let label = |name: &String| -> Result<(String, Vec<Option<String>>), DataError> {
        let values = table.labels(name)?;
        Ok((name.clone(), kept.iter().map(|&(row, _)| values[row].clone().filter(|v| !v.is_empty())).collect()))
    };
    let numbers = source.numbers.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    let labels = source.labels.iter().map(label).collect::<Result<Vec<_>, _>>()?;
    let rows: Vec<usize> = kept.iter().map(|&(_, security)| security).collect();
    let made = Characteristics::new(&rows, &known_from, numbers, labels).map_err(|duplicate| {
        let (first, second) = (kept[duplicate.first].0, kept[duplicate.second].0);
        let column = source.date.as_ref().unwrap_or(&source.security);
        let problem = format!("the security stands here for the second time, first in data row {}", first + 1);
        let remedy = match &source.date {
            Some(_) => "keep one row per security and date",
            None => "keep one row per security, or name the date from which a row is known: [characteristics] date",
        };
        table.error_at(column, second, problem).remedy(remedy)
    })?;
    Ok((made, note))
}
