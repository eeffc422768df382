//! A world that can be remade with another future.

use crate::backtest::{Announcement, BenchmarkLevels, Facts, Figure, Moment, Reactions, Record, Sessions, Stamped};
use crate::design::Design;
use crate::estimate::Estimator;
use crate::expected::{ModelOptions, model};
use crate::results::Results;
use crate::{
    Calendar, Date, EventCalendar, EventPlace, Hours, Market, Measure, MissingPolicy, Panel, Response, ReturnKind,
    Specification, Window,
};

pub(super) const DAYS: usize = 70;
pub(super) const SECURITIES: usize = 5;
pub(super) const DAY: i64 = 86_400_000_000;
pub(super) const HOUR: i64 = 3_600_000_000;

/// Security, day 0, when it was known, column, figure, forecast.
type Event = (usize, usize, i64, f64, f64, f64);

/// Prices, volumes and announcements before they become a record.
#[derive(Clone)]
pub(super) struct World {
    /// By market, the dates of its sessions.
    pub(super) dates: Vec<Vec<i32>>,
    /// By security: its market, closes, opens, volumes by session; missing ones are NaN.
    pub(super) closes: Vec<(usize, Vec<f64>)>,
    pub(super) opens: Vec<Vec<f64>>,
    pub(super) volumes: Vec<Vec<f64>>,
    pub(super) events: Vec<Event>,
}

/// A stream of numbers between 0 and 1 (splitmix64).
pub(super) struct Draws(pub(super) u64);

impl Draws {
    pub(super) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Two markets whose days overlap, gaps, halts, a delisting, several announcements per security.
pub(super) fn world(seed: u64, gaps: f64) -> World {
    let mut draws = Draws(seed);
    let dates: Vec<Vec<i32>> =
        [0, 1].map(|market| (0..DAYS as i32).filter(|day| (day + market) % 9 != 3).collect()).to_vec();
    let (mut closes, mut opens, mut volumes, mut events) = (vec![], vec![], vec![], vec![]);
    for security in 0..SECURITIES {
        let market = security % 2;
        let length = dates[market].len();
        let end = if security == 3 { length - 20 } else { length };
        let mut price = 20.0 + 80.0 * draws.next();
        let (mut own_closes, mut own_opens, mut own_volumes) = (vec![], vec![], vec![]);
        for _ in 0..end {
            let missing = |draw: f64, value: f64| if draw < gaps { f64::NAN } else { value };
            price *= 1.0 + 0.04 * (draws.next() - 0.5);
            own_opens.push(missing(draws.next(), price));
            price *= 1.0 + 0.04 * (draws.next() - 0.5);
            own_closes.push(missing(draws.next(), price));
            own_volumes.push(if draws.next() < gaps / 2.0 { 0.0 } else { 1e4 * (1.0 + draws.next()) });
        }
        closes.push((market, own_closes));
        opens.push(own_opens);
        volumes.push(own_volumes);
        for quarter in 0..5 {
            let day0 = 8 + 11 * quarter + (3.0 * draws.next()) as usize;
            if day0 + 1 >= length {
                continue;
            }
            let before = open(&dates[market], market, day0).0 - (draws.next() * 10.0 * HOUR as f64) as i64;
            let during = open(&dates[market], market, day0).0 + HOUR;
            let known = if draws.next() < 0.7 { before } else { during };
            events.push((security, day0, known, draws.next() - 0.4, 5.0 + draws.next(), 5.0 + draws.next()));
        }
    }
    World { dates, closes, opens, volumes, events }
}

/// Some figures can be had later than they were announced, when the next one already is.
fn figure_known(number: usize, event: &Event) -> Moment {
    Moment(event.2 + if number.is_multiple_of(3) { 15 * DAY } else { 0 })
}

pub(super) fn open(dates: &[i32], market: usize, day: usize) -> Moment {
    Moment(i64::from(dates[day]) * DAY + (14 - 12 * market as i64) * HOUR)
}

fn returns(closes: &[f64]) -> Vec<f64> {
    std::iter::once(f64::NAN).chain(closes.windows(2).map(|pair| pair[1] / pair[0] - 1.0)).collect()
}

/// Everything that a record borrows.
pub(super) struct Made {
    pub(super) panel: Panel,
    pub(super) facts: Facts,
    specification: Specification,
    results: Results,
    known: Vec<Vec<Moment>>,
}

/// A market model whose estimation window ends so late that days around day 0 and the next one may be masked.
fn specification() -> Specification {
    let model = model("market").expect("a model");
    Specification {
        model,
        options: String::new(),
        recipe: model.recipe(&ModelOptions::default()).expect("sound"),
        response: Response::Return,
        returns: ReturnKind::Simple,
        trade_to_trade: false,
        diagnostics: false,
        estimation: Window::new(-8, -2).expect("ordered"),
        event: Window::new(-1, 2).expect("ordered"),
        car_windows: vec![],
        minimum_observations: 3,
        mask_other_events: 3,
        around: vec![],
        variants: Default::default(),
        missing: MissingPolicy::Exclude,
    }
}

impl World {
    pub(super) fn make(&self) -> Made {
        let sessions: Vec<Sessions> = (0..2)
            .map(|market| {
                let dates = &self.dates[market];
                let opens: Vec<Moment> = (0..dates.len()).map(|day| open(dates, market, day)).collect();
                Sessions { closes: opens.iter().map(|open| Moment(open.0 + 6 * HOUR)).collect(), opens }
            })
            .collect();
        let market = |(index, dates): (usize, &Vec<i32>)| Market {
            name: format!("M{index}"),
            calendar: Calendar::new(dates.iter().map(|&day| Date(day)).collect()).expect("dates"),
            hours: Hours::new(0, 1, Default::default()).expect("hours"),
            benchmark: returns(&self.closes[index].1),
            measures: vec![],
            factors: vec![],
            risk_free: None,
        };
        let mut panel = Panel::new(self.dates.iter().enumerate().map(market).collect(), vec![]);
        for (security, (market, closes)) in self.closes.iter().enumerate() {
            panel.push(format!("S{security}"), *market, 0, &returns(closes));
            panel.push_measure(Measure::Close, closes);
            panel.push_measure(Measure::Open, &self.opens[security]);
            let values: Vec<f64> = closes.iter().zip(&self.volumes[security]).map(|(p, v)| p * v).collect();
            panel.push_measure(Measure::TradedValue, &values);
        }
        // The first security of each market is its benchmark too.
        let benchmark = |market: usize| {
            let mut level = 1.0;
            let carried = |&price: &f64| {
                level = if price.is_finite() { price } else { level };
                level
            };
            let mut close: Vec<f64> = self.closes[market].1.iter().map(carried).collect();
            close.resize(self.dates[market].len(), level);
            BenchmarkLevels { close, open: self.opens[market].clone() }
        };
        let next = |i: usize| {
            let later = self.events.iter().filter(|e| e.0 == self.events[i].0 && e.2 > self.events[i].2);
            later.map(|e| Moment(e.2)).min()
        };
        let announcements: Vec<Announcement> = self
            .events
            .iter()
            .enumerate()
            .map(|(i, &(security, day0, known, ..))| Announcement {
                security,
                market: security % 2,
                day0,
                known: Moment(known),
                next: next(i),
            })
            .collect();
        let figure = |(i, event): (usize, &Event)| Figure {
            security: event.0,
            known: figure_known(i, event),
            quarter: Date(event.2.div_euclid(DAY) as i32 * 29),
            actual: event.4,
            forecast: event.5,
        };
        let figure_of = |(i, event): (usize, &Event)| Some(Stamped::new(figure_known(i, event), i));
        let specification = specification();
        Made {
            results: self.estimate(&specification, &panel),
            known: sessions.iter().map(|sessions| sessions.closes.clone()).collect(),
            specification,
            facts: Facts {
                benchmarks: vec![benchmark(0), benchmark(1)],
                columns: vec![self.events.iter().map(|event| event.3).collect()],
                figures: self.events.iter().enumerate().map(figure).collect(),
                figure_of: self.events.iter().enumerate().map(figure_of).collect(),
                sessions,
                announcements,
            },
            panel,
        }
    }

