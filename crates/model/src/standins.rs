//! The columns of the design that belong to one event, because they are made of its own expected
//! returns or of other securities that stand in for it.

use crate::design::OwnColumns;
use crate::estimate::Exclusion;
use crate::event::EventPlace;
use crate::expected::Source;
use crate::panel::Series;
use crate::peers::{PeerRule, Peers, buy_and_hold, most_correlated};
use crate::{Measure, Outcome, Specification};

/// Makes the columns of an event; none for models of shared factors.
pub(crate) fn prepare(
    specification: &Specification,
    place: &EventPlace<'_>,
    own: &mut OwnColumns,
) -> Result<(), Exclusion> {
    own.reset(place.days(specification.estimation), place.days(specification.event));
    let recipe = &specification.recipe;
    if recipe.uses(&Source::Expected) {
        let series = place.series(Measure::Expected, specification.returns);
        own.push(own.days().map(|day| series.at(day)));
    }
    let Some(rule) = &recipe.peers else { return Ok(()) };
    let no_peers = |reason: String| Exclusion::new(Outcome::NoPeers, reason);
    let peers = place.peers.map_err(|reason| no_peers(reason.to_owned()))?;
    match rule {
        PeerRule::Donors { count, .. } => {
            let donors = donors(specification, place, own, peers, *count);
            if donors.is_empty() {
                let problem = "no other security has a return on every day of both windows and no event in the second";
                return Err(no_peers(problem.into()));
            }
            for donor in donors {
                let series = series_of(specification, place, donor);
                own.push(own.days().map(|day| series.at(day)));
            }
        }
        PeerRule::Portfolio { .. } | PeerRule::Nearest { .. } => {
            let chosen = chosen(specification, place, peers, rule);
            let weights: Vec<f64> = chosen.iter().map(|&peer| weight(specification, place, peer)).collect();
            let (chosen, weights): (Vec<usize>, Vec<f64>) =
                chosen.into_iter().zip(weights).filter(|(_, weight)| *weight > 0.0).unzip();
            if chosen.is_empty() {
                return Err(no_peers("no peer has a return just before the event window, and a weight".into()));
            }
            let members: Vec<Series<'_>> = chosen.iter().map(|&peer| series_of(specification, place, peer)).collect();
            let (mut held, mut after) = (Vec::new(), Vec::new());
            buy_and_hold(&members, &weights, place.days(specification.estimation), specification.returns, &mut held);
            buy_and_hold(&members, &weights, place.days(specification.event), specification.returns, &mut after);
            own.push(held.into_iter().chain(after));
        }
    }
    Ok(())
}

fn series_of<'a>(specification: &Specification, place: &EventPlace<'a>, peer: usize) -> Series<'a> {
    place.panel.series(peer, specification.measure(), specification.returns)
}

/// The peers that are held: those that still had a return on the last day before the event window, and
/// of the nearest as many as the rule asks for.
fn chosen(specification: &Specification, place: &EventPlace<'_>, peers: Peers<'_>, rule: &PeerRule) -> Vec<usize> {
    let before = place.days(specification.event).start.checked_sub(1);
    let alive = |peer: &usize| before.is_some_and(|day| series_of(specification, place, *peer).at(day).is_finite());
    let count = match rule {
        PeerRule::Nearest { count, .. } => *count,
        _ => usize::MAX,
    };
    peers.iter().filter(alive).take(count).collect()
}

/// The weight at which a peer is bought: one, or a characteristic that was known before day 0.
fn weight(specification: &Specification, place: &EventPlace<'_>, peer: usize) -> f64 {
    let Some(column) = &specification.recipe.weight else { return 1.0 };
    let day0 = place.market().calendar.dates()[place.day0];
    let known = place.characteristics.and_then(|known| known.number(known.number_column(column)?, peer, day0));
    known.unwrap_or(0.0)
}

/// The donors of a synthetic control: of the peers that have no event of their own in the event window
/// and a return on every day that counts, those that moved most closely with the security.
fn donors(
    specification: &Specification,
    place: &EventPlace<'_>,
    own: &OwnColumns,
    peers: Peers<'_>,
    count: usize,
) -> Vec<usize> {
    let series = place.series(specification.measure(), specification.returns);
    let counts = |day: &usize| series.at(*day).is_finite() && !place.is_masked(*day, specification.mask_other_events);
    let estimation: Vec<usize> = place.days(specification.estimation).filter(counts).collect();
    let complete = |peer: &usize| {
        let candidate = series_of(specification, place, *peer);
        let mut days = estimation.iter().copied().chain(own.event_days());
        !place.events.any_within(*peer, &own.event_days()) && days.all(|day| candidate.at(day).is_finite())
    };
    let candidates: Vec<usize> = peers.iter().filter(complete).collect();
    let target: Vec<f64> = estimation.iter().map(|&day| series.at(day)).collect();
    let value =
        |candidate: usize, day: usize| series_of(specification, place, candidates[candidate]).at(estimation[day]);
    let best = most_correlated(&target, candidates.len(), value, count);
    best.into_iter().map(|candidate| candidates[candidate]).collect()
}
