//! One security, one benchmark, few days: every number by hand.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch};
use dayzero_model::Date;
use tempfile::TempDir;

use crate::support::{Outcome, Table, close, dayzero, strings, write_parquet};

/// Monday 2024-01-01; sessions are weekdays.
pub const MONDAY: i32 = 19_723;

/// The date of the n-th session.
pub fn session(n: i32) -> Date {
    Date(MONDAY + n / 5 * 7 + n % 5)
}

/// Prices of security A by session, open and close; the benchmark goes from 100 to 101 and back, in turns.
#[derive(Clone)]
pub struct Market {
    pub open: Vec<f64>,
    pub close: Vec<f64>,
    pub volume: Vec<f64>,
    /// Announcements: (session, "HH:MM" in UTC, signal).
    pub events: Vec<(i32, &'static str, f64)>,
    /// What stands under [backtest].
    pub settings: String,
    /// What stands under [prices].
    pub prices: &'static str,
}

pub const NAN: f64 = f64::NAN;

impl Market {
    /// Twelve sessions: opens at 10, 11, 12 …, closes half above.
    pub fn rising(events: &[(i32, &'static str, f64)], settings: &str) -> Self {
        let open: Vec<f64> = (0..12).map(|day| 10.0 + f64::from(day)).collect();
        let close = open.iter().map(|price| price + 0.5).collect();
        Self {
            volume: vec![1000.0; open.len()],
            open,
            close,
            events: events.to_vec(),
            settings: settings.into(),
            prices: "",
        }
    }

    pub fn write(&self, dir: &Path) {
        let days = self.close.len().max(12) as i32;
        let benchmark = |day: i32| 100.0 + f64::from(day % 2);
        let (mut ids, mut dates) = (Vec::new(), Vec::new());
        let (mut opens, mut closes, mut volumes) = (Vec::new(), Vec::new(), Vec::new());
        for day in 0..days {
            ids.push("B");
            dates.push(session(day).0);
            opens.push(Some(benchmark(day) - 0.5));
            closes.push(Some(benchmark(day)));
            volumes.push(Some(1.0));
        }
        for (day, &price) in self.close.iter().enumerate() {
            ids.push("A");
            dates.push(session(day as i32).0);
            opens.push(Some(self.open[day]).filter(|price| price.is_finite()));
            closes.push(Some(price).filter(|price| price.is_finite()));
            volumes.push(Some(self.volume[day]));
        }
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("ticker", strings(ids)),
            ("date", Arc::new(Date32Array::from(dates))),
            ("adj_open", Arc::new(Float64Array::from(opens))),
            ("adj_close", Arc::new(Float64Array::from(closes))),
            ("volume", Arc::new(Float64Array::from(volumes))),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true)));
        write_parquet(&dir.join("prices.parquet"), &batch.expect("equal lengths"));
        let mut csv = "ticker,announced_at,signal,actual,consensus\n".to_owned();
        for (day, time, signal) in &self.events {
            let _ = writeln!(csv, "A,{}T{time}:00Z,{signal},{signal},0", session(*day));
        }
        std::fs::write(dir.join("events.csv"), csv).expect("written");
        let study = format!(
            r#"
name = "case"
[prices]
path = "prices.parquet"
{}
[events]
path = "events.csv"
announced_at = "announced_at"
duplicates = "keep"
[markets.X]
benchmark = "B"
timezone = "UTC"
open = "09:00"
close = "17:00"
[study]
estimation_window = [-4, -1]
minimum_observations = 3
event_window = [0, 1]
tests = ["t_cross_sectional"]
[backtest]
{}
[output]
dir = "out"
"#,
            self.prices, self.settings
        );
        std::fs::write(dir.join("study.toml"), study).expect("written");
    }

    pub fn outcome(&self) -> (TempDir, Outcome) {
        self.beside(|_| {})
    }

    /// Run with further files beside the study.
    pub fn beside(&self, files: impl Fn(&Path)) -> (TempDir, Outcome) {
        let dir = tempfile::tempdir().expect("a directory");
        self.write(dir.path());
        files(dir.path());
        let outcome = dayzero(dir.path(), &["run", "study.toml"]);
        (dir, outcome)
    }

