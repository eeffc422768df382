//! Price rows that cannot be: where they stand, and what to do.

use crate::DataError;
use crate::dense::{Piece, Placement};

impl Placement<'_> {
    /// Why an entry cannot be.
    pub(crate) fn refuse(&self, security: usize, chunk: usize, entry: usize, again: bool) -> DataError {
        if again {
            return self.duplicate(security, chunk, entry);
        }
        let values = &self.chunks[chunk];
        let own = (self.source.value.name(), self.source.value.check(values.values[entry]));
        let extras = self.source.extras.iter().zip(&values.extras);
        let further = extras.map(|((extra, name), column)| (name.as_str(), extra.check(column[entry])));
        let impossible = std::iter::once(own).chain(further).find_map(|(name, check)| Some((name, check.err()?)));
        let (name, (problem, remedy)) = impossible.unwrap_or_default();
        self.error_at(chunk, entry, name, problem).remedy(remedy)
    }

    fn duplicate(&self, security: usize, chunk: usize, entry: usize) -> DataError {
        let own = &self.chunks[chunk];
        let date = own.dates[entry];
        let before =
            |piece: &Piece, e: usize| (piece.chunk, self.chunks[piece.chunk].place(e)) < (chunk, own.place(entry));
        let pieces = &self.pieces()[security];
        let entries = pieces.iter().flat_map(|piece| piece.run.entries().map(move |e| (piece, e)));
        let earlier = entries
            .filter(|(piece, e)| self.chunks[piece.chunk].dates[*e] == date && before(piece, *e))
            .min_by_key(|(piece, e)| (piece.chunk, self.chunks[piece.chunk].place(*e)));
        let first = earlier.map_or(String::new(), |(piece, e)| {
            let other = &self.chunks[piece.chunk];
            let file = &self.source.files[other.file].path;
            format!(", first in {} at data row {}", file.display(), other.row(e) + 1)
        });
        let name = self.name(security, chunk);
        let problem = format!("{name} on {date} stands here for the second time{first}");
        self.error_at(chunk, entry, &self.source.date, problem).remedy("keep one row per security and date")
    }

    fn name(&self, security: usize, chunk: usize) -> &str {
        let code = self.securities[chunk].iter().position(|&known| known == Some(security));
        code.map_or("", |code| &self.chunks[chunk].securities[code])
    }

    /// An error at an entry of a chunk.
    pub(crate) fn error_at(&self, chunk: usize, entry: usize, column: &str, problem: impl Into<String>) -> DataError {
        let chunk = &self.chunks[chunk];
        let file = &self.source.files[chunk.file].path;
        DataError::new(problem).file(file).column(column).row(chunk.row(entry))
    }
}
