//! Midranks of values of which most are sorted already.

/// A value of an event on one of its days, the days counted from the first of the estimation window.
pub(super) type DayValue = (usize, f64);

/// Sorts by value.
pub(super) fn sort(values: &mut [DayValue]) {
    values.sort_unstable_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
}

/// The midrank of every value within both sorted lists together, by day: equal values share the mean of
/// the ranks that they take.
pub(super) fn midranks(first: &[DayValue], second: &[DayValue]) -> Vec<DayValue> {
    let mut ranks = Vec::with_capacity(first.len() + second.len());
    let (mut first, mut second) = (first, second);
    while let Some(value) = lower(first.first(), second.first()) {
        let equal = |values: &[DayValue]| values.iter().take_while(|(_, v)| *v == value).count();
        let (ours, theirs) = (first.split_at(equal(first)), second.split_at(equal(second)));
        let ties = ours.0.len() + theirs.0.len();
        let midrank = ranks.len() as f64 + (ties as f64 + 1.0) / 2.0;
        ranks.extend(ours.0.iter().chain(theirs.0).map(|&(day, _)| (day, midrank)));
        (first, second) = (ours.1, theirs.1);
    }
    ranks
}

fn lower(a: Option<&DayValue>, b: Option<&DayValue>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.1.min(b.1)),
        (a, b) => a.or(b).map(|(_, value)| *value),
    }
}

/// The midrank of a value that is added to a sorted list.
pub(super) fn midrank_of(value: f64, sorted: &[DayValue]) -> f64 {
    let below = sorted.partition_point(|(_, v)| *v < value);
    let not_above = sorted.partition_point(|(_, v)| *v <= value);
    1.0 + (below + not_above) as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 2 2 2 5 7 7: ranks 1, 3, 3, 3, 5, 6.5, 6.5.
    #[test]
    fn ties_share_their_ranks() {
        let (first, second) = ([(0, 1.0), (3, 2.0), (1, 7.0)], [(4, 2.0), (5, 2.0), (2, 5.0), (6, 7.0)]);
        let mut ranks = midranks(&first, &second);
        sort_by_day(&mut ranks);
        assert_eq!(ranks, [(0, 1.0), (1, 6.5), (2, 5.0), (3, 3.0), (4, 3.0), (5, 3.0), (6, 6.5)]);
        // Zeros of either sign are one value.
        assert_eq!(midranks(&[(0, -0.0)], &[(1, 0.0)]), [(0, 1.5), (1, 1.5)]);
        assert_eq!(midrank_of(2.0, &second), 2.0);
        assert_eq!((midrank_of(0.0, &second), midrank_of(9.0, &second)), (1.0, 5.0));
    }

    fn sort_by_day(ranks: &mut [DayValue]) {
        ranks.sort_by_key(|rank| rank.0);
    }
}
