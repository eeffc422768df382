//! Differences between two groups.

use super::case;
use crate::golden_support::golden;
use crate::support::{Table, close, close_relative, dayzero, root};

const PAIRS: &str = "inference.differences=[[\"session=amc\", \"session=bmo\"], [\"surprise_pct=5\", \"surprise_pct=1\"], \
                     [\"surprise_pct=3\", \"surprise_pct=2\"]]";

/// The committed data against scipy, statsmodels and a matrix of all pairs (tests/golden/differences.py).
#[test]
fn against_an_independent_script() {
    let want = golden("differences.json");
    let dir = tempfile::tempdir().expect("a directory");
    let study = root().join("experiments/quickstart/study.toml");
    let windows = "study.car_windows=[[-1, 1], [0, 1], [2, 10]]";
    let args = ["run", study.to_str().expect("a path"), "--out", "out", "--set", windows, "--set", PAIRS];
    dayzero(dir.path(), &[&args[..], &["--set", "study.tests=[\"t_clustered\"]"]].concat()).success();
    let tests = Table::read(&dir.path().join("out/tests.parquet"));
    let rows = want["rows"].as_array().expect("rows");
    for row in rows {
        let group = row["group"].as_str().expect("a label");
        let (first, last) = (row["first"].to_string(), row["last"].to_string());
        let number = |value: &serde_json::Value| value.as_f64().expect("a number");
        for test in ["difference_welch", "difference_bmp_kp", "difference_clustered", "difference_rank_sum"] {
            let at = [("group", group), ("first", first.as_str()), ("last", last.as_str()), ("test", test)];
            let what = format!("{test} of {group} over [{first}, {last}]");
            close(tests.number("statistic", &at), number(&row[test][0]), 1e-9, &what);
            close_relative(tests.number("p_value", &at), number(&row[test][1]), 1e-7, &what);
            close(tests.number("mean_car", &at), number(&row["mean_car"]), 1e-12, &what);
            close(tests.number("events", &at), number(&row["events"]), 0.0, &what);
        }
        let welch =
            [("group", group), ("first", first.as_str()), ("last", last.as_str()), ("test", "difference_welch")];
        close_relative(tests.number("dof", &welch), number(&row["dof"]), 1e-9, "degrees of freedom");
        // The bootstrap has the statistic of the clusters and a p-value near theirs, with some fifty weeks.
        let wild = [&welch[..3], &[("test", "difference_bootstrap_wild")]].concat();
        close(tests.number("statistic", &wild), number(&row["difference_clustered"][0]), 1e-9, "the wild bootstrap");
        let (p, t) = (tests.number("p_value", &wild), number(&row["difference_clustered"][1]));
        assert!((p - t).abs() < 0.06, "{p} and {t} of {group}");
    }
    assert_eq!(rows.len(), 9);
    assert_eq!(tests.find(&[("test", "difference_welch")]).len(), 9, "declared windows only");
}

/// Rows beside those of the groups, adjusted among themselves, the same on any number of threads; a
/// difference the other way round has the other sign.
#[test]
fn rows_beside_those_of_the_groups() {
    let both = "[inference]\nbootstrap = 499\nmeasures = [\"car\", \"bhar\"]\n\
                differences = [[\"surprise_pct=5\", \"surprise_pct=1\"], [\"surprise_pct=1\", \"surprise_pct=5\"]]";
    let case = case("tests = [\"bmp_kp\"]", both);
    case.run(&["-q", "--threads", "1"]).success();
    let tests = case.table("tests");
    let at = |group: &'static str, measure: &'static str, test: &'static str| {
        [("group", group), ("first", "0"), ("last", "0"), ("measure", measure), ("test", test)]
    };
    let (up, down) = ("surprise_pct=5 - surprise_pct=1", "surprise_pct=1 - surprise_pct=5");
    for test in ["difference_welch", "difference_bmp_kp", "difference_rank_sum", "difference_bootstrap_wild"] {
        let [there, back] = [up, down].map(|group| tests.number("statistic", &at(group, "car", test)));
        close(there, -back, 1e-12, test);
        assert!(there > 4.0, "3 % were planted on the best and -3 % on the worst surprises: {test} = {there}");
        assert!(tests.number("p_holm", &at(up, "car", test)) >= tests.number("p_value", &at(up, "car", test)));
    }
    let mean = |group: &'static str| tests.number("mean_car", &at(group, "car", "bmp_kp"));
    let difference = mean("surprise_pct=5") - mean("surprise_pct=1");
    close(tests.number("mean_car", &at(up, "car", "difference_welch")), difference, 1e-14, "difference of means");
    let reason = tests.texts("reason")[tests.row(&at(up, "bhar", "difference_bmp_kp"))].clone().expect("a reason");
    assert!(reason.contains("not standardised"), "{reason}");
    let p = tests.numbers("p_value");
    case.run(&["-q", "--threads", "2"]).success();
    assert_eq!(case.table("tests").numbers("p_value"), p);
}

#[test]
fn groups_that_cannot_be_compared() {
    let case = case("tests = [\"bmp_kp\"]", "[inference]\ndifferences = [[\"session=amc\", \"session=bmi\"]]");
    let unknown =
        ["no event is of the group `session=bmi`", "did you mean `session=bmo`?", "study.toml:", "\"session=bmi\""];
    case.run(&[]).failure(2, &unknown);
    case.dayzero(&["check", "study.toml"]).failure(2, &unknown[..2]);
    let refused = |pairs: &str, parts: &[&str]| {
        case.run(&["--set", &format!("inference.differences={pairs}")]).failure(2, parts);
    };
    refused("[[\"session=amc\", \"all\"]]", &["the two groups have", "events in common"]);
    refused("[[\"all\", \"all\"]]", &["the two groups are the same"]);
    refused("[[\"session=amc\", \"session=bmo\"], [\"session=amc\", \"session=bmo\"]]", &["listed twice"]);
    refused("[[\"session=amc\"]]", &["2 values are needed here, not 1"]);
    case.run(&["--set", "study.tests=[\"difference_welch\"]"]).failure(2, &["compares two groups"]);
}

/// Differences need no test of a group, and follow the conventions of the study.
#[test]
fn alone_and_with_the_conventions_of_the_study() {
    let case = case("tests = []", "[inference]\ndifferences = [[\"surprise_pct=5\", \"surprise_pct=1\"]]");
    let rows = |more: &[&str]| {
        case.run(&[&["-q"], more].concat()).success();
        case.table("tests")
    };
    let at = |test: &'static str| [("first", "0"), ("last", "0"), ("test", test)];
    let own = rows(&[]);
    assert_eq!(own.find(&[("role", "declared")]).len(), own.texts("test").len());
    let kind = |tests: &Table, test: &'static str| tests.texts("distribution")[tests.row(&at(test))].clone();
    assert_eq!(kind(&own, "difference_bmp_kp").as_deref(), Some("t"));
    let other = rows(&[
        "--set",
        "inference.variants.reference=\"normal\"",
        "--set",
        "inference.variants.mean_correlation=\"event_time\"",
    ]);
    assert_eq!(kind(&other, "difference_bmp_kp").as_deref(), Some("normal"));
    assert_eq!(other.number("statistic", &at("difference_welch")), own.number("statistic", &at("difference_welch")));
    assert_ne!(other.number("statistic", &at("difference_bmp_kp")), own.number("statistic", &at("difference_bmp_kp")));
}
