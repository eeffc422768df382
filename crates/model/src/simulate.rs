//! Simulated panels with planted effects: every number follows from the seed.
//!
//! Returns follow R = r_f + β(R_m − r_f) + s·smb + h·hml + e, with residuals e that share a common
//! part on each day. On day 0 the effect of the event's surprise quintile is added.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::Date;

/// What to simulate.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Names of the markets, one or two.
    pub markets: Vec<&'static str>,
    /// Securities over all markets, benchmarks apart.
    pub securities: usize,
    /// Weekdays of the calendar, some of which are holidays of a market.
    pub days: usize,
    /// Announcements.
    pub events: usize,
    /// Abnormal return on day 0 in the highest surprise quintile; its opposite in the lowest, half
    /// of it in those beside them, none in the middle.
    pub effect: f64,
    /// Share of announcements in the season, the first weekdays of a quarter.
    pub clustering: f64,
    /// Weekdays of the season, from 1 to [`QUARTER`].
    pub season: usize,
    /// Correlation of the residuals of two securities on one day.
    pub correlation: f64,
    /// Degrees of freedom, three or more, of the t-distribution of a security's own residuals; normal
    /// without.
    pub tails: Option<u32>,
    /// The seed.
    pub seed: u64,
}

/// A simulated panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Simulated {
    /// Series of prices, the benchmarks first.
    pub series: Vec<PriceSeries>,
    /// Announcements in the order of their time.
    pub events: Vec<SimulatedEvent>,
    /// Daily factors in the order of [`FACTORS`], by weekday.
    pub factors: Vec<(Date, [f64; 7])>,
}

/// Names of the simulated factors.
pub const FACTORS: [&str; 7] = ["mktrf", "smb", "hml", "rmw", "cma", "umd", "rf"];

/// Prices of one security on the sessions of its market.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceSeries {
    /// Identifier.
    pub id: String,
    /// Index of the market.
    pub market: usize,
    /// Sessions and closing prices.
    pub prices: Vec<(Date, f64)>,
}

/// A simulated announcement.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulatedEvent {
    /// Place of the security among the series.
    pub series: usize,
    /// Local date of the announcement.
    pub date: Date,
    /// Whether it comes after the close, so that day 0 is the next session.
    pub after_close: bool,
    /// Surprise in per cent.
    pub surprise: f64,
    /// Abnormal return that was planted on day 0.
    pub planted: f64,
}

/// Weekdays before the first announcement: history for an estimation window of a year.
pub const HISTORY: usize = 265;
/// Weekdays after the last announcement.
const AFTERMATH: usize = 15;
/// Weekdays of a quarter.
pub const QUARTER: usize = 63;
/// Weekdays of the usual season.
pub const SEASON: usize = 10;
/// Every so many weekdays a market has a holiday, another one in each market.
const HOLIDAY_EVERY: usize = 41;

/// Most announcements that a plan has room for: one per security and quarter.
pub fn capacity(securities: usize, days: usize) -> usize {
    securities * quarters(days)
}

fn quarters(days: usize) -> usize {
    days.saturating_sub(HISTORY + AFTERMATH) / QUARTER
}

/// Simulates a panel. `plan.events` must not exceed [`capacity`].
pub fn simulate(plan: &Plan) -> Simulated {
    let weekdays = weekdays(plan.days);
    let world = World::new(plan, &weekdays);
    let mut events = announcements(plan, &world);
    plant(plan, &mut events);
    let mut series = world.benchmarks(plan);
    let benchmarks = series.len();
    for security in 0..plan.securities {
        let mine = events.iter().filter(|event| event.series == security);
        series.push(world.security(plan, security, mine));
    }
    let events = events.into_iter().map(|event| event.finish(&weekdays, benchmarks)).collect();
    Simulated { series, events, factors: weekdays.into_iter().zip(world.factors).collect() }
}

fn weekdays(days: usize) -> Vec<Date> {
    // 2021-01-04 is a Monday.
    let start = 18_631;
    (start..).filter(|day| (day - start) % 7 < 5).map(Date).take(days).collect()
}

/// A stream of normal draws that depends on the seed and on what it is for, not on the order in
/// which other streams are drawn.
struct Draws(ChaCha8Rng);

