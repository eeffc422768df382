//! Mistakes in the study file and on the command line.

use super::*;

#[test]
fn unknown_keys_come_all_at_once_in_the_order_of_their_lines() {
    let finished = Finished::new();
    let study = STUDY.replace("mask_other_events", "mask_other_event").replace("[prices]", "[prices]\ndaet = \"date\"");
    let study = study.replace("close = \"16:00\"", "close = \"16:00\"\nclosed = \"16:00\"");
    finished.case.write("study.toml", &study);
    let line = |key: &str| 1 + study.lines().position(|line| line.starts_with(&format!("{key} ="))).expect("the key");
    let places = ["daet", "closed", "mask_other_event"].map(|key| format!("study.toml:{}:1", line(key)));
    let hints = ["did you mean `date`?", "did you mean `close`?", "did you mean `mask_other_events`?"];
    let parts: Vec<&str> = places.iter().map(String::as_str).chain(hints).collect();
    let outcome = finished.refuses(&[], 2, &parts);
    let found: Vec<_> = places.iter().map(|place| outcome.stderr.find(place)).collect();
    assert!(found.is_sorted(), "not in the order of the lines:\n{}", outcome.stderr);
    assert_eq!(outcome.stderr.matches("unknown key").count(), 3);
}

/// An unknown key does not hide that a name is unknown too.
#[test]
fn unknown_keys_and_unknown_names_come_together() {
    let study = Finished::new();
    let (from, to) = ("model = \"market\"", "modle = \"ff3\"\nmodel = \"markt\"\ncar_windows = [[0, 99]]");
    let parts = ["unknown key `modle`", "did you mean `model`?", "unknown model `markt`", "did you mean `market`?"];
    assert!(STUDY.contains("car_windows = [[0, 0]"));
    study.case.write(
        "study.toml",
        &STUDY.replacen("car_windows = [[0, 0], [-1, 1], [2, 10]]\n", "", 1).replacen(from, to, 1),
    );
    study.refuses(&[], 2, &[&parts[..], &["the window [0, 99] reaches beyond the event window [-10, 10]"]].concat());
}

#[test]
fn misspelt_names_are_recognised() {
    let finished = Finished::new();
    finished.refuses_setting("study.returns=simpel", 2, &["unknown value `simpel`", "did you mean `simple`?"]);
    finished.refuses_setting("study.model=markt", 2, &["unknown model `markt`", "did you mean `market`?"]);
    finished.refuses_setting("study.tests=[\"bmp_k\"]", 2, &["unknown test `bmp_k`", "did you mean `bmp_kp`?"]);
    finished.refuses_setting("study.tests=al", 2, &["`al`", "tests = \"all\"", "dayzero list tests"]);
    finished.refuses_setting("output.tables=[\"car\"]", 2, &["unknown table `car`", "did you mean `cars`?"]);
    finished.refuses_setting("output.columns={car=[\"car\"]}", 2, &["unknown table `car`", "did you mean `cars`?"]);
    finished.refuses_setting("output.format=parkett", 2, &["unknown value `parkett`", "`parquet`"]);
    finished.refuses_setting("events.duplicates=last", 2, &["unknown value `last`", "first, exclude, keep"]);
    finished.refuses_setting("study.missing=availible", 2, &["did you mean `available`?"]);
    finished.refuses_study("model = \"market\"", "model = \"markt\"", 2, &["study.toml:23:9", "`market`"]);
}

#[test]
fn unknown_columns_of_the_output_are_refused() {
    let finished = Finished::new();
    let parts = ["the table cars has no column `carr`", "did you mean `car`?"];
    finished.refuses_setting("output.columns={cars=[\"carr\"]}", 2, &parts);
    // Even of a table that is not written.
    let edits = ["--set", "output.columns={cars=[\"carr\"]}", "--set", "output.tables=[\"events\"]"];
    finished.refuses(&edits, 2, &parts);
}

