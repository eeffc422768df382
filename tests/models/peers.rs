//! Other securities that stand in for that of an event.

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::Float64Array;

use super::{case, same, tickers};
use crate::support::{Case, close};

/// Characteristics of every security: its place in the order as size, and one of two sectors.
fn characteristics(case: &Case) -> String {
    let mut text = "ticker,size,sector\n".to_owned();
    for (i, ticker) in tickers(case).iter().enumerate() {
        let _ = writeln!(text, "{ticker},{},{}", i + 1, if i % 2 == 0 { "even" } else { "odd" });
    }
    text
}

const SECTION: &str = "[characteristics]\npath = \"data/characteristics.csv\"";

fn with_characteristics(model: &str) -> Case {
    let case = case(&format!("model = {model}\n"), SECTION);
    case.write("data/characteristics.csv", &characteristics(&case));
    case
}

/// A column of the price table that carries the benchmark's return is the market-adjusted model.
#[test]
fn an_expected_return_in_the_price_table() {
    let case = case("model = \"market_adjusted\"\n", "");
    case.run(&["-q"]).success();
    let (cars, estimates) = (case.table("cars").numbers("scar"), case.table("estimates").numbers("sigma"));
    let prices = case.data("prices");
    let (dates, closes, ids) = (prices.dates("date"), prices.numbers("adj_close"), prices.texts("ticker"));
    let mut index: Vec<_> = (0..prices.rows()).filter(|&row| ids[row].as_deref() == Some("US-INDEX")).collect();
    index.sort_by_key(|&row| dates[row]);
    let mut returns = std::collections::HashMap::new();
    for pair in index.windows(2) {
        let [before, after] = [pair[0], pair[1]].map(|row| closes[row].expect("a price"));
        returns.insert(dates[pair[1]], after / before - 1.0);
    }
    let expected: Float64Array = dates.iter().map(|date| returns.get(date).copied()).collect();
    case.write_table("data/prices.parquet", &prices.with("mkt_ret", Arc::new(expected)).batch);
    case.run(&["-q", "--set", "study.model=benchmark_column", "--set", "prices.expected=mkt_ret"]).success();
    same(&case.table("cars").numbers("scar"), &cars);
    same(&case.table("estimates").numbers("sigma"), &estimates);
    let percent: Float64Array = dates.iter().map(|date| returns.get(date).map(|r: &f64| r.abs() * 100.0)).collect();
    case.write_table("data/prices.parquet", &prices.with("mkt_ret", Arc::new(percent)).batch);
    case.run(&["--set", "study.model=benchmark_column", "--set", "prices.expected=mkt_ret"])
        .failure(1, &["mkt_ret", "divide the column by 100"]);
}

/// In a sector of one there is nobody to compare with: an outcome, and the run goes on.
#[test]
fn without_peers_an_event_is_left_out() {
    let case = with_characteristics("{ name = \"reference_portfolio\", within = [\"sector\"] }");
    let ticker = case.data("events").texts("ticker")[0].clone().expect("a ticker");
    let text = characteristics(&case);
    let line = text.lines().find(|line| line.starts_with(&format!("{ticker},"))).expect("its line");
    let alone = format!("{ticker},5,alone");
    case.write("data/characteristics.csv", &text.replace(line, &alone));
    case.run(&["-q"]).success();
    let events = case.table("events");
    let (outcomes, reasons, ids) = (events.texts("outcome"), events.texts("reason"), events.texts("security"));
    for row in 0..events.rows() {
        let lonely = ids[row].as_deref() == Some(&ticker);
        assert_eq!(outcomes[row].as_deref() == Some("no_peers"), lonely, "event {row}");
        assert!(
            !lonely || reasons[row].as_deref().is_some_and(|reason| reason.contains("sector")),
            "{:?}",
            reasons[row]
        );
    }
    case.write("data/characteristics.csv", &text.replace(line, &format!("{ticker},5,")));
    case.run(&["-q"]).success();
    assert!(!case.table("events").find(&[("outcome", "no_peers")]).is_empty());
}

