//! The events of one group that are valid for one window, as test statistics see them.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::event_time::EventTime;
use crate::results::Results;
use crate::variants::Variants;
use crate::{Maybe, Specification, Window};

/// Events in a fixed order, independent of threads and of the order of input rows. Events whose
/// residual variance is zero have a CAR but no SCAR.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// CAR of every event, or its BHAR where that is tested.
    pub car: Vec<f64>,
    /// For every event, the share of its estimation residuals that are positive.
    pub positive_share: Vec<f64>,
    /// Calendar period of day 0 of every event.
    pub period: Vec<i32>,
    /// SCAR of every event that has one.
    pub scar: Vec<f64>,
    /// For every event with a SCAR, the degrees of freedom M − k of its s².
    pub dof: Vec<usize>,
    /// r̄ over the events with a SCAR, where a test needs it and there are two or more.
    pub mean_correlation: Option<f64>,
    /// Mean pseudo-value of the SCAR of every event that has one, where a test needs it.
    pub pseudo_value: Vec<f64>,
    /// Sums over the events by day in event time, as far as tests need them.
    pub event_time: EventTime,
    /// Random draws, for the tests that resample.
    pub draws: Option<Draws>,
    /// Statistics of the draws in which all events were moved, where a test needs them.
    pub permuted: Option<Vec<f64>>,
    /// Conventions on which packages differ.
    pub variants: Variants,
}

/// What is tested of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tested {
    /// Cumulative abnormal returns.
    Car,
    /// Buy-and-hold abnormal returns, which nothing standardises.
    Bhar,
}

impl Tested {
    /// The name in configurations and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Car => "car",
            Self::Bhar => "bhar",
        }
    }
}

/// FNV-1a's first value.
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a: a stream must be the same in every version of the program and on every machine.
fn hash(start: u64, key: &str) -> u64 {
    key.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Random draws that depend on the study's seed and on what is tested, and on nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    /// The seed of the study.
    pub seed: u64,
    /// The stream of this sample.
    pub stream: u64,
    /// The streams that all samples of the study share.
    pub family: u64,
    /// How many.
    pub count: usize,
}

impl Draws {
    /// Draws for what a key names, such as a specification, group and window.
    pub fn new(seed: u64, key: &str, count: usize) -> Self {
        Self { seed, stream: hash(OFFSET, key), family: OFFSET, count }
    }

    /// The same draws in another study on the same seed: what samples share is shared within `family`.
    #[must_use]
    pub fn within(self, family: &str) -> Self {
        Self { family: hash(OFFSET, family), ..self }
    }

    /// The generator of one draw after the other.
    pub fn generator(&self) -> ChaCha8Rng {
        self.on(self.stream)
    }

    /// The generator of what all samples of the study share under a key.
    pub fn common(&self, key: &str) -> ChaCha8Rng {
        self.on(hash(self.family, key))
    }

    fn on(&self, stream: u64) -> ChaCha8Rng {
        let mut generator = ChaCha8Rng::seed_from_u64(self.seed);
        generator.set_stream(stream);
        generator
    }
}

/// What samples are drawn from: the results of a specification and what stands beside them, an entry per
/// event.
#[derive(Clone, Copy, Debug)]
pub struct Pool<'a> {
    /// The results.
    pub results: &'a Results,
    /// Calendar period of day 0.
    pub periods: &'a [i32],
    /// What a SCAR is multiplied with for the jackknife; empty when no test needs it.
    pub jackknife: &'a [Maybe],
}

impl Pool<'_> {
    /// The members that are valid for a window.
    pub fn sample(&self, members: &[usize], window: TestedWindow, tested: Tested) -> Sample {
        let mut sample = Sample::default();
        for &event in members {
            let (car, scar) = match (window, tested) {
                (TestedWindow::Declared(w), Tested::Bhar) => (self.results.windows(event)[w].bhar, Maybe::NONE),
                _ => window.cumulative(self.results, event),
            };
            let (Some(car), Some(share)) = (car.get(), self.results.figures[event].positive_share.get()) else {
                continue;
            };
            sample.car.push(car);
            sample.positive_share.push(share);
            sample.period.push(self.periods[event]);
            if let Some(scar) = scar.get() {
                sample.scar.push(scar);
                sample.dof.push(self.results.figures[event].dof as usize);
                let factor = self.jackknife.get(event).and_then(|factor| factor.get());
                sample.pseudo_value.extend(factor.map(|factor| scar * factor));
            }
        }
        sample
    }
}

impl Sample {
    /// Mean CAR; `None` without events.
    pub fn mean_car(&self) -> Option<f64> {
        (!self.car.is_empty()).then(|| self.car.iter().sum::<f64>() / self.car.len() as f64)
    }
}

/// A window that is tested: a declared one, one around them, or one day of the event window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestedWindow {
    /// Place among the declared windows.
    Declared(usize),
    /// Place among all windows of one that is not declared.
    Around(usize),
    /// Place of the day within the event window.
    Day(usize),
}

impl TestedWindow {
    /// The windows that are tested: the declared ones, those around them, then every day of the event window that is not
    /// declared already.
    pub fn all(specification: &Specification) -> Vec<(Window, Self)> {
        let Specification { car_windows, around, event, .. } = specification;
        let declared = car_windows.iter().enumerate().map(|(place, &window)| (window, Self::Declared(place)));
        let days = event.taus().map(Window::day).enumerate().map(|(place, day)| (day, Self::Day(place)));
        let around = around.iter().enumerate().map(|(i, &(_, window))| (window, Self::Around(car_windows.len() + i)));
        declared.chain(around).chain(days.filter(|(day, _)| !car_windows.contains(day))).collect()
    }

    /// CAR and SCAR of an event; of a day, its AR and SAR.
    pub(crate) fn cumulative(self, results: &Results, event: usize) -> (Maybe, Maybe) {
        match self {
            Self::Declared(window) | Self::Around(window) => {
                (results.window_car(event, window), results.window_scar(event, window))
            }
            Self::Day(day) => (results.ar(event, day), results.sar(event, day)),
        }
    }
}
