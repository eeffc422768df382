//! What is said of the records: against an independent script, and what is promised of luck and of the future.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch};
use serde_json::Value;

use super::by_hand::{Market, session};
use crate::golden_support::golden;
use crate::support::{Table, close, dayzero, root, strings, write_parquet};

const TOLERANCE: f64 = 1e-9;

fn read(dir: &Path, name: &str) -> Table {
    Table::read(&dir.join("out").join(format!("{name}.parquet")))
}

/// numpy, scipy and statsmodels on the tables of days and lots (tests/golden/backtest_performance.py).
#[test]
fn the_committed_data() {
    let wanted = golden("backtest_performance.json");
    let dir = tempfile::tempdir().expect("a directory");
    let study = root().join("experiments/quickstart/study.toml");
    let mut args = vec!["run", study.to_str().expect("a path"), "--out", "out"];
    let settings = wanted["settings"].as_array().expect("a list");
    settings.iter().for_each(|set| args.extend(["--set", set.as_str().expect("a text")]));
    let summary = dayzero(dir.path(), &args).success().stdout;
    assert!(summary.contains("is the best of 8, which are about"), "{summary}");
    assert!(summary.contains("chosen on the 120 days before, every 50 days: a Sharpe ratio of"), "{summary}");
    for (name, rows) in [("performance", "rows"), ("walk_forward", "choices")] {
        let table = read(dir.path(), name);
        let rows = wanted[rows].as_array().expect("rows");
        assert_eq!(table.rows(), rows.len(), "{name}");
        for (row, want) in rows.iter().enumerate() {
            for (column, value) in want.as_object().expect("a row") {
                check(&table, row, column, value, &format!("{column} of row {row} of {name}"));
            }
        }
    }
}

fn check(table: &Table, row: usize, column: &str, want: &Value, what: &str) {
    let is_date = ["drawdown_", "train_first", "train_last", "test_first", "test_last"];
    match want {
        Value::Number(number) => {
            let (got, want) = (table.numbers(column)[row], number.as_f64().expect("a number"));
            let got = got.unwrap_or_else(|| panic!("{what} is null"));
            close(got, want, TOLERANCE * want.abs().max(1.0), what);
        }
        _ if is_date.iter().any(|start| column.starts_with(start)) => {
            assert_eq!(table.dates(column)[row].map(|date| date.to_string()).as_deref(), want.as_str(), "{what}");
        }
        Value::String(text) => assert_eq!(table.texts(column)[row].as_ref(), Some(text), "{what}"),
        _ => {
            assert_eq!(table.numbers(column)[row], None, "{what}");
            assert!(table.texts("reason")[row].as_ref().is_some_and(|reason| reason.contains(column)), "{what}");
        }
    }
}

/// The same seed, the same numbers: splitmix64 and Box-Muller.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.uniform()).ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// Securities whose returns are independent noise, with a drift per session after each announcement, in the
/// direction of its signal.
struct Planted {
    securities: usize,
    sessions: usize,
    drift: f64,
    drift_sessions: usize,
    seed: u64,
    settings: &'static str,
}

const NOISE: f64 = 0.01;
const EVERY: usize = 20;

impl Planted {
    fn prices(&self) -> (Vec<(String, Vec<f64>)>, String) {
        let mut random = Random(self.seed);
        let mut noise = |_| NOISE * random.normal();
        let mut series = vec![("B".to_owned(), (0..self.sessions).map(&mut noise).collect())];
        let mut csv = "ticker,announced_at,signal\n".to_owned();
        for security in 0..self.securities {
            let name = format!("S{security:02}");
            let mut returns: Vec<f64> = (0..self.sessions).map(|_| NOISE * random.normal()).collect();
            for day0 in (5 + security % EVERY..self.sessions - EVERY).step_by(EVERY) {
                let signal = if random.uniform() < 0.5 { -1.0 } else { 1.0 };
                csv += &format!("{name},{}T08:00:00Z,{signal}\n", session(day0 as i32));
                let drifting = day0 + 1..(day0 + 1 + self.drift_sessions).min(self.sessions);
                returns[drifting].iter_mut().for_each(|r| *r += signal * self.drift);
            }
            series.push((name, returns));
        }
        (series.into_iter().map(|(name, returns)| (name, compound(&returns))).collect(), csv)
    }

