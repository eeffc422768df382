//! What is tested, and of what.

use dayzero_model::differences::difference;
use dayzero_model::period::Period;
use dayzero_model::sample::Tested;
use dayzero_model::significance::{self, TESTS, TestStatistic};

use super::mistake::Mistake;
use super::raw::{RawInference, RawMeasure, RawPeriod, RawTests};

/// The tests of groups.
pub(super) fn tests(raw: &RawTests, mistakes: &mut Vec<Mistake>) -> Vec<&'static dyn TestStatistic> {
    let names = match raw {
        RawTests::All(word) if word == "all" => return TESTS.to_vec(),
        RawTests::All(word) => {
            let mistake = Mistake::new(["study", "tests"], format!("`{word}` is neither \"all\" nor a list of tests"));
            mistakes.push(mistake.help("write tests = \"all\", or a list of names from `dayzero list tests`"));
            return Vec::new();
        }
        RawTests::Names(names) => names,
    };
    let mut found: Vec<&'static dyn TestStatistic> = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let path = ["study".to_owned(), "tests".to_owned(), i.to_string()];
        match significance::test(name) {
            Some(_) if names[..i].contains(name) => {
                mistakes.push(Mistake::new(path, format!("the test `{name}` is named twice")));
            }
            Some(test) => found.push(test),
            None if difference(name).is_some() => {
                let mistake = Mistake::new(path, format!("`{name}` compares two groups"));
                mistakes.push(mistake.help("say which by [inference] differences, and leave it out here"));
            }
            None => {
                let known = TESTS.iter().map(|test| test.name());
                mistakes.push(Mistake::new(path, format!("unknown test `{name}`")).did_you_mean(name, known));
            }
        }
    }
    found
}

/// What is tested, and how often tests may draw.
pub(super) fn tested(raw: &RawInference, mistakes: &mut Vec<Mistake>) -> Vec<Tested> {
    if !(99..=1_000_000).contains(&raw.bootstrap) {
        let problem = "between 99 and 1000000 draws are possible; 9999 give p-values of four digits";
        mistakes.push(Mistake::new(["inference", "bootstrap"], problem));
    }
    if raw.permutations.is_some_and(|draws| !(99..=99_999).contains(&draws)) {
        let problem = "between 99 and 99999 draws are possible; 199 tell 5 %, 999 tell 1 %";
        mistakes.push(Mistake::new(["inference", "permutations"], problem));
    }
    if raw.calibrate > 1_000_000 {
        mistakes.push(Mistake::new(
            ["inference", "calibrate"],
            "at most 1000000 samples are possible; 1000 tell 5 from 6.5 %",
        ));
    }
    if raw.calibrate_events < 2 {
        mistakes.push(Mistake::new(["inference", "calibrate_events"], "a sample has two events or more"));
    }
    if raw.measures.is_empty() {
        mistakes.push(Mistake::new(["inference", "measures"], "the list is empty").help("write [\"car\"]"));
    }
    let mut found = Vec::new();
    for (i, measure) in raw.measures.iter().enumerate() {
        let tested = match measure {
            RawMeasure::Car => Tested::Car,
            RawMeasure::Bhar => Tested::Bhar,
        };
        if found.contains(&tested) {
            let path = ["inference".to_owned(), "measures".to_owned(), i.to_string()];
            mistakes.push(Mistake::new(path, "the measure is listed twice"));
        } else {
            found.push(tested);
        }
    }
    found
}

/// A pair of two different groups, named once. Which groups there are, the data say.
pub(super) fn differences(raw: &RawInference, mistakes: &mut Vec<Mistake>) {
    for (i, pair) in raw.differences.iter().enumerate() {
        let path = ["inference".to_owned(), "differences".to_owned(), i.to_string()];
        if pair[0] == pair[1] {
            mistakes.push(Mistake::new(path, "the two groups are the same"));
        } else if raw.differences[..i].contains(pair) {
            mistakes.push(Mistake::new(path, "the difference is listed twice"));
        }
    }
}

pub(super) fn cluster(raw: RawPeriod) -> Period {
    match raw {
        RawPeriod::Day => Period::Day,
        RawPeriod::Week => Period::Week,
        RawPeriod::Month => Period::Month,
        RawPeriod::Quarter => Period::Quarter,
    }
}
