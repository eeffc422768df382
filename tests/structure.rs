//! The house keeps its shape: who may depend on whom, how long a file is, and that what people read
//! agrees with the registries.

use std::path::{Path, PathBuf};

use dayzero_model::differences::DIFFERENCES;
use dayzero_model::expected::MODELS;
use dayzero_model::significance::TESTS;

use crate::support::root;

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found
}

/// loader → model ← runner → loader, and the model knows neither tables nor threads.
#[test]
fn dependencies_point_inwards() {
    let dependencies = |name: &str| -> Vec<String> {
        let manifest: toml::Table = read(&root().join("crates").join(name).join("Cargo.toml")).parse().expect("TOML");
        manifest["dependencies"].as_table().expect("a table").keys().cloned().collect()
    };
    let has = |name: &str, dependency: &str| dependencies(name).iter().any(|d| d == dependency);
    for outside in ["dayzero-loader", "dayzero-runner", "arrow", "parquet", "rayon", "serde", "clap"] {
        assert!(!has("model", outside), "the model depends on {outside}");
    }
    for outside in ["dayzero-runner", "statrs", "clap", "toml"] {
        assert!(!has("loader", outside), "the loader depends on {outside}");
    }
    assert!(has("loader", "dayzero-model") && has("runner", "dayzero-loader") && has("runner", "dayzero-model"));
}

/// One subject per file: 300 lines at most, tests apart.
#[test]
fn files_are_short() {
    for path in files(&root().join("crates"), "rs") {
        if path.components().any(|part| part.as_os_str() == "tests")
            && !path.starts_with(root().join("crates/runner/src"))
        {
            continue;
        }
        let text = read(&path);
        let lines = text.split("#[cfg(test)]").next().unwrap_or_default().lines().count();
        assert!(lines <= 300, "{} has {lines} lines", path.display());
    }
}

/// Every file of a registry's folder is in the registry: its name stands in the slice.
#[test]
fn registries_are_complete() {
    for (folder, known) in [
        ("expected", vec!["mod", "fit", "recipe", "options", "least_squares", "conditional"]),
        ("differences", vec!["mod"]),
        (
            "significance",
            vec!["mod", "correlation", "student", "tails", "multiple", "needs", "step_down", "undefined", "wild"],
        ),
    ] {
        let directory = root().join("crates/model/src").join(folder);
        let registry = read(&directory.join("mod.rs"));
        for path in files(&directory, "rs") {
            let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
            if !known.contains(&name.as_str()) {
                assert!(registry.contains(&format!("&{name}::")), "{name} is not in the registry");
            }
        }
    }
}

#[test]
fn the_readme_lists_the_registries() {
    let readme = read(&root().join("README.md"));
    let section = |name: &str| {
        let start = readme.find(&format!("<!-- {name}:")).expect("the marker");
        let table =
            readme[start..].lines().skip(3).take_while(|line| !line.starts_with("<!-- end")).collect::<Vec<_>>();
        table.join("\n")
    };
    let models: Vec<String> =
        MODELS.iter().map(|m| format!("| `{}` | {} | {} |", m.name(), m.summary(), m.reference())).collect();
    assert_eq!(section("models"), models.join("\n"));
    let row = |name: &str, rest: [&str; 3]| format!("| `{name}` | {} |", rest.join(" | "));
    let tests: Vec<String> = TESTS
        .iter()
        .map(|t| row(t.name(), [t.summary(), t.reference(), &dayzero_runner::sizes::told(t.name())]))
        .collect();
    assert_eq!(section("tests"), tests.join("\n"));
    let differences: Vec<String> =
        DIFFERENCES.iter().map(|t| format!("| `{}` | {} | {} |", t.name(), t.summary(), t.reference())).collect();
    assert_eq!(section("differences"), differences.join("\n"));
}

/// One folder, one question: a README and a study.
#[test]
fn experiments_and_datasets_explain_themselves() {
    for folder in ["experiments", "datasets"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("a directory") {
            let path = entry.expect("an entry").path();
            assert!(path.join("README.md").is_file(), "{} has no README", path.display());
            assert!(folder == "datasets" || path.join("study.toml").is_file(), "{} has no study", path.display());
            assert!(
                read(&root().join("README.md")).contains(&format!("{folder}/")) || folder == "datasets",
                "the README does not lead to {}",
                path.display()
            );
        }
    }
}
