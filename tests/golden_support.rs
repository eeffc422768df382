//! Tables against the numbers of the independent scripts under tests/golden.

use serde_json::Value;

use crate::support::{Table, close, close_relative, root};

/// A committed file of reference numbers.
pub fn golden(name: &str) -> Value {
    let path = root().join("tests/golden").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

/// The tables of a finished run, indexed for look-ups.
pub struct Run {
    events: Table,
    estimates: Table,
    cars: Table,
    days: Table,
    averages: Table,
    tests: Table,
}

/// Tolerance of returns and of what is measured in them (absolute), and of everything else
/// (relative).
const RETURN: f64 = 1e-12;
const RELATIVE: f64 = 1e-10;
const STATISTIC: f64 = 1e-9;

fn number(value: &Value) -> Option<f64> {
    value.as_f64()
}

fn column<'a>(table: &'a Value, name: &str) -> Option<&'a Vec<Value>> {
    table.get(name)?.as_array()
}

impl Run {
    pub fn read(dir: &std::path::Path) -> Self {
        let table = |name: &str| Table::read(&dir.join(format!("{name}.parquet")));
        Self {
            events: table("events"),
            estimates: table("estimates"),
            cars: table("cars"),
            days: table("abnormal_returns"),
            averages: table("averages"),
            tests: table("tests"),
        }
    }

    /// Day 0, outcome before estimation and market of the sampled events.
    pub fn check_alignment(&self, sample: &Value) {
        let day0 = self.events.dates("day0");
        let outcome = self.events.texts("outcome");
        let ids = column(sample, "event_id").expect("ids");
        assert!(ids.len() >= 100, "the sample is not empty");
        for (i, id) in ids.iter().enumerate() {
            let id = id.as_u64().expect("an id") as usize;
            let want = &sample["day0"][i];
            assert_eq!(day0[id].map(|d| d.to_string()).as_deref(), want.as_str(), "day 0 of event {id}");
            match sample["outcome"][i].as_str().expect("an outcome") {
                "duplicate" => assert_eq!(outcome[id].as_deref(), Some("duplicate"), "event {id}"),
                "announced_before_calendar" => {
                    assert_eq!(outcome[id].as_deref(), Some("before_calendar"), "event {id}");
                }
                "announced_after_calendar" => {
                    assert!(
                        matches!(outcome[id].as_deref(), Some("after_calendar" | "missing_announcement")),
                        "event {id}"
                    );
                }
                "no_prices" => assert_eq!(outcome[id].as_deref(), Some("unknown_security"), "event {id}"),
                "ok" => assert!(!matches!(outcome[id].as_deref(), Some("duplicate" | "before_calendar")), "event {id}"),
                other => panic!("unknown outcome {other} in the reference"),
            }
        }
    }

    /// Everything that the reference says of one specification.
    pub fn check_specification(&self, spec_id: i64, want: &Value) {
        self.check_totals(spec_id, &want["totals"]);
        self.check_estimates(spec_id, &want["estimates"]);
        self.check_averages(spec_id, &want["averages"]);
        self.check_tests(spec_id, &want["tests"]);
    }

