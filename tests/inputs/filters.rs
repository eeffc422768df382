//! Which events a filter lets take part.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use dayzero_model::Date;
use jiff::ToSpan;
use jiff::tz::TimeZone;

use super::events::local;
use super::{edited, instants, microseconds};
use crate::support::{Case, STUDY, strings};

/// The events that a filter leaves in.
fn kept(case: &Case, filter: &str) -> Vec<usize> {
    case.write("study.toml", &edited(STUDY, "group =", &format!("filter = {filter}\ngroup =")));
    case.run(&[]).success();
    let ledger = case.table("events");
    assert_eq!(ledger.rows(), 80);
    let out = ledger.find(&[("outcome", "filtered")]);
    let reasons = ledger.texts("reason");
    assert!(out.iter().all(|&row| reasons[row].as_deref().is_some_and(|r| r.contains("filter"))));
    (0..80).filter(|row| !out.contains(row)).collect()
}

#[test]
fn filters() {
    let case = Case::new();
    let events = case.data("events");
    let surprise: Vec<f64> = events.numbers("surprise_pct").into_iter().flatten().collect();
    let with = |keep: &dyn Fn(usize) -> bool| (0..80).filter(|&row| keep(row)).collect::<Vec<usize>>();
    let bound = surprise[17];
    let from = format!("{{ column = \"surprise_pct\", from = {bound:?} }}");
    assert_eq!(kept(&case, &from), with(&|row| surprise[row] >= bound), "bounds are included");
    let both = format!("{{ column = \"surprise_pct\", from = -12, to = {bound:?} }}");
    let inside = with(&|row| (-12.0..=bound).contains(&surprise[row]));
    assert!(!inside.is_empty());
    assert_eq!(kept(&case, &both), inside);
    let sessions: Vec<String> = events.texts("session").into_iter().flatten().collect();
    let after = with(&|row| sessions[row] == "amc");
    assert!((1..80).contains(&after.len()));
    assert_eq!(kept(&case, "{ column = \"session\", in = [\"amc\", \"none\"] }"), after);
    let tickers = super::tickers(&events);
    let listed = "{ column = \"ticker\", in = [\"US001\", \"US020\", \"US039\"] }";
    let three = with(&|row| ["US001", "US020", "US039"].contains(&tickers[row].as_str()));
    assert_eq!(kept(&case, listed), three);
    assert_eq!(three.len(), 6);
    let years: ArrayRef = Arc::new(Int32Array::from_iter_values((0..80).map(|row| 2000 + row % 5)));
    case.write_table("data/events.parquet", &events.with("year", years).batch);
    assert_eq!(kept(&case, "{ column = \"year\", in = [2001, 2004] }"), with(&|row| [1, 4].contains(&(row % 5))));
}

/// Filtered events are those of a study that never had them, but for the ledger, and that `permutation` moves no
/// event to where they are: they did happen.
#[test]
fn a_filter_leaves_the_rest_as_if_alone() {
    let study = edited(STUDY, "mask_other_events = 1", "mask_other_events = 0");
    let case = Case::with(&study);
    let events = case.data("events");
    let rows = events.find(&[("session", "bmo")]);
    case.write("study.toml", &edited(&study, "group =", "filter = { column = \"session\", in = [\"bmo\"] }\ngroup ="));
    case.run(&[]).success();
    let tests = || {
        let tests = case.table("tests");
        let names = tests.texts("test");
        tests.take(&(0..tests.rows()).filter(|&row| names[row].as_deref() != Some("permutation")).collect::<Vec<_>>())
    };
    let (averages, filtered) = (case.table("averages"), tests());
    case.write("study.toml", &study);
    case.write_table("data/events.parquet", &events.take(&rows).batch);
    case.run(&[]).success();
    assert_eq!(averages.batch.columns(), case.table("averages").batch.columns());
    assert_eq!(filtered.batch.columns(), tests().batch.columns());
}

/// A filter by date says the same of an instant, a date, and either of them as text.
#[test]
fn filters_by_date() {
    let case = Case::new();
    let events = case.data("events");
    let at = instants(&events, "announced_at");
    let day = |row: usize| Date::from(at[row].expect("an instant").to_zoned(TimeZone::UTC).date());
    let (from, to) = (day(20), day(60));
    let wanted: Vec<usize> = (0..80).filter(|&row| (from..=to).contains(&day(row))).collect();
    assert!((2..79).contains(&wanted.len()));
    let last = wanted[wanted.len() - 1];
    let hours = at[last].expect("an instant") - at[0].expect("an instant");
    assert!(hours.compare(1.hour()).is_ok_and(std::cmp::Ordering::is_gt), "later than the start of its day");
    let dates: ArrayRef = Arc::new((0..80).map(|row| Some(day(row).0)).collect::<arrow::array::Date32Array>());
    let text = strings((0..80).map(|row| at[row].expect("an instant").to_string()));
    let eastern = strings((0..80).map(|row| local(at[row].expect("an instant"), "Asia/Hong_Kong")));
    let zoned = microseconds(&at, "Asia/Hong_Kong");
    for (what, column) in [
        ("an instant", microseconds(&at, "UTC")),
        ("an instant with another zone", zoned),
        ("a date", dates.clone()),
        ("a date as text", cast(&dates, &DataType::Utf8).expect("text")),
        ("an instant as text", text),
        ("an instant as text with an offset", eastern),
    ] {
        case.write_table("data/events.parquet", &events.with("by", column).batch);
        for (from, to) in [(format!("{from}"), format!("{to}")), (format!("\"{from}\""), format!("\"{to}\""))] {
            assert_eq!(kept(&case, &format!("{{ column = \"by\", from = {from}, to = {to} }}")), wanted, "{what}");
        }
    }
    let one = format!("{{ column = \"by\", in = [\"{from}\"] }}");
    let same: Vec<usize> = (0..80).filter(|&row| day(row) == from).collect();
    assert_eq!(kept(&case, &one), same, "a list of dates");
}

/// Numbers are compared as numbers, never by their digits.
#[test]
fn bounds_of_text_on_numbers() {
    let case = Case::new();
    let counts: ArrayRef = Arc::new(Int64Array::from_iter_values(0..80));
    case.write_table("data/events.parquet", &case.data("events").with("count", counts).batch);
    assert_eq!(kept(&case, "{ column = \"count\", from = \"5\" }"), (5..80).collect::<Vec<_>>());
    assert_eq!(kept(&case, "{ column = \"count\", in = [\"7\", \"40\"] }"), [7, 40]);
    case.write("study.toml", &edited(STUDY, "group =", "filter = { column = \"count\", from = \"five\" }\ngroup ="));
    case.run(&[]).failure(1, &["count", "cannot be compared", "help"]);
}
