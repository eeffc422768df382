//! Rejections of one test, counted over draws.

use dayzero_model::Window;
use dayzero_model::rejections::Rejections;
use dayzero_model::sample::Tested;

use crate::infer::TestRow;

/// Nominal levels.
pub const LEVELS: [f64; 3] = [0.10, 0.05, 0.01];

/// Confidence of the bands around rates.
const CONFIDENCE: f64 = 0.95;

/// Rejections of one test of one window under one effect.
#[derive(Clone, Debug)]
pub struct Tally {
    /// The specification.
    pub specification: usize,
    /// The window.
    pub window: Window,
    /// What is tested.
    pub measure: Tested,
    /// The test.
    pub test: &'static str,
    /// What was added to day 0.
    pub effect: f64,
    /// Draws without a statistic.
    pub undefined: usize,
    /// Why the first of them has none.
    pub reason: Option<String>,
    defined: usize,
    rejected: [usize; LEVELS.len()],
}

impl Tally {
    pub(super) fn new(row: &TestRow, effect: f64) -> Self {
        let TestRow { specification, window, measure, test, .. } = *row;
        let (undefined, reason, defined, rejected) = (0, None, 0, [0; LEVELS.len()]);
        Self { specification, window, measure, test, effect, undefined, reason, defined, rejected }
    }

    /// Counts a draw. A p-value that equals the level rejects: so a test whose p-values are multiples of
    /// 1/(B + 1) can have exactly that size (Davison & Hinkley 1997, §4.2).
    pub(super) fn add(&mut self, row: &TestRow) {
        match &row.result {
            Ok(statistic) => {
                self.defined += 1;
                for (count, level) in self.rejected.iter_mut().zip(LEVELS) {
                    *count += usize::from(statistic.p_value <= level);
                }
            }
            Err(undefined) => {
                self.undefined += 1;
                self.reason.get_or_insert_with(|| undefined.to_string());
            }
        }
    }

    /// Rejections at a level, by its place among [`LEVELS`].
    pub fn at(&self, level: usize) -> Rejections {
        Rejections { defined: self.defined, rejected: self.rejected[level] }
    }

    /// Draws with a statistic.
    pub fn defined(&self) -> usize {
        self.defined
    }

    /// The Monte Carlo band around the rate at a level.
    pub fn band(&self, level: usize) -> Option<(f64, f64)> {
        self.at(level).band(CONFIDENCE)
    }

    /// Whether the band contains the level; of a rate under an effect that is no question.
    pub fn holds(&self, level: usize) -> Option<bool> {
        let (lower, upper) = self.band(level).filter(|_| self.effect == 0.0)?;
        Some((lower..=upper).contains(&LEVELS[level]))
    }
}
