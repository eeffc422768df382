//! Prices and returns: which values cannot be, and how one becomes the other.

use crate::source::{Extra, ValueColumn};

/// A value that cannot be: the problem and the remedy.
pub(crate) type Impossible = (String, &'static str);

/// What values can be, unless they are missing.
#[derive(Clone, Copy)]
enum Range {
    /// Positive and finite.
    Positive,
    /// Finite, and zero at least.
    NotNegative,
    /// A decimal return.
    Return,
}

impl Range {
    /// Whether values can be whose lowest and highest are these.
    fn reaches(self, low: f64, high: f64) -> bool {
        let is_high_enough = match self {
            Self::Positive => low > 0.0,
            Self::NotNegative => low >= 0.0,
            Self::Return => low >= -1.0,
        };
        is_high_enough && high < f64::INFINITY
    }

    fn has(self, value: f64) -> bool {
        value.is_nan() || self.reaches(value, value)
    }

    fn has_all(self, values: &[f64]) -> bool {
        let (low, high) = extremes(values);
        self.reaches(low, high)
    }
}

/// The lowest and highest of values but for the missing ones, which no comparison holds for. In lanes, as a chain of
/// comparisons would wait for itself, and a test of each value is compiled to many instructions.
fn extremes(values: &[f64]) -> (f64, f64) {
    let (mut low, mut high) = ([f64::INFINITY; 8], [f64::NEG_INFINITY; 8]);
    let (blocks, rest) = values.as_chunks();
    let mut last = [f64::NAN; 8];
    last[..rest.len()].copy_from_slice(rest);
    for block in blocks.iter().chain([&last]) {
        for ((low, high), &value) in low.iter_mut().zip(&mut high).zip(block) {
            *low = if value < *low { value } else { *low };
            *high = if value > *high { value } else { *high };
        }
    }
    (low.into_iter().fold(f64::INFINITY, f64::min), high.into_iter().fold(f64::NEG_INFINITY, f64::max))
}

impl ValueColumn {
    fn range(&self) -> Range {
        match self {
            Self::Price(_) => Range::Positive,
            Self::Return(_) => Range::Return,
        }
    }

    /// Whether a value can be, or is missing: a price is positive and finite, a return is not below −1.
    pub(crate) fn is_sound(&self, value: f64) -> bool {
        self.range().has(value)
    }

    /// Whether all of them are.
    pub(crate) fn all_sound(&self, values: &[f64]) -> bool {
        self.range().has_all(values)
    }

    /// Refuses a value that is not sound.
    pub(crate) fn check(&self, value: f64) -> Result<(), Impossible> {
        match self {
            _ if self.is_sound(value) => Ok(()),
            Self::Price(_) => Err((
                format!("the price {value} is not positive and finite"),
                "drop the row or leave the price empty; where a minus sign marks a bid-ask average, take its size",
            )),
            Self::Return(_) => check_return(value),
        }
    }
}

impl Extra {
    fn range(self) -> Range {
        match self {
            Self::Open | Self::Shares => Range::Positive,
            Self::Volume => Range::NotNegative,
            Self::Expected => Range::Return,
        }
    }

    /// Whether a value can be, or is missing: prices and numbers of shares are positive and finite, volumes may
    /// be zero, returns are not below −1.
    pub(crate) fn is_sound(self, value: f64) -> bool {
        self.range().has(value)
    }

    /// Whether all of them are.
    pub(crate) fn all_sound(self, values: &[f64]) -> bool {
        self.range().has_all(values)
    }

    /// Refuses a value that is not sound.
    pub(crate) fn check(self, value: f64) -> Result<(), Impossible> {
        let what = match self {
            _ if self.is_sound(value) => return Ok(()),
            Self::Expected => return check_return(value),
            Self::Open => "opening price",
            Self::Shares => "number of shares",
            Self::Volume => "volume",
        };
        let sign = if self == Self::Volume { "is negative or infinite" } else { "is not positive and finite" };
        Err((format!("the {what} {value} {sign}"), "leave unknown values empty"))
    }
}

/// Refuses a decimal return below −1 or infinite: a code for a missing value, such as −99.99.
pub(crate) fn check_return(value: f64) -> Result<(), Impossible> {
    if !Range::Return.has(value) {
        let remedy = "returns are decimals, and codes for missing values must be left empty";
        return Err((format!("the return {value} is below -1 or infinite"), remedy));
    }
    Ok(())
}

/// Replaces prices on consecutive trading days by simple returns; missing where either price is.
pub(crate) fn prices_to_returns(run: &mut [f64]) {
    let Some((first, others)) = run.split_first_mut() else { return };
    let mut before = std::mem::replace(first, f64::NAN);
    // In this order, several at once.
    for value in others {
        let price = *value;
        *value = price / before - 1.0;
        before = price;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_sound_together_where_each_is() {
        let odd =
            [0.0, -0.0, -1.0, -1.0000001, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -f64::NAN, f64::MIN_POSITIVE];
        for range in [Range::Positive, Range::NotNegative, Range::Return] {
            assert!(range.has_all(&[]) && range.has_all(&[f64::NAN; 20]));
            for (value, place) in odd.into_iter().flat_map(|value| [0, 7, 8, 18].map(|place| (value, place))) {
                let mut values = [1.0; 19];
                values[3] = f64::NAN;
                values[place] = value;
                assert_eq!(range.has_all(&values), range.has(value), "{value} at {place}");
            }
        }
        assert!(!Range::Positive.has(-0.0) && Range::NotNegative.has(-0.0) && Range::Return.has(-1.0));
    }

    #[test]
    fn returns_are_those_of_consecutive_prices() {
        let mut run = [2.0, 3.0, f64::NAN, 4.0, 5.0];
        prices_to_returns(&mut run);
        assert!(run[0].is_nan() && run[2].is_nan() && run[3].is_nan());
        assert_eq!((run[1], run[4]), (0.5, 0.25));
        prices_to_returns(&mut []);
    }
}