impl Draws {
    fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// Uniform on (0, 1).
    fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Standard normal (Box & Muller 1958).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(self.uniform())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    /// Student's t with so many degrees of freedom, scaled to unit variance; normal without.
    fn surprise(&mut self, tails: Option<u32>) -> f64 {
        let normal = self.normal();
        let Some(dof) = tails else { return normal };
        let chi_squared: f64 = (0..dof).map(|_| self.normal()).map(|z| z * z).sum();
        normal * (f64::from(dof - 2) / chi_squared).sqrt()
    }

    fn below(&mut self, bound: usize) -> usize {
        ((self.uniform() * bound as f64) as usize).min(bound - 1)
    }
}

/// Streams of draws: what they are for.
const COMMON: u64 = 0;
const EVENTS: u64 = 1;
const SECURITIES: u64 = 1000;

/// What all securities share: factors, market returns and the common part of residuals by weekday.
struct World {
    weekdays: Vec<Date>,
    factors: Vec<[f64; 7]>,
    market: Vec<Vec<f64>>,
    common: Vec<Vec<f64>>,
}

impl World {
    fn new(plan: &Plan, weekdays: &[Date]) -> Self {
        let mut draws = Draws::new(plan.seed, COMMON);
        let mut world =
            Self { weekdays: weekdays.to_vec(), factors: Vec::new(), market: Vec::new(), common: Vec::new() };
        for day in 0..weekdays.len() {
            let rf = 0.0001 + 0.00005 * libm::sin(day as f64 / 200.0);
            let global = draws.normal();
            let deviations = [0.0, 0.005, 0.005, 0.004, 0.004, 0.007];
            let mut row = [0.0; 7];
            for (value, deviation) in row.iter_mut().zip(deviations) {
                *value = deviation * draws.normal();
            }
            let markets: Vec<f64> =
                plan.markets.iter().map(|_| rf + 0.0002 + 0.010 * (0.6 * global + 0.8 * draws.normal())).collect();
            row[0] = markets[0] - rf;
            row[6] = rf;
            world.factors.push(row);
            world.market.push(markets);
            world.common.push(plan.markets.iter().map(|_| draws.normal()).collect());
        }
        world
    }

    fn is_session(&self, market: usize, day: usize) -> bool {
        day % HOLIDAY_EVERY != 20 + 7 * market
    }

    /// Compounds daily returns; a holiday has neither a return nor a price.
    fn prices(&self, market: usize, start: f64, mut daily: impl FnMut(usize) -> f64) -> Vec<(Date, f64)> {
        let mut price = start;
        let mut prices = Vec::new();
        for (day, &date) in self.weekdays.iter().enumerate() {
            // Every day draws, so that holidays do not shift the draws after them.
            let r = daily(day);
            if self.is_session(market, day) {
                price *= 1.0 + r;
                prices.push((date, (price * 1e4).round() / 1e4));
            }
        }
        prices
    }

    fn benchmarks(&self, plan: &Plan) -> Vec<PriceSeries> {
        let one = |(market, name): (usize, &&str)| PriceSeries {
            id: format!("{name}-INDEX"),
            market,
            prices: self.prices(market, 1000.0, |day| self.market[day][market]),
        };
        plan.markets.iter().enumerate().map(one).collect()
    }

    fn security<'a>(&self, plan: &Plan, index: usize, events: impl Iterator<Item = &'a Draft>) -> PriceSeries {
        let market = index % plan.markets.len();
        let mut draws = Draws::new(plan.seed, SECURITIES + index as u64);
        let beta = 1.0 + 0.3 * draws.normal();
        let (small, value) = (0.4 * draws.normal(), 0.4 * draws.normal());
        let sigma = 0.012 + 0.010 * draws.uniform();
        let start = 20.0 + 80.0 * draws.uniform();
        let planted: Vec<(usize, f64)> = events.map(|event| (event.day0, event.planted)).collect();
        let (shared, own) = (plan.correlation.sqrt(), (1.0 - plan.correlation).sqrt());
        let prices = self.prices(market, start, |day| {
            let residual = sigma * (shared * self.common[day][market] + own * draws.surprise(plan.tails));
            let [_, smb, hml, .., rf] = self.factors[day];
            let effect: f64 = planted.iter().filter(|(day0, _)| *day0 == day).map(|(_, effect)| effect).sum();
            (rf + beta * (self.market[day][market] - rf) + small * smb + value * hml + residual + effect).max(-0.5)
        });
        PriceSeries { id: format!("{}{:03}", plan.markets[market], index / plan.markets.len()), market, prices }
    }
}

