//! What the READMEs of the experiments say, held against what the binary finds.

use crate::support::{Table, dayzero, real_data, root};

/// Runs an experiment into a directory of its own.
fn run(name: &str, settings: &[&str]) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().expect("a directory");
    let study = root().join("experiments").join(name).join("study.toml");
    let mut args = vec!["run", study.to_str().expect("a path"), "--out", "out"];
    settings.iter().for_each(|setting| args.extend(["--set", setting]));
    let outcome = dayzero(dir.path(), &args).success();
    (dir, outcome.stdout)
}

fn table(dir: &tempfile::TempDir, name: &str) -> Table {
    Table::read(&dir.path().join("out").join(format!("{name}.parquet")))
}

/// The planted effect by quintile is found within two standard errors, and nothing before day 0.
#[test]
fn quickstart_finds_what_was_planted() {
    let (dir, summary) = run("quickstart", &[]);
    let (averages, tests) = (table(&dir, "averages"), table(&dir, "tests"));
    for (quintile, planted) in [(1, -0.03), (2, -0.015), (3, 0.0), (4, 0.015), (5, 0.03)] {
        let group = format!("surprise_pct={quintile}");
        let at = [("group", group.as_str()), ("tau", "0")];
        let aar = averages.number("aar", &at);
        let test = [("group", group.as_str()), ("first", "0"), ("last", "0"), ("test", "t_cross_sectional")];
        let error = aar / tests.number("statistic", &test);
        assert!((aar - planted).abs() < 2.5 * error.abs(), "{group}: {aar} with an error of {error}");
        assert!(summary.contains(&group), "{summary}");
        let before = [("group", group.as_str()), ("first", "-10"), ("last", "-1"), ("test", "bmp_kp")];
        assert!(tests.number("p_value", &before) > 0.01, "{group} before day 0");
        let p = tests.number("p_value", &[("group", &group), ("first", "0"), ("last", "0"), ("test", "bmp_kp")]);
        assert_eq!(p < 1e-10, planted != 0.0, "{group}: p = {p}");
    }
}

/// Every defect that was planted is an outcome in the ledger.
#[test]
fn quickstart_accounts_for_every_event() {
    let (dir, _) = run("quickstart", &[]);
    let events = table(&dir, "events");
    assert_eq!(events.rows(), 606);
    let outcomes: Vec<String> = events.texts("outcome").into_iter().map(|o| o.expect("an outcome")).collect();
    for (outcome, count) in [
        ("ok", 596),
        ("incomplete_event_window", 3),
        ("too_few_observations", 2),
        ("duplicate", 1),
        ("unknown_security", 1),
        ("missing_announcement", 1),
        ("before_calendar", 1),
        ("after_calendar", 1),
    ] {
        assert_eq!(outcomes.iter().filter(|o| *o == outcome).count(), count, "{outcome}");
    }
    let reasons = events.texts("reason");
    assert!((0..606).all(|row| (outcomes[row] == "ok") == reasons[row].is_none()), "every exclusion has a reason");
}

/// On the simulated reconstruction, whether or not there are real data.
#[test]
fn alibaba_on_the_reconstruction() {
    let paths: Vec<String> = [("prices", "prices"), ("events", "events")]
        .map(|(section, file)| {
            let path = root().join("datasets/alibaba").join(format!("{file}.parquet"));
            format!("{section}.path='{}'", path.display())
        })
        .to_vec();
    let (dir, _) = run("alibaba-2025", &[&paths[0], &paths[1]]);
    let (events, days) = (table(&dir, "events"), table(&dir, "abnormal_returns"));
    for (ticker, day0, ar) in [("BABA", "2025-08-29", 0.1358), ("9988.HK", "2025-09-01", 0.1644)] {
        let event = events.find(&[("security", ticker), ("outcome", "ok")])[0];
        assert_eq!(events.dates("day0")[event].map(|d| d.to_string()).as_deref(), Some(day0));
        let found = days.number("ar", &[("event_id", &event.to_string()), ("tau", "0")]);
        assert!((found - ar).abs() < 0.0005, "{ticker}: {found}");
    }
}

