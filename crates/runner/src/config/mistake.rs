//! Something wrong with a configuration, and everything that is.

use std::fmt;
use std::ops::Range;

use dayzero_loader::suggest::closest;

use super::document::KeyPath;

/// Something wrong with a configuration: where and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub(super) path: KeyPath,
    pub(super) at_key: bool,
    pub(super) within: Option<Range<usize>>,
    pub(super) problem: String,
    pub(super) help: Option<String>,
}

impl Mistake {
    /// A mistake in the value at a path.
    pub fn new<S: Into<String>>(path: impl IntoIterator<Item = S>, problem: impl Into<String>) -> Self {
        let path = path.into_iter().map(Into::into).collect();
        Self { path, at_key: false, within: None, problem: problem.into(), help: None }
    }

    /// The mistake is the last key of the path itself, not its value.
    #[must_use]
    pub fn at_key(mut self) -> Self {
        self.at_key = true;
        self
    }

    /// The mistake is in these bytes of the text at the path.
    #[must_use]
    pub fn within(mut self, bytes: Range<usize>) -> Self {
        self.within = Some(bytes);
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// "did you mean", where one of the known names is close to the unknown one; otherwise the list.
    #[must_use]
    pub fn did_you_mean<'a>(self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        match closest(name, known.iter().copied()) {
            Some(close) => self.help(format!("did you mean `{close}`?")),
            None if known.is_empty() => self,
            None => self.help(format!("one of: {}", known.join(", "))),
        }
    }

    /// The mistake in plain text, for a place that is not in the document.
    pub fn plain(&self) -> String {
        let help = self.help.as_ref().map(|help| format!("\n  help: {help}")).unwrap_or_default();
        format!("error: {}{help}", self.problem)
    }
}

/// Everything that is wrong with a configuration, ready to print.
#[derive(Clone, Debug)]
pub struct ConfigError {
    text: String,
}

impl ConfigError {
    /// An error without a place in a document.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// Reports one after the other.
    pub(super) fn all(reports: impl Iterator<Item = String>) -> Self {
        Self { text: reports.collect::<Vec<_>>().join("\n").trim_end().to_owned() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for ConfigError {}
