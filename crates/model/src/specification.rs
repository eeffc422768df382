//! One way to estimate: a model, its windows, its kind of return.

use crate::expected::{Recipe, ReturnModel};
use crate::{ReturnKind, Window};

/// What to do with a window in which a return is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingPolicy {
    /// The event is untested for that window.
    Exclude,
    /// The days that are present count.
    Available,
}

impl MissingPolicy {
    /// The name in configurations and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exclude => "exclude",
            Self::Available => "available",
        }
    }
}

/// A specification: everything that decides the estimate of an event.
#[derive(Clone)]
pub struct Specification {
    /// The return model.
    pub model: &'static dyn ReturnModel,
    /// What the model asks for, with its options filled in.
    pub recipe: Recipe,
    /// Simple or logarithmic returns.
    pub returns: ReturnKind,
    /// Estimation window, before and apart from the event window.
    pub estimation: Window,
    /// Event window.
    pub event: Window,
    /// Windows for cumulative abnormal returns, inside the event window.
    pub car_windows: Vec<Window>,
    /// Fewest estimation days.
    pub minimum_observations: usize,
    /// Days around the security's other events that are left out of estimation; 0 is off, 1 leaves
    /// out the day before, the day and the day after.
    pub mask_other_events: usize,
    /// What a missing return does to a window.
    pub missing: MissingPolicy,
}

impl Specification {
    /// The windows that are tested: the declared ones, then every day of the event window that is
    /// not declared already.
    pub fn tested_windows(&self) -> Vec<Window> {
        let days = self.event.taus().map(Window::day).filter(|day| !self.car_windows.contains(day));
        self.car_windows.iter().copied().chain(days).collect()
    }
}