/// 23,375 rows in the ledger, outcomes that add up, quintiles that line up.
#[test]
fn us_earnings_line_up() {
    if real_data().is_none() {
        return;
    }
    let (dir, _) = run("us-earnings", &["sweep.model=[\"market\"]"]);
    let events = table(&dir, "events");
    assert_eq!(events.rows(), 23_375);
    let outcomes = events.texts("outcome");
    let count = |outcome: &str| outcomes.iter().filter(|o| o.as_deref() == Some(outcome)).count();
    assert_eq!(count("ok") + count("incomplete_event_window"), 23_238);
    assert_eq!(count("too_few_observations"), 102);
    assert_eq!(count("duplicate"), 6);
    assert_eq!(count("before_calendar"), 29);
    let tests = table(&dir, "tests");
    let means: Vec<f64> = (1..=5)
        .map(|quintile| {
            let group = format!("surprise_pct={quintile}");
            tests.number("mean_car", &[("group", &group), ("first", "0"), ("last", "0"), ("test", "bmp_kp")])
        })
        .collect();
    assert!(means.is_sorted(), "{means:?}");
    assert!((means[0] + 0.0204).abs() < 0.0001 && (means[4] - 0.0210).abs() < 0.0001, "{means:?}");
}

/// Real announcements, moved to quiet days: what the README of size-of-tests says of `bmp` and `bmp_kp`.
#[test]
fn sizes_on_real_returns() {
    if real_data().is_none() {
        return;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let study = root().join("experiments/size-of-tests/real.toml");
    let tests = "study.tests=[\"bmp\", \"bmp_kp\"]";
    let args = ["simulate", study.to_str().expect("a path"), "-q", "--out", "out", "--draws", "300", "--effects", "0"];
    dayzero(dir.path(), &[&args[..], &["--set", tests, "--set", "output.format=\"parquet\""]].concat()).success();
    let rejections = Table::read(&dir.path().join("out/rejections.parquet"));
    let rate = |test: &str, column: &str| {
        rejections.number(column, &[("first", "-1"), ("last", "1"), ("test", test), ("level", "0.05")])
    };
    assert!(rate("bmp", "lower") > 0.08, "{}", rate("bmp", "rate"));
    assert!(rate("bmp_kp", "lower") < 0.06 && rate("bmp_kp", "rate") < 0.09, "{}", rate("bmp_kp", "rate"));
}

/// Before costs a little, after costs nothing that differs from luck.
#[test]
fn drift_pays_before_costs_only() {
    if real_data().is_none() {
        return;
    }
    let free = "backtest.costs={ commission_bps = 0.0, half_spread_bps = 0.0, borrow_bps_per_year = 0.0 }";
    let reaction = "backtest.signal=car[0,1]";
    for (settings, ratio, error, t, selected, walked) in [
        (&[][..], 0.36, 0.27, 0.8, 0.740, 0.35),
        (&[free], 0.69, 0.26, 2.0, 0.978, 0.60),
        (&[reaction], -0.14, 0.25, -0.4, 0.051, -0.43),
        (&[reaction, free], 0.20, 0.25, 0.9, 0.495, -0.10),
    ] {
        let (dir, _) = run("pead", settings);
        let performance = table(&dir, "performance");
        let held_60 = [("record", "strategy"), ("strategy_id", "2")];
        let near = |column: &str, row: &[(&str, &str)], want: f64, digits: f64| {
            let found = performance.number(column, row);
            assert!((found - want).abs() <= 0.51 * digits, "{column} of {row:?} with {settings:?}: {found}");
        };
        near("sharpe", &held_60, ratio, 0.01);
        near("sharpe_se_robust", &held_60, error, 0.01);
        near("alpha_t", &held_60, t, 0.1);
        near("selected", &held_60, selected, 0.001);
        near("sharpe", &[("record", "walk_forward")], walked, 0.01);
    }
}