    pub fn run(&self) -> Ran {
        Ran::of(self.outcome())
    }
}

impl Ran {
    #[track_caller]
    pub fn of((dir, outcome): (TempDir, Outcome)) -> Self {
        outcome.success();
        let table = |name: &str| Table::read(&dir.path().join("out").join(format!("{name}.parquet")));
        let (trades, portfolio, strategies) = (table("trades"), table("portfolio"), table("strategies"));
        Ran { trades, portfolio, strategies, _dir: dir }
    }
}

pub struct Ran {
    pub trades: Table,
    pub portfolio: Table,
    pub strategies: Table,
    _dir: TempDir,
}

impl Ran {
    #[track_caller]
    pub fn number(&self, column: &str, lot: usize) -> f64 {
        self.trades.numbers(column)[lot].unwrap_or_else(|| panic!("{column} is null"))
    }

    pub fn text(&self, column: &str, lot: usize) -> String {
        self.trades.texts(column)[lot].clone().unwrap_or_default()
    }

    pub fn date(&self, column: &str, lot: usize) -> Date {
        self.trades.dates(column)[lot].expect("a date")
    }

    pub fn count(&self, column: &str) -> i64 {
        self.strategies.integers(column)[0].expect("a count")
    }

    /// Entry and exit of a lot: session, open or close, reason.
    #[track_caller]
    pub fn went(&self, lot: usize, entry: (i32, &str, &str), exit: (i32, &str, &str)) {
        for (side, (day, at, reason)) in [("entry", entry), ("exit", exit)] {
            let of = |column: &str| format!("{side}_{column}");
            let found = (self.date(&of("date"), lot), self.text(&of("at"), lot), self.text(&of("reason"), lot));
            assert_eq!(found, (session(day), at.to_owned(), reason.to_owned()), "{side} of lot {lot}");
        }
    }
}

const OPEN: &str = "signal = \"signal\"\nhold_days = 3\nsize = 0.5\nenter = { day = 1, at = \"open\" }\n";
const CLOSE: &str = "signal = \"signal\"\nhold_days = 3\nsize = 0.5\nenter = { day = 1 }\n";

/// Announced before the open of session 2; bought at the open of session 3 at 13, held for three sessions,
/// sold at the close of session 5 at 15.5: with half of the equity, 12 and 3 basis points per side.
#[test]
fn one_lot() {
    let settings = OPEN.to_owned() + "costs = { commission_bps = 3.0, half_spread_bps = 12.0 }\n";
    let ran = Market::rising(&[(2, "08:00", 1.0)], &settings).run();
    assert_eq!(ran.trades.rows(), 1);
    ran.went(0, (3, "open", "scheduled"), (5, "close", "held"));
    assert_eq!((ran.number("entry_price", 0), ran.number("exit_price", 0)), (13.0, 15.5));
    assert_eq!((ran.number("sessions", 0), ran.number("weight", 0)), (3.0, 0.5));
    assert_eq!((ran.text("side", 0).as_str(), ran.number("quantile", 0)), ("long", 2.0));
    let (gross, costs) = (15.5 / 13.0 - 1.0, 0.0015 * (1.0 + 15.5 / 13.0));
    close(ran.number("gross_return", 0), gross, 1e-15, "gross");
    close(ran.number("costs", 0), costs, 1e-15, "costs");
    close(ran.number("profit", 0), 0.5 * (gross - costs), 1e-15, "profit");
    // Three days: equity after each close. Cash is what was not spent.
    let value = |day: usize| 0.5 * [13.5, 14.5, 15.5][day] / 13.0;
    let equity = ran.portfolio.numbers("equity");
    assert_eq!(equity.len(), 3);
    let cash = 0.5 - 0.00075;
    close(equity[0].expect("a number"), cash + value(0), 1e-15, "first day");
    close(equity[1].expect("a number"), cash + value(1), 1e-15, "second day");
    close(equity[2].expect("a number"), cash + value(2) * (1.0 - 0.0015), 1e-15, "third day");
    let day = |column: &str, row: usize| ran.portfolio.numbers(column)[row].expect("a number");
    close(day("return", 0), cash + value(0) - 1.0, 1e-15, "return");
    close(day("gross", 0), value(0) - 0.5, 1e-15, "return before costs");
    close(day("costs", 0), 0.00075, 1e-15, "costs of the day");
    close(day("turnover", 0), 0.5, 1e-15, "turnover of the first day");
    close(day("turnover", 2), value(2) / (cash + value(1)), 1e-15, "turnover of the last day");
    close(day("long", 1), value(1) / (cash + value(1)), 1e-15, "exposure");
    assert_eq!((day("positions", 1), day("positions", 2), day("long", 2)), (1.0, 0.0, 0.0));
}

