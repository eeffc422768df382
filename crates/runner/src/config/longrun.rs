//! Portfolios in calendar time.

use dayzero_model::longrun::{CalendarTime, Weighting};
use dayzero_model::{Specification, Window};

use super::document::KeyPath;
use super::mistake::Mistake;
use super::raw::{RawStudy, RawWeighting};

/// The section `[calendar_time]`.
pub(super) fn calendar_time(
    raw: &RawStudy,
    specifications: &[Specification],
    mistakes: &mut Vec<Mistake>,
) -> CalendarTime {
    let section = &raw.calendar_time;
    let windows = section.windows.as_ref().map(|windows| {
        let window = |(i, &[first, last]): (usize, &[i32; 2])| {
            let path: KeyPath = vec!["calendar_time".into(), "windows".into(), i.to_string()];
            let Some(window) = Window::new(first, last) else {
                mistakes.push(Mistake::new(path, format!("[{first}, {last}] is no window: the first day comes first")));
                return None;
            };
            if let Some(outside) = specifications.iter().find(|s| !s.event.contains(window)) {
                let problem = format!("the window {window} reaches beyond the event window {}", outside.event);
                mistakes.push(Mistake::new(path, problem).help("widen event_window"));
            }
            Some(window)
        };
        windows.iter().enumerate().filter_map(window).collect()
    });
    let mut weighting = Vec::new();
    for (i, word) in section.weighting.iter().enumerate() {
        let path: KeyPath = vec!["calendar_time".into(), "weighting".into(), i.to_string()];
        if section.weighting[..i].contains(word) {
            mistakes.push(Mistake::new(path, "the weighting is listed twice"));
            continue;
        }
        weighting.push(match word {
            RawWeighting::Equal => Weighting::Equal,
            RawWeighting::Precision => Weighting::Precision,
            RawWeighting::Value => {
                if section.value.is_none() {
                    let help = "name it: [calendar_time] value = \"market_cap\"";
                    mistakes.push(Mistake::new(path, "by which characteristic should be weighted?").help(help));
                }
                Weighting::Value
            }
        });
    }
    if section.value.is_some() && !section.weighting.contains(&RawWeighting::Value) {
        let problem = "the characteristic weights nothing: `weighting` does not list \"value\"";
        mistakes.push(Mistake::new(["calendar_time", "value"], problem));
    }
    if section.weighting.is_empty() || section.windows.as_ref().is_some_and(Vec::is_empty) {
        let problem = "without a window or a weighting there is no portfolio";
        let help = "leave the keys out, or leave `calendar_time` out of [output] tables";
        mistakes.push(Mistake::new(["calendar_time"], problem).at_key().help(help));
    }
    if section.min_names == 0 {
        mistakes.push(Mistake::new(["calendar_time", "min_names"], "a portfolio has at least one security"));
    }
    CalendarTime { windows, weighting, value: section.value.clone(), min_names: section.min_names, lags: section.lags }
}
