//! Everything that happened, with the moments from which on it was known.

use super::moment::{Moment, Sessions};
use super::reactions::Reactions;
use super::stamped::Stamped;
use crate::{Date, Panel};

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

/// A quarterly figure of a security.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Place of its security in the panel.
    pub security: usize,
    /// The day by which quarters are told apart: their end, or the date of the announcement.
    pub quarter: Date,
    /// From when on it was surely known.
    pub known: Moment,
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

/// What is known of the events and their markets beside prices and estimates.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Sessions by market.
    pub sessions: Vec<Sessions>,
    /// Benchmarks by market.
    pub benchmarks: Vec<BenchmarkLevels>,
    /// The announcements that can be traded.
    pub announcements: Vec<Announcement>,
    /// Columns of numbers by announcement, known with it; NaN where missing.
    pub columns: Vec<Vec<f64>>,
    /// Quarterly figures by security, then by quarter.
    pub figures: Vec<Figure>,
    /// For every announcement the place of its figure, known with the announcement or later; empty where nobody
    /// asks for any.
    pub figure_of: Vec<Option<Stamped<usize>>>,
}

impl Facts {
    /// The record of these facts.
    pub fn record<'a>(&'a self, panel: &'a Panel, reactions: Option<Reactions<'a>>) -> Record<'a> {
        Record {
            panel,
            sessions: &self.sessions,
            benchmarks: &self.benchmarks,
            announcements: &self.announcements,
            columns: &self.columns,
            figures: &self.figures,
            figure_of: &self.figure_of,
            reactions,
        }
    }
}

/// Everything that happened: [`Facts`], prices and estimates.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub(super) panel: &'a Panel,
    pub(super) sessions: &'a [Sessions],
    pub(super) benchmarks: &'a [BenchmarkLevels],
    pub(super) announcements: &'a [Announcement],
    pub(super) columns: &'a [Vec<f64>],
    pub(super) figures: &'a [Figure],
    pub(super) figure_of: &'a [Option<Stamped<usize>>],
    /// Where a signal, a weight or a hedge needs them.
    pub(super) reactions: Option<Reactions<'a>>,
}