/// The second lot is sized by the equity of the close before, in which the first lot is marked.
#[test]
fn two_overlapping_lots() {
    let settings = CLOSE.to_owned() + "exit_before_next_event = false\n";
    let ran = Market::rising(&[(2, "08:00", 1.0), (3, "08:00", 2.0)], &settings).run();
    assert_eq!(ran.trades.rows(), 2);
    ran.went(0, (3, "close", "scheduled"), (6, "close", "held"));
    ran.went(1, (4, "close", "scheduled"), (7, "close", "held"));
    // At the close of session 3 nothing has been earned yet.
    let after = 0.5 + 0.5 * 14.5 / 13.5;
    close(ran.number("weight", 1), 0.5, 1e-15, "weight");
    close(ran.number("profit", 1), 0.5 * (17.5 / 14.5 - 1.0), 1e-15, "profit of the second");
    let equity: Vec<f64> = ran.portfolio.numbers("equity").into_iter().flatten().collect();
    close(equity[1], after, 1e-15, "equity when the second was entered");
    let want = after + 0.5 / 13.5 + 0.5 / 14.5;
    close(equity[2], want, 1e-15, "equity with both");
    let total = ran.number("profit", 0) + ran.number("profit", 1);
    close(equity[equity.len() - 1] - 1.0, total, 1e-15, "the lots add up");
}

/// An event in the holding period: left at the close before it; announced after a close, at that close.
#[test]
fn the_next_event_ends_a_lot() {
    let morning = Market::rising(&[(2, "08:00", 1.0), (5, "08:00", 1.0)], CLOSE).run();
    morning.went(0, (3, "close", "scheduled"), (4, "close", "next_event"));
    let evening = Market::rising(&[(2, "08:00", 1.0), (5, "17:00", 1.0)], CLOSE).run();
    evening.went(0, (3, "close", "scheduled"), (5, "close", "next_event"));
    // Nothing is left to hold: announced before the open of the session after the entry.
    let none = Market::rising(&[(2, "08:00", 1.0), (4, "08:00", 1.0)], CLOSE).run();
    assert_eq!((none.trades.rows(), none.count("next_event")), (1, 1));
    assert_eq!(none.count("events"), none.count("traded") + none.count("next_event"));
}

/// Which prices can be had: strictly after the announcement.
#[test]
fn entries_follow_the_announcement() {
    let at = |time: &'static str, entry: &str| {
        let settings = format!("signal = \"signal\"\nhold_days = 3\nenter = {entry}\n");
        Market::rising(&[(2, time, 1.0)], &settings).run()
    };
    at("08:59", "{ day = 0, at = \"open\" }").went(0, (2, "open", "scheduled"), (4, "close", "held"));
    at("09:00", "{ day = 0, at = \"open\" }").went(0, (2, "close", "after_announcement"), (5, "close", "held"));
    at("16:59", "{ day = 0, at = \"close\" }").went(0, (2, "close", "scheduled"), (5, "close", "held"));
    // After the close it is day 0 of the next session.
    at("17:00", "{ day = 0, at = \"open\" }").went(0, (3, "open", "scheduled"), (5, "close", "held"));
}

