//! `dayzero synth`: a simulated panel as Parquet files.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray, StringDictionaryBuilder, TimestampMicrosecondArray,
};
use arrow::datatypes::Int32Type;
use dayzero_model::Date;
use dayzero_model::simulate::{self, FACTORS, Plan, Simulated};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::print;
use crate::Failure;
use crate::cli::SynthArgs;

/// A simulated market: its name, zone, and the local times of its announcements.
struct Place {
    name: &'static str,
    zone: &'static str,
    before_open: (i8, i8),
    after_close: (i8, i8),
}

const PLACES: [Place; 2] = [
    Place { name: "US", zone: "America/New_York", before_open: (7, 0), after_close: (16, 30) },
    Place { name: "HK", zone: "Asia/Hong_Kong", before_open: (8, 0), after_close: (17, 0) },
];

/// Rows of the event table.
#[derive(Default)]
struct EventRows {
    ticker: Vec<String>,
    announced_at: Vec<Option<i64>>,
    session: Vec<&'static str>,
    surprise: Vec<Option<f64>>,
    planted: Vec<Option<f64>>,
}

/// Rows of the price table.
#[derive(Default)]
struct PriceRows {
    ticker: Vec<String>,
    market: Vec<&'static str>,
    date: Vec<Date>,
    price: Vec<Option<f64>>,
}

pub(super) fn synth(args: &SynthArgs) -> Result<(), Failure> {
    check(args)?;
    let plan = plan(args);
    let simulated = simulate::simulate(&plan);
    let (mut prices, mut events) = (price_rows(&simulated), event_rows(&simulated)?);
    if args.defects {
        plant_defects(&simulated, &mut prices, &mut events)?;
    }
    write_all(&args.out, &prices, &events, &simulated)?;
    print(&format!(
        "{} prices of {} securities, {} events and {} days of factors in {}\n",
        prices.ticker.len(),
        simulated.series.len(),
        events.ticker.len(),
        simulated.factors.len(),
        args.out.display()
    ))
}

/// Writes the panel of a plan without defects.
pub(super) fn write_plan(out: &Path, plan: &Plan) -> Result<(), Failure> {
    let simulated = simulate::simulate(plan);
    write_all(out, &price_rows(&simulated), &event_rows(&simulated)?, &simulated)
}

fn plan(args: &SynthArgs) -> Plan {
    Plan {
        markets: PLACES[..usize::from(args.markets)].iter().map(|place| place.name).collect(),
        securities: args.securities,
        days: args.days,
        events: args.events,
        effect: args.effect,
        clustering: args.clustering,
        season: usize::from(args.season),
        correlation: args.correlation,
        tails: args.tails,
        seed: args.seed,
    }
}

/// Weekdays of two centuries; more would only fill the memory.
const MOST_DAYS: usize = 52_000;

fn check(args: &SynthArgs) -> Result<(), Failure> {
    if args.days > MOST_DAYS {
        return Err(Failure::usage(format!("--days {}: at most {MOST_DAYS} are possible", args.days)));
    }
    let room = simulate::capacity(args.securities, args.days);
    if args.events > room {
        return Err(Failure::usage(format!(
            "{} events do not fit: {} securities over {} days have room for {room}, one per security and quarter after {} days of history",
            args.events,
            args.securities,
            args.days,
            simulate::HISTORY
        )));
    }
    for (name, value, low, high) in [
        ("clustering", args.clustering, 0.0, 1.0),
        ("correlation", args.correlation, 0.0, 1.0),
        ("effect", args.effect, -0.4, 0.4),
    ] {
        if !(low..=high).contains(&value) {
            return Err(Failure::usage(format!("--{name} {value}: a value from {low} to {high} is needed")));
        }
    }
    if args.defects && (args.events < 20 || args.securities < 10) {
        return Err(Failure::usage("--defects needs at least 10 securities and 20 events"));
    }
    let taken = FILES.iter().map(|name| args.out.join(name)).find(|path| path.exists());
    match taken {
        Some(path) if !args.overwrite => {
            Err(Failure::usage(format!("{} exists\n  help: --overwrite replaces it", path.display())))
        }
        _ => Ok(()),
    }
}

fn price_rows(simulated: &Simulated) -> PriceRows {
    let mut rows = PriceRows::default();
    for series in &simulated.series {
        for &(date, price) in &series.prices {
            rows.ticker.push(series.id.clone());
            rows.market.push(PLACES[series.market].name);
            rows.date.push(date);
            rows.price.push(Some(price));
        }
    }
    rows
}

fn event_rows(simulated: &Simulated) -> Result<EventRows, Failure> {
    let mut rows = EventRows::default();
    for event in &simulated.events {
        let series = &simulated.series[event.series];
        let instant = instant(series.market, event.date, event.after_close)?;
        rows.push(&series.id, Some(instant), event.after_close, Some(event.surprise), Some(event.planted));
    }
    Ok(rows)
}

impl EventRows {
    fn push(&mut self, ticker: &str, at: Option<i64>, after_close: bool, surprise: Option<f64>, planted: Option<f64>) {
        self.ticker.push(ticker.to_owned());
        self.announced_at.push(at);
        self.session.push(if after_close { "amc" } else { "bmo" });
        self.surprise.push(surprise);
        self.planted.push(planted);
    }
}

