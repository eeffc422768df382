//! Arrow columns of any sensible type, as the three kinds of value that a study knows: identifiers,
//! dates and numbers.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, PrimitiveArray};
use arrow::compute::{CastOptions, cast, cast_with_options};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int32Type, Int64Type, TimeUnit, UInt32Type};
use dayzero_model::Date;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The type behind a dictionary.
pub fn value_type(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, value) => value,
        other => other,
    }
}

/// Whether a type can be an identifier: any string or integer.
pub fn is_identifier(data_type: &DataType) -> bool {
    let value = value_type(data_type);
    is_text(value) || value.is_integer()
}

/// Whether a type is a string of some kind.
pub fn is_text(data_type: &DataType) -> bool {
    matches!(value_type(data_type), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// Whether a type can be a date.
pub fn is_date(data_type: &DataType) -> bool {
    let dated = matches!(data_type, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..));
    dated || is_text(data_type)
}

/// Whether a type can be a number.
pub fn is_number(data_type: &DataType) -> bool {
    let value = value_type(data_type);
    value.is_numeric() || matches!(value, DataType::Null)
}

/// A column of identifiers: a code per row into a list of names; `None` where the row is null.
#[derive(Clone, Debug, Default)]
pub struct Identifiers {
    /// Code of each row.
    pub codes: Vec<u32>,
    /// Names, each once.
    pub names: Vec<String>,
    /// First row without a name.
    pub first_null: Option<usize>,
}

/// Names with a code each, in the order of their first appearance.
#[derive(Default)]
pub(crate) struct Interner {
    codes: HashMap<String, u32>,
    pub(crate) names: Vec<String>,
}

impl Interner {
    pub(crate) fn code(&mut self, name: &str) -> u32 {
        if let Some(&code) = self.codes.get(name) {
            return code;
        }
        let code = self.names.len() as u32;
        self.codes.insert(name.to_owned(), code);
        self.names.push(name.to_owned());
        code
    }
}

/// Reads identifiers. Integers become their decimal digits, so that they match strings.
///
/// # Errors
/// Arrow cannot convert the type, in a sentence.
pub fn identifiers(column: &ArrayRef) -> Result<Identifiers, String> {
    let first_null = (0..column.len()).find(|&row| column.is_null(row));
    if let DataType::Dictionary(_, _) = column.data_type() {
        let values = column.as_any_dictionary();
        let first_null = first_null.or_else(|| {
            let nulls = values.values().nulls()?;
            values.normalized_keys().iter().position(|&key| nulls.is_null(key))
        });
        let names = cast(values.values(), &DataType::Utf8).map_err(|e| e.to_string())?;
        let names = names.as_string::<i32>().iter().map(|name| name.unwrap_or_default().to_owned()).collect();
        let keys = cast(values.keys(), &DataType::UInt32).map_err(|e| e.to_string())?;
        let codes = keys.as_primitive::<UInt32Type>().values().to_vec();
        return Ok(Identifiers { codes, names, first_null });
    }
    let text = cast(column, &DataType::Utf8).map_err(|e| e.to_string())?;
    let mut names = Interner::default();
    let codes = text.as_string::<i32>().iter().map(|name| names.code(name.unwrap_or_default())).collect();
    Ok(Identifiers { codes, names: names.names, first_null })
}

/// Numbers as `f64`, NaN where null. Integers, `f32` and decimals are converted.
///
/// # Errors
/// Arrow cannot convert the type, in a sentence.
pub fn numbers(column: &ArrayRef) -> Result<Vec<f64>, String> {
    Ok(float_array(column)?.as_primitive::<Float64Type>().values().to_vec())
}

/// The same as an array without nulls, which is the column itself where that is of this kind.
///
/// # Errors
/// Arrow cannot convert the type, in a sentence.
pub fn float_array(column: &ArrayRef) -> Result<ArrayRef, String> {
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    let cast = cast_with_options(column, &DataType::Float64, &strict).map_err(|e| e.to_string())?;
    let array: &PrimitiveArray<Float64Type> = cast.as_primitive();
    Ok(match array.null_count() {
        0 => cast,
        _ => Arc::new(array.iter().map(|value| value.unwrap_or(f64::NAN)).collect::<Float64Array>()),
    })
}

/// A value that cannot be read: its row and the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadValue {
    /// Row within the column.
    pub row: usize,
    /// What is wrong.
    pub problem: String,
}

/// Civil dates in the ways in which a column can be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Dates {
    /// Dates as they stand; `None` where null.
    Civil(Vec<Option<Date>>),
    /// Timestamps with a zone.
    Zoned {
        /// Local dates in the market's zone.
        local: Vec<Option<Date>>,
        /// Dates in the column's own zone, if every instant is a midnight there.
        midnights: Option<Vec<Option<Date>>>,
    },
}

impl Dates {
    /// The dates of a whole column: timestamps with a zone are the local dates of the market, but a
    /// column of nothing but midnights of its own zone holds dates that were stored as timestamps.
    pub fn settle(self) -> Vec<Option<Date>> {
        match self {
            Self::Civil(dates) | Self::Zoned { midnights: Some(dates), .. } => dates,
            Self::Zoned { local, midnights: None } => local,
        }
    }
}

