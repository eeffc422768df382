//! Rows of securities onto their calendars: dense runs that do not depend on the order of the rows.

use std::ops::Range;

use dayzero_model::{Calendar, Date, Market};
use rayon::prelude::*;

use crate::chunk::Chunk;
use crate::dense::{Dense, OffCalendar, Place};
use crate::extent::Extent;
use crate::prices::PriceRows;
use crate::ration::mebibytes;
use crate::roster::Roster;
use crate::spill::{Columns, Spill};
use crate::{DataError, PriceSource};

/// The rows of one security in one chunk.
#[derive(Clone, Copy)]
struct Piece {
    chunk: usize,
    run: usize,
}

/// Everything that says where a row goes, and the rows.
pub(crate) struct Placement<'a> {
    pub(crate) roster: &'a Roster,
    /// Of every market.
    calendars: Vec<Calendar>,
    pub(crate) chunks: Vec<Chunk>,
    spill: Spill,
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
    refused: Option<((usize, usize), Box<DataError>)>,
}

impl<'a> Placement<'a> {
    pub(crate) fn new(roster: &'a Roster, markets: &[Market], rows: PriceRows, source: &'a PriceSource) -> Self {
        let PriceRows { chunks, spill, read: _ } = rows;
        let calendars = markets.iter().map(|market| market.calendar.clone()).collect();
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
        Self { roster, calendars, chunks, spill, source, pieces }
    }

    /// Puts every value in its place, which mostly is where it was read; security by security, in parallel.
    pub(crate) fn scatter(&mut self) -> Result<Dense, DataError> {
        let mut placed: Vec<Placed> = Vec::with_capacity(self.pieces.len());
        for part in self.parts() {
            self.bring_back(&part)?;
            placed.par_extend(part.into_par_iter().map(|security| self.place(security)));
        }
        self.bring_back(&(0..0))?;
        let refused = placed.iter_mut().filter_map(|placed| placed.refused.take());
        if let Some((_, error)) = refused.min_by_key(|(key, _)| *key) {
            return Err(*error);
        }
        Ok(self.gather(placed))
    }

