//! The quarterly figures of a backtest, and which of them an event announces.

use std::cmp::Reverse;
use std::ops::Range;

use dayzero_loader::events::Announced;
use dayzero_loader::quarters::Quarter;
use dayzero_model::Date;
use dayzero_model::backtest::{Announcement, Figure, Moment, Stamped};

use super::clock;
use super::ground::{Timed, places};
use crate::config::backtest::{Backtest, FigureSource, Join};
use crate::prepare::Ground;

/// Figures by security and quarter, and for every candidate the place of its own with the moment from which on
/// it is known.
type Figures = (Vec<Figure>, Vec<Option<Stamped<usize>>>);

pub(super) fn figures(
    section: &Backtest,
    ground: Ground<'_>,
    timed: &[Timed],
    announcements: &[Announcement],
) -> Figures {
    match &section.figures {
        None => (Vec::new(), Vec::new()),
        Some(FigureSource::Events { actual, forecast }) => of_events(actual, forecast.as_deref(), ground, timed),
        Some(FigureSource::Table { join: Join::Announced { tolerance_days }, .. }) => {
            of_announced(ground, announcements, *tolerance_days)
        }
        Some(FigureSource::Table { join: Join::LatestPeriod { max_age_days }, .. }) => {
            of_latest(ground, announcements, *max_age_days)
        }
    }
}

/// Every input event is a quarter.
fn of_events(actual: &str, forecast: Option<&str>, ground: Ground<'_>, timed: &[Timed]) -> Figures {
    let of = |name: Option<&str>, row: usize| {
        let column = ground.loaded.events.numbers.iter().find(|(known, _)| Some(known.as_str()) == name);
        column.map_or(f64::NAN, |(_, values)| values[row])
    };
    let one = |timed: &Timed| Figure {
        security: timed.security,
        // What has a time has a date.
        quarter: ground.ledger.rows[timed.row].announced_on.unwrap_or(Date(0)),
        known: timed.known,
        actual: of(Some(actual), timed.row),
        forecast: of(forecast, timed.row),
    };
    let places = places(ground, timed);
    let own = |place: usize| Some(Stamped::new(timed[place].known, place));
    let figure_of = ground.ledger.candidates.iter().map(|candidate| own(places[candidate.row])).collect();
    (timed.iter().map(one).collect(), figure_of)
}

/// The figure of an event is the one that was announced on its date, or nearest to it within the tolerance; of
/// several that were announced at once, that of the latest quarter. Two events may have the same.
fn of_announced(ground: Ground<'_>, announcements: &[Announcement], tolerance: i32) -> Figures {
    let assembled = &ground.loaded.assembled;
    let quarters = &ground.loaded.quarters;
    let when = |quarter: &Quarter| {
        let market = assembled.panel.securities()[quarter.security].market;
        let (market, zone) = (&assembled.panel.markets[market], &assembled.zones[market]);
        let date = match &quarter.announced {
            Announced::At(instant) => zone.to_datetime(*instant).date().into(),
            Announced::On(date, _) => *date,
            // Nobody knows when: never.
            Announced::Missing | Announced::Invalid(_) => return (Date(i32::MAX), Moment(i64::MAX)),
        };
        let known = clock::announced(&quarter.announced, market, zone).map_or(Moment(i64::MAX), |(_, known)| known);
        (date, known)
    };
    let times: Vec<(Date, Moment)> = quarters.iter().map(when).collect();
    let own = |(announcement, date): (&Announcement, Date)| {
        let off = |place: usize| i64::from(times[place].0.0).abs_diff(i64::from(date.0));
        let near = of_security(quarters, announcement.security).filter(|&place| off(place) <= tolerance as u64);
        let place = near.min_by_key(|&place| (off(place), Reverse(place)))?;
        let (on, known) = times[place];
        // What is dated on the day of the event, or before, came with it; an instant is taken at its word.
        let is_later = on > date || matches!(quarters[place].announced, Announced::At(_));
        Some(Stamped::new(if is_later { announcement.known.max(known) } else { announcement.known }, place))
    };
    let figure_of = announcements.iter().zip(dates(ground)).map(own).collect();
    (quarters.iter().zip(&times).map(|(quarter, &(_, known))| figure(quarter, known)).collect(), figure_of)
}

/// An event announces the latest quarter that ended before it. A quarter is known with the first event that
/// announces it, or just before a later one is.
fn of_latest(ground: Ground<'_>, announcements: &[Announcement], max_age: i32) -> Figures {
    let quarters = &ground.loaded.quarters;
    let own = |(announcement, date): (&Announcement, Date)| {
        let places = of_security(quarters, announcement.security);
        let ended = places.start + quarters[places.clone()].partition_point(|quarter| quarter.period < date);
        let place = ended.checked_sub(1).filter(|place| places.contains(place))?;
        let is_recent = i64::from(date.0) - i64::from(quarters[place].period.0) <= i64::from(max_age);
        is_recent.then_some((place, announcement.known))
    };
    let owns: Vec<Option<(usize, Moment)>> = announcements.iter().zip(dates(ground)).map(own).collect();
    let mut known = vec![Moment(i64::MAX); quarters.len()];
    for &(place, moment) in owns.iter().flatten() {
        known[place] = known[place].min(moment);
    }
    for place in (1..quarters.len()).rev() {
        if quarters[place - 1].security == quarters[place].security && known[place] < Moment(i64::MAX) {
            known[place - 1] = known[place - 1].min(Moment(known[place].0 - 1));
        }
    }
    let figure_of = owns.into_iter().map(|own| own.map(|(place, known)| Stamped::new(known, place))).collect();
    (quarters.iter().zip(known).map(|(quarter, known)| figure(quarter, known)).collect(), figure_of)
}

fn figure(quarter: &Quarter, known: Moment) -> Figure {
    let Quarter { security, period, actual, forecast, .. } = *quarter;
    Figure { security, quarter: period, known, actual, forecast }
}

/// The places of the quarters of a security.
fn of_security(quarters: &[Quarter], security: usize) -> Range<usize> {
    let start = quarters.partition_point(|quarter| quarter.security < security);
    start..start + quarters[start..].partition_point(|quarter| quarter.security == security)
}

/// The date of every candidate's announcement in its market.
fn dates<'a>(ground: Ground<'a>) -> impl Iterator<Item = Date> + use<'a> {
    let rows = &ground.ledger.rows;
    ground.ledger.candidates.iter().map(|candidate| rows[candidate.row].announced_on.unwrap_or(Date(i32::MIN)))
}
