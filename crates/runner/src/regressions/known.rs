//! Labels of events that are known without a column.

use dayzero_model::period::Period;

/// A label that every event has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownLabel {
    /// The period of day 0.
    Period(Period),
    /// The security.
    Security,
    /// The market.
    Market,
    /// The part of the day of the announcement.
    Session,
}

impl KnownLabel {
    /// Every one of them.
    pub const ALL: [Self; 7] = [
        Self::Period(Period::Day),
        Self::Period(Period::Week),
        Self::Period(Period::Month),
        Self::Period(Period::Quarter),
        Self::Security,
        Self::Market,
        Self::Session,
    ];

    /// The name in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Period(period) => period.name(),
            Self::Security => "security",
            Self::Market => "market",
            Self::Session => "session",
        }
    }

    /// The label of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.name() == name)
    }
}
