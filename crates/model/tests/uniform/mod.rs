//! A market of uniform numbers, for the test of the fast path and the benchmark of it.

use dayzero_model::{Calendar, Date, Hours, Market};

/// Uniform numbers in [−1, 1), the same in every run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    pub(crate) fn column(&mut self, days: usize, size: f64) -> Vec<f64> {
        (0..days).map(|_| size * self.next()).collect()
    }
}

/// Names of the factors of [`market`].
pub(crate) const FACTORS: [&str; 5] = ["mktrf", "smb", "hml", "rmw", "cma"];

/// A market of so many consecutive days, with a benchmark and the five factors.
pub(crate) fn market(numbers: &mut Numbers, days: usize) -> Market {
    Market {
        name: "US".into(),
        calendar: Calendar::new((0..days as i32).map(Date).collect()).expect("dates"),
        hours: Hours::new(34_200, 57_600, Default::default()).expect("hours"),
        benchmark: numbers.column(days, 0.02),
        measures: vec![],
        factors: FACTORS.iter().map(|_| numbers.column(days, 0.01)).collect(),
        risk_free: None,
    }
}