/// Civil dates; `zone` gives the zone of the market of a row.
///
/// # Errors
/// A string that is no date, or a time beyond the calendar.
pub fn dates(column: &ArrayRef, zone: impl Fn(usize) -> TimeZone) -> Result<Dates, BadValue> {
    let found = any_dates(column, zone)?;
    let (Dates::Civil(dates) | Dates::Zoned { local: dates, .. }) = &found;
    match dates.iter().position(|date| date.is_some_and(|date| !date.is_civil())) {
        Some(row) => {
            Err(BadValue { row, problem: "the date is beyond all years; is the unit of the column right?".into() })
        }
        None => Ok(found),
    }
}

fn any_dates(column: &ArrayRef, zone: impl Fn(usize) -> TimeZone) -> Result<Dates, BadValue> {
    match column.data_type() {
        DataType::Date32 => {
            Ok(Dates::Civil(column.as_primitive::<Date32Type>().iter().map(|day| day.map(Date)).collect()))
        }
        DataType::Timestamp(_, Some(own)) => {
            let own = zone_of(own).map_err(|problem| BadValue { row: 0, problem })?;
            let instant = |micros| Timestamp::from_microsecond(micros).map_err(|e| e.to_string());
            let local = each(column, |row, micros| Ok(zone(row).to_datetime(instant(micros)?).date().into()))?;
            let midnights = each(column, |_, micros| {
                let label = own.to_datetime(instant(micros)?);
                let midnight = label.time() == jiff::civil::Time::midnight();
                if midnight { Ok(label.date().into()) } else { Err("not midnight".into()) }
            });
            Ok(Dates::Zoned { local, midnights: midnights.ok() })
        }
        DataType::Timestamp(_, None) | DataType::Date64 => each(column, |_, micros| {
            i32::try_from(micros.div_euclid(86_400_000_000)).map(Date).map_err(|e| e.to_string())
        })
        .map(Dates::Civil),
        _ => text_dates(column).map(Dates::Civil),
    }
}

fn each(column: &ArrayRef, read: impl Fn(usize, i64) -> Result<Date, String>) -> Result<Vec<Option<Date>>, BadValue> {
    let micros = microseconds(column).map_err(|problem| BadValue { row: 0, problem })?;
    let read_row = |(row, value): (usize, Option<i64>)| {
        value.map(|v| read(row, v)).transpose().map_err(|problem| BadValue { row, problem })
    };
    micros.into_iter().enumerate().map(read_row).collect()
}

/// The stored integers of a timestamp or `date64` column, in microseconds; for a column with a zone
/// they count from the epoch in UTC.
///
/// # Errors
/// The column is of another type, in a sentence.
pub fn microseconds(column: &ArrayRef) -> Result<Vec<Option<i64>>, String> {
    let scale = |value: i64| match column.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => value.saturating_mul(1_000_000),
        DataType::Timestamp(TimeUnit::Millisecond, _) | DataType::Date64 => value.saturating_mul(1_000),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => value.div_euclid(1_000),
        _ => value,
    };
    let raw = cast(column, &DataType::Int64).map_err(|e| e.to_string())?;
    Ok(raw.as_primitive::<Int64Type>().iter().map(|value| value.map(scale)).collect())
}

/// The time zone of an Arrow type: a name or an offset such as `+08:00`.
///
/// # Errors
/// It is neither, in a sentence.
pub fn zone_of(name: &str) -> Result<TimeZone, String> {
    let offset = || {
        let (sign, digits) = name.strip_prefix('+').map(|d| (1, d)).or(name.strip_prefix('-').map(|d| (-1, d)))?;
        let digits = digits.replace(':', "");
        let (hours, minutes) =
            (digits.get(..2)?.parse::<i32>().ok()?, digits.get(2..4).unwrap_or("0").parse::<i32>().ok()?);
        jiff::tz::Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
    };
    TimeZone::get(name).or_else(|e| offset().map(TimeZone::fixed).ok_or(e.to_string()))
}

fn text_dates(column: &ArrayRef) -> Result<Vec<Option<Date>>, BadValue> {
    let text = texts(column).map_err(|problem| BadValue { row: 0, problem })?;
    text.iter()
        .enumerate()
        .map(|(row, text)| match text {
            None => Ok(None),
            Some(text) => Date::parse(text)
                .map(Some)
                .ok_or_else(|| BadValue { row, problem: format!("`{text}` is no date like 2025-08-29") }),
        })
        .collect()
}

/// A column as text; `None` where null.
///
/// # Errors
/// Arrow cannot convert the type, in a sentence.
pub fn texts(column: &ArrayRef) -> Result<Vec<Option<String>>, String> {
    if let DataType::Timestamp(_, Some(_)) = column.data_type() {
        let text = |micros| Timestamp::from_microsecond(micros).map(|instant| instant.to_string());
        let texts = microseconds(column)?.into_iter().map(|micros| micros.map(text).transpose());
        return texts.collect::<Result<_, _>>().map_err(|e| e.to_string());
    }
    let text = cast(column, &DataType::Utf8).map_err(|e| e.to_string())?;
    Ok(text.as_string::<i32>().iter().map(|value| value.map(str::to_owned)).collect())
}

/// A dictionary of strings with 32-bit keys: how the reader is asked to keep identifiers.
pub fn dictionary_type() -> DataType {
    use arrow::datatypes::ArrowPrimitiveType;
    DataType::Dictionary(Box::new(Int32Type::DATA_TYPE), Box::new(DataType::Utf8))
}
