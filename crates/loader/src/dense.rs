//! Values by security and calendar day.

use std::ops::Range;

use dayzero_model::Date;
use rayon::prelude::*;

use crate::measures::Columns;
use crate::{Extra, PriceSource, ValueColumn};

/// Where the values of a security are: on every calendar day from its first to its last.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// Calendar index of the first.
    pub(crate) first: usize,
    /// Number of days.
    pub(crate) len: usize,
    /// The block of values, and where it starts there.
    pub(crate) block: usize,
    pub(crate) start: usize,
}

impl Place {
    /// Its values in its block.
    pub(crate) fn values(self) -> Range<usize> {
        self.start..self.start + self.len
    }

    /// Its days.
    pub(crate) fn days(self) -> Range<usize> {
        self.first..self.first + self.len
    }
}

/// Rows whose date is no trading day of their market.
#[derive(Clone, Debug, Default)]
pub(crate) struct OffCalendar {
    pub(crate) rows: u64,
    /// Chunk of the first such row as they were read, its place there, its row in the file and its date.
    pub(crate) first: Option<(usize, usize, u64, Date)>,
}

impl OffCalendar {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.first = self.first.into_iter().chain(other.first).min();
    }
}

/// Values by (security, calendar day). A block is what was read from one row group, as it was read, or the
/// values of one security whose rows did not stand on consecutive days there.
pub(crate) struct Dense {
    pub(crate) places: Vec<Place>,
    /// By block.
    pub(crate) values: Vec<Vec<f64>>,
    /// Further columns, in the order of [`PriceSource::extras`], by block.
    pub(crate) extras: Vec<Vec<Vec<f64>>>,
    /// Per market.
    pub(crate) off_calendar: Vec<OffCalendar>,
}

impl Dense {
    /// The values of a security.
    pub(crate) fn values(&self, security: usize) -> &[f64] {
        let place = self.places[security];
        self.values.get(place.block).map_or(&[], |block| &block[place.values()])
    }

    /// Everything that is known of a security, on its days.
    pub(crate) fn run<'a>(&'a self, security: usize, source: &PriceSource) -> Columns<'a> {
        let place = self.places[security];
        let extra = |kind: Extra| {
            let column = source.extras.iter().position(|(known, _)| *known == kind)?;
            Some(self.extras[column].get(place.block).map_or(&[][..], |block| &block[place.values()]))
        };
        Columns {
            values: self.values(security),
            prices: matches!(source.value, ValueColumn::Price(_)),
            open: extra(Extra::Open),
            volume: extra(Extra::Volume),
            shares: extra(Extra::Shares),
            expected: extra(Extra::Expected),
        }
    }

    /// Does something to the values of every security, in parallel.
    pub(crate) fn each_run(&mut self, act: impl Fn(&mut [f64]) + Sync) {
        let mut parts: Vec<Vec<Range<usize>>> = vec![Vec::new(); self.values.len()];
        for place in self.places.iter().filter(|place| place.len > 0) {
            parts[place.block].push(place.values());
        }
        self.values.par_iter_mut().zip(parts).for_each(|(block, mut parts)| {
            parts.sort_unstable_by_key(|part| part.start);
            parts.into_iter().for_each(|part| act(&mut block[part]));
        });
    }
}
