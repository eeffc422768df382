//! Files, directories and the order of rows.

use super::{Tables, Trial, dates, edited, shuffled, sorted_by, tickers, two_markets_study, write_row_groups};
use crate::support::{Case, STUDY, Table};

const ONE_FILE: &str = "path = \"data/prices.parquet\"";

/// Columns of a table by name.
fn columns(table: &Table, names: &[&str]) -> Table {
    let schema = table.batch.schema();
    let indices: Vec<usize> = names.iter().map(|name| schema.index_of(name).expect("a column")).collect();
    Table { batch: table.batch.project(&indices).expect("columns") }
}

/// Takes the one price file away, so that nothing but the parts can be read.
fn without_the_file(trial: &Trial) -> Table {
    let prices = trial.case.data("prices");
    std::fs::remove_file(trial.case.path().join("data/prices.parquet")).expect("removed");
    prices
}

/// Points the study at these paths, as they stand in TOML.
fn at(trial: &Trial, study: &str, path: &str, what: &str) {
    trial.case.write("study.toml", &edited(study, ONE_FILE, &format!("path = {path}")));
    trial.assert_same(what);
}

#[test]
fn the_order_of_rows() {
    let trial = Trial::new();
    let prices = trial.case.data("prices");
    trial.prices(&prices.take(&shuffled(prices.rows())), "shuffled");
    let (dates, tickers) = (dates(&prices), tickers(&prices));
    trial.prices(&sorted_by(&prices, |row| dates[row]), "by date");
    trial.prices(&sorted_by(&prices, |row| std::cmp::Reverse((dates[row], &tickers[row]))), "by date, backwards");
    trial.prices(&sorted_by(&prices, |row| std::cmp::Reverse(&tickers[row])), "securities backwards");
}

#[test]
fn row_groups() {
    let trial = Trial::new();
    let prices = trial.case.data("prices");
    let file = trial.case.path().join("data/prices.parquet");
    for (what, table) in [("in order", prices.clone()), ("shuffled", prices.take(&shuffled(prices.rows())))] {
        for rows in [100, 1009] {
            write_row_groups(&file, &table, rows);
            trial.assert_same(&format!("row groups of {rows} rows, {what}"));
        }
    }
}

#[test]
fn many_files() {
    let trial = Trial::new();
    let prices = without_the_file(&trial);
    let mixed = shuffled(prices.rows());
    let mut list = Vec::new();
    for part in 0..40 {
        // Two levels, so that the walk goes down.
        let name = format!("data/prices/{}/part-{part}.parquet", part % 3);
        let rows: Vec<usize> = mixed.iter().copied().skip(part).step_by(40).collect();
        trial.case.write_table(&name, &prices.take(&rows).batch);
        list.push(format!("\"{name}\""));
    }
    // What writers leave beside their files is not read.
    trial.case.write("data/prices/_metadata.parquet", "no table");
    trial.case.write("data/prices/.hidden/part.parquet", "no table");
    trial.case.write("data/prices/_SUCCESS", "");
    at(&trial, STUDY, "\"data/prices\"", "a directory");
    at(&trial, STUDY, "\"data/prices/*/part-*.parquet\"", "a glob");
    at(&trial, STUDY, "\"data/prices/**/part-*.parquet\"", "a deep glob");
    at(&trial, STUDY, &format!("[{}]", list.join(", ")), "a list");
    list.reverse();
    at(&trial, STUDY, &format!("[{}]", list.join(", ")), "a list backwards");
    let mix = "[\"data/prices/0\", \"data/prices/1/*.parquet\", \"data/prices/2\"]";
    at(&trial, STUDY, mix, "directories and a glob");
}

/// Brackets in the name of the study's own directory are no part of the pattern.
#[test]
fn a_glob_below_a_directory_with_brackets() {
    let trial = Trial::new();
    let folder = trial.case.path().join("[2021] final");
    std::fs::create_dir_all(&folder).expect("created");
    std::fs::rename(trial.case.path().join("data"), folder.join("data")).expect("moved");
    let study = edited(STUDY, "\"data/prices.parquet\"", "\"data/p*.parquet\"");
    trial.case.write("[2021] final/study.toml", &study);
    trial.case.dayzero(&["run", "[2021] final/study.toml", "--out", "out", "--overwrite"]).success();
    trial.expected.assert_same(&Tables::of(&trial.case), "a glob below brackets");
}

