//! Studies small enough to compute by hand, through the binary.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch};
use dayzero_model::Date;

use crate::support::{Table, close, close_relative, dayzero, write_parquet};

const DAYS: i32 = 200;
/// Calendar index of day 0 of every event.
const DAY0: i32 = 150;

fn date(day: i32) -> Date {
    Date(18_000 + day)
}

fn market(day: i32) -> f64 {
    if day % 2 == 0 { 0.01 } else { -0.01 }
}

/// Residuals of ±0.002 that are orthogonal to the constant and to the market over any four days.
fn noise(day: i32) -> f64 {
    if day % 4 < 2 { 0.002 } else { -0.002 }
}

/// Securities 101, 102, … with α = 0.001, β = 1.5, noise in the estimation window and these abnormal
/// returns on day 0; integer identifiers, returns in place of prices, the benchmark in a CSV file,
/// announcements by date without a session.
pub fn study(effects: &[f64], settings: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut ids, mut dates, mut returns) = (vec![], vec![], vec![]);
    for (i, effect) in effects.iter().enumerate() {
        for day in 0..DAYS {
            let abnormal = if day < DAY0 - 10 {
                noise(day)
            } else if day == DAY0 {
                *effect
            } else {
                0.0
            };
            ids.push(101 + i as i64);
            dates.push(date(day).0);
            returns.push(0.001 + 1.5 * market(day) + abnormal);
        }
    }
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("permno", Arc::new(Int64Array::from(ids))),
        ("date", Arc::new(Date32Array::from(dates))),
        ("ret", Arc::new(Float64Array::from(returns))),
    ];
    write_parquet(&dir.path().join("prices.parquet"), &RecordBatch::try_from_iter(columns).expect("equal lengths"));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("permno", Arc::new(Int32Array::from_iter_values(101..101 + effects.len() as i32))),
        ("edate", Arc::new(Date32Array::from(vec![date(DAY0).0; effects.len()]))),
    ];
    write_parquet(&dir.path().join("events.parquet"), &RecordBatch::try_from_iter(columns).expect("equal lengths"));
    let mut csv = "date,vwretd\n".to_owned();
    let mut factors = "date,mktrf,rf\n".to_owned();
    for day in 0..DAYS {
        csv += &format!("{},{}\n", date(day), market(day));
        factors += &format!("{},{},{}\n", date(day), market(day), 0.0001);
    }
    std::fs::write(dir.path().join("index.csv"), csv).expect("written");
    std::fs::write(dir.path().join("factors.csv"), factors).expect("written");
    let text = format!(
        r#"
name = "by-hand"
[prices]
path = "prices.parquet"
security = "permno"
return = "ret"
[events]
path = "events.parquet"
security = "permno"
announced_on = "edate"
[markets.US]
benchmark = {{ path = "index.csv", return = "vwretd" }}
[factors]
path = "factors.csv"
[study]
estimation_window = [-110, -11]
event_window = [-5, 5]
car_windows = [[0, 0], [-1, 1]]
{settings}
[output]
dir = "out"
"#
    );
    std::fs::write(dir.path().join("study.toml"), text).expect("written");
    dayzero(dir.path(), &["run", "study.toml"]).success();
    dir
}

fn table(dir: &tempfile::TempDir, name: &str) -> Table {
    Table::read(&dir.path().join("out").join(format!("{name}.parquet")))
}

