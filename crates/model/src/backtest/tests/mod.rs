//! Nobody looks ahead, and the accounts add up.

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::design::Design;
use crate::estimate::Estimator;
use crate::expected::{ModelOptions, model};
use crate::results::Results;
use crate::{
    Calendar, Date, EventCalendar, EventPlace, Hours, Market, Measure, MissingPolicy, Panel, Response, ReturnKind,
    Specification, Window,
};

const DAYS: usize = 70;
const SECURITIES: usize = 5;
const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;

/// Prices, volumes and announcements before they become a record.
#[derive(Clone)]
struct World {
    /// By market, the dates of its sessions.
    dates: Vec<Vec<i32>>,
    /// By security: its market, closes, opens, volumes by session; missing ones are NaN.
    closes: Vec<(usize, Vec<f64>)>,
    opens: Vec<Vec<f64>>,
    volumes: Vec<Vec<f64>>,
    /// (security, day 0, known, column, figure, forecast)
    events: Vec<(usize, usize, i64, f64, f64, f64)>,
}

/// A stream of numbers between 0 and 1 (splitmix64).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Two markets whose days overlap, gaps, halts, a delisting, several announcements per security.
fn world(seed: u64, gaps: f64) -> World {
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

fn open(dates: &[i32], market: usize, day: usize) -> Moment {
    Moment(i64::from(dates[day]) * DAY + (14 - 12 * market as i64) * HOUR)
}

fn returns(closes: &[f64]) -> Vec<f64> {
    std::iter::once(f64::NAN).chain(closes.windows(2).map(|pair| pair[1] / pair[0] - 1.0)).collect()
}

/// Everything that a record borrows.
struct Made {
    panel: Panel,
    sessions: Vec<Sessions>,
    benchmarks: Vec<BenchmarkLevels>,
    announcements: Vec<Announcement>,
    columns: Vec<Vec<f64>>,
    figures: Vec<Figure>,
    figure_of: Vec<usize>,
    results: Results,
    known: Vec<Vec<Moment>>,
}

const WINDOW: [i32; 2] = [-1, 2];
const ESTIMATION: [i32; 2] = [-8, -2];

impl World {
    fn make(&self) -> Made {
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
        let figure = |&(security, _, known, _, actual, forecast): &(usize, usize, i64, f64, f64, f64)| Figure {
            security,
            known: Moment(known),
            date: Date(known.div_euclid(DAY) as i32 * 29),
            actual,
            forecast,
        };
        Made {
            results: self.estimate(&panel),
            known: sessions.iter().map(|sessions| sessions.closes.clone()).collect(),
            benchmarks: vec![benchmark(0), benchmark(1)],
            columns: vec![self.events.iter().map(|event| event.3).collect()],
            figures: self.events.iter().map(figure).collect(),
            figure_of: (0..self.events.len()).collect(),
            panel,
            sessions,
            announcements,
        }
    }

    fn estimate(&self, panel: &Panel) -> Results {
        let model = model("market").expect("a model");
        let specification = Specification {
            model,
            options: String::new(),
            recipe: model.recipe(&ModelOptions::default()).expect("sound"),
            response: Response::Return,
            returns: ReturnKind::Simple,
            trade_to_trade: false,
            diagnostics: false,
            estimation: Window::new(ESTIMATION[0], ESTIMATION[1]).expect("ordered"),
            event: Window::new(WINDOW[0], WINDOW[1]).expect("ordered"),
            car_windows: vec![],
            minimum_observations: 3,
            mask_other_events: 0,
            around: vec![],
            variants: Default::default(),
            missing: MissingPolicy::Exclude,
        };
        let mut results = Results::new(&specification);
        let mut estimator = Estimator::default();
        let events = EventCalendar::default();
        for &(security, day0, ..) in &self.events {
            let design = Design::new(panel, &specification, security % 2, &[]).expect("no factors");
            let place =
                EventPlace { panel, security, day0, events: &events, peers: Err("none"), characteristics: None };
            match estimator.estimate(&specification, &design, &place) {
                Ok(()) => results.push_estimated(&specification, &mut estimator),
                Err(exclusion) => results.push_excluded(exclusion),
            }
        }
        results
    }

    /// The same world until `now`, and another one after it.
    fn changed_after(&self, now: Moment) -> Self {
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
        for event in other.events.iter_mut().filter(|event| event.2 > now.0) {
            event.3 = -event.3 - 0.123;
            event.4 += 9.0;
            event.5 -= 9.0;
        }
        other
    }
}

impl Made {
    fn record(&self) -> Record<'_> {
        Record {
            panel: &self.panel,
            sessions: &self.sessions,
            benchmarks: &self.benchmarks,
            announcements: &self.announcements,
            columns: &self.columns,
            figures: &self.figures,
            figure_of: &self.figure_of,
            reactions: Some(Reactions {
                results: &self.results,
                window: Window::new(WINDOW[0], WINDOW[1]).expect("ordered"),
                estimation: Window::new(ESTIMATION[0], ESTIMATION[1]).expect("ordered"),
                known: &self.known,
                beta: Some(1),
            }),
        }
    }
}

