//! Decisions wait for what they are made of.

use crate::support::{Table, dayzero, root};

/// The trades of the committed data by the reaction of day 0 under a model: market, when decided, and whether long.
fn decided(model: &str) -> Vec<(String, i64)> {
    let dir = tempfile::tempdir().expect("a directory");
    let study = root().join("experiments/quickstart/study.toml");
    let model = format!("sweep.model=[\"{model}\"]");
    let backtest = "backtest={ signal = \"ar[0]\", hold_days = 3, exit_before_next_event = false }";
    let tables = "output.tables=[\"events\", \"trades\"]";
    let factors = format!("factors.path=\"{}\"", root().join("datasets/quickstart/factors.parquet").display());
    let sets = [&model, backtest, tables, &factors, "study.tests=[]", "study.mask_other_events=0"];
    let mut args = vec!["run", study.to_str().expect("a path"), "--out", "out"];
    sets.iter().for_each(|set| args.extend(["--set", set]));
    dayzero(dir.path(), &args).success();
    let table = |name: &str| Table::read(&dir.path().join("out").join(format!("{name}.parquet")));
    let (events, trades) = (table("events"), table("trades"));
    let markets = events.texts("market");
    let (ids, moments) = (trades.integers("event_id"), trades.integers("decided_at"));
    let mut found = vec![(String::new(), 0); events.rows()];
    for (id, moment) in ids.into_iter().zip(moments) {
        let id = id.expect("an event") as usize;
        found[id] = (markets[id].clone().expect("a market"), moment.expect("a moment"));
    }
    found
}

/// An abnormal return on factors waits for the last market of the day: one of Hong Kong for New York, which closes
/// twelve or thirteen hours later, unless it is shut.
#[test]
fn factors_of_a_market_that_closes_later() {
    let (own, factors) = (decided("market"), decided("ff3"));
    let (mut waited, mut shut) = (0, 0);
    for ((market, own), (_, factors)) in own.iter().zip(&factors).filter(|(a, b)| a.1 != 0 && b.1 != 0) {
        let hours = (factors - own) / 3_600_000_000;
        match (market.as_str(), hours) {
            ("US", 0) => {}
            ("HK", 12 | 13) => waited += 1,
            ("HK", 0) => shut += 1,
            _ => panic!("{market} waits for {hours} hours"),
        }
    }
    assert!(waited > 100 && shut < waited / 10, "{waited} waited, {shut} did not");
}
