//! Estimation in parallel: blocks of events in a fixed order, so that the result does not depend on
//! the number of threads.

use dayzero_model::estimate::{Design, Estimator, UnknownFactor};
use dayzero_model::results::Results;
use dayzero_model::significance::correlation::DayCell;
use dayzero_model::{Panel, Specification};
use rayon::prelude::*;

use crate::ledger::{Candidate, Ledger};

/// Events per block.
const BLOCK: usize = 256;

/// The designs of a specification, one per market.
pub type Designs = Vec<Design>;

/// The designs of every specification in every market.
///
/// # Errors
/// A factor that the panel does not have.
pub fn designs(
    panel: &Panel,
    specifications: &[Specification],
    self_financed: &[bool],
) -> Result<Vec<Designs>, UnknownFactor> {
    let markets = 0..panel.markets.len();
    let of = |s: &Specification| markets.clone().map(|market| Design::new(panel, s, market, self_financed)).collect();
    specifications.iter().map(of).collect()
}

/// Estimates every candidate under every specification; the results are in the order of the
/// candidates.
pub fn estimate(panel: &Panel, ledger: &Ledger, specifications: &[Specification], designs: &[Designs]) -> Vec<Results> {
    let blocks: Vec<Vec<Results>> = ledger
        .candidates
        .par_chunks(BLOCK)
        .map_init(Estimator::default, |estimator, block| {
            let one =
                |(specification, designs)| estimate_block(panel, ledger, specification, designs, block, estimator);
            specifications.iter().zip(designs).map(one).collect()
        })
        .collect();
    let mut all: Vec<Results> = specifications.iter().map(Results::new).collect();
    for block in blocks {
        for (results, part) in all.iter_mut().zip(block) {
            results.append(part);
        }
    }
    all
}

fn estimate_block(
    panel: &Panel,
    ledger: &Ledger,
    specification: &Specification,
    designs: &Designs,
    block: &[Candidate],
    estimator: &mut Estimator,
) -> Results {
    let mut results = Results::new(specification);
    for candidate in block {
        let place = ledger.place(panel, candidate, specification.returns);
        match estimator.estimate(specification, &designs[candidate.market], &place) {
            Ok(()) => results.push_estimated(specification, estimator),
            Err(exclusion) => results.push_excluded(exclusion),
        }
    }
    results
}

/// Sums of residual vectors by market and day 0, for the mean correlation of a specification's
/// residuals. The fit is repeated: keeping every residual would take more memory than the panel.
pub fn residual_cells(
    panel: &Panel,
    ledger: &Ledger,
    specification: &Specification,
    designs: &Designs,
    results: &Results,
) -> Vec<DayCell> {
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
                let place = ledger.place(panel, &ledger.candidates[event], specification.returns);
                estimator.gather(specification, &designs[market], &place);
                if specification.model.fit(&estimator.sample, &mut estimator.fit).is_ok()
                    && estimator.fit.variance > 0.0
                {
                    let presence = results.presence(event);
                    cell.add(&groups_of[event], &presence, &estimator.sample.days, &estimator.fit.residuals);
                }
            }
            cell
        })
        .collect()
}
