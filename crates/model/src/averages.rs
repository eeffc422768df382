//! Averages across the events of a group: AAR and CAAR with confidence bands.

use crate::Maybe;
use crate::results::Results;
use crate::significance::{Distribution, mean_and_deviation};

/// One day of the event window, averaged over a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Average {
    /// Events with an AR on this day.
    pub events: usize,
    /// Mean AR of these events.
    pub aar: Option<f64>,
    /// Share of these events whose AR is positive.
    pub positive_share: Option<f64>,
    /// Events with a CAR from the first day of the event window through this day.
    pub caar_events: usize,
    /// Mean CAR of these events.
    pub caar: Option<f64>,
    /// Its cross-sectional standard error, sd/√N.
    pub caar_se: Option<f64>,
    /// Ends of the confidence interval of CAAR, from the t-distribution with N − 1 degrees of
    /// freedom. It assumes independent events; for clustered ones the tests are the guide.
    pub caar_interval: Option<(f64, f64)>,
}

/// The averages of a group on every day of the event window.
pub fn averages(results: &Results, members: &[usize], confidence: f64) -> Vec<Average> {
    let mut paths = vec![results.path_of_sums(); members.len()];
    (0..results.days_len)
        .map(|day| {
            let ar: Vec<f64> = members.iter().filter_map(|&event| results.ar(event, day).get()).collect();
            let sums = members.iter().zip(&mut paths).map(|(&event, path)| path.add(results.ar(event, day)));
            let car: Vec<f64> = sums.filter_map(Maybe::get).collect();
            let mean = |values: &[f64]| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
            let caar = mean(&car);
            let caar_se = (car.len() > 1).then(|| mean_and_deviation(&car).1 / (car.len() as f64).sqrt());
            let caar_interval = caar.zip(caar_se).map(|(caar, se)| {
                let t = Distribution::StudentT { dof: (car.len() - 1) as f64 };
                let reach = t.two_sided_quantile(confidence) * se;
                (caar - reach, caar + reach)
            });
            let positive = ar.iter().filter(|&&ar| ar > 0.0).count();
            Average {
                events: ar.len(),
                aar: mean(&ar),
                positive_share: (!ar.is_empty()).then(|| positive as f64 / ar.len() as f64),
                caar_events: car.len(),
                caar,
                caar_se,
                caar_interval,
            }
        })
        .collect()
}
