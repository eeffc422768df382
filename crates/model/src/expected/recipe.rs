//! What a return model asks for.

use std::fmt;

/// A column of the design, on the calendar of the security's market.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Regressor {
    /// The benchmark of the security's own market.
    Market,
    /// A factor, by name: a column of the factor table or a security of the price table.
    Factor(String),
}

impl Regressor {
    /// The name in tables: `beta_NAME`.
    pub fn name(&self) -> &str {
        match self {
            Self::Market => "market",
            Self::Factor(name) => name,
        }
    }
}

impl From<&str> for Regressor {
    /// `market` is the benchmark of the security's own market; any other name is a factor.
    fn from(name: &str) -> Self {
        if name == "market" { Self::Market } else { Self::Factor(name.to_owned()) }
    }
}

/// The design of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Whether the design starts with a constant.
    pub intercept: bool,
    /// The regressors after the constant.
    pub regressors: Vec<Regressor>,
    /// Whether the model explains the return above the risk-free rate. The benchmark and the
    /// securities among the factors are then taken above it too; columns of the factor table are
    /// used as they are.
    pub excess: bool,
    /// Whether the coefficients are estimated, and so reported.
    pub estimated: bool,
}

impl Recipe {
    /// A regression with an intercept on these regressors.
    pub fn regression(regressors: &[&str], excess: bool) -> Self {
        Self {
            intercept: true,
            regressors: regressors.iter().map(|&name| name.into()).collect(),
            excess,
            estimated: true,
        }
    }

    /// Number of columns of the design.
    pub fn columns(&self) -> usize {
        usize::from(self.intercept) + self.regressors.len()
    }
}

/// What a user may write beside a model's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelOptions {
    /// `factors = […]`
    pub factors: Option<Vec<String>>,
    /// `excess = true|false`
    pub excess: Option<bool>,
}

impl ModelOptions {
    /// Refuses the option `factors`, for a model that has its own.
    ///
    /// # Errors
    /// The option is there.
    pub fn without_factors(&self, model: &str) -> Result<(), RecipeError> {
        match self.factors {
            None => Ok(()),
            Some(_) => Err(RecipeError(format!(
                "model `{model}` has its own factors; write {{ factors = [...] }} without a name for a list of yours"
            ))),
        }
    }

    /// Refuses the option `excess`, for a model that explains the raw return.
    ///
    /// # Errors
    /// The option asks for excess returns.
    pub fn without_excess(&self, model: &str) -> Result<(), RecipeError> {
        match self.excess {
            None | Some(false) => Ok(()),
            Some(true) => {
                Err(RecipeError(format!("model `{model}` explains the raw return and has no `excess = true`")))
            }
        }
    }
}

/// Options that do not fit a model, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipeError(pub String);

impl fmt::Display for RecipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RecipeError {}
