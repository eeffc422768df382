//! A value that is finite, or absent.

/// A number that is finite, or absent; as large as an `f64`.
///
/// The engine's rule is that NaN does not leave the panel. This type keeps the rule at the price of
/// nothing: the absent value is stored as a NaN that no method hands out.
#[derive(Clone, Copy)]
pub struct Maybe(f64);

impl Maybe {
    /// No value.
    pub const NONE: Self = Self(f64::NAN);

    /// The number, or nothing where it is not finite.
    pub fn finite(value: f64) -> Self {
        if value.is_finite() { Self(value) } else { Self::NONE }
    }

    /// A number that the caller finds to be finite before anybody sees it. For loops over many.
    pub(crate) fn unchecked(value: f64) -> Self {
        Self(value)
    }

    /// The number, if there is one.
    pub fn get(self) -> Option<f64> {
        (!self.0.is_nan()).then_some(self.0)
    }

    /// The number as it is stored: NaN where there is none. For loops over many that check them themselves.
    pub(crate) fn stored(self) -> f64 {
        self.0
    }

    /// Numbers as a table has them: zero where there is none; and which there are, unless that is all of them.
    pub fn split(numbers: Vec<Self>) -> (Vec<f64>, Option<Vec<bool>>) {
        // In the same memory: a number that may be absent is as large as one that may not.
        let mut values: Vec<f64> = numbers.into_iter().map(|number| number.0).collect();
        let absent = values.iter().filter(|value| value.is_nan()).count();
        let present = (absent > 0).then(|| values.iter().map(|value| !value.is_nan()).collect());
        if absent > 0 {
            values.iter_mut().filter(|value| value.is_nan()).for_each(|value| *value = 0.0);
        }
        (values, present)
    }

    /// Whether there is a number.
    pub fn is_some(self) -> bool {
        !self.0.is_nan()
    }
}

impl Default for Maybe {
    fn default() -> Self {
        Self::NONE
    }
}

impl From<Option<f64>> for Maybe {
    fn from(value: Option<f64>) -> Self {
        value.map_or(Self::NONE, Self::finite)
    }
}

impl PartialEq for Maybe {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl std::fmt::Debug for Maybe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.get().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finite_numbers_get_in() {
        assert_eq!(Maybe::finite(1.5).get(), Some(1.5));
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Maybe::finite(bad).get(), None);
        }
        assert_eq!(Maybe::NONE, Maybe::from(None));
        assert_eq!(size_of::<Maybe>(), size_of::<f64>());
    }

    #[test]
    fn numbers_are_told_from_their_absence() {
        let [one, none] = [Maybe::finite(1.5), Maybe::NONE];
        assert_eq!(Maybe::split(vec![one, none, one]), (vec![1.5, 0.0, 1.5], Some(vec![true, false, true])));
        assert_eq!(Maybe::split(vec![one, one]), (vec![1.5, 1.5], None));
        assert_eq!(Maybe::split(vec![none]), (vec![0.0], Some(vec![false])));
    }
}
