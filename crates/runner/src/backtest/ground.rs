//! What a backtest reads, made from what was loaded.

use dayzero_loader::BenchmarkSource;
use dayzero_model::backtest::{Announcement, BenchmarkLevels, Facts, Moment, Reactions, Record, Sessions};
use dayzero_model::expected::Source;
use dayzero_model::results::Results;
use dayzero_model::{Measure, Specification};

use super::{clock, figures};
use crate::config::Study;
use crate::config::backtest::Backtest;
use crate::prepare::Ground;

/// Everything that the records of all specifications share.
pub(super) struct Grounds<'a> {
    study: &'a Study,
    ground: Ground<'a>,
    pub(super) facts: Facts,
    /// By market and day, the close of that market, and the last close of any on the same civil date.
    own_closes: Vec<Vec<Moment>>,
    last_closes: Vec<Vec<Moment>>,
}

/// An input event with a security: when it can have come, and when it was known.
pub(super) struct Timed {
    pub(super) security: usize,
    pub(super) earliest: Moment,
    pub(super) known: Moment,
    pub(super) row: usize,
}

impl<'a> Grounds<'a> {
    pub(super) fn new(study: &'a Study, section: &Backtest, ground: Ground<'a>) -> Self {
        let assembled = &ground.loaded.assembled;
        let markets = assembled.panel.markets.iter().zip(&assembled.zones);
        let sessions: Vec<Sessions> = markets.map(|(market, zone)| clock::sessions(market, zone)).collect();
        let benchmarks = (0..sessions.len()).map(|market| benchmark(study, ground, market)).collect();
        let timed = timed(ground);
        let announcements = announcements(ground, &timed);
        let (figures, figure_of) = figures::figures(section, ground, &timed, &announcements);
        let own_closes: Vec<Vec<Moment>> = sessions.iter().map(|sessions| sessions.closes.clone()).collect();
        let last_closes = last_closes(ground, &own_closes);
        let columns = section.columns.iter().map(|name| column(ground, name)).collect();
        let facts = Facts { sessions, benchmarks, announcements, columns, figures, figure_of };
        Self { study, ground, facts, own_closes, last_closes }
    }

    /// The record with the estimates of a specification.
    pub(super) fn record<'b>(&'b self, specification: Option<usize>, results: &'b [Results]) -> Record<'b> {
        let reactions = |index: usize| {
            let specification = &self.study.specifications[index];
            let known = if is_of_one_market(specification) { &self.own_closes } else { &self.last_closes };
            Reactions::new(specification, &results[index], known)
        };
        self.facts.record(&self.ground.loaded.assembled.panel, specification.map(reactions))
    }
}

/// Whether the close of a security's own market is all that its abnormal return waits for. A factor may come
/// from a market that closes later on the same date.
fn is_of_one_market(specification: &Specification) -> bool {
    let factor = |source: &Source| matches!(source, Source::Factor(_));
    !specification.recipe.regressors.iter().any(|regressor| factor(&regressor.source))
}

fn last_closes(ground: Ground<'_>, closes: &[Vec<Moment>]) -> Vec<Vec<Moment>> {
    let markets = &ground.loaded.assembled.panel.markets;
    let last = |date| {
        let of = |(market, closes): (&dayzero_model::Market, &Vec<Moment>)| {
            market.calendar.index_of(date).map(|day| closes[day])
        };
        markets.iter().zip(closes).filter_map(of).max()
    };
    let of = |(market, own): (&dayzero_model::Market, &Vec<Moment>)| {
        market.calendar.dates().iter().zip(own).map(|(&date, &close)| last(date).unwrap_or(close)).collect()
    };
    markets.iter().zip(closes).map(of).collect()
}

/// Every input event that has a security and a time, by security and then by time.
fn timed(ground: Ground<'_>) -> Vec<Timed> {
    let assembled = &ground.loaded.assembled;
    let one = |(row, ledger): (usize, &crate::ledger::Row)| {
        let security = ledger.security? as usize;
        let market = assembled.panel.securities()[security].market;
        let announced = &ground.loaded.events.announced[row];
        let (earliest, known) =
            clock::announced(announced, &assembled.panel.markets[market], &assembled.zones[market])?;
        Some(Timed { security, earliest, known, row })
    };
    let mut found: Vec<Timed> = ground.ledger.rows.iter().enumerate().filter_map(one).collect();
    found.sort_by_key(|timed| (timed.security, timed.known, timed.earliest, timed.row));
    found
}

/// Where each input row stands among the timed events.
pub(super) fn places(ground: Ground<'_>, timed: &[Timed]) -> Vec<usize> {
    let mut places = vec![usize::MAX; ground.ledger.rows.len()];
    timed.iter().enumerate().for_each(|(place, timed)| places[timed.row] = place);
    places
}

fn announcements(ground: Ground<'_>, timed: &[Timed]) -> Vec<Announcement> {
    let places = places(ground, timed);
    let one = |candidate: &crate::ledger::Candidate| {
        // Candidates have a day 0, and so a time.
        let own = &timed[places[candidate.row]];
        let later = timed[places[candidate.row]..].iter().take_while(|other| other.security == own.security);
        let next = later.map(|other| other.earliest).filter(|&earliest| earliest > own.known).min();
        Announcement {
            security: candidate.security,
            market: candidate.market,
            day0: candidate.day0,
            known: own.known,
            next,
        }
    };
    ground.ledger.candidates.iter().map(one).collect()
}

/// A column of the event table, for the candidates.
fn column(ground: Ground<'_>, name: &str) -> Vec<f64> {
    let values = ground.loaded.events.numbers.iter().find(|(known, _)| known == name).map(|(_, values)| values);
    let of = |row: usize| values.map_or(f64::NAN, |values| values[row]);
    ground.ledger.candidates.iter().map(|candidate| of(candidate.row)).collect()
}

/// The benchmark of a market, carried over days without a price.
fn benchmark(study: &Study, ground: Ground<'_>, index: usize) -> BenchmarkLevels {
    let assembled = &ground.loaded.assembled;
    let market = &assembled.panel.markets[index];
    let security = match &study.markets[index].benchmark {
        BenchmarkSource::Security(id) => assembled.securities.get(id).copied(),
        BenchmarkSource::Table { .. } => None,
    };
    let mut levels = BenchmarkLevels { close: vec![f64::NAN; market.calendar.len()], open: Vec::new() };
    match security {
        Some(security) => {
            let days = assembled.panel.securities()[security].days();
            levels.close[days.clone()].copy_from_slice(assembled.panel.run(security, Measure::Close));
            let opens = assembled.panel.run(security, Measure::Open);
            if !opens.is_empty() {
                levels.open = vec![f64::NAN; market.calendar.len()];
                levels.open[days].copy_from_slice(opens);
            }
        }
        None => {
            let mut level = 1.0;
            for (close, &change) in levels.close.iter_mut().zip(&market.benchmark) {
                level *= if change.is_finite() { 1.0 + change } else { 1.0 };
                *close = level;
            }
        }
    }
    let mut last = f64::NAN;
    for close in &mut levels.close {
        last = if close.is_finite() { *close } else { last };
        *close = last;
    }
    levels
}
