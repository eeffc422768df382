//! Tests on sums in event time against a naive recomputation, event by event and day by day.

use dayzero_model::design::Design;
use dayzero_model::estimate::Estimator;
use dayzero_model::event_time::{DaySums, EventResiduals, EventTime, EventTimeSums, Layout};
use dayzero_model::expected::{self, ModelOptions};
use dayzero_model::groups::Group;
use dayzero_model::results::Results;
use dayzero_model::sample::{Pool, Sample, Tested, TestedWindow};
use dayzero_model::significance::{Needs, TESTS, Undefined, test};
use dayzero_model::{
    Calendar, Date, EventCalendar, EventPlace, Hours, Market, MissingPolicy, Panel, Response, ReturnKind,
    Specification, Window,
};
use proptest::prelude::*;

const DAYS: usize = 60;
const NAMES: [&str; 6] = ["t_portfolio", "rank_corrado", "rank_corrado_zivney", "grank_t", "grank_z", "jackknife"];

fn value(name: &str, sample: &Sample) -> Result<f64, Undefined> {
    test(name).expect("registered").evaluate(sample).map(|statistic| statistic.value)
}

fn close(got: f64, want: f64, what: &str) {
    // The deviation of nearly equal values, and so a large statistic, has few digits.
    let tolerance = 1e-9 * want.abs().max(1.0) + 1e-14 * want * want;
    assert!((got - want).abs() <= tolerance, "{what}: {got} against {want}");
}

/// Days that each have so many of `count` events, the last of them tested.
fn sums(sums: &[f64], count: u32) -> DaySums {
    let estimation = sums.len() - 1;
    DaySums {
        sums: sums.to_vec(),
        counts: vec![count; sums.len()],
        estimation,
        tested: estimation..sums.len(),
        events: count as usize,
    }
}

/// One event with ARs that rise from day to day: U = -.3, -.1, .1 and .3, S² = .05.
#[test]
fn ranks_by_hand() {
    let ranks = sums(&[-0.3, -0.1, 0.1, 0.3], 1);
    let sample =
        Sample { car: vec![0.1], event_time: EventTime { ranks, ..EventTime::default() }, ..Sample::default() };
    close(value("rank_corrado", &sample).expect("defined"), 0.3 / 0.05_f64.sqrt(), "Z");
    // Both of two events have the highest rank; Ū = -.2, -.2, .1 | .3, S² = .045, Z² = 2, T = 4.
    let generalized_ranks = sums(&[-0.4, -0.4, 0.2, 0.6], 2);
    let sample = Sample { event_time: EventTime { generalized_ranks, ..EventTime::default() }, ..Sample::default() };
    close(value("grank_t", &sample).expect("defined"), 2.0, "t");
    close(value("grank_z", &sample).expect("defined"), 0.3 * 40.0_f64.sqrt(), "z");
}

/// AAR = ±.01 over four days: s = .01·√(4/3), and CAAR = .02.
#[test]
fn the_portfolio_by_hand() {
    let abnormal = sums(&[0.02, -0.02, 0.02, -0.02, 0.04], 2);
    let event_time = EventTime { abnormal, ..EventTime::default() };
    let sample = Sample { car: vec![0.01, 0.03], event_time, ..Sample::default() };
    let found = test("t_portfolio").expect("registered").evaluate(&sample).expect("defined");
    close(found.value, 3.0_f64.sqrt(), "t");
    assert_eq!((found.reference.dof(), found.events), (Some(3.0), 2));
}

/// Two periods with sums of -.03 and .03 about the mean: V = 2·.0018/16 = .015².
#[test]
fn clusters_by_hand() {
    let sample = Sample { car: vec![0.01, 0.05, 0.02, 0.04], period: vec![7, 9, 7, 9], ..Sample::default() };
    let found = test("t_clustered").expect("registered").evaluate(&sample).expect("defined");
    close(found.value, 2.0, "t");
    assert_eq!(found.reference.dof(), Some(1.0));
    let one = Sample { period: vec![7; 4], ..sample.clone() };
    assert_eq!(value("t_clustered", &one), Err(Undefined::OnePeriod));
    let balanced = Sample { car: vec![0.01, 0.01, 0.05, 0.05], ..sample };
    assert_eq!(value("t_clustered", &balanced), Err(Undefined::ZeroVariance));
}

