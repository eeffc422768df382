//! Rows of securities onto their calendars: dense runs that do not depend on the order of the rows.

use dayzero_model::calendar::Lookup;
use rayon::prelude::*;

use crate::chunk::{Chunk, Run};
use crate::measures::Columns;
use crate::{DataError, Extra, PriceSource, ValueColumn};

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
    /// Chunk of the first such row as they were read, its place there, and its entry.
    pub(crate) first: Option<(usize, usize, usize)>,
}

impl OffCalendar {
    fn add(&mut self, chunk: usize, entry: usize, place: usize) {
        self.merge(&Self { rows: 1, first: Some((chunk, place, entry)) });
    }

    fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.first = self.first.into_iter().chain(other.first).min();
    }
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
    /// Does something to the values of every security, in parallel.
    pub(crate) fn each_run(&mut self, act: impl Fn(&mut [f64]) + Sync) {
        own_parts(&mut self.values, &self.spans).into_par_iter().for_each(&act);
    }

    /// Everything that is known of a security, on its span.
    pub(crate) fn run<'a>(&'a self, security: usize, source: &PriceSource) -> Columns<'a> {
        let days = self.spans[security].days();
        let extra = |kind: Extra| {
            let column = source.extras.iter().position(|(known, _)| *known == kind)?;
            Some(&self.extras[column][days.clone()])
        };
        Columns {
            values: &self.values[days.clone()],
            prices: matches!(source.value, ValueColumn::Price(_)),
            open: extra(Extra::Open),
            volume: extra(Extra::Volume),
            shares: extra(Extra::Shares),
            expected: extra(Extra::Expected),
        }
    }
}

/// The part of a column that belongs to each security.
fn own_parts<'a>(mut column: &'a mut [f64], spans: &[Span]) -> Vec<&'a mut [f64]> {
    let mut parts = Vec::with_capacity(spans.len());
    for span in spans {
        let (own, others) = column.split_at_mut(span.len());
        parts.push(own);
        column = others;
    }
    parts
}

/// The rows of one security in one chunk.
#[derive(Clone, Copy)]
pub(crate) struct Piece {
    pub(crate) chunk: usize,
    pub(crate) run: Run,
}

/// What is known of one security's rows before they are put in place.
#[derive(Clone, Default)]
struct Extent {
    span: Option<(usize, usize)>,
    off_calendar: OffCalendar,
    /// Whether the days rise from row to row, so that none can stand twice.
    rising: bool,
}

/// A row that cannot be: where it was read, in the order of reading, and the error.
type Refused = ((usize, usize), Box<DataError>);

