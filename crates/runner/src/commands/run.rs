//! `dayzero run` and `dayzero check`.

use std::collections::BTreeMap;

use dayzero_model::Outcome;
use rayon::ThreadPoolBuilder;

use super::print;
use crate::cli::{RunArgs, StudyArgs};
use crate::config::{self, Study};
use crate::manifest::{ALIGNED, Manifest};
use crate::progress::Progress;
use crate::{Failure, pipeline, summary};

pub(super) fn run(args: &RunArgs) -> Result<(), Failure> {
    let mut study = load(&args.study)?;
    if let Some(out) = &args.out {
        study.output.dir.clone_from(out);
    }
    let progress = if args.quiet { Progress::hidden() } else { Progress::on_stderr() };
    let manifest = in_pool(&study, || match args.dry_run {
        true => pipeline::check(&study),
        false => pipeline::run(&study, args.overwrite, &progress),
    })?;
    if !args.quiet {
        print(&summary::render(&manifest, (!args.dry_run).then_some(study.output.dir.as_path())))?;
    }
    if args.verbose {
        eprintln!("{} threads", manifest.threads);
        for (phase, seconds) in &manifest.seconds {
            eprintln!("{seconds:8.3} s  {phase}");
        }
    }
    let unused = not_fully_used(&manifest);
    if manifest.uses_no_event() {
        eprintln!("warning: no event can be used; every event's outcome and reason stand in the table `events`");
    }
    if args.strict && unused > 0 { Err(Failure::Strict(unused)) } else { Ok(()) }
}

/// Events that some specification does not fully use. What the filter leaves out was asked for.
fn not_fully_used(manifest: &Manifest) -> usize {
    let intended = [Outcome::Ok.code(), Outcome::Filtered.code(), ALIGNED];
    let unused = |outcomes: &BTreeMap<String, usize>| -> usize {
        outcomes.iter().filter(|(code, _)| !intended.contains(&code.as_str())).map(|(_, count)| count).sum()
    };
    manifest.specifications.iter().map(|specification| unused(&specification.outcomes)).max().unwrap_or_default()
}

pub(super) fn check(args: &StudyArgs) -> Result<(), Failure> {
    let study = load(args)?;
    let manifest: Manifest = in_pool(&study, || pipeline::check(&study))?;
    print(&summary::render(&manifest, None))
}

pub(super) fn load(args: &StudyArgs) -> Result<Study, Failure> {
    let mut study = config::load(&args.study, &args.set)?;
    if let Some(threads) = args.threads {
        study.threads = threads;
    }
    Ok(study)
}

/// More threads than any machine has cores would only wait for each other.
const MOST_THREADS: usize = 1024;

pub(super) fn in_pool<T: Send>(study: &Study, work: impl FnOnce() -> Result<T, Failure> + Send) -> Result<T, Failure> {
    if study.threads > MOST_THREADS {
        let problem = format!("{} threads are too many: at most {MOST_THREADS}, 0 for all cores", study.threads);
        return Err(Failure::usage(problem));
    }
    let pool = ThreadPoolBuilder::new().num_threads(study.threads).build();
    pool.map_err(|error| Failure::Other(format!("cannot start {} threads: {error}", study.threads)))?.install(work)
}
