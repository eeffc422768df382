//! From price rows, benchmarks and factors to a panel.

use std::collections::{BTreeSet, HashMap};

use dayzero_model::{Calendar, Date, Market, Panel};
use jiff::tz::TimeZone;

use crate::dense::Dense;
use crate::factors::{self, PERCENT, refuse_percent};
use crate::measures::Measures;
use crate::placed_factors::add_factors;
use crate::placement::Placement;
use crate::prices::PriceRows;
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
pub fn assemble(inputs: Inputs<'_>, mut rows: PriceRows) -> Result<Assembled, DataError> {
    let roster = Roster::new(&inputs, &rows.chunks)?;
    let benchmark = |market| benchmark(&inputs, &mut rows, &roster, market);
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
    let mut placement = Placement::new(&roster, &markets, rows, inputs.prices);
    let mut dense = placement.scatter()?;
    let measures = Measures::new(&inputs, &roster, &dense, &mut markets)?;
    let mut notes = placement.note().into_iter().collect();
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
    read: &mut PriceRows,
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
    // Date, chunk, row in the file and value.
    let mut rows: Vec<(Date, usize, u64, f64)> = Vec::new();
    for (c, chunk) in read.chunks.iter_mut().enumerate() {
        let of_it = |run: &usize| roster.codes[c][chunk.runs[*run].security as usize] == Some(security);
        for run in (0..chunk.runs.len()).filter(of_it).collect::<Vec<_>>() {
            chunk.bring_back(&read.spill, inputs.prices.extras.len(), chunk.runs[run].entries())?;
            let values = &chunk.columns.values[chunk.here(chunk.runs[run].entries())];
            let dated = chunk.dates(run).zip(values);
            rows.extend(dated.map(|((entry, date), &value)| (date, c, chunk.row(entry), value)));
        }
    }
    rows.sort_unstable_by_key(|&(date, c, row, _)| (date, c, row));
    let error_at = |c: usize, row: u64, column: &str, problem: String| {
        DataError::new(problem).file(&inputs.prices.files[read.chunks[c].file].path).column(column).row(row)
    };
    if let Some(&[(date, ..), (_, c, row, _)]) = rows.array_windows().find(|[a, b]| a.0 == b.0) {
        let problem = format!("the benchmark `{id}` stands here for the second time on {date}");
        return Err(error_at(c, row, &inputs.prices.date, problem).remedy("keep one row per security and date"));
    }
    for &(_, c, row, value) in &rows {
        inputs
            .prices
            .value
            .check(value)
            .map_err(|(problem, remedy)| error_at(c, row, inputs.prices.value.name(), problem).remedy(remedy))?;
    }
    let mut values: Vec<f64> = rows.iter().map(|&(.., value)| value).collect();
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
        let Some((chunk, _, row, date)) = off.first else { continue };
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
            let error = placement.error_at(chunk, row, &inputs.prices.date, problem);
            return Err(
                error.remedy("check the benchmark and the date columns: trading days are the benchmark's dates")
            );
        }
        let where_ = placement.error_at(chunk, row, &inputs.prices.date, date.to_string());
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
