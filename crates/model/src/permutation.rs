//! All events of a study moved at once to days on which nothing happened: the draws of the test `permutation`.
//!
//! A draw moves every event into the gap after it, or every event into the gap before it, at most a quarter of a year
//! far; events of one calendar quarter move by the same number of trading days, so that they stay as close together as
//! they were, and each quarter by a number of its own. One number for all quarters would leave some eighty draws. All
//! go one way, since two events of a security then never come near each other: a real event and its quiet days lie
//! between them.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::period::Period;
use crate::pseudo_events::{FARTHEST, Origin, PseudoEvent, below, moved};
use crate::{EventCalendar, Window};

/// The events of a study, ready to be moved.
#[derive(Clone, Debug)]
pub struct Permutations<'a> {
    /// Places in the ledger, by quarter and place.
    origins: Vec<(usize, Origin)>,
    quarters: Vec<Quarter>,
    /// Ways to go, 1 for later, that move about as many events as the better one.
    ways: Vec<i64>,
    events: &'a EventCalendar,
    quiet: Window,
}

/// Events of one calendar quarter.
#[derive(Clone, Debug)]
struct Quarter {
    members: std::ops::Range<usize>,
    /// Shifts to earlier and to later days that move about as many events as the best.
    shifts: [Vec<i64>; 2],
}

/// A shift, or a way, that moves this share of what the best one does is as good.
const AS_GOOD: f64 = 0.9;

impl<'a> Permutations<'a> {
    /// The events, each with its place in the ledger. On the days of `quiet` around a moved event no real event of the
    /// security has its day 0.
    pub fn new(mut origins: Vec<(usize, Origin)>, events: &'a EventCalendar, quiet: Window) -> Self {
        let quarter = |origin: &Origin| Period::Quarter.of(origin.date);
        origins.sort_by_key(|(place, origin)| (quarter(origin), *place));
        let mut permutations = Self { origins: Vec::new(), quarters: Vec::new(), ways: Vec::new(), events, quiet };
        let (mut start, mut movable) = (0, [0, 0]);
        for members in origins.chunk_by(|(_, a), (_, b)| quarter(a) == quarter(b)) {
            let of_way = |way: i64| {
                let count =
                    |shift: &i64| members.iter().filter(|(_, o)| permutations.moved(o, *shift).is_some()).count();
                let shifts: Vec<i64> = (1..=FARTHEST).map(|days| way * days).collect();
                good(&shifts, &shifts.iter().map(count).collect::<Vec<_>>())
            };
            let [(earlier, fewer), (later, more)] = [of_way(-1), of_way(1)];
            movable = [movable[0] + fewer, movable[1] + more];
            let end = start + members.len();
            permutations.quarters.push(Quarter { members: start..end, shifts: [earlier, later] });
            start = end;
        }
        permutations.ways = good(&[-1, 1], &movable).0;
        permutations.origins = origins;
        permutations
    }

    /// The events of a draw that can be moved, with their places in the ledger, by place. It depends on the seed and its
    /// number only.
    pub fn draw(&self, seed: u64, number: u64) -> Vec<(usize, PseudoEvent)> {
        if self.ways.is_empty() {
            return Vec::new();
        }
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(number);
        let way = self.ways[below(&mut generator, self.ways.len())];
        let mut drawn = Vec::with_capacity(self.origins.len());
        for quarter in &self.quarters {
            let shifts = &quarter.shifts[usize::from(way > 0)];
            if shifts.is_empty() {
                continue;
            }
            let shift = shifts[below(&mut generator, shifts.len())];
            let members = &self.origins[quarter.members.clone()];
            drawn.extend(members.iter().filter_map(|(place, origin)| Some((*place, self.moved(origin, shift)?))));
        }
        drawn.sort_by_key(|(place, _)| *place);
        drawn
    }

    /// An event after a shift, where no other event of the security lies on the way.
    fn moved(&self, origin: &Origin, shift: i64) -> Option<PseudoEvent> {
        let event = moved(origin, shift, self.events, self.quiet)?;
        let (first, last) = (origin.day0.min(event.day0), origin.day0.max(event.day0));
        (!self.events.any_within(origin.security, &(first + 1..last))).then_some(event)
    }
}

