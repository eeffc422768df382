//! Inverses of small cross-product matrices.

/// A pivot below this share of its column's sum of squares is left to the decomposition of the design
/// itself, which loses half as many digits.
const NEARLY_DEPENDENT: f64 = 1e-3;

/// Inverts a symmetric matrix, k by k and row after row, through Cholesky on a unit diagonal. `None`
/// where a column is nearly a combination of the others.
pub(super) fn invert(gram: &[f64], k: usize, inverse: &mut Vec<f64>) -> Option<()> {
    let at = |i: usize, j: usize| gram[i * k + j];
    // L of the matrix scaled to a unit diagonal, then L⁻¹ in its place.
    let mut l = [0.0; MOST * MOST];
    let mut scale = [0.0; MOST];
    for (i, scale) in scale.iter_mut().enumerate().take(k) {
        let sound = at(i, i) > 0.0 && at(i, i).is_finite();
        *scale = sound.then(|| 1.0 / at(i, i).sqrt())?;
    }
    for j in 0..k {
        for i in j..k {
            let before: f64 = (0..j).map(|p| l[i * MOST + p] * l[j * MOST + p]).sum();
            let rest = at(i, j) * scale[i] * scale[j] - before;
            l[i * MOST + j] =
                if i > j { rest / l[j * MOST + j] } else { (rest > NEARLY_DEPENDENT).then(|| rest.sqrt())? };
        }
    }
    for j in 0..k {
        l[j * MOST + j] = 1.0 / l[j * MOST + j];
        for i in j + 1..k {
            let sum: f64 = (j..i).map(|p| l[i * MOST + p] * l[p * MOST + j]).sum();
            l[i * MOST + j] = -sum / l[i * MOST + i];
        }
    }
    inverse.clear();
    for i in 0..k {
        for j in 0..k {
            let sum: f64 = (i.max(j)..k).map(|p| l[p * MOST + i] * l[p * MOST + j]).sum();
            inverse.push(sum * scale[i] * scale[j]);
        }
    }
    Some(())
}

/// The largest k.
pub(super) const MOST: usize = super::fitted::MOST_COLUMNS + 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_with_the_inverse_is_the_identity() {
        let gram = [4.0, 1.0, 0.5, 1.0, 3.0, 0.25, 0.5, 0.25, 2.0];
        let mut inverse = Vec::new();
        invert(&gram, 3, &mut inverse).expect("well conditioned");
        for i in 0..3 {
            for j in 0..3 {
                let product: f64 = (0..3).map(|p| gram[i * 3 + p] * inverse[p * 3 + j]).sum();
                assert!((product - f64::from(u8::from(i == j))).abs() < 1e-15, "({i}, {j}): {product}");
            }
        }
    }

    #[test]
    fn dependent_columns_are_left_to_others() {
        assert_eq!(invert(&[1.0, 1.0, 1.0, 1.0], 2, &mut Vec::new()), None);
        assert_eq!(invert(&[1.0, 0.9999, 0.9999, 1.0], 2, &mut Vec::new()), None);
        assert_eq!(invert(&[0.0], 1, &mut Vec::new()), None);
        assert_eq!(invert(&[f64::NAN], 1, &mut Vec::new()), None);
    }
}
