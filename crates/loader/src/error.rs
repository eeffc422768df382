//! What is wrong with an input, where, and what to do about it.

use std::fmt;
use std::path::Path;

/// A table that cannot be used.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
pub struct DataError {
    file: Option<String>,
    column: Option<String>,
    row: Option<u64>,
    problem: String,
    remedy: Option<String>,
}

impl DataError {
    /// An error with its problem in a sentence.
    pub fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), ..Self::default() }
    }

    /// The file.
    #[must_use]
    pub fn file(mut self, file: &Path) -> Self {
        self.file = Some(file.display().to_string());
        self
    }

    /// The column.
    #[must_use]
    pub fn column(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }

    /// The row, from 0 as in the tables; messages count data rows from 1.
    #[must_use]
    pub fn row(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    /// What the user can do.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Where and what, without what to do about it.
    pub fn sentence(&self) -> String {
        let file = self.file.iter().map(|file| format!("{file}: "));
        let place = match (&self.column, self.row) {
            (Some(column), Some(row)) => Some(format!("column `{column}`, data row {}: ", row + 1)),
            (Some(column), None) => Some(format!("column `{column}`: ")),
            (None, Some(row)) => Some(format!("data row {}: ", row + 1)),
            (None, None) => None,
        };
        file.chain(place).chain([self.problem.clone()]).collect()
    }

    /// What to do about it.
    pub fn advice(&self) -> Option<&str> {
        self.remedy.as_deref()
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())?;
        match &self.remedy {
            Some(remedy) => write!(f, "\n  help: {remedy}"),
            None => Ok(()),
        }
    }
}
