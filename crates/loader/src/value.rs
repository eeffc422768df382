//! Prices and returns: which values cannot be, and how one becomes the other.

use crate::source::{Extra, ValueColumn};

/// A value that cannot be: the problem and the remedy.
pub(crate) type Impossible = (String, &'static str);

impl ValueColumn {
    /// Whether a value can be, or is missing: a price is positive and finite, a return is not below −1.
    pub(crate) fn is_sound(&self, value: f64) -> bool {
        match self {
            Self::Price(_) => is_positive(value),
            Self::Return(_) => is_return(value),
        }
    }

    /// Whether all of them are.
    pub(crate) fn all_sound(&self, values: &[f64]) -> bool {
        match self {
            Self::Price(_) => all(values, is_positive),
            Self::Return(_) => all(values, is_return),
        }
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
    /// Whether a value can be, or is missing: prices and numbers of shares are positive and finite, volumes may
    /// be zero, returns are not below −1.
    pub(crate) fn is_sound(self, value: f64) -> bool {
        match self {
            Self::Open | Self::Shares => is_positive(value),
            Self::Volume => value == 0.0 || is_positive(value),
            Self::Expected => is_return(value),
        }
    }

    /// Whether all of them are.
    pub(crate) fn all_sound(self, values: &[f64]) -> bool {
        match self {
            Self::Open | Self::Shares => all(values, is_positive),
            Self::Volume => all(values, |value| value == 0.0 || is_positive(value)),
            Self::Expected => all(values, is_return),
        }
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

/// Positive and finite, or missing.
fn is_positive(value: f64) -> bool {
    !((value <= 0.0) | (value == f64::INFINITY))
}

/// A decimal return, or missing.
fn is_return(value: f64) -> bool {
    !((value < -1.0) | (value == f64::INFINITY))
}

/// Whether all values are of a kind. Without an early exit, and with counts as wide as the values, this is compiled to
/// few instructions per value.
fn all(values: &[f64], is_sound: impl Fn(f64) -> bool) -> bool {
    values.iter().map(|&value| u64::from(!is_sound(value))).sum::<u64>() == 0
}

/// Refuses a decimal return below −1 or infinite: a code for a missing value, such as −99.99.
pub(crate) fn check_return(value: f64) -> Result<(), Impossible> {
    if !is_return(value) {
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
