//! `manifest.json`: how a run came about and what it found, for people and for `show`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use arrow::datatypes::Field;
use dayzero_loader::columns::value_type;
use dayzero_loader::fingerprint::{self, Covered, Fingerprint};
use dayzero_loader::paths::InputFile;
use dayzero_loader::{BenchmarkSource, DataError};
use dayzero_model::expected::Regressor;
use dayzero_model::{Outcome, Response};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::backtest::note::StrategyNote;
use crate::config::Study;
use crate::findings::{Case, Headline};
use crate::finished::Finished;
use crate::simulate::note::SimulationNote;

/// Name of the file.
pub const MANIFEST: &str = "manifest.json";

/// What `check` counts as: an event with a day 0 that only estimation can judge further.
pub const ALIGNED: &str = "aligned";

/// A finished run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Name of the study.
    pub name: String,
    /// Version of the program.
    pub version: String,
    /// The seed of every random draw.
    pub seed: u64,
    /// The configuration with every default filled in.
    pub config: serde_json::Value,
    /// The input files with their fingerprints.
    pub inputs: Vec<Input>,
    /// The markets with their calendars.
    pub markets: Vec<MarketSpan>,
    /// Input events by outcome; they add up to all of them.
    pub outcomes: BTreeMap<String, usize>,
    /// The specifications in a few words, with their outcomes.
    pub specifications: Vec<SpecificationNote>,
    /// Mean CAR of the declared windows with the p-value of the headline test.
    pub headline: Vec<Headline>,
    /// Every event on its own, where there are few.
    pub cases: Vec<Case>,
    /// The strategies of a backtest, with what became of the events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strategies: Vec<StrategyNote>,
    /// What luck alone would have found among the strategies, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub luck: Vec<String>,
    /// What a reader of the results should know: single events or periods that decide them, and tests that do
    /// not keep their size.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What a simulation found, where this is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulation: Option<SimulationNote>,
    /// The tables.
    pub tables: Vec<WrittenTable>,
    /// Files beside them, such as charts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// What was left out of the inputs.
    pub notes: Vec<String>,
    /// Threads that were used.
    pub threads: usize,
    /// Seconds per phase.
    pub seconds: BTreeMap<String, f64>,
}

/// An input file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Input {
    /// Where it was.
    pub path: PathBuf,
    /// Size of the file.
    #[serde(default)]
    pub bytes: u64,
    /// How many of its bytes the hash covers: all, or those that were read where they are less than half.
    #[serde(default)]
    pub hashed: u64,
    /// BLAKE3 of these bytes in the order of the file, as hexadecimal digits.
    pub blake3: String,
}

/// A market's calendar.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MarketSpan {
    /// Name.
    pub name: String,
    /// Trading days.
    pub days: usize,
    /// First trading day.
    pub first: String,
    /// Last trading day.
    pub last: String,
    /// Securities with prices.
    pub securities: usize,
}

/// A specification in a few words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SpecificationNote {
    /// Number.
    pub spec_id: usize,
    /// As in `market, simple returns, [-250, -11]`.
    pub label: String,
    /// Input events by outcome.
    pub outcomes: BTreeMap<String, usize>,
}

/// A table that was written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WrittenTable {
    /// Name.
    pub name: String,
    /// File in the output directory.
    pub file: String,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: Vec<WrittenColumn>,
}

/// A column of a table that was written. Not every file format can say what its columns are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WrittenColumn {
    /// Name.
    pub name: String,
    /// Arrow's name of its type.
    #[serde(rename = "type")]
    pub data_type: String,
    /// What it is.
    pub description: String,
}

impl WrittenColumn {
    /// What is known of a field.
    pub fn new(field: &Field) -> Self {
        let value = value_type(field.data_type());
        let description = field.metadata().get("description").cloned().unwrap_or_default();
        Self { name: field.name().clone(), data_type: value.to_string(), description }
    }
}

impl Manifest {
    /// Whether every event was left out.
    pub fn uses_no_event(&self) -> bool {
        let estimated = Outcome::ALL.into_iter().filter(|outcome| outcome.is_estimated()).map(Outcome::code);
        !estimated.chain([ALIGNED]).any(|code| self.outcomes.contains_key(code))
    }

    /// Reads the manifest of an output directory.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn read(dir: &Path) -> Result<Self, Failure> {
        let path = dir.join(MANIFEST);
        let failed = |error: &dyn std::fmt::Display| {
            Failure::Other(format!("{} holds no finished run: {}: {error}", dir.display(), path.display()))
        };
        let text = std::fs::read_to_string(&path).map_err(|e| failed(&e))?;
        serde_json::from_str(&text).map_err(|e| failed(&e))
    }
}

