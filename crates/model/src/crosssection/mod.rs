//! Regressions across events: what explains the size of an abnormal return.
//!
//! Least squares, weighted where weights are given, with errors for unequal variances or for clusters.
//! With weights everything is the same on rows scaled by the roots of their weights.
//!
//! ```
//! use dayzero_model::crosssection::{CrossSection, Errors, regress};
//! // Four events, a constant and a surprise.
//! let section = CrossSection {
//!     y: &[0.01, 0.02, 0.02, 0.05],
//!     x: &[1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 2.0, 3.0],
//!     columns: 2,
//!     weights: None,
//!     constant: true,
//! };
//! let found = regress(&section, Errors::Classical).unwrap();
//! assert!((found.coefficients[1] - 0.012).abs() < 1e-15);
//! assert_eq!(found.inference(1, 0.95).unwrap().dof, 2.0);
//! ```

mod basis;
mod clusters;
mod estimate;

pub use clusters::{FEW_CLUSTERS, count};
pub use estimate::{CrossSection, Errors, Inference, NoInference, Regressed, Undefined, regress};
