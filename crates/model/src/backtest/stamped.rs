//! Values that are known from some moment on.

use super::moment::Moment;

/// A value with the moment from which on it is known. The one way to the value is to say when one asks:
///
/// ```compile_fail
/// fn look_ahead(figure: dayzero_model::backtest::Stamped<f64>) -> f64 {
///     figure.value
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stamped<T> {
    known: Moment,
    value: T,
}

impl<T> Stamped<T> {
    /// A value that is known from this moment on.
    pub fn new(known: Moment, value: T) -> Self {
        Self { known, value }
    }

    /// When it becomes known, which says nothing of what it is.
    pub fn known(&self) -> Moment {
        self.known
    }

    /// The value, for those who ask at this moment; `None` before it is known.
    pub fn by(self, now: Moment) -> Option<T> {
        (self.known <= now).then_some(self.value)
    }
}
