//! Least squares on the unit simplex: the weights of a synthetic control.
//!
//! As the weights sum to one, y − Xw = −Σw_j(x_j − y): the problem is that of the point nearest to
//! the origin in the hull of the d_j = x_j − y, which Wolfe's method (1976) solves in finitely many
//! steps, however the points depend on each other. Its corral is a set of affinely independent
//! points whose affine hull is nearest to the origin at a point inside their convex hull; a point
//! enters when it lies on the near side, and leaves when its weight would turn negative. Only inner
//! products are needed.

/// Share of max ‖d_j‖² below which a difference of gradients counts as rounding.
const ROUNDING: f64 = 1e-14;

/// Every corral is nearer than the one before, so none returns and the method ends; in practice after
/// about as many steps as there are weights. Rounding alone could make it go round beyond this many
/// steps per column.
const STEPS_PER_COLUMN: usize = 50;

/// argmin ‖y − Xw‖² over w ≥ 0, Σw = 1, for `x` column after column; a weight that does not count is
/// exactly zero. Where the minimiser is not unique, one of them, the same at every call. Nothing when
/// there is no column or no row, or a number is not finite.
///
/// ```
/// use dayzero_model::simplex::simplex_weights;
/// let (a, b, c) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -1.0]);
/// let weights = simplex_weights(&[0.75, 0.25, 0.0], &[a, b, c].concat(), 3).unwrap();
/// assert!((weights[0] - 0.75).abs() < 1e-15 && (weights[1] - 0.25).abs() < 1e-15);
/// assert_eq!(weights[2], 0.0);
/// ```
///
/// # Panics
/// `x` is not as long as `columns` columns of the length of `y`.
pub fn simplex_weights(y: &[f64], x: &[f64], columns: usize) -> Option<Vec<f64>> {
    assert_eq!(x.len(), y.len() * columns, "the design has {columns} columns as long as the response");
    let mut corral = Corral::new(gram_of_differences(y, x)?, columns);
    for _ in 0..STEPS_PER_COLUMN * columns {
        let Some(column) = corral.nearest_outsider() else { break };
        if !corral.enter(column) {
            break;
        }
    }
    let sum: f64 = corral.weights.iter().sum();
    let mut weights = vec![0.0; columns];
    for (&member, weight) in corral.members.iter().zip(&corral.weights) {
        weights[member] = weight / sum;
    }
    Some(weights)
}

/// How far `w` is from the conditions of Karush, Kuhn and Tucker: the largest of −min w_j, |Σw − 1| and
/// (g'w − min g_j)/max ‖x_j − y‖², with g = X'(Xw − y) half the gradient.
///
/// On the simplex the conditions say that g_j ≥ g'w for every j, with equality where w_j > 0; and
/// 2(g'w − min g_j) bounds by how much the objective exceeds its minimum (Frank & Wolfe 1956). The
/// denominator is the largest value that a gradient takes at a vertex.
pub fn kkt_violation(y: &[f64], x: &[f64], columns: usize, w: &[f64]) -> f64 {
    let rows = y.len();
    let differences = differences(y, x);
    let mut point = vec![0.0; rows];
    for (d, weight) in differences.chunks_exact(rows).zip(w) {
        point.iter_mut().zip(d).for_each(|(p, d)| *p += weight * d);
    }
    // d_j'Dw is g_j less the same constant for every j.
    let gradient: Vec<f64> = differences.chunks_exact(rows).map(|d| dot(d, &point)).collect();
    let least = gradient.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = differences.chunks_exact(rows).map(|d| dot(d, d)).fold(f64::MIN_POSITIVE, f64::max);
    let gap = (dot(&gradient, w) - least) / largest;
    let negative = -w[..columns].iter().copied().fold(0.0, f64::min);
    gap.max(negative).max((w.iter().sum::<f64>() - 1.0).abs())
}

fn differences(y: &[f64], x: &[f64]) -> Vec<f64> {
    let mut differences = Vec::with_capacity(x.len());
    for column in x.chunks_exact(y.len().max(1)) {
        differences.extend(column.iter().zip(y).map(|(x, y)| x - y));
    }
    differences
}

/// D'D/max ‖d_j‖²; zeros where every column equals y.
fn gram_of_differences(y: &[f64], x: &[f64]) -> Option<Vec<f64>> {
    let mut differences = differences(y, x);
    if differences.is_empty() || !differences.iter().all(|d| d.is_finite()) {
        return None;
    }
    let largest = differences.iter().fold(0.0_f64, |largest, d| largest.max(d.abs()));
    // Squares of numbers up to one neither overflow nor vanish together.
    differences.iter_mut().for_each(|d| *d /= largest.max(f64::MIN_POSITIVE));
    let points: Vec<&[f64]> = differences.chunks_exact(y.len()).collect();
    let n = points.len();
    let mut gram = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            gram[i * n + j] = dot(points[i], points[j]);
            gram[j * n + i] = gram[i * n + j];
        }
    }
    let largest = (0..n).map(|j| gram[j * n + j]).fold(f64::MIN_POSITIVE, f64::max);
    gram.iter_mut().for_each(|g| *g /= largest);
    Some(gram)
}

