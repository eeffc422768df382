//! A study with its results: what the tables are written from.

use dayzero_model::averages::Average;
use dayzero_model::results::Results;
use dayzero_model::{Date, Outcome, Specification};

use crate::backtest::Backtested;
use crate::config::Study;
use crate::infer::TestRow;
use crate::influence::InfluenceRow;
use crate::ledger::Ledger;
use crate::load::Loaded;
use crate::longrun::{self, CalendarTimeRow, RatsRows};
use crate::performance::Performance;
use crate::regressions::RegressionRows;
use crate::simulate::calibrate::PlaceboSize;

/// The place of a row that is no candidate.
const NOWHERE: u32 = u32::MAX;

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
    /// For every input row, its place among the candidates, or [`NOWHERE`].
    places: Vec<u32>,
}

impl<'a> Finished<'a> {
    /// A study before estimation: no event has a result yet.
    pub fn unestimated(study: &'a Study, loaded: &'a Loaded, ledger: &'a Ledger) -> Self {
        let mut places = vec![NOWHERE; ledger.rows.len()];
        for (place, candidate) in ledger.candidates.iter().enumerate() {
            places[candidate.row] = place as u32;
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
            places,
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

    /// Place of an input row among the candidates, once there are results.
    pub fn place(&self, row: usize) -> Option<usize> {
        let place = self.places[row] as usize;
        self.results.first().is_some_and(|results| place < results.len()).then_some(place)
    }

    /// Outcome and reason of an input row under a specification.
    pub fn outcome(&self, specification: usize, row: usize) -> (Option<Outcome>, Option<&str>) {
        match self.place(row) {
            // Candidates are excluded by nothing but their results.
            Some(place) => {
                let results = &self.results[specification];
                (Some(results.outcome(place)), results.reason(place))
            }
            None => match &self.ledger.rows[row].exclusion {
                Some((outcome, reason)) => (Some(*outcome), Some(reason)),
                None => (None, None),
            },
        }
    }

    /// Outcome and reason of an input row over all specifications: the worst use that any
    /// specification that estimates it makes of it, or the first exclusion when none does.
    pub fn overall_outcome(&self, row: usize) -> (Option<Outcome>, Option<&str>) {
        let all = || (0..self.results.len()).map(|specification| self.outcome(specification, row));
        let estimated = all().filter(|(outcome, _)| outcome.is_some_and(Outcome::is_estimated));
        estimated.max_by_key(|(outcome, _)| *outcome).or_else(|| all().next()).unwrap_or((None, None))
    }

    /// The date of a calendar day of an event's market.
    pub fn date(&self, place: usize, day: u32) -> Date {
        let market = self.ledger.candidates[place].market;
        self.loaded.assembled.panel.markets[market].calendar.dates()[day as usize]
    }

    /// Pairs of specification and input row that have an estimate, in that order.
    pub fn estimated(&self) -> Vec<(usize, usize)> {
        let rows = 0..self.ledger.rows.len();
        let has = |specification: usize, row: usize| {
            self.place(row).is_some_and(|place| self.results[specification].outcome(place).is_estimated())
        };
        (0..self.results.len())
            .flat_map(|s| rows.clone().filter(move |&row| has(s, row)).map(move |row| (s, row)))
            .collect()
    }
}
