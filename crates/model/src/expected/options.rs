//! What a user may write beside a model's name, and how a model reads it.

use std::collections::BTreeMap;
use std::fmt;

/// An option that a model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelOption {
    /// Its name.
    pub name: &'static str,
    /// One line for people, with the default.
    pub summary: &'static str,
}

/// The list of factors of the model `factors`.
pub(super) const FACTORS: ModelOption =
    ModelOption { name: "factors", summary: "the regressors; `market` is the benchmark" };

/// Whether the return above the risk-free rate is explained, or the raw return.
pub(super) const EXCESS: ModelOption =
    ModelOption { name: "excess", summary: "explain the return above the risk-free rate (true), or the raw return" };

/// Labels within which peers are sought.
pub(super) const WITHIN: ModelOption =
    ModelOption { name: "within", summary: "characteristics that must be the same, as in [\"sector\"]" };

/// The characteristic by which a portfolio is weighted.
pub(super) const WEIGHT: ModelOption =
    ModelOption { name: "weight", summary: "characteristic to weight by, as in \"market_cap\" (default: equal)" };

/// How many peers.
pub(super) const COUNT: ModelOption =
    ModelOption { name: "count", summary: "how many other securities (default: 1 match, 20 donors)" };

/// The value of an option.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// `true` or `false`
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A text.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
    /// Names with a count each, as in `{ size = 5 }`.
    Counts(BTreeMap<String, i64>),
}

/// The options beside a model's name. Each model reads its own; an option that it does not have is
/// refused by [`ModelOptions::check_names`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelOptions {
    values: BTreeMap<String, OptionValue>,
}

impl ModelOptions {
    /// Options by name.
    pub fn new(values: impl IntoIterator<Item = (String, OptionValue)>) -> Self {
        Self { values: values.into_iter().collect() }
    }

    /// Refuses an option that the model does not have.
    ///
    /// # Errors
    /// The first such option.
    pub fn check_names(&self, model: &str, known: &[ModelOption]) -> Result<(), RecipeError> {
        let Some(name) = self.values.keys().find(|name| !known.iter().any(|option| option.name == *name)) else {
            return Ok(());
        };
        let names: Vec<&str> = known.iter().map(|option| option.name).collect();
        let has = match names.as_slice() {
            [] => "has no options".to_owned(),
            names => format!("has only {}", names.join(", ")),
        };
        Err(RecipeError::at(name, format!("model `{model}` has no option `{name}`; it {has}")))
    }

    /// An option that is true or false.
    ///
    /// # Errors
    /// It is something else.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, RecipeError> {
        match self.values.get(name) {
            None => Ok(None),
            Some(OptionValue::Flag(flag)) => Ok(Some(*flag)),
            Some(_) => Err(RecipeError::at(name, format!("`{name}` is true or false"))),
        }
    }

    /// An option that is a whole number within bounds, both included.
    ///
    /// # Errors
    /// It is something else.
    pub fn whole(&self, name: &str, low: usize, high: usize) -> Result<Option<usize>, RecipeError> {
        let refused = || RecipeError::at(name, format!("`{name}` is a whole number between {low} and {high}"));
        match self.values.get(name) {
            None => Ok(None),
            Some(OptionValue::Whole(number)) => {
                let number = usize::try_from(*number).map_err(|_| refused())?;
                if (low..=high).contains(&number) { Ok(Some(number)) } else { Err(refused()) }
            }
            Some(_) => Err(refused()),
        }
    }

    /// An option that is one of a few words.
    ///
    /// # Errors
    /// It is something else.
    pub fn choice(&self, name: &str, words: &[&'static str]) -> Result<Option<&'static str>, RecipeError> {
        let refused = || RecipeError::at(name, format!("`{name}` is one of {}", words.join(", ")));
        match self.values.get(name) {
            None => Ok(None),
            Some(OptionValue::Text(text)) => {
                words.iter().copied().find(|word| word == text).map(Some).ok_or_else(refused)
            }
            Some(_) => Err(refused()),
        }
    }

    /// An option that is any text.
    ///
    /// # Errors
    /// It is something else.
    pub fn text(&self, name: &str) -> Result<Option<&str>, RecipeError> {
        match self.values.get(name) {
            None => Ok(None),
            Some(OptionValue::Text(text)) => Ok(Some(text)),
            Some(_) => Err(RecipeError::at(name, format!("`{name}` is a text"))),
        }
    }

    /// An option that is a list of different texts.
    ///
    /// # Errors
    /// It is something else.
    pub fn texts(&self, name: &str) -> Result<Option<&[String]>, RecipeError> {
        let texts = match self.values.get(name) {
            None => return Ok(None),
            Some(OptionValue::Texts(texts)) => texts,
            Some(_) => return Err(RecipeError::at(name, format!("`{name}` is a list of texts"))),
        };
        match texts.iter().enumerate().find(|(i, text)| texts[..*i].contains(text)) {
            Some((i, text)) => {
                let problem = format!("`{text}` is listed twice in `{name}` (again in place {})", i + 1);
                Err(RecipeError::at(name, problem))
            }
            None => Ok(Some(texts)),
        }
    }

    /// An option that gives names a count each, within bounds, both included.
    ///
    /// # Errors
    /// It is something else.
    pub fn counts(&self, name: &str, low: usize, high: usize) -> Result<Vec<(String, usize)>, RecipeError> {
        let counts = match self.values.get(name) {
            None => return Ok(Vec::new()),
            Some(OptionValue::Counts(counts)) => counts,
            Some(_) => return Err(RecipeError::at(name, format!("`{name}` is a table, as in {{ size = 5 }}"))),
        };
        let count = |(key, number): (&String, &i64)| match usize::try_from(*number) {
            Ok(number) if (low..=high).contains(&number) => Ok((key.clone(), number)),
            _ => Err(RecipeError::at(name, format!("`{key}` in `{name}` is a number between {low} and {high}"))),
        };
        counts.iter().map(count).collect()
    }
}

/// Options that do not fit a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipeError {
    /// The option, where one is to blame.
    pub option: Option<String>,
    /// What is wrong, in a sentence.
    pub problem: String,
}

impl RecipeError {
    /// Something wrong with an option.
    pub fn at(option: &str, problem: impl Into<String>) -> Self {
        Self { option: Some(option.to_owned()), problem: problem.into() }
    }

    /// Something wrong without an option to blame.
    pub fn new(problem: impl Into<String>) -> Self {
        Self { option: None, problem: problem.into() }
    }
}

impl fmt::Display for RecipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl std::error::Error for RecipeError {}
