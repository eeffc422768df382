//! The difference of two means with errors that are clustered by calendar period.

use super::{DifferenceTest, Pair, Sums, by_period, clustered_error};
use crate::significance::{Statistic, Undefined};

/// The coefficient of a dummy for the first group in a regression of CAR on it, over its error clustered by
/// calendar period of day 0 (Liang & Zeger 1986), with the correction G/(G − 1)·(n − 1)/(n − 2) and t with
/// G − 1 degrees of freedom (Cameron & Miller 2015, §II.B). A period may have events of both groups. It allows
/// for any correlation within a period, between the groups too, and for none across periods.
pub(super) struct Clustered;

impl DifferenceTest for Clustered {
    fn name(&self) -> &'static str {
        "difference_clustered"
    }

    fn summary(&self) -> &'static str {
        "difference of mean CARs over its error clustered by calendar period; assumes many independent periods"
    }

    fn reference(&self) -> &'static str {
        "Liang & Zeger 1986; Cameron & Miller 2015"
    }

    fn evaluate(&self, pair: &Pair) -> Result<Statistic, Undefined> {
        let (value, periods) = statistic(pair)?;
        Ok(Statistic::student_of(periods as f64 - 1.0, value, pair.events()))
    }
}

/// The statistic, and the number of periods.
pub(super) fn statistic(pair: &Pair) -> Result<(f64, usize), Undefined> {
    // Any centre gives the same statistic; one among the values keeps digits.
    let centre = pair.first.mean_car().unwrap_or_default();
    let periods: Vec<Sums> = by_period(pair, centre)?.into_values().collect();
    let (difference, error) = clustered_error(&periods);
    let cars = pair.first.car.iter().chain(&pair.second.car);
    let largest = cars.fold(0.0_f64, |largest, car| largest.max(car.abs()));
    // Equal periods may leave an error of rounding errors.
    if error <= 1e-14 * largest {
        return Err(Undefined::ZeroVariance);
    }
    Ok((difference / error, periods.len()))
}
