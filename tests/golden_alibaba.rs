//! The case of 29 August 2025 on real prices: two markets, two days 0.

use crate::golden_support::golden;
use crate::support::{Table, close, dayzero, real_data, root};

fn run(mask: usize) -> (tempfile::TempDir, Table, Table, Table) {
    let dir = tempfile::tempdir().expect("a directory");
    let study = root().join("experiments/alibaba-2025/study.toml");
    let out = dir.path().join("out");
    let (study, out_text) = (study.to_str().expect("a path"), out.to_str().expect("a path"));
    let set = format!("study.mask_other_events={mask}");
    dayzero(dir.path(), &["run", study, "--out", out_text, "--set", &set]).success();
    let table = |name: &str| Table::read(&out.join(format!("{name}.parquet")));
    let tables = (table("events"), table("estimates"), table("abnormal_returns"));
    (dir, tables.0, tables.1, tables.2)
}

#[test]
fn both_listings() {
    if real_data().is_none() {
        return;
    }
    let want = golden("alibaba.json");
    for mask in [0, 1] {
        let (_dir, events, estimates, days) = run(mask);
        for (ticker, day0) in [("BABA", "2025-08-29"), ("9988.HK", "2025-09-01")] {
            let headline = &want[format!("mask_{mask}")]["headline"][ticker];
            let event = *events
                .find(&[("security", ticker), ("outcome", "ok")])
                .first()
                .unwrap_or_else(|| panic!("{ticker} has an event"));
            assert_eq!(events.dates("day0")[event].map(|d| d.to_string()).as_deref(), Some(day0));
            assert_eq!(headline["day0"].as_str(), Some(day0));
            let id = event.to_string();
            let estimate = |column: &str| estimates.number(column, &[("event_id", &id)]);
            let day = |column: &str| days.number(column, &[("event_id", &id), ("tau", "0")]);
            let expected = |name: &str| headline[name].as_f64().unwrap_or_else(|| panic!("{name} of {ticker}"));
            close(estimate("observations"), expected("M"), 0.0, "M");
            close(estimate("alpha"), expected("alpha"), 1e-13, "alpha");
            close(estimate("beta_market"), expected("beta_market"), 1e-11, "beta");
            close(estimate("sigma"), expected("sigma"), 1e-13, "sigma");
            close(day("ar"), expected("ar_0"), 1e-13, "AR on day 0");
            close(day("sar"), expected("sar_0"), 1e-11, "t of day 0");
        }
    }
}

/// The published figures, as a reader would check them.
#[test]
fn the_published_figures() {
    if real_data().is_none() {
        return;
    }
    let (_dir, events, _, days) = run(0);
    for (ticker, ar, t) in [("BABA", 0.132, 4.65), ("9988.HK", 0.154, 9.6)] {
        let id = events.find(&[("security", ticker), ("outcome", "ok")])[0].to_string();
        let day = |column: &str| days.number(column, &[("event_id", &id), ("tau", "0")]);
        assert!((day("ar") - ar).abs() < 0.0005, "{ticker}: {}", day("ar"));
        assert!((day("sar") - t).abs() < 0.05, "{ticker}: {}", day("sar"));
    }
}
