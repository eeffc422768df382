//! Rows of securities onto their calendars: dense runs that do not depend on the order of the rows.

use dayzero_model::calendar::Lookup;

use crate::chunk::Chunk;
use crate::measures::Run;
use crate::{DataError, Extra, PriceSource, ValueColumn};

/// A row of a chunk with its security and its place on the calendar.
#[derive(Clone, Copy)]
pub(crate) struct PlacedRow {
    pub(crate) security: usize,
    pub(crate) day: usize,
}

/// Calendar days from the first to the last value of a security.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) first: usize,
    pub(crate) end: usize,
    pub(crate) offset: usize,
}

impl Span {
    pub(crate) fn len(self) -> usize {
        self.end.saturating_sub(self.first)
    }

    /// Its places among the values.
    pub(crate) fn days(self) -> std::ops::Range<usize> {
        self.offset..self.offset + self.len()
    }
}

/// Rows whose date is no trading day of their market.
#[derive(Clone, Debug, Default)]
pub(crate) struct OffCalendar {
    pub(crate) rows: u64,
    /// Chunk and entry of the first such row.
    pub(crate) first: Option<(usize, usize)>,
}

/// Values by (security, calendar day).
pub(crate) struct Dense {
    pub(crate) spans: Vec<Span>,
    pub(crate) values: Vec<f64>,
    /// Further columns, in the order of [`PriceSource::extras`].
    pub(crate) extras: Vec<Vec<f64>>,
    /// Per market.
    pub(crate) off_calendar: Vec<OffCalendar>,
}

/// Everything that says where a row goes: per chunk and local code the security (or none), per
/// security its market, per market its calendar.
pub(crate) struct Placement<'a> {
    pub(crate) securities: Vec<Vec<Option<usize>>>,
    pub(crate) market_of: Vec<Option<usize>>,
    pub(crate) lookups: Vec<Lookup>,
    pub(crate) chunks: &'a [Chunk],
    pub(crate) source: &'a PriceSource,
}

impl Dense {
    /// Everything that is known of a security, on its span.
    pub(crate) fn run<'a>(&'a self, security: usize, source: &PriceSource) -> Run<'a> {
        let days = self.spans[security].days();
        let extra = |kind: Extra| {
            let column = source.extras.iter().position(|(known, _)| *known == kind)?;
            Some(&self.extras[column][days.clone()])
        };
        Run {
            values: &self.values[days.clone()],
            prices: matches!(source.value, ValueColumn::Price(_)),
            open: extra(Extra::Open),
            volume: extra(Extra::Volume),
            shares: extra(Extra::Shares),
            expected: extra(Extra::Expected),
        }
    }
}

impl Placement<'_> {
    /// The security and market of an entry, if it takes part.
    fn security(&self, chunk: usize, entry: usize) -> Option<(usize, usize)> {
        let code = self.chunks[chunk].security.codes[entry] as usize;
        let security = self.securities[chunk][code]?;
        Some((security, self.market_of[security]?))
    }

    /// Measures each security's span, then puts every value in its place.
    pub(crate) fn scatter(&self) -> Result<Dense, DataError> {
        let markets = self.lookups.len();
        let mut dense = Dense {
            spans: vec![Span { first: usize::MAX, end: 0, offset: 0 }; self.market_of.len()],
            values: Vec::new(),
            extras: Vec::new(),
            off_calendar: vec![OffCalendar::default(); markets],
        };
        self.each_row(|chunk, entry, market, placed| {
            let Some(PlacedRow { security, day }) = placed else {
                let off = &mut dense.off_calendar[market];
                off.rows += 1;
                off.first.get_or_insert((chunk, entry));
                return Ok(());
            };
            let span = &mut dense.spans[security];
            span.first = span.first.min(day);
            span.end = span.end.max(day + 1);
            Ok(())
        })?;
        let mut total = 0;
        for span in &mut dense.spans {
            span.offset = total;
            total += span.len();
        }
        dense.values = vec![f64::NAN; total];
        dense.extras = vec![vec![f64::NAN; total]; self.source.extras.len()];
        let mut seen = vec![false; total];
        self.each_row(|chunk, entry, _, placed| {
            let Some(PlacedRow { security, day }) = placed else { return Ok(()) };
            let span = dense.spans[security];
            let place = span.offset + day - span.first;
            if std::mem::replace(&mut seen[place], true) {
                return Err(self.duplicate(chunk, entry));
            }
            dense.values[place] = self.checked_value(chunk, entry)?;
            for (j, column) in dense.extras.iter_mut().enumerate() {
                column[place] = self.checked_extra(chunk, entry, j)?;
            }
            Ok(())
        })?;
        Ok(dense)
    }

    fn each_row(
        &self,
        mut visit: impl FnMut(usize, usize, usize, Option<PlacedRow>) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        for (c, chunk) in self.chunks.iter().enumerate() {
            for (entry, &date) in chunk.dates.iter().enumerate() {
                let Some((security, market)) = self.security(c, entry) else { continue };
                let placed = self.lookups[market].index_of(date).map(|day| PlacedRow { security, day });
                visit(c, entry, market, placed)?;
            }
        }
        Ok(())
    }

    fn checked_value(&self, chunk: usize, entry: usize) -> Result<f64, DataError> {
        let value = self.chunks[chunk].values[entry];
        let refuse = |(problem, remedy)| self.error_at(chunk, entry, self.source.value.name(), problem).remedy(remedy);
        self.source.value.check(value).map_err(refuse)?;
        Ok(value)
    }

    fn checked_extra(&self, chunk: usize, entry: usize, j: usize) -> Result<f64, DataError> {
        let value = self.chunks[chunk].extras[j][entry];
        let (extra, name) = &self.source.extras[j];
        extra.check(value).map_err(|(problem, remedy)| self.error_at(chunk, entry, name, problem).remedy(remedy))?;
        Ok(value)
    }

    fn duplicate(&self, chunk: usize, entry: usize) -> DataError {
        let (security, _) = self.security(chunk, entry).unwrap_or_default();
        let date = self.chunks[chunk].dates[entry];
        let name = &self.chunks[chunk].security.names[self.chunks[chunk].security.codes[entry] as usize];
        let mut first = String::new();
        'search: for (c, other) in self.chunks.iter().enumerate().take(chunk + 1) {
            for (e, &d) in other.dates.iter().enumerate() {
                if d == date && (c, e) != (chunk, entry) && self.security(c, e).is_some_and(|(s, _)| s == security) {
                    let file = &self.source.files[other.file].path;
                    first = format!(", first in {} at data row {}", file.display(), other.rows[e] + 1);
                    break 'search;
                }
            }
        }
        let problem = format!("{name} on {date} stands here for the second time{first}");
        self.error_at(chunk, entry, &self.source.date, problem).remedy("keep one row per security and date")
    }

    /// An error at an entry of a chunk.
    pub(crate) fn error_at(&self, chunk: usize, entry: usize, column: &str, problem: impl Into<String>) -> DataError {
        let chunk = &self.chunks[chunk];
        let file = &self.source.files[chunk.file].path;
        DataError::new(problem).file(file).column(column).row(chunk.rows[entry])
    }
}
