//! Ways to store events, and what becomes of those that cannot be used.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit};
use dayzero_model::Date;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Tables, Trial, converted, csv, edited, instant, instants, microseconds, number_texts, renamed};
use crate::support::{Case, STUDY, Table, strings};

/// Identifiers with leading zeros, as in Hong Kong: `US007` becomes 0007.
fn zeros(id: &str) -> String {
    format!("0{}", id.trim_start_matches("US"))
}

/// A case whose identifiers are digits with leading zeros, and whose events lack some values.
fn with_zeros() -> Case {
    let case = Case::with(&edited(STUDY, "\"US-INDEX\"", "\"0-INDEX\""));
    case.write_table("data/prices.parquet", &renamed(&case.data("prices"), "ticker", zeros).batch);
    let events = renamed(&case.data("events"), "ticker", zeros);
    let hole = |row: usize| row % 9 == 4;
    let surprise: Float64Array =
        events.numbers("surprise_pct").into_iter().enumerate().map(|(row, v)| v.filter(|_| !hole(row))).collect();
    let session: StringArray =
        events.texts("session").into_iter().enumerate().map(|(row, v)| v.filter(|_| row % 7 != 3)).collect();
    let at = instants(&events, "announced_at");
    let at: Vec<_> = at.into_iter().enumerate().map(|(row, v)| v.filter(|_| row % 20 != 11)).collect();
    let events = events.with("surprise_pct", Arc::new(surprise)).with("session", Arc::new(session));
    case.write_table("data/events.parquet", &events.with("announced_at", microseconds(&at, "UTC")).batch);
    case
}

