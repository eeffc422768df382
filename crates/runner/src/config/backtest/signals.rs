//! What events are judged by.

use dayzero_model::backtest::{Forecast, Rule, Signal, Sort, Surprise, Weighting};
use dayzero_model::expected::Source;
use dayzero_model::{Response, Specification, Window};

use super::choices::{listed, path};
use crate::config::mistake::Mistake;
use crate::config::raw::{RawBacktest, RawHedge, RawLotWeighting};

/// The signals of a study.
pub(in crate::config) struct Chosen {
    signals: Vec<Signal>,
    pub(super) texts: Vec<String>,
    pub(super) columns: Vec<String>,
    /// The reaction that is known last: as it was written, and its last day.
    pub(super) reaction: Option<(String, i32)>,
}

/// Columns of the event table that a section needs.
pub(in crate::config) fn columns(backtest: &super::Backtest) -> impl Iterator<Item = &String> {
    let (actual, forecast) = match &backtest.figures {
        Some((actual, forecast)) => (Some(actual), forecast.as_ref()),
        None => (None, None),
    };
    backtest.columns.iter().chain(actual).chain(forecast)
}

pub(super) fn signals(section: &RawBacktest, specifications: &[Specification], mistakes: &mut Vec<Mistake>) -> Chosen {
    let mut chosen = Chosen { signals: Vec::new(), texts: Vec::new(), columns: Vec::new(), reaction: None };
    let written = listed(&section.signal, "signal", mistakes);
    if written.len() > 2 {
        mistakes.push(Mistake::new(path(&["signal"]), "events are sorted by one signal, or by two"));
    }
    for signal in written {
        let text = signal.value.trim().to_owned();
        match reaction(&text) {
            Some(Ok(window)) => {
                if let Some(outside) = specifications.iter().find(|s| !s.event.contains(window)) {
                    let problem = format!("`{text}` reaches beyond the event window {}", outside.event);
                    mistakes.push(Mistake::new(signal.path, problem).help("widen event_window"));
                }
                chosen.signals.push(Signal::Abnormal(window));
                if chosen.reaction.as_ref().is_none_or(|(_, last)| *last < window.last()) {
                    chosen.reaction = Some((text.clone(), window.last()));
                }
            }
            Some(Err(problem)) => mistakes.push(Mistake::new(signal.path, problem)),
            None if text == "sue" && section.sue.is_some() => chosen.signals.extend(surprise(section, mistakes)),
            None => {
                chosen.signals.push(Signal::Column(chosen.columns.len()));
                chosen.columns.push(text.clone());
            }
        }
        chosen.texts.push(text);
    }
    if section.sue.is_some() && !chosen.signals.iter().any(|signal| matches!(signal, Signal::Surprise(_))) {
        let problem = "no signal takes these surprises";
        mistakes.push(Mistake::new(path(&["sue"]), problem).at_key().help("write signal = \"sue\""));
    }
    chosen
}

/// `ar[t]` or `car[a,b]`; `None` for anything else.
fn reaction(text: &str) -> Option<Result<Window, String>> {
    let (name, days) = text.split_once('[')?;
    let days = days.strip_suffix(']')?;
    let days: Result<Vec<i32>, _> = days.split(',').map(|day| day.trim().parse::<i32>()).collect();
    let window = match (name.trim(), days.as_deref()) {
        ("ar", Ok(&[day])) => Window::new(day, day),
        ("car", Ok(&[first, last])) => Window::new(first, last),
        _ => return Some(Err(format!("`{text}` is neither ar[t] nor car[a,b]"))),
    };
    Some(window.ok_or_else(|| format!("`{text}` has no window: the first day comes first")))
}

fn surprise(section: &RawBacktest, mistakes: &mut Vec<Mistake>) -> Option<Signal> {
    let sue = section.sue.as_ref()?;
    if sue.minimum < 2 || sue.errors < sue.minimum {
        let problem = "a deviation needs two past errors at least, and no more than `errors` are taken";
        mistakes.push(Mistake::new(path(&["sue", "minimum"]), problem));
    }
    let forecast = match sue.forecast {
        Some(_) => Forecast::Analysts,
        None => Forecast::SeasonalRandomWalk,
    };
    Some(Signal::Surprise(Surprise { forecast, errors: sue.errors, minimum: sue.minimum }))
}

