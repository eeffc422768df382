//! Price rows that cannot be: where they stand, and what to do.

use crate::DataError;
use crate::placement::{Placement, Refused};

impl Placement<'_> {
    /// Why a row cannot be.
    pub(crate) fn refuse(&self, refused: &Refused) -> DataError {
        let &Refused { chunk, entry, again, .. } = refused;
        if again {
            return self.duplicate(refused);
        }
        let (columns, here) = (&self.chunks[chunk].columns, self.chunks[chunk].here(entry..entry + 1).start);
        let own = (self.source.value.name(), self.source.value.check(columns.values[here]));
        let extras = self.source.extras.iter().zip(&columns.extras);
        let further = extras.map(|((extra, name), column)| (name.as_str(), extra.check(column[here])));
        let impossible = std::iter::once(own).chain(further).find_map(|(name, check)| Some((name, check.err()?)));
        let (name, (problem, remedy)) = impossible.unwrap_or_default();
        self.error_at(chunk, self.chunks[chunk].row(entry), name, problem).remedy(remedy)
    }

    fn duplicate(&self, &Refused { chunk, entry, security, date, .. }: &Refused) -> DataError {
        let key = |c: usize, entry: usize| (c, self.chunks[c].place(entry));
        let others = self.rows(security).filter(|&(c, e, other)| other == date && key(c, e) < key(chunk, entry));
        let first = others.min_by_key(|&(c, e, _)| key(c, e)).map_or(String::new(), |(c, e, _)| {
            let file = &self.source.files[self.chunks[c].file].path;
            format!(", first in {} at data row {}", file.display(), self.chunks[c].row(e) + 1)
        });
        let name = &self.roster.ids[security];
        let problem = format!("{name} on {date} stands here for the second time{first}");
        self.error_at(chunk, self.chunks[chunk].row(entry), &self.source.date, problem)
            .remedy("keep one row per security and date")
    }

    /// An error at a row of the file of a chunk.
    pub(crate) fn error_at(&self, chunk: usize, row: u64, column: &str, problem: impl Into<String>) -> DataError {
        let file = &self.source.files[self.chunks[chunk].file].path;
        DataError::new(problem).file(file).column(column).row(row)
    }
}
