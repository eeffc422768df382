//! Dates of runs of rows, most of which are stretches of one list: securities trade on the same days.

use std::ops::Range;

/// The dates of consecutive runs, in days from the epoch. Each is a stretch of one pool, which only grows at
/// its end.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Days {
    pool: Vec<i32>,
    /// Place of every run in the pool.
    runs: Vec<Stretch>,
    /// The longest stretch of rising dates, where known ones are looked for.
    rising: Range<usize>,
    /// Where the rising dates at the end of the pool begin.
    tail: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    start: u32,
    len: u32,
}

impl Stretch {
    fn places(self) -> Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }
}

impl Days {
    /// The dates of a run.
    pub(crate) fn of(&self, run: usize) -> &[i32] {
        &self.pool[self.runs[run].places()]
    }

    /// Starts the next run with these dates.
    pub(crate) fn start(&mut self, dates: &[i32]) {
        let known = dates.first().and_then(|&first| self.find(first));
        let start = known.unwrap_or(self.pool.len()) as u32;
        self.runs.push(Stretch { start, len: 0 });
        self.extend(dates);
    }

    /// Adds dates to the run that was started last.
    pub(crate) fn extend(&mut self, dates: &[i32]) {
        let Some(&run) = self.runs.last() else { return };
        let next = run.places().end;
        let known = &self.pool[next..];
        let same = match known.get(..dates.len()) {
            Some(known) if known == dates => dates.len(),
            _ => known.iter().zip(dates).take_while(|(known, date)| known == date).count(),
        };
        let before = self.pool.len();
        let start = if same == dates.len() || next + same == before {
            self.pool.extend_from_slice(&dates[same..]);
            run.start
        } else {
            // Its dates part from those that are there.
            self.pool.extend_from_within(run.places());
            self.pool.extend_from_slice(dates);
            before as u32
        };
        self.note_rising(before);
        let len = run.len + dates.len() as u32;
        self.runs.pop();
        self.runs.push(Stretch { start, len });
    }

    /// Where a date stands in the pool, where that is easily told: files in the order of dates have the date
    /// of the run before, other files dates of the longest list.
    fn find(&self, date: i32) -> Option<usize> {
        let before = self.runs.last().map(|run| run.start as usize);
        before.filter(|&place| self.pool.get(place) == Some(&date)).or_else(|| {
            let place = self.pool[self.rising.clone()].binary_search(&date).ok()?;
            Some(self.rising.start + place)
        })
    }

    /// Looks at what was added behind these places.
    fn note_rising(&mut self, before: usize) {
        for place in before.max(1)..self.pool.len() {
            if self.pool[place] <= self.pool[place - 1] {
                self.tail = place;
            }
            if place - self.tail >= self.rising.len() {
                self.rising = self.tail..place + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_share_their_dates_until_they_part() {
        let mut days = Days::default();
        let mut kept: Vec<Vec<i32>> = Vec::new();
        let mut check = |days: &Days, run: &[&[i32]], pool: usize| {
            kept.push(run.concat());
            for (run, dates) in kept.iter().enumerate() {
                assert_eq!(days.of(run), dates, "run {run}");
            }
            assert_eq!(days.pool.len(), pool);
        };
        let mut push = |run: &[&[i32]], pool: usize| {
            days.start(run[0]);
            run[1..].iter().for_each(|dates| days.extend(dates));
            check(&days, run, pool);
        };
        push(&[&[3, 4, 5, 8]], 4);
        push(&[&[4], &[5, 8]], 4);
        // Longer than what is known.
        push(&[&[5, 8], &[9, 10], &[11]], 7);
        push(&[&[3, 4, 5], &[8, 9, 10, 11]], 7);
        // A gap.
        push(&[&[8, 9], &[11]], 10);
        push(&[&[1, 9]], 12);
        push(&[&[9, 10]], 12);
        push(&[&[7, 6, 6]], 15);
        push(&[&[7]], 15);
    }

    #[test]
    fn rows_in_the_order_of_dates_keep_each_date_once() {
        let mut days = Days::default();
        (0..40).for_each(|row| days.start(&[row / 4]));
        assert_eq!(days.pool, (0..10).collect::<Vec<_>>());
    }
}
