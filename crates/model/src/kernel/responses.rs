//! The responses over an estimation window, and which of its days count.

use std::ops::Range;

use super::columns::Columns;
use crate::Specification;
use crate::event::EventPlace;

/// The responses of one event; zero on the days that are left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Responses {
    pub(super) y: Vec<f64>,
    /// One on the days that count, zero on the others; made where there are others.
    weights: Vec<f64>,
    /// Calendar indices of the others.
    left_out: Vec<usize>,
    start: usize,
}

impl Responses {
    /// Reads the returns, or those above the risk-free rate; NaN on days that do not count.
    pub(super) fn read(
        &mut self,
        specification: &Specification,
        place: &EventPlace<'_>,
        columns: &Columns,
        window: &Range<usize>,
    ) {
        let series = place.series(specification.measure(), specification.returns);
        self.left_out.clear();
        self.y.clear();
        self.start = window.start;
        match series.stored(window) {
            Some(own) => self.y.extend_from_slice(own),
            None => self.y.extend(window.clone().map(|day| series.at(day))),
        }
        if let Some(risk_free) = &columns.risk_free {
            for (y, rf) in self.y.iter_mut().zip(&risk_free[window.clone()]) {
                *y -= rf;
            }
        }
        if !columns.are_complete(window) {
            for (y, _) in self.y.iter_mut().zip(window.clone()).filter(|(_, day)| !columns.has(*day)) {
                *y = f64::NAN;
            }
        }
        for days in place.masked(window, specification.mask_other_events) {
            self.y[days.start - window.start..days.end - window.start].fill(f64::NAN);
        }
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

    /// How many days count.
    pub(super) fn count(&self) -> usize {
        self.y.len() - self.left_out.len()
    }
}
