//! Size and power of a study's tests on its own panel (Brown & Warner 1980, 1985).
//!
//! A draw takes events that follow one another, moves their days 0 together to days without an event,
//! and estimates and tests them as the study would. How often a test rejects there is its size; how
//! often it does after an effect was added to day 0, its power.

pub mod calibrate;
pub mod chart;
pub mod note;
mod replicate;
mod tally;

use std::sync::atomic::AtomicBool;

use dayzero_model::pseudo_events::{FARTHEST, Pool};
use rayon::prelude::*;

use crate::config::Study;
use crate::finished::Finished;
use crate::load;
use crate::manifest::{self, Manifest};
use crate::output::Staging;
use crate::pipeline::{self, Clock};
use crate::prepare::Ground;
use crate::progress::Progress;
use crate::tables::rejections;
use crate::{Failure, ledger, moved};

use note::SimulationNote;
use replicate::{Field, Replication};
pub use tally::{LEVELS, Tally};

/// What to simulate.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Draws.
    pub draws: usize,
    /// Pseudo-events of a draw.
    pub events: usize,
    /// Effects that are added to day 0; the first is zero.
    pub effects: Vec<f64>,
    /// By what the variance of the abnormal part of day 0 is multiplied.
    pub variance: f64,
}

/// Name of the chart.
const CHART: &str = crate::table_names::CHART_NAMES[0];

/// Draws that are evaluated before their rejections are counted: bounds what is held at once.
const BATCH: usize = 256;

/// Simulates and writes what was found.
///
/// # Errors
/// The inputs cannot be used, they have too few events, or the outputs cannot be written.
pub fn run(study: &Study, plan: &Plan, overwrite: bool, progress: &Progress) -> Result<Manifest, Failure> {
    let staging = Staging::open(&study.output.dir, overwrite, &manifest::input_files(study))?;
    let mut clock = Clock::new();
    let rows = load::read(study)?;
    let read = rows.read().to_vec();
    let loaded = rows.assemble(study)?;
    clock.mark("load");
    let ledger = ledger::build(study, &loaded)?;
    let ground = Ground { loaded: &loaded, ledger: &ledger };
    let unestimated = Finished::unestimated(study, &loaded, &ledger);
    let prepared = pipeline::prepare(&unestimated)?;
    let pool = pool(study, plan, ground, "--events")?;
    clock.mark("align");
    let found = draw(&Field { study, plan, ground, prepared: &prepared, pool: &pool }, progress)?;
    clock.mark("simulate");
    let note = SimulationNote::new(study, plan, pool.len(), &found);
    let inputs = manifest::inputs(study, &read, &AtomicBool::new(true))?;
    let metadata = manifest::table_metadata(study, &inputs);
    clock.mark("fingerprint");
    let table = rejections::table(plan, &found.tallies);
    let tables = vec![staging.write(&table, study.output.format, &metadata)?];
    let described = pipeline::describe(&unestimated);
    let files = vec![staging.write_text(CHART, &chart::draw(&note, &described.specifications))?];
    clock.mark("write");
    let simulation = Some(note);
    let manifest = Manifest { inputs, tables, files, simulation, seconds: clock.seconds, ..described };
    staging.commit(&manifest)?;
    Ok(manifest)
}

/// The events from which draws are made; `option` is what the user calls their number.
fn pool<'a>(study: &Study, plan: &Plan, ground: Ground<'a>, option: &str) -> Result<Pool<'a>, Failure> {
    let Some((origins, quiet)) = moved::origins(study, ground) else {
        return Err(Failure::usage("the windows of the study are too far apart to be moved".to_owned()));
    };
    let origins = origins.into_iter().map(|(_, origin)| origin).collect();
    let pool = Pool::new(origins, &ground.ledger.events, quiet);
    if pool.len() < plan.events {
        return Err(Failure::usage(format!(
            "{option} {}: only {} of {} events can be moved by up to {FARTHEST} trading days to days on which the \
             security has returns and no event of its own within {quiet}\n  help: fewer of them, or a shorter event window",
            plan.events,
            pool.len(),
            ground.ledger.candidates.len(),
        )));
    }
    Ok(pool)
}

/// What the draws found.
pub struct Found {
    /// Rejections by effect, specification, window, measure and test.
    pub tallies: Vec<Tally>,
    /// Real events that lay between those of a draw and could not be moved with them, over all draws.
    pub passed_over: usize,
    /// Draws with fewer events than asked for.
    pub short: usize,
    /// By specification, pseudo-events without an estimate, over all draws.
    pub not_estimated: Vec<usize>,
}

fn draw(field: &Field<'_>, progress: &Progress) -> Result<Found, Failure> {
    let specifications = field.study.specifications.len();
    let mut found = Found { tallies: Vec::new(), passed_over: 0, short: 0, not_estimated: vec![0; specifications] };
    replicate_all(field, progress, "simulating", |replication| found.add(field.plan, replication))?;
    Ok(found)
}

/// Makes every draw in parallel and hands them on in their order.
fn replicate_all(
    field: &Field<'_>,
    progress: &Progress,
    what: &'static str,
    mut add: impl FnMut(&Replication),
) -> Result<(), Failure> {
    let draws: Vec<u64> = (0..field.plan.draws as u64).collect();
    progress.start(what, "draws", draws.len());
    for batch in draws.chunks(BATCH) {
        let one = |&number: &u64| {
            let replication = field.replicate(number);
            progress.advance(1);
            replication
        };
        // Collected in the order of the draws, whatever thread made them.
        for replication in batch.par_iter().map(one).collect::<Result<Vec<_>, _>>()? {
            add(&replication);
        }
    }
    progress.finish();
    Ok(())
}

impl Found {
    fn add(&mut self, plan: &Plan, replication: &Replication) {
        self.passed_over += replication.passed_over;
        self.short += usize::from(replication.short);
        for (total, missing) in self.not_estimated.iter_mut().zip(&replication.not_estimated) {
            *total += missing;
        }
        if self.tallies.is_empty() {
            let rows = replication.rows.iter().zip(&plan.effects);
            self.tallies =
                rows.flat_map(|(rows, &effect)| rows.iter().map(move |row| Tally::new(row, effect))).collect();
        }
        for (tally, row) in self.tallies.iter_mut().zip(replication.rows.iter().flatten()) {
            tally.add(row);
        }
    }
}
