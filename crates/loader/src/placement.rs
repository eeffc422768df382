//! Rows of securities onto their calendars: dense runs that do not depend on the order of the rows.

use std::ops::Range;

use dayzero_model::calendar::Lookup;
use dayzero_model::{Calendar, Date, Market};
use rayon::prelude::*;

use crate::chunk::Chunk;
use crate::dense::{Dense, OffCalendar, Place};
use crate::roster::Roster;
use crate::{DataError, PriceSource};

/// The rows of one security in one chunk.
#[derive(Clone, Copy)]
struct Piece {
    chunk: usize,
    run: usize,
}

/// What is known of one security's rows before they are put in place.
#[derive(Default)]
struct Extent {
    days: Range<usize>,
    off_calendar: OffCalendar,
    /// Whether the days rise from row to row, so that none can stand twice.
    rising: bool,
    /// Rows on trading days, and the day of the last.
    rows: usize,
    last: usize,
    /// Whether a value in one of its chunks cannot be.
    unsound: bool,
}

impl Extent {
    /// Adds a row for each of consecutive days.
    fn add(&mut self, days: Range<usize>) {
        let known = self.rows > 0;
        self.rising &= !known || self.last < days.start;
        self.last = days.end - 1;
        self.rows += days.len();
        self.days = if known { self.days.start.min(days.start)..self.days.end.max(days.end) } else { days };
    }

    /// Whether there is a row for every day, in order, all of them sound.
    fn is_whole(&self) -> bool {
        self.rising && self.off_calendar.rows == 0 && self.rows == self.days.len() && !self.unsound
    }
}

/// Everything that says where a row goes, and the rows.
pub(crate) struct Placement<'a> {
    pub(crate) roster: &'a Roster,
    /// Of every market.
    calendars: Vec<(Calendar, Lookup)>,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) source: &'a PriceSource,
    /// Of every security that takes part, its rows in the order in which they were read.
    pieces: Vec<Vec<Piece>>,
}

/// A row that cannot be.
pub(crate) struct Refused {
    pub(crate) chunk: usize,
    pub(crate) entry: usize,
    pub(crate) security: usize,
    pub(crate) date: Date,
    /// Whether it repeats another.
    pub(crate) again: bool,
}

/// The columns of a security in blocks of its own.
type Own = Vec<Vec<f64>>;

/// What became of the rows of a security.
#[derive(Default)]
struct Placed {
    place: Place,
    own: Option<Own>,
    off_calendar: OffCalendar,
    refused: Option<Refused>,
}

impl<'a> Placement<'a> {
    pub(crate) fn new(roster: &'a Roster, markets: &[Market], chunks: Vec<Chunk>, source: &'a PriceSource) -> Self {
        let calendars = markets.iter().map(|market| (market.calendar.clone(), market.calendar.lookup())).collect();
        let mut pieces = vec![Vec::new(); roster.ids.len()];
        for (c, chunk) in chunks.iter().enumerate() {
            for (run, rows) in chunk.runs.iter().enumerate() {
                if let Some(security) = roster.codes[c][rows.security as usize]
                    && roster.market_of[security].is_some()
                {
                    pieces[security].push(Piece { chunk: c, run });
                }
            }
        }
        Self { roster, calendars, chunks, source, pieces }
    }

    /// Puts every value in its place, which mostly is where it was read; security by security, in parallel.
    pub(crate) fn scatter(&mut self) -> Result<Dense, DataError> {
        let placed: Vec<Placed> = (0..self.pieces.len()).into_par_iter().map(|security| self.place(security)).collect();
        let refused = placed.iter().filter_map(|placed| placed.refused.as_ref());
        if let Some(refused) = refused.min_by_key(|row| (row.chunk, self.chunks[row.chunk].place(row.entry))) {
            return Err(self.refuse(refused));
        }
        let mut dense = Dense {
            places: Vec::with_capacity(placed.len()),
            values: self.chunks.iter_mut().map(|chunk| std::mem::take(&mut chunk.values)).collect(),
            extras: (0..self.source.extras.len())
                .map(|extra| self.chunks.iter_mut().map(|chunk| std::mem::take(&mut chunk.extras[extra])).collect())
                .collect(),
            off_calendar: vec![OffCalendar::default(); self.calendars.len()],
        };
        for (security, mut placed) in placed.into_iter().enumerate() {
            if let Some(market) = self.roster.market_of[security] {
                dense.off_calendar[market].merge(&placed.off_calendar);
            }
            if let Some(own) = placed.own {
                placed.place.block = dense.values.len();
                let mut columns = own.into_iter();
                dense.values.extend(columns.next());
                dense.extras.iter_mut().zip(columns).for_each(|(blocks, column)| blocks.push(column));
            }
            dense.places.push(placed.place);
        }
        Ok(dense)
    }

