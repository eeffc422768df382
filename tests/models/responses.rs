//! Other responses than the return of a day, and returns from trade to trade.

use std::sync::Arc;

use arrow::array::Float64Array;

use super::{case, same};
use crate::support::{Case, Table, close};

/// Adds a column to the price table, made of the price.
fn add(case: &Case, name: &str, value: impl Fn(usize, f64) -> Option<f64>) {
    let prices = case.data("prices");
    let made: Float64Array =
        prices.numbers("adj_close").into_iter().enumerate().map(|(row, price)| value(row, price?)).collect();
    case.write_table("data/prices.parquet", &prices.with(name, Arc::new(made)).batch);
}

#[test]
fn models_of_a_whole_day_do_not_explain_its_parts() {
    let case = case("model = \"market\"\n", "");
    let refuses = |sets: &[&str], parts: &[&str]| {
        let args: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
        case.run(&args).failure(2, parts);
    };
    refuses(&["study.response=overnite"], &["unknown value `overnite`", "did you mean `overnight`?"]);
    refuses(
        &["study.response=log_volume", "study.model=ff3"],
        &["`ff3` explains returns of a whole day", "`log_volume`"],
    );
    refuses(&["study.response=overnight", "study.model=synthetic_control"], &["`synthetic_control`", "`overnight`"]);
    refuses(&["study.trade_to_trade=true"], &["days without a trade are not missing", "\"available\""]);
    let both = ["study.trade_to_trade=true", "study.missing=available"];
    refuses(&[&both[..], &["study.response=intraday"]].concat(), &["`intraday` does not run from trade to trade"]);
    refuses(&[&both[..], &["study.model=synthetic_control"]].concat(), &["no returns from trade to trade"]);
    refuses(&[&both[..], &["study.model=theil_sen"]].concat(), &["`theil_sen` counts every day alike"]);
    refuses(&[&both[..], &["prices.return=ret"]].concat(), &["made from prices, and [prices] names a return"]);
    refuses(&["prices.return=ret", "study.response=overnight"], &["[prices] names a return", "open"]);
    case.run(&["--set", "study.response=overnight"]).failure(1, &["adj_open", "no such column"]);
}

/// Overnight and intraday returns compound to the return of the day, and so do their parts of the market.
#[test]
fn the_parts_of_a_day_make_the_day() {
    let case = case("model = \"market_adjusted\"\n", "[sweep]\nresponse = [\"return\", \"overnight\", \"intraday\"]");
    add(&case, "adj_open", |row, price| Some(price * (1.0 + 0.001 * (row % 7) as f64 - 0.003)));
    case.run(&["-q"]).success();
    let days = case.table("abnormal_returns");
    let (spec, actual) = (days.integers("spec_id"), days.numbers("return"));
    let part = |s: i64| -> Vec<f64> {
        (0..days.rows()).filter(|&row| spec[row] == Some(s)).map(|row| actual[row].expect("a return")).collect()
    };
    let (whole, overnight, intraday) = (part(0), part(1), part(2));
    assert!(whole.len() > 1_000 && overnight.iter().any(|r| r.abs() > 1e-3));
    for ((whole, overnight), intraday) in whole.iter().zip(&overnight).zip(&intraday) {
        close((1.0 + overnight) * (1.0 + intraday) - 1.0, *whole, 1e-14, "the day");
    }
    let specifications = case.table("specifications");
    assert_eq!(specifications.texts("response")[1].as_deref(), Some("overnight"));
}

/// Twice the usual volume on day 0 is an abnormal volume of ln 2, and no buy-and-hold return.
#[test]
fn abnormal_volume() {
    let case = case("model = \"constant_mean\"\nresponse = \"log_volume\"\n", "");
    add(&case, "volume", |_, _| Some(1000.0));
    case.run(&["-q"]).success();
    let days = case.table("abnormal_returns");
    assert!(days.numbers("ar").into_iter().flatten().all(|ar| ar.abs() < 1e-12));
    let cars = case.table("cars");
    assert!(cars.numbers("bhar").iter().all(Option::is_none) && cars.numbers("car").iter().all(Option::is_some));
    add(&case, "volume", |row, _| Some(if row == 3 { -1.0 } else { 1000.0 }));
    case.run(&[]).failure(1, &["volume", "data row 4", "negative"]);
}

