//! A market: its calendar, its hours, and what moves with it.

use std::collections::BTreeMap;

use crate::panel::Measure;
use crate::{Calendar, Date};

/// Trading hours in the market's own zone, as seconds after local midnight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    open: u32,
    close: u32,
    early_closes: BTreeMap<Date, u32>,
}

impl Hours {
    /// Hours of a usual session and the closes of the shortened ones; `None` unless the market opens
    /// before each close and closes on the same civil day.
    pub fn new(open: u32, close: u32, early_closes: BTreeMap<Date, u32>) -> Option<Self> {
        let valid = |close: u32| open < close && close <= 86_400;
        (valid(close) && early_closes.values().all(|&early| valid(early))).then_some(Self { open, close, early_closes })
    }

    /// Seconds after midnight at which a session opens.
    pub fn open(&self) -> u32 {
        self.open
    }

    /// The dates of the shortened sessions.
    pub fn early_closes(&self) -> impl Iterator<Item = Date> {
        self.early_closes.keys().copied()
    }

    /// Seconds after midnight at which the session of `date` closes.
    pub fn close_on(&self, date: Date) -> u32 {
        self.early_closes.get(&date).copied().unwrap_or(self.close)
    }
}

/// A market with the series that live on its calendar. Every series has one value per trading day,
/// a decimal return, NaN where it is missing.
#[derive(Clone, Debug)]
pub struct Market {
    /// Name, as in `[markets.NAME]`.
    pub name: String,
    /// Trading days: the dates of the benchmark.
    pub calendar: Calendar,
    /// Trading hours.
    pub hours: Hours,
    /// Simple returns of the benchmark.
    pub benchmark: Vec<f64>,
    /// Other measures of the whole market: parts of the benchmark's day in simple returns, and means
    /// of the volumes of its securities in logarithms.
    pub measures: Vec<(Measure, Vec<f64>)>,
    /// Further factors, in the order of [`crate::Panel::factors`].
    pub factors: Vec<Vec<f64>>,
    /// Simple risk-free returns, when there are any.
    pub risk_free: Option<Vec<f64>>,
}

impl Market {
    /// A measure of the whole market; `None` where it was not loaded.
    pub fn measure(&self, measure: Measure) -> Option<&[f64]> {
        match measure {
            Measure::Return | Measure::TradeReturn => Some(&self.benchmark),
            other => self.measures.iter().find(|(known, _)| *known == other).map(|(_, values)| values.as_slice()),
        }
    }
}
