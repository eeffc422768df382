//! The checked study: after this nothing re-checks what the user wrote.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dayzero_loader::events::EventSource;
use dayzero_loader::paths;
use dayzero_loader::{CharacteristicSource, FactorSource, MarketSource, PriceSource};
use dayzero_model::longrun::CalendarTime;
use dayzero_model::period::Period;
use dayzero_model::sample::Tested;
use dayzero_model::significance::TestStatistic;
use dayzero_model::{Measure, Specification};

use super::backtest::{self, Backtest};
use super::document::Document;
use super::mistake::Mistake;
use super::raw::{Duplicates, Format, MultipleTesting, RawOutput, RawStudy};
use super::regressions::{self, Regression};
use super::{inference, inputs, longrun, markets, specifications, values};
use crate::table_names::{BACKTEST_TABLE_NAMES, TABLE_NAMES};

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
    /// The events traded as a strategy.
    pub backtest: Option<Backtest>,
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
    /// Most bytes that price rows and the panel may take.
    pub memory: Option<u64>,
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
    let backtest = backtest::backtest(&raw, &specifications, base, &mut mistakes);
    let numbers = backtest.iter().flat_map(backtest::columns).cloned().collect();
    let events = inputs::events(&raw.events, &regressions, numbers, base, &mut mistakes);
    let measures = inputs::measures(&specifications, backtest.as_ref());
    let prices = inputs::prices(&raw.prices, &measures, base, &mut mistakes);
    let characteristics = inputs::characteristics(&raw, &specifications, base, &mut mistakes);
    let calendar_time = longrun::calendar_time(&raw, &specifications, &mut mistakes);
    let tested = inference::tested(&raw.inference, &mut mistakes);
    inference::differences(&raw.inference, &mut mistakes);
    let factors = inputs::factors(&raw, &specifications, base, &mut mistakes);
    let tests = inference::tests(&raw.study.tests, &mut mistakes);
    if !(raw.inference.confidence > 0.0 && raw.inference.confidence < 1.0) {
        mistakes.push(Mistake::new(["inference", "confidence"], "a confidence lies between 0 and 1, as in 0.95"));
    }
    let memory = raw.run.memory.as_deref().and_then(|text| values::size(text, &["run", "memory"], &mut mistakes));
    let output = output(&raw, base, &mut mistakes);
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
        measures,
        specifications,
        tests,
        tested,
        bootstrap: raw.inference.bootstrap,
        permutations: raw.inference.permutations,
        cluster: inference::cluster(raw.inference.cluster),
        calendar_time,
        regressions,
        backtest,
        calibrate: Calibrate { draws: raw.inference.calibrate, events: raw.inference.calibrate_events },
        variants: raw.inference.variants.chosen(),
        confidence: raw.inference.confidence,
        adjustments: raw.inference.multiple_testing,
        differences: raw.inference.differences,
        threads: raw.run.threads,
        memory,
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

fn output(study: &RawStudy, base: &Path, mistakes: &mut Vec<Mistake>) -> Output {
    let (raw, name): (&RawOutput, _) = (&study.output, &study.name);
    let known = TABLE_NAMES;
    let traded = |table: &str| BACKTEST_TABLE_NAMES.contains(&table);
    for (i, table) in raw.tables.iter().flatten().enumerate() {
        let path = ["output".to_owned(), "tables".to_owned(), i.to_string()];
        if traded(table) && study.backtest.is_none() {
            let problem = format!("the table `{table}` is of a backtest, and there is no [backtest]");
            mistakes.push(Mistake::new(path, problem));
        } else if !known.contains(&table.as_str()) {
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
        tables: raw.tables.clone().unwrap_or_else(|| {
            let written = known.iter().filter(|table| study.backtest.is_some() || !traded(table));
            written.map(|&name| name.to_owned()).collect()
        }),
        columns: raw.columns.clone(),
    }
}
