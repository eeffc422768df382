//! Pseudo-events: real events moved to dates on which nothing happened, as many and as close together
//! as the real ones (Brown & Warner 1980, 1985, who draw dates at random; here the clustering stays).

use std::ops::RangeInclusive;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::{Date, EventCalendar, Window};

/// A real event from which pseudo-events are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Place of its security in the panel.
    pub security: usize,
    /// Index of its market.
    pub market: usize,
    /// Calendar index of day 0.
    pub day0: usize,
    /// The civil date of day 0.
    pub date: Date,
    /// Days 0 for which the security has the days that estimation needs.
    pub room: RangeInclusive<usize>,
}

/// An event that never was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PseudoEvent {
    /// Place of its security in the panel.
    pub security: usize,
    /// Index of its market.
    pub market: usize,
    /// Calendar index of day 0.
    pub day0: usize,
}

/// One draw: events that follow one another in the calendar, all moved together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PseudoSample {
    /// The events, by security and day 0.
    pub events: Vec<PseudoEvent>,
    /// Trading days by which all of them were moved.
    pub shift: i64,
    /// Real events that lie between those of the draw but cannot be moved by as much.
    pub passed_over: usize,
}

/// The events of a study from which draws are made.
#[derive(Clone, Debug)]
pub struct Pool<'a> {
    origins: Vec<Origin>,
    events: &'a EventCalendar,
    quiet: Window,
}

/// Farthest move in trading days: a quarter. Most firms announce four times a year, so what is farther
/// than that is near another announcement.
pub const FARTHEST: i64 = 63;

impl<'a> Pool<'a> {
    /// The pool of these events. On the days of `quiet` around a pseudo-event no real event of the
    /// security may have its day 0. Events that no shift can move are left out.
    pub fn new(mut origins: Vec<Origin>, events: &'a EventCalendar, quiet: Window) -> Self {
        origins.sort_by_key(|origin| (origin.date, origin.security, origin.day0));
        let mut pool = Self { origins: Vec::new(), events, quiet };
        origins.retain(|origin| (-FARTHEST..=FARTHEST).any(|shift| pool.moved(origin, shift).is_some()));
        pool.origins = origins;
        pool
    }

    /// How many events there are to draw from.
    pub fn len(&self) -> usize {
        self.origins.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.origins.is_empty()
    }

    fn moved(&self, origin: &Origin, shift: i64) -> Option<PseudoEvent> {
        moved(origin, shift, self.events, self.quiet)
    }

    /// The sample of one replication, which depends on the seed and its number only.
    ///
    /// A stretch of events begins at a random one; where the calendar ends it goes on at its beginning.
    /// The shift is drawn among those that can move all `count` events, or, where no shift can, among
    /// those that can move the most; the events that follow then take the places of those that cannot
    /// be moved. There are fewer than `count` only where the whole pool does not have so many.
    pub fn draw(&self, seed: u64, replication: u64, count: usize) -> PseudoSample {
        if self.is_empty() {
            return PseudoSample::default();
        }
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(replication);
        let start = below(&mut generator, self.len());
        let stretch = || (0..self.len()).map(move |step| &self.origins[(start + step) % self.len()]);
        let movable = |shift: i64| stretch().take(count).filter(|origin| self.moved(origin, shift).is_some()).count();
        let counts: Vec<(i64, usize)> = (-FARTHEST..=FARTHEST).map(|shift| (shift, movable(shift))).collect();
        let most = counts.iter().map(|&(_, movable)| movable).max().unwrap_or_default();
        let best: Vec<i64> = counts.iter().filter(|(_, movable)| *movable == most).map(|&(shift, _)| shift).collect();
        let shift = best[below(&mut generator, best.len())];
        let mut sample = PseudoSample { shift, ..PseudoSample::default() };
        for origin in stretch() {
            if sample.events.len() == count {
                break;
            }
            match self.moved(origin, shift) {
                Some(event) => sample.events.push(event),
                None => sample.passed_over += 1,
            }
        }
        sample.events.sort_by_key(|event| (event.security, event.day0));
        sample
    }
}

