//! Which rows a table has.

use dayzero_model::results::{Part, Results};

/// Where a row of a table comes from. What the numbers count depends on the table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cell<'r> {
    /// Specification.
    pub specification: usize,
    /// Input row of the event, or the group.
    pub item: usize,
    /// Day, window or test.
    pub part: usize,
    /// The estimate of the event, in tables of estimates, where it has one.
    pub estimate: Option<Estimate<'r>>,
}

/// The estimate of an event.
#[derive(Clone, Copy, Debug)]
pub struct Estimate<'r> {
    /// The results it is in, of those columns that the table needs.
    pub results: &'r Results,
    /// Its place in them.
    pub place: usize,
}

/// Rows in runs: those of a run differ in their part only, which counts up. A long table has one run per event, so
/// that what its rows share is looked up once.
#[derive(Debug, Default)]
pub struct Runs {
    runs: Vec<Run>,
    rows: usize,
    /// What is shown of the estimates, run after run: results lie in the order of securities, and would be looked up
    /// far from each other by every column.
    estimates: Vec<Results>,
}

/// Some rows.
#[derive(Debug)]
struct Run {
    specification: usize,
    item: usize,
    first_part: usize,
    rows: usize,
    /// Which of the estimates, and the place in it.
    estimate: Option<(u32, u32)>,
}

impl Runs {
    /// Adds a run of so many rows, of which a cell is the first.
    pub(crate) fn push(&mut self, first: Cell<'_>, rows: usize) {
        let Cell { specification, item, part: first_part, .. } = first;
        self.add(Run { specification, item, first_part, rows, estimate: None });
    }

    /// Adds the runs of some events of a specification: their rows in the input, and their places in its results where
    /// they have an estimate, of which a part is shown. `length` says how many rows a run has, with an estimate and
    /// without.
    pub(super) fn push_events(
        &mut self,
        (specification, results): (usize, &Results),
        events: impl Iterator<Item = (usize, Option<usize>)>,
        part: Part,
        length: impl Fn(bool) -> usize,
    ) {
        let shown = self.estimates.len() as u32;
        let mut places = Vec::new();
        for (item, place) in events {
            let estimate = place.map(|_| (shown, places.len() as u32));
            places.extend(place);
            self.add(Run { specification, item, first_part: 0, rows: length(place.is_some()), estimate });
        }
        self.estimates.push(results.some(&places, part));
    }

    fn add(&mut self, run: Run) {
        if run.rows > 0 {
            self.rows += run.rows;
            self.runs.push(run);
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The runs: the cell that begins each, and its number of rows.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Cell<'_>, usize)> {
        self.runs.iter().map(|run| {
            let Run { specification, item, first_part: part, rows, estimate } = *run;
            let show = |(shown, place)| Estimate { results: &self.estimates[shown as usize], place: place as usize };
            (Cell { specification, item, part, estimate: estimate.map(show) }, rows)
        })
    }

    /// Shows every row.
    pub(super) fn for_each(&self, mut show: impl FnMut(&Cell<'_>)) {
        for (mut cell, rows) in self.iter() {
            for _ in 0..rows {
                show(&cell);
                cell.part += 1;
            }
        }
    }
}
