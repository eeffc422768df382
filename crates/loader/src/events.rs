//! Announcements from Parquet or CSV.

use dayzero_model::Date;
use dayzero_model::align::Session;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::DataError;
use crate::filter::Filter;
use crate::paths::InputFile;
use crate::table::Table;
use crate::texts::Texts;

/// The event table.
#[derive(Clone, Debug)]
pub struct EventSource {
    /// Its files.
    pub files: Vec<InputFile>,
    /// Column of the security's identifier.
    pub security: String,
    /// When: an instant, or a date with a session.
    pub time: TimeColumns,
    /// Columns to group by.
    pub groups: Vec<String>,
    /// A column of numbers to form quantiles of.
    pub quantile: Option<String>,
    /// Which events take part.
    pub filter: Option<Filter>,
    /// Column of the session; `required` unless it is only the default name.
    pub session: String,
    /// Whether the session column was asked for by name.
    pub session_required: bool,
    /// Further columns of numbers, read where the table has them.
    pub numbers: Vec<String>,
    /// Further columns of labels, read where the table has them.
    pub labels: Vec<String>,
}

/// The columns that say when something was announced.
#[derive(Clone, Debug)]
pub enum TimeColumns {
    /// A column of instants; times without a zone are in `naive`.
    At {
        /// The column.
        column: String,
        /// Zone of times that have none.
        naive: Option<TimeZone>,
    },
    /// A column of dates, with the session column beside it.
    On {
        /// The column.
        column: String,
    },
}

/// When an event was announced, as far as it can be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Announced {
    /// At an instant.
    At(Timestamp),
    /// On a date, in a part of the day.
    On(Date, Session),
    /// Nothing is given.
    Missing,
    /// What is given cannot be read, with a sentence.
    Invalid(String),
}

/// The events, in input order.
#[derive(Clone, Debug)]
pub struct EventTable {
    /// Security of every event; `None` where it is missing.
    pub security: Texts,
    /// When every event was announced.
    pub announced: Vec<Announced>,
    /// The session column, where the table has one.
    pub session: Option<Texts>,
    /// The group columns as text: (name, values). A group `session` without such a column in the
    /// table is left out here.
    pub groups: Vec<(String, Texts)>,
    /// The values to form quantiles of, NaN where missing.
    pub quantile: Option<Vec<f64>>,
    /// Whether the filter lets an event take part.
    pub kept: Vec<bool>,
    /// The further columns of numbers that are there, NaN where missing.
    pub numbers: Vec<(String, Vec<f64>)>,
    /// The further columns of labels that are there.
    pub labels: Vec<(String, Texts)>,
}

/// Reads the events.
///
/// # Errors
/// A file that cannot be read, or a column that is missing or of the wrong type. A bad value in a
/// row is not an error: it becomes an [`Announced::Invalid`] or a missing security.
pub fn read(source: &EventSource) -> Result<EventTable, DataError> {
    let table = open(source)?;
    if table.rows() == 0 {
        return Err(DataError::new("the event table has no rows")
            .file(&source.files[0].path)
            .remedy("write the announcements into it, or name another file in [events] path"));
    }
    let session = table.has(&source.session).then(|| table.labels(&source.session)).transpose()?;
    let announced = || match &source.time {
        TimeColumns::At { column, naive } => {
            let read = |instant| match instant {
                None => Announced::Missing,
                Some(Ok(instant)) => Announced::At(instant),
                Some(Err(problem)) => Announced::Invalid(problem),
            };
            Ok(table.instants(column, naive.as_ref())?.into_iter().map(read).collect())
        }
        TimeColumns::On { column } => on_dates(&table, column, session.as_ref()),
    };
    let (announced, security) = rayon::join(announced, || table.identifiers(&source.security));
    let groups = source.groups.iter().filter(|name| table.has(name));
    let remedy = "leave unknown values empty; in a formula C(name) takes a column as labels";
    let numbers = |name: &String| Ok((name.clone(), table.numbers(name).map_err(|error| error.remedy(remedy))?));
    let labels = |name: &String| Ok((name.clone(), table.labels(name)?.filter(|text| !text.trim().is_empty())));
    Ok(EventTable {
        announced: announced?,
        security: security?,
        session,
        groups: groups.map(|name| Ok((name.clone(), table.labels(name)?))).collect::<Result<_, DataError>>()?,
        quantile: source.quantile.as_ref().map(|name| table.numbers(name)).transpose()?,
        kept: match &source.filter {
            Some(filter) => filter.rows(&table)?,
            None => vec![true; table.rows()],
        },
        numbers: source.numbers.iter().filter(|name| table.has(name)).map(numbers).collect::<Result<_, DataError>>()?,
        labels: source.labels.iter().filter(|name| table.has(name)).map(labels).collect::<Result<_, DataError>>()?,
    })
}

fn open(source: &EventSource) -> Result<Table, DataError> {
    let time = match &source.time {
        TimeColumns::At { column, .. } | TimeColumns::On { column } => column,
    };
    let mut required: Vec<&str> = vec![&source.security, time];
    // The group `session` may be derived from the instant, so its column is not needed.
    required.extend(source.groups.iter().filter(|name| *name != "session").map(String::as_str));
    required.extend(source.quantile.as_deref());
    required.extend(source.filter.as_ref().map(|filter| filter.column.as_str()));
    if source.session_required {
        required.push(&source.session);
    }
    let mut optional: Vec<&str> = vec![&source.session, "session"];
    optional.extend(source.numbers.iter().chain(&source.labels).map(String::as_str));
    Table::read(&source.files, &required, &optional)
}

fn on_dates(table: &Table, column: &str, session: Option<&Texts>) -> Result<Vec<Announced>, DataError> {
    // Text dates are read one by one, so that a bad one becomes the outcome of its event.
    let dates: Vec<Result<Option<Date>, String>> = match table.data_type(column) {
        Some(data_type) if crate::columns::is_text(data_type) => {
            let read = |text: Option<String>| match text.as_deref().map(str::trim) {
                None | Some("") => Ok(None),
                Some(text) => Date::parse(text).map(Some).ok_or(format!("`{text}` is no date like 2025-08-29")),
            };
            table.texts(column)?.into_iter().map(read).collect()
        }
        _ => table.dates(column)?.into_iter().map(Ok).collect(),
    };
    let combine = |(row, date): (usize, Result<Option<Date>, String>)| {
        let text = session.and_then(|session| session[row].as_deref()).filter(|text| !text.trim().is_empty());
        match (date, text) {
            (Err(problem), _) => Announced::Invalid(problem),
            (Ok(None), _) => Announced::Missing,
            (Ok(Some(date)), None) => Announced::On(date, Session::Unknown),
            (Ok(Some(date)), Some(text)) => match Session::parse(text) {
                Some(session) => Announced::On(date, session),
                None => Announced::Invalid(format!("the session `{text}` is none of bmo, during, amc, unknown")),
            },
        }
    };
    Ok(dates.into_iter().enumerate().map(combine).collect())
}
