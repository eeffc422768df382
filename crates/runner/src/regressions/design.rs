//! The columns of a design: constants, numbers, and dummies of labels.

use std::collections::BTreeSet;

use super::columns::{Columns, Labels, TermColumns};
use crate::formula::{Formula, Term};

/// A coefficient of a regression.
pub struct Coefficient {
    /// Its name: `intercept`, the term, or the term with a level.
    pub name: String,
    /// The level that it is measured against.
    pub base: Option<String>,
}

pub(super) struct Design {
    /// One column after the other.
    pub(super) x: Vec<f64>,
    pub(super) coefficients: Vec<Coefficient>,
    /// Whether a combination of the columns is constant.
    pub(super) constant: bool,
}

/// The terms of a formula, for a regression that is not there.
pub(super) fn as_written(formula: &Formula) -> Vec<Coefficient> {
    let intercept = formula.intercept.then(|| "intercept".to_owned());
    let terms = formula.terms.iter().map(ToString::to_string);
    intercept.into_iter().chain(terms).map(|name| Coefficient { name, base: None }).collect()
}

/// Whether a term with labels is measured against their first level: only where the columns before it,
/// or a term of the same numbers without labels, have in them what all levels together would say again.
fn has_base(formula: &Formula, place: usize) -> bool {
    let numbers = formula.terms[place].number_texts();
    let same = |term: &Term| term.number_texts() == numbers;
    (numbers.is_empty() && formula.intercept)
        || formula.terms[..place].iter().any(same)
        || formula.terms.iter().any(|term| term.label().is_none() && same(term))
}

impl Design {
    /// The design of these events, which have every term.
    pub(super) fn new(formula: &Formula, columns: &Columns, events: &[usize]) -> Result<Self, String> {
        let dummies_only = |term: &Term| term.label().is_some() && term.numbers().next().is_none();
        let constant = formula.intercept || formula.terms.iter().any(dummies_only);
        let mut design = Self { x: Vec::new(), coefficients: Vec::new(), constant };
        if formula.intercept {
            design.add("intercept".into(), None, events.iter().map(|_| 1.0));
        }
        for (place, (term, values)) in formula.terms.iter().zip(&columns.terms).enumerate() {
            match &values.labels {
                None => design.add(term.to_string(), None, numbers(values, events)),
                Some(labels) => design.add_levels(term, values, labels, has_base(formula, place), events)?,
            }
        }
        Ok(design)
    }

    fn add(&mut self, name: String, base: Option<String>, values: impl Iterator<Item = f64>) {
        self.coefficients.push(Coefficient { name, base });
        self.x.extend(values);
    }

    fn add_levels(
        &mut self,
        term: &Term,
        values: &TermColumns,
        labels: &Labels,
        has_base: bool,
        events: &[usize],
    ) -> Result<(), String> {
        let present: BTreeSet<usize> = events.iter().filter_map(|&event| labels.of[event]).collect();
        let mut levels = present.into_iter();
        let base = if has_base { levels.next().map(|level| labels.levels[level].clone()) } else { None };
        if let Some(base) = &base
            && levels.len() == 0
        {
            return Err(format!("`{term}` says nothing: the label of all events is `{base}`"));
        }
        for level in levels {
            let inside = events.iter().map(|&event| f64::from(u8::from(labels.of[event] == Some(level))));
            let column = inside.zip(numbers(values, events)).map(|(inside, number)| inside * number);
            self.add(term.at_level(&labels.levels[level]), base.clone(), column);
        }
        Ok(())
    }
}

fn numbers<'a>(values: &'a TermColumns, events: &'a [usize]) -> impl Iterator<Item = f64> + 'a {
    // Every event of a design is complete.
    events.iter().filter_map(|&event| values.numbers[event])
}
