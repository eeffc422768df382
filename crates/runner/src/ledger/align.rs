//! Day 0 of events, or why there is none.

use dayzero_loader::events::{Announced, EventTable};
use dayzero_loader::texts::Texts;
use dayzero_model::Outcome;
use dayzero_model::align::{self, Announcement, Session};

use super::{PartOfDay, Row};
use crate::load::Loaded;

/// What is known of a security of the events.
enum Known<'a> {
    /// The event does not name it.
    Missing,
    /// No price row has it.
    Unpriced(&'a str),
    /// Its market, which the study does not configure.
    ElsewhereIn(&'a str, &'a str),
    /// Its place in the panel.
    At(usize),
}

impl<'a> Known<'a> {
    fn new(loaded: &'a Loaded, id: Option<&'a str>) -> Self {
        let Some(id) = id else { return Self::Missing };
        if let Some(market) = loaded.assembled.unconfigured.get(id) {
            return Self::ElsewhereIn(id, market);
        }
        loaded.assembled.securities.get(id).map_or(Self::Unpriced(id), |&security| Self::At(security))
    }

    fn place(&self) -> Result<usize, (Outcome, String)> {
        match self {
            Self::At(security) => Ok(*security),
            Self::Missing => Err((Outcome::UnknownSecurity, "the security is missing".into())),
            Self::Unpriced(id) => Err((Outcome::UnknownSecurity, format!("{id} is not in the price table"))),
            Self::ElsewhereIn(id, market) => {
                let reason = format!("{id} is in market {market}, which the study does not configure");
                Err((Outcome::UnknownMarket, reason))
            }
        }
    }
}

/// Finds day 0 of events, one by one. What repeats among them is looked at once, before.
pub(super) struct Aligner<'a> {
    loaded: &'a Loaded,
    /// By code of the security.
    known: Vec<Known<'a>>,
    /// By code of the session.
    sessions: Vec<Option<Session>>,
}

impl<'a> Aligner<'a> {
    pub(super) fn new(loaded: &'a Loaded) -> Self {
        let EventTable { security, session, .. } = &loaded.events;
        let sessions = session.as_ref().map_or(&[][..], Texts::distinct);
        Self {
            loaded,
            known: security.distinct().iter().map(|id| Known::new(loaded, id.as_deref())).collect(),
            sessions: sessions.iter().map(|text| text.as_deref().and_then(Session::parse)).collect(),
        }
    }

    /// The session as the table writes it, where that can be read.
    pub(super) fn written(&self, event: usize) -> Option<Session> {
        self.sessions[self.loaded.events.session.as_ref()?.code(event)]
    }

    /// Security, market and day 0 of one event, or why there is none.
    pub(super) fn align(&self, index: usize) -> Row {
        let loaded = self.loaded;
        let events = &loaded.events;
        let is_written = events.session.as_ref().is_some_and(|session| session[index].is_some());
        let mut row = Row::default();
        let exclude = |row: Row, outcome, reason: String| Row {
            session: row.session.or(is_written.then_some(PartOfDay::AsWritten)),
            exclusion: Some(Box::new((outcome, reason))),
            ..row
        };
        let security = match self.known[events.security.code(index)].place() {
            Ok(security) => security,
            Err((outcome, reason)) => return exclude(row, outcome, reason),
        };
        let market_index = loaded.assembled.panel.securities()[security].market;
        row.security = Some(security as u32);
        let announcement = match &events.announced[index] {
            Announced::At(instant) => {
                let local = loaded.assembled.zones[market_index].to_datetime(*instant);
                let second =
                    i64::from(local.hour()) * 3600 + i64::from(local.minute()) * 60 + i64::from(local.second());
                Announcement::At { date: local.date().into(), second: second as u32 }
            }
            Announced::On(date, session) => Announcement::On { date: *date, session: *session },
            Announced::Missing => {
                return exclude(row, Outcome::MissingAnnouncement, "no time of announcement is given".into());
            }
            Announced::Invalid(problem) => return exclude(row, Outcome::InvalidAnnouncement, problem.clone()),
        };
        let market = &loaded.assembled.panel.markets[market_index];
        row.announced_on = Some(announcement.date());
        // As the table writes it where that can be read, else from the instant and the market's hours.
        row.session = Some(PartOfDay::Known(self.written(index).unwrap_or_else(|| announcement.session(market))));
        match align::day0(market, announcement) {
            Ok(day0) => Row { day0: Some((day0.index as u32, market.calendar.dates()[day0.index], day0.rule)), ..row },
            Err(unaligned) => exclude(row, unaligned.outcome, unaligned.reason),
        }
    }
}