/// The nearest by size of a security is its neighbour, whose return is what is expected.
#[test]
fn a_matched_firm_is_the_nearest() {
    let case = with_characteristics("{ name = \"matched_firm\", match = [\"size\"] }");
    case.run(&["-q"]).success();
    let days = case.table("abnormal_returns");
    let events = case.table("events");
    let names = tickers(&case);
    let prices = case.data("prices");
    let (ids, dates, closes) = (prices.texts("ticker"), prices.dates("date"), prices.numbers("adj_close"));
    let price = |ticker: &str, date| {
        let row = (0..prices.rows()).find(|&row| ids[row].as_deref() == Some(ticker) && dates[row] == date);
        row.and_then(|row| closes[row]).expect("a price")
    };
    let (event_ids, on, expected) = (days.integers("event_id"), days.dates("date"), days.numbers("expected"));
    for row in (1..days.rows()).step_by(211) {
        if event_ids[row] != event_ids[row - 1] {
            continue;
        }
        let own = events.texts("security")[event_ids[row].expect("an id") as usize].clone().expect("a ticker");
        let place = names.iter().position(|name| *name == own).expect("a place");
        // Equally far are the one before and the one after; the first in order is taken, unless it is
        // the benchmark, which is nobody's peer.
        let neighbour = match place.checked_sub(1).map(|before| &names[before]) {
            Some(before) if before != "US-INDEX" => before,
            _ => &names[place + 1],
        };
        let want = price(neighbour, on[row]) / price(neighbour, on[row - 1]) - 1.0;
        close(expected[row].expect("expected"), want, 1e-14, &format!("{own} and {neighbour} on {:?}", on[row]));
    }
}

#[test]
fn synthetic_controls_have_placebos() {
    let case = case("model = { name = \"synthetic_control\", count = 9 }\n", "");
    case.run(&["-q"]).success();
    let cars = case.table("cars");
    let shares: Vec<f64> = cars.numbers("placebo_p").into_iter().flatten().collect();
    assert!(shares.len() > 200);
    // Ten units at most, the security among them: a donor with an event of its own is none.
    assert!(shares.iter().all(|share| (0.1..=1.0).contains(share)));
    // A planted effect is seen on day 0, and after it nothing more often than by chance.
    let small = |first: &str| {
        let (p, rows) = (cars.numbers("placebo_p"), cars.find(&[("first", first)]));
        rows.iter().filter(|&&row| p[row].is_some_and(|p| p <= 0.2)).count() as f64 / rows.len() as f64
    };
    assert!(small("0") > 0.35 && small("2") < 0.27, "{} and {}", small("0"), small("2"));
    case.run(&["-q", "--set", "study.model=market"]).success();
    assert!(case.table("cars").numbers("placebo_p").iter().all(Option::is_none));
}

#[test]
fn tables_of_characteristics_are_checked() {
    let model = "{ name = \"reference_portfolio\", sort = { size = 2 } }";
    let bare = case(&format!("model = {model}\n"), "");
    bare.run(&[]).failure(2, &["needs the characteristics size", "[characteristics] path"]);
    let case = with_characteristics("{ name = \"reference_portfolio\", sort = { size = 2 } }");
    let text = characteristics(&case);
    let first = text.lines().nth(2).expect("a line");
    case.write("data/characteristics.csv", &format!("{text}{first}\n"));
    let again = format!("data row {}", text.lines().count());
    case.run(&[]).failure(1, &["stands here for the second time", &again, "[characteristics] date"]);
    case.write("data/characteristics.csv", &text.replace("size", "sise"));
    case.run(&[]).failure(1, &["`size`", "did you mean `sise`?"]);
    case.write("data/characteristics.csv", &text.replacen(",2,", ",two,", 1));
    case.run(&[]).failure(1, &["`two` is no number", "data row 2"]);
    let set = "study.model={name=\"reference_portfolio\",sort={size=2},weight=\"cap\"}";
    case.write("data/characteristics.csv", &text);
    case.run(&["--set", set]).failure(1, &["`cap`"]);
}

