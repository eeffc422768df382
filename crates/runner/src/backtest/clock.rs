//! From civil dates, hours and zones to instants.

use dayzero_loader::events::Announced;
use dayzero_model::align::Session;
use dayzero_model::backtest::{Moment, Sessions};
use dayzero_model::{Date, Market};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

const MIDNIGHT: u32 = 0;
const NEXT_MIDNIGHT: u32 = 86_400;

/// An instant of a civil day; dates beyond the years of the calendar, which no calendar has, are never.
fn moment(date: Date, second: u32, zone: &TimeZone) -> Moment {
    let instant = || {
        let midnight = date.civil()?.at(0, 0, 0, 0);
        let local = midnight.checked_add(SignedDuration::from_secs(i64::from(second))).ok()?;
        Some(local.to_zoned(zone.clone()).ok()?.timestamp().as_microsecond())
    };
    Moment(instant().unwrap_or(i64::MAX))
}

/// When the sessions of a market open and close.
pub(super) fn sessions(market: &Market, zone: &TimeZone) -> Sessions {
    let dates = market.calendar.dates();
    Sessions {
        opens: dates.iter().map(|&date| moment(date, market.hours.open(), zone)).collect(),
        closes: dates.iter().map(|&date| moment(date, market.hours.close_on(date), zone)).collect(),
    }
}

/// The earliest moment at which something can have been announced, and the moment from which on it was
/// surely known. They are the same for an instant. A date with a session leaves both open: before the open
/// means after midnight and just before the opening, and what was announced after the close, or nobody knows
/// when, is surely known when the day is over.
pub(super) fn announced(announced: &Announced, market: &Market, zone: &TimeZone) -> Option<(Moment, Moment)> {
    let (date, session) = match announced {
        Announced::At(instant) => {
            let moment = Moment(instant.as_microsecond());
            return Some((moment, moment));
        }
        Announced::On(date, session) => (*date, *session),
        Announced::Missing | Announced::Invalid(_) => return None,
    };
    let (open, close) = (market.hours.open(), market.hours.close_on(date));
    let at = |second: u32| moment(date, second, zone);
    let before = |second: u32| Moment(at(second).0 - 1);
    Some(match session {
        Session::BeforeOpen => (at(MIDNIGHT), before(open)),
        Session::During => (at(open), before(close)),
        Session::AfterClose => (at(close), at(NEXT_MIDNIGHT)),
        Session::Unknown => (at(MIDNIGHT), at(NEXT_MIDNIGHT)),
    })
}
