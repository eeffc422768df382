//! Which rows a table has.

use dayzero_model::Outcome;
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
    /// What became of the event, in tables of estimates.
    pub outcome: Option<Outcome>,
    /// Its estimate, there, if it has one.
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
    /// Whether any run is of another specification than the first, begins at another part, or is not as long.
    differ: bool,
}

/// What the rows of runs that are alike have in common: their specification, their parts, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    specification: u32,
    first_part: u32,
    rows: u32,
    runs: usize,
}

/// Some rows, in few bytes.
#[derive(Debug)]
struct Run {
    specification: u32,
    item: u32,
    first_part: u32,
    rows: u32,
    /// Which of the estimates.
    shown: u32,
    /// The place in it, or [`NOWHERE`].
    place: u32,
    outcome: Option<Outcome>,
}

impl Run {
    fn is_like(&self, other: &Self) -> bool {
        let pattern = |run: &Self| (run.specification, run.first_part, run.rows);
        pattern(self) == pattern(other)
    }
}

/// The place of an event without an estimate.
const NOWHERE: u32 = u32::MAX;

/// An event of a table of estimates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    /// Row in the input.
    pub(super) item: usize,
    /// What became of it.
    pub(super) outcome: Option<Outcome>,
    /// Its place in the results, where it has an estimate.
    pub(super) place: Option<usize>,
}

impl Runs {
    /// Adds a run of so many rows, of which a cell is the first.
    pub(crate) fn push(&mut self, first: Cell<'_>, rows: usize) {
        let Cell { specification, item, part, outcome, .. } = first;
        let [specification, item, first_part, rows] = [specification, item, part, rows].map(|number| number as u32);
        self.add(Run { specification, item, first_part, rows, shown: 0, place: NOWHERE, outcome });
    }

    /// Adds the runs of some events of a specification, of whose estimates a part is shown; `length` says how many rows
    /// a run has, with an estimate and without.
    pub(super) fn push_events(
        &mut self,
        (specification, results): (usize, &Results),
        events: impl Iterator<Item = Event>,
        part: Part,
        length: impl Fn(bool) -> usize,
    ) {
        let shown = self.estimates.len() as u32;
        let some = events.size_hint().0;
        let mut places = Vec::with_capacity(some);
        self.runs.reserve(some);
        for Event { item, outcome, place: estimated } in events {
            let place = estimated.map_or(NOWHERE, |_| places.len() as u32);
            places.extend(estimated);
            let (item, rows) = (item as u32, length(estimated.is_some()) as u32);
            self.add(Run { specification: specification as u32, item, first_part: 0, rows, shown, place, outcome });
        }
        self.estimates.push(results.some(&places, part));
    }

    fn add(&mut self, run: Run) {
        if run.rows > 0 {
            self.rows += run.rows as usize;
            self.differ |= self.runs.first().is_some_and(|first| !first.is_like(&run));
            self.runs.push(run);
        }
    }

    /// The pattern of the rows, if all runs are alike.
    pub(super) fn pattern(&self) -> Option<Pattern> {
        let Run { specification, first_part, rows, .. } = *self.runs.first().filter(|_| !self.differ)?;
        Some(Pattern { specification, first_part, rows, runs: self.runs.len() })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The runs: the cell that begins each, and its number of rows.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Cell<'_>, usize)> {
        self.runs.iter().map(|run| {
            let Run { specification, item, first_part, rows, shown, place, outcome } = *run;
            let estimate = || Estimate { results: &self.estimates[shown as usize], place: place as usize };
            let [specification, item, part] = [specification, item, first_part].map(|number| number as usize);
            let estimate = (place != NOWHERE).then(estimate);
            (Cell { specification, item, part, outcome, estimate }, rows as usize)
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