/// Sums in lanes, so that the processor can add several numbers at once.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut lanes = [0.0; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f64>() + rest
}

/// The points that have weight, and the Cholesky factor of 11' + G over them, which is positive
/// definite exactly if they are affinely independent (Wolfe 1976, §4).
struct Corral {
    gram: Vec<f64>,
    columns: usize,
    members: Vec<usize>,
    weights: Vec<f64>,
    /// Lower triangle, rows of length `columns`.
    factor: Vec<f64>,
}

impl Corral {
    /// The vertex nearest to the origin, the first of them.
    fn new(gram: Vec<f64>, columns: usize) -> Self {
        let square = |j: usize| gram[j * columns + j];
        let nearest = (1..columns).fold(0, |best, j| if square(j) < square(best) { j } else { best });
        let factor = vec![0.0; columns * columns];
        let mut corral = Self { gram, columns, members: vec![nearest], weights: vec![1.0], factor };
        corral.factorise(0);
        corral
    }

    /// The column outside the corral with the least d_j'p, p = Dw the present point, if it is less than
    /// p'p: moving towards it brings the point nearer to the origin.
    fn nearest_outsider(&self) -> Option<usize> {
        let mut gradient = vec![0.0; self.columns];
        for (&member, weight) in self.members.iter().zip(&self.weights) {
            let row = &self.gram[member * self.columns..][..self.columns];
            gradient.iter_mut().zip(row).for_each(|(sum, g)| *sum += weight * g);
        }
        let square: f64 =
            self.members.iter().zip(&self.weights).map(|(&member, weight)| weight * gradient[member]).sum();
        (0..self.columns)
            .filter(|j| gradient[*j] < square - ROUNDING && !self.members.contains(j))
            .min_by(|&i, &j| gradient[i].total_cmp(&gradient[j]))
    }

    /// Takes a column in and moves to the nearest point of the affine hull, or as far as weights stay
    /// positive; then without those whose weight is used up. Whether there was any movement.
    fn enter(&mut self, column: usize) -> bool {
        self.members.push(column);
        self.weights.push(0.0);
        self.factorise(self.members.len() - 1);
        let mut moved = false;
        loop {
            let target = self.affine_minimiser();
            if target.iter().all(|&weight| weight > 0.0) {
                moved |= self.members.contains(&column);
                self.weights = target;
                return moved;
            }
            let room = self.weights.iter().zip(&target).filter(|(_, target)| **target <= 0.0);
            let step = room.map(|(weight, target)| weight / (weight - target)).fold(1.0, f64::min);
            moved |= step > 0.0;
            for (weight, target) in self.weights.iter_mut().zip(&target) {
                let exhausted = *target <= 0.0 && *weight / (*weight - target) <= step;
                *weight = if exhausted { 0.0 } else { *weight + step * (target - *weight) };
            }
            self.drop_exhausted();
        }
    }

    fn drop_exhausted(&mut self) {
        let first = self.weights.iter().position(|&weight| weight <= 0.0).unwrap_or(self.weights.len());
        let weights = &self.weights;
        let mut place = 0..;
        self.members.retain(|_| place.next().is_some_and(|place: usize| weights[place] > 0.0));
        self.weights.retain(|&weight| weight > 0.0);
        self.factorise(first);
    }

    /// Rows of the factor from `first` on; those before it stand. A pivot lost in rounding is raised to
    /// where it would be if the diagonal were a little larger, which moves no gradient by more.
    fn factorise(&mut self, first: usize) {
        let n = self.columns;
        for (i, &member) in self.members.iter().enumerate().skip(first) {
            let (done, rest) = self.factor.split_at_mut(i * n);
            let row = &mut rest[..=i];
            for (j, &other) in self.members[..=i].iter().enumerate() {
                let sum: f64 = 1.0 + self.gram[member * n + other];
                if j < i {
                    let before = &done[j * n..][..=j];
                    row[j] = (sum - dot(&row[..j], &before[..j])) / before[j];
                } else {
                    row[i] = (sum - dot(&row[..i], &row[..i])).max(0.1 * ROUNDING).sqrt();
                }
            }
        }
    }

    /// The weights, of any sign, of the point of the affine hull nearest to the origin:
    /// (11' + G)u = 1, w = u/Σu.
    fn affine_minimiser(&self) -> Vec<f64> {
        let (n, size) = (self.columns, self.members.len());
        let mut u = vec![1.0; size];
        for i in 0..size {
            let row = &self.factor[i * n..][..=i];
            u[i] = (u[i] - dot(&row[..i], &u[..i])) / row[i];
        }
        for i in (0..size).rev() {
            u[i] /= self.factor[i * n + i];
            let (before, solved) = u.split_at_mut(i);
            let row = &self.factor[i * n..][..i];
            before.iter_mut().zip(row).for_each(|(u, l)| *u -= l * solved[0]);
        }
        let sum: f64 = u.iter().sum();
        u.iter_mut().for_each(|u| *u /= sum);
        u
    }
}
