//! The tables of a run: one file per table, which says what each column is and where it comes from.
//!
//! A table is a list of columns over [`Cell`]s; arrays are made chunk by chunk, only for the columns
//! that are written. To add a table: one file here, one line in [`TABLES`], and its name in
//! [`crate::table_names`].

pub(crate) mod abnormal_returns;
mod arrays;
mod averages;
mod calendar_time;
mod cars;
mod column;
mod estimates;
mod events;
mod influence;
mod performance;
mod portfolio;
mod rats;
mod regressions;
pub mod rejections;
mod runs;
mod specifications;
mod strategies;
mod table;
mod tests;
mod trades;
mod walk_forward;

pub use column::Column;
pub use runs::{Cell, Estimate, Runs};
pub use table::Table;

use crate::config::Mistake;
use crate::finished::Finished;

/// How a table is made.
type Builder = for<'a> fn(&'a Finished<'a>) -> Table<'a>;

/// Every table, in the order in which lists show them.
pub const TABLES: &[(&str, Builder)] = &[
    ("events", events::table),
    ("specifications", specifications::table),
    ("estimates", estimates::table),
    ("abnormal_returns", abnormal_returns::table),
    ("cars", cars::table),
    ("averages", averages::table),
    ("tests", tests::table),
    ("influence", influence::table),
    ("calendar_time", calendar_time::table),
    ("rats", rats::table),
    ("regressions", regressions::table),
    ("strategies", strategies::table),
    ("trades", trades::table),
    ("portfolio", portfolio::table),
    ("performance", performance::table),
    ("walk_forward", walk_forward::table),
];

/// The tables that a study asks for, narrowed as it asks.
///
/// # Errors
/// `[output] columns` names a column that its table does not have.
pub fn requested<'a>(finished: &'a Finished<'a>) -> Result<Vec<Table<'a>>, Mistake> {
    let output = &finished.study.output;
    let mut wanted = Vec::new();
    for (name, build) in TABLES {
        // Narrowed even where it is not written, so that a misspelt column is found.
        let table = match output.columns.get(*name) {
            Some(keep) => build(finished).narrow(keep)?,
            None => build(finished),
        };
        if output.tables.iter().any(|written| written == name) {
            wanted.push(table);
        }
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests_of_registry {
    use super::*;
    use crate::table_names::TABLE_NAMES;

    #[test]
    fn names_agree() {
        assert_eq!(TABLES.iter().map(|(name, _)| *name).collect::<Vec<_>>(), TABLE_NAMES);
    }
}
