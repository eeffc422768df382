//! The sweep: every combination of models, returns and windows is a specification.

use dayzero_model::expected::Recipe;
use dayzero_model::specification::Around;
use dayzero_model::{MissingPolicy, Response, ReturnKind, Specification, Window};

use super::document::KeyPath;
use super::mistake::Mistake;
use super::models::{self, Chosen, model};
use super::raw::{Missing, RawResponse, RawStudy, RawTests, Returns};

/// A value of the sweep with the place where it was written.
pub(super) struct Choice<T> {
    pub(super) value: T,
    pub(super) path: KeyPath,
}

/// All specifications, in the order model, response, returns, estimation window, event window.
pub(super) fn all(raw: &RawStudy, mistakes: &mut Vec<Mistake>) -> Vec<Specification> {
    let (study, sweep) = (&raw.study, &raw.sweep);
    if sweep.model.is_some() {
        let single = Choice { value: study.model.clone(), path: vec!["study".into(), "model".into()] };
        model(&single, mistakes);
    }
    let models: Vec<_> = choices("model", &study.model, sweep.model.as_deref(), mistakes)
        .into_iter()
        .filter_map(|choice| Some(Choice { value: model(&choice, mistakes)?, path: choice.path }))
        .collect();
    let responses = choices("response", &study.response, sweep.response.as_deref(), mistakes);
    models::check_fit(&models, &responses, raw, mistakes);
    let returns = choices("returns", &study.returns, sweep.returns.as_deref(), mistakes);
    let estimation =
        windows("estimation_window", study.estimation_window, sweep.estimation_window.as_deref(), mistakes);
    let event = windows("event_window", study.event_window, sweep.event_window.as_deref(), mistakes);
    check_apart(&estimation, &event, mistakes);
    let declared = car_windows(raw, &event, mistakes);
    let mut specifications = Vec::new();
    for Choice { value: Chosen { model, options, recipe }, path } in &models {
        for response in &responses {
            for returns in &returns {
                for estimation in &estimation {
                    for event in &event {
                        check_direction(model.name(), recipe, path, (estimation, event), mistakes);
                        specifications.push(Specification {
                            model: *model,
                            options: options.clone(),
                            recipe: recipe.clone(),
                            response: response_of(response.value),
                            returns: match returns.value {
                                Returns::Simple => ReturnKind::Simple,
                                Returns::Log => ReturnKind::Log,
                            },
                            trade_to_trade: study.trade_to_trade,
                            estimation: estimation.value,
                            event: event.value,
                            around: around(raw, event.value, declared.as_deref()),
                            car_windows: declared.clone().unwrap_or_else(|| vec![event.value]),
                            minimum_observations: minimum(raw, estimation, recipe, mistakes),
                            mask_other_events: study.mask_other_events,
                            missing: match study.missing {
                                Missing::Exclude => MissingPolicy::Exclude,
                                Missing::Available => MissingPolicy::Available,
                            },
                            diagnostics: study.diagnostics,
                            variants: raw.inference.variants.into(),
                        });
                    }
                }
            }
        }
    }
    specifications
}

/// The windows around the declared ones: only tests look at them.
fn around(raw: &RawStudy, event: Window, declared: Option<&[Window]>) -> Vec<(Around, Window)> {
    match &raw.study.tests {
        RawTests::Names(names) if names.is_empty() => Vec::new(),
        _ => Specification::around(event, declared.unwrap_or(&[event])),
    }
}

/// Refuses a forecast into the past.
fn check_direction(
    model: &str,
    recipe: &Recipe,
    path: &KeyPath,
    (estimation, event): (&Choice<Window>, &Choice<Window>),
    mistakes: &mut Vec<Mistake>,
) {
    if recipe.method.looks_forward() && estimation.value.first() > event.value.last() {
        let window = estimation.value;
        let problem =
            format!("the model `{model}` forecasts forward, and the estimation window {window} follows the event");
        let mistake = Mistake::new(path.clone(), problem).help("end the estimation window before the event window");
        if !mistakes.contains(&mistake) {
            mistakes.push(mistake);
        }
    }
}

/// The response that a word of the configuration stands for.
pub(super) fn response_of(raw: RawResponse) -> Response {
    match raw {
        RawResponse::Return => Response::Return,
        RawResponse::Overnight => Response::Overnight,
        RawResponse::Intraday => Response::Intraday,
        RawResponse::LogVolume => Response::Volume,
        RawResponse::LogTurnover => Response::Turnover,
        RawResponse::Volatility => Response::Volatility,
    }
}