/// Every input file of a study once, in the order of its sections.
pub fn input_files(study: &Study) -> Vec<&InputFile> {
    let benchmarks = study.markets.iter().flat_map(|market| match &market.benchmark {
        BenchmarkSource::Table { files, .. } => files.as_slice(),
        BenchmarkSource::Security(_) => &[],
    });
    let sections = study
        .prices
        .files
        .iter()
        .chain(&study.events.files)
        .chain(&study.factors.files)
        .chain(&study.characteristics.files);
    let figures = study.backtest.as_ref().and_then(|backtest| backtest.figures.as_ref()?.table());
    let sections = sections.chain(benchmarks).chain(figures.map_or(&[][..], |figures| &figures.files));
    let mut seen = HashSet::new();
    sections.filter(|file| seen.insert(&file.path)).collect()
}

/// Fingerprints of every input file of a study, in the order of its sections, as long as they are needed. Of files
/// of which only a part was read, it may be that part.
///
/// # Errors
/// A file cannot be read, or the fingerprints are not needed any more.
pub fn inputs(study: &Study, read: &[Covered], needed: &AtomicBool) -> Result<Vec<Input>, DataError> {
    let read: HashMap<&Path, &Covered> = read.iter().map(|file| (file.path(), file)).collect();
    let files = input_files(study).into_iter().map(|file| file.path.as_path());
    let covered: Vec<Covered> =
        files.map(|path| read.get(path).map_or_else(|| Covered::whole(path), |&part| part.clone())).collect();
    let fingerprints = fingerprint::of_files(&covered, needed)?;
    let input = |(file, fingerprint): (Covered, Fingerprint)| Input {
        path: file.path().to_owned(),
        bytes: fingerprint.bytes,
        hashed: fingerprint.hashed,
        blake3: fingerprint.blake3,
    };
    Ok(covered.into_iter().zip(fingerprints).map(input).collect())
}

/// The metadata of every table file: nothing in it varies between runs of one study on one input.
pub fn table_metadata(study: &Study, inputs: &[Input]) -> String {
    let fingerprints: Vec<&str> = inputs.iter().map(|input| input.blake3.as_str()).collect();
    serde_json::json!({
        "name": study.name,
        "version": env!("CARGO_PKG_VERSION"),
        "seed": study.seed,
        "config": study.resolved,
        "inputs": fingerprints,
    })
    .to_string()
}

/// Input events by outcome.
pub fn count_outcomes(finished: &Finished<'_>) -> BTreeMap<String, usize> {
    count(finished.overall_outcomes())
}

fn count(outcomes: impl Iterator<Item = Option<Outcome>>) -> BTreeMap<String, usize> {
    let (mut aligned, mut counts) = (0, Outcome::ALL.map(|outcome| (outcome.code(), 0)));
    for outcome in outcomes {
        let count = outcome.map_or(&mut aligned, |outcome| &mut counts[outcome as usize].1);
        *count += 1;
    }
    let all = counts.into_iter().chain([(ALIGNED, aligned)]);
    all.filter(|(_, count)| *count > 0).map(|(code, count)| (code.to_owned(), count)).collect()
}

/// The specifications in a few words, with their outcomes.
pub fn specification_notes(finished: &Finished<'_>) -> Vec<SpecificationNote> {
    let note = |spec_id: usize| {
        let specification = finished.specification(spec_id);
        SpecificationNote { spec_id, label: label(specification), outcomes: count(finished.outcomes(spec_id)) }
    };
    (0..finished.study.specifications.len()).into_par_iter().map(note).collect()
}

fn label(specification: &dayzero_model::Specification) -> String {
    let recipe = &specification.recipe;
    let factors: Vec<String> = recipe.regressors.iter().map(Regressor::name).collect();
    let model = match (specification.model.name(), specification.options.as_str()) {
        ("factors", _) => format!("factors ({})", factors.join(", ")),
        (name, "") => name.to_owned(),
        (name, options) => format!("{name} ({options})"),
    };
    let excess = if recipe.excess { ", excess returns" } else { "" };
    let response = match specification.response {
        Response::Return => String::new(),
        other => format!(", {}", other.name()),
    };
    format!(
        "{model}{excess}{response}, {} returns, estimation {}, event window {}",
        specification.returns.name(),
        specification.estimation,
        specification.event
    )
}

/// The markets with their calendars.
pub fn market_spans(finished: &Finished<'_>) -> Vec<MarketSpan> {
    let panel = &finished.loaded.assembled.panel;
    let span = |(index, market): (usize, &dayzero_model::Market)| MarketSpan {
        name: market.name.clone(),
        days: market.calendar.len(),
        first: market.calendar.first().to_string(),
        last: market.calendar.last().to_string(),
        securities: panel.securities().iter().filter(|security| security.market == index).count(),
    };
    panel.markets.iter().enumerate().map(span).collect()
}
