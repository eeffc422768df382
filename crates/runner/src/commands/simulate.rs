//! `dayzero simulate`.

use super::print;
use super::run::{in_pool, load};
use crate::cli::SimulateArgs;
use crate::progress::Progress;
use crate::simulate::{self, Plan};
use crate::{Failure, summary};

/// Resamples of the tests that resample, at most: a p-value of three digits is enough to be held against
/// 1 %, and every draw needs its own.
const MOST_RESAMPLES: usize = 999;

pub(super) fn simulate(args: &SimulateArgs) -> Result<(), Failure> {
    let plan = plan(args)?;
    let mut study = load(&args.study)?;
    study.bootstrap = study.bootstrap.min(MOST_RESAMPLES);
    study.output.dir = match &args.out {
        Some(out) => out.clone(),
        None => {
            let mut name = study.output.dir.file_name().unwrap_or_default().to_owned();
            name.push("-simulate");
            study.output.dir.with_file_name(name)
        }
    };
    if let Some(specification) = study.specifications.iter().find(|s| !(s.event.first()..=s.event.last()).contains(&0))
    {
        let problem = format!("the event window {} has no day 0, where the effects are", specification.event);
        return Err(Failure::usage(problem));
    }
    let progress = if args.quiet { Progress::hidden() } else { Progress::on_stderr() };
    let manifest = in_pool(&study, || simulate::run(&study, &plan, args.overwrite, &progress))?;
    if !args.quiet {
        print(&summary::render(&manifest, Some(&study.output.dir)))?;
    }
    Ok(())
}

/// The plan of the command line. The size is measured whatever the effects are.
fn plan(args: &SimulateArgs) -> Result<Plan, Failure> {
    let mut effects = vec![0.0];
    for &effect in &args.effects {
        if !(-1.0..=1.0).contains(&effect) {
            return Err(Failure::usage(format!("--effects {effect}: decimals from -1 to 1 are needed, as in 0.01")));
        }
        if !effects.contains(&effect) {
            effects.push(effect);
        }
    }
    if !(f64::MIN_POSITIVE..=1000.0).contains(&args.variance) {
        let problem = format!("--variance {}: a factor above 0 and up to 1000 is needed", args.variance);
        return Err(Failure::usage(problem));
    }
    Ok(Plan { draws: args.draws as usize, events: args.events as usize, effects, variance: args.variance })
}
