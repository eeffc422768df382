//! Early word on estimates that a decision would have to wait for. A history keeps them to itself in any case:
//! the days here are those of its stamps, [`Specification::looks_through`].

use dayzero_model::{Response, Specification};

use super::choices::{Listed, path};
use super::signals::Chosen;
use crate::config::document::KeyPath;
use crate::config::mistake::Mistake;
use crate::config::raw::{RawBacktest, RawEnter, RawHedge, RawLotWeighting};

/// Whether abnormal returns or betas decide.
pub(super) fn needs_estimates(section: &RawBacktest, hedges: &[Listed<RawHedge>], chosen: &Chosen) -> bool {
    !chosen.reactions.is_empty() || needs_beta(section, hedges).is_some()
}

/// The place of the key that needs a beta, where one does.
fn needs_beta(section: &RawBacktest, hedges: &[Listed<RawHedge>]) -> Option<KeyPath> {
    let hedge = hedges.iter().find(|hedge| hedge.value == RawHedge::Beta);
    let weighting = (section.weighting == RawLotWeighting::BetaNeutral).then(|| path(&["weighting"]));
    hedge.map(|hedge| hedge.path.clone()).or(weighting)
}

/// Entries must be later than what they are decided by.
pub(super) fn check_entries(
    entries: &[Listed<RawEnter>],
    chosen: &Chosen,
    specifications: &[Specification],
    mistakes: &mut Vec<Mistake>,
) {
    let last = chosen.reactions.iter().max_by_key(|(_, window)| window.last());
    let latest = specifications.iter().max_by_key(|specification| specification.looks_through());
    let (Some((text, window)), Some(latest)) = (last, latest) else { return };
    let known = window.last().max(latest.looks_through());
    let why = if latest.looks_through() > window.last() { format!(": {}", looks(latest)) } else { String::new() };
    for Listed { path, .. } in entries.iter().filter(|entry| entry.value.day as i64 <= i64::from(known)) {
        let path = path.iter().cloned().chain(["day".to_owned()]);
        let problem = format!("`{text}` is known after the close of day {known}, and this entry is not later{why}");
        let help = format!("the first price after it is on day {}: day = {}", known + 1, known + 1);
        mistakes.push(Mistake::new(path, problem).help(help));
    }
}

/// Why an estimate is known so late.
fn looks(specification: &Specification) -> String {
    let Specification { model, estimation, event, mask_other_events, .. } = specification;
    let last = specification.looks_through();
    let masked = i64::from(estimation.last()) + *mask_other_events as i64;
    let name = model.name();
    if masked < i64::from(last) {
        format!("the model `{name}` chooses whom it looks at by days through {last} of the event window {event}")
    } else if *mask_other_events == 0 {
        format!("the model `{name}` is estimated on the days {estimation}")
    } else {
        let mask = format!("mask_other_events = {mask_other_events}");
        format!("{mask} reaches from events through day {last} into the estimation window {estimation}")
    }
}

/// A hedge needs the market's beta of daily returns, known when the event is traded.
pub(super) fn check_betas(
    section: &RawBacktest,
    hedges: &[Listed<RawHedge>],
    chosen: &Chosen,
    specifications: &[Specification],
    mistakes: &mut Vec<Mistake>,
) {
    let Some(place) = needs_beta(section, hedges) else { return };
    let mut refuse = |problem: String, help: &str| mistakes.push(Mistake::new(place.clone(), problem).help(help));
    let is_daily = |s: &&Specification| matches!(s.response, Response::Return | Response::Volatility);
    if let Some(other) = specifications.iter().find(|s| !is_daily(s)) {
        let problem = format!("the beta of `{}` is none of daily returns", other.response.name());
        refuse(problem, "response = \"return\" has one; hedge = \"benchmark\" needs none");
    }
    if let Some(without) = specifications.iter().find(|s| s.market_beta().is_none()) {
        let problem = format!("the model `{}` estimates no beta of the market", without.model.name());
        refuse(problem, "hedge = \"benchmark\" needs none; the model `market` has one");
    }
    // A decision that waits for no reaction is made with the announcement, when the day before day 0 is over.
    let decided = |s: &Specification| {
        let reactions = chosen.reactions.iter().map(|(_, window)| window.last().max(s.looks_through()));
        reactions.max().unwrap_or(-1)
    };
    if let Some(late) = specifications.iter().find(|s| s.looks_through() > decided(s)) {
        let problem = format!("the beta is not known when the event is traded: {}", looks(late));
        refuse(problem, "end the estimation window farther from day 0, or mask fewer days");
    }
}