    fn estimate(&self, specification: &Specification, panel: &Panel) -> Results {
        let mut results = Results::new(specification);
        let mut estimator = Estimator::default();
        let events = EventCalendar::new(self.events.iter().map(|&(security, day0, ..)| (security, day0)));
        for &(security, day0, ..) in &self.events {
            let design = Design::new(panel, specification, security % 2, &[]).expect("no factors");
            let place =
                EventPlace { panel, security, day0, events: &events, peers: Err("none"), characteristics: None };
            match estimator.estimate(specification, &design, &place) {
                Ok(()) => results.push_estimated(specification, &mut estimator),
                Err(exclusion) => results.push_excluded(exclusion),
            }
        }
        results
    }

    /// Every half day, and the last microsecond before each announcement, figure and price.
    pub(super) fn moments(&self) -> Vec<Moment> {
        let half_days = (0..2 * DAYS as i64).map(|half_day| half_day * DAY / 2 + 20 * HOUR);
        let events = self.events.iter().enumerate().flat_map(|(i, event)| [event.2, figure_known(i, event).0]);
        let prices = (0..2).flat_map(|market| {
            (0..self.dates[market].len()).flat_map(move |day| {
                let open = open(&self.dates[market], market, day).0;
                [open, open + 6 * HOUR]
            })
        });
        half_days.chain(events.chain(prices).map(|moment| moment - 1)).map(Moment).collect()
    }

    /// The same world until `now`, and another one after it.
    pub(super) fn changed_after(&self, now: Moment) -> Self {
        let mut other = self.clone();
        for (security, (market, closes)) in other.closes.iter_mut().enumerate() {
            for (day, close) in closes.iter_mut().enumerate() {
                let opened = open(&self.dates[*market], *market, day);
                if opened > now {
                    other.opens[security][day] *= 1.7;
                }
                if opened.0 + 6 * HOUR > now.0 {
                    *close *= 0.6 + 0.02 * day as f64;
                    other.volumes[security][day] += 12_345.0;
                }
            }
        }
        for (i, event) in other.events.iter_mut().enumerate() {
            if figure_known(i, event) > now {
                event.4 += 9.0;
                event.5 -= 9.0;
            }
            // What has not been announced yet comes a day later, and otherwise.
            if event.2 > now.0 {
                event.1 = (event.1 + 1).min(self.dates[event.0 % 2].len() - 1);
                event.2 += DAY;
                event.3 = -event.3 - 0.123;
            }
        }
        other
    }
}

impl Made {
    pub(super) fn record(&self) -> Record<'_> {
        self.facts.record(&self.panel, Some(Reactions::new(&self.specification, &self.results, &self.known)))
    }
}
