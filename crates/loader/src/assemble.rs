//! From price rows, benchmarks and factors to a panel.

use std::collections::{BTreeSet, HashMap};

use dayzero_model::{Calendar, Date, Market, Panel};
use jiff::tz::TimeZone;

use crate::dense::{Dense, Placement};
use crate::factors::{self, PERCENT_RETURN, refuse_percent};
use crate::prices::Chunk;
use crate::source::{DatedColumn, ValueColumn};
use crate::{BenchmarkSource, DataError, FactorSource, MarketSource, PriceSource};

/// What a panel is made of.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// Where the price rows came from.
    pub prices: &'a PriceSource,
    /// The price rows.
    pub chunks: &'a [Chunk],
    /// The markets of the study.
    pub markets: &'a [MarketSource],
    /// The factors of the study.
    pub factors: &'a FactorSource,
}

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
pub fn assemble(inputs: Inputs<'_>) -> Result<Assembled, DataError> {
    let roster = Roster::new(&inputs)?;
    let benchmarks: Vec<DatedColumn> =
        inputs.markets.iter().map(|market| benchmark(&inputs, &roster, market)).collect::<Result<_, _>>()?;
    let mut markets = Vec::new();
    for (source, column) in inputs.markets.iter().zip(benchmarks) {
        let calendar = Calendar::new(column.dates.clone()).ok_or_else(|| DataError::new("a calendar has no dates"))?;
        let (name, hours) = (source.name.clone(), source.hours.clone());
        markets.push(Market { name, calendar, hours, benchmark: column.values, factors: vec![], risk_free: None });
    }
    let placement = Placement {
        securities: roster.codes.clone(),
        market_of: roster.market_of.clone(),
        lookups: markets.iter().map(|market| market.calendar.lookup()).collect(),
        chunks: inputs.chunks,
        source: inputs.prices,
    };
    let mut dense = placement.scatter()?;
    let mut notes = Vec::new();
    check_calendars(&inputs, &roster, &placement, &dense, &markets, &mut notes)?;
    if let ValueColumn::Return(name) = &inputs.prices.value {
        refuse_percent(&dense.values, PERCENT_RETURN).map_err(|problem| {
            let error = DataError::new(problem).file(&inputs.prices.files[0].path).column(name);
            error.remedy("divide the column by 100: returns are decimals here")
        })?;
    } else {
        prices_to_returns(&mut dense);
    }
    let (names, self_financed) = add_factors(&inputs, &roster, &dense, &mut markets, &mut notes)?;
    let mut panel = Panel::new(markets, names);
    let mut securities = HashMap::new();
    for (index, id) in roster.ids.iter().enumerate() {
        let Some(market) = roster.market_of[index] else { continue };
        let span = dense.spans[index];
        let first = if span.len() == 0 { 0 } else { span.first };
        securities.insert(id.clone(), panel.securities().len());
        panel.push(id.clone(), market, first, &dense.values[span.offset..span.offset + span.len()]);
    }
    let zones = inputs.markets.iter().map(|market| market.zone.clone()).collect();
    Ok(Assembled { panel, zones, self_financed, securities, unconfigured: roster.unconfigured, notes })
}

/// The securities of the price rows, in the order of their identifiers.
struct Roster {
    ids: Vec<String>,
    /// Per chunk and local code, the security.
    codes: Vec<Vec<Option<usize>>>,
    market_of: Vec<Option<usize>>,
    unconfigured: HashMap<String, String>,
}

impl Roster {
    fn new(inputs: &Inputs<'_>) -> Result<Self, DataError> {
        let names = inputs.chunks.iter().flat_map(|chunk| &chunk.security.names);
        let ids: Vec<String> = names.collect::<BTreeSet<_>>().into_iter().cloned().collect();
        let find = |name: &String| ids.binary_search(name).ok();
        let codes = inputs.chunks.iter().map(|chunk| chunk.security.names.iter().map(find).collect()).collect();
        let mut roster = Self { market_of: vec![None; ids.len()], ids, codes, unconfigured: HashMap::new() };
        roster.find_markets(inputs)?;
        Ok(roster)
    }

