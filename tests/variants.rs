//! Conventions on which packages differ, against an independent script (tests/golden/variants.py).

use crate::golden_support::golden;
use crate::support::{Case, Table, close_relative, dayzero, root};

/// Runs the quickstart with settings of `[inference.variants]`.
fn run(settings: &[(String, String)]) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().expect("a directory");
    let study = root().join("experiments/quickstart/study.toml");
    let mut set = vec![
        "study.tests=[\"t_cross_sectional\", \"bmp\", \"bmp_kp\", \"patell\", \"patell_adjusted\"]".to_owned(),
        "output.tables=[\"tests\", \"cars\"]".to_owned(),
    ];
    set.extend(settings.iter().map(|(key, value)| format!("inference.variants.{key}=\"{value}\"")));
    let mut args = vec!["run", study.to_str().expect("a path"), "--out", "out"];
    set.iter().for_each(|setting| args.extend(["--set", setting]));
    let stdout = dayzero(dir.path(), &args).success().stdout;
    (dir, stdout)
}

/// Every variant, alone and together, on every test and window.
#[test]
fn every_variant_has_its_numbers() {
    let want = golden("variants.json");
    let settings = want["settings"].as_object().expect("settings");
    assert!(settings.len() > 10);
    for (name, setting) in settings {
        let setting: Vec<(String, String)> = setting
            .as_object()
            .expect("keys")
            .iter()
            .map(|(key, value)| (key.clone(), value.as_str().expect("a text").to_owned()))
            .collect();
        let (dir, stdout) = run(&setting);
        // Never a silent choice.
        assert_eq!(stdout.contains("[inference.variants]"), !setting.is_empty(), "{name}: {stdout}");
        let table = |table: &str| Table::read(&dir.path().join(format!("out/{table}.parquet")));
        let (tests, cars) = (table("tests"), table("cars"));
        for (window, numbers) in want["tests"][name].as_object().expect("windows") {
            let (first, last) = window.split_once(',').expect("two days");
            for (test, pair) in numbers.as_object().expect("tests") {
                let at = [("group", "all"), ("first", first), ("last", last), ("test", test.as_str())];
                let number = |place: usize| pair[place].as_f64().expect("a number");
                let what = format!("{name} {window} {test}");
                close_relative(tests.number("statistic", &at), number(0), 1e-9, &what);
                close_relative(tests.number("p_value", &at), number(1), 1e-8, &what);
            }
            for scar in want["scars"][name][window].as_array().expect("events") {
                let id = scar[0].to_string();
                let found = cars.number("scar", &[("event_id", &id), ("first", first), ("last", last)]);
                close_relative(
                    found,
                    scar[1].as_f64().expect("a number"),
                    1e-9,
                    &format!("{name} {window} event {id}"),
                );
            }
        }
    }
}

/// What tests need of single days is not needed by a table of CARs: their SCARs are the same without tests.
#[test]
fn scars_do_not_depend_on_what_is_asked_for() {
    let scars = |more: &[&str]| {
        let case = Case::new();
        let summed = ["-q", "--set", "inference.variants.forecast_error=\"summed\""];
        case.run(&[&summed[..], more].concat()).success();
        case.table("cars").numbers("scar")
    };
    let with_tests = scars(&[]);
    assert!(with_tests.iter().flatten().count() > 100);
    assert_eq!(with_tests, scars(&["--set", "study.tests=[]", "--set", "output.tables=[\"cars\"]"]));
}

/// Up to 25 events: z of the sign test and its normal tail in place of the binomial.
#[test]
fn small_samples_against_the_normal() {
    let case = Case::new();
    case.dayzero(&["synth", "--out", "data", "--overwrite", "--securities", "16", "--days", "480", "--events", "16"])
        .success();
    let p = |variant: &str| {
        let setting = format!("inference.variants.small_samples=\"{variant}\"");
        case.dayzero(&["run", "study.toml", "-q", "--overwrite", "--set", &setting]).success();
        let at = [("group", "all"), ("first", "0"), ("last", "0"), ("test", "sign")];
        let tests = case.table("tests");
        assert_eq!(tests.texts("distribution")[tests.row(&at)].as_deref(), Some(variant));
        (tests.number("statistic", &at), tests.number("p_value", &at))
    };
    let ((z, exact), (same, normal)) = (p("exact"), p("normal"));
    assert_eq!(z, same);
    assert_ne!(exact, normal);
    assert!((normal - erfc(z.abs() / 2.0_f64.sqrt())).abs() < 1e-6, "{z} {normal}");
}

/// erfc by Abramowitz & Stegun 1964, 7.1.26: within 1.5e-7.
fn erfc(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let poly = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    poly.iter().fold(0.0, |sum, a| (sum + a) * t) * (-x * x).exp()
}

/// The studies of experiments/migration find what the packages' own formulas give (tests/golden/migration.py).
#[test]
fn other_packages_are_met() {
    let want = golden("migration.json");
    for (package, windows) in want.as_object().expect("packages") {
        let dir = tempfile::tempdir().expect("a directory");
        let study = root().join(format!("experiments/migration/{package}.toml"));
        dayzero(dir.path(), &["run", "-q", study.to_str().expect("a path"), "--out", "out"]).success();
        let tests = Table::read(&dir.path().join("out/tests.parquet"));
        for (window, statistics) in windows.as_object().expect("windows") {
            let (first, last) = window.split_once(',').expect("two days");
            for (test, value) in statistics.as_object().expect("tests") {
                let at =
                    [("group", "all"), ("role", "declared"), ("first", first), ("last", last), ("test", test.as_str())];
                let what = format!("{package} {window} {test}");
                close_relative(tests.number("statistic", &at), value.as_f64().expect("a number"), 1e-9, &what);
            }
        }
    }
}

/// Those of which only the defaults are known run.
#[test]
fn the_other_studies_of_the_migration_run() {
    for name in ["study", "eventstudy2"] {
        let dir = tempfile::tempdir().expect("a directory");
        let study = root().join(format!("experiments/migration/{name}.toml"));
        dayzero(dir.path(), &["run", "-q", study.to_str().expect("a path"), "--out", "out"]).success();
        let tests = Table::read(&dir.path().join("out/tests.parquet"));
        let headline = [("group", "all"), ("role", "declared"), ("first", "-1"), ("last", "1"), ("test", "bmp_kp")];
        assert!((0.0..=1.0).contains(&tests.number("p_value", &headline)), "{name}");
    }
}

#[test]
fn a_mistaken_variant_is_shown() {
    let case = Case::new();
    let wrong = ["check", "study.toml", "--set", "inference.variants.patell=\"pool\""];
    case.dayzero(&wrong).failure(2, &["pool"]);
    case.dayzero(&["check", "study.toml", "--set", "inference.variants.ddof=\"n\""]).failure(2, &["ddof"]);
}
