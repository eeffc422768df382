//! The t-test with crude dependence adjustment.

use super::{Needs, Sample, Statistic, TestStatistic, Undefined, at_least, mean_and_deviation};

/// CAAR/(√L·s_AAR), t with T − 1 degrees of freedom: s_AAR is the standard deviation (T − 1, about its own
/// mean) over the T days of the estimation window of the mean residual of the events present (Brown &
/// Warner 1980, crude dependence adjustment). L counts the days of the window on which any event is present. The mean
/// over events in event time carries the correlation of events with a common day 0.
pub(super) struct TPortfolio;

impl TestStatistic for TPortfolio {
    fn name(&self) -> &'static str {
        "t_portfolio"
    }

    fn summary(&self) -> &'static str {
        "CAAR over the deviation of AAR before the event; assumes independent days and no extra variance"
    }

    fn reference(&self) -> &'static str {
        "Brown & Warner 1980"
    }

    fn needs(&self) -> Needs {
        Needs { abnormal_sums: true, ..Needs::default() }
    }

    fn evaluate(&self, sample: &Sample) -> Result<Statistic, Undefined> {
        let days = &sample.event_time.abnormal;
        let caar = sample.mean_car().ok_or(Undefined::TooFewEvents { found: 0, needed: 1 })?;
        at_least(1, days.events)?;
        let aars: Vec<f64> = days.present(0..days.estimation).map(|(sum, count)| sum / count).collect();
        if aars.len() < 2 {
            return Err(Undefined::TooFewDays { found: aars.len(), needed: 2 });
        }
        let (_, deviation) = mean_and_deviation(&aars);
        let largest = aars.iter().fold(0.0_f64, |largest, aar| largest.max(aar.abs()));
        if deviation <= 1e-14 * largest {
            return Err(Undefined::FlatEstimationWindow);
        }
        let length = days.present(days.tested.clone()).count();
        if length == 0 {
            return Err(Undefined::TooFewDays { found: 0, needed: 1 });
        }
        let value = caar / ((length as f64).sqrt() * deviation);
        Ok(Statistic::student_with(aars.len() - 1, value, sample.car.len()))
    }
}
