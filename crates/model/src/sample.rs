//! The events of one group that are valid for one window, as test statistics see them.

use crate::results::Results;

/// Events in a fixed order, independent of threads and of the order of input rows. Events whose
/// residual variance is zero have a CAR but no SCAR.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// CAR of every event.
    pub car: Vec<f64>,
    /// For every event, the share of its estimation residuals that are positive.
    pub positive_share: Vec<f64>,
    /// SCAR of every event that has one.
    pub scar: Vec<f64>,
    /// For every event with a SCAR, the degrees of freedom M − k of its s².
    pub dof: Vec<usize>,
    /// r̄ over the events with a SCAR, where a test needs it and there are two or more.
    pub mean_correlation: Option<f64>,
}

impl Sample {
    /// Collects the members that are valid for a window.
    pub fn collect(results: &Results, members: &[usize], window: TestedWindow) -> Self {
        let mut sample = Self::default();
        for &event in members {
            let (car, scar) = match window {
                TestedWindow::Declared(w) => (results.window_car(event, w), results.window_scar(event, w)),
                TestedWindow::Day(day) => (results.ar(event, day), results.sar(event, day)),
            };
            let (Some(car), Some(share)) = (car.get(), results.positive_share[event].get()) else { continue };
            sample.car.push(car);
            sample.positive_share.push(share);
            if let Some(scar) = scar.get() {
                sample.scar.push(scar);
                sample.dof.push(results.dof[event] as usize);
            }
        }
        sample
    }

    /// Mean CAR; `None` without events.
    pub fn mean_car(&self) -> Option<f64> {
        (!self.car.is_empty()).then(|| self.car.iter().sum::<f64>() / self.car.len() as f64)
    }
}

/// A window that is tested: a declared one, or one day of the event window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestedWindow {
    /// Place among the declared windows.
    Declared(usize),
    /// Place of the day within the event window.
    Day(usize),
}
