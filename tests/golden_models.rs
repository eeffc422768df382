//! The models beyond least squares, the other responses and the long horizon, against independent
//! scripts in numpy, scipy, statsmodels and arch (tests/golden/models.py).

use std::collections::HashMap;
use std::path::Path;

use arrow::compute::filter_record_batch;
use serde_json::Value;

use crate::golden_support::golden;
use crate::support::{Table, close, close_relative, dayzero, real_data, root, write_parquet};

/// Tolerances: of returns and what is measured in them (absolute), of coefficients and of statistics
/// (relative).
const RETURN: f64 = 1e-12;
const RELATIVE: f64 = 1e-10;
const STATISTIC: f64 = 1e-9;

/// A study on one of the two sets of data.
pub struct Data {
    pub reference: Value,
    head: String,
    pub prices: String,
    /// Rows of the price table that are deleted for returns from trade to trade.
    gap: (usize, usize, &'static [&'static str]),
    /// Declared windows.
    windows: &'static str,
}

impl Data {
    /// The same study against another file of reference numbers, with these sections.
    pub fn against(mut self, reference: &str, sections: &str) -> Self {
        self.reference = golden(reference);
        self.head += sections;
        self
    }
}

pub fn quickstart() -> Data {
    let data = root().join("datasets/quickstart");
    Data {
        reference: golden("models_quickstart.json"),
        head: format!(
            "[events]\npath = '{0}/events.parquet'\nannounced_at = \"announced_at\"\n\
             [markets.US]\nbenchmark = \"US-INDEX\"\ntimezone = \"America/New_York\"\nopen = \"09:30\"\nclose = \"16:00\"\n\
             [markets.HK]\nbenchmark = \"HK-INDEX\"\ntimezone = \"Asia/Hong_Kong\"\nopen = \"09:30\"\nclose = \"16:00\"\n\
             [factors]\npath = '{0}/factors.parquet'\n",
            data.display()
        ),
        prices: data.join("prices.parquet").display().to_string(),
        gap: (7, 3, &["US-INDEX", "HK-INDEX"]),
        windows: "[[0, 0], [-10, -1], [1, 10]]",
    }
}

pub fn large_caps() -> Option<Data> {
    let data = real_data()?;
    Some(Data {
        reference: golden("models_us.json"),
        head: format!(
            "[events]\npath = '{0}/us_large_caps/events.parquet'\nannounced_at = \"announced_at\"\n\
             [markets.US]\nbenchmark = \"SPY\"\ntimezone = \"America/New_York\"\nopen = \"09:30\"\nclose = \"16:00\"\n\
             [factors]\npath = '{0}/factors/ff5_daily.parquet'\n",
            data.display()
        ),
        prices: data.join("us_large_caps/prices.parquet").display().to_string(),
        gap: (5, 2, &["SPY"]),
        windows: "[[-1, 1], [0, 1], [2, 10]]",
    })
}

/// A finished run with the rows of each event.
pub struct Run {
    _dir: tempfile::TempDir,
    estimates: Table,
    days: Table,
    cars: Table,
    tables: std::path::PathBuf,
}

impl Data {
    /// Runs with these lines in `[study]`, and these sections after it.
    pub fn run(&self, prices: &str, study: &str, sections: &str) -> Run {
        let dir = tempfile::tempdir().expect("a directory");
        let text = format!(
            "name = \"golden\"\n[prices]\npath = '{prices}'\n{}\n[study]\nestimation_window = [-250, -11]\n\
             minimum_observations = 120\nevent_window = [-10, 10]\ncar_windows = {}\nmask_other_events = 1\n\
             tests = []\n{study}\n{sections}\n[output]\ndir = \"out\"\n",
            self.head, self.windows
        );
        std::fs::write(dir.path().join("study.toml"), text).expect("written");
        dayzero(dir.path(), &["run", "-q", "study.toml"]).success();
        let tables = dir.path().join("out");
        let table = |name: &str| Table::read(&tables.join(format!("{name}.parquet")));
        Run { estimates: table("estimates"), days: table("abnormal_returns"), cars: table("cars"), tables, _dir: dir }
    }