/// What is known only after day 0 does not choose peers.
#[test]
fn characteristics_do_not_look_ahead() {
    let model = "{ name = \"reference_portfolio\", sort = { size = 4 } }";
    let case = case(&format!("model = {model}\n"), &format!("{SECTION}\ndate = \"known_from\""));
    let rows = |date: &str, scale: usize| -> String {
        let row = |(i, ticker): (usize, &String)| format!("{ticker},{date},{}\n", (i + 1) * scale % 43);
        tickers(&case).iter().enumerate().map(row).collect()
    };
    let header = "ticker,known_from,size\n";
    case.write("data/characteristics.csv", &format!("{header}{}", rows("2000-01-03", 1)));
    case.run(&["-q"]).success();
    let known = case.table("cars").numbers("car");
    let day0s: Vec<_> = case.table("events").dates("day0").into_iter().flatten().collect();
    let last = day0s.iter().max().expect("days").to_string();
    case.write("data/characteristics.csv", &format!("{header}{}{}", rows("2000-01-03", 1), rows(&last, 17)));
    case.run(&["-q"]).success();
    assert_eq!(case.table("cars").numbers("car"), known, "known from the last day 0 on is too late");
    let middle = day0s[day0s.len() / 2].to_string();
    case.write("data/characteristics.csv", &format!("{header}{}{}", rows("2000-01-03", 1), rows(&middle, 17)));
    case.run(&["-q"]).success();
    assert_ne!(case.table("cars").numbers("car"), known);
}

/// What has left the market is nobody's match, and sets no breakpoint.
#[test]
fn the_dead_are_no_peers() {
    let case = with_characteristics("{ name = \"matched_firm\", match = [\"size\"] }");
    case.run(&["-q"]).success();
    let before = case.table("cars").numbers("car");
    // Twins of every security in size, who stopped trading after a year.
    let prices = case.data("prices");
    let dates = prices.dates("date");
    let mut days: Vec<_> = dates.iter().flatten().copied().collect();
    days.sort();
    let last = days[days.len() / 8];
    let early: Vec<usize> = (0..prices.rows()).filter(|&row| dates[row].is_some_and(|date| date < last)).collect();
    let dead = prices.take(&early);
    let names = dead.texts("ticker").into_iter().map(|ticker| format!("{}-OLD", ticker.unwrap_or_default()));
    let dead = dead.with("ticker", crate::support::strings(names));
    let plain = prices
        .with("ticker", crate::support::strings(prices.texts("ticker").into_iter().map(Option::unwrap_or_default)));
    let columns: Vec<&str> = vec!["ticker", "date", "adj_close"];
    let pick = |table: &crate::support::Table| {
        let made = columns.iter().map(|name| ((*name).to_owned(), table.column(name).clone(), true));
        arrow::array::RecordBatch::try_from_iter_with_nullable(made).expect("columns")
    };
    let (alive, gone) = (pick(&plain), pick(&dead));
    let both = arrow::compute::concat_batches(&alive.schema(), [&alive, &gone]).expect("one schema");
    case.write_table("data/prices.parquet", &both);
    let text = characteristics(&case);
    case.write("data/characteristics.csv", &text);
    let sizes: std::collections::HashMap<&str, &str> =
        text.lines().skip(1).filter_map(|line| line.split_once(',')).collect();
    // The same sizes for the living as before; for the dead those of their twins.
    let living: Vec<String> = tickers(&case).into_iter().filter(|ticker| !ticker.ends_with("-OLD")).collect();
    let mut again = "ticker,size,sector\n".to_owned();
    for (i, ticker) in living.iter().enumerate() {
        let _ = writeln!(again, "{ticker},{0},x\n{ticker}-OLD,{0},x", i + 1);
    }
    assert!(sizes.len() == 2 * living.len());
    case.write("data/characteristics.csv", &again);
    case.run(&["-q"]).success();
    assert_eq!(case.table("cars").numbers("car"), before);
}

#[test]
fn characteristics_of_nobody_are_noted() {
    let case = with_characteristics("{ name = \"matched_firm\", match = [\"size\"] }");
    let text = characteristics(&case).replace("US", "XX");
    case.write("data/characteristics.csv", &text);
    let outcome = case.run(&[]).success();
    assert!(outcome.stdout.contains("is of a security with prices, such as `XX"), "{}", outcome.stdout);
}
