//! The values that a regression needs of every event, whatever the specification and the group.

use std::collections::{BTreeSet, HashMap};

use dayzero_model::Date;

use super::KnownLabel;
use crate::config::regressions::Regression;
use crate::formula::Expression;
use crate::ledger::natural_order;
use crate::prepare::Ground;

/// What a regression needs of every candidate.
pub(super) struct Columns {
    /// By term.
    pub(super) terms: Vec<TermColumns>,
    /// By way of clustering.
    pub(super) clusters: Vec<Labels>,
}

/// What a term needs of every candidate.
pub(super) struct TermColumns {
    /// The product of its numbers; one where it has none.
    pub(super) numbers: Vec<Option<f64>>,
    /// Its labels.
    pub(super) labels: Option<Labels>,
}

/// A label of every candidate.
pub(super) struct Labels {
    /// The levels in natural order: numbers by size, then everything else as text.
    pub(super) levels: Vec<String>,
    /// The place of each candidate's level.
    pub(super) of: Vec<Option<usize>>,
}

impl Columns {
    pub(super) fn new(regression: &Regression, ground: Ground<'_>) -> Self {
        let candidates = ground.ledger.candidates.len();
        let terms = regression.formula.terms.iter().map(|term| {
            let mut numbers = vec![Some(1.0); candidates];
            for expression in term.numbers() {
                for (product, value) in numbers.iter_mut().zip(values(expression, ground)) {
                    *product = product.zip(value).map(|(product, value)| product * value).filter(|p| p.is_finite());
                }
            }
            TermColumns { numbers, labels: term.label().map(|name| Labels::new(&name.text, false, ground)) }
        });
        let terms = terms.collect();
        Self { terms, clusters: regression.cluster.iter().map(|name| Labels::new(name, true, ground)).collect() }
    }

    /// Whether an event has every term and cluster.
    pub(super) fn complete(&self, event: usize) -> bool {
        let labels = self.terms.iter().filter_map(|term| term.labels.as_ref()).chain(&self.clusters);
        self.terms.iter().all(|term| term.numbers[event].is_some()) && labels.into_iter().all(|l| l.of[event].is_some())
    }
}

impl Labels {
    /// Periods and the like come before columns where they cluster, and after them in formulas.
    fn new(name: &str, clusters: bool, ground: Ground<'_>) -> Self {
        let known = KnownLabel::named(name);
        let (events, characteristics) = (&ground.loaded.events, &ground.loaded.characteristics);
        let column = events.labels.iter().find(|(column, _)| column == name).map(|(_, values)| values);
        let characteristic = characteristics.label_column(name);
        let first = known.filter(|known| clusters || *known == KnownLabel::Session);
        let text = |event: usize| -> Option<String> {
            let candidate = &ground.ledger.candidates[event];
            match (first, column, characteristic) {
                (Some(known), ..) => known_label(known, ground, event),
                (None, Some(column), _) => column[candidate.row].clone(),
                (None, None, Some(column)) => {
                    let label = characteristics.label(column, candidate.security, day0(ground, event))?;
                    Some(characteristics.label_text(column, label).to_owned())
                }
                (None, None, None) => known_label(known?, ground, event),
            }
        };
        let texts: Vec<Option<String>> = (0..ground.ledger.candidates.len()).map(text).collect();
        let different: BTreeSet<&String> = texts.iter().flatten().collect();
        let mut levels: Vec<String> = different.into_iter().cloned().collect();
        levels.sort_by(|a, b| natural_order(a, b));
        let places: HashMap<&str, usize> = levels.iter().enumerate().map(|(i, level)| (level.as_str(), i)).collect();
        let of = texts.iter().map(|text| text.as_deref().map(|text| places[text])).collect();
        Self { levels, of }
    }

    /// The levels of these events, numbered from 0 in the order of their first appearance.
    pub(super) fn numbered(&self, events: &[usize]) -> Vec<usize> {
        let mut known = HashMap::new();
        let mut number = |level: Option<usize>| {
            let next = known.len();
            *known.entry(level).or_insert(next)
        };
        events.iter().map(|&event| number(self.of[event])).collect()
    }
}

/// The date of day 0 of a candidate.
pub(super) fn day0(ground: Ground<'_>, event: usize) -> Date {
    let candidate = &ground.ledger.candidates[event];
    ground.loaded.assembled.panel.markets[candidate.market].calendar.dates()[candidate.day0]
}

fn known_label(label: KnownLabel, ground: Ground<'_>, event: usize) -> Option<String> {
    let candidate = &ground.ledger.candidates[event];
    match label {
        KnownLabel::Period(period) => period.label(day0(ground, event)),
        KnownLabel::Security => ground.loaded.events.security[candidate.row].clone(),
        KnownLabel::Market => Some(ground.loaded.assembled.panel.markets[candidate.market].name.clone()),
        KnownLabel::Session => {
            let (row, events) = (candidate.row, &ground.loaded.events);
            ground.ledger.rows[row].session(row, events).map(str::to_owned)
        }
    }
}

/// A number of every candidate, from the event table if it has the column.
fn values(expression: &Expression, ground: Ground<'_>) -> Vec<Option<f64>> {
    let name = &expression.column().text;
    let column = ground.loaded.events.numbers.iter().find(|(column, _)| column == name);
    let characteristics = &ground.loaded.characteristics;
    let characteristic = characteristics.number_column(name);
    let value = |event: usize| {
        let candidate = &ground.ledger.candidates[event];
        let value = match column {
            Some((_, values)) => Some(values[candidate.row]).filter(|value| value.is_finite()),
            None => characteristics.number(characteristic?, candidate.security, day0(ground, event)),
        };
        expression.value(value?)
    };
    (0..ground.ledger.candidates.len()).map(value).collect()
}
