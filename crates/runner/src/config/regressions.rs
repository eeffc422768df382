//! Regressions across events.

use std::collections::BTreeSet;

use dayzero_model::{Specification, Window};

use super::document::KeyPath;
use super::mistake::Mistake;
use super::raw::{RawErrors, RawRegression, RawRegressionWeights};
use crate::formula::{self, Formula, Response};
use crate::regressions::KnownLabel;

/// A regression across events.
#[derive(Clone, Debug)]
pub struct Regression {
    /// The formula as it was written.
    pub text: String,
    /// What is explained by what.
    pub formula: Formula,
    /// Whether events weigh by the inverse of the forecast variance of their CAR.
    pub precision: bool,
    /// What is assumed of the errors.
    pub errors: RawErrors,
    /// The ways in which events are clustered, by name.
    pub cluster: Vec<String>,
}

fn below(index: usize, key: &str) -> KeyPath {
    vec!["regressions".into(), index.to_string(), key.into()]
}

/// The list `[[regressions]]`.
pub(super) fn regressions(
    raw: &[RawRegression],
    specifications: &[Specification],
    mistakes: &mut Vec<Mistake>,
) -> Vec<Regression> {
    let mut found = Vec::new();
    for (index, raw) in raw.iter().enumerate() {
        let errors = errors(index, raw, mistakes);
        match formula::parse(&raw.formula) {
            Ok(formula) => {
                let precision = raw.weights == RawRegressionWeights::Precision;
                check_response(index, &formula, specifications, mistakes);
                if precision && !matches!(formula.response, Response::Car(_)) {
                    let problem = format!("only CARs have a forecast variance to weight by, not {}", formula.response);
                    let help = match formula.response {
                        Response::Ar(tau) => format!("declare the window [{tau}, {tau}] and write car[{tau},{tau}]"),
                        _ => "leave `weights` out, or explain the car of the window".into(),
                    };
                    mistakes.push(Mistake::new(below(index, "weights"), problem).help(help));
                }
                let (text, cluster) = (raw.formula.clone(), raw.cluster.clone());
                found.push(Regression { text, formula, precision, errors, cluster });
            }
            Err(error) => {
                let mistake = Mistake::new(below(index, "formula"), error.problem).within(error.span);
                mistakes.push(error.help.into_iter().fold(mistake, Mistake::help));
            }
        }
    }
    found
}

/// The days of the response must be there in every specification.
fn check_response(index: usize, formula: &Formula, specifications: &[Specification], mistakes: &mut Vec<Mistake>) {
    let mistake =
        |problem: String| Mistake::new(below(index, "formula"), problem).within(formula.response_span.clone());
    let declared = |window: &Window| specifications.iter().find(|s| !s.car_windows.contains(window));
    match formula.response {
        Response::Car(window) | Response::Bhar(window) => {
            if let Some(without) = declared(&window) {
                let known: Vec<String> = without.car_windows.iter().map(ToString::to_string).collect();
                let problem = format!("the window {window} is not declared; declared are {}", known.join(", "));
                mistakes.push(mistake(problem).help("add it to [study] car_windows"));
            }
        }
        Response::Ar(tau) => {
            if let Some(outside) = specifications.iter().find(|s| !s.event.taus().any(|day| day == tau)) {
                let problem = format!("day {tau} lies beyond the event window {}", outside.event);
                mistakes.push(mistake(problem).help("widen event_window"));
            }
        }
    }
}

/// Which errors are meant, and whether the clusters fit them.
fn errors(index: usize, raw: &RawRegression, mistakes: &mut Vec<Mistake>) -> RawErrors {
    let default = if raw.cluster.is_empty() { RawErrors::Hc3 } else { RawErrors::Cluster };
    let errors = raw.errors.unwrap_or(default);
    let clustered = matches!(errors, RawErrors::Cluster | RawErrors::Cr2);
    if clustered && raw.cluster.is_empty() {
        let help = "name one or two ways: cluster = [\"week\"]";
        mistakes.push(Mistake::new(below(index, "errors"), "in which way are the events clustered?").help(help));
    }
    if !clustered && !raw.cluster.is_empty() {
        let problem = "these errors know no clusters";
        let help = "leave `errors` out, or `cluster`";
        mistakes.push(Mistake::new(below(index, "errors"), problem).help(help));
    }
    let (most, why) = match errors {
        RawErrors::Cr2 => (1, "cr2 takes events clustered in one way; errors = \"cluster\" takes two"),
        _ => (2, "events are clustered in one or two ways"),
    };
    if clustered && raw.cluster.len() > most {
        mistakes.push(Mistake::new(below(index, "cluster"), why));
    }
    for (way, name) in raw.cluster.iter().enumerate() {
        if raw.cluster[..way].contains(name) {
            let path: KeyPath = below(index, "cluster").into_iter().chain([way.to_string()]).collect();
            mistakes.push(Mistake::new(path, format!("`{name}` is named twice")));
        }
    }
    errors
}

/// Columns of numbers that formulas name.
pub(super) fn numbers(regressions: &[Regression]) -> Vec<String> {
    let names = regressions.iter().flat_map(|regression| regression.formula.numbers());
    distinct(names.map(|name| name.text.as_str()))
}

/// Columns of labels that formulas and clusters name, apart from what is known without a table.
pub(super) fn labels(regressions: &[Regression]) -> Vec<String> {
    let terms = regressions.iter().flat_map(|regression| regression.formula.labels().map(|name| name.text.as_str()));
    let ways = regressions.iter().flat_map(|regression| regression.cluster.iter().map(String::as_str));
    let terms = terms.filter(|name| KnownLabel::named(name) != Some(KnownLabel::Session));
    distinct(terms.chain(ways.filter(|name| KnownLabel::named(name).is_none())))
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}
