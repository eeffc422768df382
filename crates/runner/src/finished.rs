//! A study with its results: what the tables are written from.

use dayzero_model::averages::Average;
use dayzero_model::results::Results;
use dayzero_model::significance::StudentTails;
use dayzero_model::{Date, Outcome, Specification};

use crate::backtest::Backtested;
use crate::config::Study;
use crate::findings::Case;
use crate::infer::TestRow;
use crate::influence::InfluenceRow;
use crate::ledger::{self, Ledger};
use crate::load::Loaded;
use crate::longrun::{self, CalendarTimeRow, RatsRows};
use crate::performance::Performance;
use crate::regressions::RegressionRows;
use crate::simulate::calibrate::PlaceboSize;

/// What is looked up of every input row that is a candidate, in few bytes.
#[derive(Clone, Copy)]
struct Place {
    /// Among the candidates, or [`NOWHERE`].
    candidate: u32,
    market: u32,
    day0: u32,
}

/// The place of a row that is no candidate.
const NOWHERE: Place = Place { candidate: u32::MAX, market: 0, day0: 0 };

/// A study with its results.
pub struct Finished<'a> {
    /// The study.
    pub study: &'a Study,
    /// What was read.
    pub loaded: &'a Loaded,
    /// The ledger.
    pub ledger: &'a Ledger,
    /// Results by specification, in the order of the ledger's candidates.
    pub results: Vec<Results>,
    /// Averages by specification, group and day.
    pub averages: Vec<Vec<Vec<Average>>>,
    /// Tests.
    pub tests: Vec<TestRow>,
    /// What the means of declared windows rest on.
    pub influence: Vec<InfluenceRow>,
    /// How often tests reject on placebo samples, where the study asks for that.
    pub placebos: Vec<PlaceboSize>,
    /// By specification, the names of the factors that its portfolios are regressed on.
    pub factor_names: Vec<Vec<String>>,
    /// Portfolios in calendar time.
    pub calendar_time: Vec<CalendarTimeRow>,
    /// Returns across time and securities.
    pub rats: Vec<RatsRows>,
    /// Regressions on what is known of the events.
    pub regressions: Vec<RegressionRows>,
    /// The events, traded.
    pub backtest: Option<Backtested>,
    /// What the records of its strategies say.
    pub performance: Option<Performance>,
    /// Estimated events on their own, where there are few.
    pub cases: Vec<Case>,
    /// Tails of the t-statistics of single events.
    pub tails: StudentTails,
    /// By input row.
    places: Vec<Place>,
    /// For every candidate, the specification that decides on its overall outcome; empty before estimation.
    deciding: Vec<u32>,
}

impl<'a> Finished<'a> {
    /// A study before estimation: no event has a result yet.
    pub fn unestimated(study: &'a Study, loaded: &'a Loaded, ledger: &'a Ledger) -> Self {
        let mut places = vec![NOWHERE; ledger.rows.len()];
        for (place, candidate) in ledger.candidates.iter().enumerate() {
            places[candidate.row] =
                Place { candidate: place as u32, market: candidate.market as u32, day0: candidate.day0 as u32 };
        }
        let results = study.specifications.iter().map(Results::new).collect();
        let factor_names = study.specifications.iter().map(longrun::factor_names).collect();
        Self {
            study,
            loaded,
            ledger,
            results,
            averages: Vec::new(),
            tests: Vec::new(),
            influence: Vec::new(),
            placebos: Vec::new(),
            factor_names,
            calendar_time: Vec::new(),
            rats: Vec::new(),
            regressions: Vec::new(),
            backtest: None,
            performance: None,
            cases: Vec::new(),
            tails: StudentTails::default(),
            places,
            deciding: Vec::new(),
        }
    }

    /// How often the test of a row rejects on placebo samples, where it was tried.
    pub fn placebo_size(&self, row: &TestRow) -> Option<&PlaceboSize> {
        self.placebos.iter().find(|size| size.is_of(row))
    }

    /// A specification.
    pub fn specification(&self, index: usize) -> &Specification {
        &self.study.specifications[index]
    }

