//! Which securities moved most with another one.

/// The `count` candidates whose returns correlate most with `target` (Pearson), rising; ties in the
/// order of the candidates. `value` gives the return of a candidate on a day, days being counted as
/// in `target`. A candidate without a correlation is not chosen: one that misses a day, or never
/// moves.
pub fn most_correlated(
    target: &[f64],
    candidates: usize,
    value: impl Fn(usize, usize) -> f64,
    count: usize,
) -> Vec<usize> {
    let mut target = target.to_vec();
    let target_norm = centre(&mut target);
    let mut returns = vec![0.0; target.len()];
    let mut correlation = |candidate: usize| {
        for (day, slot) in returns.iter_mut().enumerate() {
            *slot = value(candidate, day);
        }
        let norm = centre(&mut returns);
        target.iter().zip(&returns).map(|(a, b)| a * b).sum::<f64>() / (target_norm * norm)
    };
    let mut ranked: Vec<(f64, usize)> = (0..candidates).map(|candidate| (correlation(candidate), candidate)).collect();
    ranked.retain(|(correlation, _)| !correlation.is_nan());
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.truncate(count);
    let mut chosen: Vec<usize> = ranked.into_iter().map(|(_, candidate)| candidate).collect();
    chosen.sort_unstable();
    chosen
}

/// Takes the mean off the values and gives the root of their sum of squares.
fn centre(values: &mut [f64]) -> f64 {
    // From the first value on, the mean of equal values is free of rounding: they have no spread.
    let first = values.first().copied().unwrap_or(0.0);
    let mean = values.iter().map(|value| value - first).sum::<f64>() / values.len() as f64;
    for value in values.iter_mut() {
        *value = (*value - first) - mean;
    }
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_correlations_in_the_order_of_candidates() {
        let target = [0.1, 0.2, 0.3, 0.5];
        let candidates = [
            [0.5, 0.3, 0.2, 0.1],
            [0.1, 0.1, 0.1, 0.1],
            [0.1, 0.2, 0.2, 0.5],
            [2.1, 2.2, 2.3, 2.5],
            [0.1, f64::NAN, 0.3, 0.5],
            [0.2, 0.2, 0.3, 0.3],
            [0.1, 0.2, 0.2, 0.5],
        ];
        let chosen =
            |count| most_correlated(&target, candidates.len(), |candidate, day| candidates[candidate][day], count);
        assert_eq!(chosen(0), Vec::<usize>::new());
        assert_eq!(chosen(1), [3]);
        assert_eq!(chosen(2), [2, 3], "of two equals the first");
        assert_eq!(chosen(3), [2, 3, 6]);
        assert_eq!(chosen(9), [0, 2, 3, 5, 6], "neither the constant nor the incomplete");
        assert!(
            most_correlated(&[0.3; 4], candidates.len(), |candidate, day| candidates[candidate][day], 9).is_empty()
        );
        assert!(most_correlated(&[], 2, |_, _| 0.0, 1).is_empty());
    }
}
