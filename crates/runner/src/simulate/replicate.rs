//! One draw: pseudo-events, estimated once, tested under every effect.

use dayzero_loader::DataError;
use dayzero_model::estimate::Estimator;
use dayzero_model::groups::Group;
use dayzero_model::pseudo_events::{Pool, PseudoSample};
use dayzero_model::results::Results;

use super::Plan;
use crate::config::Study;
use crate::infer::TestRow;
use crate::ledger::Ledger;
use crate::moved;
use crate::pipeline::{self, Estimated};
use crate::prepare::{self, Ground, Prepared};

/// Everything that a draw reads.
pub(super) struct Field<'a> {
    pub(super) study: &'a Study,
    pub(super) plan: &'a Plan,
    pub(super) ground: Ground<'a>,
    pub(super) prepared: &'a [Prepared],
    pub(super) pool: &'a Pool<'a>,
}

/// What one draw found.
pub(super) struct Replication {
    /// By effect, every test of every specification.
    pub(super) rows: Vec<Vec<TestRow>>,
    /// By specification, pseudo-events without an estimate.
    pub(super) not_estimated: Vec<usize>,
    pub(super) passed_over: usize,
    /// Whether there were fewer events than asked for.
    pub(super) short: bool,
}

impl Field<'_> {
    /// The draw of that number.
    pub(super) fn replicate(&self, number: u64) -> Result<Replication, DataError> {
        let sample = self.pool.draw(self.study.seed, number, self.plan.events);
        let ledger = self.ledger(&sample, number);
        let ground = Ground { loaded: self.ground.loaded, ledger: &ledger };
        let mut replication = Replication {
            rows: vec![Vec::new(); self.plan.effects.len()],
            not_estimated: Vec::new(),
            passed_over: sample.passed_over,
            short: sample.events.len() < self.plan.events,
        };
        let mut estimator = Estimator::default();
        for (index, (specification, prepared)) in self.study.specifications.iter().zip(self.prepared).enumerate() {
            let prepared = prepare::for_others(self.study, ground, specification, prepared)?;
            let by_effect = self.estimate(ground, index, &prepared, &mut estimator);
            let estimated = by_effect[0].outcomes().filter(|outcome| outcome.is_estimated()).count();
            replication.not_estimated.push(sample.events.len() - estimated);
            for (rows, results) in replication.rows.iter_mut().zip(&by_effect) {
                let estimated = Estimated { index, prepared: &prepared, results, permuted: None };
                rows.extend(pipeline::test(self.study, ground, &estimated, false));
            }
        }
        Ok(replication)
    }

    /// The pseudo-events as a ledger of their own: all are candidates and one group.
    fn ledger(&self, sample: &PseudoSample, number: u64) -> Ledger {
        // The label names the random draws of the tests that resample: every draw has its own.
        let group = Group { label: format!("draw {number}"), members: (0..sample.events.len()).collect() };
        moved::ledger(self.ground.ledger, sample.events.iter().copied(), vec![group])
    }

    /// Results of one specification under every effect. The models never see an effect: it comes after
    /// the forecast.
    fn estimate(
        &self,
        ground: Ground<'_>,
        index: usize,
        prepared: &Prepared,
        estimator: &mut Estimator,
    ) -> Vec<Results> {
        let specification = &self.study.specifications[index];
        let Plan { effects, variance, .. } = self.plan;
        let mut by_effect: Vec<Results> = effects.iter().map(|_| Results::new(specification)).collect();
        let day0 = usize::try_from(-specification.event.first()).ok();
        for event in 0..ground.ledger.candidates.len() {
            let design = &prepared.designs[ground.ledger.candidates[event].market];
            match estimator.estimate(specification, design, &ground.place(event, prepared)) {
                Ok(()) => {
                    let undisturbed = estimator.days.clone();
                    for (results, &effect) in by_effect.iter_mut().zip(effects) {
                        estimator.days.clone_from(&undisturbed);
                        if let Some(day0) = day0.filter(|_| effect != 0.0 || *variance != 1.0) {
                            estimator.days.disturb(specification, &estimator.fit, day0, variance.sqrt(), effect);
                        }
                        results.push_estimated(specification, estimator);
                    }
                }
                Err(exclusion) => {
                    for results in &mut by_effect {
                        results.push_excluded(exclusion.clone());
                    }
                }
            }
        }
        by_effect
    }
}