#[test]
fn wrong_types_name_what_is_needed() {
    let finished = Finished::new();
    finished.refuses_setting("study.estimation_window=\"long\"", 2, &["a list is needed here, not a string"]);
    finished.refuses_setting("study.estimation_window=[-250]", 2, &["2 values are needed here, not 1"]);
    finished.refuses_setting("study.minimum_observations=12.5", 2, &["a whole number", "not a number"]);
    finished.refuses_setting("study.mask_other_events=-1", 2, &["-1 is too small"]);
    finished.refuses_setting("inference.confidence=high", 2, &["a number is needed here, not a string"]);
    finished.refuses_setting("inference.confidence=nan", 2, &["inference.confidence", "a finite number"]);
    finished.refuses_setting("inference.cluster=year", 2, &["unknown value `year`", "quarter"]);
    finished.refuses_setting("inference.confidence=1.0", 2, &["between 0 and 1"]);
    finished.refuses_setting("study.event_window=[-99999999999,10]", 2, &["study.event_window", "-99999999999"]);
    finished.refuses_setting("study.event_window=[-99999,10]", 2, &["study.event_window", "10000 days"]);
    finished.refuses_setting("study=5", 2, &["a table is needed here, not a whole number"]);
    finished.refuses_study("name = \"case\"", "name = 5", 2, &["study.toml:2:8", "a string is needed here"]);
}

#[test]
fn missing_keys_and_sections_are_named() {
    let finished = Finished::new();
    finished.refuses_study("name = \"case\"", "", 2, &["the study lacks the key `name`"]);
    let parts = ["study.toml:4:1", "[prices] lacks the key `path`"];
    finished.refuses_study("path = \"data/prices.parquet\"", "", 2, &parts);
    finished.refuses_study("benchmark = \"US-INDEX\"", "", 2, &["[markets.US] lacks the key `benchmark`"]);
    finished.refuses_study("timezone = \"America/New_York\"", "", 2, &["[markets.US] lacks `timezone`"]);
    finished.case.write("study.toml", "");
    finished.refuses(&[], 2, &["`name`", "`prices`", "`events`", "`markets`"]);
}

#[test]
fn text_that_is_no_toml_shows_its_lines_in_order() {
    let finished = Finished::new();
    finished.case.write("study.toml", "name = \n[x");
    let outcome = finished.refuses(&[], 2, &["this is no TOML", "study.toml:1:8", "study.toml:2:3"]);
    assert!(outcome.stderr.find("study.toml:1:8") < outcome.stderr.find("study.toml:2:3"), "{}", outcome.stderr);
    let gone = finished.case.dayzero(&["run", "studi.toml"]).failure(2, &["error:", "studi.toml", "No such file"]);
    assert_eq!(gone.stdout, "");
}

#[test]
fn nonsense_after_set_is_refused() {
    let finished = Finished::new();
    finished.refuses_setting("nonsense", 2, &["error:", "--set nonsense", "key=value"]);
    finished.refuses_setting("=5", 2, &["--set =5"]);
    finished.refuses_setting("study.modle=market", 2, &["--set study.modle=market", "did you mean `model`?"]);
}

#[test]
fn paths_that_lead_nowhere() {
    let finished = Finished::new();
    for section in ["prices", "events"] {
        let edit = format!("{section}.path=data/none.parquet");
        finished.refuses_setting(&edit, 2, &["data/none.parquet: no such file", "relative to the study file"]);
    }
    let edits = ["--set", "factors.path=none.parquet", "--set", "study.model=ff3"];
    finished.refuses(&edits, 2, &["none.parquet: no such file"]);
    finished.refuses_setting("prices.path=data/*.none", 2, &["no file matches", "pattern"]);
    let unset = ["the environment variable `DAYZERO_UNSET` is not set", "${DAYZERO_UNSET:-default}"];
    finished.refuses_setting("prices.path=${DAYZERO_UNSET}/prices.parquet", 2, &unset);
    finished.refuses_setting("output.dir=${DAYZERO_UNSET}/out", 2, &unset);
    finished.refuses_study("data/prices.parquet", "data/none.parquet", 2, &["study.toml:5:8"]);
}

