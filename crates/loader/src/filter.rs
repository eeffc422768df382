//! Which rows of the event table take part.

use dayzero_model::Date;

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
        // Dates that are stored as text compare as text, which orders them too.
        if table.data_type(&self.column).is_some_and(|t| columns::is_date(t) && !columns::is_text(t)) {
            let date = |value: &FilterValue| match value {
                FilterValue::Text(text) => Date::parse(text),
                FilterValue::Number(_) => None,
            };
            return self.compare(&table.dates(&self.column)?, date, table);
        }
        if values.iter().any(|v| matches!(v, FilterValue::Number(_))) {
            let number = |value: &FilterValue| match value {
                FilterValue::Number(number) => Some(*number),
                FilterValue::Text(_) => None,
            };
            let numbers = table.numbers(&self.column)?;
            let present: Vec<Option<f64>> = numbers.into_iter().map(|v| v.is_finite().then_some(v)).collect();
            return self.compare(&present, number, table);
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
                let problem = format!("the filter's {value:?} cannot be compared with this column");
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
