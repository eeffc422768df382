//! 23,375 real announcements against an independent script in numpy and scipy.

use arrow::array::Float64Array;
use arrow::compute::filter_record_batch;

use crate::golden_support::{Run, golden};
use crate::support::{Table, dayzero, real_data, write_parquet};

fn study(prices: &str, models: &str, returns: &str) -> String {
    format!(
        r#"
name = "golden"
[prices]
path = "{prices}"
[events]
path = "${{DAYZERO_DATA}}/us_large_caps/events.parquet"
announced_at = "announced_at"
group = ["session"]
quantile = {{ column = "surprise_pct", count = 5 }}
[markets.US]
benchmark = "SPY"
timezone = "America/New_York"
open = "09:30"
close = "16:00"
[factors]
path = "${{DAYZERO_DATA}}/factors/ff5_daily.parquet"
[study]
returns = "{returns}"
estimation_window = [-250, -11]
minimum_observations = 120
event_window = [-10, 10]
car_windows = [[-1, 1], [0, 1], [2, 10]]
mask_other_events = 1
tests = "all"
[sweep]
model = {models}
[inference]
bootstrap = 99
[output]
dir = "out"
"#
    )
}

const PRICES: &str = "${DAYZERO_DATA}/us_large_caps/prices.parquet";

fn run(prices: &str, models: &str, returns: &str) -> (tempfile::TempDir, Run) {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("study.toml"), study(prices, models, returns)).expect("written");
    dayzero(dir.path(), &["run", "study.toml"]).success();
    let run = Run::read(&dir.path().join("out"));
    (dir, run)
}

#[test]
fn models_and_tests_on_real_announcements() {
    if real_data().is_none() {
        return;
    }
    let want = golden("us_large_caps.json");
    let models = r#"["market", "market_adjusted", "constant_mean", "capm", { factors = ["mktrf"], excess = true },
        "ff3", "ff5", { factors = ["mktrf", "smb"], excess = false }]"#
        .replace('\n', "");
    let (_dir, run) = run(PRICES, &models, "simple");
    run.check_alignment(&want["sample"]);
    let ids = ["market", "market_adjusted", "constant_mean", "capm", "capm_mktrf", "ff3", "ff5", "mktrf_smb_raw"];
    for (spec_id, id) in ids.iter().enumerate() {
        run.check_specification(spec_id as i64, &want["specifications"][id]);
    }
}

#[test]
fn logarithmic_returns() {
    if real_data().is_none() {
        return;
    }
    let want = golden("us_large_caps.json");
    let (_dir, run) = run(PRICES, r#"["market"]"#, "log");
    run.check_specification(0, &want["specifications"]["market_log"]);
}

/// A few hundred thousand returns are missing: every 97th price row is deleted.
#[test]
fn missing_returns() {
    let Some(data) = real_data() else { return };
    let want = golden("us_large_caps_gaps.json");
    let prices = Table::read(&data.join("us_large_caps/prices.parquet"));
    let tickers = prices.texts("ticker");
    let kept = (0..prices.rows()).map(|row| Some(row % 97 != 13 || tickers[row].as_deref() == Some("SPY")));
    let batch = filter_record_batch(&prices.batch, &kept.collect()).expect("a filter");
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("prices.parquet");
    write_parquet(&path, &batch);
    let (_dir, run) = run(path.to_str().expect("a path"), r#"["market", "ff5"]"#, "simple");
    run.check_alignment(&want["sample"]);
    run.check_specification(0, &want["specifications"]["market"]);
    run.check_specification(1, &want["specifications"]["ff5"]);
}

/// The instants that the reference placed by hand: at closes, clock changes, early closes, holidays.
#[test]
fn day_0_of_awkward_instants() {
    if real_data().is_none() {
        return;
    }
    let want = golden("us_large_caps.json");
    let cases = &want["day_zero"];
    let instants: Vec<&str> =
        cases["announced_at_utc"].as_array().expect("instants").iter().map(|v| v.as_str().expect("text")).collect();
    assert!(instants.len() > 20);
    let dir = tempfile::tempdir().expect("a directory");
    let mut csv = "ticker,announced_at,session,surprise_pct\n".to_owned();
    for instant in &instants {
        csv += &format!("AAPL,{instant}Z,,\n");
    }
    std::fs::write(dir.path().join("events.csv"), csv).expect("written");
    let early: Vec<String> = match &cases["early_closes"] {
        serde_json::Value::Object(map) => map.iter().map(|(d, t)| format!("\"{d}\" = {t}")).collect(),
        other => panic!("early closes are {other}"),
    };
    for (early, column) in
        [(String::new(), "day0"), (format!("early_closes = {{ {} }}", early.join(", ")), "day0_with_early_closes")]
    {
        let text = study(PRICES, r#"["market"]"#, "simple")
            .replace("${DAYZERO_DATA}/us_large_caps/events.parquet", "events.csv")
            .replace("close = \"16:00\"", &format!("close = \"16:00\"\n{early}"))
            .replace("group = [\"session\"]", "duplicates = \"keep\"");
        std::fs::write(dir.path().join("study.toml"), text).expect("written");
        dayzero(dir.path(), &["run", "study.toml", "--overwrite"]).success();
        let events = Table::read(&dir.path().join("out/events.parquet"));
        for (row, day0) in events.dates("day0").iter().enumerate() {
            let want = cases[column][row].as_str();
            assert_eq!(day0.map(|d| d.to_string()).as_deref(), want, "{} with {column}", instants[row]);
        }
    }
}

/// Prices scaled by a power of two change no return, and so no bit of any result.
#[test]
fn the_unit_of_prices_is_immaterial() {
    let Some(data) = real_data() else { return };
    let prices = Table::read(&data.join("us_large_caps/prices.parquet"));
    let scaled: Float64Array = prices.numbers("adj_close").into_iter().map(|p| p.map(|p| p * 1024.0)).collect();
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("prices.parquet");
    write_parquet(&path, &prices.with("adj_close", std::sync::Arc::new(scaled)).batch);
    let (a, _) = run(path.to_str().expect("a path"), r#"["ff3"]"#, "simple");
    let (b, _) = run(PRICES, r#"["ff3"]"#, "simple");
    for name in ["cars", "tests"] {
        let read = |dir: &tempfile::TempDir| Table::read(&dir.path().join(format!("out/{name}.parquet"))).batch;
        assert_eq!(read(&a).columns(), read(&b).columns(), "{name}");
    }
}
