//! Which rows of a row group are read.

use std::ops::Range;

use parquet::arrow::arrow_reader::RowSelection;

/// The rows of a row group that are read, in their order: rising ranges within the row group. A *position* counts
/// the rows that are read.
pub(crate) struct Selected {
    /// Row of the file at which the row group starts.
    first_row: u64,
    /// First position of every range, and the range.
    ranges: Vec<(usize, Range<usize>)>,
}

impl Selected {
    /// These ranges of the row group.
    pub(crate) fn new(first_row: u64, ranges: impl IntoIterator<Item = Range<usize>>) -> Self {
        let mut position = 0;
        let mut with_position = Vec::new();
        for range in ranges {
            let start = position;
            position += range.len();
            with_position.push((start, range));
        }
        Self { first_row, ranges: with_position }
    }

    /// Number of rows that are read.
    pub(crate) fn len(&self) -> usize {
        self.ranges.last().map_or(0, |(start, range)| start + range.len())
    }

    /// What the reader has to be told.
    pub(crate) fn selection(&self, rows: usize) -> RowSelection {
        RowSelection::from_consecutive_ranges(self.ranges.iter().map(|(_, range)| range.clone()), rows)
    }

    /// The row of the file at a position.
    pub(crate) fn row(&self, position: usize) -> u64 {
        let known = self.ranges.partition_point(|(start, _)| *start <= position).saturating_sub(1);
        let place = self.ranges.get(known).map_or(position, |(start, range)| range.start + position - start);
        self.first_row + place as u64
    }

    /// Positions in pieces of consecutive rows of the file.
    pub(crate) fn pieces(&self, positions: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let first = self.ranges.partition_point(|(start, _)| *start <= positions.start).saturating_sub(1);
        let within = move |(start, range): &(usize, Range<usize>)| {
            (*start).max(positions.start)..(start + range.len()).min(positions.end)
        };
        self.ranges[first..].iter().map(within).take_while(|piece| !piece.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_know_their_rows() {
        let selected = Selected::new(100, [2..5, 7..8, 10..20]);
        let rows: Vec<u64> = (0..selected.len()).map(|position| selected.row(position)).collect();
        assert_eq!(rows, [102, 103, 104, 107].into_iter().chain(110..120).collect::<Vec<_>>());
        assert_eq!(selected.pieces(1..6).collect::<Vec<_>>(), [1..3, 3..4, 4..6]);
        assert_eq!(selected.pieces(5..9).next(), Some(5..9));
    }
}
