//! The CAR from the first day of the event window through each.

use crate::{Maybe, MissingPolicy};

/// A running sum of ARs: absent before the first, and, where missing days exclude a sum, from the first missing one on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path {
    sum: Maybe,
    /// Whether a missing day ends the sum.
    excludes: bool,
    ended: bool,
}

impl Path {
    pub(super) fn new(policy: MissingPolicy) -> Self {
        Self { sum: Maybe::NONE, excludes: policy == MissingPolicy::Exclude, ended: false }
    }

    /// Adds the AR of the next day; returns the sum so far.
    pub(crate) fn add(&mut self, ar: Maybe) -> Maybe {
        match ar.get() {
            Some(ar) => self.sum = Maybe::finite(self.sum.get().unwrap_or(0.0) + ar),
            None => self.ended |= self.excludes,
        }
        if self.ended { Maybe::NONE } else { self.sum }
    }
}
