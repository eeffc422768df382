//! `dayzero list`: the registries, for people.

use dayzero_model::differences::DIFFERENCES;
use dayzero_model::expected::MODELS;
use dayzero_model::significance::TESTS;

use super::print;
use crate::Failure;
use crate::cli::Listed;
use crate::sizes;
use crate::terminal::{lines, plain_table};

pub(super) fn list(what: Listed) -> Result<(), Failure> {
    let mut table = plain_table();
    match what {
        Listed::Models => MODELS.iter().for_each(|m| {
            table.add_row([m.name(), m.summary(), m.reference()]);
        }),
        Listed::Tests => {
            TESTS.iter().for_each(|t| {
                table.add_row([t.name(), t.summary(), t.reference(), &size(t.name())]);
            });
            DIFFERENCES.iter().for_each(|t| {
                table.add_row([t.name(), t.summary(), t.reference(), &size(t.name())]);
            });
        }
    }
    print(&lines(&table))
}

/// Where a test does not keep its size.
fn size(test: &str) -> String {
    match sizes::broken(test) {
        None => "size not measured".into(),
        Some(worst) if worst.is_empty() => "keeps its size in every simulated design".into(),
        Some(_) => format!("at 5 % rejects too often: {}", sizes::told(test)),
    }
}
