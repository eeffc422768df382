//! Prices and returns: which values cannot be, and how one becomes the other.

use crate::source::{Extra, ValueColumn};

/// A value that cannot be: the problem and the remedy.
pub(crate) type Impossible = (String, &'static str);

impl ValueColumn {
    /// Whether a value can be, or is missing.
    pub(crate) fn is_sound(&self, value: f64) -> bool {
        match self {
            Self::Price(_) => value.is_nan() || (value > 0.0 && value < f64::INFINITY),
            Self::Return(_) => value.is_nan() || (-1.0..f64::INFINITY).contains(&value),
        }
    }

    /// Refuses a price that is not positive and finite, and a return below −1. A missing value (NaN)
    /// passes.
    pub(crate) fn check(&self, value: f64) -> Result<(), Impossible> {
        match self {
            _ if value.is_nan() => Ok(()),
            Self::Price(_) if value.is_infinite() || value <= 0.0 => Err((
                format!("the price {value} is not positive and finite"),
                "drop the row or leave the price empty; where a minus sign marks a bid-ask average, take its size",
            )),
            Self::Return(_) => check_return(value),
            Self::Price(_) => Ok(()),
        }
    }
}

impl Extra {
    /// Whether a value can be, or is missing.
    pub(crate) fn is_sound(self, value: f64) -> bool {
        self.check(value).is_ok()
    }

    /// Refuses a price or a number of shares that is not positive and finite, a negative volume, and a
    /// return below −1. A missing value (NaN) passes.
    pub(crate) fn check(self, value: f64) -> Result<(), Impossible> {
        let (what, sound) = match self {
            _ if value.is_nan() => return Ok(()),
            Self::Expected => return check_return(value),
            Self::Open => ("opening price", value > 0.0 && value.is_finite()),
            Self::Shares => ("number of shares", value > 0.0 && value.is_finite()),
            Self::Volume => ("volume", value >= 0.0 && value.is_finite()),
        };
        let sign = if self == Self::Volume { "is negative or infinite" } else { "is not positive and finite" };
        if sound { Ok(()) } else { Err((format!("the {what} {value} {sign}"), "leave unknown values empty")) }
    }
}

/// Refuses a decimal return below −1 or infinite: a code for a missing value, such as −99.99.
pub(crate) fn check_return(value: f64) -> Result<(), Impossible> {
    if value.is_infinite() || value < -1.0 {
        let remedy = "returns are decimals, and codes for missing values must be left empty";
        return Err((format!("the return {value} is below -1 or infinite"), remedy));
    }
    Ok(())
}

/// Replaces prices on consecutive trading days by simple returns; missing where either price is.
pub(crate) fn prices_to_returns(run: &mut [f64]) {
    for i in (1..run.len()).rev() {
        run[i] = run[i] / run[i - 1] - 1.0;
    }
    if let Some(first) = run.first_mut() {
        *first = f64::NAN;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_values_are_those_that_pass_the_check() {
        let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, -1.0, -1.1, 1.0, 1e300, -99.99, 0.02];
        for value in bad {
            for column in [ValueColumn::Price(String::new()), ValueColumn::Return(String::new())] {
                assert_eq!(column.is_sound(value), column.check(value).is_ok(), "{column:?} {value}");
            }
        }
    }
}
