//! Event-study estimation and inference: numbers in, numbers out.
//!
//! This crate knows no files, no Arrow, no clock and starts no threads. Its nouns, in the order in
//! which a study meets them:
//!
//! 1. [`Calendar`] and [`Market`]: the trading days of a market become small integers, once.
//! 2. [`Panel`]: dense returns of every security on its market's calendar, with factors beside them.
//! 3. [`align`]: an announcement becomes day 0.
//! 4. [`expected`]: return models, one file each, in the registry [`expected::MODELS`].
//! 5. [`estimate`] and [`abnormal`]: one event under one specification.
//! 6. [`significance`]: test statistics, one file each, in the registry [`significance::TESTS`].
//!
//! Returns are decimals everywhere (0.01 is one per cent). NaN exists only inside the panel;
//! downstream a value is finite, or it is absent with a reason ([`Maybe`], [`Outcome`],
//! [`significance::Undefined`]).

pub mod abnormal;
pub mod align;
pub mod averages;
pub mod calendar;
pub mod date;
pub mod estimate;
pub mod event;
pub mod expected;
pub mod groups;
pub mod market;
pub mod maybe;
pub mod outcome;
pub mod panel;
pub mod results;
pub mod sample;
pub mod significance;
pub mod simulate;
pub mod specification;
pub mod window;

pub use calendar::Calendar;
pub use date::Date;
pub use event::EventPlace;
pub use market::{Hours, Market};
pub use maybe::Maybe;
pub use outcome::Outcome;
pub use panel::{Panel, ReturnKind, Security};
pub use specification::{MissingPolicy, Specification};
pub use window::Window;