/// No open: the close of the day is the next price. A halt: the next day's open.
#[test]
fn missing_prices_are_waited_for() {
    let mut market = Market::rising(&[(2, "08:00", 1.0)], OPEN);
    market.open[3] = NAN;
    market.run().went(0, (3, "close", "waited"), (6, "close", "held"));
    market.close[3] = NAN;
    market.run().went(0, (4, "open", "waited"), (6, "close", "held"));
    market.settings = OPEN.replace("at = \"open\"", "at = \"open\", wait_days = 0");
    let none = market.run();
    assert_eq!((none.trades.rows(), none.count("no_price")), (0, 1));
}

/// A halt when the lot should be left: the last mark stays, and the first price after it is taken.
#[test]
fn a_halt_delays_the_exit() {
    let mut market = Market::rising(&[(2, "08:00", 1.0)], CLOSE);
    for day in [5, 6, 7] {
        (market.open[day], market.close[day]) = (NAN, NAN);
    }
    let ran = market.run();
    ran.went(0, (3, "close", "scheduled"), (8, "close", "waited"));
    let equity: Vec<f64> = ran.portfolio.numbers("equity").into_iter().flatten().collect();
    assert_eq!((equity[2], equity[3], equity[4]), (equity[1], equity[1], equity[1]));
    close(equity[5], 0.5 + 0.5 * 18.5 / 13.5, 1e-15, "after the halt");
    // A price that was carried forward on a day without volume is none, where volumes are named.
    let mut quiet = Market::rising(&[(2, "08:00", 1.0)], CLOSE);
    quiet.volume[6] = 0.0;
    quiet.run().went(0, (3, "close", "scheduled"), (6, "close", "held"));
    quiet.prices = "volume = \"volume\"";
    quiet.run().went(0, (3, "close", "scheduled"), (7, "close", "waited"));
}

/// The prices end: left in the session after the last price, at that price. The calendar ends: at its last
/// close.
#[test]
fn a_delisting_and_the_end_of_the_data() {
    let mut market = Market::rising(&[(2, "08:00", 1.0)], CLOSE);
    market.open.truncate(5);
    market.close.truncate(5);
    market.volume.truncate(5);
    let ran = market.run();
    ran.went(0, (3, "close", "scheduled"), (5, "close", "delisted"));
    assert_eq!(ran.number("exit_price", 0), 14.5);
    close(ran.number("gross_return", 0), 14.5 / 13.5 - 1.0, 1e-15, "gross");
    let late = Market::rising(&[(8, "08:00", 1.0)], CLOSE).run();
    late.went(0, (9, "close", "scheduled"), (11, "close", "end_of_data"));
    let later = Market::rising(&[(10, "08:00", 1.0)], CLOSE).run();
    assert_eq!((later.trades.rows(), later.count("beyond_data")), (0, 1));
}

/// Sold short on Wednesday's close, bought back on Monday's: five nights of borrowing on the marks of
/// Wednesday, Thursday and, for three nights, Friday.
#[test]
fn a_short_lot_pays_for_borrowing() {
    let settings = CLOSE.to_owned() + "costs = { borrow_bps_per_year = 365.0 }\n";
    let ran = Market::rising(&[(1, "08:00", -1.0)], &settings).run();
    ran.went(0, (2, "close", "scheduled"), (5, "close", "held"));
    assert_eq!((ran.text("side", 0).as_str(), ran.number("quantile", 0)), ("short", 1.0));
    close(ran.number("gross_return", 0), 1.0 - 15.5 / 12.5, 1e-15, "gross");
    let borrow = 1e-4 * (1.0 + 13.5 / 12.5 + 3.0 * 14.5 / 12.5);
    close(ran.number("borrow", 0), borrow, 1e-15, "borrow");
    close(ran.number("profit", 0), 0.5 * (1.0 - 15.5 / 12.5 - borrow), 1e-15, "profit");
    let equity = ran.portfolio.numbers("equity");
    close(equity[equity.len() - 1].expect("a number"), 1.0 + ran.number("profit", 0), 1e-15, "equity");
}

