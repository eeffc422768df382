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
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        match (&self.column, self.row) {
            (Some(column), Some(row)) => write!(f, "column `{column}`, data row {}: ", row + 1)?,
            (Some(column), None) => write!(f, "column `{column}`: ")?,
            (None, Some(row)) => write!(f, "data row {}: ", row + 1)?,
            (None, None) => {}
        }
        f.write_str(&self.problem)?;
        match &self.remedy {
            Some(remedy) => write!(f, "\n  help: {remedy}"),
            None => Ok(()),
        }
    }
}
