//! The columns of the design that belong to one event, because they are made of its own expected
//! returns or of other securities that stand in for it.

use crate::design::OwnColumns;
use crate::estimate::Exclusion;
use crate::event::EventPlace;
use crate::expected::Source;
use crate::panel::Series;
use crate::peers::{PeerRule, Peers, buy_and_hold, most_correlated};
use crate::{Measure, Outcome, Specification, Window};

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
            let counted = counted_days(specification, place);
            if counted.len() < specification.minimum_observations {
                // The event has a more telling outcome than that nobody shares its few days.
                return Ok(());
            }
            let donors = donors(specification, place, &counted, peers, *count);
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
            let count = if let PeerRule::Nearest { count, .. } = rule { *count } else { usize::MAX };
            let weighted = |peer: usize| Some((peer, weight(specification, place, peer)?));
            let held: Vec<(usize, f64)> = peers.iter().take(count).filter_map(weighted).collect();
            if held.is_empty() {
                return Err(no_peers("no peer has a positive weight that was known before day 0".into()));
            }
            for window in [specification.estimation, specification.event] {
                own.push(holding(specification, place, &held, window));
            }
        }
    }
    Ok(())
}

/// The return of the peers, bought before the first day of a window and held.
fn holding(specification: &Specification, place: &EventPlace<'_>, held: &[(usize, f64)], window: Window) -> Vec<f64> {
    let days = place.days(window);
    let members: Vec<Series<'_>> = held.iter().map(|&(peer, _)| series_of(specification, place, peer)).collect();
    // A characteristic known before day 0 is the weight on the eve of it: what is bought earlier was worth
    // less by the growth since.
    let eve = days.start..place.day0.clamp(days.start, days.end);
    let grown = |series: &Series<'_>| match specification.recipe.weight {
        None => 1.0,
        Some(_) => {
            let simple = |day| specification.returns.to_simple(series.at(day));
            eve.clone().map(simple).filter(|r| r.is_finite()).map(|r| 1.0 + r).product::<f64>()
        }
    };
    let bought = members.iter().zip(held).map(|(series, &(_, weight))| weight / grown(series));
    let (members, weights): (Vec<Series<'_>>, Vec<f64>) =
        members.iter().copied().zip(bought).filter(|(_, weight)| weight.is_finite()).unzip();
    let mut returns = Vec::new();
    buy_and_hold(&members, &weights, days, specification.returns, &mut returns);
    returns
}

fn series_of<'a>(specification: &Specification, place: &EventPlace<'a>, peer: usize) -> Series<'a> {
    place.panel.series(peer, specification.measure(), specification.returns)
}

/// The weight of a peer: one, or a characteristic that was known before day 0 and is positive.
fn weight(specification: &Specification, place: &EventPlace<'_>, peer: usize) -> Option<f64> {
    let Some(column) = &specification.recipe.weight else { return Some(1.0) };
    let day0 = place.market().calendar.dates()[place.day0];
    let known = place.characteristics.and_then(|known| known.number(known.number_column(column)?, peer, day0));
    known.filter(|&weight| weight > 0.0)
}

/// The estimation days that count for a synthetic control: the security has a return, and no other event
/// of it is near.
fn counted_days(specification: &Specification, place: &EventPlace<'_>) -> Vec<usize> {
    let series = place.series(specification.measure(), specification.returns);
    let counts = |day: &usize| series.at(*day).is_finite() && !place.is_masked(*day, specification.mask_other_events);
    place.days(specification.estimation).filter(counts).collect()
}

/// The donors of a synthetic control: of the peers that have no event of their own in the event window
/// and a return on every day that counts, those that moved most closely with the security.
fn donors(
    specification: &Specification,
    place: &EventPlace<'_>,
    counted: &[usize],
    peers: Peers<'_>,
    count: usize,
) -> Vec<usize> {
    let series = place.series(specification.measure(), specification.returns);
    let event = place.days(specification.event);
    let complete = |peer: &usize| {
        let candidate = series_of(specification, place, *peer);
        let mut days = counted.iter().copied().chain(event.clone());
        !place.events.any_within(*peer, &event) && days.all(|day| candidate.at(day).is_finite())
    };
    let candidates: Vec<usize> = peers.iter().filter(complete).collect();
    let target: Vec<f64> = counted.iter().map(|&day| series.at(day)).collect();
    let value = |candidate: usize, day: usize| series_of(specification, place, candidates[candidate]).at(counted[day]);
    let best = most_correlated(&target, candidates.len(), value, count);
    best.into_iter().map(|candidate| candidates[candidate]).collect()
}
