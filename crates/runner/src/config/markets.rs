//! The markets of a study: benchmark, zone and hours.

use std::collections::BTreeMap;
use std::path::Path;

use dayzero_loader::{BenchmarkSource, MarketSource};
use dayzero_model::{Date, Hours};
use jiff::tz::TimeZone;

use super::mistake::Mistake;
use super::raw::{RawBenchmark, RawMarket, RawStudy};
use super::values::{files, value_column, zone};

/// Every market that makes sense.
pub(super) fn markets(raw: &RawStudy, base: &Path, mistakes: &mut Vec<Mistake>) -> Vec<MarketSource> {
    if raw.markets.is_empty() {
        mistakes.push(Mistake::new(["markets"], "at least one market is needed, as in [markets.US]"));
    }
    // Dates with sessions need no clock; instants do.
    let clock_needed = raw.events.announced_on.is_none();
    raw.markets.iter().filter_map(|(name, market)| self::market(name, market, clock_needed, base, mistakes)).collect()
}

fn market(
    name: &str,
    raw: &RawMarket,
    clock_needed: bool,
    base: &Path,
    mistakes: &mut Vec<Mistake>,
) -> Option<MarketSource> {
    let key = |last: &str| ["markets".to_owned(), name.to_owned(), last.to_owned()];
    let before = mistakes.len();
    let benchmark = match &raw.benchmark {
        RawBenchmark::Security(id) => Some(BenchmarkSource::Security(id.clone())),
        RawBenchmark::Number(id) => Some(BenchmarkSource::Security(id.to_string())),
        RawBenchmark::Table(table) => {
            let place = ["markets", name, "benchmark"];
            let value = value_column(table.price.as_ref(), table.r#return.as_ref(), &place, mistakes);
            if value.is_none() && table.price.is_none() {
                mistakes
                    .push(Mistake::new(place, "the benchmark's table needs `return` or `price`: the name of a column"));
            }
            let files = files(&table.path, base, &["markets", name, "benchmark", "path"], mistakes);
            value.map(|value| BenchmarkSource::Table { files, date: table.date.clone(), value })
        }
    };
    for (last, missing) in
        [("timezone", raw.timezone.is_none()), ("open", raw.open.is_none()), ("close", raw.close.is_none())]
    {
        if clock_needed && missing {
            let problem = format!("[markets.{name}] lacks `{last}`, without which an instant has no day 0");
            mistakes.push(Mistake::new(["markets", name], problem).at_key());
        }
    }
    let zone = match &raw.timezone {
        Some(text) => zone(text, &["markets", name, "timezone"], mistakes),
        None => Some(TimeZone::UTC),
    };
    let mut time = |text: Option<&String>, default: u32, key: &[String]| match text {
        None => Some(default),
        Some(text) => seconds(text).or_else(|| {
            mistakes.push(Mistake::new(key.to_vec(), format!("`{text}` is no time of day like 09:30")));
            None
        }),
    };
    let open = time(raw.open.as_ref(), 9 * 3600 + 1800, &key("open"));
    let close = time(raw.close.as_ref(), 16 * 3600, &key("close"));
    let early = early_closes(name, &raw.early_closes, mistakes);
    if mistakes.len() > before {
        return None;
    }
    let Some(hours) = Hours::new(open?, close?, early) else {
        mistakes.push(Mistake::new(key("close"), format!("market {name} must open before it closes, on every day")));
        return None;
    };
    Some(MarketSource { name: name.to_owned(), benchmark: benchmark?, zone: zone?, hours })
}

fn early_closes(name: &str, raw: &BTreeMap<String, String>, mistakes: &mut Vec<Mistake>) -> BTreeMap<Date, u32> {
    let mut early = BTreeMap::new();
    for (date, time) in raw {
        match (Date::parse(date), seconds(time)) {
            (Some(date), Some(time)) => {
                early.insert(date, time);
            }
            _ => mistakes.push(Mistake::new(
                ["markets", name, "early_closes", date],
                format!("`{date}` = `{time}` is no early close like \"2024-07-03\" = \"13:00\""),
            )),
        }
    }
    early
}

/// Seconds after midnight of `HH:MM` or `HH:MM:SS`.
fn seconds(text: &str) -> Option<u32> {
    let time: jiff::civil::Time = text.trim().parse().ok()?;
    u32::try_from(i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())).ok()
}
