//! On which events and periods a mean rests, what came before the news and what after.

use crate::golden_support::golden;
use crate::studies::study;
use crate::support::{Table, close_relative, dayzero, root};

fn quickstart(settings: &[&str]) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().expect("a directory");
    let study = root().join("experiments/quickstart/study.toml");
    let mut args = vec!["run", study.to_str().expect("a path"), "--out", "out"];
    settings.iter().for_each(|setting| args.extend(["--set", setting]));
    let stdout = dayzero(dir.path(), &args).success().stdout;
    (dir, stdout)
}

fn table(dir: &tempfile::TempDir, name: &str) -> Table {
    Table::read(&dir.path().join(format!("out/{name}.parquet")))
}

/// Every number of the table against leaving out by brute force (tests/golden/influence.py).
#[test]
fn every_column_by_brute_force() {
    let want = golden("influence.json");
    for period in ["week", "month"] {
        let cluster = format!("inference.cluster=\"{period}\"");
        let (dir, _) = quickstart(&["study.tests=[\"bmp_kp\"]", &cluster]);
        let found = table(&dir, "influence");
        for (window, row) in want[period].as_object().expect("windows") {
            let (first, last) = window.split_once(',').expect("two days");
            let at = [("group", "all"), ("first", first), ("last", last)];
            for (column, value) in row.as_object().expect("columns") {
                let what = format!("{period} {window} {column}");
                match value.as_str() {
                    Some(text) => assert_eq!(found.texts(column)[found.row(&at)].as_deref(), Some(text), "{what}"),
                    None => close_relative(found.number(column, &at), value.as_f64().expect("a number"), 1e-9, &what),
                }
            }
        }
    }
}

/// With [0, 0] alone declared, the days before and after are tested as if they were declared, by the headline
/// test alone and in no family.
#[test]
fn drift_and_reversal() {
    let want = golden("variants.json");
    let (dir, stdout) = quickstart(&["study.car_windows=[[0, 0]]", "study.tests=[\"sign\", \"bmp_kp\"]"]);
    let tests = table(&dir, "tests");
    for (role, first, last) in [("drift", "-10", "-1"), ("reversal", "1", "10")] {
        assert_eq!(tests.find(&[("group", "all"), ("role", role)]).len(), 1, "the headline test alone");
        let at = [("group", "all"), ("role", role), ("test", "bmp_kp"), ("first", first), ("last", last)];
        let expected = &want["tests"]["default"][format!("{first},{last}")]["bmp_kp"];
        close_relative(tests.number("statistic", &at), expected[0].as_f64().expect("a number"), 1e-9, role);
        close_relative(tests.number("p_value", &at), expected[1].as_f64().expect("a number"), 1e-8, role);
        assert_eq!(tests.numbers("p_holm")[tests.row(&at)], None, "{role} is in no family");
        assert!(stdout.contains(&format!("[{first}, {last}] {role}")), "{stdout}");
    }
    assert_eq!(table(&dir, "cars").find(&[("first", "-10"), ("last", "-1")]).len(), 0, "cars has declared windows");
    // Declared windows and single days are tested already.
    let (dir, _) =
        quickstart(&["study.tests=[\"bmp_kp\"]", "study.event_window=[-1, 1]", "study.car_windows=[[0, 0]]"]);
    let roles = table(&dir, "tests").texts("role");
    assert!(roles.iter().all(|role| matches!(role.as_deref(), Some("declared" | "day"))), "{roles:?}");
}

/// What the summary of a study with these effects on day 0 says.
fn summary(effects: &[f64]) -> String {
    let dir = study(effects, "tests = [\"t_cross_sectional\"]");
    dayzero(dir.path(), &["run", "study.toml", "--overwrite"]).success().stdout
}

#[test]
fn decisive_events_are_named() {
    let mut effects: Vec<f64> = (0..24).map(|i| if i % 2 == 0 { 0.008 } else { 0.012 }).collect();
    assert!(!summary(&effects).contains("warning"), "no event decides");
    // 24 of 1 % on average, and one of -60 %: the mean is -1.44 %, and far from significant.
    effects.push(-0.6);
    let text = summary(&effects);
    let warning = text.lines().find(|line| line.contains("[0] [0, 0]: without event 24 (125,"));
    let warning = warning.unwrap_or_else(|| panic!("{text}"));
    assert!(warning.contains("the mean CAR is significant: +1.00 % instead of -1.44 %"), "{warning}");
    // Twenty that cancel, and five of 2 %.
    let five = [0.019, 0.02, 0.02, 0.02, 0.021];
    let effects: Vec<f64> = (0..20).map(|i| if i % 2 == 0 { 0.001 } else { -0.001 }).chain(five).collect();
    let text = summary(&effects);
    assert!(text.contains("[0] [0, 0]: 5 of 25 events carry 100.0 % of the mean CAR"), "{text}");
}

#[test]
fn five_events_have_no_share() {
    let dir = study(&[0.01, 0.02, 0.03, 0.04, 0.05], "tests = [\"t_cross_sectional\"]");
    let influence = table(&dir, "influence");
    let at = [("group", "all"), ("first", "0"), ("last", "0")];
    assert_eq!(influence.numbers("top5_share")[influence.row(&at)], None);
    assert_eq!(influence.numbers("caar_min_without_period")[influence.row(&at)], None, "one date");
    // 0.01 … 0.04 are left without the largest.
    assert!((influence.number("caar_min_without_event", &at) - 0.025).abs() < 1e-12);
    assert_eq!(influence.number("caar_min_event_id", &at), 4.0);
}