#[test]
fn one_event_by_hand() {
    let dir = study(&[0.05], "");
    let estimates = table(&dir, "estimates");
    let estimate = |column: &str| estimates.number(column, &[("event_id", "0")]);
    // Over 100 days the noise is orthogonal to the design, so α and β are exact, RSS = 100·0.002²,
    // s² = RSS/98; TSS = 1.5²·100·0.01² + RSS.
    close(estimate("alpha"), 0.001, 1e-16, "alpha");
    close(estimate("beta_market"), 1.5, 1e-13, "beta");
    let variance = 100.0 * 0.002_f64.powi(2) / 98.0;
    close_relative(estimate("sigma"), variance.sqrt(), 1e-13, "sigma");
    close_relative(estimate("r_squared"), 1.0 - 4e-4 / (2.25 * 0.01 + 4e-4), 1e-13, "R²");
    assert_eq!((estimate("observations"), estimate("dof")), (100.0, 98.0));
    // x'(X'X)⁻¹x = 1/100 + 0.01²/(100·0.01²) = 0.02 on any day; over [-1, 1] the market sums to
    // ∓0.01, so 1'X(X'X)⁻¹X'1 = 9/100 + 0.01 = 0.1.
    let cars = table(&dir, "cars");
    let car = |column: &str, first: &str, last: &str| cars.number(column, &[("first", first), ("last", last)]);
    close(car("car", "0", "0"), 0.05, 1e-15, "CAR of day 0");
    close_relative(car("scar", "0", "0"), 0.05 / (variance * 1.02).sqrt(), 1e-12, "SCAR of day 0");
    close(car("car", "-1", "1"), 0.05, 1e-15, "CAR of [-1, 1]");
    close_relative(car("scar", "-1", "1"), 0.05 / (variance * 3.1).sqrt(), 1e-12, "SCAR of [-1, 1]");
    let (up, down) = (1.0 + 0.001 + 0.015, 1.0 + 0.001 - 0.015);
    let bhar = up * down * down + 0.05 * down * down - up * down * down;
    close(car("bhar", "-1", "1"), bhar, 1e-15, "BHAR of [-1, 1]");
    // One event: no cross-section, so nulls with reasons, never a number.
    let tests = table(&dir, "tests");
    let row = tests.row(&[("test", "bmp_kp"), ("first", "0"), ("last", "0")]);
    assert_eq!(tests.numbers("statistic")[row], None);
    assert_eq!(tests.texts("reason")[row].as_deref(), Some("1 events, at least 2 are needed"));
}

#[test]
fn three_events_by_hand() {
    let dir = study(&[0.05, 0.02, 0.02], "");
    let tests = table(&dir, "tests");
    let statistic = |test: &str| tests.number("statistic", &[("test", test), ("first", "0"), ("last", "0")]);
    // Mean 0.03, Σ(x − mean)² = 6e-4, sd = √3e-4: t = √3·0.03/√3e-4 = 3.
    close(statistic("t_cross_sectional"), 3.0, 1e-12, "t");
    close(statistic("bmp"), 3.0, 1e-12, "BMP");
    let scar = |car: f64| car / (4e-4 / 98.0 * 1.02_f64).sqrt();
    let patell = (scar(0.05) + 2.0 * scar(0.02)) / (3.0 * 98.0 / 96.0_f64).sqrt();
    close_relative(statistic("patell"), patell, 1e-12, "Patell");
    // All three positive; half of the residuals are: (3 − 1.5)/√0.75.
    close(statistic("sign_generalized"), 1.5 / 0.75_f64.sqrt(), 1e-12, "sign");
    // The residuals are the same series three times: r̄ = 1, three events are one.
    let row = tests.row(&[("test", "bmp_kp"), ("first", "0"), ("last", "0")]);
    assert_eq!(tests.texts("reason")[row].as_deref(), Some("the residuals of all events are perfectly correlated"));
}

