//! `run` and `check`.

use super::*;

#[test]
fn check_writes_nothing_and_counts_events() {
    let case = defective();
    let before = listing(case.path());
    let checked = case.dayzero(&["check", "study.toml"]).success();
    let dry = case.dayzero(&["run", "study.toml", "--dry-run"]).success();
    assert_eq!(checked.stdout, dry.stdout);
    assert_eq!(listing(case.path()), before);
    let counts = counted(&checked.stdout);
    assert_eq!(counts.values().sum::<u64>(), 86, "{}", checked.stdout);
    assert!(checked.stdout.contains("86 events"), "{}", checked.stdout);
    assert!(checked.stdout.contains("note: "), "rows that were left out are noted: {}", checked.stdout);
    // What the check excludes, the run excludes too; the aligned ones are estimated or not.
    case.run(&["-q"]).success();
    let ran = outcomes(&manifest(&case.path().join("out")));
    assert_eq!(ran.values().sum::<u64>(), 86);
    for code in ["duplicate", "unknown_security", "missing_announcement", "before_calendar", "after_calendar"] {
        assert_eq!(counts.get(code), Some(&1), "{code} in {}", checked.stdout);
        assert_eq!(ran.get(code), Some(&1), "{code} in {ran:?}");
    }
    let excluded: u64 = counts.iter().filter(|(code, _)| *code != "aligned").map(|(_, count)| count).sum();
    assert_eq!(counts["aligned"] + excluded, 86);
}

#[test]
fn check_finds_mistakes_without_a_run() {
    let case = Case::new();
    case.dayzero(&["check", "study.toml", "--set", "study.model=markt"]).failure(2, &["unknown model `markt`"]);
    let columns = "output.columns={cars=[\"carr\"]}";
    case.dayzero(&["check", "study.toml", "--set", columns]).failure(2, &["did you mean `car`?"]);
    case.dayzero(&["check", "study.toml", "--set", "markets.US.benchmark=none"]).failure(1, &["`none`"]);
}

#[test]
fn strict_is_about_events_that_were_not_asked_away() {
    let case = Case::new();
    case.run(&["--strict"]).success();
    let filter = "events.filter={column=\"session\", in=[\"amc\"]}";
    case.run(&["--strict", "--set", filter]).success();
    let kept = outcomes(&manifest(&case.path().join("out")));
    assert!(kept["filtered"] > 0, "the filter must leave some out: {kept:?}");
    let case = defective();
    let strict = case.run(&["--strict", "-q"]).failure(3, &["--strict"]);
    let unused: u64 =
        outcomes(&manifest(&case.path().join("out"))).iter().filter(|(c, _)| *c != "ok").map(|c| c.1).sum();
    assert!(strict.stderr.contains(&format!("{unused} of the events")), "{}", strict.stderr);
    assert_eq!(case.table("events").rows(), 86, "the tables are written all the same");
    case.dayzero(&["run", "study.toml", "--dry-run", "--strict"]).failure(3, &["--strict"]);
    case.run(&[]).success();
}

#[test]
fn settings_are_typed_as_toml() {
    let case = Case::new();
    let edits = [
        "study.model=market_adjusted",
        "study.car_windows=[[0, 1], [-2, 2]]",
        "study.tests=[\"bmp\", \"patell\"]",
        "inference.confidence=0.9",
        "study.mask_other_events=3",
        "name = renamed",
        "seed=7",
    ];
    let args: Vec<&str> = edits.iter().flat_map(|edit| ["--set", edit]).collect();
    case.run(&args).success();
    let manifest = manifest(&case.path().join("out"));
    let study = &manifest["config"]["study"];
    assert_eq!(study["model"], "market_adjusted");
    assert_eq!(study["car_windows"], serde_json::json!([[0, 1], [-2, 2]]));
    assert_eq!(study["tests"], serde_json::json!(["bmp", "patell"]));
    assert_eq!(study["mask_other_events"], 3);
    assert_eq!(manifest["config"]["inference"]["confidence"], 0.9);
    assert_eq!((&manifest["name"], &manifest["seed"]), (&Value::from("renamed"), &Value::from(7)));
    let tests = case.table("tests");
    let rows = |role: &str, test: &str| tests.find(&[("role", role), ("test", test)]).len();
    let both = ["declared", "day"].map(|role| (rows(role, "bmp"), rows(role, "patell")));
    assert!(both.iter().all(|(bmp, patell)| bmp == patell && *bmp > 0), "{both:?}");
    assert_eq!(tests.find(&[("test", "bmp")]).len() + tests.find(&[("test", "patell")]).len(), tests.rows());
    // The last of two edits counts, and an edit may name a key that the file lacks.
    case.run(&["--set", "study.model=ff3", "--set", "study.model=constant_mean"]).success();
    assert_eq!(case.table("specifications").texts("model"), [Some("constant_mean".to_owned())]);
    case.run(&["--set", "output.format=csv"]).success();
    assert!(case.path().join("out/cars.csv").is_file());
}

