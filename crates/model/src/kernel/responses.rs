//! The responses over an estimation window, and which of its days count.

use std::ops::Range;

use super::columns::Columns;
use crate::Specification;
use crate::event::EventPlace;
use crate::panel::Series;

/// The responses of one event; zero on the days that are left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Responses {
    pub(super) y: Vec<f64>,
    /// One on the days that count, zero on the others; made where there are others.
    weights: Vec<f64>,
    /// Calendar indices of the others.
    left_out: Vec<usize>,
    start: usize,
    length: usize,
}

impl Responses {
    /// The returns, or those above the risk-free rate; NaN on days that do not count. They stay where they are
    /// stored if they can be used as they are there, and are put in `y` otherwise.
    pub(super) fn read<'p>(
        &mut self,
        specification: &Specification,
        place: &EventPlace<'_>,
        series: Series<'p>,
        columns: &Columns,
        window: &Range<usize>,
    ) -> Option<&'p [f64]> {
        self.left_out.clear();
        self.start = window.start;
        self.length = window.len();
        let stored = series.stored(window);
        let mask = specification.mask_other_events;
        let complete = columns.are_complete(window);
        let as_they_are = columns.risk_free.is_none() && complete && stored.is_some();
        if as_they_are && (mask == 0 || place.masked(window, mask).next().is_none()) {
            return stored;
        }
        self.y.clear();
        match stored {
            Some(own) => self.y.extend_from_slice(own),
            None => self.y.extend(window.clone().map(|day| series.at(day))),
        }
        if let Some(risk_free) = &columns.risk_free {
            for (y, rf) in self.y.iter_mut().zip(&risk_free[window.clone()]) {
                *y -= rf;
            }
        }
        if !complete {
            for (y, _) in self.y.iter_mut().zip(window.clone()).filter(|(_, day)| !columns.has(*day)) {
                *y = f64::NAN;
            }
        }
        for days in place.masked(window, mask) {
            self.y[days.start - window.start..days.end - window.start].fill(f64::NAN);
        }
        None
    }

    /// Takes over the responses that are used as they are stored.
    pub(super) fn copy(&mut self, stored: &[f64]) {
        self.y.clear();
        self.y.extend_from_slice(stored);
    }

    /// Takes out the days without a response.
    pub(super) fn leave_out_gaps(&mut self) {
        self.weights.clear();
        for (place, y) in self.y.iter_mut().enumerate() {
            let counts = y.is_finite();
            self.weights.push(f64::from(u8::from(counts)));
            if !counts {
                *y = 0.0;
                self.left_out.push(self.start + place);
            }
        }
    }

    /// One on the days that count and zero on the others; `None` where all count.
    pub(super) fn weights(&self) -> Option<&[f64]> {
        (!self.left_out.is_empty()).then_some(&self.weights)
    }

    /// Calendar indices of the days that do not count.
    pub(super) fn left_out(&self) -> &[usize] {
        &self.left_out
    }

    /// Days of the window.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// How many days count.
    pub(super) fn count(&self) -> usize {
        self.length - self.left_out.len()
    }
}
