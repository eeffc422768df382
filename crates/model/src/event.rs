//! An event on the calendar of its security's market.

use crate::panel::Series;

/// An event to be estimated.
#[derive(Clone, Copy, Debug)]
pub struct EventPlace<'a> {
    /// Returns of the security, of the specification's kind.
    pub series: Series<'a>,
    /// Calendar index of day 0.
    pub day0: usize,
    /// Trading days of the market.
    pub calendar_len: usize,
    /// Day 0 of every event of the security, rising, for the masking of other events.
    pub all_day0s: &'a [usize],
}

impl EventPlace<'_> {
    /// Whether a day lies within `width` days of another event of the security; never with width 0.
    pub fn is_masked(&self, day: usize, width: usize) -> bool {
        if width == 0 {
            return false;
        }
        let next = self.all_day0s.partition_point(|&d| d + width < day);
        self.all_day0s[next..].iter().take_while(|&&d| d <= day + width).any(|&d| d != self.day0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Panel, ReturnKind};

    #[test]
    fn other_events_are_masked_and_the_own_is_not() {
        let mut panel = Panel::default();
        panel.push("A".into(), 0, 0, &[]);
        let series = panel.series(0, ReturnKind::Simple);
        let place = EventPlace { series, day0: 50, calendar_len: 100, all_day0s: &[10, 11, 50, 90] };
        let masked = |width: usize| (0..100).filter(|&day| place.is_masked(day, width)).collect::<Vec<_>>();
        assert_eq!(masked(0), Vec::<usize>::new());
        assert_eq!(masked(1), [9, 10, 11, 12, 89, 90, 91]);
        assert_eq!(masked(2), [8, 9, 10, 11, 12, 13, 88, 89, 90, 91, 92]);
    }
}