/// α on R − R_f is smaller by (1 − β)·R_f than on the raw return; β and AR are the same, since R_f is
/// constant here.
#[test]
fn excess_on_and_off() {
    let sweep = "[sweep]\nmodel = [{ factors = [\"mktrf\"], excess = true }, { factors = [\"mktrf\"], excess = false }, \"capm\", \"market\"]";
    let dir = study(&[0.05], sweep);
    let (estimates, days) = (table(&dir, "estimates"), table(&dir, "abnormal_returns"));
    for (spec, column, alpha) in [
        ("0", "beta_mktrf", 0.0009),
        ("1", "beta_mktrf", 0.001),
        ("2", "beta_market", 0.001 - 0.0001 + 1.5 * 0.0001),
        ("3", "beta_market", 0.001),
    ] {
        let estimate = |column: &str| estimates.number(column, &[("spec_id", spec)]);
        close(estimate("alpha"), alpha, 1e-16, "alpha");
        close(estimate(column), 1.5, 1e-13, column);
        close(days.number("ar", &[("spec_id", spec), ("tau", "0")]), 0.05, 1e-15, "AR");
    }
}

/// A sweep has one specification per combination, in the order model, returns, windows.
#[test]
fn sweeps_combine() {
    let sweep = "[sweep]\nmodel = [\"market\", \"constant_mean\"]\nreturns = [\"simple\", \"log\"]\nestimation_window = [[-110, -11], [-60, -11]]";
    let dir = study(&[0.05, 0.02], sweep);
    let specifications = table(&dir, "specifications");
    assert_eq!(specifications.rows(), 8);
    let texts = |name: &str| specifications.texts(name).into_iter().flatten().collect::<Vec<_>>();
    assert_eq!(texts("model")[..5], ["market", "market", "market", "market", "constant_mean"]);
    assert_eq!(texts("returns")[..4], ["simple", "simple", "log", "log"]);
    assert_eq!(texts("estimation_first")[..3], ["-110", "-60", "-110"]);
    assert_eq!(table(&dir, "estimates").rows(), 16);
    assert_eq!(table(&dir, "abnormal_returns").rows(), 8 * 2 * 11);
    // With log returns BHAR is the difference of compounded simple returns, CAR that of logarithms.
    let cars = table(&dir, "cars");
    let constant_log =
        |column: &str| cars.number(column, &[("spec_id", "6"), ("event_id", "0"), ("first", "0"), ("last", "0")]);
    let mean = estimates_alpha(&dir, "6");
    let actual: f64 = 1.0 + 0.001 + 0.015 + 0.05;
    close(constant_log("car"), actual.ln() - mean, 1e-14, "CAR");
    close(constant_log("bhar"), actual - mean.exp(), 1e-14, "BHAR");
}

fn estimates_alpha(dir: &tempfile::TempDir, spec: &str) -> f64 {
    table(dir, "estimates").number("alpha", &[("spec_id", spec), ("event_id", "0")])
}

/// A run that uses no event writes its ledger and says what is wrong with the first.
#[test]
fn a_run_without_a_usable_event_says_so() {
    let dir = study(&[0.05], "");
    let run = dayzero(
        dir.path(),
        &[
            "run",
            "study.toml",
            "--overwrite",
            "--set",
            "study.estimation_window=[-170, -11]",
            "--set",
            "study.minimum_observations=150",
        ],
    );
    let run = run.success();
    assert!(run.stderr.contains("warning: no event can be used"), "{}", run.stderr);
    let summary = run.stdout;
    assert!(summary.contains("note: no event was used"), "{summary}");
    assert!(summary.contains("140 usable estimation days") || summary.contains("too_few_observations"), "{summary}");
    assert_eq!(table(&dir, "events").texts("outcome"), [Some("too_few_observations".to_owned())]);
}

/// One market needs no column of markets, even where the study writes the default name out, and a
/// column of another kind that has this name is ignored.
#[test]
fn a_number_named_market_names_no_market() {
    let dir = study(&[0.05, 0.02], "");
    let before = table(&dir, "cars");
    let prices = Table::read(&dir.path().join("prices.parquet"));
    let numbers: ArrayRef = Arc::new(Float64Array::from_iter_values((0..prices.rows()).map(|row| row as f64)));
    write_parquet(&dir.path().join("prices.parquet"), &prices.with("market", numbers).batch);
    dayzero(dir.path(), &["run", "study.toml", "--overwrite"]).success();
    assert_eq!(before.batch.columns(), table(&dir, "cars").batch.columns());
    let named = |column: &str| {
        let edit = format!("prices.market={column}");
        dayzero(dir.path(), &["run", "study.toml", "--overwrite", "--set", &edit])
    };
    named("market").success();
    named("ret").failure(1, &["column `ret`", "Float64", "a string or an integer is needed"]);
}

