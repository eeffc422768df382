//! Factor tables, and securities as factors.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch};
use arrow::datatypes::{DataType, TimeUnit};
use dayzero_model::Date;

use super::{Tables, Trial, converted, csv, date_texts, dates, edited, number_texts, prices, shuffled};
use crate::support::{Case, STUDY, Table, strings};

const FACTORS: &str = "path = \"data/factors.parquet\"";

fn five_factors() -> String {
    edited(STUDY, "model = \"market\"", "model = \"ff5\"")
}

#[test]
fn the_form_of_the_factor_table() {
    let study = five_factors();
    let trial = Trial::with(&study);
    let factors = trial.case.data("factors");
    let days = dates(&factors);
    let betas = trial.expected.get("estimates").names();
    assert!(
        ["beta_mktrf", "beta_smb", "beta_hml", "beta_rmw", "beta_cma"].iter().all(|b| betas.contains(&(*b).into()))
    );
    let forms = [
        ("shuffled", factors.take(&shuffled(factors.rows()))),
        ("with timestamps", converted(&factors, "date", &DataType::Timestamp(TimeUnit::Millisecond, None))),
        ("with dates as text", factors.with("date", strings(days.iter().map(Date::to_string)))),
    ];
    for (what, table) in forms {
        trial.case.write_table("data/factors.parquet", &table.batch);
        trial.assert_same(&format!("factors {what}"));
    }
    let names = ["mktrf", "smb", "hml", "rmw", "cma", "umd", "rf"];
    let values = names.map(|name| (name, number_texts(&factors.numbers(name))));
    let columns: Vec<_> = values.into_iter().chain([("date", date_texts(&days))]).collect();
    trial.case.write("data/factors.csv", &csv(&columns));
    std::fs::remove_file(trial.case.path().join("data/factors.parquet")).expect("removed");
    trial.case.write("study.toml", &edited(&study, FACTORS, "path = \"data/factors.csv\""));
    trial.assert_same("factors in CSV");
}

#[test]
fn factor_columns_of_other_names() {
    let study = five_factors();
    let trial = Trial::with(&study);
    let factors = trial.case.data("factors");
    let pairs = [("mktrf", "Mkt-RF"), ("smb", "SMB"), ("hml", "HML"), ("rmw", "RMW"), ("cma", "CMA"), ("rf", "RF")];
    let renamed = pairs.iter().map(|(name, column)| (*column, factors.column(name).clone()));
    let all = renamed.chain([("day", factors.column("date").clone())]);
    let batch = RecordBatch::try_from_iter(all).expect("a table");
    trial.case.write_table("data/factors.parquet", &batch);
    let columns: Vec<String> = pairs[..5].iter().map(|(name, column)| format!("{name} = \"{column}\"")).collect();
    let section = format!("{FACTORS}\ndate = \"day\"\nrisk_free = \"RF\"\ncolumns = {{ {} }}", columns.join(", "));
    trial.case.write("study.toml", &edited(&study, FACTORS, &section));
    trial.assert_same("renamed factors");
}

