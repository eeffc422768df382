//! Surprises from a table of quarterly figures.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch, TimestampMicrosecondArray};
use dayzero_model::Date;

use super::by_hand::{Market, Ran, session};
use crate::support::{Outcome, close, strings, write_parquet};

/// (security, end of the quarter, announced, actual, consensus)
type Quarter = (&'static str, &'static str, &'static str, f64, f64);

/// Two years of a company whose quarters end on Saturdays in one of them. The forecast errors are 1, 3, 2, 2, 2, 3, 1
/// and then 4; the changes from a year before are 1, 3, ½ and then 4.
const QUARTERS: [Quarter; 8] = [
    ("A", "2022-03-31", "2022-04-20", 10.0, 9.0),
    ("A", "2022-06-30", "2022-07-20", 20.0, 17.0),
    ("A", "2022-09-30", "2022-10-20", 30.0, 28.0),
    ("A", "2022-12-31", "2023-01-20", 40.0, 38.0),
    ("A", "2023-04-01", "2023-04-20", 11.0, 9.0),
    ("A", "2023-07-01", "2023-07-20", 23.0, 20.0),
    ("A", "2023-09-30", "2023-10-20", 30.5, 29.5),
    ("A", "2023-12-31", "2024-01-08", 44.0, 40.0),
];

/// The forecast error over the deviation of all seven before.
fn by_analysts() -> f64 {
    4.0 / (4.0_f64 / 6.0).sqrt()
}

fn csv(quarters: &[Quarter]) -> String {
    let line = |&(security, period, announced, actual, consensus): &Quarter| {
        format!("{security},{period},{announced},{actual},{consensus}\n")
    };
    "ticker,fiscal_end,announced,eps,consensus\n".to_owned() + &quarters.iter().map(line).collect::<String>()
}

const ANNOUNCED: &str = "announced_on = \"announced\"";
const ANALYSTS: &str = "announced_on = \"announced\", forecast = \"consensus\"";

/// The security announces at 08:00 of session 5, Monday 2024-01-08, before prices go back to any other quarter.
fn market(keys: &str) -> Market {
    let sue = format!("sue = {{ path = \"quarters.csv\", period = \"fiscal_end\", actual = \"eps\", {keys} }}");
    let settings = format!("signal = \"sue\"\nhold_days = 2\nenter = {{ day = 0, at = \"open\" }}\n{sue}");
    Market::rising(&[(5, "08:00", 1.0)], &settings)
}

fn with(quarters: &[Quarter], keys: &str) -> Ran {
    Ran::of(market(keys).beside(|dir| std::fs::write(dir.join("quarters.csv"), csv(quarters)).expect("written")))
}

fn failing(text: &str, keys: &str) -> Outcome {
    market(keys).beside(|dir| std::fs::write(dir.join("quarters.csv"), text).expect("written")).1
}

fn edited(edit: impl FnOnce(&mut Vec<Quarter>)) -> Vec<Quarter> {
    let mut quarters = QUARTERS.to_vec();
    edit(&mut quarters);
    quarters
}

#[track_caller]
fn surprises(ran: &Ran, want: f64) {
    assert_eq!(ran.trades.rows(), 1);
    close(ran.number("signal", 0), want, 1e-15, "surprise");
}

#[test]
fn forecast_errors_and_changes_from_a_year_before() {
    surprises(&with(&QUARTERS, ANALYSTS), by_analysts());
    let change = |minimum: usize| format!("{ANNOUNCED}, minimum = {minimum}");
    surprises(&with(&QUARTERS, &change(2)), 4.0 / 1.75_f64.sqrt());
    // A year has four quarters, and only three changes came before.
    let few = with(&QUARTERS, &change(4));
    assert_eq!((few.trades.rows(), few.count("too_few_errors")), (0, 1));
    // Without the second quarter there is no change of the sixth: it is not measured by its neighbour, and 1 and ½ stay.
    let gap = edited(|quarters| _ = quarters.remove(1));
    surprises(&with(&gap, &change(2)), 4.0 / 0.125_f64.sqrt());
    // Without the fourth there is nothing to expect of the eighth.
    let gap = edited(|quarters| _ = quarters.remove(3));
    let none = with(&gap, &change(2));
    assert_eq!((none.trades.rows(), none.count("no_signal")), (0, 1));
}

/// What the key says: past errors, fewest of them, the column of the figure.
#[test]
fn every_key_changes_the_surprise() {
    // The latest two errors are 3 and 1.
    surprises(&with(&QUARTERS, &format!("{ANALYSTS}, errors = 2, minimum = 2")), 4.0 / 2.0_f64.sqrt());
    assert_eq!(with(&QUARTERS, &format!("{ANALYSTS}, minimum = 8")).count("too_few_errors"), 1);
    let named = csv(&QUARTERS).replace("ticker", "company");
    let keys = format!("{ANALYSTS}, security = \"company\"");
    let ran = Ran::of(market(&keys).beside(|dir| std::fs::write(dir.join("quarters.csv"), &named).expect("written")));
    surprises(&ran, by_analysts());
}

/// The figure belongs to the event by its date, a day more or less. What is dated later is known when that day is over.
#[test]
fn figures_and_events_belong_together_by_date() {
    let on =
        |date: &'static str, more: &str| with(&edited(|quarters| quarters[7].2 = date), &format!("{ANALYSTS}{more}"));
    let entry = |ran: &Ran| (ran.date("entry_date", 0), ran.text("entry_at", 0), ran.text("entry_reason", 0));
    let open = |day: i32, why: &str| (session(day), "open".to_owned(), why.to_owned());
    assert_eq!(entry(&on("2024-01-08", "")), open(5, "scheduled"));
    assert_eq!(entry(&on("2024-01-07", "")), open(5, "scheduled"));
    let later = on("2024-01-09", "");
    surprises(&later, by_analysts());
    assert_eq!(entry(&later), open(7, "after_announcement"));
    assert_eq!(on("2024-01-10", "").count("no_figure"), 1);
    assert_eq!(on("2024-01-06", "").count("no_figure"), 1);
    surprises(&on("2024-01-06", ", tolerance_days = 2"), by_analysts());
    assert_eq!(on("2024-01-09", ", tolerance_days = 0").count("no_figure"), 1);
    // Nobody knows when: it is left out, and said.
    let (_, outcome) = market(ANALYSTS).beside(|dir| {
        let text = csv(&QUARTERS).replace("2024-01-08", "");
        std::fs::write(dir.join("quarters.csv"), text).expect("written");
    });
    let outcome = outcome.success();
    let said = outcome.stdout + &outcome.stderr;
    assert!(said.contains("1 of 8 quarterly figures do not say when they were announced"), "{said}");
}

/// Two quarters announced at once: the surprise is that of the latest, and the other is no past error. Nor is one
/// that was announced after the event, whatever its quarter.
#[test]
fn only_what_was_known_strictly_before_enters() {
    let errors_without_the_last = 4.0 / (17.0_f64 / 30.0).sqrt();
    for date in ["2024-01-08", "2024-01-09", "2024-03-01"] {
        let late = edited(|quarters| quarters[6].2 = date);
        surprises(&with(&late, ANALYSTS), errors_without_the_last);
        // Its figure does not matter either.
        let other = edited(|quarters| (quarters[6].2, quarters[6].3) = (date, 999.0));
        surprises(&with(&other, ANALYSTS), errors_without_the_last);
    }
    // Both are known when the event is, and at once.
    let at_once = edited(|quarters| (quarters[6].2, quarters[7].2) = ("2024-01-07", "2024-01-07"));
    surprises(&with(&at_once, ANALYSTS), errors_without_the_last);
    let later = edited(|quarters| {
        quarters.extend([("A", "2024-03-31", "2024-04-20", 999.0, 0.0), ("B", "2023-12-31", "2024-01-08", 7.0, 0.0)]);
    });
    surprises(&with(&later, ANALYSTS), by_analysts());
    // Nor does a base of a year before that is announced late.
    let base = edited(|quarters| quarters[3].2 = "2024-02-01");
    assert_eq!(with(&base, &format!("{ANNOUNCED}, minimum = 2")).count("no_signal"), 1);
}

/// Without dates of announcement the figure is that of the latest quarter that ended within the days.
#[test]
fn without_dates_of_announcement() {
    surprises(&with(&QUARTERS, "forecast = \"consensus\", max_age_days = 8"), by_analysts());
    assert_eq!(with(&QUARTERS, "forecast = \"consensus\", max_age_days = 7").count("no_figure"), 1);
    let none = edited(|quarters| _ = quarters.pop());
    // The third quarter of 2023: its error is 1, those before are 1, 3, 2, 2, 2 and 3.
    let older = with(&none, "forecast = \"consensus\", max_age_days = 120");
    surprises(&older, 1.0 / (17.0_f64 / 30.0).sqrt());
    // The day on which the event is is no past.
    let same_day = edited(|quarters| quarters.push(("A", "2024-01-08", "2024-01-08", 999.0, 0.0)));
    surprises(&with(&same_day, "forecast = \"consensus\", max_age_days = 90"), by_analysts());
}

/// An instant is taken at its word: later than the event's, it is waited for.
#[test]
fn instants_of_figures() {
    let run = |last: i64| {
        let market = market("forecast = \"consensus\", announced_at = \"announced\"");
        Ran::of(market.beside(|dir| parquet(dir, last)))
    };
    let monday = i64::from(session(5).0) * 86_400_000_000;
    let hour = 3_600_000_000;
    let at_once = run(monday + 8 * hour);
    surprises(&at_once, by_analysts());
    assert_eq!(at_once.text("entry_at", 0), "open");
    let later = run(monday + 9 * hour);
    surprises(&later, by_analysts());
    assert_eq!((later.date("entry_date", 0), later.text("entry_at", 0)), (session(5), "close".into()));
}

/// The same quarters in reverse as Parquet, the last of them announced at this instant.
fn parquet(dir: &Path, last: i64) {
    let day = |text: &str| Date::parse(text).expect("a date").0;
    let rows: Vec<&Quarter> = QUARTERS.iter().rev().collect();
    let instant = |row: &&Quarter| if row.1 == "2023-12-31" { last } else { i64::from(day(row.2)) * 86_400_000_000 };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("ticker", strings(rows.iter().map(|row| row.0))),
        ("fiscal_end", Arc::new(Date32Array::from_iter_values(rows.iter().map(|row| day(row.1))))),
        (
            "announced",
            Arc::new(TimestampMicrosecondArray::from_iter_values(rows.iter().map(instant)).with_timezone("UTC")),
        ),
        ("eps", Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.3)))),
        ("consensus", Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.4)))),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("equal lengths");
    write_parquet(&dir.join("quarters.parquet"), &batch);
    let study = std::fs::read_to_string(dir.join("study.toml")).expect("written");
    std::fs::write(dir.join("study.toml"), study.replace("quarters.csv", "quarters.parquet")).expect("written");
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let mut turned = QUARTERS;
    turned.reverse();
    turned.swap(1, 5);
    surprises(&with(&turned, ANALYSTS), by_analysts());
    surprises(&with(&turned, &format!("{ANNOUNCED}, minimum = 2")), 4.0 / 1.75_f64.sqrt());
}

