//! How large a lot may be.

use super::Book;
use super::position::Step;
use crate::backtest::reason::{CappedBy, Untraded};
use crate::backtest::strategy::Order;

/// A lot that would be cut below this share of its size is not entered.
const SMALLEST: f64 = 0.01;

impl Book<'_> {
    /// Enters the orders of one instant.
    pub(super) fn enter(&mut self, steps: &[Step], untraded: &mut impl FnMut(Untraded)) {
        if self.ruined {
            steps.iter().for_each(|_| untraded(Untraded::Ruined));
            return;
        }
        let limits = &self.strategy.limits;
        let places = limits.positions.map_or(usize::MAX, |most| most.saturating_sub(self.held));
        let mut wanted: Vec<(usize, f64, Option<CappedBy>)> = Vec::new();
        for &Step { order, .. } in steps {
            if wanted.len() >= places {
                untraded(Untraded::MaxPositions);
                continue;
            }
            let (notional, capped_by) = self.own_limits(order);
            if notional < SMALLEST * self.orders[order].weight * self.equity {
                if capped_by == Some(CappedBy::Name) {
                    untraded(Untraded::MaxName);
                } else {
                    untraded(Untraded::Participation);
                    self.done.too_large.push(self.orders[order].too_large(self.record));
                }
                continue;
            }
            if limits.name.is_some() {
                *self.by_security.entry(self.security(order)).or_default() += notional;
            }
            wanted.push((order, notional, capped_by));
        }
        let total: f64 = wanted.iter().map(|(_, notional, _)| notional).sum();
        let room = limits.gross.map_or(f64::INFINITY, |most| most * self.equity - self.gross);
        let share = if total > room { (room / total).max(0.0) } else { 1.0 };
        for (order, notional, capped_by) in wanted {
            let cut = share < 1.0;
            if let Some(held) = self.by_security.get_mut(&self.security(order)) {
                *held -= (1.0 - share) * notional;
            }
            if share * notional < SMALLEST * self.orders[order].weight * self.equity {
                untraded(Untraded::MaxGross);
            } else {
                self.open(order, share * notional, if cut { Some(CappedBy::Gross) } else { capped_by });
            }
        }
    }

    /// The value of an order after the limits on itself and on its security.
    fn own_limits(&self, order: usize) -> (f64, Option<CappedBy>) {
        let Order { weight, most, .. } = self.orders[order];
        let (mut notional, mut capped_by) = (weight * self.equity, None);
        if let Some(most) = most.get().filter(|&most| most < notional) {
            (notional, capped_by) = (most, Some(CappedBy::Participation));
        }
        if let Some(name) = self.strategy.limits.name {
            let held = self.by_security.get(&self.security(order)).copied().unwrap_or(0.0);
            let room = (name * self.equity - held).max(0.0);
            if room < notional {
                (notional, capped_by) = (room, Some(CappedBy::Name));
            }
        }
        (notional, capped_by)
    }
}