#[test]
fn windows_that_make_no_sense() {
    let finished = Finished::new();
    let parts = ["study.toml:24:21", "overlaps the event window [-20, 10]", "end the estimation window before"];
    finished.refuses_setting("study.event_window=[-20,10]", 2, &parts);
    let parts = ["[0, 30] reaches beyond the event window [-10, 10]", "widen event_window"];
    finished.refuses_setting("study.car_windows=[[0,30]]", 2, &parts);
    finished.refuses_setting("study.car_windows=[[1,0]]", 2, &["[1, 0] is no window"]);
    finished.refuses_setting("study.car_windows=[[0,1],[0,1]]", 2, &["[0, 1] is listed twice"]);
    let parts = ["minimum_observations = 500 exceeds the 240 days", "study.minimum_observations=500"];
    finished.refuses_setting("study.minimum_observations=500", 2, &parts);
    finished.refuses_setting("study.minimum_observations=2", 2, &["minimum_observations = 2 is too few"]);
    let edit = "events.filter={column=\"surprise_pct\", from=5, to=1}";
    finished.refuses_setting(edit, 2, &["`from` is above `to`", "exchange them"]);
    let edit = "events.filter={column=\"announced_at\", from=2022-01-01, to=2021-01-01}";
    finished.refuses_setting(edit, 2, &["`from` is above `to`"]);
    finished.refuses_setting("sweep.model=[]", 2, &["the list is empty", "leave the key out"]);
}

#[test]
fn clocks_that_do_not_exist() {
    let finished = Finished::new();
    let parts = ["unknown time zone `America/NewYork`", "did you mean `America/New_York`?"];
    finished.refuses_setting("markets.US.timezone=America/NewYork", 2, &parts);
    finished.refuses_setting("markets.US.open=25:00", 2, &["`25:00` is no time of day", "09:30"]);
    finished.refuses_setting("markets.US.open=17:00", 2, &["market US must open before it closes"]);
    finished.refuses_setting("markets.US.early_closes={\"2024-07-03\"=\"noon\"}", 2, &["`noon`", "no early close"]);
}

#[test]
fn what_would_be_ignored_is_refused() {
    let study = Finished::new();
    study.refuses(
        &["--set", "study.model=nonsense", "--set", "sweep.model=[\"market\"]"],
        2,
        &["unknown model `nonsense`"],
    );
    study.refuses_setting("sweep.model=[\"market\", \"ff3\", \"market\"]", 2, &["listed twice"]);
    study.refuses(
        &["--set", "events.announced_on=announced_at", "--set", "events.timezone=UTC"],
        2,
        &["`announced_at` and `announced_on` exclude each other"],
    );
    let by_date =
        STUDY.replace("announced_at = \"announced_at\"", "announced_on = \"announced_at\"\ntimezone = \"UTC\"");
    study.case.write("study.toml", &by_date);
    study.refuses(&[], 2, &["`timezone` belongs to `announced_at`"]);
}

#[test]
fn output_directories_that_cannot_be_used() {
    let finished = Finished::new();
    let below_a_file = ["cannot write to", "study.toml/results/deep", "--out"];
    finished.refuses(&["--out", "study.toml/results/deep"], 1, &below_a_file);
    finished.refuses(&["--out", "study.toml"], 1, &["cannot write to", "study.toml", "--out"]);
    let plain = finished.case.dayzero(&["run", "study.toml"]).failure(2, &["out is not empty", "--overwrite", "--out"]);
    assert_eq!(plain.stdout, "");
    assert!(finished.before == files(&finished.case.path().join("out")), "the earlier results changed");
    finished.refuses(&["--threads", "4000000000"], 2, &["4000000000 threads are too many", "0 for all cores"]);
}
