//! What events are judged by.

use dayzero_model::backtest::{Rule, Signal, Sort, Weighting};
use dayzero_model::{Specification, Window};

use super::choices::{listed, path};
use super::surprises::{self, FigureSource};
use crate::config::mistake::Mistake;
use crate::config::raw::{RawBacktest, RawLotWeighting};

/// The signals of a study.
pub(in crate::config) struct Chosen {
    signals: Vec<Signal>,
    pub(super) texts: Vec<String>,
    pub(super) columns: Vec<String>,
    /// Windows of abnormal returns, each as it was written.
    pub(super) reactions: Vec<(String, Window)>,
}

/// Columns of the event table that a section needs.
pub(in crate::config) fn columns(backtest: &super::Backtest) -> impl Iterator<Item = &String> {
    let figures = backtest.figures.iter().flat_map(FigureSource::columns);
    backtest.columns.iter().chain(figures)
}

pub(super) fn signals(section: &RawBacktest, specifications: &[Specification], mistakes: &mut Vec<Mistake>) -> Chosen {
    let mut chosen = Chosen { signals: Vec::new(), texts: Vec::new(), columns: Vec::new(), reactions: Vec::new() };
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
                chosen.reactions.push((text.clone(), window));
            }
            Some(Err(problem)) => mistakes.push(Mistake::new(signal.path, problem)),
            None if text == "sue" && section.sue.is_some() => {
                chosen.signals.extend(surprises::signal(section, mistakes));
            }
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