    fn run(&self) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a directory");
        let (series, csv) = self.prices();
        // The study is that of the cases by hand.
        Market::rising(&[], self.settings).write(dir.path());
        std::fs::write(dir.path().join("events.csv"), csv).expect("written");
        write_prices(dir.path(), &series);
        dayzero(dir.path(), &["run", "study.toml", "-q"]).success();
        dir
    }
}

fn compound(returns: &[f64]) -> Vec<f64> {
    let grow = |level: &mut f64, r: &f64| {
        *level *= 1.0 + r;
        Some(*level)
    };
    returns.iter().scan(100.0, grow).collect()
}

fn write_prices(dir: &Path, series: &[(String, Vec<f64>)]) {
    let names = series.iter().flat_map(|(name, levels)| levels.iter().map(|_| name.as_str()));
    let dates = series.iter().flat_map(|(_, levels)| (0..levels.len()).map(|day| session(day as i32).0));
    let levels = series.iter().flat_map(|(_, levels)| levels.iter().copied());
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("ticker", strings(names.collect::<Vec<_>>())),
        ("date", Arc::new(Date32Array::from_iter_values(dates))),
        ("adj_close", Arc::new(Float64Array::from_iter_values(levels))),
    ];
    write_parquet(&dir.join("prices.parquet"), &RecordBatch::try_from_iter(columns).expect("equal lengths"));
}

/// Ten sessions of 0.2 % after each announcement, held from the close of day 0 to the end of the drift: what lots
/// earn on average is what was planted, within two and a half standard errors; and it is no luck.
#[test]
fn a_planted_drift_is_earned() {
    let settings = "signal = \"signal\"\nenter = { day = 0 }\nhold_days = 10\nsize = 0.02";
    let planted = Planted { securities: 40, sessions: 400, drift: 0.002, drift_sessions: 10, seed: 7, settings };
    let dir = planted.run();
    let (trades, performance) = (read(dir.path(), "trades"), read(dir.path(), "performance"));
    let sides = trades.texts("side");
    let returns: Vec<f64> = trades.numbers("net_return").into_iter().flatten().collect();
    assert!(returns.len() > 600, "{} lots", returns.len());
    let earned = |side: &Option<String>| match side.as_deref() {
        Some("long") => 1.002_f64.powi(10) - 1.0,
        _ => 1.0 - 0.998_f64.powi(10),
    };
    // A lot is held for as many sessions as the data have.
    let surprises: Vec<f64> = returns.iter().zip(&sides).map(|(found, side)| found - earned(side)).collect();
    let n = surprises.len() as f64;
    let mean = surprises.iter().sum::<f64>() / n;
    let error = (surprises.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>() / (n - 1.0) / n).sqrt();
    assert!(mean.abs() < 2.5 * error && error < 0.0015, "{mean} with an error of {error}");
    let found = |column: &str| performance.numbers(column)[0].expect("a number");
    close(found("mean_lot_return"), returns.iter().sum::<f64>() / n, 1e-12, "mean return of a lot");
    assert!(found("selected") > 0.999 && found("alpha_t") > 3.0, "{} {}", found("selected"), found("alpha_t"));
}

