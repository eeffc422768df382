//! Calendars and hours: early closes, and markets that are open on different days.

use dayzero_model::Date;

use super::{Tables, Trial, edited, instant, instants, microseconds, tickers};
use crate::support::{Case, STUDY, Table};

/// The first two sessions of the price table at or after a weekday number.
fn sessions(case: &Case, market: &str, from: usize) -> Vec<Date> {
    let prices = case.data("prices");
    let index = format!("{market}-INDEX");
    let rows = prices.find(&[("ticker", &index)]);
    prices.take(&rows).dates("date").into_iter().flatten().skip(from).collect()
}

/// The event table with the instant of one row replaced.
fn announced(events: &Table, row: usize, date: Date, hour: i8, minute: i8, zone: &str) -> Table {
    let mut at = instants(events, "announced_at");
    at[row] = Some(instant(date, hour, minute, zone));
    events.with("announced_at", microseconds(&at, "UTC"))
}

#[test]
fn early_closes() {
    let case = Case::new();
    let events = case.data("events");
    let [day, next] = sessions(&case, "US", 300)[..2] else { panic!("two sessions") };
    let early = format!("close = \"16:00\"\nearly_closes = {{ \"{day}\" = \"13:00\" }}");
    for (hours, minute, usual, shortened) in [(12, 59, day, day), (13, 0, day, next), (15, 0, day, next)] {
        let table = announced(&events, 7, day, hours, minute, "America/New_York");
        case.write_table("data/events.parquet", &table.batch);
        for (study, day0) in [(STUDY.to_owned(), usual), (edited(STUDY, "close = \"16:00\"", &early), shortened)] {
            case.write("study.toml", &study);
            case.run(&[]).success();
            let ledger = case.table("events");
            assert_eq!(ledger.dates("day0")[7], Some(day0), "{hours}:{minute}");
            let rule = if day0 == day { "same_day_during" } else { "next_session_after_close" };
            assert_eq!(ledger.texts("day0_rule")[7].as_deref(), Some(rule), "{hours}:{minute}");
        }
    }
    // After the usual close nothing changes.
    let table = announced(&events, 7, day, 17, 0, "America/New_York");
    case.write_table("data/events.parquet", &table.batch);
    case.write("study.toml", STUDY);
    let trial = Trial::of(case);
    trial.case.write("study.toml", &edited(STUDY, "close = \"16:00\"", &early));
    trial.assert_same("an early close that no event falls behind");
}

/// Simulated markets have a holiday each on days of their own. The same instant has another day 0 in
/// each, and event time counts the sessions of the security's own market.
#[test]
fn a_holiday_in_one_market_only() {
    let Trial { case, .. } = Trial::two_markets();
    let (us, hk) = (sessions(&case, "US", 0), sessions(&case, "HK", 0));
    let last = us[us.len() - 30];
    let holiday = *hk.iter().rev().find(|d| !us.contains(d) && **d < last).expect("a holiday of New York alone");
    let next = *us.iter().find(|d| **d > holiday).expect("a session");
    let events = case.data("events");
    let ids = tickers(&events);
    let row = |market: &str| ids.iter().position(|id| id.starts_with(market)).expect("an event");
    let (in_us, in_hk) = (row("US"), row("HK"));
    // 10:00 in Hong Kong: before the session of New York, if it had one, on the same civil day.
    let mut at = instants(&events, "announced_at");
    at[in_us] = Some(instant(holiday, 7, 0, "America/New_York"));
    at[in_hk] = Some(instant(holiday, 10, 0, "Asia/Hong_Kong"));
    case.write_table("data/events.parquet", &events.with("announced_at", microseconds(&at, "UTC")).batch);
    case.run(&[]).success();
    let tables = Tables::of(&case);
    let ledger = tables.get("events");
    assert_eq!((ledger.dates("day0")[in_us], ledger.dates("day0")[in_hk]), (Some(next), Some(holiday)));
    assert_eq!(ledger.texts("day0_rule")[in_us].as_deref(), Some("next_session_market_closed"));
    assert_eq!(ledger.texts("day0_rule")[in_hk].as_deref(), Some("same_day_during"));
    let returns = tables.get("abnormal_returns");
    for (event, calendar) in [(in_us, &us), (in_hk, &hk)] {
        let day0 = ledger.dates("day0")[event].expect("a day 0");
        let start = calendar.iter().position(|d| *d == day0).expect("a session") - 10;
        let rows = returns.take(&returns.find(&[("event_id", &event.to_string())]));
        assert_eq!(rows.dates("date"), calendar[start..start + 21].iter().map(|d| Some(*d)).collect::<Vec<_>>());
        assert!(rows.numbers("ar").iter().all(Option::is_some), "a holiday leaves no gap");
    }
}

/// 17:30 in Hong Kong on a Friday is day 0 on that Friday in New York and on Monday in Hong Kong.
#[test]
fn one_instant_in_two_markets() {
    let Trial { case, .. } = Trial::two_markets();
    let (us, hk) = (sessions(&case, "US", 300), sessions(&case, "HK", 300));
    let open = |date: &Date| us.contains(date) && hk.contains(date);
    let friday = *us.iter().find(|d| d.0 % 7 == 1 && open(d) && open(&Date(d.0 + 3))).expect("a Friday");
    let events = case.data("events");
    let ids = tickers(&events);
    let at = vec![Some(instant(friday, 17, 30, "Asia/Hong_Kong")); 80];
    case.write_table("data/events.parquet", &events.with("announced_at", microseconds(&at, "UTC")).batch);
    case.run(&[]).success();
    let day0 = case.table("events").dates("day0");
    for (id, day0) in ids.iter().zip(day0) {
        let wanted = if id.starts_with("HK") { Date(friday.0 + 3) } else { friday };
        assert_eq!(day0, Some(wanted), "{id}");
    }
}

/// Securities of a market that the study does not name are left out with a reason, and counted.
#[test]
fn a_market_that_is_not_configured() {
    let Trial { case, expected } = Trial::two_markets();
    case.write("study.toml", STUDY);
    let summary = case.run(&[]).success().stdout;
    let ids = tickers(&case.data("events"));
    let hong_kong: Vec<usize> = (0..80).filter(|&row| ids[row].starts_with("HK")).collect();
    let got = Tables::of(&case);
    assert_eq!(got.outcomes("unknown_market"), hong_kong);
    let count = hong_kong.iter().map(|&row| &ids[row]).collect::<std::collections::HashSet<_>>().len();
    assert!(summary.contains(&format!("note: {count} securities of market HK were left out")), "{summary}");
    // Those of New York are as in the study of both.
    let ars = |tables: &Tables, row: usize| {
        let table = tables.get("abnormal_returns");
        table.take(&table.find(&[("event_id", &row.to_string())])).numbers("ar")
    };
    for row in (0..80).filter(|row| !hong_kong.contains(row)) {
        assert_eq!(ars(&got, row), ars(&expected, row), "event {row}");
    }
}
