//! From price rows, benchmarks and factors to a panel.

use std::collections::{BTreeSet, HashMap};

use dayzero_model::{Calendar, Date, Market, Panel};
use jiff::tz::TimeZone;

use crate::chunk::Chunk;
use crate::dense::Dense;
use crate::factors::{self, PERCENT, refuse_percent};
use crate::measures::Measures;
use crate::placed_factors::add_factors;
use crate::placement::Placement;
pub use crate::roster::Inputs;
use crate::roster::Roster;
use crate::source::{DatedColumn, ValueColumn};
use crate::value::prices_to_returns;
use crate::{BenchmarkSource, DataError, MarketSource};

/// A panel, with what the study needs to know about it.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// The panel; its markets are in the order of the study's.
    pub panel: Panel,
    /// Zones of the markets.
    pub zones: Vec<TimeZone>,
    /// For every factor of the panel, whether it is a column of the factor table.
    pub self_financed: Vec<bool>,
    /// Place of every security in the panel.
    pub securities: HashMap<String, usize>,
    /// Market of the securities whose market the study does not configure.
    pub unconfigured: HashMap<String, String>,
    /// What was left out, in sentences with counts.
    pub notes: Vec<String>,
}

/// Builds the panel.
///
/// # Errors
/// A benchmark or factor that is not there, a market that cannot be told, a duplicate or impossible
/// value, a market none of whose securities trades on its calendar.
pub fn assemble(inputs: Inputs<'_>, chunks: Vec<Chunk>) -> Result<Assembled, DataError> {
    let roster = Roster::new(&inputs, &chunks)?;
    let benchmark = |market| benchmark(&inputs, &chunks, &roster, market);
    let benchmarks: Vec<DatedColumn> = inputs.markets.iter().map(benchmark).collect::<Result<_, _>>()?;
    let mut markets = Vec::new();
    for (source, column) in inputs.markets.iter().zip(benchmarks) {
        let calendar = Calendar::new(column.dates.clone()).ok_or_else(|| DataError::new("a calendar has no dates"))?;
        let (name, hours) = (source.name.clone(), source.hours.clone());
        markets.push(Market {
            name,
            calendar,
            hours,
            benchmark: column.values,
            measures: vec![],
            factors: vec![],
            risk_free: None,
        });
    }
    let mut placement = Placement::new(&roster, &markets, chunks, inputs.prices);
    let mut dense = placement.scatter()?;
    let measures = Measures::new(&inputs, &roster, &dense, &mut markets)?;
    let mut notes = Vec::new();
    check_calendars(&inputs, &roster, &placement, &dense, &markets, &mut notes)?;
    if let ValueColumn::Return(name) = &inputs.prices.value {
        let values = (0..roster.ids.len()).flat_map(|security| dense.values(security).iter().copied());
        refuse_percent(&values, PERCENT).map_err(|problem| {
            let error = DataError::new(problem).file(&inputs.prices.files[0].path).column(name);
            error.remedy("divide the column by 100: returns are decimals here")
        })?;
    } else {
        dense.each_run(prices_to_returns);
    }
    let (names, self_financed) = add_factors(&inputs, &roster, &dense, &mut markets, &mut notes)?;
    let mut panel = Panel::with_returns(markets, names, dense.values);
    let mut securities = HashMap::new();
    for (index, id) in roster.ids.iter().enumerate() {
        let Some(market) = roster.market_of[index] else { continue };
        let place = dense.places[index];
        securities.insert(id.clone(), panel.securities().len());
        panel.add_security(id.clone(), market, place.first, (place.block, place.values()));
    }
    for (measure, runs) in measures.by_security {
        let taking_part = runs.into_iter().zip(&roster.market_of).filter(|(_, market)| market.is_some());
        panel.add_measure(measure, taking_part.map(|(run, _)| run).collect());
    }
    let zones = inputs.markets.iter().map(|market| market.zone.clone()).collect();
    Ok(Assembled { panel, zones, self_financed, securities, unconfigured: roster.unconfigured, notes })
}

