//! Why the program stopped, and the exit code that says so.

use std::fmt;

use dayzero_loader::DataError;

use crate::config::ConfigError;

/// A run that cannot be done.
#[derive(Debug)]
pub enum Failure {
    /// The study file or the command line is wrong.
    Config(ConfigError),
    /// An input table cannot be used.
    Data(DataError),
    /// Something else went wrong, in a sentence.
    Other(String),
    /// With `--strict`: events were excluded, so many.
    Strict(usize),
}

impl Failure {
    /// 1: the run failed; 2: usage or configuration; 3: excluded events with `--strict`.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Data(_) | Self::Other(_) => 1,
            Self::Config(_) => 2,
            Self::Strict(_) => 3,
        }
    }

    /// A failure of usage, in a sentence.
    pub fn usage(text: impl Into<String>) -> Self {
        Self::Config(ConfigError::plain(format!("error: {}", text.into())))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => write!(f, "{error}"),
            Self::Data(error) => write!(f, "error: {error}"),
            Self::Other(text) => write!(f, "error: {text}"),
            Self::Strict(excluded) => {
                write!(
                    f,
                    "error: {excluded} of the events cannot be fully used, which --strict does not allow\n  help: the table `events` of a run gives each one's reason"
                )
            }
        }
    }
}

impl std::error::Error for Failure {}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        Self::Data(error)
    }
}
