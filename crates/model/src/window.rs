//! Windows in event time.

use std::fmt;
use std::ops::Range;

/// Days `first..=last` relative to day 0, in trading days of the security's own market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Window {
    first: i32,
    last: i32,
}

impl Window {
    /// The farthest day from day 0: forty years, and few enough days for 16 bits.
    pub const LIMIT: i32 = 10_000;

    /// The window of the days `first..=last`; `None` unless `first <= last`, both within
    /// [`Window::LIMIT`].
    pub fn new(first: i32, last: i32) -> Option<Self> {
        let near = |day| (-Self::LIMIT..=Self::LIMIT).contains(&day);
        (first <= last && near(first) && near(last)).then_some(Self { first, last })
    }

    /// The single day τ.
    pub fn day(tau: i32) -> Self {
        Self { first: tau, last: tau }
    }

    /// First day.
    pub fn first(self) -> i32 {
        self.first
    }

    /// Last day.
    pub fn last(self) -> i32 {
        self.last
    }

    /// Number of days, at least one.
    pub fn days(self) -> usize {
        (self.last - self.first) as usize + 1
    }

    /// The days τ in rising order.
    pub fn taus(self) -> impl Iterator<Item = i32> {
        self.first..=self.last
    }

    /// Whether every day of `other` lies in this window.
    pub fn contains(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// Whether the two windows share a day.
    pub fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// The places of this window's days within `outer`, which must contain it.
    pub fn within(self, outer: Self) -> Range<usize> {
        debug_assert!(outer.contains(self), "{self} lies in {outer}");
        let start = (self.first - outer.first) as usize;
        start..start + self.days()
    }

    /// Calendar indices of the window around `day0`, cut to a calendar of `len` days. This is the
    /// one place where event time becomes calendar time.
    pub fn on_calendar(self, day0: usize, len: usize) -> Range<usize> {
        let cut = |day: i64| day.clamp(0, len as i64) as usize;
        let start = cut(day0 as i64 + i64::from(self.first));
        start..cut(day0 as i64 + i64::from(self.last) + 1).max(start)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {}]", self.first, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_ranges_are_cut_at_both_ends() {
        let window = Window::new(-3, 2).expect("ordered");
        assert_eq!(window.on_calendar(10, 100), 7..13);
        assert_eq!(window.on_calendar(1, 100), 0..4);
        assert_eq!(window.on_calendar(98, 100), 95..100);
        assert_eq!(Window::new(-9, -5).expect("ordered").on_calendar(2, 100), 0..0);
        assert_eq!(Window::new(5, 9).expect("ordered").on_calendar(98, 100), 100..100);
        assert_eq!(Window::new(1, 0), None);
    }

    #[test]
    fn places_within_a_window() {
        let outer = Window::new(-10, 10).expect("ordered");
        assert_eq!(Window::new(-1, 1).expect("ordered").within(outer), 9..12);
        assert!(outer.contains(Window::day(10)) && !outer.contains(Window::day(11)));
        assert!(outer.overlaps(Window::new(10, 20).expect("ordered")));
        assert!(!outer.overlaps(Window::new(11, 20).expect("ordered")));
    }
}
