//! A bound on memory changes no result.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::Float64Array;

use super::{Trial, dates, edited, prices, shuffled, sorted_by, write_row_groups};
use crate::support::{Case, STUDY, Table};

/// Every file below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("readable").map(|entry| entry.expect("an entry").path());
    let below = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    let mut found: Vec<PathBuf> = entries.flat_map(below).collect();
    found.sort();
    found
}

/// The study with a bound.
fn bounded(memory: &str) -> String {
    edited(STUDY, "[output]", &format!("[run]\nthreads = 2\nmemory = \"{memory}\"\n\n[output]"))
}

/// Whether the last run put rows aside.
fn put_aside(case: &Case) -> bool {
    let manifest = std::fs::read_to_string(case.path().join("out/manifest.json")).expect("a manifest");
    manifest.contains("put aside in a temporary file, for [run] memory")
}

/// The price table in small row groups that hold all securities.
fn by_date(case: &Case) -> Table {
    let all = case.data("prices");
    let dates = dates(&all);
    let table = sorted_by(&all, |row| dates[row]);
    write_row_groups(&case.path().join("data/prices.parquet"), &table, 1009);
    table
}

#[test]
fn rows_wait_in_a_file_of_which_nothing_is_left() {
    let trial = Trial::new();
    let all = trial.case.data("prices");
    by_date(&trial.case);
    trial.assert_same("by date, without a bound");
    assert!(!put_aside(&trial.case));
    let before = files(trial.case.path());
    for memory in ["400KB", "330KB"] {
        trial.case.write("study.toml", &bounded(memory));
        trial.assert_same(&format!("by date, within {memory}"));
        assert!(put_aside(&trial.case), "{memory}");
        assert_eq!(files(trial.case.path()), before, "{memory}");
    }
    let mixed = all.take(&shuffled(all.rows()));
    write_row_groups(&trial.case.path().join("data/prices.parquet"), &mixed, 1009);
    trial.assert_same("shuffled, within 330KB");
    assert!(put_aside(&trial.case));
    // Rows in the order of their securities stay where they are read.
    write_row_groups(&trial.case.path().join("data/prices.parquet"), &all, 1009);
    trial.assert_same("in order, within 330KB");
    assert!(!put_aside(&trial.case));
}

#[test]
fn too_little_is_refused_with_what_is_needed() {
    let case = Case::with(&bounded("200KB"));
    for what in ["in order", "by date"] {
        if what == "by date" {
            by_date(&case);
        } else {
            write_row_groups(&case.path().join("data/prices.parquet"), &case.data("prices"), 1009);
        }
        let parts = ["[run] memory allows 1 MiB", "allow at least 1 MiB", "study fewer securities"];
        case.run(&[]).failure(1, &parts);
        assert!(!case.path().join("out").exists(), "{what}");
    }
}

/// Rows that cannot be are found where they stand in the file, though they waited in another.
#[test]
fn a_mistake_is_found_at_its_row() {
    let case = Case::with(&bounded("400KB"));
    let table = by_date(&case);
    let file = case.path().join("data/prices.parquet");
    let mut values = prices(&table);
    values[7000] = -2.5;
    write_row_groups(&file, &table.with("adj_close", Arc::new(Float64Array::from(values))), 1009);
    case.run(&[]).failure(1, &["data/prices.parquet", "adj_close", "data row 7001", "-2.5"]);
    let rows: Vec<usize> = (0..table.rows()).chain([6000]).collect();
    write_row_groups(&file, &table.take(&rows), 1009);
    let again = format!("data row {}", table.rows() + 1);
    case.run(&[]).failure(1, &[&again, "stands here for the second time", "at data row 6001"]);
}

#[test]
fn sizes_that_are_none() {
    let case = Case::new();
    for text in ["lots", "2", "GiB", "-1GiB", "0MB", "1.2.3GB", "2 Gibit"] {
        case.write("study.toml", &bounded(text));
        let problem = format!("`{text}` is no size");
        let outcome = case.run(&[]).failure(2, &["study.toml:", &problem, "512MiB"]);
        assert!(outcome.stderr.contains("memory = "), "the line is shown:\n{}", outcome.stderr);
    }
    for text in ["2GiB", "512 MiB", "1.5GB", "1tib"] {
        case.write("study.toml", &bounded(text));
        case.dayzero(&["check", "study.toml"]).success();
    }
}