    fn place(&self, security: usize) -> Placed {
        let extent = self.extent(security);
        let mut placed = Placed {
            place: Place { first: extent.days.start, len: extent.days.len(), ..Place::default() },
            ..Placed::default()
        };
        match self.pieces[security].as_slice() {
            _ if extent.days.is_empty() => {}
            &[Piece { chunk, run }] if extent.is_whole() => {
                placed.place.block = chunk;
                placed.place.start = self.chunks[chunk].runs[run].entries().start;
            }
            _ if extent.is_whole() => placed.own = Some(self.join(security)),
            _ => match self.fill(security, &extent) {
                Ok(own) => placed.own = Some(own),
                Err(refused) => placed.refused = Some(refused),
            },
        }
        placed.off_calendar = extent.off_calendar;
        placed
    }

    /// The rows of a security, each with its chunk, entry and date.
    pub(crate) fn rows(&self, security: usize) -> impl Iterator<Item = (usize, usize, Date)> {
        let piece =
            |&Piece { chunk, run }| self.chunks[chunk].dates(run).map(move |(entry, date)| (chunk, entry, date));
        self.pieces[security].iter().flat_map(piece)
    }

    fn lookup(&self, security: usize) -> &(Calendar, Lookup) {
        &self.calendars[self.roster.market_of[security].unwrap_or_default()]
    }

    fn extent(&self, security: usize) -> Extent {
        let mut extent = Extent { rising: true, ..Extent::default() };
        if self.pieces[security].is_empty() {
            return extent;
        }
        let (calendar, lookup) = self.lookup(security);
        let consecutive = |days: &[i32]| {
            let start = lookup.index_of(Date(*days.first()?))?;
            let known = calendar.dates().get(start..start + days.len())?;
            known.iter().zip(days).all(|(known, day)| known.0 == *day).then_some(start..start + days.len())
        };
        for &Piece { chunk: c, run } in &self.pieces[security] {
            let chunk = &self.chunks[c];
            extent.unsound |= chunk.unsound;
            if let Some(days) = consecutive(chunk.days.of(run)) {
                extent.add(days);
                continue;
            }
            for (entry, date) in chunk.dates(run) {
                match lookup.index_of(date) {
                    Some(day) => extent.add(day..day + 1),
                    None => {
                        let first = Some((c, chunk.place(entry), entry, date));
                        extent.off_calendar.merge(&OffCalendar { rows: 1, first });
                    }
                }
            }
        }
        extent
    }

    /// The values of a security that has one on every day, piece by piece.
    fn join(&self, security: usize) -> Own {
        let join = |column: Option<usize>| {
            let piece = |&Piece { chunk, run }: &Piece| {
                let chunk = &self.chunks[chunk];
                &column.map_or(&chunk.values, |extra| &chunk.extras[extra])[chunk.runs[run].entries()]
            };
            self.pieces[security].iter().map(piece).collect::<Vec<_>>().concat()
        };
        std::iter::once(None).chain((0..self.source.extras.len()).map(Some)).map(join).collect()
    }

    /// Puts the values of a security onto its days; the first row that cannot be is an error.
    fn fill(&self, security: usize, extent: &Extent) -> Result<Own, Refused> {
        let lookup = &self.lookup(security).1;
        let mut own = vec![vec![f64::NAN; extent.days.len()]; 1 + self.source.extras.len()];
        let mut seen = if extent.rising { Vec::new() } else { vec![false; extent.days.len()] };
        let mut refused: Option<((usize, usize), Refused)> = None;
        for (c, entry, date) in self.rows(security) {
            let Some(day) = lookup.index_of(date) else { continue };
            let (chunk, place) = (&self.chunks[c], day - extent.days.start);
            let again = !extent.rising && std::mem::replace(&mut seen[place], true);
            own[0][place] = chunk.values[entry];
            let mut sound = self.source.value.is_sound(chunk.values[entry]);
            for ((column, (extra, _)), read) in own[1..].iter_mut().zip(&self.source.extras).zip(&chunk.extras) {
                column[place] = read[entry];
                sound &= extra.is_sound(read[entry]);
            }
            let key = (c, chunk.place(entry));
            if (again || !sound) && refused.as_ref().is_none_or(|(known, _)| key < *known) {
                refused = Some((key, Refused { chunk: c, entry, security, date, again }));
            }
        }
        refused.map_or(Ok(own), |(_, refused)| Err(refused))
    }
}