/// The manifest fingerprints the table.
#[test]
fn the_table_is_an_input() {
    let (dir, outcome) =
        market(ANALYSTS).beside(|dir| std::fs::write(dir.join("quarters.csv"), csv(&QUARTERS)).expect("written"));
    outcome.success();
    let manifest = std::fs::read_to_string(dir.path().join("out/manifest.json")).expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    let paths = manifest["inputs"].as_array().expect("inputs").iter().filter_map(|input| input["path"].as_str());
    assert!(paths.into_iter().any(|path| path.ends_with("quarters.csv")), "{}", manifest["inputs"]);
}

/// Columns, rows and keys that make no sense are refused where they stand.
#[test]
fn mistakes_in_the_table_and_its_keys() {
    let sound = csv(&QUARTERS);
    let twice = sound.clone() + "A,2022-06-30,2022-09-01,21,17\n";
    let place = ["quarters.csv: column `fiscal_end`, data row 9", "the first is in", "column `fiscal_end`, data row 2"];
    failing(&twice, ANALYSTS).failure(1, &place);
    failing(&sound.replace("A,2022-09-30", "A,"), ANALYSTS)
        .failure(1, &["column `fiscal_end`, data row 3: the end of the quarter is missing"]);
    failing(&sound.replace("A,2022-09-30", ",2022-09-30"), ANALYSTS)
        .failure(1, &["column `ticker`, data row 3: the identifier is missing"]);
    failing(&sound.replace("2022-09-30", "Q3"), ANALYSTS).failure(1, &["column `fiscal_end`, data row 3", "Q3"]);
    failing(&sound.replace("2022-10-20", "soon"), ANALYSTS).failure(1, &["column `announced`, data row 3", "soon"]);
    failing(&sound.replace(",30,28", ",thirty,28"), ANALYSTS).failure(1, &["column `eps`, data row 3", "thirty"]);
    failing(&sound.replace(",30,28", ",30,inf"), ANALYSTS)
        .failure(1, &["column `consensus`, data row 3: the value is infinite"]);
    failing(&sound, "announced_on = \"anounced\"")
        .failure(2, &["the table of quarterly figures has no column `anounced`", "did you mean `announced`?"]);
    failing(&sound, "announced_on = \"announced\", forcast = \"consensus\"")
        .failure(2, &["unknown key `forcast`", "did you mean `forecast`?"]);
    failing(&sound, "forecast = \"consensus\"")
        .failure(2, &["nothing says which figure an event announces", "announced_on", "max_age_days"]);
    failing(&sound, "announced_on = \"announced\", announced_at = \"announced\"").failure(2, &["exclude each other"]);
    failing(&sound, "announced_on = \"announced\", max_age_days = 9").failure(2, &["`max_age_days` changes nothing"]);
    failing(&sound, "tolerance_days = 2, max_age_days = 9").failure(2, &["`tolerance_days` is about the column"]);
    failing(&sound, "announced_on = \"announced\", tolerance_days = 90").failure(2, &["no more than 45 days"]);
    failing(&sound, "announced_on = \"announced\", minimum = 1").failure(2, &["needs two past errors"]);
    let settings = "signal = \"sue\"\nhold_days = 2\nsue = ";
    let without = |sue: &str| Market::rising(&[(5, "08:00", 1.0)], &format!("{settings}{sue}")).outcome().1;
    without("{ actual = \"actual\", period = \"fiscal_end\" }").failure(2, &["`period` is about a table"]);
    without("{ path = \"none.csv\", period = \"p\", actual = \"eps\", max_age_days = 9 }").failure(2, &["none.csv"]);
    without("{ path = \"events.csv\", actual = \"eps\", max_age_days = 9 }").failure(2, &["period = \"fiscal_end\""]);
    // Announced before the quarter ended: no figure of it. Of nobody: said.
    let early = sound.replace("2022-04-20", "2022-03-01");
    let said = failing(&early, ANALYSTS).success();
    assert!(
        (said.stdout + &said.stderr).contains("1 of 8 quarterly figures were announced before their quarter ended")
    );
    let others = failing(&sound.replace("A,", "Z,"), ANALYSTS).success();
    assert!((others.stdout + &others.stderr).contains("none of the 8 quarterly figures is of a security with prices"));
}