    /// Takes over the results of the next specifications.
    pub fn take(&mut self, first: usize, results: Vec<Results>) {
        for (specification, results) in (first..).zip(results) {
            self.deciding.resize(results.len(), 0);
            self.results[specification] = results;
            for (place, outcome) in self.results[specification].outcomes().enumerate() {
                let known = self.results[self.deciding[place] as usize].outcome(place);
                if outcome.is_estimated() && (!known.is_estimated() || outcome >= known) {
                    self.deciding[place] = specification as u32;
                }
            }
        }
    }

    /// Forgets the numbers of a specification once they are written; what the events came to stays.
    pub fn forget_numbers(&mut self, specification: usize) {
        self.results[specification].forget_numbers(&self.study.specifications[specification]);
    }

    /// Place of an input row among the candidates, once there are results.
    pub fn place(&self, row: usize) -> Option<usize> {
        let place = self.places[row].candidate as usize;
        (place < self.deciding.len()).then_some(place)
    }

    /// Outcome and reason of an input row under a specification.
    pub fn outcome(&self, specification: usize, row: usize) -> (Option<Outcome>, Option<&str>) {
        (self.outcome_at(specification, row, self.place(row)), self.reason(specification, row))
    }

    /// Outcome of an input row under a specification, with its place among the candidates.
    pub fn outcome_at(&self, specification: usize, row: usize, place: Option<usize>) -> Option<Outcome> {
        match place {
            // Candidates are excluded by nothing but their results.
            Some(place) => Some(self.results[specification].outcome(place)),
            None => self.ledger.rows[row].exclusion.as_ref().map(|exclusion| exclusion.0),
        }
    }

    /// Reason of an input row under a specification.
    pub fn reason(&self, specification: usize, row: usize) -> Option<&str> {
        match self.place(row) {
            Some(place) => self.results[specification].reason(place),
            None => self.ledger.rows[row].exclusion.as_ref().map(|exclusion| exclusion.1.as_str()),
        }
    }

    /// What the input events came to under a specification, in no order that means anything; `None` before estimation.
    pub fn outcomes(&self, specification: usize) -> impl Iterator<Item = Option<Outcome>> {
        let results = &self.results[specification];
        self.ledger.exclusions().map(Some).chain(results.outcomes().map(Some)).chain(self.unknown_but(results.len()))
    }

    /// The same over all specifications.
    pub fn overall_outcomes(&self) -> impl Iterator<Item = Option<Outcome>> {
        let decided = self.deciding.iter().enumerate();
        let decided = decided.map(|(place, &specification)| Some(self.results[specification as usize].outcome(place)));
        self.ledger.exclusions().map(Some).chain(decided).chain(self.unknown_but(self.deciding.len()))
    }

    /// Those of the candidates but for so many.
    fn unknown_but(&self, known: usize) -> impl Iterator<Item = Option<Outcome>> {
        std::iter::repeat_n(None, self.ledger.candidates.len() - known)
    }

    /// Outcome and reason of an input row over all specifications: the worst use that any
    /// specification that estimates it makes of it, or the first exclusion when none does.
    pub fn overall_outcome(&self, row: usize) -> (Option<Outcome>, Option<&str>) {
        self.outcome(self.deciding(row), row)
    }

    /// The specification that decides on the overall outcome of an input row.
    pub fn deciding(&self, row: usize) -> usize {
        self.place(row).map_or(0, |place| self.deciding[place] as usize)
    }

    /// The date of a day of the window of a row's event, counted from its first; `None` beyond the calendar.
    pub fn date_of_window(&self, specification: usize, row: usize, day: usize) -> Option<Date> {
        let Place { market, day0, .. } = self.places[row];
        let day = ledger::day_of_window(day0 as usize, self.specification(specification), day)?;
        self.loaded.assembled.panel.markets[market as usize].calendar.dates().get(day).copied()
    }

    /// The date of a calendar day of the market of a row's event.
    pub fn date(&self, row: usize, day: u32) -> Date {
        let market = self.places[row].market as usize;
        self.loaded.assembled.panel.markets[market].calendar.dates()[day as usize]
    }
}
