//! Expected returns: one file per model, and the registry.
//!
//! A model states what it needs in a [`Recipe`]: its regressors, the other securities that it looks at,
//! and the [`Method`] that fits it to the estimation days of one event, which is least squares unless
//! the model has its own. To add a model: one file here, one line in [`MODELS`].

mod benchmark_column;
mod capm;
mod carhart;
mod conditional;
mod constant_mean;
mod dimson;
mod egarch;
mod factors;
mod ff3;
mod ff5;
mod ff6;
mod fit;
mod garch;
mod huber;
pub mod least_squares;
mod market;
mod market_adjusted;
mod matched_firm;
mod options;
mod recipe;
mod reference_portfolio;
mod scholes_williams;
mod synthetic_control;
mod theil_sen;

pub use fit::{ConditionalVariance, EstimationSample, Fit, FitError};
pub use options::{ModelOption, ModelOptions, OptionValue, RecipeError};
pub use recipe::{ClosedForm, Method, Recipe, Regressor, Reported, Source};

/// A model of the return that a security would have had without the event.
pub trait ReturnModel: Sync {
    /// The name in configurations and tables.
    fn name(&self) -> &'static str;

    /// One line for people.
    fn summary(&self) -> &'static str;

    /// The source of the model (author, year).
    fn reference(&self) -> &'static str;

    /// The options that a user may write beside its name.
    fn options(&self) -> &'static [ModelOption] {
        &[]
    }

    /// What the model needs and how it is fitted, given the options that the user wrote.
    ///
    /// # Errors
    /// An option that cannot be, or that the model lacks.
    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError>;
}

/// Every return model, in the order in which lists show them.
pub const MODELS: &[&dyn ReturnModel] = &[
    &constant_mean::ConstantMean,
    &market_adjusted::MarketAdjusted,
    &market::MarketModel,
    &capm::Capm,
    &ff3::FamaFrench3,
    &carhart::Carhart,
    &ff5::FamaFrench5,
    &ff6::FamaFrench6,
    &factors::Factors,
    &scholes_williams::ScholesWilliams,
    &dimson::Dimson,
    &huber::Huber,
    &theil_sen::TheilSen,
    &garch::Garch,
    &egarch::Egarch,
    &benchmark_column::BenchmarkColumn,
    &reference_portfolio::ReferencePortfolio,
    &matched_firm::MatchedFirm,
    &synthetic_control::SyntheticControl,
];

/// The model of that name.
pub fn model(name: &str) -> Option<&'static dyn ReturnModel> {
    MODELS.iter().copied().find(|model| model.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_documented() {
        for (i, model) in MODELS.iter().enumerate() {
            assert!(MODELS[..i].iter().all(|other| other.name() != model.name()), "{}", model.name());
            assert!(!model.summary().is_empty() && !model.reference().is_empty());
            assert_eq!(super::model(model.name()).map(ReturnModel::name), Some(model.name()));
        }
    }
}
