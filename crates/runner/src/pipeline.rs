//! A study from its file to its tables.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use dayzero_model::differences::DIFFERENCES;
use dayzero_model::event_time::Layout;
use dayzero_model::results::Results;
use dayzero_model::significance::Needs;

use crate::backtest::note;
use crate::config::Study;
use crate::estimate;
use crate::files::Files;
use crate::finished::Finished;
use crate::infer::{self, Examined, TestRow};
use crate::ledger;
use crate::load::{self, Loaded};
use crate::manifest::{self, Input, Manifest};
use crate::moved::{self, Permuted};
use crate::output::Staging;
use crate::performance::luck;
use crate::prepare::{self, Ground, Prepared};
use crate::progress::Progress;
use crate::simulate::calibrate;
use crate::tables::{self, Table};
use crate::{
    Failure, adjust, backtest, differences, findings, influence, longrun, performance, regressions, residuals,
};

/// Runs a study and writes its tables.
///
/// # Errors
/// The inputs cannot be used or the outputs cannot be written; earlier results are then untouched.
pub fn run(study: &Study, overwrite: bool, progress: &Progress) -> Result<Manifest, Failure> {
    let staging = Staging::open(&study.output.dir, overwrite, &manifest::input_files(study))?;
    let mut clock = Clock::new();
    let (loaded, inputs) = load_and_fingerprint(study)?;
    clock.mark("load");
    let ledger = ledger::build(study, &loaded)?;
    let ground = Ground { loaded: &loaded, ledger: &ledger };
    let mut finished = Finished::unestimated(study, &loaded, &ledger);
    let prepared = prepare(&finished)?;
    clock.mark("align");
    finished.placebos = calibrate::calibrate(study, ground, &prepared, progress)?;
    clock.mark("calibrate");
    let mut files = Files::open(study, &staging, &finished, manifest::table_metadata(study, &inputs))?;
    let unwritten = estimate_in_batches(ground, &prepared, progress, &mut finished, &mut files)?;
    clock.mark("estimate");
    finish(ground, &prepared, progress, &mut clock, &mut finished)?;
    let written = files.finish(&finished, unwritten)?;
    clock.mark("write");
    let manifest = Manifest { inputs, tables: written, seconds: clock.seconds, ..describe(&finished) };
    drop((finished, prepared));
    // Earlier tables and memory are given back side by side: each takes a while where there is much.
    rayon::join(|| staging.commit(&manifest), || drop((ledger, loaded))).0?;
    Ok(manifest)
}

/// What is read, and the fingerprints of the files, which do not keep an error in them waiting.
fn load_and_fingerprint(study: &Study) -> Result<(Loaded, Vec<Input>), Failure> {
    let rows = load::read(study)?;
    let (read, needed) = (rows.read().to_vec(), AtomicBool::new(true));
    let assemble = || rows.assemble(study).inspect_err(|_| needed.store(false, Ordering::Relaxed));
    let (loaded, inputs) = rayon::join(assemble, || manifest::inputs(study, &read, &needed));
    Ok((loaded?, inputs?))
}

/// Checks a study and its data: everything up to estimation.
///
/// # Errors
/// The inputs cannot be used.
pub fn check(study: &Study) -> Result<Manifest, Failure> {
    let mut clock = Clock::new();
    let loaded = load::load(study)?;
    clock.mark("load");
    let ledger = ledger::build(study, &loaded)?;
    let finished = Finished::unestimated(study, &loaded, &ledger);
    prepare(&finished)?;
    clock.mark("align");
    Ok(Manifest { seconds: clock.seconds, ..describe(&finished) })
}

/// What the models need; also refuses columns that no table has, before the work begins.
pub(crate) fn prepare(unestimated: &Finished<'_>) -> Result<Vec<Prepared>, Failure> {
    let Finished { study, loaded, ledger, .. } = unestimated;
    requested(study, unestimated)?;
    Ok(prepare::prepare(study, Ground { loaded, ledger })?)
}

pub(crate) fn requested<'a>(study: &Study, finished: &'a Finished<'a>) -> Result<Vec<Table<'a>>, Failure> {
    tables::requested(finished).map_err(|mistake| study.document.error(&[mistake]).into())
}

/// Estimates every event, and writes what is made of single events while the next specifications are estimated;
/// returns the last specifications, which are not written yet.
fn estimate_in_batches(
    ground: Ground<'_>,
    prepared: &[Prepared],
    progress: &Progress,
    finished: &mut Finished<'_>,
    files: &mut Files<'_>,
) -> Result<Range<usize>, Failure> {
    let (study, events) = (finished.study, ground.ledger.candidates.len());
    let estimate = |which: Range<usize>| estimate::estimate(study, ground, prepared, which, progress);
    progress.start("estimating", "events", events * study.specifications.len());
    let batches = estimate::batches(study, events);
    let mut results = batches.first().cloned().map(estimate).unwrap_or_default();
    for (index, batch) in batches.iter().enumerate() {
        finished.take(batch.start, results);
        for specification in batch.clone() {
            let cases = findings::cases(finished, specification);
            finished.cases.extend(cases);
        }
        let Some(next) = batches.get(index + 1).cloned() else { break };
        let (written, estimated) = rayon::join(|| files.add(finished, batch.clone()), || estimate(next));
        written?;
        results = estimated;
        if estimate::is_forgettable(study) {
            batch.clone().for_each(|specification| finished.forget_numbers(specification));
        }
    }
    progress.finish();
    Ok(batches.last().cloned().unwrap_or_default())
}

