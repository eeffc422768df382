//! Romano and Wolf's step-down adjustment, from draws that are common to all tests of a family.

use super::wild::ROUNDING;

/// For every test of a family, the draws in which the largest |t*| of the tests that are no more significant
/// than it is as large as its own |t|: the step-down counts of Romano & Wolf (2005, algorithm 4.1; 2016,
/// algorithm 4.2). `observed` are |t|; `drawn` has |t*| by test and draw.
///
/// Counts of blocks of draws add up. A NaN among the draws is passed over.
pub fn exceedances(observed: &[f64], drawn: &[Vec<f64>]) -> Vec<usize> {
    let order = falling(observed);
    let mut counts = vec![0; observed.len()];
    let mut largest = vec![0.0_f64; drawn.first().map_or(0, Vec::len)];
    for &test in order.iter().rev() {
        let bound = observed[test] * (1.0 - ROUNDING);
        for (largest, t) in largest.iter_mut().zip(&drawn[test]) {
            *largest = largest.max(*t);
            counts[test] += usize::from(*largest >= bound);
        }
    }
    counts
}

/// Adjusted p-values from the counts over all `draws`, in the order of the input: (1 + count)/(1 + draws), and
/// never below that of a more significant test (Romano & Wolf 2016).
pub fn romano_wolf(observed: &[f64], counts: &[usize], draws: usize) -> Vec<f64> {
    let mut adjusted = vec![0.0; observed.len()];
    let mut largest = 0.0_f64;
    for test in falling(observed) {
        largest = largest.max((1 + counts[test]) as f64 / (1 + draws) as f64);
        adjusted[test] = largest;
    }
    adjusted
}

/// Places in the order of falling values, ties in input order.
fn falling(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three tests, four draws, on paper: the order is 2, 0, 1, the maxima over {2,0,1}, {0,1} and {1} are
    /// (3.1, 2.0, 0.9, 2.5), (2.9, 2.0, 0.9, 1.0) and (0.1, 2.0, 0.3, 1.0).
    #[test]
    fn by_hand() {
        let observed = [2.0, 0.5, 3.0];
        let drawn = [vec![2.9, 1.0, 0.9, 0.2], vec![0.1, 2.0, 0.3, 1.0], vec![3.1, 0.4, 0.2, 2.5]];
        let counts = exceedances(&observed, &drawn);
        assert_eq!(counts, [2, 2, 1]);
        assert_eq!(romano_wolf(&observed, &counts, 4), [0.6, 0.6, 0.4]);
        assert_eq!(exceedances(&[], &[]), Vec::<usize>::new());
    }

    /// p-values never fall as |t| does: the count of the less significant test is smaller here.
    #[test]
    fn monotone() {
        let observed = [2.0, 1.9];
        let drawn = [vec![2.5, 2.5, 0.0], vec![0.0, 0.0, 0.0]];
        let counts = exceedances(&observed, &drawn);
        assert_eq!(counts, [2, 0]);
        assert_eq!(romano_wolf(&observed, &counts, 3), [0.75, 0.75]);
    }

    /// A draw without variance is infinitely large, one without any value says nothing.
    #[test]
    fn degenerate_draws() {
        assert_eq!(exceedances(&[1.0], &[vec![f64::INFINITY, f64::NAN, 0.0]]), [1]);
    }
}