#[test]
fn the_output_directory_of_the_command_line_wins() {
    let case = Case::new();
    case.write("elsewhere/here.txt", "");
    let study = case.path().join("study.toml");
    let study = study.to_str().expect("text");
    let ran = dayzero(&case.path().join("elsewhere"), &["run", study, "--out", "deep/results"]).success();
    assert!(ran.stdout.contains("tables in deep/results: events, "), "{}", ran.stdout);
    assert!(case.path().join("elsewhere/deep/results/events.parquet").is_file(), "relative to where one stands");
    assert!(!case.path().join("out").exists());
    dayzero(&case.path().join("elsewhere"), &["run", study]).success();
    assert!(case.path().join("out/events.parquet").is_file(), "that of the file is relative to the file");
}

#[test]
fn threads_are_those_asked_for() {
    let case = Case::new();
    for threads in ["1", "3"] {
        case.run(&["--threads", threads, "-q"]).success();
        assert_eq!(manifest(&case.path().join("out"))["threads"].to_string(), threads);
    }
    case.run(&["--set", "run.threads=2", "-q"]).success();
    assert_eq!(manifest(&case.path().join("out"))["threads"], 2);
    case.run(&["--threads", "many"]).failure(2, &["many", "--threads"]);
}

#[test]
fn quiet_is_silent_and_verbose_tells_the_time() {
    let case = Case::new();
    let quiet = case.run(&["-q"]).success();
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    let dry = case.run(&["-q", "--dry-run"]).success();
    assert_eq!((dry.stdout.as_str(), dry.stderr.as_str()), ("", ""));
    let verbose = case.run(&["-v"]).success();
    assert!(verbose.stdout.contains("80 events"), "{}", verbose.stdout);
    assert!(verbose.stderr.contains(" s  estimate"), "{}", verbose.stderr);
    case.run(&["-q", "-v"]).failure(2, &["cannot be used with"]);
}

#[test]
fn the_manifest_accounts_for_events_and_inputs() {
    let case = defective();
    case.run(&["-q", "--set", "study.model=ff3", "--set", "events.filter={column=\"session\", in=[\"amc\"]}"])
        .success();
    let first = manifest(&case.path().join("out"));
    assert_eq!(outcomes(&first).values().sum::<u64>(), 86);
    let events = case.table("events");
    for (code, count) in outcomes(&first) {
        assert_eq!(events.find(&[("outcome", &code)]).len() as u64, count, "{code}");
    }
    let fingerprints = |manifest: &Value| -> BTreeMap<String, String> {
        let inputs = manifest["inputs"].as_array().expect("inputs").iter();
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        inputs.map(|input| (text(&input["path"]), text(&input["blake3"]))).collect()
    };
    let before = fingerprints(&first);
    let names: Vec<&str> = before.keys().map(String::as_str).collect();
    assert_eq!(names, ["data/events.parquet", "data/factors.parquet", "data/prices.parquet"]);
    assert!(before.values().all(|hash| hash.len() == 64));
    for table in first["tables"].as_array().expect("tables") {
        let name = table["name"].as_str().expect("a name");
        assert_eq!(table["rows"].as_u64(), Some(case.table(name).rows() as u64), "{name}");
    }
    let fewer = case.data("events").take(&(1..86).collect::<Vec<_>>());
    case.write_table("data/events.parquet", &fewer.batch);
    case.run(&["-q", "--set", "study.model=ff3"]).success();
    let second = manifest(&case.path().join("out"));
    assert_eq!(outcomes(&second).values().sum::<u64>(), 85);
    let after = fingerprints(&second);
    assert_ne!(before["data/events.parquet"], after["data/events.parquet"]);
    assert_eq!(before["data/prices.parquet"], after["data/prices.parquet"]);
    assert_eq!(before["data/factors.parquet"], after["data/factors.parquet"]);
}