impl Placement<'_> {
    /// Measures each security's span, then puts every value in its place; security by security, in
    /// parallel.
    pub(crate) fn scatter(&self) -> Result<Dense, DataError> {
        let pieces = self.pieces();
        let extents: Vec<Extent> =
            pieces.par_iter().enumerate().map(|(security, pieces)| self.extent(security, pieces)).collect();
        let mut spans = Vec::with_capacity(extents.len());
        let mut total = 0;
        let mut off_calendar = vec![OffCalendar::default(); self.lookups.len()];
        for (security, extent) in extents.iter().enumerate() {
            let (first, end) = extent.span.unwrap_or((usize::MAX, 0));
            spans.push(Span { first, end, offset: total });
            total += end.saturating_sub(first);
            if let Some(market) = self.market_of[security] {
                off_calendar[market].merge(&extent.off_calendar);
            }
        }
        let columns = 1 + self.source.extras.len();
        let mut values = vec![vec![0.0; total]; columns];
        let mut places: Vec<Vec<&mut [f64]>> = spans.iter().map(|_| Vec::with_capacity(columns)).collect();
        for column in &mut values {
            places.iter_mut().zip(own_parts(column, &spans)).for_each(|(place, own)| place.push(own));
        }
        let refused = places
            .into_par_iter()
            .enumerate()
            .filter_map(|(security, own)| {
                self.fill(security, &pieces[security], &extents[security], spans[security].first, own).err()
            })
            .min_by_key(|(place, _)| *place);
        if let Some((_, error)) = refused {
            return Err(*error);
        }
        let extras = values.split_off(1);
        let values = values.pop().unwrap_or_default();
        Ok(Dense { spans, values, extras, off_calendar })
    }

    /// Of every security that takes part, its rows in the order in which they were read.
    pub(crate) fn pieces(&self) -> Vec<Vec<Piece>> {
        let mut pieces = vec![Vec::new(); self.market_of.len()];
        for (c, chunk) in self.chunks.iter().enumerate() {
            for &run in &chunk.runs {
                if let Some(security) = self.securities[c][run.security as usize]
                    && self.market_of[security].is_some()
                {
                    pieces[security].push(Piece { chunk: c, run });
                }
            }
        }
        pieces
    }

    /// The calendar days of a piece's rows, each with its chunk and entry.
    fn days<'a>(&'a self, security: usize, piece: Piece) -> impl Iterator<Item = (usize, Option<usize>)> + use<'a> {
        let lookup = &self.lookups[self.market_of[security].unwrap_or_default()];
        let entries = piece.run.entries();
        let dates = &self.chunks[piece.chunk].dates[entries.clone()];
        entries.zip(dates).map(|(entry, &date)| (entry, lookup.index_of(date)))
    }

    fn extent(&self, security: usize, pieces: &[Piece]) -> Extent {
        let mut extent = Extent { rising: true, ..Extent::default() };
        let mut last = None;
        for &piece in pieces {
            for (entry, day) in self.days(security, piece) {
                let Some(day) = day else {
                    extent.off_calendar.add(piece.chunk, entry, self.chunks[piece.chunk].place(entry));
                    continue;
                };
                extent.rising &= last < Some(day);
                last = Some(day);
                let (first, end) = extent.span.unwrap_or((day, day));
                extent.span = Some((first.min(day), end.max(day + 1)));
            }
        }
        extent
    }

    /// Puts the values of one security onto its days; the first row that cannot be is an error.
    fn fill(
        &self,
        security: usize,
        pieces: &[Piece],
        extent: &Extent,
        first: usize,
        mut own: Vec<&mut [f64]>,
    ) -> Result<(), Refused> {
        if self.copy_whole(pieces, extent, &mut own) {
            return Ok(());
        }
        own.iter_mut().for_each(|column| column.fill(f64::NAN));
        let mut seen = if extent.rising { Vec::new() } else { vec![false; own[0].len()] };
        let mut refused: Option<Refused> = None;
        for &piece in pieces {
            let chunk = &self.chunks[piece.chunk];
            for (entry, day) in self.days(security, piece) {
                let Some(day) = day else { continue };
                let place = day - first;
                let again = !extent.rising && std::mem::replace(&mut seen[place], true);
                let value = chunk.values[entry];
                own[0][place] = value;
                let mut sound = !again && self.source.value.check(value).is_ok();
                let extras = self.source.extras.iter().zip(&chunk.extras);
                for (column, ((extra, _), read)) in own[1..].iter_mut().zip(extras) {
                    column[place] = read[entry];
                    sound &= extra.check(read[entry]).is_ok();
                }
                let key = (piece.chunk, chunk.place(entry));
                if !sound && refused.as_ref().is_none_or(|(known, _)| key < *known) {
                    refused = Some((key, Box::new(self.refuse(security, piece.chunk, entry, again))));
                }
            }
        }
        refused.map_or(Ok(()), Err)
    }

    /// Copies the values of a security that has one on every day of its span, in order, where all of them
    /// can be; whether that was done.
    fn copy_whole(&self, pieces: &[Piece], extent: &Extent, own: &mut [&mut [f64]]) -> bool {
        let rows: usize = pieces.iter().map(|piece| piece.run.entries().len()).sum();
        if !extent.rising || extent.off_calendar.rows > 0 || rows != own[0].len() {
            return false;
        }
        let mut start = 0;
        for piece in pieces {
            let (chunk, entries) = (&self.chunks[piece.chunk], piece.run.entries());
            let place = start..start + entries.len();
            start = place.end;
            own[0][place.clone()].copy_from_slice(&chunk.values[entries.clone()]);
            for (column, read) in own[1..].iter_mut().zip(&chunk.extras) {
                column[place.clone()].copy_from_slice(&read[entries.clone()]);
            }
        }
        let sound = |value: &f64| self.source.value.is_sound(*value);
        let extras = own[1..].iter().zip(&self.source.extras);
        own[0].iter().all(sound)
            && extras.into_iter().all(|(column, (extra, _))| column.iter().all(|v| extra.is_sound(*v)))
    }
}
