//! Real events as origins of pseudo-events, and the draws of the test `permutation`.

use dayzero_loader::DataError;
use dayzero_model::estimate::Estimator;
use dayzero_model::groups::Group;
use dayzero_model::permutation::Permutations;
use dayzero_model::pseudo_events::{Origin, PseudoEvent};
use dayzero_model::results::{BLOCK, Keep, Results};
use dayzero_model::significance::{Needs, permuted_statistic};
use dayzero_model::{Specification, Window};
use rayon::prelude::*;

use crate::config::Study;
use crate::estimate::estimate_block;
use crate::ledger::{Candidate, Ledger};
use crate::prepare::{self, Ground, Prepared};
use crate::progress::Progress;
use crate::residuals::groups_of;

/// Draws where the user names no number, and it is bearable.
const PERMUTATIONS: usize = 199;

/// Estimates, over all draws and specifications, that are made without being asked for: seconds of least squares.
const BEARABLE: usize = 2_000_000;

/// A draw stands for a sample if it has this share of its events: with fewer, clustering would matter less.
const ENOUGH: f64 = 0.9;

/// The days around a pseudo-event on which estimation needs values, over all specifications, and those
/// on which no real event may lie.
fn reach(study: &Study) -> Option<(Window, Window)> {
    let needs = |specification: &Specification| {
        let (event, estimation) = (specification.event, specification.estimation);
        let fewest = specification.minimum_observations.max(1) as i32 - 1;
        let first = event.first().min(estimation.last() - fewest);
        (first, event.last().max(estimation.first() + fewest))
    };
    let first = study.specifications.iter().map(|s| needs(s).0).min()?;
    let last = study.specifications.iter().map(|s| needs(s).1).max()?;
    let quiet_first = study.specifications.iter().map(|s| s.event.first()).min()?;
    let quiet_last = study.specifications.iter().map(|s| s.event.last()).max()?;
    Some((Window::new(first, last)?, Window::new(quiet_first, quiet_last)?))
}

/// The candidates that can be moved at all, with their places in the ledger, and the days around a pseudo-event on which
/// no real event may lie; nothing where the windows are too far apart.
pub(crate) fn origins(study: &Study, ground: Ground<'_>) -> Option<(Vec<(usize, Origin)>, Window)> {
    let panel = &ground.loaded.assembled.panel;
    let (needed, quiet) = reach(study)?;
    let origin = |(place, candidate): (usize, &Candidate)| {
        let Candidate { security, market, day0, .. } = *candidate;
        let days = panel.securities()[security].days();
        // The first price makes no return.
        let first = (days.start as i64 + 1 - i64::from(needed.first())).max(0);
        let last = days.end as i64 - 1 - i64::from(needed.last());
        let room = usize::try_from(first).ok()?..=usize::try_from(last).ok()?;
        Some((place, Origin { security, market, day0, date: panel.markets[market].calendar.dates()[day0], room }))
    };
    Some((ground.ledger.candidates.iter().enumerate().filter_map(origin).collect(), quiet))
}

/// Pseudo-events as candidates of a ledger of their own. The real events stay on its calendar, so that they are
/// masked.
pub(crate) fn ledger(real: &Ledger, events: impl Iterator<Item = PseudoEvent>, groups: Vec<Group>) -> Ledger {
    let candidate = |(row, event): (usize, PseudoEvent)| {
        let PseudoEvent { security, market, day0 } = event;
        Candidate { row, security, market, day0 }
    };
    Ledger {
        rows: Vec::new(),
        group_columns: Vec::new(),
        candidates: events.enumerate().map(candidate).collect(),
        events: real.events.clone(),
        groups,
        differences: Vec::new(),
        notes: Vec::new(),
    }
}

/// Statistics of moved events under one specification, by group and declared window.
#[derive(Clone, Debug, Default)]
pub struct Permuted {
    windows: usize,
    cells: Vec<Vec<f64>>,
}

impl Permuted {
    /// The statistics of the draws for a group and a declared window, where there are draws.
    pub fn of(&self, group: usize, window: usize) -> Option<&Vec<f64>> {
        (window < self.windows).then(|| &self.cells[group * self.windows + window])
    }
}

