//! Regressions for long horizons, where returns overlap and errors are neither independent nor of one
//! variance.

mod newey_west;

pub use newey_west::{Regression, automatic_lags, classical, newey_west};
