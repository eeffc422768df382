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

impl EventDays {
    /// CAR, BHAR and SCAR over a window inside the event window.
    pub fn cumulative(&mut self, specification: &Specification, fit: &Fit, window: Window) -> Cumulative {
        let places = window.within(specification.event);
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
                        self.sum_rows(place..place + 1);
                        variance += fit.variance_of_sum(&self.row, self.errors[place]);
                    }
                }
                variance
            }
            ForecastError::Full | ForecastError::Summed => {
                self.sum_rows(places);
                fit.variance_of_sum(&self.row, errors)
            }
        }
    }
}
