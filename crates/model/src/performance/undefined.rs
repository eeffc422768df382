//! Why a measure of performance has no value.

use std::fmt;

/// Why a measure of performance has no value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Undefined {
    /// The record is too short.
    TooFewDays {
        /// Days present.
        found: usize,
        /// Days needed.
        needed: usize,
    },
    /// The returns do not vary.
    ZeroVariance,
    /// A return is not a finite number, or a result too large for one.
    NotFinite,
    /// The capital was lost, and nothing compounds from there.
    Ruined {
        /// The day, from 0.
        day: usize,
    },
    /// The wealth never fell below an earlier peak.
    NoDrawdown,
    /// No return was below the target.
    NoDownside,
    /// No lot was closed.
    NoLots,
    /// No lot lost, so that gains are divided by nothing.
    NoLosingLot,
    /// Autocorrelations add up to a variance over the year that is not positive.
    NegativeVariance,
    /// The Sharpe ratio does not exceed the one that it is held against: no record is long enough.
    BelowBenchmark,
    /// Too few strategies to compare.
    TooFewStrategies {
        /// Strategies present.
        found: usize,
        /// Strategies needed.
        needed: usize,
    },
    /// The days cannot be cut into so many blocks, or the number of blocks is odd or out of range.
    Blocks {
        /// Blocks asked for.
        blocks: usize,
    },
    /// A column of the regression depends on those before it (0 is the constant).
    Collinear {
        /// The column.
        column: usize,
    },
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewDays { found, needed } => write!(f, "{found} days, at least {needed} are needed"),
            Self::ZeroVariance => write!(f, "the returns do not vary"),
            Self::NotFinite => write!(f, "a return is not a finite number, or the result is too large for one"),
            Self::Ruined { day } => write!(f, "the capital was lost on day {day} of the record"),
            Self::NoDrawdown => write!(f, "the wealth never fell below an earlier peak"),
            Self::NoDownside => write!(f, "no return was below the target"),
            Self::NoLots => write!(f, "no lot was closed"),
            Self::NoLosingLot => write!(f, "no lot lost"),
            Self::NegativeVariance => write!(f, "autocorrelations leave no positive variance over the year"),
            Self::BelowBenchmark => write!(f, "the Sharpe ratio is not above the one that it is held against"),
            Self::TooFewStrategies { found, needed } => {
                write!(f, "{found} strategies, at least {needed} are needed")
            }
            Self::Blocks { blocks } => write!(f, "the days cannot be cut into {blocks} blocks, an even number"),
            Self::Collinear { column } => write!(f, "column {column} of the regression depends on those before it"),
        }
    }
}

impl std::error::Error for Undefined {}

/// The number, if it is one.
pub(super) fn finite(value: f64) -> Result<f64, Undefined> {
    if value.is_finite() { Ok(value) } else { Err(Undefined::NotFinite) }
}