/// A security as a factor is the same regression as a column with its returns.
#[test]
fn securities_as_factors() {
    let model = "model = { factors = [\"market\", \"sector\"] }";
    let study = edited(STUDY, "model = \"market\"", model);
    let as_security = edited(&study, FACTORS, "securities = { sector = \"US017\" }");
    let case = Case::with(&as_security);
    // The sector has no events of its own: they would be explained by themselves.
    let events = case.data("events");
    let others: Vec<usize> = (0..80).filter(|&row| super::tickers(&events)[row] != "US017").collect();
    case.write_table("data/events.parquet", &events.take(&others).batch);
    let trial = Trial::of(case);
    let table = trial.case.data("prices");
    let mine = table.take(&table.find(&[("ticker", "US017")]));
    let (days, prices) = (dates(&mine), prices(&mine));
    let returns = (0..prices.len()).map(|i| (i > 0).then(|| prices[i] / prices[i - 1] - 1.0));
    let columns: [(&str, ArrayRef); 2] = [
        ("date", Arc::new(arrow::array::Date32Array::from_iter_values(days.iter().map(|d| d.0)))),
        ("sector", Arc::new(returns.collect::<Float64Array>())),
    ];
    trial.case.write_table("data/factors.parquet", &RecordBatch::try_from_iter(columns).expect("a table"));
    trial.case.write("study.toml", &study);
    trial.assert_same("the sector as a column");
    // The sector explains something, so it is not left out in silence.
    let betas = trial.expected.get("estimates").numbers("beta_sector");
    assert!(betas.iter().flatten().filter(|beta| beta.abs() > 1e-6).count() == 78);
    trial.case.write("study.toml", STUDY);
    trial.case.run(&[]).success();
    let market = Tables::of(&trial.case);
    let alone = market.get("estimates").numbers("r_squared");
    let both = trial.expected.get("estimates").numbers("r_squared");
    assert!(alone.iter().zip(&both).all(|(a, b)| a.is_some() && a <= b), "a further regressor explains no less");
}

/// A sector of New York explains events in Hong Kong by civil date; on days on which it does not
/// trade there is no abnormal return.
#[test]
fn a_sector_of_another_market() {
    let study =
        edited(&super::two_markets_study(), "model = \"market\"", "model = { factors = [\"market\", \"sector\"] }");
    let study = edited(&study, FACTORS, "securities = { sector = \"US-INDEX\" }");
    let case = Case::with(&study);
    let synth = "synth --out data --overwrite --markets 2 --securities 40 --days 420 --events 80 --seed 11";
    case.dayzero(&synth.split(' ').collect::<Vec<_>>()).success();
    case.run(&[]).success();
    let sessions = |market: &str| -> Vec<Date> {
        let prices = case.data("prices");
        dates(&prices.take(&prices.find(&[("ticker", &format!("{market}-INDEX"))])))
    };
    let new_york = sessions("US");
    let ledger = case.table("events");
    let returns = case.table("abnormal_returns");
    let hong_kong = ledger.find(&[("market", "HK")]);
    let (mut present, mut absent) = (0, 0);
    let (events, days, ars) = (returns.integers("event_id"), returns.dates("date"), returns.numbers("ar"));
    for row in (0..returns.rows()).filter(|&row| events[row].is_some_and(|e| hong_kong.contains(&(e as usize)))) {
        let there = new_york.contains(&days[row].expect("a date"));
        assert_eq!(ars[row].is_some(), there, "{:?}", days[row]);
        if there { present += 1 } else { absent += 1 }
    }
    assert!(present > 500 && absent > 5, "{present} and {absent}");
    // In New York the sector is the market itself: no design.
    let outcomes = ledger.texts("outcome");
    let us = ledger.find(&[("market", "US")]);
    assert!(us.iter().all(|&row| outcomes[row].as_deref() == Some("singular_design")), "{outcomes:?}");
}

/// Days without factors are a note; a table of other years is an error.
#[test]
fn days_without_factors() {
    let case = Case::with(&five_factors());
    let factors = case.data("factors");
    let part: Vec<usize> = (10..factors.rows()).collect();
    case.write_table("data/factors.parquet", &factors.take(&part).batch);
    let summary = case.run(&[]).success().stdout;
    assert!(summary.contains("note: 10 of 410 trading days of US have no factors"), "{summary}");
    let later = dates(&factors).into_iter().map(|date| date.0 + 36_500);
    let later = arrow::array::Date32Array::from_iter_values(later);
    let other = Table { batch: factors.with("date", Arc::new(later)).batch };
    case.write_table("data/factors.parquet", &other.batch);
    case.run(&[]).failure(1, &["factors.parquet", "no date is a trading day of US"]);
}
