//! Estimation in parallel: blocks of events in a fixed order, so that the result does not depend on
//! the number of threads.

use dayzero_model::Specification;
use dayzero_model::estimate::Estimator;
use dayzero_model::results::Results;
use dayzero_model::significance::correlation::DayCell;
use rayon::prelude::*;

use crate::prepare::{Ground, Prepared};
use crate::progress::Progress;

/// Events per block.
const BLOCK: usize = 256;

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

fn estimate_block(
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

/// Sums of residual vectors by market and day 0, for the mean correlation of a specification's
/// residuals. Cheap fits are repeated: keeping every residual would take more memory than the panel.
pub fn residual_cells(
    ground: Ground<'_>,
    specification: &Specification,
    prepared: &Prepared,
    results: &Results,
) -> Vec<DayCell> {
    let ledger = ground.ledger;
    let panel = &ground.loaded.assembled.panel;
    let mut groups_of: Vec<Vec<usize>> = vec![Vec::new(); ledger.candidates.len()];
    for (group, members) in ledger.groups.iter().enumerate() {
        members.members.iter().for_each(|&event| groups_of[event].push(group));
    }
    let mut by_day0: Vec<usize> =
        (0..ledger.candidates.len()).filter(|&event| results.outcome[event].is_estimated()).collect();
    // A stable sort: within a day the events keep their fixed order.
    by_day0.sort_by_key(|&event| (ledger.candidates[event].market, ledger.candidates[event].day0));
    let key = |event: &usize| (ledger.candidates[*event].market, ledger.candidates[*event].day0);
    let days: Vec<&[usize]> = by_day0.chunk_by(|a, b| key(a) == key(b)).collect();
    days.par_iter()
        .map_init(Estimator::default, |estimator, events| {
            let (market, day0) = key(&events[0]);
            let len = panel.markets[market].calendar.len();
            let mut cell = DayCell::new(market, day0, specification.estimation.on_calendar(day0, len));
            for &event in *events {
                let presence = results.presence(event);
                let varies = results.sigma[event].get().is_some_and(|sigma| sigma > 0.0);
                if let Some((days, residuals)) = results.residuals(event).filter(|_| varies) {
                    cell.add(&groups_of[event], &presence, days, residuals);
                } else if varies {
                    let place = ground.place(event, prepared);
                    if estimator.fit(specification, &prepared.designs[market], &place).is_ok() {
                        let (days, residuals) = (&estimator.sample.days, &estimator.fit.residuals);
                        cell.add(&groups_of[event], &presence, days, residuals);
                    }
                }
            }
            cell
        })
        .collect()
}
