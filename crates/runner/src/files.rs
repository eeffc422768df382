//! The files of the tables that a study asks for, some of which grow with every specification.

use std::ops::Range;

use rayon::prelude::*;

use crate::Failure;
use crate::config::Study;
use crate::finished::Finished;
use crate::manifest::WrittenTable;
use crate::output::Staging;
use crate::pipeline::requested;
use crate::table_file::TableFile;
use crate::tables::Table;

/// The files of the tables that a study asks for.
pub(crate) struct Files<'a> {
    study: &'a Study,
    staging: &'a Staging,
    metadata: String,
    /// The files of the tables that grow, in their order.
    growing: Vec<TableFile>,
}

impl<'a> Files<'a> {
    /// Opens the files of the tables that grow.
    pub(crate) fn open(
        study: &'a Study,
        staging: &'a Staging,
        finished: &Finished<'_>,
        metadata: String,
    ) -> Result<Self, Failure> {
        let tables = requested(study, finished)?;
        let open = |table: &Table<'_>| staging.open_table(table, study.output.format, &metadata);
        let growing = tables.iter().filter(|table| table.grows()).map(open).collect::<Result<_, _>>()?;
        Ok(Self { study, staging, metadata, growing })
    }

    /// Adds the rows of some specifications, whose results have come.
    pub(crate) fn add(&mut self, finished: &Finished<'_>, specifications: Range<usize>) -> Result<(), Failure> {
        let tables = requested(self.study, finished)?;
        let growing: Vec<&Table<'_>> = tables.iter().filter(|table| table.grows()).collect();
        let add =
            |(file, table): (&mut TableFile, &&Table<'_>)| file.add(table, table.units_of(specifications.clone()));
        self.growing.par_iter_mut().zip(&growing).try_for_each(add)
    }

    /// Adds the rows of the last specifications, writes the other tables and ends all files.
    pub(crate) fn finish(mut self, finished: &Finished<'_>, last: Range<usize>) -> Result<Vec<WrittenTable>, Failure> {
        let tables = requested(self.study, finished)?;
        let (study, staging, metadata) = (self.study, self.staging, self.metadata.clone());
        let whole = |table: &Table<'_>| {
            (!table.grows()).then(|| staging.write(table, study.output.format, &metadata)).transpose()
        };
        let whole = || tables.par_iter().map(whole).collect::<Result<Vec<Option<WrittenTable>>, Failure>>();
        let grow = || {
            self.add(finished, last)?;
            self.growing.into_iter().map(TableFile::finish).collect::<Result<Vec<WrittenTable>, Failure>>()
        };
        let (whole, grown) = rayon::join(whole, grow);
        let mut grown = grown?.into_iter();
        Ok(whole?.into_iter().filter_map(|table| table.or_else(|| grown.next())).collect())
    }
}
