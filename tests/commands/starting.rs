//! `list`, `schema`, `init`, `synth`, `--help`.

use super::*;

#[test]
fn lists_name_everything_with_its_reference() {
    let models = ["constant_mean", "market", "market_adjusted", "capm", "ff3", "ff5", "carhart", "ff6", "factors"];
    let tests = ["t_cross_sectional", "patell", "bmp", "bmp_kp", "sign_generalized"];
    for (what, names) in [("models", models.as_slice()), ("tests", tests.as_slice())] {
        let listed = dayzero(Path::new("."), &["list", what]).success().stdout;
        let first: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
        for name in names {
            assert!(first.contains(name), "`{name}` is not in\n{listed}");
        }
        let described = listed.lines().all(|line| line.split_whitespace().count() > 3);
        assert!(described, "every line has a summary and a reference:\n{listed}");
    }
    dayzero(Path::new("."), &["list", "tables"]).failure(2, &["models", "tests"]);
    // Whatever is listed can be run; what compares two groups runs where groups are named.
    let case = Case::new();
    let listed = case.dayzero(&["list", "tests"]).success().stdout;
    let names = listed.lines().filter_map(|line| line.split_whitespace().next());
    let names: Vec<&str> = names.filter(|name| !name.starts_with("difference_")).collect();
    case.run(&["-q", "--set", &format!("study.tests={}", serde_json::json!(names))]).success();
    let listed = case.dayzero(&["list", "models"]).success().stdout;
    for model in listed.lines().filter_map(|line| line.split_whitespace().next()) {
        let set = format!("study.model={model}");
        match model {
            // Without what they need these say so.
            "factors" => case.run(&["--set", &set]).failure(2, &["needs a list"]),
            "benchmark_column" => case.run(&["--set", &set]).failure(2, &["[prices] expected"]),
            "reference_portfolio" => case.run(&["--set", &set]).failure(2, &["`sort` or `within`"]),
            "matched_firm" => case.run(&["--set", &set]).failure(2, &["needs `match`"]),
            // A likelihood need not have a maximum.
            "egarch" => case.run(&["-q", "--set", &set]).success(),
            _ => case.run(&["-q", "--strict", "--set", &set]).success(),
        };
    }
}

/// What `list tests` says of sizes is what the experiment measured.
#[test]
fn the_list_says_where_a_test_does_not_hold() {
    let listed = dayzero(Path::new("."), &["list", "tests"]).success().stdout;
    let line = |name: &str| {
        let of = |line: &&str| line.split_whitespace().next() == Some(name);
        listed.lines().find(of).unwrap_or_else(|| panic!("{name}: {listed}")).to_owned()
    };
    assert!(line("bmp_kp").contains("keeps its size in every simulated design"), "{listed}");
    let sizes = std::fs::read_to_string(crate::support::root().join("experiments/size-of-tests/sizes.csv"));
    let worst = sizes
        .expect("the experiment's numbers")
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|cells| cells[0] == "one day" && cells[3] == "bmp")
        .map(|cells| cells[6].parse::<f64>().expect("a rate"))
        .fold(0.0, f64::max);
    assert!(line("bmp").contains(&format!("at 5 % rejects too often: one day {:.0} %", 100.0 * worst)), "{listed}");
}

#[test]
fn the_schema_has_every_section() {
    let printed = dayzero(Path::new("."), &["schema"]).success().stdout;
    let schema: Value = serde_json::from_str(&printed).expect("JSON");
    for section in
        ["name", "seed", "prices", "events", "markets", "factors", "study", "sweep", "inference", "run", "output"]
    {
        let described = &schema["properties"][section]["description"];
        assert!(described.as_str().is_some_and(|text| text.len() > 3), "[{section}] is not described");
    }
    assert_eq!(schema["required"], serde_json::json!(["name", "prices", "events", "markets"]));
}

#[test]
fn init_gives_a_study_that_runs() {
    let place = tempfile::tempdir().expect("a directory");
    let said = dayzero(place.path(), &["init", "first"]).success();
    assert!(said.stdout.contains("dayzero run first/study.toml"), "{}", said.stdout);
    dayzero(place.path(), &["run", "first/study.toml", "--strict"]).success();
    dayzero(place.path(), &["init", "first"]).failure(2, &["first/study.toml exists"]);
    dayzero(&place.path().join("first"), &["init"]).failure(2, &["study.toml exists"]);
    dayzero(place.path(), &["init", "first/study.toml/below"]).failure(1, &["cannot write"]);
}

#[test]
fn synth_follows_from_its_seed() {
    let place = tempfile::tempdir().expect("a directory");
    let synth =
        |args: &str| dayzero(place.path(), &[&["synth"], args.split(' ').collect::<Vec<_>>().as_slice()].concat());
    let size = "--securities 20 --days 500 --events 30 --markets 2 --defects";
    for (out, seed) in [("a", 5), ("b", 5), ("c", 6)] {
        synth(&format!("--out {out} --seed {seed} {size}")).success();
    }
    for file in ["prices.parquet", "events.parquet", "factors.parquet"] {
        let bytes = |dir: &str| std::fs::read(place.path().join(dir).join(file)).expect("a file");
        assert!(bytes("a") == bytes("b"), "{file} varies");
        assert!(bytes("a") != bytes("c"), "{file} does not depend on the seed");
    }
    synth(&format!("--out a --seed 9 {size}")).failure(2, &["exists", "--overwrite"]);
    synth(&format!("--out a --seed 9 {size} --overwrite")).success();
    synth("--out d --securities 2 --days 300 --events 500").failure(2, &["500 events do not fit", "room for"]);
    synth("--out d --securities 0 --events 1").failure(2, &["do not fit"]);
    synth("--out d --clustering 1.5").failure(2, &["--clustering 1.5", "from 0 to 1"]);
    synth("--out d --correlation NaN").failure(2, &["--correlation NaN", "from 0 to 1"]);
    synth("--out d --effect -0.9").failure(2, &["--effect -0.9"]);
    synth("--out d --markets 3").failure(2, &["3", "--markets"]);
    synth("--out d --securities 5 --defects --events 5").failure(2, &["--defects needs at least"]);
    synth("--out d --days 99999999").failure(2, &["--days"]);
    assert!(!place.path().join("d").exists(), "a refusal leaves nothing behind");
}

#[test]
fn help_and_version_are_there() {
    let help = dayzero(Path::new("."), &["--help"]).success().stdout;
    for command in ["run", "check", "show", "list", "schema", "synth", "init"] {
        let described =
            help.lines().any(|line| line.trim_start().starts_with(&format!("{command} ")) && line.len() > 15);
        assert!(described, "`{command}` is not described in\n{help}");
    }
    let version = dayzero(Path::new("."), &["--version"]).success().stdout;
    assert_eq!(version.trim(), format!("dayzero {}", env!("CARGO_PKG_VERSION")));
    dayzero(Path::new("."), &[]).failure(2, &["Usage"]);
    dayzero(Path::new("."), &["chekc"]).failure(2, &["chekc", "'check'"]);
    assert!(STUDY.contains("dir = \"out\""), "the tests above rely on it");
}
