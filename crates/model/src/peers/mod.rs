//! Securities that stand for another one at its event, and what holding them earned.

mod correlated;
mod holding;

pub use correlated::most_correlated;
pub use holding::buy_and_hold;
