//! Expected returns: one file per model, and the registry.
//!
//! A model states what it needs in a [`Recipe`] and fits it to the estimation days of one event. The
//! default fit is least squares on the recipe's design. To add a model: one file here, one line in
//! [`MODELS`].

mod capm;
mod carhart;
mod constant_mean;
mod factors;
mod ff3;
mod ff5;
mod ff6;
mod fit;
pub mod least_squares;
mod market;
mod market_adjusted;
mod recipe;

pub use fit::{EstimationSample, Fit, FitError};
pub use recipe::{ModelOptions, Recipe, RecipeError, Regressor};

/// A model of the return that a security would have had without the event.
pub trait ReturnModel: Sync {
    /// The name in configurations and tables.
    fn name(&self) -> &'static str;

    /// One line for people.
    fn summary(&self) -> &'static str;

    /// The source of the model (author, year).
    fn reference(&self) -> &'static str;

    /// What the model needs, given the options that the user wrote beside its name.
    ///
    /// # Errors
    /// An option that the model does not have, or lacks.
    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError>;

    /// Fits the model to the estimation days of one event.
    ///
    /// # Errors
    /// The design is singular over these days.
    fn fit(&self, sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError> {
        least_squares::fit(sample, fit)
    }
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
