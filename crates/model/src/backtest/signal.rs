//! What an event is judged by.

use super::history::History;
use super::moment::Moment;
use super::record::Record;
use super::surprise::Surprise;
use crate::Window;

/// What an event is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A column of the record, known with the announcement.
    Column(usize),
    /// The sum of the abnormal returns of these days, known after the last of them.
    Abnormal(Window),
    /// The surprise in the figure that was announced.
    Surprise(Surprise),
}

impl Signal {
    /// The moment from which on an event can be judged; `None` where that lies beyond the data. It
    /// follows from the time of the announcement and from the calendar alone.
    pub(super) fn due(&self, record: &Record<'_>, event: usize) -> Option<Moment> {
        let announcement = &record.announcements[event];
        match self {
            Self::Column(_) | Self::Surprise(_) => Some(announcement.known),
            Self::Abnormal(window) => {
                let day = usize::try_from(announcement.day0 as i64 + i64::from(window.last())).ok()?;
                let known = record.reactions.as_ref()?.known[announcement.market].get(day)?;
                Some(announcement.known.max(*known))
            }
        }
    }

    /// Its value for an event; `None` where something is missing, or not yet known.
    pub fn value(&self, history: &History<'_>, event: usize) -> Option<f64> {
        match self {
            Self::Column(column) => history.column(event, *column),
            Self::Abnormal(window) => window.taus().map(|tau| history.abnormal_return(event, tau)).sum(),
            Self::Surprise(surprise) => surprise.of(history.figures(event)),
        }
    }
}