/// The rule; where it makes no sense, that is among the mistakes.
pub(super) fn rule(section: &RawBacktest, chosen: &Chosen, mistakes: &mut Vec<Mistake>) -> Rule {
    let sort = match &section.quantiles {
        None => Sort::Sign,
        Some(raw) => {
            let counts = listed(&raw.count, "quantiles.count", mistakes);
            for count in counts.iter().filter(|count| !(2..=100).contains(&count.value)) {
                mistakes.push(Mistake::new(count.path.clone(), "between 2 and 100 quantiles are possible"));
            }
            if raw.lookback_days == 0 {
                mistakes.push(Mistake::new(path(&["quantiles", "lookback_days"]), "nothing is earlier by no days"));
            }
            let counts: Vec<usize> = counts.into_iter().map(|count| count.value).collect();
            if counts.iter().any(|&count| raw.minimum < count) {
                let problem = "as many earlier announcements as quantiles are needed at least";
                mistakes.push(Mistake::new(path(&["quantiles", "minimum"]), problem).help("raise `minimum`"));
            }
            Sort::Quantiles { counts, lookback_days: raw.lookback_days, minimum: raw.minimum }
        }
    };
    if section.quantiles.is_none() && section.weighting != RawLotWeighting::Equal {
        let problem = "these weights are relative to earlier announcements, and nothing says which";
        let help = "say which: quantiles = { count = 5, lookback_days = 90, minimum = 100 }";
        mistakes.push(Mistake::new(path(&["weighting"]), problem).help(help));
    }
    if section.volatility_days.is_some() && section.weighting != RawLotWeighting::InverseVolatility {
        let problem = "`volatility_days` changes nothing unless weighting = \"inverse_volatility\"";
        mistakes.push(Mistake::new(path(&["volatility_days"]), problem).at_key());
    }
    let weighting = match section.weighting {
        RawLotWeighting::Equal => Weighting::Equal,
        RawLotWeighting::InverseVolatility => {
            Weighting::InverseVolatility { days: section.volatility_days.unwrap_or(60) }
        }
        RawLotWeighting::Signal => Weighting::Signal,
        RawLotWeighting::BetaNeutral => Weighting::BetaNeutral,
    };
    Rule { signals: chosen.signals.clone(), sort, weighting, volume_days: section.volume_days.unwrap_or(20) }
}

/// Whether abnormal returns or betas decide.
pub(super) fn needs_estimates(section: &RawBacktest, chosen: &Chosen) -> bool {
    chosen.reaction.is_some() || needs_beta(section)
}

fn needs_beta(section: &RawBacktest) -> bool {
    section.hedge == RawHedge::Beta || section.weighting == RawLotWeighting::BetaNeutral
}

/// Place of the market's beta among what a specification reports.
pub fn beta_place(specification: &Specification) -> Option<usize> {
    specification.recipe.reported.iter().position(|reported| reported.name == "beta_market")
}

/// Estimates must be there, and from before the event.
pub(super) fn check_estimates(
    section: &RawBacktest,
    chosen: &Chosen,
    specifications: &[Specification],
    mistakes: &mut Vec<Mistake>,
) {
    if !needs_estimates(section, chosen) {
        return;
    }
    let key = match (&chosen.reaction, section.hedge) {
        (Some(_), _) => "signal",
        (None, RawHedge::Beta) => "hedge",
        (None, _) => "weighting",
    };
    if let Some(late) = specifications.iter().find(|s| s.estimation.last() >= 0) {
        let problem = format!("the estimation window {} is not over when the event is traded", late.estimation);
        let help = "end the estimation window before day 0";
        mistakes.push(Mistake::new(path(&[key]), problem).help(help));
    }
    check_foresight(key, chosen, specifications, mistakes);
    check_beta(section, specifications, mistakes);
}

/// No estimate may know of what comes after the decision.
fn check_foresight(key: &str, chosen: &Chosen, specifications: &[Specification], mistakes: &mut Vec<Mistake>) {
    // Days around later events would be left out of the estimate, before anybody knows of these events.
    if let Some(wide) = specifications.iter().find(|s| s.mask_other_events as i64 >= -i64::from(s.estimation.last())) {
        let problem = format!(
            "mask_other_events = {} reaches from events after day 0 into the estimation window {}",
            wide.mask_other_events, wide.estimation
        );
        let help = "end the estimation window farther from day 0, or mask fewer days";
        mistakes.push(Mistake::new(path(&[key]), problem).help(help));
    }
    if chosen.reaction.is_some()
        && let Some(donors) = specifications.iter().find(|s| s.recipe.uses(&Source::Donors))
    {
        let problem = format!("the model `{}` chooses donors by the whole event window", donors.model.name());
        let help = "that looks beyond the decision; any other model does not";
        mistakes.push(Mistake::new(path(&["signal"]), problem).help(help));
    }
}

/// A hedge needs the market's beta of daily returns.
fn check_beta(section: &RawBacktest, specifications: &[Specification], mistakes: &mut Vec<Mistake>) {
    if needs_beta(section)
        && let Some(other) =
            specifications.iter().find(|s| !matches!(s.response, Response::Return | Response::Volatility))
    {
        let key = if section.hedge == RawHedge::Beta { "hedge" } else { "weighting" };
        let problem = format!("the beta of `{}` is none of daily returns", other.response.name());
        let help = "response = \"return\" has one; hedge = \"benchmark\" needs none";
        mistakes.push(Mistake::new(path(&[key]), problem).help(help));
    }
    if needs_beta(section)
        && let Some(without) = specifications.iter().find(|s| beta_place(s).is_none())
    {
        let key = if section.hedge == RawHedge::Beta { "hedge" } else { "weighting" };
        let problem = format!("the model `{}` estimates no beta of the market", without.model.name());
        let help = "hedge = \"benchmark\" needs none; the model `market` has one";
        mistakes.push(Mistake::new(path(&[key]), problem).help(help));
    }
}
