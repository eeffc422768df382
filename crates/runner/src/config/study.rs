//! The checked study: after this nothing re-checks what the user wrote.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dayzero_loader::events::EventSource;
use dayzero_loader::paths;
use dayzero_loader::{CharacteristicSource, FactorSource, MarketSource, PriceSource};
use dayzero_model::differences::difference;
use dayzero_model::longrun::CalendarTime;
use dayzero_model::period::Period;
use dayzero_model::sample::Tested;
use dayzero_model::significance::{self, TESTS, TestStatistic};
use dayzero_model::{Measure, Specification};

use super::document::Document;
use super::mistake::Mistake;
use super::raw::{
    Duplicates, Format, MultipleTesting, RawInference, RawMeasure, RawOutput, RawPeriod, RawStudy, RawTests,
};
use super::regressions::{self, Regression};
use super::{inputs, longrun, markets, specifications, values};
use crate::table_names::TABLE_NAMES;

/// A study that makes sense.
pub struct Study {
    /// Its name.
    pub name: String,
    /// The seed of every random draw.
    pub seed: u64,
    /// The price table.
    pub prices: PriceSource,
    /// The event table.
    pub events: EventSource,
    /// Number of quantiles of [`EventSource::quantile`].
    pub quantile_count: usize,
    /// What to do with events of one security with the same day 0.
    pub duplicates: Duplicates,
    /// The markets.
    pub markets: Vec<MarketSource>,
    /// The factors that the models need.
    pub factors: FactorSource,
    /// The characteristics that the models need.
    pub characteristics: CharacteristicSource,
    /// What is measured beside returns from close to close.
    pub measures: Vec<Measure>,
    /// Every combination of the sweep.
    pub specifications: Vec<Specification>,
    /// The tests, in the order in which the user named them.
    pub tests: Vec<&'static dyn TestStatistic>,
    /// What is tested of each declared window.
    pub tested: Vec<Tested>,
    /// Draws of the tests that resample.
    pub bootstrap: usize,
    /// Draws of the test that moves all events, where the user says how many.
    pub permutations: Option<usize>,
    /// Calendar periods by which errors are clustered.
    pub cluster: Period,
    /// Portfolios in calendar time.
    pub calendar_time: CalendarTime,
    /// Regressions across events.
    pub regressions: Vec<Regression>,
    /// Placebo samples on which tests are calibrated.
    pub calibrate: Calibrate,
    /// The conventions that differ from the defaults, as the user wrote them.
    pub variants: Vec<String>,
    /// Confidence of the intervals.
    pub confidence: f64,
    /// Adjustments of p-values.
    pub adjustments: Vec<MultipleTesting>,
    /// Groups whose means are compared, by their labels.
    pub differences: Vec<[String; 2]>,
    /// Threads; 0 for all cores.
    pub threads: usize,
    /// What to write.
    pub output: Output,
    /// The configuration with every default filled in, without the sections that cannot change a
    /// result (`run`, `output`).
    pub resolved: serde_json::Value,
    /// The text, to show the lines of mistakes that only the data reveal.
    pub document: Arc<Document>,
}

/// Placebo samples on which tests are calibrated.
#[derive(Clone, Copy, Debug)]
pub struct Calibrate {
    /// How many; 0 for none.
    pub draws: usize,
    /// Pseudo-events of each.
    pub events: usize,
}

/// What to write, and where.
#[derive(Clone, Debug)]
pub struct Output {
    /// The directory.
    pub dir: PathBuf,
    /// The file format.
    pub format: Format,
    /// Names of the tables.
    pub tables: Vec<String>,
    /// For some tables, the columns to keep beside the keys.
    pub columns: BTreeMap<String, Vec<String>>,
}

impl Output {
    /// Whether a table is asked for.
    pub fn writes(&self, table: &str) -> bool {
        self.tables.iter().any(|name| name == table)
    }
}