    /// Blocks of those that stay where they were read, and of their own.
    fn gather(&mut self, placed: Vec<Placed>) -> Dense {
        let mut stays = vec![false; self.chunks.len()];
        for placed in placed.iter().filter(|placed| placed.own.is_none() && placed.place.len > 0) {
            stays[placed.place.block] = true;
        }
        let columns = self.chunks.iter_mut().map(|chunk| std::mem::take(&mut chunk.columns));
        let mut read: Vec<Columns> =
            columns.zip(stays).map(|(columns, stays)| if stays { columns } else { Columns::default() }).collect();
        let mut further = |extra: usize| {
            let column = |block: &mut Columns| block.extras.get_mut(extra).map(std::mem::take).unwrap_or_default();
            read.iter_mut().map(column).collect()
        };
        let mut dense = Dense {
            places: Vec::with_capacity(placed.len()),
            extras: (0..self.source.extras.len()).map(&mut further).collect(),
            values: read.into_iter().map(|block| block.values).collect(),
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
        dense
    }

    /// A note where rows had to wait in a file.
    pub(crate) fn note(&self) -> Option<String> {
        let groups = self.chunks.iter().filter(|chunk| chunk.waits()).count();
        let size = mebibytes(self.spill.written());
        (groups > 0)
            .then(|| format!("{size} of {groups} row groups were put aside in a temporary file, for [run] memory"))
    }

    /// The securities in parts whose waiting rows there is room for.
    fn parts(&self) -> Vec<Range<usize>> {
        let width = 12 + 8 * self.source.extras.len();
        let mut sizes = vec![0; self.pieces.len()];
        for (codes, chunk) in self.roster.codes.iter().zip(&self.chunks).filter(|(_, chunk)| chunk.waits()) {
            for run in &chunk.runs {
                if let Some(security) = codes[run.security as usize] {
                    sizes[security] += (run.entries().len() * width) as u64;
                }
            }
        }
        let (mut parts, mut start, mut bytes) = (Vec::new(), 0, 0);
        for (security, size) in sizes.into_iter().enumerate() {
            if bytes > 0 && bytes + size > self.spill.room() {
                parts.push(start..security);
                (start, bytes) = (security, 0);
            }
            bytes += size;
        }
        parts.push(start..self.pieces.len());
        parts
    }

    /// Brings back the waiting rows of some securities, in place of those that are here.
    fn bring_back(&mut self, part: &Range<usize>) -> Result<(), DataError> {
        let extras = self.source.extras.len();
        for (codes, chunk) in self.roster.codes.iter().zip(&mut self.chunks) {
            // The runs of a chunk that waits are in the order of the securities.
            let before = |end: usize| {
                let runs = &chunk.runs;
                let place = runs.partition_point(|run| codes[run.security as usize].is_some_and(|code| code < end));
                place.checked_sub(1).map_or(0, |last| runs[last].entries().end)
            };
            let entries = before(part.start)..before(part.end);
            chunk.bring_back(&self.spill, extras, entries)?;
        }
        Ok(())
    }

    fn place(&self, security: usize) -> Placed {
        let extent = self.extent(security);
        let mut placed = Placed {
            place: Place { first: extent.days.start, len: extent.days.len(), ..Place::default() },
            ..Placed::default()
        };
        match self.pieces[security].as_slice() {
            _ if extent.days.is_empty() => {}
            &[Piece { chunk, run }] if extent.is_whole() && !self.chunks[chunk].waits() => {
                placed.place.block = chunk;
                placed.place.start = self.chunks[chunk].runs[run].entries().start;
            }
            _ if extent.is_whole() => placed.own = Some(self.join(security)),
            _ => match self.fill(security, &extent) {
                Ok(own) => placed.own = Some(own),
                Err((key, refused)) => placed.refused = Some((key, Box::new(self.refuse(&refused)))),
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

    fn calendar(&self, security: usize) -> &Calendar {
        &self.calendars[self.roster.market_of[security].unwrap_or_default()]
    }

    fn extent(&self, security: usize) -> Extent {
        let mut extent = Extent::none();
        if self.pieces[security].is_empty() {
            return extent;
        }
        let calendar = self.calendar(security);
        let consecutive = |days: &[i32]| {
            let start = calendar.index_of(Date(*days.first()?))?;
            let known = calendar.dates().get(start..start + days.len())?;
            // Without an early exit several are compared at once.
            let same = known.iter().zip(days).fold(true, |same, (known, &day)| same & (known.0 == day));
            same.then_some(start..start + days.len())
        };
        for &Piece { chunk: c, run } in &self.pieces[security] {
            let chunk = &self.chunks[c];
            extent.unsound |= chunk.unsound;
            if let Some(days) = consecutive(chunk.days.of(run)) {
                extent.add(days);
                continue;
            }
            for (entry, date) in chunk.dates(run) {
                match calendar.index_of(date) {
                    Some(day) => extent.add(day..day + 1),
                    None => {
                        let first = Some((c, chunk.place(entry), chunk.row(entry), date));
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
                let columns = &chunk.columns;
                let values = column.map_or(&columns.values, |extra| &columns.extras[extra]);
                &values[chunk.here(chunk.runs[run].entries())]
            };
            self.pieces[security].iter().map(piece).collect::<Vec<_>>().concat()
        };
        std::iter::once(None).chain((0..self.source.extras.len()).map(Some)).map(join).collect()
    }

    /// Puts the values of a security onto its days; the first row that cannot be is an error.
    fn fill(&self, security: usize, extent: &Extent) -> Result<Own, ((usize, usize), Refused)> {
        let calendar = self.calendar(security);
        let mut own = vec![vec![f64::NAN; extent.days.len()]; 1 + self.source.extras.len()];
        let mut seen = if extent.rising { Vec::new() } else { vec![false; extent.days.len()] };
        let mut refused: Option<((usize, usize), Refused)> = None;
        for (c, entry, date) in self.rows(security) {
            let Some(day) = calendar.index_of(date) else { continue };
            let (chunk, place) = (&self.chunks[c], day - extent.days.start);
            let (columns, here) = (&chunk.columns, chunk.here(entry..entry + 1).start);
            let again = !extent.rising && std::mem::replace(&mut seen[place], true);
            own[0][place] = columns.values[here];
            let mut sound = self.source.value.is_sound(columns.values[here]);
            for ((column, (extra, _)), read) in own[1..].iter_mut().zip(&self.source.extras).zip(&columns.extras) {
                column[place] = read[here];
                sound &= extra.is_sound(read[here]);
            }
            let key = (c, chunk.place(entry));
            if (again || !sound) && refused.as_ref().is_none_or(|(known, _)| key < *known) {
                refused = Some((key, Refused { chunk: c, entry, security, date, again }));
            }
        }
        refused.map_or(Ok(own), Err)
    }
}
