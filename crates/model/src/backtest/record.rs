//! Everything that happened, with the moments from which on it was known.

use super::moment::{Moment, Sessions};
use crate::results::Results;
use crate::{Date, Panel, Window};

/// An announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Place of its security in the panel.
    pub security: usize,
    /// Its market.
    pub market: usize,
    /// Calendar index of day 0.
    pub day0: usize,
    /// From when on it was surely known.
    pub known: Moment,
    /// The earliest moment at which the security's next announcement can have come.
    pub next: Option<Moment>,
}

/// A quarterly figure of a security, as it was announced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Place of its security in the panel.
    pub security: usize,
    /// From when on it was surely known.
    pub known: Moment,
    /// Date of the announcement.
    pub date: Date,
    /// The figure; NaN where it is missing.
    pub actual: f64,
    /// What analysts forecast; NaN where it is missing.
    pub forecast: f64,
}

/// The benchmark of a market as something to hedge with, by calendar index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BenchmarkLevels {
    /// Closes; a missing one is the last before. NaN before the first.
    pub close: Vec<f64>,
    /// Opens, NaN where missing; empty where there are none.
    pub open: Vec<f64>,
}

/// Abnormal returns of the events under one specification.
#[derive(Clone, Copy, Debug)]
pub struct Reactions<'a> {
    /// The estimates, in the order of the announcements.
    pub results: &'a Results,
    /// The event window.
    pub window: Window,
    /// The estimation window.
    pub estimation: Window,
    /// When the abnormal return of a day is known, by market and calendar index: at the close, or later
    /// where it takes returns of other markets.
    pub known: &'a [Vec<Moment>],
    /// Place of the market's beta among the reported numbers.
    pub beta: Option<usize>,
}

/// Everything that happened.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Prices.
    pub panel: &'a Panel,
    /// Sessions by market.
    pub sessions: &'a [Sessions],
    /// Benchmarks by market.
    pub benchmarks: &'a [BenchmarkLevels],
    /// The announcements that can be traded.
    pub announcements: &'a [Announcement],
    /// Columns of numbers by announcement, known with it; NaN where missing.
    pub columns: &'a [Vec<f64>],
    /// Quarterly figures by security, then by time.
    pub figures: &'a [Figure],
    /// For every announcement, the place of its figure.
    pub figure_of: &'a [usize],
    /// Abnormal returns, where a signal, a weight or a hedge needs them.
    pub reactions: Option<Reactions<'a>>,
}