/// Without any drift, and with four strategies that hold different days after the announcements, the best is
/// called more than luck at the nominal rate: 80 draws.
#[test]
fn luck_is_called_skill_as_often_as_it_says() {
    let settings = "signal = \"signal\"\nenter = [{ day = 0 }, { day = 3 }, { day = 6 }, { day = 9 }]\n\
                    hold_days = 3\nsize = 0.05";
    let draws = 80;
    let selected: Vec<f64> = (0..draws)
        .map(|draw| {
            let seed = 1000 + draw;
            let dir = Planted { securities: 8, sessions: 160, drift: 0.0, drift_sessions: 1, seed, settings }.run();
            let found = read(dir.path(), "performance");
            assert!(found.numbers("trials")[0].is_some_and(|trials| trials > 3.0), "the strategies differ");
            found.numbers("selected").into_iter().flatten().fold(0.0, f64::max)
        })
        .collect();
    // Between the 0.5 % and the 99.5 % quantile of a binomial variable.
    for (level, fewest, most) in [(0.9, 2, 16), (0.7, 14, 35), (0.5, 29, 51)] {
        let rejected = selected.iter().filter(|&&value| value > level).count();
        assert!((fewest..=most).contains(&rejected), "{rejected} of {draws} above {level}");
    }
}

/// What trading costs is no choice: with two levels of costs, each strategy is judged among those with its own.
#[test]
fn costs_are_no_search() {
    let run = |settings: &'static str| {
        let planted = Planted { securities: 8, sessions: 160, drift: 0.0, drift_sessions: 1, seed: 5, settings };
        read(planted.run().path(), "performance")
    };
    let one = run("signal = \"signal\"\nenter = [{ day = 0 }, { day = 2 }]\nhold_days = [3, 8]\nsize = 0.05\n\
                   costs = { commission_bps = 1.0 }");
    let both = run("signal = \"signal\"\nenter = [{ day = 0 }, { day = 2 }]\nhold_days = [3, 8]\nsize = 0.05\n\
                    costs = [{ commission_bps = 1.0 }, { commission_bps = 30.0 }]");
    assert_eq!((both.rows(), one.rows()), (8, 4));
    for column in ["trials", "selected", "deflated_sharpe", "overfitting", "sharpe"] {
        let cheap: Vec<Option<f64>> = both.numbers(column).into_iter().step_by(2).collect();
        assert_eq!(cheap, one.numbers(column), "{column}");
    }
    assert_ne!(both.numbers("selected")[1], both.numbers("selected")[0]);
}

/// Whatever happens after the days that a choice looks at, it is the same choice, and so are its days before.
#[test]
fn a_choice_does_not_see_what_follows() {
    let settings = "signal = \"signal\"\nenter = [{ day = 0 }, { day = 2 }]\nhold_days = [3, 8]\nsize = 0.05\n\
                    walk_forward = { train_days = 60, test_days = 25 }";
    let planted = Planted { securities: 10, sessions: 260, drift: 0.0, drift_sessions: 1, seed: 3, settings };
    let dir = planted.run();
    let before = read(dir.path(), "walk_forward");
    assert!(before.rows() >= 6, "{} choices", before.rows());
    let chosen = before.integers("strategy_id");
    assert!(chosen.windows(2).any(|pair| pair[0] != pair[1]), "choices vary: {chosen:?}");
    let (mut series, _) = planted.prices();
    let mut changed = false;
    for choice in 1..before.rows() {
        let last = before.dates("train_last")[choice].expect("a date");
        for (security, (_, levels)) in series.iter_mut().enumerate().skip(1) {
            let later = (0..levels.len()).filter(|&day| session(day as i32) > last);
            later.for_each(|day| levels[day] *= 1.0 + 0.3 * ((day * (security + 2)) as f64).sin());
        }
        write_prices(dir.path(), &series);
        dayzero(dir.path(), &["run", "study.toml", "-q", "--overwrite"]).success();
        let after = read(dir.path(), "walk_forward");
        let keys = ["train_first", "train_last", "test_first"];
        for (row, known) in chosen.iter().enumerate().take(choice + 1) {
            assert_eq!(after.integers("strategy_id")[row], *known, "choice {row} of {choice}");
            assert_eq!(after.numbers("train_sharpe")[row], before.numbers("train_sharpe")[row], "choice {row}");
            keys.iter().for_each(|key| assert_eq!(after.dates(key)[row], before.dates(key)[row], "{key} of {row}"));
        }
        changed |= after.numbers("test_sharpe")[choice] != before.numbers("test_sharpe")[choice];
        (series, _) = planted.prices();
    }
    assert!(changed, "the change was felt where it may be");
}