#[test]
fn partitions_become_columns() {
    let trial = Trial::two_markets();
    let study = two_markets_study();
    let prices = without_the_file(&trial);
    let (ids, markets) = (tickers(&prices), prices.texts("market"));
    let mut names: Vec<&String> = ids.iter().collect();
    names.sort();
    names.dedup();
    for (i, name) in names.into_iter().enumerate() {
        let rows: Vec<usize> = (0..prices.rows()).filter(|&row| ids[row] == *name).collect();
        let part = prices.take(&rows);
        let market = markets[rows[0]].as_deref().expect("a market");
        let whole = format!("data/by_market/market={market}/{i}.parquet");
        trial.case.write_table(&whole, &columns(&part, &["ticker", "date", "adj_close"]).batch);
        let both = format!("data/by_both/market={market}/ticker={name}/part.parquet");
        trial.case.write_table(&both, &columns(&part, &["date", "adj_close"]).batch);
        // The columns of the file itself count, whatever its path says.
        let odd = format!("data/by_odd/market=US/ticker={}/part.parquet", if i == 0 { "OLD" } else { "NEW" });
        trial.case.write_table(&odd.replace("part", &i.to_string()), &part.batch);
    }
    at(&trial, &study, "\"data/by_market\"", "partitions by market");
    at(&trial, &study, "\"data/by_both\"", "partitions by market and security");
    at(&trial, &study, "\"data/by_both/*/ticker=*/*.parquet\"", "a glob over partitions");
    at(&trial, &study, "\"data/by_odd\"", "paths that contradict the columns");
}

#[test]
fn partitions_by_date() {
    let trial = Trial::new();
    let prices = without_the_file(&trial);
    let days = dates(&prices);
    let mut distinct = days.clone();
    distinct.sort();
    distinct.dedup();
    for day in distinct {
        let rows: Vec<usize> = (0..prices.rows()).filter(|&row| days[row] == day).collect();
        let part = columns(&prices.take(&rows), &["ticker", "market", "adj_close"]);
        trial.case.write_table(&format!("data/prices/date={day}/part.parquet"), &part.batch);
    }
    at(&trial, STUDY, "\"data/prices\"", "partitions by date");
}

#[test]
fn columns_of_other_names() {
    let trial = Trial::new();
    let prices = without_the_file(&trial);
    let other = ["symbol", "venue", "day", "close"];
    let arrays = ["ticker", "market", "date", "adj_close"].map(|name| prices.column(name).clone());
    let named = other.into_iter().zip(arrays).map(|(name, array)| (name, array, true));
    let batch = arrow::array::RecordBatch::try_from_iter_with_nullable(named).expect("a table");
    trial.case.write_table("data/other.parquet", &batch);
    let path = "\"data/other.parquet\"\nsecurity = \"symbol\"\nmarket = \"venue\"\ndate = \"day\"\nprice = \"close\"";
    at(&trial, STUDY, path, "columns of other names");
}

/// Events in partitions are read in another order, which no average knows.
#[test]
fn partitions_of_events() {
    let trial = Trial::new();
    let events = trial.case.data("events");
    for session in ["amc", "bmo"] {
        let part = events.take(&events.find(&[("session", session)]));
        let name = format!("data/events/session={session}/part.parquet");
        trial.case.write_table(&name, &columns(&part, &["ticker", "announced_at", "surprise_pct"]).batch);
    }
    trial.case.write("study.toml", &edited(STUDY, "\"data/events.parquet\"", "\"data/events\""));
    trial.case.run(&[]).success();
    let got = Tables::of(&trial.case);
    for table in ["averages", "tests"] {
        assert_eq!(trial.expected.get(table).batch.columns(), got.get(table).batch.columns(), "{table}");
    }
    let sessions = got.get("events").texts("session");
    let after = events.find(&[("session", "amc")]).len();
    let wanted = |row| Some(if row < after { "amc" } else { "bmo" }.to_owned());
    assert_eq!(sessions, (0..80).map(wanted).collect::<Vec<_>>());
}

/// An empty file among the others changes nothing.
#[test]
fn an_empty_part() {
    let trial = Trial::of(Case::new());
    let prices = without_the_file(&trial);
    trial.case.write_table("data/prices/a.parquet", &prices.take(&[]).batch);
    trial.case.write_table("data/prices/b.parquet", &prices.batch);
    at(&trial, STUDY, "\"data/prices\"", "an empty file first");
}
