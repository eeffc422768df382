//! The input sections of a study: prices, events, factors.

use std::collections::BTreeSet;
use std::path::Path;

use dayzero_loader::events::{EventSource, TimeColumns};
use dayzero_loader::filter::{Condition, Filter, FilterValue};
use dayzero_loader::{CharacteristicSource, Extra, FactorSource, PriceSource, ValueColumn};
use dayzero_model::expected::Source;
use dayzero_model::{Measure, Specification};

use super::backtest::Backtest;
use super::mistake::Mistake;
use super::raw::{RawEvents, RawFilter, RawFilterValue, RawPrices, RawStudy};
use super::regressions::{self, Regression};
use super::values::{files, value_column, zone};

pub(super) fn prices(
    raw: &RawPrices,
    measures: &[Measure],
    base: &Path,
    mistakes: &mut Vec<Mistake>,
) -> Option<PriceSource> {
    let before = mistakes.len();
    let extras = extras(raw, measures, mistakes);
    let files = files(&raw.path, base, &["prices", "path"], mistakes);
    let value = value_column(raw.price.as_ref(), raw.r#return.as_ref(), &["prices"], mistakes);
    (mistakes.len() == before).then(|| PriceSource {
        files,
        security: raw.security.clone(),
        date: raw.date.clone(),
        value: value.unwrap_or(ValueColumn::Price("adj_close".into())),
        extras,
        market: raw.market.clone().unwrap_or_else(|| "market".into()),
        // The default name may be written out; it is needed only where several markets are.
        market_required: raw.market.as_deref().is_some_and(|name| name != "market"),
    })
}

/// What the specifications and the backtest measure beside returns from close to close.
pub(super) fn measures(specifications: &[Specification], backtest: Option<&Backtest>) -> Vec<Measure> {
    let mut found: Vec<Measure> = backtest.into_iter().flat_map(Backtest::measures).collect();
    for specification in specifications {
        let days = specification.trade_to_trade.then_some(Measure::TradeDays);
        let expected = specification.recipe.uses(&Source::Expected).then_some(Measure::Expected);
        for measure in [specification.measure()].into_iter().chain(days).chain(expected) {
            if measure != Measure::Return && !found.contains(&measure) {
                found.push(measure);
            }
        }
    }
    found
}

/// The further columns of the price table that the measures need.
fn extras(raw: &RawPrices, measures: &[Measure], mistakes: &mut Vec<Mistake>) -> Vec<(Extra, String)> {
    let mut found: Vec<(Extra, String)> = Vec::new();
    let mut add = |extra: Extra, name: Option<&String>, default: &str| {
        if !found.iter().any(|(known, _)| *known == extra) {
            found.push((extra, name.map_or(default, String::as_str).to_owned()));
        }
    };
    for measure in measures {
        match measure {
            Measure::Overnight | Measure::Intraday => {
                if raw.r#return.is_some() {
                    let problem = "the parts of a day are made from prices, and [prices] names a return";
                    let help = "name the columns of the prices: [prices] price and open";
                    mistakes.push(Mistake::new(["prices", "return"], problem).help(help));
                }
                add(Extra::Open, raw.open.as_ref(), "adj_open");
            }
            Measure::Volume | Measure::TradedValue => add(Extra::Volume, raw.volume.as_ref(), "volume"),
            Measure::Open => add(Extra::Open, raw.open.as_ref(), "adj_open"),
            Measure::Turnover => {
                add(Extra::Volume, raw.volume.as_ref(), "volume");
                add(Extra::Shares, raw.shares.as_ref(), "shares");
            }
            // A day without volume is no trade, where volumes are named.
            Measure::TradeReturn if raw.volume.is_some() => add(Extra::Volume, raw.volume.as_ref(), ""),
            Measure::Expected => match &raw.expected {
                Some(name) => add(Extra::Expected, Some(name), ""),
                None => {
                    let problem = "the model `benchmark_column` needs the column of the expected return";
                    mistakes.push(Mistake::new(["prices"], problem).at_key().help("name it: [prices] expected"));
                }
            },
            Measure::Return | Measure::TradeReturn | Measure::TradeDays | Measure::Close => {}
        }
    }
    found
}