/// A day without a return is left out of sums and averages, not counted as zero: before the first
/// return there is no path at all.
#[test]
fn available_days_are_averaged_as_they_are() {
    let dir = study(&[0.05, 0.02], "missing = \"available\"");
    let prices = Table::read(&dir.path().join("prices.parquet"));
    let (ids, dates) = (prices.integers("permno"), prices.dates("date"));
    let gone =
        |row: usize| ids[row] == Some(102) && (date(DAY0 - 5)..=date(DAY0 - 3)).contains(&dates[row].expect("a date"));
    let kept: Vec<usize> = (0..prices.rows()).filter(|&row| !gone(row)).collect();
    write_parquet(&dir.path().join("prices.parquet"), &prices.take(&kept).batch);
    dayzero(dir.path(), &["run", "study.toml", "--overwrite"]).success();
    let days = table(&dir, "abnormal_returns");
    for tau in -5..=-3 {
        let row = days.row(&[("event_id", "1"), ("tau", &tau.to_string())]);
        assert_eq!((days.numbers("ar")[row], days.numbers("car")[row]), (None, None), "tau {tau}");
    }
    let averages = table(&dir, "averages");
    let at = |column: &str, tau: &str| averages.number(column, &[("group", "all"), ("tau", tau)]);
    assert_eq!((at("events", "-5"), at("caar_events", "-5")), (1.0, 1.0));
    close(at("aar", "-5"), at("caar", "-5"), 0.0, "CAAR of the first day is AAR");
    assert_eq!((at("events", "-2"), at("caar_events", "-2")), (2.0, 2.0));
    let events = table(&dir, "events");
    let reason = events.texts("reason")[1].clone().expect("a reason");
    assert!(reason.starts_with("no return on 3 of 11 days"), "{reason}");
}

/// A day on which only a factor is missing is not called a missing return.
#[test]
fn reasons_say_what_is_missing() {
    let dir = study(&[0.05], "[sweep]\nmodel = [\"capm\"]");
    let factors = std::fs::read_to_string(dir.path().join("factors.csv")).expect("factors");
    let without = |day: i32| format!("{}", date(day));
    let kept: Vec<&str> = factors
        .lines()
        .filter(|line| !line.starts_with(&without(DAY0 + 2)) && !line.starts_with(&without(DAY0 - 50)))
        .collect();
    std::fs::write(dir.path().join("factors.csv"), kept.join("\n")).expect("written");
    dayzero(dir.path(), &["run", "study.toml", "--overwrite"]).success();
    let reason = |dir: &tempfile::TempDir| table(dir, "events").texts("reason")[0].clone().expect("a reason");
    assert_eq!(reason(&dir), "no factor on 1 of 11 days of the event window, the first at tau = 2");
    let settings = ["--set", "study.estimation_window=[-170, -11]", "--set", "study.minimum_observations=150"];
    dayzero(dir.path(), &[&["run", "study.toml", "--overwrite"], &settings[..]].concat()).success();
    let parts = [
        "139 usable estimation days in [-170, -11], 150 are needed",
        "20 before the calendar begins, 1 without a factor",
    ];
    for part in parts {
        assert!(reason(&dir).contains(part), "{}", reason(&dir));
    }
}

