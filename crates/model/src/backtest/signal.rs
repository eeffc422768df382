//! What an event is judged by.

use super::history::History;
use super::moment::Moment;
use super::reason::Untraded;
use super::record::Record;
use super::surprise::Surprise;
use crate::Window;

/// What an event is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A column of the record, known with the announcement.
    Column(usize),
    /// The sum of the abnormal returns of these days, known after the last of them and of what they are
    /// estimated from.
    Abnormal(Window),
    /// The surprise in the figure that was announced.
    Surprise(Surprise),
}

impl Signal {
    /// The moment from which on an event can be judged; `None` where that lies beyond the data. It
    /// follows from times of announcements and from the calendar alone.
    pub(super) fn due(&self, record: &Record<'_>, event: usize) -> Option<Moment> {
        let announcement = &record.announcements[event];
        match self {
            Self::Column(_) => Some(announcement.known),
            Self::Surprise(_) => {
                let figure = record.figure_of.get(event).copied().flatten();
                Some(figure.map_or(announcement.known, |figure| figure.known().max(announcement.known)))
            }
            Self::Abnormal(window) => Some(record.reactions?.due(announcement, *window)?.max(announcement.known)),
        }
    }

    /// Its value for an event.
    ///
    /// # Errors
    /// Something is missing, or not yet known.
    pub fn value(&self, history: &History<'_>, event: usize) -> Result<f64, Untraded> {
        let found = match self {
            Self::Column(column) => history.column(event, *column),
            Self::Abnormal(window) => window.taus().map(|tau| history.abnormal_return(event, tau)).sum(),
            Self::Surprise(surprise) => return surprise.of(&history.figures(event)),
        };
        found.ok_or(Untraded::NoSignal)
    }
}
