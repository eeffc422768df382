//! The book of one strategy: cash, lots and hedges, date by date.

mod limits;
mod position;

use std::collections::HashMap;

use super::lot::Day;
use super::moment::{Moment, Timeline};
use super::plan::Fill;
use super::reason::{CappedBy, ExitReason, Untraded};
use super::record::Record;
use super::strategy::{Order, Strategy, Traded};
use super::tape::{At, Tape};
use position::{Position, Step, Sums};

/// The book of one strategy.
pub(super) struct Book<'a> {
    record: &'a Record<'a>,
    timeline: &'a Timeline,
    strategy: &'a Strategy,
    orders: &'a [Order],
    cash: f64,
    /// Equity at the end of the date before.
    equity: f64,
    ruined: bool,
    /// By order, while it is open.
    positions: Vec<Option<Position<'a>>>,
    /// The orders that were open in the course of the date, in the order of their entry.
    open: Vec<usize>,
    /// How many still are.
    held: usize,
    done: Traded,
    /// Value of the open lots, all of them and by security, at the latest marks.
    gross: f64,
    by_security: HashMap<usize, f64>,
    /// Of the date at hand.
    costs: f64,
    traded: f64,
}

impl<'a> Book<'a> {
    pub(super) fn new(
        record: &'a Record<'a>,
        timeline: &'a Timeline,
        strategy: &'a Strategy,
        orders: &'a [Order],
    ) -> Self {
        Self {
            record,
            timeline,
            strategy,
            orders,
            cash: 1.0,
            equity: 1.0,
            ruined: false,
            positions: vec![None; orders.len()],
            open: Vec::new(),
            held: 0,
            done: Traded { days: Vec::with_capacity(timeline.dates().len()), ..Traded::default() },
            gross: 0.0,
            by_security: HashMap::new(),
            costs: 0.0,
            traded: 0.0,
        }
    }

    /// Trades the orders, date by date; those that are not entered are told.
    pub(super) fn trade(mut self, mut untraded: impl FnMut(Untraded)) -> Traded {
        let step = |order: usize, fill: Fill, moment: Moment, enters: bool| {
            let place = self.timeline.place(self.market(order), fill.day);
            Step { place, moment, enters, order }
        };
        let both = |(i, order): (usize, &Order)| {
            let Order { planned, enters, leaves, .. } = order;
            [step(i, planned.entry, *enters, true), step(i, planned.exit, *leaves, false)]
        };
        let mut steps: Vec<Step> = self.orders.iter().enumerate().flat_map(both).collect();
        steps.sort_unstable();
        let mut rest = steps.as_slice();
        for date in 0..self.timeline.dates().len() {
            self.begin(date);
            while let Some(&Step { place, moment, enters, order }) = rest.first()
                && place == date
            {
                let same = |step: &&Step| (step.place, step.moment, step.enters) == (place, moment, enters);
                let group = if enters { rest.iter().take_while(same).count() } else { 1 };
                match enters {
                    true => self.enter(&rest[..group], &mut untraded),
                    false => self.leave(order, self.orders[order].planned.exit, None),
                }
                rest = &rest[group..];
            }
            self.end(date);
        }
        self.done
    }

    fn market(&self, order: usize) -> usize {
        self.record.announcements[self.orders[order].event].market
    }

    fn security(&self, order: usize) -> usize {
        self.record.announcements[self.orders[order].event].security
    }

    /// The nights since the date before are paid for, and exposures counted anew.
    fn begin(&mut self, date: usize) {
        (self.costs, self.traded, self.gross) = (0.0, 0.0, 0.0);
        self.by_security.clear();
        let dates = self.timeline.dates();
        let nights = date.checked_sub(1).map_or(0, |before| dates[date].0 - dates[before].0);
        let rate = self.strategy.costs.borrow(nights);
        for &order in &self.open {
            let Some(position) = &mut self.positions[order] else { continue };
            let value = position.value();
            if value < 0.0 {
                position.borrow -= rate * value;
                self.cash += rate * value;
                self.costs -= rate * value;
            }
            self.gross += value.abs();
            if self.strategy.limits.name.is_some() {
                let security = self.record.announcements[self.orders[order].event].security;
                *self.by_security.entry(security).or_default() += value.abs();
            }
        }
    }