/// The benchmark is sold at its open of 100.5 and bought back at its close of 101.
#[test]
fn a_hedge_earns_the_opposite_of_the_benchmark() {
    let settings = OPEN.to_owned() + "hedge = \"benchmark\"\ncosts = { commission_bps = 10.0 }\n";
    let ran = Market::rising(&[(2, "08:00", 1.0)], &settings).run();
    close(ran.number("hedge_return", 0), 1.0 - 101.0 / 100.5, 1e-15, "hedge");
    let costs = 0.001 * (2.0 + 15.5 / 13.0 + 101.0 / 100.5);
    close(ran.number("costs", 0), costs, 1e-15, "costs of both");
    let day = |column: &str| ran.portfolio.numbers(column)[0].expect("a number");
    close(day("hedge"), -0.5 * 101.0 / 100.5 / day("equity"), 1e-15, "exposure");
    close(day("net"), day("long") + day("hedge"), 1e-15, "net exposure");
    close(day("turnover"), 1.0, 1e-15, "turnover");
}

/// A loss of 4 % at the close of session 4 is beyond the stop: left at the next open. So is a gain.
#[test]
fn stops_and_targets_trade_at_the_next_price() {
    let mut market = Market::rising(&[(2, "08:00", 1.0)], &(OPEN.to_owned() + "stop = 0.03\n"));
    market.close[4] = 13.0 * 0.96;
    market.run().went(0, (3, "open", "scheduled"), (5, "open", "stop"));
    market.settings = OPEN.to_owned() + "stop = 0.05\n";
    market.run().went(0, (3, "open", "scheduled"), (5, "close", "held"));
    market.settings = OPEN.to_owned() + "target = 0.03\n";
    let ran = market.run();
    ran.went(0, (3, "open", "scheduled"), (4, "open", "target"));
    assert_eq!((ran.number("exit_price", 0), ran.number("sessions", 0)), (14.0, 1.0));
}

/// Errors of 1, 3, 2 and then 4: the deviation of the first three is 1. The surprise is 4.
#[test]
fn standardised_surprises() {
    let settings = "signal = \"sue\"\nsue = { actual = \"actual\", forecast = \"consensus\", minimum = 3 }\nhold_days = 1\nsize = 0.5\n";
    let events = [(0, "08:00", 1.0), (2, "08:00", 3.0), (4, "08:00", 2.0), (6, "08:00", 4.0)];
    let ran = Market::rising(&events, settings).run();
    assert_eq!((ran.trades.rows(), ran.count("too_few_errors")), (1, 3));
    close(ran.number("signal", 0), 4.0, 1e-14, "surprise");
    ran.went(0, (7, "close", "scheduled"), (8, "close", "held"));
}

/// Announcements at 1, 2, 3 and 4: the fifth at 2.6 is among four earlier ones in the upper half. The fourth
/// has three, which are too few.
#[test]
fn quantiles_of_earlier_announcements() {
    let settings = "signal = \"signal\"\nhold_days = 1\nquantiles = { count = 2, lookback_days = 30, minimum = 4 }\n";
    let mut events =
        vec![(0, "08:00", 1.0), (1, "08:00", 2.0), (2, "08:00", 3.0), (3, "08:00", 4.0), (5, "08:00", 2.6)];
    let ran = Market::rising(&events, settings).run();
    assert_eq!((ran.count("too_few_earlier"), ran.count("traded")), (4, 1));
    assert_eq!((ran.number("quantile", 0), ran.text("side", 0).as_str()), (2.0, "long"));
    // Of the same instant, the fourth is not earlier.
    events[3] = (5, "08:00", 4.0);
    let ran = Market::rising(&events, settings).run();
    assert_eq!((ran.count("too_few_earlier"), ran.count("traded")), (5, 0));
    // Beyond the lookback, the first is forgotten.
    let ran = Market::rising(&events, &settings.replace("30", "6").replace("minimum = 4", "minimum = 3")).run();
    assert_eq!((ran.count("too_few_earlier"), ran.count("traded")), (5, 0));
    let ran = Market::rising(&events, &settings.replace("30", "7").replace("minimum = 4", "minimum = 3")).run();
    assert_eq!((ran.count("too_few_earlier"), ran.count("traded")), (3, 2));
}

