//! Long horizons, where returns overlap and errors are neither independent nor of one variance:
//! portfolios in calendar time, and regressions across events by day of event time.

mod calendar_time;
mod newey_west;
mod rats;

pub use calendar_time::{CalendarTime, CalendarTimeEstimate, Portfolio, Weighting};
pub use newey_west::{Regression, automatic_lags, classical, newey_west};
pub use rats::{Estimate, RatsDay, rats};
