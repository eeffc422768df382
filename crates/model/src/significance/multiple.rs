//! p-values of a family of tests, adjusted for its size.

/// Holm's step-down adjustment, which bounds the chance of any false rejection (Holm 1979). The
/// result is in the order of the input.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let m = p_values.len();
    let mut adjusted = vec![0.0; m];
    let mut largest = 0.0_f64;
    for (rank, index) in rising(p_values).into_iter().enumerate() {
        largest = largest.max((m - rank) as f64 * p_values[index]).min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}

/// Benjamini & Hochberg's step-up adjustment, which bounds the expected share of false rejections
/// (Benjamini & Hochberg 1995). The result is in the order of the input.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    step_up(p_values, 1.0)
}

/// Benjamini & Yekutieli's adjustment, which does so however the tests depend on each other: the step-up
/// times Σ1/i (Benjamini & Yekutieli 2001). The result is in the order of the input.
pub fn benjamini_yekutieli(p_values: &[f64]) -> Vec<f64> {
    step_up(p_values, (1..=p_values.len()).map(|i| 1.0 / i as f64).sum())
}

fn step_up(p_values: &[f64], penalty: f64) -> Vec<f64> {
    let m = p_values.len();
    let mut adjusted = vec![0.0; m];
    let mut smallest = 1.0_f64;
    for (rank, index) in rising(p_values).into_iter().enumerate().rev() {
        smallest = smallest.min(penalty * (m as f64 / (rank + 1) as f64 * p_values[index]));
        adjusted[index] = smallest;
    }
    adjusted
}

/// Indices in the order of rising p-values, ties in input order.
fn rising(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: &[f64], want: &[f64]) {
        assert_eq!(got.len(), want.len());
        for (g, w) in got.iter().zip(want) {
            assert!((g - w).abs() < 1e-15, "{got:?} against {want:?}");
        }
    }

    /// The example of R's `p.adjust`, worked by hand.
    #[test]
    fn by_hand() {
        let p = [0.01, 0.04, 0.03, 0.005];
        close(&holm(&p), &[0.03, 0.06, 0.06, 0.02]);
        close(&benjamini_hochberg(&p), &[0.02, 0.04, 0.04, 0.02]);
        close(&holm(&[0.9, 0.8]), &[1.0, 1.0]);
        close(&benjamini_hochberg(&[]), &[]);
        let penalty = 1.0 + 0.5 + 1.0 / 3.0 + 0.25;
        close(&benjamini_yekutieli(&p), &[0.02, 0.04, 0.04, 0.02].map(|p| p * penalty));
        close(&benjamini_yekutieli(&[0.9, 0.8]), &[1.0, 1.0]);
    }
}