#[test]
fn degenerate_sums_have_reasons() {
    let of = |ranks: DaySums| Sample {
        car: vec![0.1, 0.2],
        event_time: EventTime { ranks, ..EventTime::default() },
        ..Sample::default()
    };
    assert_eq!(value("rank_corrado", &of(sums(&[0.0, 1e-17, 0.0], 2))), Err(Undefined::FlatEstimationWindow));
    let unranked = DaySums { counts: vec![2, 2, 0], ..sums(&[0.1, -0.1, 0.0], 2) };
    assert_eq!(value("rank_corrado", &of(unranked)), Err(Undefined::ZeroVariance));
    let of = |generalized_ranks: DaySums| Sample {
        event_time: EventTime { generalized_ranks, ..EventTime::default() },
        ..Sample::default()
    };
    assert_eq!(value("grank_t", &of(sums(&[0.0, 0.0, 0.0, 0.6], 2))), Err(Undefined::FlatEstimationWindow));
    assert_eq!(value("grank_t", &of(sums(&[0.1, 0.6], 2))), Err(Undefined::TooFewDays { found: 2, needed: 3 }));
    assert_eq!(value("grank_z", &of(sums(&[0.1, 0.1], 1))), Err(Undefined::TooFewEvents { found: 1, needed: 2 }));
    let flat = EventTime { abnormal: sums(&[0.02; 4], 1), ..EventTime::default() };
    let flat = Sample { car: vec![0.01], event_time: flat, ..Sample::default() };
    assert_eq!(value("t_portfolio", &flat), Err(Undefined::FlatEstimationWindow));
}

/// A security of the panel.
#[derive(Clone, Copy, Debug)]
struct Kind {
    seed: u64,
    /// Its returns never change: s² = 0.
    constant: bool,
    /// One day of so many has no return; 0 for none.
    gap: u64,
    /// Its returns come in steps, so that many are equal.
    coarse: bool,
}

impl Kind {
    fn at(self, day: usize) -> f64 {
        let mixed = (self.seed ^ day as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let bits = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33;
        match (self.gap > 0 && bits % self.gap.max(1) == 1, self.constant) {
            (true, _) => f64::NAN,
            (false, true) => 0.01,
            (false, false) if self.coarse => (bits / 64 % 5) as f64 / 128.0,
            (false, false) => (bits / 64 % 100_003) as f64 / 1e6 - 0.05,
        }
    }
}

fn panel(kinds: &[Kind], shut: Option<usize>) -> Panel {
    let market = Market {
        name: "US".into(),
        calendar: Calendar::new((0..DAYS as i32).map(Date).collect()).expect("dates"),
        hours: Hours::new(0, 86_400, Default::default()).expect("hours"),
        benchmark: vec![0.0; DAYS],
        measures: vec![],
        factors: vec![],
        risk_free: None,
    };
    let mut panel = Panel::new(vec![market], vec![]);
    for (i, kind) in kinds.iter().enumerate() {
        let returns = (0..DAYS).map(|day| if shut == Some(day) { f64::NAN } else { kind.at(day) });
        panel.push(format!("S{i}"), 0, 0, &returns.collect::<Vec<_>>());
    }
    panel
}

fn specification(missing: MissingPolicy) -> Specification {
    let window = |a, b| Window::new(a, b).expect("ordered");
    let model = expected::model("constant_mean").expect("registered");
    Specification {
        model,
        options: String::new(),
        recipe: model.recipe(&ModelOptions::default()).expect("no options"),
        response: Response::Return,
        returns: ReturnKind::Simple,
        trade_to_trade: false,
        diagnostics: false,
        variants: Default::default(),
        estimation: window(-20, -4),
        event: window(-2, 3),
        car_windows: vec![window(-1, 1), window(0, 3), window(0, 0)],
        around: vec![],
        minimum_observations: 4,
        mask_other_events: 0,
        missing,
    }
}

/// What is known of one event, in the plainest form.
struct Known {
    residuals: Vec<(i32, f64)>,
    ars: Vec<(i32, f64)>,
    sars: Vec<(i32, f64)>,
    sigma: f64,
    dof: f64,
}

/// Events with their estimates, and the sums over them, made block by block.
struct Estimated {
    specification: Specification,
    results: Results,
    known: Vec<Option<Known>>,
    groups: Vec<Group>,
}

impl Estimated {
    fn new(panel: &Panel, specification: Specification, events: &[(usize, usize)], groups: Vec<Group>) -> Self {
        let design = Design::new(panel, &specification, 0, &[]).expect("no factors");
        let calendar = EventCalendar::new(events.iter().copied());
        let (mut results, mut known) = (Results::new(&specification), Vec::new());
        let mut estimator = Estimator::default();
        for &(security, day0) in events {
            let peers = Err("none are needed");
            let place = EventPlace { panel, security, day0, events: &calendar, peers, characteristics: None };
            match estimator.estimate(&specification, &design, &place) {
                Ok(()) => {
                    results.push_estimated(&specification, &mut estimator);
                    let tau = |day: usize| day as i32 - day0 as i32;
                    let days = || specification.event.taus().zip(estimator.days.days());
                    let residuals = estimator.sample.days.iter().map(|&day| tau(day));
                    known.push(Some(Known {
                        residuals: residuals.zip(estimator.fit.residuals.iter().copied()).collect(),
                        ars: days().filter_map(|(tau, day)| Some((tau, day?.ar))).collect(),
                        sars: days().filter_map(|(tau, day)| Some((tau, day?.sar?))).collect(),
                        sigma: estimator.fit.variance.sqrt(),
                        dof: estimator.fit.degrees_of_freedom() as f64,
                    }));
                }
                Err(exclusion) => {
                    results.push_excluded(exclusion);
                    known.push(None);
                }
            }
        }
        Self { specification, results, known, groups }
    }