/// The characteristics that the models name.
pub(super) fn characteristics(
    raw: &RawStudy,
    specifications: &[Specification],
    base: &Path,
    mistakes: &mut Vec<Mistake>,
) -> CharacteristicSource {
    let recipes = || specifications.iter().map(|specification| &specification.recipe);
    let rules = || recipes().filter_map(|recipe| recipe.peers.as_ref());
    let weights = recipes().filter_map(|recipe| recipe.weight.as_deref());
    let value = raw.calendar_time.value.as_deref();
    let numbers = distinct(rules().flat_map(|rule| rule.numbers()).chain(weights).chain(value));
    let labels = distinct(rules().flat_map(|rule| rule.labels().iter().map(String::as_str)));
    if numbers.is_empty() && labels.is_empty() && (raw.regressions.is_empty() || raw.characteristics.is_none()) {
        return CharacteristicSource::default();
    }
    let Some(section) = &raw.characteristics else {
        let names = [numbers.as_slice(), &labels].concat().join(", ");
        let problem = format!("the study needs the characteristics {names}, but there is no [characteristics]");
        mistakes.push(Mistake::new(["study"], problem).at_key().help("name a table of them: [characteristics] path"));
        return CharacteristicSource::default();
    };
    CharacteristicSource {
        files: files(&section.path, base, &["characteristics", "path"], mistakes),
        security: section.security.clone(),
        date: section.date.clone(),
        numbers,
        labels,
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

pub(super) fn events(
    raw: &RawEvents,
    formulas: &[Regression],
    mut numbers: Vec<String>,
    base: &Path,
    mistakes: &mut Vec<Mistake>,
) -> Option<EventSource> {
    let before = mistakes.len();
    let naive = raw.timezone.as_ref().and_then(|name| zone(name, &["events", "timezone"], mistakes));
    let time = match (&raw.announced_at, &raw.announced_on) {
        (Some(column), None) => Some(TimeColumns::At { column: column.clone(), naive }),
        (None, Some(_)) if raw.timezone.is_some() => {
            let problem = "dates are those of the market and have no zone; `timezone` belongs to `announced_at`";
            mistakes.push(Mistake::new(["events", "timezone"], problem));
            None
        }
        (None, Some(column)) => Some(TimeColumns::On { column: column.clone() }),
        (None, None) => Some(TimeColumns::At { column: "announced_at".into(), naive }),
        (Some(_), Some(_)) => {
            let problem = "`announced_at` and `announced_on` exclude each other";
            mistakes.push(Mistake::new(["events", "announced_on"], problem));
            None
        }
    };
    if let Some(quantile) = &raw.quantile
        && !(2..=100).contains(&quantile.count)
    {
        mistakes.push(Mistake::new(["events", "quantile", "count"], "between 2 and 100 quantiles are possible"));
    }
    for (i, name) in raw.group.iter().enumerate() {
        let path = ["events".to_owned(), "group".to_owned(), i.to_string()];
        if raw.group[..i].contains(name) {
            mistakes.push(Mistake::new(path, format!("the group `{name}` is named twice")));
        } else if raw.quantile.as_ref().is_some_and(|quantile| quantile.column == *name) {
            let problem = format!("`{name}` is a group by value here and by quantile in `quantile`");
            mistakes.push(Mistake::new(path, problem).help("keep one of the two"));
        }
    }
    let filter = raw.filter.as_ref().and_then(|raw| filter(raw, mistakes));
    numbers.extend(regressions::numbers(formulas));
    let files = files(&raw.path, base, &["events", "path"], mistakes);
    (mistakes.len() == before).then_some(EventSource {
        files,
        security: raw.security.clone(),
        time: time?,
        groups: raw.group.clone(),
        quantile: raw.quantile.as_ref().map(|quantile| quantile.column.clone()),
        filter,
        session: raw.session.clone().unwrap_or_else(|| "session".into()),
        session_required: raw.session.is_some(),
        numbers: distinct(numbers.iter().map(String::as_str)),
        labels: regressions::labels(formulas),
    })
}

fn filter(raw: &RawFilter, mistakes: &mut Vec<Mistake>) -> Option<Filter> {
    let value = |raw: &RawFilterValue| match raw {
        RawFilterValue::Number(number) => FilterValue::Number(*number),
        RawFilterValue::Text(text) => FilterValue::Text(text.clone()),
    };
    let condition = match (&raw.from, &raw.to, &raw.r#in) {
        (None, None, Some(values)) => Condition::In(values.iter().map(value).collect()),
        (None, None, None) | (_, _, Some(_)) => {
            let problem = "a filter has `from` and `to`, or one of them, or `in`";
            mistakes.push(Mistake::new(["events", "filter"], problem));
            return None;
        }
        (Some(from), Some(to), None) if is_above(from, to) => {
            let problem = "no value lies in this range: `from` is above `to`";
            mistakes.push(Mistake::new(["events", "filter"], problem).help("exchange them"));
            return None;
        }
        (from, to, None) => Condition::Between(from.as_ref().map(value), to.as_ref().map(value)),
    };
    Some(Filter { column: raw.column.clone(), condition })
}

/// Whether a bound is above another of its kind.
fn is_above(from: &RawFilterValue, to: &RawFilterValue) -> bool {
    match (from, to) {
        (RawFilterValue::Number(from), RawFilterValue::Number(to)) => from > to,
        (RawFilterValue::Text(from), RawFilterValue::Text(to)) => from > to,
        _ => false,
    }
}

/// The factors that the specifications name, and where each comes from; with a backtest also those that the
/// section names, against which its records are held.
pub(super) fn factors(
    raw: &RawStudy,
    specifications: &[Specification],
    base: &Path,
    mistakes: &mut Vec<Mistake>,
) -> FactorSource {
    let section = raw.factors.clone().unwrap_or_default();
    for name in section.securities.keys().chain(section.columns.keys()).filter(|name| *name == "market") {
        let problem = "the name `market` is taken by the benchmark";
        mistakes.push(Mistake::new(["factors", "securities", name], problem));
    }
    let mut needed: Vec<&str> = Vec::new();
    for specification in specifications {
        for regressor in &specification.recipe.regressors {
            if let Source::Factor(name) = &regressor.source
                && !needed.contains(&name.as_str())
            {
                needed.push(name);
            }
        }
    }
    if raw.backtest.is_some() && section.path.is_some() {
        let named = section.columns.keys().map(String::as_str);
        let further: Vec<&str> = named.filter(|name| !needed.contains(name)).collect();
        needed.extend(further);
    }
    let (securities, columns): (Vec<&str>, Vec<&str>) =
        needed.iter().partition(|name| section.securities.contains_key(**name));
    let risk_free = specifications.iter().any(|specification| specification.recipe.excess);
    let table_needed = !columns.is_empty() || risk_free;
    let files = match (&section.path, table_needed) {
        (Some(path), true) => files(path, base, &["factors", "path"], mistakes),
        (None, true) => {
            let mut wanted = columns.clone();
            wanted.extend(risk_free.then_some(section.risk_free.as_str()));
            let problem = format!("the models need the factors {}, but [factors] has no `path`", wanted.join(", "));
            let path: &[&str] = if raw.factors.is_some() { &["factors"] } else { &["study"] };
            mistakes.push(Mistake::new(path.iter().copied(), problem).at_key());
            Vec::new()
        }
        _ => Vec::new(),
    };
    let column = |name: &&str| {
        let column = section.columns.get(*name).cloned();
        ((*name).to_owned(), column.unwrap_or_else(|| (*name).to_owned()))
    };
    FactorSource {
        files,
        date: section.date.clone(),
        columns: columns.iter().map(column).collect(),
        risk_free: risk_free.then(|| section.risk_free.clone()),
        securities: securities.iter().map(|name| ((*name).to_owned(), section.securities[*name].clone())).collect(),
    }
}
