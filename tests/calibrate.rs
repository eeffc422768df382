//! `[inference] calibrate`: the size of every test on placebo samples beside its p-values.

use crate::support::{Case, STUDY};

/// Sixty securities that announce within a week, three times; the residuals move together.
fn clustered() -> Case {
    let study = STUDY
        .replace(
            "minimum_observations = 120",
            "minimum_observations = 100\ntests = [\"bmp\", \"bmp_kp\", \"bootstrap_wild\"]",
        )
        .replace("[-250, -11]", "[-130, -11]")
        .replace("car_windows = [[0, 0], [-1, 1], [2, 10]]", "car_windows = [[0, 0], [-1, 1]]")
        .replace("[output]", "[inference]\nbootstrap = 99\ncalibrate = 150\ncalibrate_events = 40\n\n[output]");
    let case = Case::with(&study);
    let synth = "synth --out data --overwrite --securities 60 --days 600 --events 240 --effect 0 --correlation 0.2 \
                 --clustering 1 --season 5 --seed 5";
    case.dayzero(&synth.split_whitespace().collect::<Vec<_>>()).success();
    case
}

/// The same draws as `simulate` makes, so the same sizes; and bmp does not keep its own.
#[test]
fn sizes_stand_beside_p_values() {
    let case = clustered();
    let out = case.dayzero(&["run", "study.toml"]).success().stdout;
    let simulate =
        ["simulate", "study.toml", "-q", "--draws", "150", "--events", "40", "--effects", "0", "--out", "size"];
    case.dayzero(&simulate).success();
    let rejections = crate::support::Table::read(&case.path().join("size/rejections.parquet"));
    let tests = case.table("tests");
    for test in ["bmp", "bmp_kp", "bootstrap_wild"] {
        for (first, last) in [("0", "0"), ("-1", "1")] {
            let at = [("first", first), ("last", last), ("test", test)];
            let want = rejections.numbers("rate")[rejections.row(&[&at[..], &[("level", "0.05")]].concat())];
            // Every group has the size of the test.
            for group in ["all", "surprise_pct=5"] {
                let row = tests.row(&[&at[..], &[("group", group)]].concat());
                assert_eq!(tests.numbers("measured_size")[row], want, "{test} {first} {last} {group}");
            }
        }
        let day = tests.row(&[("group", "all"), ("first", "5"), ("last", "5"), ("test", test)]);
        assert_eq!(tests.numbers("measured_size")[day], None, "single days are not simulated");
    }
    let size = |test| tests.number("measured_size", &[("group", "all"), ("first", "0"), ("last", "0"), ("test", test)]);
    assert!(size("bmp") > 0.10 && size("bmp_kp") < 0.10, "{} {}", size("bmp"), size("bmp_kp"));
    let warning = out.lines().find(|line| line.contains("of placebo samples")).unwrap_or_else(|| panic!("{out}"));
    assert!(warning.contains("bmp (") && !warning.contains("bmp_kp"), "{warning}");
}

#[test]
fn threads_change_nothing_and_the_seed_does() {
    let case = clustered();
    let sizes = |args: &[&str]| {
        case.dayzero(&[&["run", "study.toml", "-q", "--overwrite"], args].concat()).success();
        case.table("tests").numbers("measured_size")
    };
    let one = sizes(&["--threads", "1"]);
    assert_eq!(one, sizes(&["--threads", "4"]));
    assert_ne!(one, sizes(&["--set", "seed=2"]));
    // Off by default.
    assert!(sizes(&["--set", "inference.calibrate=0"]).iter().all(Option::is_none));
}

#[test]
fn too_few_events_are_a_mistake() {
    let case = clustered();
    let many = ["run", "study.toml", "--set", "inference.calibrate_events=5000"];
    case.dayzero(&many).failure(2, &["[inference] calibrate_events = 5000: only", "help: fewer of them"]);
    let one = ["check", "study.toml", "--set", "inference.calibrate_events=1"];
    case.dayzero(&one).failure(2, &["two events or more"]);
}