    /// The sample of every group and window, from blocks of so many events.
    fn samples(&self, events: &[(usize, usize)], block: usize) -> Vec<(usize, Window, Sample)> {
        let layout = Layout::new(&self.specification, &self.results, &self.groups, Needs::of(TESTS));
        let mut sums = EventTimeSums::default();
        for block in (0..events.len()).collect::<Vec<_>>().chunks(block) {
            let mut part = EventTimeSums::default();
            for &event in block {
                let Some(known) = &self.known[event] else { continue };
                let day0 = events[event].1;
                let days: Vec<usize> = known.residuals.iter().map(|&(tau, _)| (day0 as i32 + tau) as usize).collect();
                let residuals: Vec<f64> = known.residuals.iter().map(|&(_, r)| r).collect();
                let own: Vec<usize> =
                    (0..self.groups.len()).filter(|&group| self.groups[group].members.contains(&event)).collect();
                part.add(&layout, &own, &EventResiduals { event, day0, days: &days, residuals: &residuals });
            }
            sums.merge(part);
        }
        let periods: Vec<i32> = events.iter().map(|&(_, day0)| day0 as i32 / 7).collect();
        let jackknife = sums.jackknife(events.len());
        let pool = Pool { results: &self.results, periods: &periods, jackknife: &jackknife };
        let windows = TestedWindow::all(&self.specification);
        let mut samples = Vec::new();
        for (group, members) in self.groups.iter().enumerate() {
            for (index, &(window, place)) in windows.iter().enumerate() {
                let sample = pool.sample(&members.members, place, Tested::Car);
                samples.push((group, window, Sample { event_time: sums.of(&layout, group, index), ..sample }));
            }
        }
        samples
    }

    /// The events of a group that are valid for a window.
    fn valid(&self, group: usize, window: Window) -> Vec<&Known> {
        let known = self.groups[group].members.iter().filter_map(|&event| self.known[event].as_ref());
        known
            .filter(|known| {
                let present = known.ars.iter().filter(|(tau, _)| window.contains(Window::day(*tau))).count();
                match self.specification.missing {
                    MissingPolicy::Exclude => present == window.days(),
                    MissingPolicy::Available => present > 0,
                }
            })
            .collect()
    }

