//! Which rows of the event table take part.

use std::fmt;

use dayzero_model::Date;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::table::Table;
use crate::{DataError, columns};

/// A condition on one column of the event table. A missing value fails it.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// What its value must satisfy.
    pub condition: Condition,
}

/// A condition on a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Between two bounds, both included; an absent bound is open.
    Between(Option<FilterValue>, Option<FilterValue>),
    /// One of these values.
    In(Vec<FilterValue>),
}

/// A value to compare with, as the user wrote it.
#[derive(Clone, Debug, PartialEq)]
pub enum FilterValue {
    /// A number.
    Number(f64),
    /// A string, or a date as YYYY-MM-DD.
    Text(String),
}

impl FilterValue {
    fn date(&self) -> Option<Date> {
        match self {
            Self::Text(text) => Date::parse(text),
            Self::Number(_) => None,
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

/// The date of an instant in UTC, as for columns of instants; or the date that stands there.
fn date_of_text(text: &str) -> Option<Date> {
    match text.trim().parse::<Timestamp>() {
        Ok(instant) => Some(TimeZone::UTC.to_datetime(instant).date().into()),
        Err(_) => Date::parse(text),
    }
}

impl fmt::Display for FilterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "\"{text}\""),
        }
    }
}

impl Filter {
    /// Which rows satisfy the condition.
    ///
    /// # Errors
    /// The column cannot be compared with such a value.
    pub fn rows(&self, table: &Table) -> Result<Vec<bool>, DataError> {
        let values = match &self.condition {
            Condition::Between(from, to) => from.iter().chain(to).collect(),
            Condition::In(values) => values.iter().collect::<Vec<_>>(),
        };
        let data_type = table.data_type(&self.column);
        let (is_text, is_date) = (data_type.is_some_and(columns::is_text), data_type.is_some_and(columns::is_date));
        if is_date && !is_text {
            return self.compare(&table.dates(&self.column)?, FilterValue::date, table);
        }
        // Instants and dates that are stored as text are compared as what they are: as text,
        // `2025-08-29T17:30:00Z` would come after the bound 2025-08-29.
        if is_text && values.iter().all(|value| value.date().is_some()) {
            let dates = table.texts(&self.column)?.into_iter().map(|text| date_of_text(&text?));
            return self.compare(&dates.collect::<Vec<_>>(), FilterValue::date, table);
        }
        let is_number = !is_text && data_type.is_some_and(columns::is_number);
        if is_number || values.iter().any(|v| matches!(v, FilterValue::Number(_))) {
            let numbers = table.numbers(&self.column)?;
            let present: Vec<Option<f64>> = numbers.into_iter().map(|v| v.is_finite().then_some(v)).collect();
            return self.compare(&present, FilterValue::number, table);
        }
        let text = |value: &FilterValue| match value {
            FilterValue::Text(text) => Some(text.clone()),
            FilterValue::Number(_) => None,
        };
        self.compare(&table.texts(&self.column)?, text, table)
    }

    fn compare<T: PartialOrd>(
        &self,
        column: &[Option<T>],
        convert: impl Fn(&FilterValue) -> Option<T>,
        table: &Table,
    ) -> Result<Vec<bool>, DataError> {
        let read = |value: &FilterValue| {
            convert(value).ok_or_else(|| {
                let problem = format!("the filter's value {value} cannot be compared with this column");
                table.error_in(&self.column, problem).remedy("write dates, numbers or strings as the column has them")
            })
        };
        Ok(match &self.condition {
            Condition::Between(from, to) => {
                let from = from.as_ref().map(read).transpose()?;
                let to = to.as_ref().map(read).transpose()?;
                let inside = |v: &T| from.as_ref().is_none_or(|from| v >= from) && to.as_ref().is_none_or(|to| v <= to);
                column.iter().map(|v| v.as_ref().is_some_and(inside)).collect()
            }
            Condition::In(values) => {
                let values = values.iter().map(read).collect::<Result<Vec<T>, _>>()?;
                column.iter().map(|v| v.as_ref().is_some_and(|v| values.contains(v))).collect()
            }
        })
    }
}
