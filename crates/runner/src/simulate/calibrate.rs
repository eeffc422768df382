//! The size of a study's tests on placebo samples of its own panel, beside its p-values.

use dayzero_model::Window;
use dayzero_model::rejections::Rejections;
use dayzero_model::sample::Tested;

use super::replicate::{Field, Replication};
use super::{Plan, replicate_all};
use crate::Failure;
use crate::config::Study;
use crate::infer::TestRow;
use crate::prepare::{Ground, Prepared};
use crate::progress::Progress;

/// How often a test rejects on placebo samples at the study's level.
pub struct PlaceboSize {
    /// The specification.
    pub specification: usize,
    /// The window.
    pub window: Window,
    /// What is tested.
    pub measure: Tested,
    /// The test.
    pub test: &'static str,
    /// Rejections among the samples in which the statistic is defined.
    pub rejections: Rejections,
}

impl PlaceboSize {
    /// Whether it is about that row. Differences have tests of their own, which placebo samples do not.
    pub fn is_of(&self, row: &TestRow) -> bool {
        (self.specification, self.window, self.test) == (row.specification, row.window, row.test)
            && self.measure == row.measure
            && row.declared
    }
}

/// Measures the size of every test of every declared window on `[inference] calibrate` placebo samples, by
/// specification; nothing where the study does not ask.
///
/// # Errors
/// There are fewer events to move than a sample has, or a characteristic is missing.
pub fn calibrate(
    study: &Study,
    ground: Ground<'_>,
    prepared: &[Prepared],
    progress: &Progress,
) -> Result<Vec<PlaceboSize>, Failure> {
    if study.calibrate.draws == 0 {
        return Ok(Vec::new());
    }
    let plan = Plan { draws: study.calibrate.draws, events: study.calibrate.events, effects: vec![0.0], variance: 1.0 };
    let pool = super::pool(study, &plan, ground, "[inference] calibrate_events =")?;
    let field = Field { study, plan: &plan, ground, prepared, pool: &pool };
    let mut sizes: Vec<PlaceboSize> = Vec::new();
    replicate_all(&field, progress, "calibrating", |replication| add(&mut sizes, replication, 1.0 - study.confidence))?;
    Ok(sizes)
}

/// Counts one sample; every one has the same tests in the same order.
fn add(sizes: &mut Vec<PlaceboSize>, replication: &Replication, level: f64) {
    let rows = &replication.rows[0];
    if sizes.is_empty() {
        sizes.extend(rows.iter().map(|row| PlaceboSize {
            specification: row.specification,
            window: row.window,
            measure: row.measure,
            test: row.test,
            rejections: Rejections::default(),
        }));
    }
    for (size, row) in sizes.iter_mut().zip(rows) {
        if let Some(p_value) = row.p_value() {
            size.rejections.defined += 1;
            // A test whose p-values are multiples of 1/(B + 1) can have exactly the level as its size.
            size.rejections.rejected += usize::from(p_value <= level);
        }
    }
}