/// An instant as its local time in a zone, with the offset.
pub(super) fn local(instant: Timestamp, zone: &str) -> String {
    let zoned = instant.to_zoned(TimeZone::get(zone).expect("a zone"));
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// A way to write an instant.
type Form = fn(Timestamp) -> String;

#[test]
fn csv_against_parquet() {
    let trial = Trial::of(with_zeros());
    assert_eq!(trial.expected.outcomes("missing_announcement").len(), 4);
    let securities = trial.expected.get("events").texts("security");
    assert!(
        securities.iter().flatten().all(|id| id.starts_with('0') && id.len() == 4),
        "leading zeros: {securities:?}"
    );
    let events = trial.case.data("events");
    let at = instants(&events, "announced_at");
    let path = "path = \"data/events.parquet\"";
    trial.case.write("study.toml", &edited(&study(&trial.case), path, "path = \"data/events.csv\""));
    let times: [(&str, Form); 5] = [
        ("Z", |t| t.to_string()),
        ("+08:00", |t| local(t, "Asia/Hong_Kong")),
        ("-05:00", |t| local(t, "America/New_York")),
        ("a space", |t| t.to_string().replace('T', " ").replace('Z', "+00:00")),
        ("blanks around", |t| format!(" {t} ")),
    ];
    let others = || {
        let surprise = number_texts(&events.numbers("surprise_pct"));
        [("session", events.texts("session")), ("surprise_pct", surprise), ("ticker", events.texts("ticker"))]
    };
    for (what, text) in &times {
        let announced = at.iter().map(|t| t.map(text)).collect();
        let columns: Vec<_> = others().into_iter().chain([("announced_at", announced)]).collect();
        trial.case.write("data/events.csv", &csv(&columns));
        trial.assert_same(&format!("CSV with {what}"));
        trial.case.write("data/events.csv", &csv(&columns).replace('\n', "\r\n"));
        trial.assert_same(&format!("CSV with {what} and the line ends of Windows"));
    }
    // Excel begins its CSV files with a mark.
    let announced = at.iter().map(|t| t.map(|t| t.to_string())).collect();
    let mut columns: Vec<_> = others().into_iter().chain([("announced_at", announced)]).collect();
    columns.rotate_left(2);
    assert_eq!(columns[0].0, "ticker");
    trial.case.write("data/events.csv", &format!("\u{feff}{}", csv(&columns)));
    trial.assert_same("CSV with a byte order mark");
}

fn study(case: &Case) -> String {
    std::fs::read_to_string(case.path().join("study.toml")).expect("a study")
}

#[test]
fn empty_text_is_a_missing_value() {
    let trial = Trial::of(with_zeros());
    let events = trial.case.data("events");
    let at = instants(&events, "announced_at").into_iter().map(|t| t.map(|t| t.to_string()).unwrap_or_default());
    let session = events.texts("session").into_iter().map(Option::unwrap_or_default);
    let empty = events.with("announced_at", strings(at)).with("session", strings(session));
    trial.case.write_table("data/events.parquet", &empty.batch);
    trial.case.run(&[]).success();
    // The ledger repeats the session as it is given.
    trial.expected.assert_same_but(&Tables::of(&trial.case), &[("events", "session")], "empty strings");
}

#[test]
fn instants_of_any_unit_and_zone() {
    let trial = Trial::new();
    let events = trial.case.data("events");
    let at: Vec<_> = instants(&events, "announced_at");
    for zone in ["UTC", "America/New_York", "+08:00", "Asia/Hong_Kong"] {
        for unit in [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond] {
            let column = cast(&microseconds(&at, zone), &DataType::Timestamp(unit, Some(zone.into())));
            trial.events(&events.with("announced_at", column.expect("a unit")), &format!("{unit:?} in {zone}"));
        }
    }
    let text = strings(at.iter().map(|t| local(t.expect("an instant"), "Asia/Hong_Kong")));
    trial.events(&events.with("announced_at", text.clone()), "ISO text");
    for data_type in [DataType::LargeUtf8, DataType::Utf8View] {
        let column = cast(&text, &data_type).expect("text");
        trial.events(&events.with("announced_at", column), &format!("ISO text as {data_type}"));
    }
}

#[test]
fn times_without_a_zone() {
    let trial = Trial::new();
    let events = trial.case.data("events");
    let zone = "timezone = \"America/New_York\"\ngroup = [";
    trial.case.write("study.toml", &edited(STUDY, "group = [", zone));
    let local = |t: &Option<Timestamp>| {
        t.expect("an instant").to_zoned(TimeZone::get("America/New_York").expect("a zone")).datetime()
    };
    let at = instants(&events, "announced_at");
    let text = strings(at.iter().map(|t| local(t).to_string()));
    trial.events(&events.with("announced_at", text), "text without a zone");
    let naive = at.iter().map(|t| local(t).to_zoned(TimeZone::UTC).expect("in range").timestamp());
    let naive = super::seconds(naive, "UTC");
    let naive = cast(&cast(&naive, &DataType::Int64).expect("seconds"), &DataType::Timestamp(TimeUnit::Second, None));
    trial.events(&events.with("announced_at", naive.expect("times")), "timestamps without a zone");
    trial.case.write("study.toml", STUDY);
    trial.case.run(&[]).failure(1, &["announced_at", "the times have no zone", "timezone ="]);
}

/// Dates with sessions, in every form, against the instants of the same days.
#[test]
fn dates_with_sessions_against_instants() {
    let trial = Trial::new();
    let events = trial.case.data("events");
    let on: Vec<Date> = instants(&events, "announced_at")
        .into_iter()
        .map(|t| t.expect("an instant").to_zoned(TimeZone::get("America/New_York").expect("a zone")).date().into())
        .collect();
    let dates: ArrayRef = Arc::new(on.iter().map(|date| Some(date.0)).collect::<arrow::array::Date32Array>());
    let study = edited(STUDY, "announced_at = \"announced_at\"", "announced_on = \"announced_on\"");
    trial.case.write("study.toml", &study);
    let check = |events: &Table, what: &str| {
        trial.case.write_table("data/events.parquet", &events.batch);
        trial.case.run(&[]).success();
        let got = Tables::of(&trial.case);
        trial.expected.assert_same_but(&got, &[("events", "announced_at")], what);
        assert!(got.get("events").column("announced_at").null_count() == 80, "{what}: no instant is made up");
    };
    for data_type in [DataType::Date32, DataType::Date64, DataType::Timestamp(TimeUnit::Nanosecond, None)] {
        let column = cast(&dates, &data_type).expect("dates");
        check(&events.with("announced_on", column), &format!("dates as {data_type}"));
    }
    let midnight = super::seconds(on.iter().map(|&d| instant(d, 0, 0, "America/New_York")), "America/New_York");
    check(&events.with("announced_on", midnight), "local midnights");
    let text = strings(on.iter().map(Date::to_string));
    check(&events.with("announced_on", text.clone()), "dates as text");
    // No session: known at the close of the date, whichever way it is missing.
    let session = |missing: Option<&str>| {
        let given = events.texts("session").into_iter().enumerate();
        given.map(|(row, s)| if row % 3 == 0 { missing.map(str::to_owned) } else { s }).collect::<StringArray>()
    };
    let some = events.with("announced_on", dates.clone());
    trial.case.write_table("data/events.parquet", &some.with("session", Arc::new(session(None))).batch);
    trial.case.run(&[]).success();
    let unknown = Tables::of(&trial.case);
    assert_eq!(unknown.get("events").find(&[("day0_rule", "same_day_session_unknown")]).len(), 27);
    trial.case.write_table("data/events.parquet", &some.with("session", Arc::new(session(Some("")))).batch);
    trial.case.run(&[]).success();
    unknown.assert_same_but(&Tables::of(&trial.case), &[("events", "session")], "sessions of empty text");
    let upper = events.texts("session").into_iter().map(|s| s.expect("a session").to_uppercase());
    let renamed = events.with("announced_on", text).with("when", strings(upper));
    let renamed = renamed.with("session", strings(events.texts("session").into_iter().flatten()));
    trial.case.write("study.toml", &edited(&study, "group =", "session = \"when\"\ngroup ="));
    trial.case.write_table("data/events.parquet", &renamed.batch);
    trial.case.run(&[]).success();
    let excepted = [("events", "announced_at"), ("events", "session")];
    trial.expected.assert_same_but(&Tables::of(&trial.case), &excepted, "a session column of another name");
}

#[test]
fn several_event_files() {
    let trial = Trial::new();
    let events = trial.case.data("events");
    let parts = [events.take(&(0..30).collect::<Vec<_>>()), events.take(&(30..80).collect::<Vec<_>>())];
    let study = edited(STUDY, "\"data/events.parquet\"", "[\"data/a.parquet\", \"data/b.parquet\"]");
    trial.case.write("study.toml", &study);
    let small = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
    for (a, b) in [
        (DataType::Utf8, DataType::Utf8),
        (DataType::Utf8, DataType::LargeUtf8),
        (DataType::Utf8View, small.clone()),
        (small.clone(), small),
    ] {
        trial.case.write_table("data/a.parquet", &converted(&parts[0], "ticker", &a).batch);
        trial.case.write_table("data/b.parquet", &converted(&parts[1], "ticker", &b).batch);
        trial.assert_same(&format!("events in two files, tickers by {a} and {b}"));
    }
}

/// 200 names in two files, each a dictionary by Int8.
#[test]
fn event_dictionaries_that_outgrow_their_key() {
    let case = Case::new();
    let events = case.data("events");
    let small = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
    let column = |prefix: char| cast(&strings((0..100).map(|i| format!("{prefix}{i}"))), &small).expect("a dictionary");
    let rows: Vec<usize> = (0..80).chain(0..20).collect();
    for (name, prefix) in [("data/a.parquet", 'A'), ("data/b.parquet", 'B')] {
        case.write_table(name, &events.take(&rows).with("ticker", column(prefix)).batch);
    }
    case.write("study.toml", &edited(STUDY, "\"data/events.parquet\"", "[\"data/a.parquet\", \"data/b.parquet\"]"));
    case.run(&[]).success();
    let ledger = case.table("events");
    assert_eq!(ledger.find(&[("outcome", "unknown_security")]).len(), 200);
    assert_eq!(ledger.texts("security")[150].as_deref(), Some("B50"));
}

/// The ledger of a run with these events: all of them, whatever they are.
fn ledger(case: &Case, events: &Table) -> Table {
    case.write_table("data/events.parquet", &events.batch);
    case.run(&[]).success();
    let ledger = case.table("events");
    assert_eq!(ledger.rows(), events.rows(), "one row per input event");
    let ids: Vec<_> = (0..events.rows() as i64).map(Some).collect();
    assert_eq!(ledger.integers("event_id"), ids);
    ledger
}

#[test]
fn unusable_events_are_outcomes() {
    let case = Case::new();
    let events = case.data("events");
    let days: Vec<Date> = case.data("factors").dates("date").into_iter().flatten().collect();
    let last_session = *case.data("prices").dates("date").iter().flatten().max().expect("a day");
    let new_york = |date, hour| Some(instant(date, hour, 0, "America/New_York"));
    let friday = days.iter().copied().find(|d| d.0 % 7 == 1 && *d > days[300]).expect("a Friday");
    let cases = [
        ("unknown", Some("NOBODY"), new_york(days[300], 7), "unknown_security", "NOBODY"),
        ("no security", None, new_york(days[300], 7), "unknown_security", "missing"),
        ("no time", Some("US003"), None, "missing_announcement", "no time"),
        ("before", Some("US004"), new_york(Date(days[0].0 - 1), 7), "before_calendar", "2021-01-04"),
        ("too early", Some("US004"), new_york(days[30], 7), "too_few_observations", "120"),
        ("after", Some("US005"), new_york(last_session, 17), "after_calendar", "ends on"),
        ("long after", Some("US005"), new_york(Date(last_session.0 + 900), 7), "after_calendar", "ends on"),
        ("Saturday", Some("US006"), new_york(Date(friday.0 + 1), 12), "ok", ""),
    ];
    let rows: Vec<usize> = (0..events.rows()).chain(0..cases.len()).collect();
    let ids = events.texts("ticker").into_iter().chain(cases.iter().map(|c| c.1.map(str::to_owned)));
    let mut at = instants(&events, "announced_at");
    at.extend(cases.iter().map(|c| c.2));
    let before = ledger(&case, &events);
    let more = events.take(&rows).with("ticker", Arc::new(ids.collect::<StringArray>()));
    let ledger = ledger(&case, &more.with("announced_at", microseconds(&at, "UTC")));
    let (outcomes, reasons) = (ledger.texts("outcome"), ledger.texts("reason"));
    for (i, (what, _, _, outcome, reason)) in cases.iter().enumerate() {
        assert_eq!(outcomes[80 + i].as_deref(), Some(*outcome), "{what}");
        let got = reasons[80 + i].clone().unwrap_or_default();
        assert!(got.contains(reason) && got.is_empty() == (*outcome == "ok"), "{what}: `{got}`");
    }
    assert_eq!(outcomes[..80], before.texts("outcome"), "the others are as before");
    let monday = ledger.dates("day0")[87].expect("a day 0");
    assert_eq!(monday.0 % 7, 4, "the Monday after the Saturday");
    assert_eq!(monday.0, friday.0 + 3);
    assert_eq!(ledger.texts("day0_rule")[87].as_deref(), Some("next_session_market_closed"));
}

#[test]
fn text_that_cannot_be_read_is_an_outcome() {
    let case = Case::new();
    let events = case.data("events");
    let mut at: Vec<String> = instants(&events, "announced_at").iter().flatten().map(Timestamp::to_string).collect();
    for (row, text) in [(3, "soon"), (5, "2022-02-30T10:00:00Z"), (7, "2022-02-03"), (9, "2022-02-03T10:00:00")] {
        at[row] = text.into();
    }
    let ledger = ledger(&case, &events.with("announced_at", strings(at)));
    assert_eq!(ledger.find(&[("outcome", "invalid_announcement")]), [3, 5, 7, 9]);
    let reasons = ledger.texts("reason");
    for (row, part) in [(3, "`soon`"), (5, "2022-02-30"), (7, "announced_on"), (9, "no zone")] {
        let reason = reasons[row].as_deref().expect("a reason");
        assert!(reason.contains(part), "{reason}");
    }
}

/// Three events of one security on one day 0, announced at 12:00, 07:00 and 09:00.
#[test]
fn events_with_the_same_day_0() {
    let case = Case::new();
    let events = case.data("events");
    let rows: Vec<usize> = (0..80).chain([0, 0]).collect();
    let mut at = instants(&events, "announced_at");
    let zone = TimeZone::get("America/New_York").expect("a zone");
    let day: Date = at[0].expect("an instant").to_zoned(zone).date().into();
    let hour = |hour| Some(instant(day, hour, 0, "America/New_York"));
    at[0] = hour(12);
    at.extend([hour(7), hour(9)]);
    let events = events.take(&rows).with("announced_at", microseconds(&at, "UTC"));
    for (policy, out) in [("first", vec![0, 81]), ("exclude", vec![0, 80, 81]), ("keep", vec![])] {
        case.write("study.toml", &edited(STUDY, "group =", &format!("duplicates = \"{policy}\"\ngroup =")));
        let ledger = ledger(&case, &events);
        assert_eq!(ledger.find(&[("outcome", "duplicate")]), out, "{policy}");
        let reasons = ledger.texts("reason");
        let part = if policy == "first" { "event 80" } else { "3 events" };
        assert!(out.iter().all(|&row| reasons[row].as_deref().is_some_and(|r| r.contains(part))), "{reasons:?}");
        let all = case.table("averages").number("events", &[("group", "all"), ("tau", "0")]);
        assert_eq!(all as usize, ledger.find(&[("outcome", "ok")]).len(), "{policy}");
    }
}
