//! Standardised unexpected earnings.

use super::reason::Untraded;
use super::record::Figure;
use crate::significance::mean_and_deviation;

/// What the figure of a quarter was expected to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forecast {
    /// The analysts' forecast.
    Analysts,
    /// The figure of the same quarter a year before: a seasonal random walk (Foster 1977). A quarter that is
    /// missing has no substitute.
    SeasonalRandomWalk {
        /// By how many days the two may be more or less than 365 days apart.
        tolerance: i32,
    },
}

/// Standardised unexpected earnings: the forecast error over the standard deviation of the security's past
/// errors (Latané & Jones 1977; Foster, Olsen & Shevlin 1984, models 1 and 4 without drift).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surprise {
    /// What was expected.
    pub forecast: Forecast,
    /// Most past errors to take, those of the latest quarters.
    pub errors: usize,
    /// Fewest past errors, at least two.
    pub minimum: usize,
}

const YEAR: i32 = 365;

/// Errors that differ by less than this share of the figures are equal: 7.29 − 7.28 and 31.01 − 31 are not the same
/// number in binary digits.
const ROUNDING: f64 = 1e-12;

impl Surprise {
    /// The surprise in the last of the figures of a security, which are in the order of quarters. Past errors are
    /// those of earlier quarters that were known strictly before it.
    ///
    /// # Errors
    /// There is no figure, no expectation of it, too few past errors, or no spread among them.
    pub fn of(&self, figures: &[Figure]) -> Result<f64, Untraded> {
        let own = figures.len().checked_sub(1).ok_or(Untraded::NoFigure)?;
        let (error, _) = self.error(figures, own).ok_or(Untraded::NoSignal)?;
        let before = (0..own).rev().filter(|&i| figures[i].known < figures[own].known);
        let (past, sizes): (Vec<f64>, Vec<f64>) =
            before.filter_map(|i| self.error(figures, i)).take(self.errors).unzip();
        if past.len() < self.minimum.max(2) {
            return Err(Untraded::TooFewErrors);
        }
        let (_, deviation) = mean_and_deviation(&past);
        let spread = deviation > ROUNDING * sizes.into_iter().fold(0.0, f64::max);
        let surprise = Some(error / deviation).filter(|surprise| spread && surprise.is_finite());
        surprise.ok_or(Untraded::NoSignal)
    }

    /// The forecast error of a figure, and the larger of the two numbers whose difference it is.
    fn error(&self, figures: &[Figure], of: usize) -> Option<(f64, f64)> {
        let Figure { quarter, actual, forecast, .. } = figures[of];
        let expected = match self.forecast {
            Forecast::Analysts => forecast,
            Forecast::SeasonalRandomWalk { tolerance } => {
                let off = |figure: &&Figure| (quarter.0 - figure.quarter.0 - YEAR).abs();
                figures[..of].iter().filter(|figure| off(figure) <= tolerance).min_by_key(off)?.actual
            }
        };
        let error = actual - expected;
        error.is_finite().then_some((error, actual.abs().max(expected.abs())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Date;
    use crate::backtest::Moment;

    fn figure(day: i32, actual: f64, forecast: f64) -> Figure {
        Figure { security: 0, known: Moment(i64::from(day)), quarter: Date(day), actual, forecast }
    }

    /// Errors of the analysts: 1, 3, then 4; the deviation of 1 and 3 is √2.
    #[test]
    fn by_hand() {
        let figures = [figure(0, 2.0, 1.0), figure(91, 5.0, 2.0), figure(182, 8.0, 4.0)];
        let surprise = Surprise { forecast: Forecast::Analysts, errors: 8, minimum: 2 };
        let found = surprise.of(&figures).expect("two past errors");
        assert!((found - 4.0 / 2.0_f64.sqrt()).abs() < 1e-15, "{found}");
        assert_eq!(Surprise { minimum: 3, ..surprise }.of(&figures), Err(Untraded::TooFewErrors));
        assert_eq!(surprise.of(&figures[..2]), Err(Untraded::TooFewErrors));
        assert_eq!(surprise.of(&[]), Err(Untraded::NoFigure));
        // Only the latest two of three past errors.
        let more = [figure(-91, 100.0, 0.0), figures[0], figures[1], figures[2]];
        assert_eq!(Surprise { errors: 2, ..surprise }.of(&more), Ok(found));
    }

    #[test]
    fn errors_that_are_equal_but_for_rounding_have_no_spread() {
        let figures = [(12.38, 12.37), (31.01, 31.0), (7.29, 7.28), (20.8, 20.79), (9.9, 9.8)].into_iter().enumerate();
        let figures: Vec<Figure> =
            figures.map(|(quarter, (actual, forecast))| figure(91 * quarter as i32, actual, forecast)).collect();
        let surprise = Surprise { forecast: Forecast::Analysts, errors: 8, minimum: 4 };
        let deviation = mean_and_deviation(&figures[..4].iter().map(|f| f.actual - f.forecast).collect::<Vec<_>>()).1;
        assert!(deviation > 0.0, "rounding leaves a spread: {deviation:e}");
        assert_eq!(surprise.of(&figures), Err(Untraded::NoSignal));
    }

    /// Six quarters, of which one is missing: the seventh looks a year back, and not four rows.
    #[test]
    fn a_seasonal_random_walk_looks_a_year_back() {
        let mut figures: Vec<Figure> = [10.0, 20.0, 30.0, 40.0, 11.0, 23.0, 30.5, 44.0]
            .iter()
            .enumerate()
            .map(|(quarter, &actual)| figure(91 * quarter as i32, actual, f64::NAN))
            .collect();
        let surprise = Surprise { forecast: Forecast::SeasonalRandomWalk { tolerance: 45 }, errors: 8, minimum: 2 };
        // Errors 1, 3, 0.5, then 4.
        let mean = 4.5 / 3.0;
        let deviation = ((0.25 + 2.25 + 1.0) / 2.0_f64).sqrt();
        assert!((mean - 1.5_f64).abs() < 1e-15);
        let found = surprise.of(&figures).expect("three past errors");
        assert!((found - 4.0 / deviation).abs() < 1e-14, "{found}");
        figures.remove(5);
        // Without the sixth quarter the errors are 1 and 0.5.
        let found = surprise.of(&figures).expect("two past errors");
        assert!((found - 4.0 / (0.125_f64).sqrt()).abs() < 1e-14, "{found}");
    }
}