    fn find(&self, id: &str) -> Option<usize> {
        self.ids.binary_search_by(|known| known.as_str().cmp(id)).ok()
    }

    fn find_markets(&mut self, inputs: &Inputs<'_>) -> Result<(), DataError> {
        let mut named: Vec<Option<&str>> = vec![None; self.ids.len()];
        for (c, chunk) in inputs.chunks.iter().enumerate() {
            if chunk.market.names.is_empty() && !chunk.dates.is_empty() {
                if inputs.markets.len() > 1 {
                    let problem =
                        format!("the study has {} markets, but this column is not there", inputs.markets.len());
                    let error = DataError::new(problem).file(&inputs.prices.files[chunk.file].path);
                    return Err(error.column(&inputs.prices.market).remedy("name the market of every row"));
                }
                self.codes[c].iter().flatten().for_each(|&security| self.market_of[security] = Some(0));
                continue;
            }
            for (entry, (&code, &market)) in chunk.security.codes.iter().zip(&chunk.market.codes).enumerate() {
                let Some(security) = self.codes[c][code as usize] else { continue };
                let market = chunk.market.names[market as usize].as_str();
                let known = *named[security].get_or_insert(market);
                if known != market {
                    let problem = format!("{} is in market {market} here and in {known} before", self.ids[security]);
                    let file = &inputs.prices.files[chunk.file].path;
                    let error = DataError::new(problem).file(file).column(&inputs.prices.market).row(chunk.rows[entry]);
                    return Err(
                        error.remedy("a security belongs to one market; give the listings different identifiers")
                    );
                }
            }
        }
        for (security, market) in named.iter().enumerate() {
            let Some(market) = market else { continue };
            self.market_of[security] = inputs.markets.iter().position(|known| known.name == *market);
            if self.market_of[security].is_none() {
                self.unconfigured.insert(self.ids[security].clone(), (*market).to_owned());
            }
        }
        Ok(())
    }
}

