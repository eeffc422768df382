//! STUDY.toml: from text to a checked [`Study`], through one door.
//!
//! The text becomes a tree in which every value knows its place (`document`); the tree is held
//! against the schema of [`raw::RawStudy`] (`check`), so that unknown keys and wrong types are all
//! found at once; what remains is checked for sense by [`study`]. After that nothing re-checks.

pub mod backtest;
mod check;
mod document;
mod inference;
mod inputs;
mod longrun;
mod markets;
mod mistake;
mod models;
pub mod raw;
pub mod regressions;
mod specifications;
pub mod study;
mod values;

use std::path::Path;
use std::sync::Arc;

use dayzero_model::expected::MODELS;
use dayzero_model::significance::TESTS;

pub use document::Document;
pub use mistake::{ConfigError, Mistake};
pub use study::Study;

use crate::table_names::TABLE_NAMES;

/// Loads a study file, with `--set key=value` edits on top.
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn load(path: &Path, edits: &[String]) -> Result<Study, ConfigError> {
    let document = Arc::new(Document::read(path, edits)?);
    let schema = schema();
    let mut departures = check::against_schema(&document, &schema);
    if let Some(json) = departures.sound.take() {
        // Unknown keys apart, the study can be checked for sense too, so that all is said at once.
        let base = path.parent().unwrap_or(Path::new(""));
        match serde_json::from_value(json).map(|raw: raw::RawStudy| study::check(raw, base, &document)) {
            Ok(Ok(study)) if departures.mistakes.is_empty() => return Ok(study),
            Ok(Ok(_)) => {}
            Ok(Err(mistakes)) => departures.mistakes.extend(mistakes),
            Err(error) => departures.mistakes.push(Mistake::new(Vec::<String>::new(), error.to_string())),
        }
    }
    Err(document.error(&departures.mistakes))
}

/// The JSON schema of STUDY.toml, with the names of the registries for editors to complete.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(raw::RawStudy).to_value();
    let models: Vec<&str> = MODELS.iter().map(|model| model.name()).collect();
    let tests: Vec<&str> = TESTS.iter().map(|test| test.name()).collect();
    for (place, names) in [
        ("/$defs/RawModel/anyOf/0", models.as_slice()),
        ("/$defs/RawModelOptions/properties/name", models.as_slice()),
        ("/$defs/RawTests/anyOf/0", ["all"].as_slice()),
        ("/$defs/RawTests/anyOf/1/items", tests.as_slice()),
        ("/$defs/RawOutput/properties/tables/items", TABLE_NAMES),
    ] {
        if let Some(strings) = schema.pointer_mut(place).and_then(serde_json::Value::as_object_mut) {
            strings.insert("examples".into(), names.into());
        }
    }
    add_model_options(&mut schema);
    schema
}

/// Every option of every model, in place of "any key".
fn add_model_options(schema: &mut serde_json::Value) {
    let Some(options) = schema.pointer_mut("/$defs/RawModelOptions").and_then(serde_json::Value::as_object_mut) else {
        return;
    };
    options.insert("additionalProperties".into(), false.into());
    let Some(known) = options.get_mut("properties").and_then(serde_json::Value::as_object_mut) else { return };
    for option in MODELS.iter().flat_map(|model| model.options()) {
        let models = MODELS.iter().filter(|model| model.options().contains(option));
        let names: Vec<&str> = models.map(|model| model.name()).collect();
        let description = format!("{} ({})", option.summary, names.join(", "));
        known
            .insert(option.name.into(), serde_json::json!({ "$ref": "#/$defs/RawOption", "description": description }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places in the schema where names belong are where [`schema`] looks for them.
    #[test]
    fn the_schema_knows_the_registries() {
        let text = schema().to_string();
        let names = MODELS.iter().map(|model| model.name()).chain(TESTS.iter().map(|test| test.name()));
        for name in names.chain(TABLE_NAMES.iter().copied()) {
            assert!(text.contains(&format!("\"{name}\"")), "{name}");
        }
        assert_eq!(text.matches("\"examples\"").count(), 5);
    }
}