/// The choices that move about as many events as the best, and how many that one moves; none where nothing moves.
fn good(choices: &[i64], movable: &[usize]) -> (Vec<i64>, usize) {
    let most = movable.iter().copied().max().unwrap_or_default();
    let as_good = |count: usize| count > 0 && count as f64 >= AS_GOOD * most as f64;
    let good = choices.iter().zip(movable).filter(|(_, count)| as_good(**count)).map(|(&choice, _)| choice);
    (good.collect(), most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Date;

    fn quiet() -> Window {
        Window::new(-10, 10).expect("ordered")
    }

    /// Thirty securities with events a quarter apart, over ten days.
    fn real() -> Vec<(usize, Origin)> {
        let day = |security: usize, quarter: usize| 250 + 63 * quarter + security / 3;
        let origin = |(place, (security, quarter)): (usize, (usize, usize))| {
            let day0 = day(security, quarter);
            // Trading days of a calendar with five days a week.
            let date = Date((day0 as f64 * 7.0 / 5.0) as i32);
            (place, Origin { security, market: 0, day0, date, room: 100..=900 })
        };
        (0..30).flat_map(|security| (0..9).map(move |quarter| (security, quarter))).enumerate().map(origin).collect()
    }

    fn calendar(origins: &[(usize, Origin)]) -> EventCalendar {
        EventCalendar::new(origins.iter().map(|(_, origin)| (origin.security, origin.day0)))
    }

    /// Events of a quarter move by one number, all one way, and end in the next gap, away from every other.
    #[test]
    fn together_by_quarter_and_never_near_another() {
        let origins = real();
        let events = calendar(&origins);
        let permutations = Permutations::new(origins.clone(), &events, quiet());
        let mut shifts = std::collections::BTreeSet::new();
        for number in 0..100 {
            let drawn = permutations.draw(1, number);
            assert!(drawn.len() >= 240, "{} of 270 moved", drawn.len());
            assert!(drawn.is_sorted_by_key(|(place, _)| *place));
            let shift = |(place, event): &(usize, PseudoEvent)| event.day0 as i64 - origins[*place].1.day0 as i64;
            let ways: Vec<i64> = drawn.iter().map(|moved| shift(moved).signum()).collect();
            assert!(ways.iter().all(|way| *way == ways[0]));
            let mut by_quarter = std::collections::BTreeMap::new();
            for moved in &drawn {
                let quarter = Period::Quarter.of(origins[moved.0].1.date);
                assert_eq!(*by_quarter.entry(quarter).or_insert(shift(moved)), shift(moved));
            }
            shifts.extend(by_quarter.into_values());
            for pair in drawn.windows(2).filter(|pair| pair[0].1.security == pair[1].1.security) {
                assert!(pair[1].1.day0 - pair[0].1.day0 > 20, "windows of one security do not meet: {pair:?}");
            }
            for (_, event) in &drawn {
                assert!(!events.any_within(event.security, &(event.day0 - 10..event.day0 + 11)), "{event:?}");
            }
        }
        assert!(shifts.len() > 60, "{shifts:?}");
    }

    #[test]
    fn the_seed_and_the_number_decide() {
        let origins = real();
        let events = calendar(&origins);
        let permutations = Permutations::new(origins.clone(), &events, quiet());
        let mut reversed = origins;
        reversed.reverse();
        let same = Permutations::new(reversed, &events, quiet());
        assert_eq!(permutations.draw(3, 5), same.draw(3, 5));
        assert_ne!(permutations.draw(3, 5), permutations.draw(3, 6));
        assert_ne!(permutations.draw(3, 5), permutations.draw(4, 5));
    }

    /// Without room, and without events, nothing is drawn.
    #[test]
    fn nowhere_to_go() {
        let mut origins = real();
        origins.iter_mut().for_each(|(_, origin)| origin.room = origin.day0..=origin.day0 + 5);
        let events = calendar(&origins);
        assert!(Permutations::new(origins, &events, quiet()).draw(1, 0).is_empty());
        assert!(Permutations::new(Vec::new(), &events, quiet()).draw(1, 0).is_empty());
    }
}