/// Accumulate, finish.
fn finish(
    ground: Ground<'_>,
    prepared: &[Prepared],
    progress: &Progress,
    clock: &mut Clock,
    finished: &mut Finished<'_>,
) -> Result<(), Failure> {
    let study = finished.study;
    if study.output.writes("averages") {
        finished.averages = infer::all_averages(&finished.results, ground.ledger, study.confidence);
    }
    let permuted = moved::permute(study, ground, prepared, &finished.results, progress)?;
    clock.mark("permute");
    for (index, (prepared, permuted)) in prepared.iter().zip(&permuted).enumerate() {
        let estimated = Estimated { index, prepared, results: &finished.results[index], permuted: Some(permuted) };
        finished.tests.extend(test(study, ground, &estimated, true));
    }
    let names: Vec<&str> =
        study.tests.iter().map(|test| test.name()).chain(DIFFERENCES.iter().map(|t| t.name())).collect();
    adjust::adjust(&mut finished.tests, &study.adjustments, &names);
    if !study.tests.is_empty() || study.output.writes("influence") {
        finished.influence = influence::influence(finished);
    }
    clock.mark("test");
    if study.output.writes("calendar_time") {
        finished.calendar_time = longrun::calendar_time(study, ground, prepared, &finished.results);
    }
    if study.output.writes("rats") {
        finished.rats = longrun::rats(study, ground, prepared, &finished.results);
    }
    clock.mark("long run");
    if study.output.writes("regressions") {
        finished.regressions = regressions::regressions(study, ground, &finished.results);
    }
    clock.mark("regress");
    finished.backtest = backtest::backtest(study, ground, &finished.results);
    clock.mark("trade");
    finished.performance =
        finished.backtest.as_ref().and_then(|traded| performance::performance(study, ground, traded));
    clock.mark("measure");
    Ok(())
}

/// One specification, estimated.
pub(crate) struct Estimated<'a> {
    /// Its number.
    pub(crate) index: usize,
    /// What it needs.
    pub(crate) prepared: &'a Prepared,
    /// Its results.
    pub(crate) results: &'a Results,
    /// Its moved events, where there are any.
    pub(crate) permuted: Option<&'a Permuted>,
}

/// Every test of one specification, with what the tests need beyond the results.
pub(crate) fn test(study: &Study, ground: Ground<'_>, estimated: &Estimated<'_>, single_days: bool) -> Vec<TestRow> {
    let Estimated { index, prepared, results, permuted } = *estimated;
    if study.tests.is_empty() && ground.ledger.differences.is_empty() {
        return Vec::new();
    }
    let needs = Needs::of(&study.tests).or(differences::needs(ground.ledger));
    let layout = Layout::new(&study.specifications[index], results, &ground.ledger.groups, needs);
    let sums = residuals::residual_sums(ground, prepared, &layout);
    infer::tests(study, ground, &Examined { index, layout: &layout, sums: &sums, permuted, single_days })
}

/// What a manifest says of a study, but for its files and times.
pub(crate) fn describe(finished: &Finished<'_>) -> Manifest {
    let study = finished.study;
    Manifest {
        name: study.name.clone(),
        version: env!("CARGO_PKG_VERSION").into(),
        seed: study.seed,
        config: study.resolved.clone(),
        inputs: Vec::new(),
        markets: manifest::market_spans(finished),
        outcomes: manifest::count_outcomes(finished),
        specifications: manifest::specification_notes(finished),
        headline: findings::headline(finished),
        cases: finished.cases.clone(),
        warnings: findings::warnings(finished),
        simulation: None,
        strategies: note::strategy_notes(finished),
        luck: finished.performance.as_ref().map_or(Vec::new(), |found| luck::sentences(study, found)),
        tables: Vec::new(),
        files: Vec::new(),
        notes: findings::notes(finished),
        threads: rayon::current_num_threads(),
        seconds: BTreeMap::new(),
    }
}

/// Seconds per phase.
pub(crate) struct Clock {
    last: Instant,
    pub(crate) seconds: BTreeMap<String, f64>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { last: Instant::now(), seconds: BTreeMap::new() }
    }

    pub(crate) fn mark(&mut self, phase: &str) {
        let now = Instant::now();
        self.seconds.insert(phase.to_owned(), (now - self.last).as_secs_f64());
        self.last = now;
    }
}
