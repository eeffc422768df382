//! Dense returns of many securities, each on the calendar of its market.

use std::ops::Range;

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

/// What a series measures of a security on each day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Measure {
    /// Return from the close of the trading day before to the close.
    Return,
    /// Return from the close of the trading day before to the open.
    Overnight,
    /// Return from the open to the close.
    Intraday,
    /// Logarithm of the volume.
    Volume,
    /// Logarithm of the volume over the shares outstanding.
    Turnover,
    /// The return that was expected, a column of the price table.
    Expected,
    /// Return since the last day with a trade, however long ago.
    TradeReturn,
    /// Trading days over which that return runs.
    TradeDays,
    /// The price at the close; the compounded return where the price table has returns.
    Close,
    /// The price at the open.
    Open,
    /// Price times volume.
    TradedValue,
}

impl Measure {
    /// How many there are.
    pub const COUNT: usize = 11;

    /// Whether the values are returns, which can be simple or logarithmic.
    pub fn is_return(self) -> bool {
        matches!(self, Self::Return | Self::Overnight | Self::Intraday | Self::Expected | Self::TradeReturn)
    }
}

/// One security: where its values lie.
#[derive(Clone, Debug)]
pub struct Security {
    /// Identifier, as text.
    pub id: String,
    /// Index into [`Panel::markets`].
    pub market: usize,
    /// Calendar index of its first value.
    pub first: usize,
    /// The block of its returns.
    block: usize,
    /// Their place in it: one for every calendar day from its first to its last value.
    places: Range<usize>,
}

impl Security {
    /// Calendar days from its first to its last value.
    pub fn days(&self) -> Range<usize> {
        self.first..self.first + self.places.len()
    }
}

/// Values of securities: one dense run of calendar days per security, NaN on days without a value. The runs
/// of returns lie in blocks, as they were read.
#[derive(Clone, Debug, Default)]
pub struct Panel {
    /// The markets.
    pub markets: Vec<Market>,
    /// Names of the further factors of every market (the benchmark is not among them).
    pub factors: Vec<String>,
    securities: Vec<Security>,
    /// Simple returns, by block.
    returns: Vec<Vec<f64>>,
    /// Logarithmic returns, which are asked for often enough to be kept.
    log: Vec<Vec<f64>>,
    /// Other measures by [`Measure`] and security; empty where a measure was not loaded.
    others: [Vec<Vec<f64>>; Measure::COUNT],
}

/// Values of one security as a run of calendar days.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    first: usize,
    values: &'a [f64],
    convert: ReturnKind,
}

impl<'a> Series<'a> {
    /// The values of some calendar days as they are stored; `None` where the security has not all of
    /// these days, or where its values must be converted.
    #[inline]
    pub(crate) fn stored(&self, days: &Range<usize>) -> Option<&'a [f64]> {
        let start = days.start.checked_sub(self.first)?;
        let values = self.values.get(start..start + days.len())?;
        (self.convert == ReturnKind::Simple).then_some(values)
    }

    /// The value on a calendar day; NaN where there is none.
    pub fn at(&self, day: usize) -> f64 {
        let value = day.checked_sub(self.first).and_then(|i| self.values.get(i)).copied().unwrap_or(f64::NAN);
        self.convert.from_simple(value)
    }
}

impl Panel {
    /// A panel without securities yet.
    pub fn new(markets: Vec<Market>, factors: Vec<String>) -> Self {
        Self { markets, factors, ..Self::default() }
    }

    /// A panel without securities yet, whose simple returns are in these blocks: [`Panel::add_security`] says
    /// where.
    pub fn with_returns(markets: Vec<Market>, factors: Vec<String>, returns: Vec<Vec<f64>>) -> Self {
        Self { markets, factors, returns, ..Self::default() }
    }

    /// Adds a security whose simple returns start at calendar index `first` of `market`.
    pub fn push(&mut self, id: String, market: usize, first: usize, simple: &[f64]) {
        self.returns.push(simple.to_vec());
        self.add_security(id, market, first, (self.returns.len() - 1, 0..simple.len()));
    }

    /// Adds a security whose simple returns from calendar index `first` of `market` on are at these places of
    /// a block.
    ///
    /// # Panics
    /// The block has no such places: a mistake of the caller.
    pub fn add_security(&mut self, id: String, market: usize, first: usize, (block, places): (usize, Range<usize>)) {
        let there = self.returns.get(block).map_or(0, Vec::len);
        assert!(places.end <= there, "a return for every day of a security");
        self.securities.push(Security { id, market, first, block, places });
    }

    /// Adds another measure of all securities, each on the same days as its returns.
    ///
    /// # Panics
    /// The number of securities or days differs: a mistake of the caller.
    pub fn add_measure(&mut self, measure: Measure, runs: Vec<Vec<f64>>) {
        let days = self.securities.iter().map(|security| security.places.len());
        assert!(runs.iter().map(Vec::len).eq(days), "every measure has the days of the returns");
        self.others[measure as usize] = runs;
    }

    /// Adds another measure of the security that was added last, on the same days as its returns.
    ///
    /// # Panics
    /// The number of days differs, or an earlier security lacks this measure: a mistake of the caller.
    pub fn push_measure(&mut self, measure: Measure, values: &[f64]) {
        let mut runs = std::mem::take(&mut self.others[measure as usize]);
        runs.push(values.to_vec());
        self.add_measure(measure, runs);
    }

    /// Computes logarithmic returns beside the simple ones; needed before a series of that kind.
    pub fn add_log_returns(&mut self) {
        let log = |block: &Vec<f64>| block.iter().map(|&r| ReturnKind::Log.from_simple(r)).collect();
        self.log = self.returns.iter().map(log).collect();
    }

    /// The securities, in the order in which they were added.
    pub fn securities(&self) -> &[Security] {
        &self.securities
    }

    /// The market of a security.
    #[inline]
    pub fn market_of(&self, security: usize) -> &Market {
        &self.markets[self.securities[security].market]
    }

    /// The values of a measure on [`Security::days`]; empty where the measure was not loaded.
    #[inline]
    pub fn run(&self, security: usize, measure: Measure) -> &[f64] {
        match measure {
            Measure::Return => self.in_block(&self.returns, security),
            other => self.others[other as usize].get(security).map_or(&[], Vec::as_slice),
        }
    }

    #[inline]
    fn in_block<'a>(&self, blocks: &'a [Vec<f64>], security: usize) -> &'a [f64] {
        let Security { block, places, .. } = &self.securities[security];
        blocks.get(*block).and_then(|block| block.get(places.clone())).unwrap_or_default()
    }

    /// A measure of one security; without any value where the measure was not loaded. Logarithmic
    /// returns are there after [`Panel::add_log_returns`].
    #[inline]
    pub fn series(&self, security: usize, measure: Measure, kind: ReturnKind) -> Series<'_> {
        let (values, convert) = match (measure, kind) {
            (Measure::Return, ReturnKind::Log) => (self.in_block(&self.log, security), ReturnKind::Simple),
            (measure, kind) if measure.is_return() => (self.run(security, measure), kind),
            (measure, _) => (self.run(security, measure), ReturnKind::Simple),
        };
        Series { first: self.securities[security].first, values, convert }
    }
}
