//! What became of an event.

/// The outcome of an event: used, used in part, or left out. A bad event is data, not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// Estimated, with a return on every day of the event window.
    Ok,
    /// Estimated, but returns are missing in the event window: some windows are untested.
    IncompleteEventWindow,
    /// Fewer usable estimation days than asked for.
    TooFewObservations,
    /// The regressors are collinear over the estimation days.
    SingularDesign,
    /// The model's iteration did not come to an end.
    NoConvergence,
    /// No other security can stand for this one.
    NoPeers,
    /// Left out by `[events] filter`.
    Filtered,
    /// Another event of the security has the same day 0.
    Duplicate,
    /// The security is not in the price table.
    UnknownSecurity,
    /// The security's market is not configured.
    UnknownMarket,
    /// No time or date of announcement is given.
    MissingAnnouncement,
    /// The time, date or session cannot be read.
    InvalidAnnouncement,
    /// Announced before the calendar of the market begins.
    BeforeCalendar,
    /// No session of the market follows the announcement.
    AfterCalendar,
    /// The next session of the calendar is more than two weeks away: the calendar has a hole.
    NoSession,
}

impl Outcome {
    /// Every outcome, in the order of their declaration, in which summaries list them.
    pub const ALL: [Self; 15] = [
        Self::Ok,
        Self::IncompleteEventWindow,
        Self::TooFewObservations,
        Self::SingularDesign,
        Self::NoConvergence,
        Self::NoPeers,
        Self::Filtered,
        Self::Duplicate,
        Self::UnknownSecurity,
        Self::UnknownMarket,
        Self::MissingAnnouncement,
        Self::InvalidAnnouncement,
        Self::BeforeCalendar,
        Self::AfterCalendar,
        Self::NoSession,
    ];

    /// The code in the tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::IncompleteEventWindow => "incomplete_event_window",
            Self::TooFewObservations => "too_few_observations",
            Self::SingularDesign => "singular_design",
            Self::NoConvergence => "no_convergence",
            Self::NoPeers => "no_peers",
            Self::Filtered => "filtered",
            Self::Duplicate => "duplicate",
            Self::UnknownSecurity => "unknown_security",
            Self::UnknownMarket => "unknown_market",
            Self::MissingAnnouncement => "missing_announcement",
            Self::InvalidAnnouncement => "invalid_announcement",
            Self::BeforeCalendar => "before_calendar",
            Self::AfterCalendar => "after_calendar",
            Self::NoSession => "no_session",
        }
    }

    /// Whether an estimate exists.
    pub fn is_estimated(self) -> bool {
        matches!(self, Self::Ok | Self::IncompleteEventWindow)
    }
}