    fn naive(&self, name: &str, group: usize, window: Window, sample: &Sample) -> Option<f64> {
        let valid = self.valid(group, window);
        let varying: Vec<&Known> = valid.iter().copied().filter(|known| known.sigma > 0.0).collect();
        // Returns and ranks of a day are those of all events that have one.
        let all: Vec<&Known> =
            self.groups[group].members.iter().filter_map(|&event| self.known[event].as_ref()).collect();
        let all_varying: Vec<&Known> = all.iter().copied().filter(|known| known.sigma > 0.0).collect();
        if valid.is_empty() {
            return None;
        }
        match name {
            "t_portfolio" => portfolio(&all, window, sample),
            "rank_corrado" => {
                let series = |known: &&Known| ranked(&[&known.residuals[..], &known.ars].concat());
                rank_test(&all_varying.iter().map(series).collect::<Vec<_>>(), window)
            }
            "rank_corrado_zivney" => {
                let scaled = |&(tau, sar): &(i32, f64)| {
                    let of_day = |known: &&Known| known.sars.iter().find(|s| s.0 == tau).map(|s| s.1);
                    Some((tau, sar / deviation(&all.iter().filter_map(of_day).collect::<Vec<_>>())?))
                };
                let series = |known: &&Known| {
                    let before = known.residuals.iter().map(|&(tau, r)| (tau, r / known.sigma));
                    ranked(&before.chain(known.sars.iter().filter_map(scaled)).collect::<Vec<_>>())
                };
                rank_test(&all_varying.iter().map(series).collect::<Vec<_>>(), window)
            }
            "grank_t" | "grank_z" => generalized(&varying, &sample.scar, name),
            _ => jackknifed(&varying, &sample.scar),
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// With divisor N − 1; `None` where there is none to speak of.
fn deviation(values: &[f64]) -> Option<f64> {
    let m = mean(values);
    let squares: f64 = values.iter().map(|v| (v - m) * (v - m)).sum();
    let deviation = (squares / (values.len() as f64 - 1.0)).sqrt();
    (values.len() > 1 && deviation > 1e-14 * m.abs()).then_some(deviation)
}

fn t_of_mean(values: &[f64]) -> Option<f64> {
    Some((values.len() as f64).sqrt() * mean(values) / deviation(values)?)
}

/// rank/(n + 1) − ½ with midranks, by counting.
fn ranked(values: &[(i32, f64)]) -> Vec<(i32, f64)> {
    let rank = |x: f64| {
        let below = values.iter().filter(|(_, v)| *v < x).count() as f64;
        let equal = values.iter().filter(|(_, v)| *v == x).count() as f64;
        below + (equal + 1.0) / 2.0
    };
    values.iter().map(|&(tau, x)| (tau, rank(x) / (values.len() as f64 + 1.0) - 0.5)).collect()
}

/// The values of every day on which there are any.
fn by_day(series: &[Vec<(i32, f64)>]) -> Vec<(i32, Vec<f64>)> {
    let at = |tau: i32| (tau, series.iter().flatten().filter(|v| v.0 == tau).map(|v| v.1).collect::<Vec<f64>>());
    (-100..100).map(at).filter(|(_, values)| !values.is_empty()).collect()
}

fn rank_test(series: &[Vec<(i32, f64)>], window: Window) -> Option<f64> {
    let scaled = |(tau, values): (i32, Vec<f64>)| (tau, values.iter().sum::<f64>() / (values.len() as f64).sqrt());
    let days: Vec<(i32, f64)> = by_day(series).into_iter().map(scaled).collect();
    let s = (days.iter().map(|(_, z)| z * z).sum::<f64>() / days.len() as f64).sqrt();
    let tested: Vec<f64> = days.iter().filter(|(tau, _)| window.contains(Window::day(*tau))).map(|d| d.1).collect();
    (!tested.is_empty() && s > 1e-12).then(|| tested.iter().sum::<f64>() / (tested.len() as f64).sqrt() / s)
}

fn portfolio(events: &[&Known], window: Window, sample: &Sample) -> Option<f64> {
    let zeroed = |known: &&Known| {
        known.residuals.iter().map(|&(tau, r)| (tau, if known.sigma > 0.0 { r } else { 0.0 })).collect::<Vec<_>>()
    };
    let aars: Vec<f64> = by_day(&events.iter().map(zeroed).collect::<Vec<_>>()).iter().map(|(_, r)| mean(r)).collect();
    let length = window.taus().filter(|tau| events.iter().any(|known| known.ars.iter().any(|ar| ar.0 == *tau)));
    let s = deviation(&aars)?;
    Some(mean(&sample.car) / ((length.count() as f64).sqrt() * s))
}

fn generalized(varying: &[&Known], scars: &[f64], name: &str) -> Option<f64> {
    let sd = deviation(scars)?;
    const POINT: i32 = 99;
    let series = |(known, scar): (&&Known, &f64)| {
        let sars = known.residuals.iter().map(|&(tau, r)| (tau, r / known.sigma));
        ranked(&sars.chain([(POINT, scar / sd)]).collect::<Vec<_>>())
    };
    let days = by_day(&varying.iter().zip(scars).map(series).collect::<Vec<_>>());
    let (t, n) = (days.len() as f64, varying.len() as f64);
    let at_point = mean(&days.iter().find(|(tau, _)| *tau == POINT)?.1);
    if name == "grank_z" {
        return Some(at_point * (12.0 * n * (t + 1.0) / (t - 1.0)).sqrt());
    }
    let squares: f64 = days.iter().map(|(_, u)| u.len() as f64 / n * mean(u) * mean(u)).sum();
    let z = at_point / (squares / t).sqrt();
    (z.is_finite() && t - 1.0 - z * z > 1e-10 * t).then(|| z * ((t - 2.0) / (t - 1.0 - z * z)).sqrt())
}

/// All pseudo-values, one after the other.
fn jackknifed(varying: &[&Known], scars: &[f64]) -> Option<f64> {
    let estimate = |(known, scar): (&&Known, &f64)| {
        let (m, theta) = (known.residuals.len() as f64, *scar);
        let rss = |without: usize| -> f64 {
            let kept = known.residuals.iter().enumerate().filter(|(j, _)| *j != without);
            kept.map(|(_, (_, r))| r * r).sum()
        };
        let pseudo = |j: usize| {
            let s = (rss(j) / (known.dof - 1.0)).sqrt();
            m * theta - (m - 1.0) * theta * known.sigma / s
        };
        mean(&(0..known.residuals.len()).map(pseudo).collect::<Vec<_>>())
    };
    t_of_mean(&varying.iter().zip(scars).map(estimate).collect::<Vec<_>>())
}

fn kind() -> impl Strategy<Value = Kind> {
    (any::<u64>(), 0..10_u32, prop_oneof![Just(0_u64), Just(4), Just(15)], any::<bool>())
        .prop_map(|(seed, constant, gap, coarse)| Kind { seed, constant: constant == 0, gap, coarse })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    /// With gaps, ties, securities without variance, events of one security, a day on which nothing is
    /// traded, two policies, three groups and blocks of any size.
    #[test]
    fn sums_agree_with_every_event_and_day(
        kinds in prop::collection::vec(kind(), 1..7),
        places in prop::collection::vec((0..7_usize, 22..DAYS - 1), 1..12),
        shut in prop_oneof![Just(None), (30..50_usize).prop_map(Some)],
        missing in prop_oneof![Just(MissingPolicy::Exclude), Just(MissingPolicy::Available)],
        block in 1..6_usize,
    ) {
        let panel = panel(&kinds, shut);
        let events: Vec<(usize, usize)> = places.iter().map(|&(s, day0)| (s % kinds.len(), day0)).collect();
        let group = |label: &str, step: usize| Group { label: label.into(), members: (0..events.len()).step_by(step).collect() };
        let groups = vec![group("all", 1), group("half", 2), group("third", 3)];
        let estimated = Estimated::new(&panel, specification(missing), &events, groups);
        let other = estimated.samples(&events, events.len());
        for ((group, window, sample), (_, _, other)) in estimated.samples(&events, block).iter().zip(&other) {
            for name in NAMES {
                let what = format!("{name} of group {group} over {window}");
                let (got, want) = (value(name, sample), estimated.naive(name, *group, *window, sample));
                match (&got, want) {
                    (Ok(got), Some(want)) => close(*got, want, &what),
                    (Err(_), None) => {}
                    _ => prop_assert!(false, "{what}: {got:?} against {want:?}"),
                }
            }
            for statistic in TESTS {
                if let Ok(found) = statistic.evaluate(sample) {
                    prop_assert!(found.value.is_finite() && (0.0..=1.0).contains(&found.p_value), "{}", statistic.name());
                    let other = statistic.evaluate(other).expect("defined for any blocks");
                    close(found.value, other.value, statistic.name());
                }
            }
        }
    }

    /// Whatever the sums, a statistic is finite or has a reason.
    #[test]
    fn never_nan(
        days in prop::collection::vec((prop_oneof![Just(0.0), Just(1e-17), -1e3..1e3_f64, -1e-300..1e-300_f64], 0..4_u32), 0..8),
        estimation in 0..8_usize,
        events in 0..4_usize,
        car in prop_oneof![Just(0.0), -1e6..1e6_f64],
    ) {
        let estimation = estimation.min(days.len());
        let sums = DaySums {
            sums: days.iter().map(|day| day.0).collect(),
            counts: days.iter().map(|day| day.1).collect(),
            estimation,
            tested: estimation..days.len(),
            events,
        };
        let event_time = EventTime {
            abnormal: sums.clone(),
            ranks: sums.clone(),
            standardised_ranks: sums.clone(),
            generalized_ranks: sums,
        };
        let n = events;
        let sample = Sample { car: vec![car; n], period: (0..n as i32).collect(), pseudo_value: vec![car; n], event_time, ..Sample::default() };
        for statistic in TESTS {
            if let Ok(found) = statistic.evaluate(&sample) {
                prop_assert!(found.value.is_finite(), "{} is {}", statistic.name(), found.value);
                prop_assert!((0.0..=1.0).contains(&found.p_value), "p of {}", statistic.name());
            }
        }
    }
}