/// The calendar and returns of a market.
fn benchmark(
    inputs: &Inputs<'_>,
    chunks: &[Chunk],
    roster: &Roster,
    market: &MarketSource,
) -> Result<DatedColumn, DataError> {
    let id = match &market.benchmark {
        BenchmarkSource::Security(id) => id,
        BenchmarkSource::Table { files, date, value } => return factors::read_benchmark(files, date, value),
    };
    let missing = || {
        DataError::new(format!("the benchmark `{id}` of market {} is not among the securities", market.name))
            .file(&inputs.prices.files[0].path)
            .column(&inputs.prices.security)
            .remedy("name a security of the price table, or give the benchmark a table: { path, date, return }")
    };
    let security = roster.find(id).ok_or_else(missing)?;
    let mut rows: Vec<(Date, usize, usize)> = Vec::new();
    for (c, chunk) in chunks.iter().enumerate() {
        let of_it = |run: &usize| roster.codes[c][chunk.runs[*run].security as usize] == Some(security);
        let own = (0..chunk.runs.len()).filter(of_it);
        rows.extend(own.flat_map(|run| chunk.dates(run)).map(|(entry, date)| (date, c, entry)));
    }
    rows.sort_unstable();
    if let Some(&[(date, ..), (_, c, entry)]) = rows.array_windows().find(|[a, b]| a.0 == b.0) {
        let chunk = &chunks[c];
        let error = DataError::new(format!("the benchmark `{id}` stands here for the second time on {date}"));
        let error = error.file(&inputs.prices.files[chunk.file].path).column(&inputs.prices.date);
        return Err(error.row(chunk.row(entry)).remedy("keep one row per security and date"));
    }
    let mut values: Vec<f64> = Vec::with_capacity(rows.len());
    for &(_, c, entry) in &rows {
        let chunk = &chunks[c];
        let value = chunk.values[entry];
        inputs.prices.value.check(value).map_err(|(problem, remedy)| {
            let error = DataError::new(problem).file(&inputs.prices.files[chunk.file].path);
            error.column(inputs.prices.value.name()).row(chunk.row(entry)).remedy(remedy)
        })?;
        values.push(value);
    }
    if matches!(inputs.prices.value, ValueColumn::Price(_)) {
        prices_to_returns(&mut values);
    }
    Ok(DatedColumn { values, dates: rows.iter().map(|&(date, ..)| date).collect() })
}

/// Notes the rows off the calendars, and refuses a market whose securities are all off its own.
fn check_calendars(
    inputs: &Inputs<'_>,
    roster: &Roster,
    placement: &Placement<'_>,
    dense: &Dense,
    markets: &[Market],
    notes: &mut Vec<String>,
) -> Result<(), DataError> {
    for (index, source) in inputs.markets.iter().enumerate() {
        let off = &dense.off_calendar[index];
        let Some((chunk, _, entry, date)) = off.first else { continue };
        let calendar = &markets[index].calendar;
        let benchmark = match &source.benchmark {
            BenchmarkSource::Security(id) => roster.find(id),
            BenchmarkSource::Table { .. } => None,
        };
        let others = (0..roster.ids.len()).filter(|&s| roster.market_of[s] == Some(index) && Some(s) != benchmark);
        if others.map(|s| dense.places[s].len).sum::<usize>() == 0 {
            let problem = format!(
                "{date} is no trading day of {}, and neither is any other date of its securities: the calendar has {} days from {} to {}",
                source.name,
                calendar.len(),
                calendar.first(),
                calendar.last()
            );
            let error = placement.error_at(chunk, entry, &inputs.prices.date, problem);
            return Err(
                error.remedy("check the benchmark and the date columns: trading days are the benchmark's dates")
            );
        }
        let where_ = placement.error_at(chunk, entry, &inputs.prices.date, date.to_string());
        notes.push(format!(
            "{} price rows on dates that are no trading days of {} were left out, the first in {where_}",
            off.rows, source.name
        ));
    }
    for (market, count) in count_by(&roster.unconfigured) {
        notes.push(format!("{count} securities of market {market} were left out: there is no [markets.{market}]"));
    }
    Ok(())
}

fn count_by(markets: &HashMap<String, String>) -> Vec<(&str, usize)> {
    let names: BTreeSet<&str> = markets.values().map(String::as_str).collect();
    names.into_iter().map(|name| (name, markets.values().filter(|m| *m == name).count())).collect()
}