    fn open(&mut self, order: usize, notional: f64, capped_by: Option<CappedBy>) {
        let Order { short, planned, hedge_ratio, .. } = self.orders[order];
        let sign = if short { -1.0 } else { 1.0 };
        let level = self.level(order, planned.entry);
        let hedge = sign * notional * hedge_ratio;
        let mut position = Position {
            lot: self.done.lots.len(),
            tape: Tape::new(self.record.panel, self.security(order)),
            shares: sign * notional / planned.entry.price,
            mark: planned.entry.price,
            units: if hedge == 0.0 { 0.0 } else { hedge / level },
            level: if hedge == 0.0 { 0.0 } else { level },
            costs: 0.0,
            borrow: 0.0,
        };
        self.cash -= position.value() + position.hedge();
        self.pay(&mut position);
        self.gross += notional;
        self.done.lots.push(self.orders[order].lot(self.record, notional / self.equity, notional, capped_by));
        self.positions[order] = Some(position);
        self.open.push(order);
        self.held += 1;
    }

    /// Leaves an order, if it was entered.
    fn leave(&mut self, order: usize, exit: Fill, reason: Option<ExitReason>) {
        let Some(mut position) = self.positions[order].take() else { return };
        let before = position.value().abs();
        position.mark = exit.price;
        if position.units != 0.0 {
            position.level = self.level(order, exit);
        }
        self.cash += position.value() + position.hedge();
        self.pay(&mut position);
        self.gross -= before;
        if let Some(held) = self.by_security.get_mut(&self.done.lots[position.lot].security) {
            *held -= before;
        }
        self.held -= 1;
        let entry = self.level(order, self.orders[order].planned.entry);
        let lot = &mut self.done.lots[position.lot];
        if let Some(reason) = reason {
            (lot.exit, lot.exit_reason) = (exit, reason);
            lot.sessions = super::plan::sessions(lot.entry, exit);
        }
        let sign = if lot.short { -1.0 } else { 1.0 };
        lot.gross_return = sign * (exit.price / lot.entry.price - 1.0);
        if position.units != 0.0 {
            lot.hedge_return = position.units * (position.level - entry) / lot.notional;
        }
        lot.costs = position.costs / lot.notional;
        lot.borrow = position.borrow / lot.notional;
    }

    /// Commission and half-spread on a lot and its hedge at their marks.
    fn pay(&mut self, position: &mut Position<'_>) {
        let traded = position.value().abs() + position.hedge().abs();
        let costs = self.strategy.costs.per_side() * traded;
        position.costs += costs;
        self.cash -= costs;
        self.costs += costs;
        self.traded += traded;
    }

    /// The benchmark at a fill: at its open where it has one, else at the close of the day.
    fn level(&self, order: usize, fill: Fill) -> f64 {
        let levels = &self.record.benchmarks[self.market(order)];
        let open = levels.open.get(fill.day).filter(|open| fill.at == At::Open && open.is_finite());
        open.or(levels.close.get(fill.day)).copied().unwrap_or(f64::NAN)
    }

    /// Marks everything at the last close of a date.
    fn end(&mut self, date: usize) {
        for &order in &self.open {
            let market = self.record.announcements[self.orders[order].event].market;
            let Some(position) = &mut self.positions[order] else { continue };
            let Some(session) = self.timeline.session(market, date) else { continue };
            if self.timeline.place(market, session) != date {
                continue;
            }
            position.mark = position.tape.mark(session).unwrap_or(position.mark);
            if position.units != 0.0 {
                position.level = self.record.benchmarks[market].close[session];
            }
        }
        let marked = self.sums();
        if self.cash + marked.net() <= 0.0 && !self.ruined {
            self.ruined = true;
            for order in self.open.clone() {
                let mark = self.positions[order].as_ref().map_or(0.0, |position| position.mark);
                let day = self.timeline.session(self.market(order), date).unwrap_or(0);
                self.leave(order, Fill { day, at: At::Close, price: mark }, Some(ExitReason::Ruined));
            }
        }
        let positions = &self.positions;
        self.open.retain(|&order| positions[order].is_some());
        self.push_day(date);
    }

    fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        for position in self.open.iter().filter_map(|&order| self.positions[order].as_ref()) {
            let value = position.value();
            if value < 0.0 {
                sums.short -= value;
            } else {
                sums.long += value;
            }
            sums.hedge += position.hedge();
        }
        sums
    }

    fn push_day(&mut self, date: usize) {
        let (before, sums) = (self.equity, self.sums());
        self.equity = self.cash + sums.net();
        // Nothing is owned or owed after a ruin, and of nothing there are no shares.
        let of = |value: f64, whole: f64| if whole > 0.0 { value / whole } else { 0.0 };
        let net_return = of(self.equity - before, before);
        let costs = of(self.costs, before);
        self.done.days.push(Day {
            date: self.timeline.dates()[date],
            net_return,
            gross_return: net_return + costs,
            costs,
            turnover: of(self.traded, before),
            long: of(sums.long, self.equity),
            short: of(sums.short, self.equity),
            hedge: of(sums.hedge, self.equity),
            cash: self.cash,
            positions: self.held,
            equity: self.equity,
        });
    }
}
