//! Groups of events: all of them, by the value of a column, by quantile.

/// A group with its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// `all`, or `column=value`.
    pub label: String,
    /// Places of the members in the order of estimation, rising.
    pub members: Vec<usize>,
}

/// `count` − 1 breakpoints of the values, by linear interpolation between order statistics (Hyndman
/// & Fan 1996, definition 7, the default of R and numpy). Empty without values.
pub fn breakpoints(values: &[f64], count: usize) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return Vec::new() };
    (1..count)
        .map(|k| {
            // One rounding only: where the place is whole, the breakpoint is that value itself.
            let place = (k * last) as f64 / count as f64;
            let below = place.floor() as usize;
            let above = (below + 1).min(last);
            sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
        })
        .collect()
}

/// The quantile of a value, from 1: one more than the number of breakpoints strictly below it.
pub fn quantile(breakpoints: &[f64], value: f64) -> usize {
    1 + breakpoints.partition_point(|&b| b < value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// numpy.quantile([1, 2, 3, 4, 10], [.2, .4, .6, .8]) = [1.8, 2.6, 3.4, 5.2]
    #[test]
    fn quintiles() {
        let breaks = breakpoints(&[10.0, 2.0, 4.0, 1.0, 3.0], 5);
        for (got, want) in breaks.iter().zip([1.8, 2.6, 3.4, 5.2]) {
            assert!((got - want).abs() < 1e-14, "{breaks:?}");
        }
        let groups: Vec<_> = [1.0, 2.0, 3.0, 4.0, 10.0].iter().map(|&v| quantile(&breaks, v)).collect();
        assert_eq!(groups, [1, 2, 3, 4, 5]);
        assert_eq!(quantile(&[1.0, 1.0], 1.0), 1);
        assert_eq!(breakpoints(&[], 5), Vec::<f64>::new());
    }
}
