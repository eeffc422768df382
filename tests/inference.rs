//! Inference beyond one test of one group, as a user meets it.

use crate::support::{Case, STUDY};

mod differences;
mod permutation;
mod step_down;

/// The usual data under a study with these sections and settings of `[study]`.
fn case(study: &str, sections: &str) -> Case {
    Case::with(&STUDY.replace("[study]", &format!("{sections}\n\n[study]\n{study}")))
}
