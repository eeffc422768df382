//! How much of the capital was at work, and how often it was turned over.

use super::Undefined;
use super::moments::mean;
use super::undefined::finite;

/// What a strategy did on a day, as shares of its capital.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Activity {
    /// Long positions plus the size of the short ones.
    pub gross: f64,
    /// Long positions less the size of the short ones.
    pub net: f64,
    /// Value bought plus value sold.
    pub traded: f64,
}

/// Averages over the days of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActivityRecord {
    /// Mean gross exposure, over all days.
    pub gross: f64,
    /// Mean net exposure, over all days.
    pub net: f64,
    /// Share of days with a position.
    pub invested: f64,
    /// One-way turnover of a year: half of what was bought and sold in a day, on average, times the days of
    /// a year. A capital that is replaced once a year has turnover 1.
    pub turnover: f64,
}

impl ActivityRecord {
    /// The averages over days.
    ///
    /// # Errors
    /// No days; values that are not finite.
    pub fn of(days: &[Activity], days_per_year: f64) -> Result<Self, Undefined> {
        if days.is_empty() {
            return Err(Undefined::TooFewDays { found: 0, needed: 1 });
        }
        let average = |value: fn(&Activity) -> f64| finite(mean(&days.iter().map(value).collect::<Vec<_>>()));
        Ok(Self {
            gross: average(|day| day.gross)?,
            net: average(|day| day.net)?,
            invested: days.iter().filter(|day| day.gross > 0.0).count() as f64 / days.len() as f64,
            turnover: finite(0.5 * average(|day| day.traded)? * days_per_year)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bought on the first day, held, sold on the third, nothing on the fourth: one round trip in four days.
    #[test]
    fn by_hand() {
        let day = |gross: f64, net: f64, traded: f64| Activity { gross, net, traded };
        let days = [day(1.0, 0.5, 1.0), day(1.0, -0.5, 0.0), day(0.0, 0.0, 1.0), Activity::default()];
        let found = ActivityRecord::of(&days, 4.0).expect("defined");
        assert_eq!(found, ActivityRecord { gross: 0.5, net: 0.0, invested: 0.5, turnover: 1.0 });
        assert_eq!(ActivityRecord::of(&[], 4.0), Err(Undefined::TooFewDays { found: 0, needed: 1 }));
        assert_eq!(ActivityRecord::of(&[day(f64::NAN, 0.0, 0.0)], 4.0), Err(Undefined::NotFinite));
    }
}
