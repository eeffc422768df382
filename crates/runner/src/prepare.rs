//! What models need beyond the security of an event, made before estimation: designs and peers.

use std::sync::Arc;

use dayzero_loader::{BenchmarkSource, DataError};
use dayzero_model::design::{Design, Missing};
use dayzero_model::peers::{PeerGroups, PeerRule};
use dayzero_model::{Date, EventPlace, Specification};

use crate::config::Study;
use crate::ledger::{Candidate, Ledger};
use crate::load::Loaded;

/// What one specification needs.
pub struct Prepared {
    /// Its design in every market.
    pub designs: Arc<[Design]>,
    /// The peers of every candidate, where its model has any.
    pub peers: Option<PeerGroups>,
}

/// Everything that estimation reads.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// What was read.
    pub loaded: &'a Loaded,
    /// The ledger.
    pub ledger: &'a Ledger,
}

impl<'a> Ground<'a> {
    /// The place of a candidate under a specification.
    pub fn place(self, event: usize, prepared: &'a Prepared) -> EventPlace<'a> {
        let Candidate { security, day0, .. } = self.ledger.candidates[event];
        EventPlace {
            panel: &self.loaded.assembled.panel,
            security,
            day0,
            events: &self.ledger.events,
            peers: prepared.peers.as_ref().map_or(Err("the model asks for none"), |peers| peers.of(event)),
            characteristics: Some(&self.loaded.characteristics),
        }
    }
}

/// Makes the designs of every specification in every market, and chooses the peers of every event.
///
/// # Errors
/// A factor, a measure or a characteristic that the inputs do not have.
pub fn prepare(study: &Study, ground: Ground<'_>) -> Result<Vec<Prepared>, DataError> {
    study.specifications.iter().map(|specification| one(study, ground, specification)).collect()
}

fn one(study: &Study, ground: Ground<'_>, specification: &Specification) -> Result<Prepared, DataError> {
    let assembled = &ground.loaded.assembled;
    let design = |market: usize| {
        Design::new(&assembled.panel, specification, market, &assembled.self_financed).map_err(
            |missing| match missing {
                Missing::Factor(name) => DataError::new(format!("no column or security gives the factor `{name}`")),
                Missing::MarketMeasure(market) => DataError::new(format!(
                    "the benchmark of market {market} has a table of its own, which cannot tell the parts of a day"
                ))
                .remedy("name a security of the price table as benchmark, or explain the response by constant_mean"),
            },
        )
    };
    let designs = (0..assembled.panel.markets.len()).map(design).collect::<Result<_, _>>()?;
    Ok(Prepared { designs, peers: peers(study, ground, specification)? })
}

/// What a specification needs for other candidates on the same panel: its designs stay, peers are chosen
/// anew.
///
/// # Errors
/// A characteristic that the inputs do not have.
pub fn for_others(
    study: &Study,
    ground: Ground<'_>,
    specification: &Specification,
    prepared: &Prepared,
) -> Result<Prepared, DataError> {
    Ok(Prepared { designs: prepared.designs.clone(), peers: peers(study, ground, specification)? })
}

fn peers(study: &Study, ground: Ground<'_>, specification: &Specification) -> Result<Option<PeerGroups>, DataError> {
    let assembled = &ground.loaded.assembled;
    let peers = specification.recipe.peers.as_ref().map(|rule| {
        let securities = assembled.panel.securities();
        let markets: Vec<usize> = securities.iter().map(|security| security.market).collect();
        let day0 = |candidate: &Candidate| -> (usize, Date) {
            (candidate.security, assembled.panel.markets[candidate.market].calendar.dates()[candidate.day0])
        };
        let events: Vec<(usize, Date)> = ground.ledger.candidates.iter().map(day0).collect();
        // What a donor must have is asked of its returns; the others must have traded just before.
        let before = i64::from(specification.event.first()) - 1;
        let traded = |security: usize, day0: Date| {
            let calendar = &assembled.panel.market_of(security).calendar;
            let day = calendar.index_of(day0).and_then(|day0| usize::try_from(day0 as i64 + before).ok());
            let series = assembled.panel.series(security, specification.measure(), specification.returns);
            matches!(rule, PeerRule::Donors { .. }) || day.is_some_and(|day| series.at(day).is_finite())
        };
        let never = never_peers(study, ground);
        PeerGroups::new(rule, &ground.loaded.characteristics, &markets, &never, &events, traded)
            .map_err(|unknown| DataError::new(unknown.to_string()))
    });
    peers.transpose()
}

/// Benchmarks, and securities that are factors: they are baskets and not firms.
fn never_peers(study: &Study, ground: Ground<'_>) -> Vec<usize> {
    let benchmarks = study.markets.iter().filter_map(|market| match &market.benchmark {
        BenchmarkSource::Security(id) => Some(id),
        BenchmarkSource::Table { .. } => None,
    });
    let factors = study.factors.securities.iter().map(|(_, id)| id);
    benchmarks.chain(factors).filter_map(|id| ground.loaded.assembled.securities.get(id).copied()).collect()
}