    /// Exact sums over all estimated events: a single wrong event would show.
    fn check_totals(&self, spec_id: i64, want: &Value) {
        let mine = self.rows_of(&self.estimates, spec_id);
        let outcomes = self.estimates.texts("outcome");
        let count =
            |codes: &[&str]| mine.iter().filter(|&&r| codes.contains(&outcomes[r].as_deref().unwrap_or(""))).count();
        for (code, n) in want["outcomes"].as_object().expect("outcomes") {
            let got = match code.as_str() {
                "ok" => count(&["ok", "incomplete_event_window"]),
                "announced_before_calendar" => count(&["before_calendar"]),
                // The reference knows no missing instants: to it they are never.
                "announced_after_calendar" => count(&["after_calendar", "missing_announcement"]),
                "no_prices" => count(&["unknown_security"]),
                other => count(&[other]),
            };
            assert_eq!(got as u64, n.as_u64().expect("a count"), "events with outcome {code}");
        }
        let sum = |table: &Table, name: &str, rows: &[usize]| -> f64 {
            let values = table.numbers(name);
            rows.iter().filter_map(|&r| values[r]).sum()
        };
        close_relative(sum(&self.estimates, "observations", &mine), want["sum_M"].as_f64().expect("sum_M"), 0.0, "ΣM");
        close_relative(sum(&self.estimates, "sigma", &mine), want["sum_sigma"].as_f64().expect("Σσ"), RELATIVE, "Σσ");
        let (first, last) = (self.cars.integers("first"), self.cars.integers("last"));
        let spec = self.cars.integers("spec_id");
        for (key, total) in want.as_object().expect("totals") {
            let Some((name, window)) = key.strip_prefix("sum_").and_then(|k| k.split_once('[')) else { continue };
            let (a, b) = window.trim_end_matches(']').split_once(',').expect("a window");
            let (a, b) = (a.parse::<i64>().expect("a day"), b.parse::<i64>().expect("a day"));
            let rows: Vec<usize> = (0..self.cars.rows())
                .filter(|&r| spec[r] == Some(spec_id) && first[r] == Some(a) && last[r] == Some(b))
                .collect();
            close(sum(&self.cars, name, &rows), total.as_f64().expect("a total"), 1e-9, key);
            let present = self.cars.numbers(name);
            let n = rows.iter().filter(|&&r| present[r].is_some()).count();
            assert_eq!(Some(n as u64), want[format!("N[{window}")].as_u64(), "events of {window}");
        }
    }

    fn check_estimates(&self, spec_id: i64, want: &Value) {
        let specs = self.estimates.integers("spec_id");
        let start = specs.iter().position(|&s| s == Some(spec_id)).expect("the specification");
        let names: Vec<&String> = want.as_object().expect("columns").keys().collect();
        let ids = column(want, "event_id").expect("ids");
        let cars = self.index(&self.cars, spec_id);
        let days = self.index(&self.days, spec_id);
        let (first, last, tau) = (self.cars.integers("first"), self.cars.integers("last"), self.days.integers("tau"));
        for name in names {
            let (table, source) = match name.as_str() {
                "event_id" | "outcome" => continue,
                "M" => (&self.estimates, "observations"),
                "ar_0" => (&self.days, "ar"),
                "sar_0" => (&self.days, "sar"),
                name => match name.split_once('[') {
                    Some((name, _)) => (&self.cars, name),
                    None => (&self.estimates, name),
                },
            };
            let values = table.numbers(source);
            for (i, id) in ids.iter().enumerate() {
                let id = id.as_i64().expect("an id");
                let Some(expected) = number(&want[name][i]) else { continue };
                if want["outcome"][i] != "ok" {
                    continue;
                }
                let row = if let Some((_, window)) = name.split_once('[') {
                    let (a, b) = window.trim_end_matches(']').split_once(',').expect("a window");
                    let (a, b) = (a.parse::<i64>().ok(), b.parse::<i64>().ok());
                    cars[&id].clone().find(|&r| first[r] == a && last[r] == b)
                } else if name.ends_with("_0") {
                    days[&id].clone().find(|&r| tau[r] == Some(0))
                } else {
                    Some(start + id as usize)
                };
                let got = row.and_then(|row| values[row]).unwrap_or_else(|| panic!("{name} of event {id} is null"));
                let what = format!("{name} of event {id} in specification {spec_id}");
                match source {
                    "alpha" | "car" | "bhar" | "ar" | "sigma" => close(got, expected, RETURN, &what),
                    _ => close(got, expected, RELATIVE, &what),
                }
            }
        }
    }

