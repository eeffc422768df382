//! Estimation in parallel: blocks of events in a fixed order, so that the result does not depend on
//! the number of threads.

use dayzero_model::Specification;
use dayzero_model::estimate::Estimator;
use dayzero_model::results::Results;
use rayon::prelude::*;

use crate::prepare::{Ground, Prepared};
use crate::progress::Progress;

/// Events per block.
pub(crate) const BLOCK: usize = 256;

/// Estimates every candidate under every specification; the results are in the order of the
/// candidates.
pub fn estimate(
    ground: Ground<'_>,
    specifications: &[Specification],
    prepared: &[Prepared],
    progress: &Progress,
) -> Vec<Results> {
    let events: Vec<usize> = (0..ground.ledger.candidates.len()).collect();
    progress.start("estimating", "events", events.len() * specifications.len());
    let blocks: Vec<Vec<Results>> = events
        .par_chunks(BLOCK)
        .map_init(Estimator::default, |estimator, block| {
            let one = |(specification, prepared)| {
                let results = estimate_block(ground, specification, prepared, block, estimator);
                progress.advance(block.len());
                results
            };
            specifications.iter().zip(prepared).map(one).collect()
        })
        .collect();
    progress.finish();
    let mut all: Vec<Results> = specifications.iter().map(Results::new).collect();
    for block in blocks {
        for (results, part) in all.iter_mut().zip(block) {
            results.append(part);
        }
    }
    all
}

/// Estimates some of the candidates under one specification.
pub(crate) fn estimate_block(
    ground: Ground<'_>,
    specification: &Specification,
    prepared: &Prepared,
    block: &[usize],
    estimator: &mut Estimator,
) -> Results {
    let mut results = Results::new(specification);
    for &event in block {
        let design = &prepared.designs[ground.ledger.candidates[event].market];
        match estimator.estimate(specification, design, &ground.place(event, prepared)) {
            Ok(()) => results.push_estimated(specification, estimator),
            Err(exclusion) => results.push_excluded(exclusion),
        }
    }
    results
}