/// Microseconds from the epoch of an announcement in the local time of its market.
fn instant(market: usize, date: Date, after_close: bool) -> Result<i64, Failure> {
    let failed = |e: jiff::Error| Failure::Other(e.to_string());
    let place = &PLACES[market];
    let (hour, minute) = if after_close { place.after_close } else { place.before_open };
    let civil = date.civil().ok_or_else(|| Failure::Other(format!("{date} is beyond the calendar")))?;
    let zoned = civil.at(hour, minute, 0, 0).in_tz(place.zone).map_err(failed)?;
    Ok(zoned.timestamp().as_microsecond())
}

/// What real tables are like: prices without a value, a suspension, a late listing, a price on a
/// holiday, events that cannot be used.
fn plant_defects(simulated: &Simulated, prices: &mut PriceRows, events: &mut EventRows) -> Result<(), Failure> {
    let id = |i: usize| simulated.series[simulated.series.len() - 1 - i].id.clone();
    let day = |i: usize| simulated.factors[i].0;
    let last = simulated.factors.len() - 1;
    let gone = |ticker: &str, date: Date| {
        (ticker == id(0) && (day(240)..day(280)).contains(&date))
            || (ticker == id(1) && date < day(simulate::HISTORY - 60))
    };
    let kept: Vec<usize> = (0..prices.ticker.len()).filter(|&i| !gone(&prices.ticker[i], prices.date[i])).collect();
    *prices = PriceRows {
        ticker: kept.iter().map(|&i| prices.ticker[i].clone()).collect(),
        market: kept.iter().map(|&i| prices.market[i]).collect(),
        date: kept.iter().map(|&i| prices.date[i]).collect(),
        price: kept.iter().map(|&i| prices.price[i]).collect(),
    };
    for (i, (ticker, price)) in prices.ticker.iter().zip(&mut prices.price).enumerate() {
        if *ticker == id(2) && i % 29 == 0 {
            *price = None;
        }
    }
    let saturday = Date(day(last - 40).0 - day(last - 40).0.rem_euclid(7) + 9);
    prices.ticker.push(id(3));
    prices.market.push(PLACES[simulated.series[simulated.series.len() - 4].market].name);
    prices.date.push(saturday);
    prices.price.push(Some(50.0));
    let market = |i: usize| simulated.series[simulated.series.len() - 1 - i].market;
    events.push("XX999", Some(instant(0, day(last - 60), false)?), false, Some(1.0), None);
    events.push(&id(4), None, false, Some(1.0), None);
    events.push(&id(5), Some(instant(market(5), Date(day(0).0 - 30), true)?), true, Some(1.0), None);
    events.push(&id(6), Some(instant(market(6), day(last), true)?), true, Some(1.0), None);
    events.push(&id(7), Some(instant(market(7), saturday, true)?), true, None, None);
    let (ticker, at) = (events.ticker[0].clone(), events.announced_at[0]);
    events.push(&ticker, at.map(|at| at + 60_000_000), false, Some(2.0), None);
    Ok(())
}

const FILES: [&str; 3] = ["prices.parquet", "events.parquet", "factors.parquet"];

fn write_all(out: &Path, prices: &PriceRows, events: &EventRows, simulated: &Simulated) -> Result<(), Failure> {
    let dictionary = |names: &mut dyn Iterator<Item = &str>| -> ArrayRef {
        let mut builder = StringDictionaryBuilder::<Int32Type>::new();
        names.for_each(|name| builder.append_value(name));
        Arc::new(builder.finish())
    };
    let tickers = |names: &[String]| dictionary(&mut names.iter().map(String::as_str));
    let dates = |dates: &mut dyn Iterator<Item = Date>| -> ArrayRef {
        Arc::new(Date32Array::from_iter_values(dates.map(|d| d.0)))
    };
    write(
        out,
        FILES[0],
        vec![
            ("ticker", tickers(&prices.ticker)),
            ("market", dictionary(&mut prices.market.iter().copied())),
            ("date", dates(&mut prices.date.iter().copied())),
            ("adj_close", Arc::new(Float64Array::from(prices.price.clone()))),
        ],
    )?;
    write(
        out,
        FILES[1],
        vec![
            ("ticker", tickers(&events.ticker)),
            (
                "announced_at",
                Arc::new(TimestampMicrosecondArray::from(events.announced_at.clone()).with_timezone("UTC")),
            ),
            ("session", Arc::new(StringArray::from(events.session.clone()))),
            ("surprise_pct", Arc::new(Float64Array::from(events.surprise.clone()))),
            ("planted", Arc::new(Float64Array::from(events.planted.clone()))),
        ],
    )?;
    let mut columns = vec![("date", dates(&mut simulated.factors.iter().map(|(date, _)| *date)))];
    for (j, name) in FACTORS.iter().enumerate() {
        let values = simulated.factors.iter().map(|(_, row)| row[j]);
        columns.push((name, Arc::new(Float64Array::from_iter_values(values)) as ArrayRef));
    }
    write(out, FILES[2], columns)
}

fn write(out: &Path, name: &str, columns: Vec<(&str, ArrayRef)>) -> Result<(), Failure> {
    let path = out.join(name);
    let failed = |e: &dyn std::fmt::Display| Failure::Other(format!("cannot write {}: {e}", path.display()));
    std::fs::create_dir_all(out).map_err(|e| failed(&e))?;
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .map_err(|e| failed(&e))?;
    let zstd = Compression::ZSTD(ZstdLevel::try_new(9).unwrap_or_default());
    let properties = WriterProperties::builder().set_compression(zstd).build();
    let file = File::create(&path).map_err(|e| failed(&e))?;
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).map_err(|e| failed(&e))?;
    writer.write(&batch).map_err(|e| failed(&e))?;
    writer.close().map(drop).map_err(|e| failed(&e))
}