/// An event after a shift, where that leads to days on which the security has returns and no event.
pub(crate) fn moved(origin: &Origin, shift: i64, events: &EventCalendar, quiet: Window) -> Option<PseudoEvent> {
    let day0 = usize::try_from(origin.day0 as i64 + shift).ok().filter(|day| origin.room.contains(day))?;
    let window = quiet.on_calendar(day0, origin.room.end() + Window::LIMIT as usize + 1);
    let Origin { security, market, .. } = *origin;
    (!events.any_within(security, &window)).then_some(PseudoEvent { security, market, day0 })
}

/// The high half of the product is uniform below `bound` to one part in 2³².
pub(crate) fn below(generator: &mut ChaCha8Rng, bound: usize) -> usize {
    ((u64::from(generator.next_u32()) * bound as u64) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(security: usize, day0: usize) -> Origin {
        Origin { security, market: 0, day0, date: Date(day0 as i32), room: 100..=900 }
    }

    /// Thirty securities with events a quarter apart, over ten days.
    fn real() -> Vec<Origin> {
        (0..30)
            .flat_map(|security| (0..9).map(move |quarter| origin(security, 250 + 63 * quarter + security / 3)))
            .collect()
    }

    fn calendar(origins: &[Origin]) -> EventCalendar {
        EventCalendar::new(origins.iter().map(|origin| (origin.security, origin.day0)))
    }

    fn quiet() -> Window {
        Window::new(-10, 10).expect("ordered")
    }

    #[test]
    fn never_near_a_real_event_and_all_moved_together() {
        let origins = real();
        let events = calendar(&origins);
        let pool = Pool::new(origins.clone(), &events, quiet());
        assert_eq!(pool.len(), 270);
        let mut shifts = std::collections::BTreeSet::new();
        for replication in 0..200 {
            let sample = pool.draw(1, replication, 40);
            assert_eq!(sample.events.len(), 40);
            shifts.insert(sample.shift);
            for event in &sample.events {
                assert!(!events.any_within(event.security, &(event.day0 - 10..event.day0 + 11)), "{event:?}");
                let real = (event.day0 as i64 - sample.shift) as usize;
                assert!(
                    events.of(event.security).contains(&real),
                    "{event:?} is no real event moved by {}",
                    sample.shift
                );
            }
        }
        assert!(shifts.len() > 20 && shifts.iter().all(|shift| (11..=52).contains(&shift.abs())), "{shifts:?}");
    }

    #[test]
    fn a_draw_is_a_stretch_of_the_calendar() {
        let origins = real();
        let events = calendar(&origins);
        let pool = Pool::new(origins, &events, quiet());
        for replication in 0..50 {
            let sample = pool.draw(7, replication, 30);
            let days: Vec<usize> = sample.events.iter().map(|event| event.day0).collect();
            let (first, last) = (days.iter().min().expect("some"), days.iter().max().expect("some"));
            // One season, or the end of one and the beginning of the next, or around the calendar.
            assert!(last - first <= 9 || (50..=63).contains(&(last - first)) || last - first > 400, "{days:?}");
        }
    }

    #[test]
    fn the_seed_and_the_number_decide() {
        let origins = real();
        let events = calendar(&origins);
        let pool = Pool::new(origins.clone(), &events, quiet());
        let mut reversed = origins;
        reversed.reverse();
        let same = Pool::new(reversed, &events, quiet());
        assert_eq!(pool.draw(3, 5, 20), same.draw(3, 5, 20));
        assert_ne!(pool.draw(3, 5, 20), pool.draw(3, 6, 20));
        assert_ne!(pool.draw(3, 5, 20), pool.draw(4, 5, 20));
    }

    /// An event whose security has no other days is passed over, and the next takes its place.
    #[test]
    fn what_cannot_be_moved_is_counted() {
        let mut origins: Vec<Origin> = (0..10).map(|security| origin(security, 400 + security)).collect();
        for origin in &mut origins[..5] {
            // No two of them can be moved by the same number of days.
            origin.room = 420 + 6 * origin.security..=420 + 6 * origin.security;
        }
        origins[9].room = 409..=409;
        let events = calendar(&origins);
        let pool = Pool::new(origins, &events, quiet());
        assert_eq!(pool.len(), 9, "the last one has nowhere to go");
        let samples: Vec<PseudoSample> = (0..60).map(|replication| pool.draw(1, replication, 6)).collect();
        assert!(samples.iter().all(|sample| sample.events.len() + sample.passed_over <= 9));
        assert!(samples.iter().any(|sample| sample.passed_over > 0));
        assert!(pool.draw(1, 0, 50).events.len() <= 9);
    }
}