/// Moves the events of the study as often as its test asks, and estimates them under every specification. `results` are
/// those of the real events.
///
/// # Errors
/// A characteristic that the inputs do not have.
pub(crate) fn permute(
    study: &Study,
    ground: Ground<'_>,
    prepared: &[Prepared],
    results: &[Results],
    progress: &Progress,
) -> Result<Vec<Permuted>, DataError> {
    let none = || vec![Permuted::default(); study.specifications.len()];
    if !Needs::of(&study.tests).permutations {
        return Ok(none());
    }
    let Some((origins, quiet)) = origins(study, ground) else { return Ok(none()) };
    let permutations = Permutations::new(origins, &ground.ledger.events, quiet);
    let is_dear = |s: &&Specification| s.recipe.method.is_costly() || s.recipe.peers.is_some();
    let cheap = study.specifications.iter().filter(|specification| !is_dear(specification)).count();
    let many = PERMUTATIONS * ground.ledger.candidates.len() * cheap > BEARABLE;
    let draws = |specification: &Specification| {
        study.permutations.unwrap_or(if many || is_dear(&specification) { 0 } else { PERMUTATIONS })
    };
    progress.start("moving events", "draws", study.specifications.iter().map(draws).sum());
    let one = |(index, results): (usize, &Results)| {
        let specification = &study.specifications[index];
        let draws = draws(specification);
        let field = Field { study, ground, specification, prepared: &prepared[index], groups_of: groups_of(ground) };
        field.permute(&permutations, results, draws, progress)
    };
    let permuted = results.iter().enumerate().map(one).collect();
    progress.finish();
    permuted
}

/// What the draws of one specification read.
struct Field<'a> {
    study: &'a Study,
    ground: Ground<'a>,
    specification: &'a Specification,
    prepared: &'a Prepared,
    groups_of: Vec<Vec<usize>>,
}

impl Field<'_> {
    fn permute(
        &self,
        permutations: &Permutations<'_>,
        results: &Results,
        draws: usize,
        progress: &Progress,
    ) -> Result<Permuted, DataError> {
        if draws == 0 {
            return Ok(Permuted::default());
        }
        let mut real = self.cells();
        self.collect(results, &(0..results.len()).collect::<Vec<_>>(), &mut real);
        let draw = |estimator: &mut Estimator, number: usize| {
            let scars = self.draw(&permutations.draw(self.study.seed, number as u64), estimator)?;
            progress.advance(1);
            let statistic = |(scars, real): (&Vec<f64>, &Vec<f64>)| {
                let enough = scars.len() as f64 >= ENOUGH * real.len() as f64;
                enough.then(|| permuted_statistic(scars).ok()).flatten()
            };
            Ok(scars.iter().zip(&real).map(statistic).collect())
        };
        // Of a draw only the SCARs of windows are looked at.
        let estimator = || Estimator::without_residuals(false);
        // Collected in the order of the draws, whatever thread made them.
        let drawn: Vec<Vec<Option<f64>>> =
            (0..draws).into_par_iter().map_init(estimator, draw).collect::<Result<_, DataError>>()?;
        let cell = |cell: usize| drawn.iter().filter_map(|statistics| statistics[cell]).collect();
        Ok(Permuted { windows: self.specification.car_windows.len(), cells: (0..real.len()).map(cell).collect() })
    }

    /// No SCAR yet, by group and declared window.
    fn cells(&self) -> Vec<Vec<f64>> {
        vec![Vec::new(); self.ground.ledger.groups.len() * self.specification.car_windows.len()]
    }

    /// SCARs of moved events, by group and declared window.
    fn draw(&self, moved: &[(usize, PseudoEvent)], estimator: &mut Estimator) -> Result<Vec<Vec<f64>>, DataError> {
        let ledger = ledger(self.ground.ledger, moved.iter().map(|(_, event)| *event), Vec::new());
        let ground = Ground { loaded: self.ground.loaded, ledger: &ledger };
        let prepared = prepare::for_others(self.study, ground, self.specification, self.prepared)?;
        let mut cells = self.cells();
        let events: Vec<usize> = (0..moved.len()).collect();
        for (block, moved) in events.chunks(BLOCK).zip(moved.chunks(BLOCK)) {
            let results = Results::keeping(self.specification, Keep::NONE);
            let results = estimate_block(ground, self.specification, &prepared, block, estimator, results);
            let places: Vec<usize> = moved.iter().map(|(place, _)| *place).collect();
            self.collect(&results, &places, &mut cells);
        }
        Ok(cells)
    }

    /// Adds the SCARs of results whose events stand at these places of the ledger.
    fn collect(&self, results: &Results, places: &[usize], cells: &mut [Vec<f64>]) {
        let windows = self.specification.car_windows.len();
        for (event, &place) in places.iter().enumerate() {
            for window in 0..windows {
                let Some(scar) = results.window_scar(event, window).get() else { continue };
                self.groups_of[place].iter().for_each(|group| cells[group * windows + window].push(scar));
            }
        }
    }
}