/// Groups of numbers and texts come in one order, run after run.
#[test]
fn mixed_groups_have_an_order() {
    let effects = [0.05, 0.02, 0.01, 0.03, 0.04, 0.02];
    let dir = study(&effects, "");
    let mut csv = "permno,edate,code\n".to_owned();
    for (i, code) in ["10", "1a", "9", "b", "1e1", "2"].iter().enumerate() {
        csv += &format!("{},{},{code}\n", 101 + i, date(DAY0));
    }
    std::fs::write(dir.path().join("events.csv"), csv).expect("written");
    let settings = ["--set", "events.path=events.csv", "--set", "events.group=[\"code\"]"];
    dayzero(dir.path(), &[&["run", "study.toml", "--overwrite"], &settings[..]].concat()).success();
    let mut groups = table(&dir, "averages").texts("group");
    groups.dedup();
    let labels: Vec<String> = groups.into_iter().flatten().collect();
    assert_eq!(labels, ["all", "code=2", "code=9", "code=10", "code=1e1", "code=1a", "code=b"]);
}

/// Sessions are read in any spelling; where the column is empty the instant decides; a contradiction
/// is noted, and day 0 follows the instant.
#[test]
fn sessions_beside_instants() {
    let dir = study(&[0.05, 0.02, 0.01], "");
    let mut csv = "permno,at,session\n".to_owned();
    for (i, (hour, session)) in [(7, "BMO"), (7, ""), (7, "amc")].iter().enumerate() {
        csv += &format!("{},{}T{hour:02}:00:00Z,{session}\n", 101 + i, date(DAY0));
    }
    std::fs::write(dir.path().join("events.csv"), csv).expect("written");
    let text = std::fs::read_to_string(dir.path().join("study.toml")).expect("the study");
    let text = text
        .replace("events.parquet", "events.csv")
        .replace("announced_on = \"edate\"", "announced_at = \"at\"\ngroup = [\"session\"]")
        .replace("[factors]", "timezone = \"UTC\"\nopen = \"09:00\"\nclose = \"17:00\"\n[factors]");
    std::fs::write(dir.path().join("study.toml"), text).expect("written");
    let summary = dayzero(dir.path(), &["run", "study.toml", "--overwrite"]).success().stdout;
    let events = table(&dir, "events");
    let texts = |name: &str| events.texts(name).into_iter().flatten().collect::<Vec<_>>();
    assert_eq!(texts("session"), ["bmo", "bmo", "amc"]);
    assert_eq!(texts("day0_rule"), ["same_day_before_open"; 3]);
    assert!(
        summary.contains("note: the session column disagrees with the instant of 1 events, the first event 2"),
        "{summary}"
    );
    assert!(summary.contains("session=bmo") && !summary.contains("session=BMO"), "{summary}");
}

/// Where specifications use different events, each says so, and `--strict` looks at all of them.
#[test]
fn outcomes_by_specification() {
    let dir =
        study(&[0.05, 0.02], "minimum_observations = 100\n[sweep]\nestimation_window = [[-110, -11], [-155, -11]]");
    let settings =
        ["--set", "study.minimum_observations=140", "--set", "sweep.estimation_window=[[-150, -11], [-155, -11]]"];
    let prices = Table::read(&dir.path().join("prices.parquet"));
    let (ids, dates) = (prices.integers("permno"), prices.dates("date"));
    let gone = |row: usize| ids[row] == Some(102) && dates[row] < Some(date(8));
    let kept: Vec<usize> = (0..prices.rows()).filter(|&row| !gone(row)).collect();
    write_parquet(&dir.path().join("prices.parquet"), &prices.take(&kept).batch);
    let run = dayzero(dir.path(), &[&["run", "study.toml", "--overwrite", "--strict"], &settings[..]].concat());
    let run = run.failure(3, &["1 of the events"]);
    assert!(run.stdout.contains("too_few_observations"), "{}", run.stdout);
    let estimates = table(&dir, "estimates");
    assert_eq!(estimates.find(&[("outcome", "too_few_observations")]).len(), 2);
}