/// A date with a session: known just before the open, before the close, or when the day is over; and what may
/// come at any time of a day ends a lot on the eve.
#[test]
fn dates_with_sessions() {
    let went = |session_word: &str, next_word: &str| {
        let market = Market::rising(&[], "signal = \"signal\"\nhold_days = 5\nenter = { day = 0, at = \"open\" }");
        let dir = tempfile::tempdir().expect("a directory");
        market.write(dir.path());
        let rows = format!("A,{},{session_word},1\nA,{},{next_word},1\n", session(2), session(5));
        std::fs::write(dir.path().join("events.csv"), format!("ticker,day,session,signal\n{rows}")).expect("written");
        let study = std::fs::read_to_string(dir.path().join("study.toml")).expect("written");
        let study = study.replace("announced_at = \"announced_at\"", "announced_on = \"day\"");
        std::fs::write(dir.path().join("study.toml"), study).expect("written");
        dayzero(dir.path(), &["run", "study.toml"]).success();
        let table = |name: &str| Table::read(&dir.path().join("out").join(format!("{name}.parquet")));
        Ran { trades: table("trades"), portfolio: table("portfolio"), strategies: table("strategies"), _dir: dir }
    };
    went("bmo", "bmo").went(0, (2, "open", "scheduled"), (4, "close", "next_event"));
    went("during", "during").went(0, (2, "close", "after_announcement"), (4, "close", "next_event"));
    went("amc", "amc").went(0, (3, "open", "scheduled"), (5, "close", "next_event"));
    // Day 0 is the date itself, but nobody knows whether its prices came after the news.
    went("unknown", "unknown").went(0, (3, "open", "after_announcement"), (4, "close", "next_event"));
}

/// The summary tells what each strategy earned.
#[test]
fn the_summary_lists_strategies() {
    let (_dir, outcome) = Market::rising(&[(2, "08:00", 1.0)], CLOSE).outcome();
    let outcome = outcome.success();
    let earned = format!("{:+.2} %", 50.0 * (16.5 / 13.5 - 1.0));
    let said = [outcome.stdout, outcome.stderr].concat();
    for part in ["signal, 2 quantiles, day 1 close, 3 sessions, hedge none, size 0.5, 0 bps", &earned] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
}

/// A table of returns and a benchmark of its own: +10 % a day against +1 %. A missing return is no price, and what
/// was earned before stays.
#[test]
fn returns_and_a_benchmark_in_a_table() {
    let market = Market::rising(&[(2, "08:00", 1.0)], &(CLOSE.to_owned() + "hedge = \"benchmark\"\n"));
    let dir = tempfile::tempdir().expect("a directory");
    market.write(dir.path());
    let (mut csv, mut returns) = ("date,ret\n".to_owned(), Vec::new());
    for day in 0..12 {
        let _ = writeln!(csv, "{},0.01", session(day));
        returns.push((day != 3 && day != 5).then_some(0.1));
    }
    std::fs::write(dir.path().join("index.csv"), csv).expect("written");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("ticker", strings(vec!["A"; 12])),
        ("date", Arc::new(Date32Array::from_iter_values((0..12).map(|day| session(day).0)))),
        ("ret", Arc::new(Float64Array::from(returns))),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true)));
    write_parquet(&dir.path().join("prices.parquet"), &batch.expect("equal lengths"));
    let settings = ["prices.return=ret", "markets.X.benchmark={ path = \"index.csv\", return = \"ret\" }"];
    let args: Vec<&str> = ["run", "study.toml"].into_iter().chain(settings.iter().flat_map(|s| ["--set", s])).collect();
    dayzero(dir.path(), &args).success();
    let trades = Table::read(&dir.path().join("out/trades.parquet"));
    // Bought at the close of session 4, sold at that of session 7: sessions 6 and 7 earn, 5 has no return.
    assert_eq!(trades.dates("entry_date"), [Some(session(4))]);
    assert_eq!(trades.dates("exit_date"), [Some(session(7))]);
    let number = |name: &str| trades.numbers(name)[0].expect("a number");
    close(number("entry_price"), 1.1_f64.powi(4), 1e-14, "index");
    close(number("gross_return"), 0.21, 1e-14, "gross");
    close(number("hedge_return"), 1.0 - 1.01_f64.powi(3), 1e-14, "hedge");
}
