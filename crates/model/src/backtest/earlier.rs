//! Values of a trailing window, sorted.

/// The values of earlier decisions within the lookback, sorted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Earlier {
    sorted: Vec<f64>,
}

impl Earlier {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The `part`-th of `count` − 1 breakpoints, by linear interpolation between order statistics (Hyndman
    /// & Fan 1996, definition 7); `None` without values.
    pub fn breakpoint(&self, part: usize, count: usize) -> Option<f64> {
        let last = self.sorted.len().checked_sub(1)?;
        // One rounding only: where the place is whole, the breakpoint is that value itself.
        let place = (part * last) as f64 / count as f64;
        let below = place.floor() as usize;
        let above = (below + 1).min(last);
        Some(self.sorted[below] + (place - below as f64) * (self.sorted[above] - self.sorted[below]))
    }

    /// The quantile of a value, from 1: one more than the number of breakpoints strictly below it.
    pub fn quantile(&self, value: f64, count: usize) -> Option<usize> {
        let below = |part: usize| Some(self.breakpoint(part, count)? < value);
        (1..count).map(|part| below(part).map(usize::from)).sum::<Option<usize>>().map(|below| 1 + below)
    }

    pub(super) fn insert(&mut self, value: f64) {
        self.sorted.insert(self.place(value), value);
    }

    pub(super) fn remove(&mut self, value: f64) {
        let place = self.place(value);
        debug_assert!(self.sorted.get(place).is_some_and(|known| known.total_cmp(&value).is_eq()));
        self.sorted.remove(place);
    }

    fn place(&self, value: f64) -> usize {
        self.sorted.partition_point(|known| known.total_cmp(&value).is_lt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::groups;

    #[test]
    fn the_window_has_the_breakpoints_of_its_values() {
        let mut earlier = Earlier::default();
        for value in [10.0, 2.0, 7.0, 4.0, 2.0, 1.0, 3.0] {
            earlier.insert(value);
        }
        earlier.remove(7.0);
        earlier.remove(2.0);
        let values = [10.0, 2.0, 4.0, 1.0, 3.0];
        let breaks = groups::breakpoints(&values, 5);
        for (part, &want) in breaks.iter().enumerate() {
            assert_eq!(earlier.breakpoint(part + 1, 5), Some(want));
        }
        for value in [-1.0, 1.8, 2.0, 3.0, 5.0, 99.0] {
            assert_eq!(earlier.quantile(value, 5), Some(groups::quantile(&breaks, value)), "{value}");
        }
        assert_eq!(Earlier::default().quantile(1.0, 5), None);
    }
}
