//! Estimation in parallel: blocks of events in a fixed order, so that the result does not depend on
//! the number of threads.

use std::ops::Range;

use dayzero_model::Specification;
use dayzero_model::estimate::Estimator;
use dayzero_model::results::{BLOCK, Keep, Results};
use rayon::prelude::*;

use crate::config::Study;

use crate::prepare::{Ground, Prepared};
use crate::progress::Progress;
use crate::tables::abnormal_returns;

/// Estimates every candidate under some of the specifications; the results are in the order of the
/// candidates.
pub(crate) fn estimate(
    study: &Study,
    ground: Ground<'_>,
    prepared: &[Prepared],
    which: Range<usize>,
    progress: &Progress,
) -> Vec<Results> {
    let keep = kept(study);
    let (specifications, prepared) = (&study.specifications[which.clone()], &prepared[which]);
    let events: Vec<usize> = (0..ground.ledger.candidates.len()).collect();
    let blocks: Vec<Vec<Results>> = events
        .par_chunks(BLOCK)
        .map_init(
            || Estimator::without_residuals(keep.sar),
            |estimator, block| {
                let one = |(specification, prepared)| {
                    let results = Results::keeping(specification, keep);
                    let results = estimate_block(ground, specification, prepared, block, estimator, results);
                    progress.advance(block.len());
                    results
                };
                specifications.iter().zip(prepared).map(one).collect()
            },
        )
        .collect();
    let mut all: Vec<Results> =
        specifications.iter().map(|specification| Results::keeping(specification, keep)).collect();
    for block in blocks {
        all.iter_mut().zip(block).for_each(|(results, part)| results.append(part));
    }
    all
}

/// Estimates of a batch of specifications, at least: enough to keep all threads busy.
const BATCH: usize = 1 << 18;

/// The specifications in batches, two of which are held at a time where [`is_forgettable`].
pub(crate) fn batches(study: &Study, events: usize) -> Vec<Range<usize>> {
    let all = study.specifications.len();
    let step = if is_forgettable(study) { BATCH.div_ceil(events.max(1)) } else { all };
    (0..all).step_by(step.max(1)).map(|first| first..(first + step).min(all)).collect()
}

/// Whether nobody asks for the numbers of events after they are written.
pub(crate) fn is_forgettable(study: &Study) -> bool {
    let tests = !study.tests.is_empty() || !study.differences.is_empty();
    !tests && study.backtest.is_none() && study.output.tables.iter().all(|table| OF_EVENTS.contains(&table.as_str()))
}

/// Estimates some of the candidates under one specification.
pub(crate) fn estimate_block(
    ground: Ground<'_>,
    specification: &Specification,
    prepared: &Prepared,
    block: &[usize],
    estimator: &mut Estimator,
    mut results: Results,
) -> Results {
    for &event in block {
        let design = &prepared.designs[ground.ledger.candidates[event].market];
        match estimator.estimate(specification, design, &ground.place(event, prepared)) {
            Ok(()) => results.push_estimated(specification, estimator),
            Err(exclusion) => results.push_excluded(exclusion),
        }
    }
    results
}

/// Tables that are made of whole events, and of days only as far as they show them.
const OF_EVENTS: [&str; 5] = ["events", "specifications", "estimates", "abnormal_returns", "cars"];

/// Which numbers of single days anybody asks for.
fn kept(study: &Study) -> Keep {
    let output = &study.output;
    if !is_forgettable(study) {
        return Keep::ALL;
    }
    if !output.writes("abnormal_returns") {
        return Keep::NONE;
    }
    abnormal_returns::keep(output.columns.get("abnormal_returns").map(Vec::as_slice))
}
