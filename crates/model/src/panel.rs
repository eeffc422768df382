//! Dense returns of many securities, each on the calendar of its market.

use crate::Market;

/// How a return is computed from prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReturnKind {
    /// P_t / P_{t−1} − 1
    Simple,
    /// ln(P_t / P_{t−1})
    Log,
}

impl ReturnKind {
    /// The name in configurations and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Log => "log",
        }
    }

    /// A simple return as a return of this kind. A total loss has no logarithm: it becomes missing.
    pub fn from_simple(self, simple: f64) -> f64 {
        match self {
            Self::Simple => simple,
            Self::Log if simple > -1.0 => simple.ln_1p(),
            Self::Log => f64::NAN,
        }
    }

    /// The simple return that a return of this kind stands for.
    pub fn to_simple(self, value: f64) -> f64 {
        match self {
            Self::Simple => value,
            Self::Log => value.exp_m1(),
        }
    }
}

/// One security: where its returns lie.
#[derive(Clone, Debug)]
pub struct Security {
    /// Identifier, as text.
    pub id: String,
    /// Index into [`Panel::markets`].
    pub market: usize,
    /// Calendar index of its first return.
    pub first: usize,
    /// Place of its first return in the panel.
    offset: usize,
    /// Number of calendar days from its first to its last return.
    len: usize,
}

/// Returns of securities in (security, day) order: one dense run of calendar days per security, NaN
/// on days without a return.
#[derive(Clone, Debug, Default)]
pub struct Panel {
    /// The markets.
    pub markets: Vec<Market>,
    /// Names of the further factors of every market (the benchmark is not among them).
    pub factors: Vec<String>,
    securities: Vec<Security>,
    simple: Vec<f64>,
    log: Vec<f64>,
}

/// Returns of one security as a run of calendar days.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    first: usize,
    values: &'a [f64],
}

impl Series<'_> {
    /// The return on a calendar day; NaN where there is none.
    pub fn at(&self, day: usize) -> f64 {
        day.checked_sub(self.first).and_then(|i| self.values.get(i)).copied().unwrap_or(f64::NAN)
    }
}

impl Panel {
    /// A panel without securities yet.
    pub fn new(markets: Vec<Market>, factors: Vec<String>) -> Self {
        Self { markets, factors, ..Self::default() }
    }

    /// Adds a security whose simple returns start at calendar index `first` of `market`.
    pub fn push(&mut self, id: String, market: usize, first: usize, simple: &[f64]) {
        let offset = self.simple.len();
        self.securities.push(Security { id, market, first, offset, len: simple.len() });
        self.simple.extend_from_slice(simple);
    }

    /// Computes logarithmic returns beside the simple ones; needed before a series of that kind.
    pub fn add_log_returns(&mut self) {
        self.log = self.simple.iter().map(|&r| ReturnKind::Log.from_simple(r)).collect();
    }

    /// The securities, in the order in which they were added.
    pub fn securities(&self) -> &[Security] {
        &self.securities
    }

    /// Returns of one security. Logarithmic ones are there after [`Panel::add_log_returns`].
    pub fn series(&self, security: usize, kind: ReturnKind) -> Series<'_> {
        let Security { first, offset, len, .. } = self.securities[security];
        let values = match kind {
            ReturnKind::Simple => &self.simple,
            ReturnKind::Log => &self.log,
        };
        Series { first, values: &values[offset..offset + len] }
    }
}
