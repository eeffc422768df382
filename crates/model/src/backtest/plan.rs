//! When a decision is entered and left, at prices that can be traded.

use super::decide::Decision;
use super::moment::{Moment, Sessions};
use super::reason::{EntryReason, ExitReason, Untraded};
use super::record::Record;
use super::tape::{At, Tape};

/// When a lot is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enter {
    /// Trading days after day 0.
    pub day: usize,
    /// The price of the day.
    pub at: At,
    /// How many trading days later at most, where there is no price to trade at.
    pub wait_days: usize,
}

/// When a lot is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exit {
    /// Sessions to hold it: it is left at the close of the last one.
    pub hold_days: usize,
    /// Whether it is left at the last close before the security's next announcement, whose date is taken
    /// to be known by then.
    pub before_next_event: bool,
    /// Leave at the first price after a close at which it has lost so much of its value at entry.
    pub stop: Option<f64>,
    /// Leave at the first price after a close at which it has gained so much.
    pub target: Option<f64>,
}

/// A purchase or a sale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fill {
    /// Calendar index in the security's market.
    pub day: usize,
    /// Open or close.
    pub at: At,
    /// The price.
    pub price: f64,
}

/// A decision with its entry and its exit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planned {
    /// The entry.
    pub entry: Fill,
    /// Why then.
    pub entry_reason: EntryReason,
    /// The exit.
    pub exit: Fill,
    /// Why then.
    pub exit_reason: ExitReason,
    /// Closes at which it is held.
    pub sessions: usize,
}

/// A place in the sequence of a market's prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tick {
    day: usize,
    at: At,
}

impl Tick {
    /// The next price: the close after the open, the next open or close after the close.
    fn next(self, opens: bool) -> Self {
        match self.at {
            At::Open => Self { at: At::Close, ..self },
            At::Close if opens => Self { day: self.day + 1, at: At::Open },
            At::Close => Self { day: self.day + 1, ..self },
        }
    }

    fn fill(self, price: f64) -> Fill {
        Fill { day: self.day, at: self.at, price }
    }
}

/// Finds the entry and the exit of an event.
///
/// # Errors
/// It cannot be traded, with the reason.
pub fn plan(
    record: &Record<'_>,
    event: usize,
    decision: &Decision,
    short: bool,
    enter: Enter,
    exit: Exit,
) -> Result<Planned, Untraded> {
    let announcement = &record.announcements[event];
    let route = Route {
        sessions: &record.sessions[announcement.market],
        tape: Tape::new(record.panel, announcement.security),
        next_event: announcement.next.filter(|_| exit.before_next_event),
        short,
        exit,
    };
    let start = Tick { day: announcement.day0 + enter.day, at: enter.at };
    let (entry, entry_reason) = route.entry(start, decision.at, enter.wait_days)?;
    let (exit, exit_reason) = route.leave(entry)?;
    Ok(Planned { entry, entry_reason, exit, exit_reason, sessions: sessions(entry, exit) })
}

struct Route<'a> {
    sessions: &'a Sessions,
    tape: Tape<'a>,
    next_event: Option<Moment>,
    short: bool,
    exit: Exit,
}

impl Route<'_> {
    /// The first price after the decision that can be traded, from the one that the strategy names on.
    fn entry(&self, start: Tick, decided: Moment, wait_days: usize) -> Result<(Fill, EntryReason), Untraded> {
        let moment = |tick: Tick| self.sessions.moment(tick.day, tick.at).ok_or(Untraded::BeyondData);
        let mut tick = start;
        while moment(tick)? <= decided {
            tick = tick.next(self.tape.has_opens());
        }
        let mut reason = if tick == start { EntryReason::Scheduled } else { EntryReason::AfterAnnouncement };
        let last = tick.day + wait_days;
        while tick.day <= last {
            if self.next_event.is_some_and(|next| self.sessions.closes.get(tick.day).is_some_and(|&close| close > next))
            {
                return Err(Untraded::NextEvent);
            }
            moment(tick)?;
            if let Some(price) = self.tape.price(tick.day, tick.at) {
                return Ok((tick.fill(price), reason));
            }
            reason = EntryReason::Waited;
            tick = tick.next(self.tape.has_opens());
        }
        Err(Untraded::NoPrice)
    }

    /// The exit of what was entered.
    fn leave(&self, entry: Fill) -> Result<(Fill, ExitReason), Untraded> {
        let last_day = self.sessions.closes.len() - 1;
        let first_close = first_close(entry);
        let (mut due, mut reason) = (first_close + self.exit.hold_days - 1, ExitReason::Held);
        if let Some(next) = self.next_event {
            let closed = self.sessions.closed(next);
            if closed <= first_close {
                return Err(Untraded::NextEvent);
            }
            if closed - 1 < due {
                (due, reason) = (closed - 1, ExitReason::NextEvent);
            }
        }
        if first_close > last_day {
            return Err(Untraded::BeyondData);
        }
        let end = due.min(last_day);
        for day in first_close..end {
            if let Some(why) = self.triggered(entry, day) {
                let tick = Tick { day, at: At::Close }.next(self.tape.has_opens());
                return Ok(self.first_price(entry, tick, why, why));
            }
        }
        Ok(self.first_price(entry, Tick { day: due, at: At::Close }, reason, ExitReason::Waited))
    }

    /// Whether the close of a day is beyond the stop or the target.
    fn triggered(&self, entry: Fill, day: usize) -> Option<ExitReason> {
        let (stop, target) = (self.exit.stop, self.exit.target);
        if stop.is_none() && target.is_none() {
            return None;
        }
        let change = self.tape.price(day, At::Close)? / entry.price - 1.0;
        let gain = if self.short { -change } else { change };
        if stop.is_some_and(|stop| gain <= -stop) {
            return Some(ExitReason::Stop);
        }
        target.is_some_and(|target| gain >= target).then_some(ExitReason::Target)
    }

    /// The first price from a tick on, `at_once` if it is there and `later` otherwise; without any, the last
    /// price of all, which may be that of the entry.
    fn first_price(&self, entry: Fill, from: Tick, at_once: ExitReason, later: ExitReason) -> (Fill, ExitReason) {
        let last_day = self.sessions.closes.len() - 1;
        let last_close = self.tape.last().filter(|&day| first_close(entry) <= day);
        let last = last_close.unwrap_or(entry.day);
        let mut tick = from;
        while tick.day <= last {
            if let Some(price) = self.tape.price(tick.day, tick.at) {
                return (tick.fill(price), if tick == from { at_once } else { later });
            }
            tick = tick.next(self.tape.has_opens());
        }
        let price = last_close.and_then(|day| self.tape.mark(day)).unwrap_or(entry.price);
        match last < last_day {
            true => (Fill { day: last + 1, at: At::Close, price }, ExitReason::Delisted),
            false => (Fill { day: last, at: At::Close, price }, ExitReason::EndOfData),
        }
    }
}

/// The first close at which a lot is held.
fn first_close(entry: Fill) -> usize {
    entry.day + usize::from(entry.at == At::Close)
}

/// Closes at which a lot is held; one that is left at an open was held through the close before.
pub(super) fn sessions(entry: Fill, exit: Fill) -> usize {
    first_close(exit) - first_close(entry)
}
