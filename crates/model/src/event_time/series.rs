//! Sums over events by day in event time.

use std::ops::Range;

use super::midranks::DayValue;

/// For every day the sum over the events that have a value there, and their number.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Series {
    pub(super) sums: Vec<f64>,
    pub(super) counts: Vec<u32>,
}

impl Series {
    /// Adds the values of one event.
    pub(super) fn add(&mut self, values: &[DayValue], days: usize) {
        if self.sums.is_empty() && !values.is_empty() {
            *self = Self { sums: vec![0.0; days], counts: vec![0; days] };
        }
        for &(day, value) in values {
            self.sums[day] += value;
            self.counts[day] += 1;
        }
    }

    /// Adds the sums over other events.
    pub(super) fn merge(&mut self, other: &Self) {
        if self.sums.is_empty() {
            self.clone_from(other);
            return;
        }
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, more)| *sum += more);
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
    }
}

/// Sums over the events that are valid for a window, by day in event time: the days of the estimation
/// window first, then those of the event window, or the one point that stands for the tested window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DaySums {
    /// For every day the sum over the events that have a value there.
    pub sums: Vec<f64>,
    /// For every day the number of these events.
    pub counts: Vec<u32>,
    /// Number of days of the estimation window, which come first.
    pub estimation: usize,
    /// Places of the tested days.
    pub tested: Range<usize>,
    /// Events that take part.
    pub events: usize,
}

impl DaySums {
    /// Sum and number of events of the days in a range that have any.
    pub fn present(&self, days: Range<usize>) -> impl Iterator<Item = (f64, f64)> + Clone {
        let range = days.start.min(self.sums.len())..days.end.min(self.sums.len());
        let pairs = self.sums[range.clone()].iter().zip(&self.counts[range]);
        pairs.filter(|(_, count)| **count > 0).map(|(&sum, &count)| (sum, f64::from(count)))
    }

    /// All days that have any event.
    pub fn all(&self) -> impl Iterator<Item = (f64, f64)> + Clone {
        self.present(0..self.sums.len())
    }
}
