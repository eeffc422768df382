//! The second pass over the events: what tests need of their estimation residuals.

use dayzero_model::estimate::Estimator;
use dayzero_model::event_time::{EventResiduals, EventTimeSums, Layout};
use dayzero_model::results::{BLOCK, Results};
use dayzero_model::significance::correlation::DayCell;
use rayon::prelude::*;

use crate::prepare::{Ground, Prepared};

/// Blocks that are summed at once, before they are merged.
const BATCH: usize = 16;

/// What the pass leaves.
#[derive(Default)]
pub struct ResidualSums {
    /// Sums of unit-length residual vectors by market and day 0; empty when no test needs them.
    pub cells: Vec<DayCell>,
    /// Sums by day in event time, as far as tests need them.
    pub event_time: EventTimeSums,
}

/// Sums what the tests need of the residuals of one specification, if anything. Cheap fits are repeated:
/// keeping every residual would take more memory than the panel.
pub fn residual_sums(ground: Ground<'_>, prepared: &Prepared, layout: &Layout<'_>) -> ResidualSums {
    let mut all = ResidualSums::default();
    if !(layout.needs.mean_correlation || layout.needs.event_time()) {
        return all;
    }
    let pass = Pass { ground, prepared, layout, groups_of: groups_of(ground) };
    let events = by_day0(ground, layout.results);
    let days: Vec<&[usize]> = events.chunk_by(|&a, &b| pass.day0(a) == pass.day0(b)).collect();
    // Batches bound the memory, and blocks merge in their order.
    for batch in blocks(&days).chunks(BATCH) {
        let summed: Vec<ResidualSums> =
            batch.par_iter().map_init(Estimator::default, |estimator, block| pass.sum(block, estimator)).collect();
        for part in summed {
            all.cells.extend(part.cells);
            all.event_time.merge(part.event_time);
        }
    }
    all
}

/// The groups of every candidate.
pub(crate) fn groups_of(ground: Ground<'_>) -> Vec<Vec<usize>> {
    let mut groups_of: Vec<Vec<usize>> = vec![Vec::new(); ground.ledger.candidates.len()];
    for (group, members) in ground.ledger.groups.iter().enumerate() {
        members.members.iter().for_each(|&event| groups_of[event].push(group));
    }
    groups_of
}

/// The estimated events by market and day 0.
fn by_day0(ground: Ground<'_>, results: &Results) -> Vec<usize> {
    let candidates = &ground.ledger.candidates;
    let mut events: Vec<usize> = (0..candidates.len()).filter(|&event| results.outcome(event).is_estimated()).collect();
    // A stable sort: within a day the events keep their fixed order.
    events.sort_by_key(|&event| (candidates[event].market, candidates[event].day0));
    events
}

/// Cuts days into blocks of at least so many events.
fn blocks<'a, 'd>(days: &'a [&'d [usize]]) -> Vec<&'a [&'d [usize]]> {
    let (mut blocks, mut rest) = (Vec::new(), days);
    while !rest.is_empty() {
        let mut events = 0;
        let full = |day: &&[usize]| {
            events += day.len();
            events >= BLOCK
        };
        let end = rest.iter().position(full).map_or(rest.len(), |last| last + 1);
        let (block, after) = rest.split_at(end);
        blocks.push(block);
        rest = after;
    }
    blocks
}

struct Pass<'a> {
    ground: Ground<'a>,
    prepared: &'a Prepared,
    layout: &'a Layout<'a>,
    groups_of: Vec<Vec<usize>>,
}

impl Pass<'_> {
    /// Market and day 0.
    fn day0(&self, event: usize) -> (usize, usize) {
        let candidate = &self.ground.ledger.candidates[event];
        (candidate.market, candidate.day0)
    }

    /// Sums over the events of a few days.
    fn sum(&self, days: &[&[usize]], estimator: &mut Estimator) -> ResidualSums {
        let mut sums = ResidualSums::default();
        for events in days {
            let (market, day0) = self.day0(events[0]);
            let len = self.ground.loaded.assembled.panel.markets[market].calendar.len();
            let mut cell = DayCell::new(market, day0, self.layout.specification.estimation.on_calendar(day0, len));
            for &event in *events {
                self.add(event, estimator, &mut cell, &mut sums.event_time);
            }
            sums.cells.extend(self.layout.needs.mean_correlation.then_some(cell));
        }
        sums
    }

    fn add(&self, event: usize, estimator: &mut Estimator, cell: &mut DayCell, event_time: &mut EventTimeSums) {
        let Layout { specification, results, needs, .. } = self.layout;
        let (market, day0) = self.day0(event);
        let (days, residuals) = match results.residuals(event) {
            Some(kept) => kept,
            None => {
                let place = self.ground.place(event, self.prepared);
                if estimator.fit(specification, &self.prepared.designs[market], &place).is_err() {
                    return;
                }
                (&estimator.sample.days[..], &estimator.fit.residuals[..])
            }
        };
        let groups = &self.groups_of[event];
        let varies = results.figures[event].sigma.get().is_some_and(|sigma| sigma > 0.0);
        if varies && needs.mean_correlation {
            cell.add(groups, &results.presence(event), days, residuals);
        }
        if needs.event_time() {
            event_time.add(self.layout, groups, &EventResiduals { event, day0, days, residuals });
        }
    }
}