/// An announcement by weekday numbers.
struct Draft {
    series: usize,
    day: usize,
    day0: usize,
    after_close: bool,
    surprise: f64,
    planted: f64,
}

impl Draft {
    fn finish(self, weekdays: &[Date], benchmarks: usize) -> SimulatedEvent {
        SimulatedEvent {
            series: self.series + benchmarks,
            date: weekdays[self.day],
            after_close: self.after_close,
            surprise: self.surprise,
            planted: self.planted,
        }
    }
}

fn announcements(plan: &Plan, world: &World) -> Vec<Draft> {
    let mut draws = Draws::new(plan.seed, EVENTS);
    let mut drafts: Vec<Draft> = (0..plan.events)
        .map(|k| {
            let series = k % plan.securities;
            let quarter = HISTORY + QUARTER * (k / plan.securities);
            let in_season = draws.uniform() < plan.clustering;
            // Room is left before the next quarter, so that event windows rarely touch.
            let mut day = quarter + draws.below(if in_season { plan.season } else { QUARTER - SEASON });
            let after_close = draws.uniform() < 0.5;
            let surprise = (500.0 * draws.normal()).round() / 100.0;
            let market = series % plan.markets.len();
            while !world.is_session(market, day) {
                day += 1;
            }
            let mut day0 = day + usize::from(after_close);
            while !world.is_session(market, day0) {
                day0 += 1;
            }
            Draft { series, day, day0, after_close, surprise, planted: 0.0 }
        })
        .collect();
    drafts.sort_by_key(|draft| (draft.day, draft.after_close, draft.series));
    drafts
}

/// Fills in the planted effects by surprise quintile.
fn plant(plan: &Plan, drafts: &mut [Draft]) {
    let surprises: Vec<f64> = drafts.iter().map(|draft| draft.surprise).collect();
    let breaks = crate::groups::breakpoints(&surprises, 5);
    for draft in drafts {
        let quintile = crate::groups::quantile(&breaks, draft.surprise);
        draft.planted = plan.effect * [-1.0, -0.5, 0.0, 0.5, 1.0][quintile - 1];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan {
            markets: vec!["US", "HK"],
            securities: 20,
            days: 500,
            events: 50,
            effect: 0.03,
            clustering: 0.8,
            season: SEASON,
            correlation: 0.05,
            tails: None,
            seed: 7,
        }
    }

    #[test]
    fn the_seed_decides() {
        let one = simulate(&plan());
        assert_eq!(one, simulate(&plan()));
        assert_ne!(one, simulate(&Plan { seed: 8, ..plan() }));
        assert_eq!(one.series.len(), 22);
        assert_eq!(one.events.len(), 50);
    }

    /// Taking the effect away moves the price of day 0 and nothing before it.
    #[test]
    fn the_effect_is_planted_on_day_0() {
        let with = simulate(&plan());
        let without = simulate(&Plan { effect: 0.0, ..plan() });
        let event = with.events.iter().find(|event| event.planted > 0.02).expect("a fifth quintile");
        let (a, b) = (&with.series[event.series].prices, &without.series[event.series].prices);
        let first = with.events.iter().filter(|e| e.series == event.series && e.planted != 0.0).map(|e| e.date).min();
        for ((date, p), (_, q)) in a.iter().zip(b) {
            if Some(*date) < first {
                assert_eq!(p, q, "{date}");
            }
        }
        let day0 = |s: &[(Date, f64)]| {
            s.iter().position(|(date, _)| *date >= event.date).expect("in calendar") + usize::from(event.after_close)
        };
        let i = day0(a);
        let jump = |s: &[(Date, f64)]| s[i].1 / s[i - 1].1 - 1.0;
        assert!((jump(a) - jump(b) - event.planted).abs() < 1e-4, "{} against {}", jump(a), jump(b));
    }
}