    /// The same study of the events of these securities alone; those of others still mask.
    pub fn of_securities(mut self, tickers: &[&str]) -> Self {
        let filter = format!("announced_at = \"announced_at\"\nfilter = {{ column = \"ticker\", in = {tickers:?} }}\n");
        self.head = self.head.replacen("announced_at = \"announced_at\"\n", &filter, 1);
        self
    }

    /// The price table without the rows of the gap.
    fn gapped(&self, path: &Path) {
        let prices = Table::read(Path::new(&self.prices));
        let tickers = prices.texts("ticker");
        let (modulo, remainder, keep) = self.gap;
        let kept = |row: usize| row % modulo != remainder || keep.contains(&tickers[row].as_deref().unwrap_or(""));
        let kept = (0..prices.rows()).map(|row| Some(kept(row)));
        write_parquet(path, &filter_record_batch(&prices.batch, &kept.collect()).expect("a filter"));
    }
}

/// A table, a column, and a day or window.
type Place = (&'static str, String, Option<(i64, i64)>);

/// Where a number of the reference stands here.
fn place(name: &str) -> Option<Place> {
    let Some((base, inside)) = name.trim_end_matches(']').split_once('[') else {
        let column = match name {
            "M" => "observations",
            name if name.starts_with("beta_market") => name,
            "alpha" | "sigma" | "dof" => name,
            _ => return None,
        };
        return Some(("estimates", column.to_owned(), None));
    };
    let day = |text: &str| text.parse::<i64>().expect("a day");
    Some(match (base, inside.split_once(',')) {
        ("u", None) => ("days", "ar".into(), Some((day(inside), day(inside)))),
        ("u", Some((a, b))) => ("cars", "car".into(), Some((day(a), day(b)))),
        ("n", _) => return None,
        ("placebo", window) => {
            let (a, b) = window.expect("a window");
            ("cars", "placebo_p".into(), Some((day(a), day(b))))
        }
        (base, None) => ("days", base.to_owned(), Some((day(inside), day(inside)))),
        (base, Some((a, b))) => ("cars", base.to_owned(), Some((day(a), day(b)))),
    })
}

impl Run {
    /// The values of one column and day or window, by event.
    pub fn values(
        &self,
        spec_id: i64,
        table: &str,
        column: &str,
        window: Option<(i64, i64)>,
    ) -> HashMap<i64, Option<f64>> {
        let table = match table {
            "estimates" => &self.estimates,
            "days" => &self.days,
            _ => &self.cars,
        };
        let (specs, ids, values) = (table.integers("spec_id"), table.integers("event_id"), table.numbers(column));
        let bounds = window.map(|window| match table.names().iter().any(|name| name == "tau") {
            true => (window, table.integers("tau"), table.integers("tau")),
            false => (window, table.integers("first"), table.integers("last")),
        });
        let mine = |row: &usize| {
            specs[*row] == Some(spec_id)
                && bounds.as_ref().is_none_or(|((a, b), first, last)| first[*row] == Some(*a) && last[*row] == Some(*b))
        };
        (0..table.rows()).filter(mine).map(|row| (ids[row].expect("an id"), values[row])).collect()
    }

    /// Everything that the reference says of the events of one model.
    pub fn check_model(&self, spec_id: i64, id: &str, reference: &Value) {
        let want = &reference["models"][id];
        let ids: Vec<i64> =
            want["events"]["event_id"].as_array().expect("ids").iter().map(|v| v.as_i64().expect("an id")).collect();
        let outcomes = want["events"]["outcome"].as_array().expect("outcomes");
        let mut checked = 0;
        for (name, column) in want["events"].as_object().expect("columns") {
            let Some((table, ours, window)) = place(name) else { continue };
            let got = self.values(spec_id, table, &ours, window);
            for (i, (event, want)) in ids.iter().zip(column.as_array().expect("a column")).enumerate() {
                // The reference counts the days of events without an estimate, too.
                if name == "M" && outcomes[i] != "ok" {
                    continue;
                }
                let what = format!("{name} of event {event} under {id}");
                let got = got.get(event).copied().flatten();
                assert_eq!(got.is_some(), want.is_number(), "{what}: {got:?} against {want}");
                let (Some(got), Some(want)) = (got, want.as_f64()) else { continue };
                match table {
                    "estimates" => close(got, want, RELATIVE, &what),
                    _ if name.contains("sar") || name.contains("scar") || name.starts_with('u') => {
                        close(got, want, STATISTIC, &what);
                    }
                    _ => close(got, want, RETURN, &what),
                }
                checked += 1;
            }
        }
        assert!(checked > 300, "only {checked} numbers of {id} were compared");
        self.check_totals(spec_id, id, &want["totals"]);
    }

    /// Sums over all events: a single wrong event would show.
    fn check_totals(&self, spec_id: i64, id: &str, want: &Value) {
        for (key, total) in want.as_object().into_iter().flatten() {
            let Some((kind, name)) = key.split_once('_') else { continue };
            let Some((table, ours, window)) = place(name) else { continue };
            let values = self.values(spec_id, table, &ours, window);
            let what = format!("{key} under {id}");
            match kind {
                "N" => assert_eq!(values.values().flatten().count() as u64, total.as_u64().expect("N"), "{what}"),
                _ => {
                    let mut sorted: Vec<f64> = values.values().copied().flatten().collect();
                    sorted.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
                    let scale = sorted.iter().map(|v| v.abs()).sum::<f64>().max(1.0);
                    let off = (sorted.iter().sum::<f64>() - total.as_f64().expect("a sum")).abs() / scale;
                    assert!(off < 1e-10, "{what} is off by {off:e}");
                }
            }
        }
    }
}

const LINEAR: [&str; 6] = ["market", "scholes_williams", "dimson_1_1", "dimson_2_1", "theil_sen", "huber"];
const LINEAR_MODELS: &str = "[sweep]\nmodel = [\"market\", \"scholes_williams\", \"dimson\", { name = \"dimson\", lags = 2, leads = 1 }, \"theil_sen\", \"huber\", \"ff3\"]\n[calendar_time]\nwindows = [[2, 10], [-1, 1]]";

fn linear_models(data: &Data) {
    let models =
        if data.windows.starts_with("[[0") { LINEAR_MODELS.replace(", \"ff3\"", "") } else { LINEAR_MODELS.into() };
    let run = data.run(&data.prices, "diagnostics = true", &models);
    for (spec_id, id) in LINEAR.iter().enumerate() {
        run.check_model(spec_id as i64, id, &data.reference);
    }
    check_diagnoses(&run, &data.reference["diagnostics"]["events"]);
    check_calendar_time(&run, &data.reference["calendar_time"]);
    check_rats(&run, 0, &data.reference["rats"]["market"]);
    if data.reference["rats"].get("ff3").is_some() {
        check_rats(&run, 6, &data.reference["rats"]["ff3"]);
    }
}

#[test]
fn linear_models_on_simulated_data() {
    linear_models(&quickstart());
}

#[test]
fn linear_models_on_real_announcements() {
    if let Some(data) = large_caps() {
        linear_models(&data);
    }
}

fn check_diagnoses(run: &Run, want: &Value) {
    let ids: Vec<i64> = want["event_id"].as_array().expect("ids").iter().filter_map(Value::as_i64).collect();
    for (ours, theirs) in [
        ("durbin_watson", "durbin_watson"),
        ("ljung_box", "ljung_box"),
        ("ljung_box_p", "ljung_box_p"),
        ("jarque_bera", "jarque_bera"),
        ("jarque_bera_p", "jarque_bera_p"),
        ("arch_lm", "arch_lm"),
        ("arch_lm_p", "arch_lm_p"),
        ("zero_return_share", "zero_share"),
        ("pre_trend_t", "pre_trend"),
        ("pre_trend_p", "pre_trend_p"),
    ] {
        let got = run.values(0, "estimates", ours, None);
        for (id, want) in ids.iter().zip(want[theirs].as_array().expect("a column")) {
            match (got.get(id).copied().flatten(), want.as_f64()) {
                (Some(got), Some(want)) => close(got, want, STATISTIC, &format!("{ours} of event {id}")),
                (got, want) => assert_eq!(got, want, "{ours} of event {id}"),
            }
        }
    }
}

fn check_calendar_time(run: &Run, want: &Value) {
    let got = Table::read(&run.tables.join("calendar_time.parquet"));
    let rows = want["model"].as_array().expect("models").len();
    assert!(rows >= 4);
    for i in 0..rows {
        // The reference weights every model by the precision of the market model's estimates.
        if want["model"][i] == "ff3" && want["weights"][i] == "precision" {
            continue;
        }
        let spec_id = if want["model"][i] == "ff3" { "6" } else { "0" };
        let text = |name: &str| want[name][i].to_string().replace('"', "");
        let key =
            [("spec_id", spec_id), ("first", &text("first")), ("last", &text("last")), ("weighting", &text("weights"))];
        let what = format!("{key:?}");
        for (ours, theirs) in [("days", "days"), ("dropped_days", "dropped"), ("lags", "lags"), ("dof", "dof")] {
            assert_eq!(got.number(ours, &key), want[theirs][i].as_f64().expect("a count"), "{ours} of {what}");
        }
        for (ours, theirs) in
            [("alpha", "alpha"), ("alpha_se", "se"), ("t", "t"), ("p_value", "p"), ("mean_names", "mean_names")]
        {
            let want = want[theirs][i].as_f64().expect("a number");
            close_relative(got.number(ours, &key), want, 1e-8, &format!("{ours} of {what}"));
        }
        for factor in ["beta_market", "beta_mktrf", "beta_smb", "beta_hml"] {
            if let Some(want) = want[factor][i].as_f64() {
                close_relative(got.number(factor, &key), want, 1e-8, &format!("{factor} of {what}"));
            }
        }
    }
}

fn check_rats(run: &Run, spec_id: i64, want: &Value) {
    let got = Table::read(&run.tables.join("rats.parquet"));
    let days = want["tau"].as_array().expect("days").len();
    assert_eq!(days, 21);
    for i in 0..days {
        let key = [("spec_id", &*spec_id.to_string()), ("group", "all"), ("tau", &*want["tau"][i].to_string())];
        assert_eq!(got.number("events", &key), want["n"][i].as_f64().expect("a count"), "{key:?}");
        for (ours, theirs) in [
            ("alpha", "alpha"),
            ("alpha_se", "se"),
            ("t", "t"),
            ("p_value", "p"),
            ("cumulative", "cumulated"),
            ("cumulative_se", "cumulated_se"),
            ("cumulative_t", "cumulated_t"),
        ] {
            let want = want[theirs][i].as_f64().expect("a number");
            close_relative(got.number(ours, &key), want, 1e-8, &format!("{ours} of {key:?}"));
        }
    }
}

fn trade_to_trade(data: &Data) {
    let dir = tempfile::tempdir().expect("a directory");
    let prices = dir.path().join("prices.parquet");
    data.gapped(&prices);
    let study = "trade_to_trade = true\nmissing = \"available\"";
    let run = data.run(prices.to_str().expect("a path"), study, "");
    run.check_model(0, "trade_to_trade", &data.reference);
}

#[test]
fn returns_from_trade_to_trade() {
    trade_to_trade(&quickstart());
    if let Some(data) = large_caps() {
        trade_to_trade(&data);
    }
}

#[test]
fn abnormal_volatility() {
    for data in [Some(quickstart()), large_caps()].into_iter().flatten() {
        let run = data.run(&data.prices, "response = \"volatility\"", "");
        run.check_model(0, "abnormal_volatility", &data.reference);
    }
}

#[test]
fn parts_of_the_day_and_volume() {
    let Some(data) = large_caps() else { return };
    let sections =
        "[sweep]\nresponse = [\"overnight\", \"intraday\", \"log_volume\"]\nmodel = [\"constant_mean\", \"market\"]";
    let run = data.run(&data.prices, "", sections);
    for (spec_id, id) in [(0, "overnight"), (1, "intraday"), (2, "log_volume"), (5, "log_volume_market")] {
        run.check_model(spec_id, id, &data.reference);
    }
}
