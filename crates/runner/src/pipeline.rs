//! A study from its file to its tables.

use std::collections::BTreeMap;
use std::time::Instant;

use dayzero_loader::DataError;

use crate::config::Study;
use crate::estimate::{self, Designs};
use crate::finished::Finished;
use crate::infer::{self, Tested};
use crate::ledger::{self, Ledger};
use crate::load::{self, Loaded};
use crate::manifest::{self, Manifest};
use crate::output::Staging;
use crate::tables::{self, Table};
use crate::{Failure, findings};

/// Runs a study and writes its tables.
///
/// # Errors
/// The inputs cannot be used or the outputs cannot be written; earlier results are then untouched.
pub fn run(study: &Study, overwrite: bool) -> Result<Manifest, Failure> {
    let staging = Staging::open(&study.output.dir, overwrite, &manifest::input_files(study))?;
    let mut clock = Clock::new();
    let loaded = load::load(study)?;
    clock.mark("load");
    let ledger = ledger::build(study, &loaded);
    let designs = prepare(study, &loaded, &ledger)?;
    clock.mark("align");
    let finished = finish(study, &loaded, &ledger, &designs, &mut clock);
    let inputs = manifest::inputs(study)?;
    let metadata = manifest::table_metadata(study, &inputs);
    clock.mark("fingerprint");
    let mut written = Vec::new();
    for table in requested(study, &finished)? {
        written.push(staging.write(&table, study.output.format, &metadata)?);
    }
    clock.mark("write");
    let manifest = Manifest { inputs, tables: written, seconds: clock.seconds, ..describe(&finished) };
    staging.commit(&manifest)?;
    Ok(manifest)
}

/// Checks a study and its data: everything up to estimation.
///
/// # Errors
/// The inputs cannot be used.
pub fn check(study: &Study) -> Result<Manifest, Failure> {
    let mut clock = Clock::new();
    let loaded = load::load(study)?;
    clock.mark("load");
    let ledger = ledger::build(study, &loaded);
    prepare(study, &loaded, &ledger)?;
    let finished = Finished::unestimated(study, &loaded, &ledger);
    clock.mark("align");
    Ok(Manifest { seconds: clock.seconds, ..describe(&finished) })
}

/// The designs; also refuses columns that no table has, before the work begins.
fn prepare(study: &Study, loaded: &Loaded, ledger: &Ledger) -> Result<Vec<Designs>, Failure> {
    requested(study, &Finished::unestimated(study, loaded, ledger))?;
    let assembled = &loaded.assembled;
    estimate::designs(&assembled.panel, &study.specifications, &assembled.self_financed)
        .map_err(|unknown| DataError::new(format!("no column or security gives the factor `{}`", unknown.0)).into())
}

fn requested<'a>(study: &Study, finished: &'a Finished<'a>) -> Result<Vec<Table<'a>>, Failure> {
    tables::requested(finished).map_err(|mistake| study.document.error(&[mistake]).into())
}

/// Estimate, accumulate, finish.
fn finish<'a>(
    study: &'a Study,
    loaded: &'a Loaded,
    ledger: &'a Ledger,
    designs: &[Designs],
    clock: &mut Clock,
) -> Finished<'a> {
    let panel = &loaded.assembled.panel;
    let mut finished = Finished::unestimated(study, loaded, ledger);
    finished.results = estimate::estimate(panel, ledger, &study.specifications, designs);
    clock.mark("estimate");
    finished.averages = infer::all_averages(&finished.results, ledger, study.confidence);
    let correlated = study.tests.iter().any(|test| test.needs().mean_correlation);
    for (index, specification) in study.specifications.iter().enumerate() {
        let results = &finished.results[index];
        let cells = match correlated {
            true => estimate::residual_cells(panel, ledger, specification, &designs[index], results),
            false => Vec::new(),
        };
        let tested = Tested { index, specification, results, cells: &cells };
        finished.tests.extend(infer::tests(panel, ledger, &tested, &study.tests));
    }
    infer::adjust(&mut finished.tests, &study.adjustments, &study.tests);
    clock.mark("test");
    finished
}

/// What a manifest says of a study, but for its files and times.
fn describe(finished: &Finished<'_>) -> Manifest {
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
        cases: findings::cases(finished),
        tables: Vec::new(),
        notes: findings::notes(finished),
        threads: rayon::current_num_threads(),
        seconds: BTreeMap::new(),
    }
}

/// Seconds per phase.
struct Clock {
    last: Instant,
    seconds: BTreeMap<String, f64>,
}

impl Clock {
    fn new() -> Self {
        Self { last: Instant::now(), seconds: BTreeMap::new() }
    }

    fn mark(&mut self, phase: &str) {
        let now = Instant::now();
        self.seconds.insert(phase.to_owned(), (now - self.last).as_secs_f64());
        self.last = now;
    }
}