/// A walk-forward that is too short, a strategy that never lost: nulls, each with its reason.
#[test]
fn what_cannot_be_said_has_a_reason() {
    let settings = "signal = \"signal\"\nhold_days = 3\nsize = 0.5\nenter = { day = 1 }\n\
                    walk_forward = { train_days = 50, test_days = 10 }";
    let (dir, outcome) = Market::rising(&[(2, "08:00", 1.0)], settings).outcome();
    let summary = outcome.success().stdout;
    assert!(summary.contains("walk_forward: 4 days, at least 51 are needed"), "{summary}");
    let found = read(dir.path(), "performance");
    assert_eq!((found.rows(), read(dir.path(), "walk_forward").rows()), (1, 0));
    let reason = found.texts("reason")[0].clone().expect("a reason");
    for part in [
        "sortino: no return was below the target",
        "max_drawdown: the wealth never fell below an earlier peak",
        "profit_factor: no lot lost",
        "capacity: no max_participation is set",
        "factor_alpha_p: no model has factors, and [factors] columns names none",
        "overfitting: 1 strategies, at least 2 are needed",
    ] {
        assert!(reason.contains(part), "`{part}` is not in {reason}");
    }
    for (name, _) in [("sortino", 0), ("calmar", 0), ("profit_factor", 0), ("capacity", 0), ("overfitting", 0)] {
        assert_eq!(found.numbers(name)[0], None, "{name}");
    }
}

/// A tenth of two lots is interpolated between their capitals: 5 % of the average traded value by the weight.
#[test]
fn capacity_is_that_of_the_participation() {
    let settings = "signal = \"signal\"\nhold_days = 3\nsize = 0.5\nenter = { day = 1 }\ncapital = 1e3\n\
                    exit_before_next_event = false\ncosts = { max_participation = 0.05 }";
    let mut market = Market::rising(&[(2, "08:00", 1.0), (6, "08:00", 1.0)], settings);
    market.prices = "volume = \"volume\"";
    let (dir, outcome) = market.outcome();
    outcome.success();
    let (trades, found) = (read(dir.path(), "trades"), read(dir.path(), "performance"));
    assert_eq!(trades.rows(), 2);
    let values: Vec<f64> = trades.numbers("traded_value").into_iter().flatten().collect();
    let mut capitals: Vec<f64> = values.iter().map(|value| 0.05 * value / 0.5).collect();
    capitals.sort_by(f64::total_cmp);
    // Closes of 10.5 and 11.5 with a volume of a thousand each are what the first decision knows.
    close(capitals[0], 0.1 * 11_000.0, 1e-9, "the first lot");
    let want = capitals[0] + 0.1 * (capitals[1] - capitals[0]);
    close(found.numbers("capacity")[0].expect("a number"), want, 1e-9, "capacity");
    // An account that is too large for the second lot has no more room.
    market.settings = settings.replace("1e3", "5e4");
    market.volume[1] = 0.0;
    market.volume[0] = 100.0;
    let (dir, outcome) = market.outcome();
    outcome.success();
    let (strategies, found) = (read(dir.path(), "strategies"), read(dir.path(), "performance"));
    assert_eq!((strategies.integers("traded")[0], strategies.integers("participation")[0]), (Some(1), Some(1)));
    // The first decision knows a trade of 1050 on the first of two days.
    let small = 0.1 * 525.0;
    let other = 0.1 * read(dir.path(), "trades").numbers("traded_value")[0].expect("a number");
    close(found.numbers("capacity")[0].expect("a number"), small + 0.1 * (other - small), 1e-9, "capacity");
}
