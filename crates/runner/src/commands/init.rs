//! `dayzero init`: a study to start from.

use std::path::Path;

use dayzero_model::simulate::{Plan, SEASON};

use super::{print, synth};
use crate::Failure;

const STUDY: &str = include_str!("init.toml");

pub(super) fn init(dir: &Path) -> Result<(), Failure> {
    let (study, data) = (dir.join("study.toml"), dir.join("data"));
    for path in [&study, &data] {
        if path.exists() {
            return Err(Failure::usage(format!("{} exists; name an empty directory", path.display())));
        }
    }
    let plan = Plan {
        markets: vec!["US"],
        securities: 40,
        days: 410,
        events: 80,
        effect: 0.03,
        clustering: 0.8,
        season: SEASON,
        correlation: 0.05,
        tails: None,
        seed: 1,
    };
    synth::write_plan(&data, &plan)?;
    std::fs::write(&study, STUDY).map_err(|e| Failure::Other(format!("cannot write {}: {e}", study.display())))?;
    print(&format!("{} is ready; run it with\n\n    dayzero run {}\n", study.display(), study.display()))
}