/// What a history tells when it is asked for everything.
fn everything(history: &History<'_>, events: usize) -> Vec<Option<u64>> {
    let mut told: Vec<Option<f64>> = Vec::new();
    for event in 0..events + 2 {
        told.push(history.is_announced(event).then_some(1.0));
        told.extend((0..3).map(|column| history.column(event, column)));
        told.extend((-30..60).map(|tau| history.abnormal_return(event, tau)));
        told.push(history.beta(event));
        told.extend(history.figures(event).iter().flat_map(|f| [Some(f.actual), Some(f.forecast)]));
        told.push(Some(history.figures(event).len() as f64));
    }
    for security in 0..SECURITIES {
        told.extend(history.closes(security).iter().chain(history.traded_values(security)).map(|&x| Some(x)));
        told.push(Some(history.closes(security).len() as f64));
    }
    told.into_iter().map(|value| value.map(f64::to_bits)).collect()
}

fn rule(signals: Vec<Signal>, weighting: Weighting) -> Rule {
    let sort = Sort::Quantiles { counts: vec![2, 3], lookback_days: 40, minimum: 3 };
    Rule { signals, sort, weighting, volume_days: 5 }
}

fn rules() -> Vec<Rule> {
    let reaction = Signal::Abnormal(Window::new(0, 1).expect("ordered"));
    let surprise = |forecast| Signal::Surprise(Surprise { forecast, errors: 4, minimum: 2 });
    vec![
        rule(vec![Signal::Column(0)], Weighting::Equal),
        rule(vec![reaction], Weighting::InverseVolatility { days: 10 }),
        rule(vec![Signal::Column(0), reaction], Weighting::Signal),
        rule(vec![surprise(Forecast::Analysts)], Weighting::BetaNeutral),
        rule(vec![surprise(Forecast::SeasonalRandomWalk)], Weighting::Equal),
        Rule { sort: Sort::Sign, ..rule(vec![reaction], Weighting::Equal) },
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever a history is asked, a change of everything after its moment changes no answer.
    #[test]
    fn a_history_tells_nothing_of_what_comes_later(seed in any::<u64>()) {
        let world = world(seed, 0.05);
        let made = world.make();
        let none = vec![Earlier::default(); 3];
        let record = made.record();
        let mut told_more = 0;
        for half_day in 0..2 * DAYS as i64 {
            let now = Moment(half_day * DAY / 2 + 20 * HOUR);
            let other = world.changed_after(now).make();
            let other_record = other.record();
            let (here, there) = (History::new(&record, now, &none), History::new(&other_record, now, &none));
            let (here, there) = (everything(&here, made.announcements.len()), everything(&there, made.announcements.len()));
            prop_assert_eq!(&here, &there);
            let after = History::new(&other_record, Moment(now.0 + DAY), &none);
            told_more += usize::from(everything(&after, made.announcements.len()) != here);
        }
        // The change is seen as soon as its day has come.
        prop_assert!(told_more > 100, "{}", told_more);
    }

    /// A change of everything after a decision leaves the decision, its quantiles and its weight.
    #[test]
    fn a_decision_depends_on_nothing_later(seed in any::<u64>()) {
        let world = world(seed, 0.05);
        let made = world.make();
        for rule in rules() {
            let found = decide(&made.record(), &rule);
            let mut decided = 0;
            for (event, decision) in found.decisions.iter().enumerate() {
                let Ok(decision) = decision else { continue };
                decided += 1;
                let other = world.changed_after(decision.at).make();
                let again = decide(&other.record(), &rule);
                prop_assert_eq!(&again.decisions[event], &Ok(*decision));
                for sort in 0..found.quantiles.len() {
                    prop_assert_eq!(again.quantiles[sort][event], found.quantiles[sort][event]);
                }
            }
            // Five announcements may all be too far from a year apart.
            let seasonal = Signal::Surprise(Surprise { forecast: Forecast::SeasonalRandomWalk, errors: 4, minimum: 2 });
            prop_assert!(decided > 0 || rule.signals == [seasonal], "{:?}", rule);
        }
    }
}

fn strategy(draws: &mut Draws) -> Strategy {
    let chance = |draws: &mut Draws, share: f64| draws.next() < share;
    let costly = chance(draws, 0.8);
    Strategy {
        sort: usize::from(chance(draws, 0.5)),
        long: vec![2],
        short: vec![1],
        enter: Enter {
            day: 2 + (2.0 * draws.next()) as usize,
            at: if chance(draws, 0.5) { At::Open } else { At::Close },
            wait_days: 3,
        },
        exit: Exit {
            hold_days: 1 + (15.0 * draws.next()) as usize,
            before_next_event: chance(draws, 0.5),
            stop: chance(draws, 0.3).then_some(0.03),
            target: chance(draws, 0.3).then_some(0.03),
        },
        size: 0.02 + 0.5 * draws.next(),
        hedge: [Hedge::None, Hedge::Benchmark, Hedge::Beta][(3.0 * draws.next()) as usize],
        limits: Limits {
            gross: chance(draws, 0.5).then_some(1.0),
            name: chance(draws, 0.3).then_some(0.3),
            positions: chance(draws, 0.3).then_some(4),
            participation: chance(draws, 0.3).then_some((0.05, 1e6)),
        },
        costs: Costs {
            commission_bps: if costly { 2.0 } else { 0.0 },
            half_spread_bps: if costly { 7.0 } else { 0.0 },
            borrow_bps_per_year: if costly { 400.0 } else { 0.0 },
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Cash and positions are equity, lots add up to its change, returns compound to it, and every
    /// announcement is a lot or has a reason.
    #[test]
    fn the_accounts_add_up(seed in any::<u64>()) {
        let mut draws = Draws(seed);
        let made = world(seed, 0.08).make();
        let record = made.record();
        let rules = rules();
        let decisions = decide(&record, &rules[(3.0 * draws.next()) as usize]);
        let strategy = strategy(&mut draws);
        let timeline = Timeline::new(&made.panel.markets);
        let Traded { lots, days, untraded } = run(&record, &timeline, &decisions, &strategy);
        let counted: usize = untraded.iter().map(|(_, count)| count).sum();
        prop_assert_eq!(lots.len() + counted, made.announcements.len());
        let last = days.last().expect("days");
        let profit: f64 = lots.iter().map(Lot::profit).sum();
        prop_assert!((profit - (last.equity - 1.0)).abs() < 1e-12, "{} {}", profit, last.equity);
        let (mut compounded, mut before) = (1.0, 1.0);
        for day in &days {
            let positions = (day.long - day.short + day.hedge) * day.equity;
            prop_assert!((day.cash + positions - day.equity).abs() < 1e-12);
            prop_assert!((day.gross_return - day.costs - day.net_return).abs() < 1e-15);
            compounded *= 1.0 + day.net_return;
            prop_assert!((compounded - day.equity).abs() < 1e-12);
            prop_assert!(day.costs >= 0.0 && day.turnover >= 0.0);
            if let Some(most) = strategy.limits.positions {
                prop_assert!(day.positions <= most);
            }
            before = day.equity.max(before);
        }
        prop_assert_eq!((last.positions, last.long, last.short), (0, 0.0, 0.0));
        for lot in &lots {
            prop_assert!(lot.decided < record.sessions[lot.market].moment(lot.entry.day, lot.entry.at).expect("a session"));
            prop_assert!(lot.weight <= strategy.limits.name.unwrap_or(f64::INFINITY) * (1.0 + 1e-12));
        }
        // The same again, to the last bit.
        prop_assert_eq!(run(&record, &timeline, &decisions, &strategy).days, days);
    }

    /// The benchmark hedged with the benchmark earns nothing on any day, before costs.
    #[test]
    fn a_hedged_benchmark_earns_nothing(seed in any::<u64>()) {
        let mut draws = Draws(seed);
        let mut world = world(seed, 0.0);
        world.events.retain(|event| event.0 < 2);
        let made = world.make();
        let rule = Rule { sort: Sort::Sign, ..rule(vec![Signal::Column(0)], Weighting::Equal) };
        let decisions = decide(&made.record(), &rule);
        let strategy = Strategy {
            sort: 0,
            hedge: Hedge::Benchmark,
            costs: Costs::default(),
            limits: Limits::default(),
            ..strategy(&mut draws)
        };
        let traded = run(&made.record(), &Timeline::new(&made.panel.markets), &decisions, &strategy);
        prop_assert!(!traded.lots.is_empty());
        for lot in &traded.lots {
            prop_assert!(lot.gross_return != 0.0 && lot.net_return().abs() < 1e-14, "{:?}", lot);
        }
        for day in &traded.days {
            prop_assert!((day.equity - 1.0).abs() < 1e-14 && day.net_return.abs() < 1e-14);
        }
    }
}

/// A strategy that loses everything stops, and its account stays where it is.
#[test]
fn a_ruin_ends_a_strategy() {
    let mut world = world(7, 0.0);
    // The first security triples within its first holding period.
    world.events = vec![
        (0, 8, open(&world.dates[0], 0, 8).0 - HOUR, -1.0, 1.0, 1.0),
        (2, 40, open(&world.dates[0], 0, 40).0 - HOUR, 1.0, 1.0, 1.0),
    ];
    let risen = world.closes[0].1[10..].iter().map(|price| 3.0 * price).collect::<Vec<_>>();
    world.closes[0].1.splice(10.., risen);
    let made = world.make();
    let rule = Rule { sort: Sort::Sign, ..rule(vec![Signal::Column(0)], Weighting::Equal) };
    let decisions = decide(&made.record(), &rule);
    let mut strategy = strategy(&mut Draws(1));
    strategy.enter = Enter { day: 0, at: At::Close, wait_days: 0 };
    strategy.exit = Exit { hold_days: 20, before_next_event: false, stop: None, target: None };
    (strategy.sort, strategy.size, strategy.hedge, strategy.limits) = (0, 1.0, Hedge::None, Limits::default());
    let traded = run(&made.record(), &Timeline::new(&made.panel.markets), &decisions, &strategy);
    assert_eq!(traded.lots.len(), 1);
    assert_eq!(traded.lots[0].exit_reason, ExitReason::Ruined);
    assert_eq!(traded.untraded, [(Untraded::Ruined, 1)]);
    let last = traded.days.last().expect("days");
    assert!(last.equity < 0.0 && last.net_return == 0.0 && last.positions == 0);
    assert!((traded.lots[0].profit() - (last.equity - 1.0)).abs() < 1e-12);
}