/// Checks what the schema cannot: that names are known, windows are apart, files are there.
pub(super) fn check(raw: RawStudy, base: &Path, document: &Arc<Document>) -> Result<Study, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    if raw.name.trim().is_empty() || raw.name.starts_with('.') || raw.name.contains(['/', '\\']) {
        mistakes.push(Mistake::new(["name"], "a name is needed, without slashes and without a dot at its start"));
    }
    if raw.output.dir.as_deref().is_some_and(|dir| dir.trim().is_empty()) {
        mistakes
            .push(Mistake::new(["output", "dir"], "the directory has no name").help("leave the key out for out/NAME"));
    }
    let markets = markets::markets(&raw, base, &mut mistakes);
    let specifications = specifications::all(&raw, &mut mistakes);
    let regressions = regressions::regressions(&raw.regressions, &specifications, &mut mistakes);
    let events = inputs::events(&raw.events, &regressions, base, &mut mistakes);
    let prices = inputs::prices(&raw.prices, &specifications, base, &mut mistakes);
    let characteristics = inputs::characteristics(&raw, &specifications, base, &mut mistakes);
    let calendar_time = longrun::calendar_time(&raw, &specifications, &mut mistakes);
    let tested = tested(&raw.inference, &mut mistakes);
    differences(&raw.inference, &mut mistakes);
    let factors = inputs::factors(&raw, &specifications, base, &mut mistakes);
    let tests = tests(&raw.study.tests, &mut mistakes);
    if !(raw.inference.confidence > 0.0 && raw.inference.confidence < 1.0) {
        mistakes.push(Mistake::new(["inference", "confidence"], "a confidence lies between 0 and 1, as in 0.95"));
    }
    let output = output(&raw.output, &raw.name, base, &mut mistakes);
    let resolved = resolved(&raw);
    let (Some(prices), Some(events), true) = (prices, events, mistakes.is_empty()) else { return Err(mistakes) };
    Ok(Study {
        name: raw.name,
        seed: raw.seed,
        prices,
        events,
        quantile_count: raw.events.quantile.map_or(0, |quantile| quantile.count),
        duplicates: raw.events.duplicates,
        markets,
        factors,
        characteristics,
        measures: inputs::measures(&specifications),
        specifications,
        tests,
        tested,
        bootstrap: raw.inference.bootstrap,
        permutations: raw.inference.permutations,
        cluster: cluster(raw.inference.cluster),
        calendar_time,
        regressions,
        calibrate: Calibrate { draws: raw.inference.calibrate, events: raw.inference.calibrate_events },
        variants: raw.inference.variants.chosen(),
        confidence: raw.inference.confidence,
        adjustments: raw.inference.multiple_testing,
        differences: raw.inference.differences,
        threads: raw.run.threads,
        output,
        resolved,
        document: document.clone(),
    })
}

fn resolved(raw: &RawStudy) -> serde_json::Value {
    let mut value = serde_json::to_value(raw).unwrap_or_default();
    if let Some(sections) = value.as_object_mut() {
        sections.remove("run");
        sections.remove("output");
    }
    value
}

fn tests(raw: &RawTests, mistakes: &mut Vec<Mistake>) -> Vec<&'static dyn TestStatistic> {
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

fn tested(raw: &RawInference, mistakes: &mut Vec<Mistake>) -> Vec<Tested> {
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
fn differences(raw: &RawInference, mistakes: &mut Vec<Mistake>) {
    for (i, pair) in raw.differences.iter().enumerate() {
        let path = ["inference".to_owned(), "differences".to_owned(), i.to_string()];
        if pair[0] == pair[1] {
            mistakes.push(Mistake::new(path, "the two groups are the same"));
        } else if raw.differences[..i].contains(pair) {
            mistakes.push(Mistake::new(path, "the difference is listed twice"));
        }
    }
}

fn cluster(raw: RawPeriod) -> Period {
    match raw {
        RawPeriod::Day => Period::Day,
        RawPeriod::Week => Period::Week,
        RawPeriod::Month => Period::Month,
        RawPeriod::Quarter => Period::Quarter,
    }
}

fn output(raw: &RawOutput, name: &str, base: &Path, mistakes: &mut Vec<Mistake>) -> Output {
    let known = TABLE_NAMES;
    for (i, table) in raw.tables.iter().flatten().enumerate() {
        if !known.contains(&table.as_str()) {
            let path = ["output".to_owned(), "tables".to_owned(), i.to_string()];
            mistakes.push(
                Mistake::new(path, format!("unknown table `{table}`")).did_you_mean(table, known.iter().copied()),
            );
        }
    }
    for table in raw.columns.keys() {
        if !known.contains(&table.as_str()) {
            let mistake = Mistake::new(["output", "columns", table], format!("unknown table `{table}`")).at_key();
            mistakes.push(mistake.did_you_mean(table, known.iter().copied()));
        }
    }
    let dir = raw.dir.clone().unwrap_or_else(|| format!("out/{name}"));
    let dir = values::expand(&dir).unwrap_or_else(|problem| {
        mistakes.push(Mistake::new(["output", "dir"], problem));
        String::new()
    });
    Output {
        dir: paths::tidy(&base.join(dir)),
        format: raw.format,
        tables: raw.tables.clone().unwrap_or_else(|| known.iter().map(|&name| name.to_owned()).collect()),
        columns: raw.columns.clone(),
    }
}
