//! Sums of abnormal returns over a window, and their forecast variance.

use std::ops::Range;

use super::EventDays;
use crate::expected::Fit;
use crate::variants::ForecastError;
use crate::{Maybe, MissingPolicy, Response, Specification, Window};

/// The cumulative abnormal return of a window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cumulative {
    /// Days with an abnormal return: the length of the window, or fewer.
    pub days: u32,
    /// CAR = ΣAR; absent, as all that follows, where days are missing and the policy excludes them, or
    /// where no day is present.
    pub car: Maybe,
    /// BHAR = Π(1 + R) − Π(1 + E\[R\]), in simple returns whatever the kind (Barber & Lyon 1997);
    /// absent where no return is explained.
    pub bhar: Maybe,
    /// Its forecast variance s²(L + 1'X_w(X'X)⁻¹X_w'1), or as [`ForecastError`] says; absent where s² is
    /// zero.
    pub variance: Maybe,
    /// SCAR = CAR over the root of its variance; absent where s² is zero.
    pub scar: Maybe,
}

/// What the days of a window sum to, and the variance of the first.
struct Sums {
    days: u32,
    car: f64,
    held: f64,
    expected: f64,
    variance: f64,
}

impl EventDays {
    /// CAR, BHAR and SCAR over a window inside the event window.
    pub fn cumulative(&mut self, specification: &Specification, fit: &Fit, window: Window) -> Cumulative {
        let places = window.within(specification.event);
        if self.is_whole {
            return self.cumulative_whole(specification, fit, places);
        }
        let (mut days, mut car, mut held, mut expected, mut errors) = (0_u32, 0.0, 1.0, 1.0, 0.0);
        let returns = self.actual[places.clone()].iter().zip(&self.expected[places.clone()]);
        let abnormal = self.ars[places.clone()].iter().zip(&self.errors[places.clone()]);
        for ((actual, expectation), (ar, error)) in returns.zip(abnormal) {
            let Some(ar) = ar.get() else { continue };
            days += 1;
            car += ar;
            held *= 1.0 + specification.returns.to_simple(actual.stored());
            expected *= 1.0 + specification.returns.to_simple(expectation.stored());
            errors += error;
        }
        let enough = match specification.missing {
            MissingPolicy::Exclude => days as usize == window.days(),
            MissingPolicy::Available => {
                days > 0 && !self.lost.get(places.clone()).is_some_and(|lost| lost.contains(&true))
            }
        };
        if !enough {
            return Cumulative { days, ..Cumulative::default() };
        }
        let variance = match specification.response {
            Response::Volatility => errors,
            _ => self.window_variance(specification.variants.forecast_error, fit, places.clone(), errors),
        };
        let sums = Sums { days, car, held, expected, variance };
        self.standardised_sums(specification, places, &sums)
    }

    /// The same of days that all have their numbers, without a look at each.
    fn cumulative_whole(&mut self, specification: &Specification, fit: &Fit, places: Range<usize>) -> Cumulative {
        let (mut car, mut held, mut expected, mut errors) = (0.0, 1.0, 1.0, 0.0);
        let returns = self.actual[places.clone()].iter().zip(&self.expected[places.clone()]);
        for ((actual, expectation), ar) in returns.zip(&self.ars[places.clone()]) {
            car += ar.stored();
            held *= 1.0 + specification.returns.to_simple(actual.stored());
            expected *= 1.0 + specification.returns.to_simple(expectation.stored());
            errors += fit.variance;
        }
        let variance = self.window_variance(specification.variants.forecast_error, fit, places.clone(), errors);
        let sums = Sums { days: places.len() as u32, car, held, expected, variance };
        self.standardised_sums(specification, places, &sums)
    }

    fn standardised_sums(&self, specification: &Specification, places: Range<usize>, sums: &Sums) -> Cumulative {
        let &Sums { days, car, held, expected, variance } = sums;
        let scar = match specification.variants.forecast_error {
            ForecastError::Summed => self.mean_of_sars(places, days),
            _ => Maybe::finite(car / variance.sqrt()),
        };
        let varies = |value: Maybe| if variance > 0.0 { value } else { Maybe::NONE };
        let bhar = if specification.response.is_return() { Maybe::finite(held - expected) } else { Maybe::NONE };
        Cumulative {
            days,
            car: Maybe::finite(car),
            bhar,
            variance: varies(Maybe::finite(variance)),
            scar: varies(scar),
        }
    }

    /// ΣSAR/√L; absent where a day has none.
    fn mean_of_sars(&self, places: Range<usize>, days: u32) -> Maybe {
        let present = places.filter(|&place| self.ars[place].is_some());
        let sum = present.map(|place| self.sars[place].get()).sum::<Option<f64>>();
        sum.map(|sum| sum / f64::from(days).sqrt()).into()
    }

    /// Variance of the sum of the abnormal returns of some days, whose error variances sum to `errors`.
    fn window_variance(&mut self, kind: ForecastError, fit: &Fit, places: Range<usize>, errors: f64) -> f64 {
        match kind {
            ForecastError::None => errors,
            ForecastError::ByDay => {
                let mut variance = 0.0;
                for place in places {
                    if self.ars[place].is_some() {
                        variance += self.variance_of_sum(fit, place..place + 1, self.errors[place]);
                    }
                }
                variance
            }
            ForecastError::Full | ForecastError::Summed => self.variance_of_sum(fit, places, errors),
        }
    }
}
