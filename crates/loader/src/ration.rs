//! How much of a bound on memory the price rows may take.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::DataError;
use crate::spill::{Bound, Spill};

/// Bytes per row of a row group while it is decoded and put in the order of its securities.
const DECODING: u64 = 64;

/// The bound, divided: the panel, which must be held, row groups that are being decoded, and what is left for
/// rows that are held twice, since they do not stand in the order of their securities.
pub(crate) struct Ration {
    pub(crate) spill: Spill,
    bytes: u64,
    /// Bytes of the panel per row.
    per_row: u64,
    decoding: u64,
    rows: AtomicU64,
}

impl Ration {
    /// For row groups of these sizes.
    pub(crate) fn new(bound: Option<&Bound>, sizes: &[u64]) -> Self {
        let at_once = rayon::current_num_threads().min(sizes.len()) as u64;
        let decoding = DECODING * sizes.iter().max().copied().unwrap_or_default() * at_once;
        let (bytes, per_row) = bound.map_or((u64::MAX, 0), |bound| (bound.bytes, 8 * bound.columns as u64));
        let panel = per_row * sizes.iter().sum::<u64>();
        // Half for rows that stay, half for those that are brought back.
        let room = bytes.saturating_sub(panel).saturating_sub(decoding) / 2;
        let directory = bound.map_or_else(std::env::temp_dir, |bound| bound.directory.clone());
        Self { spill: Spill::new(&directory, room), bytes, per_row, decoding, rows: AtomicU64::new(0) }
    }

    /// Takes room in the panel for so many rows; whether there is any.
    pub(crate) fn take(&self, rows: usize) -> bool {
        let before = self.rows.fetch_add(rows as u64, Ordering::Relaxed);
        self.needed(before + rows as u64) <= self.bytes
    }

    fn needed(&self, rows: u64) -> u64 {
        self.per_row * rows + self.decoding
    }

    /// Refuses a bound that was too low.
    pub(crate) fn check(&self) -> Result<(), DataError> {
        let rows = self.rows.load(Ordering::Relaxed);
        let needed = self.needed(rows);
        if needed <= self.bytes {
            return Ok(());
        }
        let problem = format!(
            "{rows} rows of prices need {} of memory, {} of it for the row groups that are decoded at once, and \
             [run] memory allows {}",
            mebibytes(needed),
            mebibytes(self.decoding),
            mebibytes(self.bytes)
        );
        let remedy = format!(
            "allow at least {}, study fewer securities, or decode fewer row groups at once with [run] threads",
            mebibytes(needed)
        );
        Err(DataError::new(problem).remedy(remedy))
    }
}

/// A size to read, rounded up.
pub(crate) fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(1 << 20))
}
