//! Differences between two groups: which, and their tests.

use dayzero_model::differences::{DIFFERENCES, DifferenceTest, Pair};
use dayzero_model::groups::Group;
use dayzero_model::sample::{Draws, Pool, Tested, TestedWindow};
use dayzero_model::significance::correlation::Correlation;
use dayzero_model::significance::{Needs, Undefined};
use rayon::prelude::*;

use crate::config::{Mistake, Study};
use crate::infer::{Examined, TestRow};
use crate::ledger::Ledger;
use crate::prepare::Ground;

/// Two groups that are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `A - B` of the labels of the two.
    pub label: String,
    /// Place of the group from which the other is taken.
    pub first: usize,
    /// Place of the group that is taken from it.
    pub second: usize,
}

/// What the tests of the differences need, if there are any.
pub fn needs(ledger: &Ledger) -> Needs {
    let all = DIFFERENCES.iter().map(|test| test.needs());
    if ledger.differences.is_empty() { Needs::default() } else { all.fold(Needs::default(), Needs::or) }
}

/// The groups that the study compares.
///
/// # Errors
/// A group that is not there, or two that have events in common.
pub fn resolve(study: &Study, groups: &[Group]) -> Result<Vec<Difference>, Mistake> {
    let place = |i: usize, j: usize| {
        let name = &study.differences[i][j];
        let path = ["inference".to_owned(), "differences".to_owned(), i.to_string(), j.to_string()];
        let unknown = || {
            let mistake = Mistake::new(path, format!("no event is of the group `{name}`"));
            mistake.did_you_mean(name, groups.iter().map(|group| group.label.as_str()))
        };
        groups.iter().position(|group| group.label == *name).ok_or_else(unknown)
    };
    let pair = |i: usize| {
        let (first, second) = (place(i, 0)?, place(i, 1)?);
        let members = &groups[second].members;
        let common = groups[first].members.iter().filter(|event| members.binary_search(event).is_ok()).count();
        let label = format!("{} - {}", groups[first].label, groups[second].label);
        let refuse = |problem: String, help: &str| {
            let path = ["inference".to_owned(), "differences".to_owned(), i.to_string()];
            Err(Mistake::new(path, problem).help(help))
        };
        if common > 0 {
            let problem = format!("the two groups have {common} events in common");
            return refuse(problem, "two groups of one column have none, as \"session=amc\" and \"session=bmo\"");
        }
        if groups.iter().any(|group| group.label == label) {
            return refuse(format!("there is a group `{label}` already"), "give the values of the column other names");
        }
        Ok(Difference { label, first, second })
    };
    (0..study.differences.len()).map(pair).collect()
}

/// Every test of every difference of one specification, by difference, declared window, measure and test.
pub(crate) fn tests(
    study: &Study,
    ground: Ground<'_>,
    examined: &Examined<'_>,
    pool: Pool<'_>,
    correlation: Option<&Correlation<'_>>,
) -> Vec<TestRow> {
    let variants = examined.layout.specification.variants;
    let mut tasks = Vec::new();
    for difference in 0..ground.ledger.differences.len() {
        for (window, place) in TestedWindow::all(examined.layout.specification) {
            let declared = matches!(place, TestedWindow::Declared(_)) && examined.single_days;
            let measures = study.tested.iter().filter(|_| declared);
            tasks.extend(measures.map(|&measure| (difference, window, place, measure)));
        }
    }
    let evaluate = |&(number, window, place, measure)| {
        let difference: &Difference = &ground.ledger.differences[number];
        let group = |group: usize| {
            let mut sample = pool.sample(&ground.ledger.groups[group].members, place, measure);
            sample.variants = variants;
            sample.mean_correlation = correlation.and_then(|correlation| correlation.mean(group, window));
            sample.draws = Some(draws(study, ground, examined.index, &difference.label));
            sample
        };
        let (first, second) = (group(difference.first), group(difference.second));
        let between_correlation = correlation.and_then(|c| c.between(difference.first, difference.second, window));
        let pair = Pair { first, second, between_correlation };
        let row = |test: &&'static dyn DifferenceTest| {
            let result = match measure {
                Tested::Bhar if test.needs().parts() => Err(Undefined::NotStandardised),
                _ => test.evaluate(&pair).map(|statistic| statistic.against(variants.reference)),
            };
            let blank = TestRow::new(examined.index, ground.ledger.groups.len() + number, window, measure, test.name());
            TestRow {
                events: result.as_ref().map_or(pair.events(), |statistic| statistic.events),
                mean_car: pair.mean_car(),
                result,
                ..blank
            }
        };
        DIFFERENCES.iter().map(row).collect::<Vec<_>>()
    };
    tasks.par_iter().map(evaluate).collect::<Vec<_>>().into_iter().flatten().collect()
}

/// The weights of the wild bootstrap are those that the groups' own tests have.
fn draws(study: &Study, ground: Ground<'_>, specification: usize, label: &str) -> Draws {
    Draws::new(study.seed, &format!("{specification}|{label}"), study.bootstrap).within(&ground.ledger.groups[0].label)
}