/// The values of a key: those of the sweep, or the single one. A single value beside a sweep is
/// overridden, but must make sense; the sweep's values must differ.
fn choices<T: Clone + PartialEq>(
    key: &str,
    single: &T,
    swept: Option<&[T]>,
    mistakes: &mut Vec<Mistake>,
) -> Vec<Choice<T>> {
    let Some(swept) = swept else {
        return vec![Choice { value: single.clone(), path: vec!["study".into(), key.into()] }];
    };
    if swept.is_empty() {
        mistakes.push(Mistake::new(["sweep", key], "the list is empty").help("leave the key out, or list values"));
    }
    let mut found: Vec<Choice<T>> = Vec::new();
    for (i, value) in swept.iter().enumerate() {
        let path: KeyPath = vec!["sweep".into(), key.into(), i.to_string()];
        if swept[..i].contains(value) {
            mistakes.push(Mistake::new(path, "the value is listed twice, and its p-values would count twice"));
        } else {
            found.push(Choice { value: value.clone(), path });
        }
    }
    found
}

fn windows(
    key: &str,
    single: [i32; 2],
    swept: Option<&[[i32; 2]]>,
    mistakes: &mut Vec<Mistake>,
) -> Vec<Choice<Window>> {
    if swept.is_some() {
        window(single, &vec!["study".into(), key.into()], mistakes);
    }
    choices(key, &single, swept, mistakes)
        .into_iter()
        .filter_map(|Choice { value, path }| Some(Choice { value: window(value, &path, mistakes)?, path }))
        .collect()
}

fn window([first, last]: [i32; 2], path: &KeyPath, mistakes: &mut Vec<Mistake>) -> Option<Window> {
    let window = Window::new(first, last);
    if window.is_none() {
        let limit = Window::LIMIT;
        let problem =
            format!("[{first}, {last}] is no window: the first day comes first, both within {limit} days of day 0");
        mistakes.push(Mistake::new(path.clone(), problem));
    }
    window
}

fn check_apart(estimation: &[Choice<Window>], event: &[Choice<Window>], mistakes: &mut Vec<Mistake>) {
    for estimation in estimation {
        for event in event.iter().filter(|event| event.value.overlaps(estimation.value)) {
            let problem =
                format!("the estimation window {} overlaps the event window {}", estimation.value, event.value);
            let help =
                "end the estimation window before the event window begins, or what is measured is estimated away";
            mistakes.push(Mistake::new(estimation.path.clone(), problem).help(help));
        }
    }
}

fn car_windows(raw: &RawStudy, event: &[Choice<Window>], mistakes: &mut Vec<Mistake>) -> Option<Vec<Window>> {
    let declared = raw.study.car_windows.as_ref()?;
    let mut found: Vec<Window> = Vec::new();
    for (i, &ends) in declared.iter().enumerate() {
        let path: KeyPath = vec!["study".into(), "car_windows".into(), i.to_string()];
        let Some(window) = window(ends, &path, mistakes) else { continue };
        if let Some(event) = event.iter().find(|event| !event.value.contains(window)) {
            let problem = format!("the window {window} reaches beyond the event window {}", event.value);
            mistakes.push(Mistake::new(path, problem).help("widen event_window"));
        } else if found.contains(&window) {
            mistakes.push(Mistake::new(path, format!("the window {window} is listed twice")));
        } else {
            found.push(window);
        }
    }
    Some(found)
}

fn minimum(raw: &RawStudy, estimation: &Choice<Window>, recipe: &Recipe, mistakes: &mut Vec<Mistake>) -> usize {
    let days = estimation.value.days();
    let coefficients = recipe.parameters;
    let minimum = raw.study.minimum_observations.unwrap_or(days.div_ceil(2));
    let problem = if minimum > days {
        format!(
            "minimum_observations = {minimum} exceeds the {days} days of the estimation window {}",
            estimation.value
        )
    } else if minimum <= coefficients {
        format!("minimum_observations = {minimum} is too few for a model with {coefficients} coefficients")
    } else {
        return minimum;
    };
    let path = if raw.study.minimum_observations.is_some() {
        vec!["study".into(), "minimum_observations".into()]
    } else {
        estimation.path.clone()
    };
    let mistake = Mistake::new(path, problem);
    if !mistakes.contains(&mistake) {
        mistakes.push(mistake);
    }
    minimum
}
