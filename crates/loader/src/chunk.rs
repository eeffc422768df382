//! Price rows in memory, one chunk per row group.

use dayzero_model::Date;

use crate::columns::Identifiers;

/// The rows of one row group that are wanted, column by column.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// Index of the file.
    pub file: usize,
    /// Row of each entry within its file.
    pub rows: Vec<u64>,
    /// Securities.
    pub security: Identifiers,
    /// Markets; without codes when the table has no market column.
    pub market: Identifiers,
    /// Dates.
    pub dates: Vec<Date>,
    /// The same dates as labels, for timestamps with a zone.
    pub(crate) labels: Labels,
    /// Prices or returns, NaN where missing.
    pub values: Vec<f64>,
    /// Further columns, in the order of [`crate::PriceSource::extras`], NaN where missing.
    pub extras: Vec<Vec<f64>>,
}

/// Whether the dates of a chunk could be dates that were stored as timestamps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Labels {
    /// They are dates.
    #[default]
    Dates,
    /// They are timestamps at midnight of their own zone, on these dates.
    Midnights(Vec<Date>),
    /// They are timestamps, and not all are at midnight.
    Instants,
}

impl Labels {
    /// Prepares for a batch of timestamps that are midnights, or not.
    pub(crate) fn extend_with(&mut self, midnights: bool) {
        if !midnights {
            *self = Self::Instants;
        } else if *self == Self::Dates {
            *self = Self::Midnights(Vec::new());
        }
    }
}

/// Decides over all rows whether timestamps are instants, or dates that were stored as midnights.
pub(crate) fn settle_dates(chunks: &mut [Chunk]) {
    if chunks.iter().any(|chunk| chunk.labels == Labels::Instants) {
        return;
    }
    for chunk in chunks {
        if let Labels::Midnights(labels) = std::mem::take(&mut chunk.labels) {
            chunk.dates = labels;
        }
    }
}