/// The calendar and returns of a market.
fn benchmark(inputs: &Inputs<'_>, roster: &Roster, market: &MarketSource) -> Result<DatedColumn, DataError> {
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
    for (c, chunk) in inputs.chunks.iter().enumerate() {
        let Some(code) = roster.codes[c].iter().position(|&s| s == Some(security)) else { continue };
        let mine = chunk.security.codes.iter().enumerate().filter(|&(_, &other)| other as usize == code);
        rows.extend(mine.map(|(entry, _)| (chunk.dates[entry], c, entry)));
    }
    rows.sort_unstable();
    if let Some(&[(date, ..), (_, c, entry)]) = rows.array_windows().find(|[a, b]| a.0 == b.0) {
        let chunk = &inputs.chunks[c];
        let error = DataError::new(format!("the benchmark `{id}` stands here for the second time on {date}"));
        let error = error.file(&inputs.prices.files[chunk.file].path).column(&inputs.prices.date);
        return Err(error.row(chunk.rows[entry]).remedy("keep one row per security and date"));
    }
    let quote = |i: usize| inputs.chunks[rows[i].1].values[rows[i].2];
    let is_price = matches!(inputs.prices.value, ValueColumn::Price(_));
    let value = |i: usize| match (is_price, i) {
        (false, _) => quote(i),
        (true, 0) => f64::NAN,
        (true, _) => quote(i) / quote(i - 1) - 1.0,
    };
    Ok(DatedColumn {
        values: (0..rows.len()).map(value).collect(),
        dates: rows.iter().map(|&(date, ..)| date).collect(),
    })
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
        let Some((chunk, entry)) = off.first else { continue };
        let calendar = &markets[index].calendar;
        let benchmark = match &source.benchmark {
            BenchmarkSource::Security(id) => roster.find(id),
            BenchmarkSource::Table { .. } => None,
        };
        let others = (0..roster.ids.len()).filter(|&s| roster.market_of[s] == Some(index) && Some(s) != benchmark);
        let date = inputs.chunks[chunk].dates[entry];
        if others.map(|s| dense.spans[s].len()).sum::<usize>() == 0 {
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
            "{} rows are on dates that are no trading days of {} and were left out, the first in {where_}",
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

/// Simple returns between consecutive trading days; missing where either price is.
fn prices_to_returns(dense: &mut Dense) {
    for span in &dense.spans {
        let run = &mut dense.values[span.offset..span.offset + span.len()];
        for i in (1..run.len()).rev() {
            run[i] = run[i] / run[i - 1] - 1.0;
        }
        if let Some(first) = run.first_mut() {
            *first = f64::NAN;
        }
    }
}

/// Puts the factors onto the calendars of all markets; returns their names and which of them come
/// from the factor table.
fn add_factors(
    inputs: &Inputs<'_>,
    roster: &Roster,
    dense: &Dense,
    markets: &mut [Market],
    notes: &mut Vec<String>,
) -> Result<(Vec<String>, Vec<bool>), DataError> {
    let source = inputs.factors;
    let (mut names, mut self_financed) = (Vec::new(), Vec::new());
    if !source.columns.is_empty() || source.risk_free.is_some() {
        let columns: Vec<&str> = source.columns.iter().map(|(_, column)| column.as_str()).collect();
        let mut read = factors::read(&source.files, &source.date, &columns, source.risk_free.as_deref())?;
        note_coverage(source, &read[0].dates, markets, notes)?;
        if source.risk_free.is_some()
            && let Some(column) = read.pop()
        {
            for market in markets.iter_mut() {
                market.risk_free = Some(on_calendar(&column, &market.calendar));
            }
        }
        for ((name, _), column) in source.columns.iter().zip(&read) {
            names.push(name.clone());
            self_financed.push(true);
            for market in markets.iter_mut() {
                market.factors.push(on_calendar(column, &market.calendar));
            }
        }
    }
    for (name, id) in &source.securities {
        let found = roster.find(id).and_then(|s| roster.market_of[s].map(|market| (s, market)));
        let (security, market) = found.ok_or_else(|| {
            let error =
                DataError::new(format!("the factor `{name}` is the security `{id}`, which no market of the study has"));
            error
                .file(&inputs.prices.files[0].path)
                .column(&inputs.prices.security)
                .remedy("name a security of the price table")
        })?;
        let span = dense.spans[security];
        let column = DatedColumn {
            dates: markets[market].calendar.dates()[span.first.min(span.end)..span.end].to_vec(),
            values: dense.values[span.offset..span.offset + span.len()].to_vec(),
        };
        names.push(name.clone());
        self_financed.push(false);
        for market in markets.iter_mut() {
            market.factors.push(on_calendar(&column, &market.calendar));
        }
    }
    Ok((names, self_financed))
}

/// A column by date on the days of a calendar, NaN on days that it does not have.
fn on_calendar(column: &DatedColumn, calendar: &Calendar) -> Vec<f64> {
    let value = |date: &Date| column.dates.binary_search(date).map_or(f64::NAN, |i| column.values[i]);
    calendar.dates().iter().map(value).collect()
}

fn note_coverage(
    source: &FactorSource,
    dates: &[Date],
    markets: &[Market],
    notes: &mut Vec<String>,
) -> Result<(), DataError> {
    for market in markets {
        let days = market.calendar.dates();
        let covered = days.iter().filter(|&date| dates.binary_search(date).is_ok()).count();
        if covered == 0 {
            let problem = format!(
                "no date is a trading day of {}, whose calendar runs from {} to {}",
                market.name,
                market.calendar.first(),
                market.calendar.last()
            );
            let error = DataError::new(problem).file(&source.files[0].path).column(&source.date);
            return Err(error.remedy("daily factors of the same years are needed"));
        }
        if covered < days.len() {
            notes.push(format!(
                "{} of {} trading days of {} have no factors",
                days.len() - covered,
                days.len(),
                market.name
            ));
        }
    }
    Ok(())
}
