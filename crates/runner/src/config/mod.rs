//! STUDY.toml: from text to a checked [`Study`], through one door.
//!
//! The text becomes a tree in which every value knows its place ([`document`]); the tree is held
//! against the schema of [`raw::RawStudy`] ([`check`]), so that unknown keys and wrong types are all
//! found at once; what remains is checked for sense by [`study`]. After that nothing re-checks.

mod check;
mod document;
mod inputs;
pub mod raw;
mod specifications;
pub mod study;

use std::path::Path;

pub use document::{ConfigError, Mistake};
pub use study::Study;

/// Loads a study file, with `--set key=value` edits on top.
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn load(path: &Path, edits: &[String]) -> Result<Study, ConfigError> {
    let document = document::Document::read(path, edits)?;
    let schema = schema();
    let mistakes = check::against_schema(&document, &schema);
    if !mistakes.is_empty() {
        return Err(document.error(&mistakes));
    }
    let raw: raw::RawStudy = serde_json::from_value(document.to_json())
        .map_err(|error| document.error(&[Mistake::new(Vec::<String>::new(), error.to_string())]))?;
    let base = path.parent().unwrap_or(Path::new(""));
    study::check(raw, base).map_err(|mistakes| document.error(&mistakes))
}

/// The JSON schema of STUDY.toml.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(raw::RawStudy).to_value()
}