    fn check_averages(&self, spec_id: i64, want: &Value) {
        let mine = self.rows_of(&self.averages, spec_id);
        let (group, tau) = (self.averages.texts("group"), self.averages.integers("tau"));
        for i in 0..column(want, "group").expect("groups").len() {
            let (wanted_group, wanted_tau) = (want["group"][i].as_str(), want["tau"][i].as_i64());
            let row =
                *mine.iter().find(|&&r| group[r].as_deref() == wanted_group && tau[r] == wanted_tau).expect("a row");
            for (ours, theirs) in [
                ("events", "aar_events"),
                ("aar", "aar"),
                ("positive_share", "positive_share"),
                ("caar_events", "caar_events"),
                ("caar", "caar"),
                ("caar_se", "caar_se"),
                ("caar_lower", "caar_lower"),
                ("caar_upper", "caar_upper"),
            ] {
                let got = self.averages.numbers(ours)[row].expect("a value");
                let expected = number(&want[theirs][i]).expect("a value");
                close(got, expected, RETURN, &format!("{ours} of {wanted_group:?} at {wanted_tau:?}"));
            }
        }
    }

    fn check_tests(&self, spec_id: i64, want: &Value) {
        let mine = self.rows_of(&self.tests, spec_id);
        let (group, test) = (self.tests.texts("group"), self.tests.texts("test"));
        let (first, last) = (self.tests.integers("first"), self.tests.integers("last"));
        let (events, mean) = (self.tests.integers("events"), self.tests.numbers("mean_car"));
        let (statistic, p_value) = (self.tests.numbers("statistic"), self.tests.numbers("p_value"));
        let mut checked = 0;
        for i in 0..column(want, "group").expect("groups").len() {
            let key = (want["group"][i].as_str(), want["first"][i].as_i64(), want["last"][i].as_i64());
            for &row in mine.iter().filter(|&&r| (group[r].as_deref(), first[r], last[r]) == key) {
                let name = test[row].clone().expect("a name");
                let what = format!("{name} of {key:?} in specification {spec_id}");
                // The reference draws no resamples; their statistic is that of the test they belong to.
                let name = name.trim_end_matches("_bootstrap").to_owned();
                if column(want, &name).is_none() {
                    continue;
                }
                assert_eq!(events[row], want["N"][i].as_i64(), "events of {what}");
                close(mean[row].expect("a mean"), want["mean_car"][i].as_f64().expect("a mean"), RETURN, &what);
                let resampled = test[row].as_deref() != Some(&name);
                if resampled && statistic[row].is_none() {
                    continue;
                }
                let expected = want[&name][i].as_f64().expect("a statistic");
                // Days of equal returns and factors tie; the last bit of each decides, which moves a rank.
                let ranked = name.contains("rank");
                let (statistics, tails) = if ranked { (2e-4, 2e-2) } else { (STATISTIC, 1e-7) };
                close(statistic[row].expect("a statistic"), expected, statistics, &what);
                let expected = want[format!("{name}_p")][i].as_f64().expect("a p-value");
                let got = p_value[row].expect("a p-value");
                // Tails that underflow in one of the two are zero for all purposes.
                if expected > 1e-290 && !resampled {
                    close_relative(got, expected, tails, &format!("p of {what}"));
                }
                checked += 1;
            }
        }
        assert!(checked > 100, "only {checked} statistics were compared");
    }

    fn rows_of(&self, table: &Table, spec_id: i64) -> Vec<usize> {
        let specs = table.integers("spec_id");
        (0..table.rows()).filter(|&row| specs[row] == Some(spec_id)).collect()
    }

    /// For every event, the run of its rows.
    fn index(&self, table: &Table, spec_id: i64) -> std::collections::HashMap<i64, std::ops::Range<usize>> {
        let ids = table.integers("event_id");
        let mut index = std::collections::HashMap::new();
        for row in self.rows_of(table, spec_id) {
            let id = ids[row].expect("an id");
            index
                .entry(id)
                .and_modify(|range: &mut std::ops::Range<usize>| range.end = row + 1)
                .or_insert(row..row + 1);
        }
        index
    }
}