/// Where every price is there, returns from trade to trade are returns from day to day; where one is
/// missing, its return is part of the next.
#[test]
fn trade_to_trade_without_and_with_gaps() {
    let case = case("model = \"market\"\nmissing = \"available\"\n", "");
    case.run(&["-q", "--out", "daily"]).success();
    let trade = ["-q", "--set", "study.trade_to_trade=true", "--out"];
    case.run(&[&trade[..], &["trades"]].concat()).success();
    let cars = |dir: &str| Table::read(&case.path().join(dir).join("cars.parquet")).numbers("car");
    same(&cars("daily"), &cars("trades"));
    let before = Table::read(&case.path().join("trades/abnormal_returns.parquet"));
    let (event, tau) = (before.integers("event_id")[0].expect("an event").to_string(), "2");
    let key = [("event_id", event.as_str()), ("tau", tau)];
    let date = before.dates("date")[before.row(&key)].expect("a date");
    let ticker = Table::read(&case.path().join("trades/events.parquet")).texts("security")
        [event.parse::<usize>().expect("a row")]
    .clone();
    let prices = case.data("prices");
    let (tickers, dates) = (prices.texts("ticker"), prices.dates("date"));
    let gone = (0..prices.rows()).find(|&row| tickers[row] == ticker && dates[row] == Some(date)).expect("a price");
    let kept: Vec<usize> = (0..prices.rows()).filter(|&row| row != gone).collect();
    case.write_table("data/prices.parquet", &prices.take(&kept).batch);
    case.run(&[&trade[..], &["gap"]].concat()).success();
    let after = Table::read(&case.path().join("gap/abnormal_returns.parquet"));
    let at =
        |table: &Table, tau: &str| table.numbers("return")[table.row(&[("event_id", event.as_str()), ("tau", tau)])];
    assert_eq!(at(&after, "2"), None);
    let two_days = (1.0 + at(&before, "2").expect("a return")) * (1.0 + at(&before, "3").expect("a return")) - 1.0;
    close(at(&after, "3").expect("a return"), two_days, 1e-14, "the return over two days");
    // Day by day both returns are missing.
    case.run(&["-q", "--out", "daily_gap"]).success();
    let daily = Table::read(&case.path().join("daily_gap/abnormal_returns.parquet"));
    assert_eq!((at(&daily, "2"), at(&daily, "3")), (None, None));
}

/// Bankruptcy: simple returns say −100 %, logarithms cannot, and no window with it has a sum.
#[test]
fn a_total_loss_is_not_passed_over() {
    let case =
        case("model = \"market_adjusted\"\nmissing = \"available\"\n", "[sweep]\nreturns = [\"simple\", \"log\"]");
    case.run(&["-q"]).success();
    let events = case.table("events");
    let (ticker, day0) =
        (events.texts("security")[0].clone().expect("a ticker"), events.dates("day0")[0].expect("a day"));
    // Prices as returns, so that one can be −1.
    let prices = case.data("prices");
    let (ids, dates, closes) = (prices.texts("ticker"), prices.dates("date"), prices.numbers("adj_close"));
    let mut last = std::collections::HashMap::new();
    let mut order: Vec<usize> = (0..prices.rows()).collect();
    order.sort_by_key(|&row| dates[row]);
    let mut returns = vec![None; prices.rows()];
    for row in order {
        let before: Option<f64> = last.insert(ids[row].clone(), closes[row].expect("a price"));
        returns[row] = before.map(|before| closes[row].expect("a price") / before - 1.0);
    }
    let lost = (0..prices.rows()).find(|&row| ids[row].as_deref() == Some(&ticker) && dates[row] == Some(day0));
    returns[lost.expect("day 0")] = Some(-1.0);
    let returns: Float64Array = returns.into_iter().collect();
    case.write_table("data/prices.parquet", &prices.with("ret", Arc::new(returns)).batch);
    case.run(&["-q", "--set", "prices.return=ret"]).success();
    let car = |spec: &str, first: &str| {
        let cars = case.table("cars");
        cars.numbers("car")[cars.row(&[("spec_id", spec), ("event_id", "0"), ("first", first)])]
    };
    assert!(car("0", "0").is_some_and(|car| car < -0.9));
    assert_eq!((car("1", "0"), car("1", "-1")), (None, None));
    assert!(car("1", "2").is_some());
    let estimates = case.table("estimates");
    let reason = estimates.texts("reason")[estimates.row(&[("spec_id", "1"), ("event_id", "0")])].clone();
    assert!(reason.as_deref().is_some_and(|reason| reason.contains("a total loss")), "{reason:?}");
}
