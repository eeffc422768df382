//! What every test statistic must satisfy, and r̄ against its definition.

use dayzero_model::event_time::EventTime;
use dayzero_model::sample::Sample;
use dayzero_model::significance::correlation::{Correlation, DayCell};
use dayzero_model::significance::step_down::{exceedances, romano_wolf};
use dayzero_model::significance::{TESTS, Undefined, WildCell, test};
use dayzero_model::variants::MeanCorrelation;
use dayzero_model::{Calendar, Date, MissingPolicy, Window};
use proptest::prelude::*;

/// An event of two markets: its estimation residuals by calendar day, and its days of the event window.
struct Event {
    market: usize,
    day0: usize,
    days: Vec<usize>,
    residuals: Vec<f64>,
    present: Option<Box<[bool]>>,
}

fn sample(car: &[f64]) -> Sample {
    Sample {
        car: car.to_vec(),
        positive_share: vec![0.48; car.len()],
        scar: car.iter().map(|c| c / 0.02).collect(),
        dof: vec![238; car.len()],
        period: (0..car.len() as i32).collect(),
        pseudo_value: car.iter().map(|c| c / 0.021).collect(),
        event_time: EventTime::default(),
        mean_correlation: (car.len() > 1).then_some(0.01),
        draws: Some(dayzero_model::sample::Draws::new(7, "sample", 999)),
        permuted: Some((0..99).map(|draw| f64::from(draw) / 20.0 - 2.5).collect()),
        variants: Default::default(),
    }
}

/// √10·mean/sd and its relatives of ten CARs, computed by hand with a pocket calculator's formulas.
#[test]
fn by_hand() {
    let car = [0.01, -0.02, 0.03, 0.00, 0.02, 0.01, -0.01, 0.04, 0.02, 0.00];
    let value = |name: &str| test(name).expect("registered").evaluate(&sample(&car)).expect("defined").value;
    // mean 0.01, Σ(x − mean)² = 0.003, sd = √(0.003/9)
    let t = 10.0_f64.sqrt() * 0.01 / (0.003_f64 / 9.0).sqrt();
    assert!((value("t_cross_sectional") - t).abs() < 1e-14);
    assert!((value("bmp") - t).abs() < 1e-14);
    assert!((value("bmp_kp") - t * (0.99_f64 / 1.09).sqrt()).abs() < 1e-14);
    // ΣSCAR = 0.1/0.02 = 5; Q = 238/236
    assert!((value("patell") - 5.0 / (10.0_f64 * 238.0 / 236.0).sqrt()).abs() < 1e-14);
    // Six positive of ten (zeros are not), against 4.8 expected.
    assert!((value("sign_generalized") - 1.2 / (4.8_f64 * 0.52).sqrt()).abs() < 1e-14);
}

/// Samples of up to 25 events have exact p-values; ties and zeros fall back on the normal form. The
/// references are scipy's.
#[test]
fn small_samples() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/small_samples.json"));
    let rows: serde_json::Value = serde_json::from_str(&text.expect("golden file")).expect("JSON");
    let rows = rows.as_array().expect("rows");
    assert!(rows.len() > 10);
    for row in rows {
        let car: Vec<f64> =
            row["car"].as_array().expect("CARs").iter().map(|v| v.as_f64().expect("a number")).collect();
        for name in ["sign", "wilcoxon", "t_skewness"] {
            let got = test(name).expect("registered").evaluate(&sample(&car));
            let Some(value) = row[name][0].as_f64() else {
                assert!(got.is_err(), "{name} of {car:?}");
                continue;
            };
            let got = got.unwrap_or_else(|undefined| panic!("{name} of {car:?}: {undefined}"));
            let p = row[name][1].as_f64().expect("a p-value");
            assert!((got.value - value).abs() < 1e-12, "{name} of {car:?}: {} against {value}", got.value);
            assert!((got.p_value / p - 1.0).abs() < 1e-11, "{name} of {car:?}: p {} against {p}", got.p_value);
        }
    }
}

/// Half of the events positive, half of the residuals positive: nothing to see, however many events
/// the specification has beyond this sample.
#[test]
fn an_even_sample_has_no_sign() {
    let car: Vec<f64> = (0..80).map(|i| if i % 2 == 0 { 0.01 } else { -0.01 }).collect();
    let even = Sample { positive_share: vec![0.5; 80], ..sample(&car) };
    let sign = test("sign_generalized").expect("registered").evaluate(&even).expect("defined");
    assert_eq!((sign.value, sign.events), (0.0, 80));
}

#[test]
fn degenerate_samples_have_reasons() {
    for statistic in TESTS {
        assert!(statistic.evaluate(&Sample::default()).is_err(), "{} of nothing", statistic.name());
    }
    let reason = |name: &str, sample: &Sample| test(name).expect("registered").evaluate(sample).expect_err("undefined");
    assert_eq!(reason("bmp", &sample(&[0.01])), Undefined::TooFewEvents { found: 1, needed: 2 });
    assert_eq!(reason("bmp_kp", &sample(&[0.3, 0.3, 0.3])), Undefined::ZeroVariance);
    assert_eq!(reason("t_cross_sectional", &sample(&[0.1, 0.1, 0.1])), Undefined::ZeroVariance);
    let negative = Sample { mean_correlation: Some(-0.6), ..sample(&[0.01, 0.02, 0.03]) };
    assert_eq!(reason("bmp_kp", &negative), Undefined::NegativeClusterFactor { mean_correlation: -0.6 });
    let poor = Sample { dof: vec![2, 100], ..sample(&[0.01, 0.02]) };
    assert_eq!(reason("patell", &poor), Undefined::TooFewDegreesOfFreedom { found: 2, needed: 3 });
    let sure = Sample { positive_share: vec![1.0; 2], ..sample(&[0.01, 0.02]) };
    assert_eq!(reason("sign_generalized", &sure), Undefined::DegenerateShare { share: 1.0 });
}

proptest! {
    /// Whatever the sample, a statistic and its p-value are finite, or there is a reason.
    #[test]
    fn never_nan(
        car in prop::collection::vec(prop_oneof![Just(0.0), Just(0.01), -1e6..1e6_f64, -1e-300..1e-300_f64], 0..6),
        r in -1.0..=1.0_f64,
        dof in 0..5_usize,
        share in prop_oneof![Just(0.0), Just(0.5), Just(1.0)],
    ) {
        let n = car.len();
        let sample = Sample {
            positive_share: vec![share; n],
            dof: vec![dof; n],
            mean_correlation: (n > 1).then_some(r),
            ..sample(&car)
        };
        for statistic in TESTS {
            if let Ok(found) = statistic.evaluate(&sample) {
                prop_assert!(found.value.is_finite(), "{} is {}", statistic.name(), found.value);
                prop_assert!((0.0..=1.0).contains(&found.p_value), "p of {}", statistic.name());
            }
        }
    }

    /// Statistics know no unit: a thousandfold CAR with its own standardisation changes nothing.
    #[test]
    fn scale_invariant(car in prop::collection::vec(-0.1..0.1_f64, 2..30), power in -10..10_i32) {
        let scale = 2.0_f64.powi(power);
        let scaled = Sample { car: car.iter().map(|c| c * scale).collect(), ..sample(&car) };
        for statistic in TESTS {
            prop_assert_eq!(statistic.evaluate(&sample(&car)), statistic.evaluate(&scaled), "{}", statistic.name());
        }
    }

    /// r̄ by the sums over the calendar equals the mean over all pairs of z_i'z_j times the share of
    /// the window's days that both have, with two markets of different holidays and missing days.
    #[test]
    fn mean_correlation_is_that_of_all_pairs(
        events in prop::collection::vec((0..2_usize, 60..90_usize, any::<u64>(), any::<bool>()), 2..25),
        first in -3..2_i32,
        length in 1..5_i32,
        missing in prop_oneof![Just(MissingPolicy::Exclude), Just(MissingPolicy::Available)],
    ) {
        let event_window = Window::new(-5, 8).expect("ordered");
        let window = Window::new(first, first + length - 1).expect("ordered");
        let estimation = Window::new(-40, -6).expect("ordered");
        let dates = |holiday: i32| (0..120).filter(|d| d % 11 != holiday).map(Date).collect::<Vec<_>>();
        let calendars = [Calendar::new(dates(3)).expect("dates"), Calendar::new(dates(7)).expect("dates")];
        let one = |&(market, day0, seed, gap): &(usize, usize, u64, bool)| {
            let days: Vec<usize> = estimation.on_calendar(day0, calendars[market].len()).filter(|d| d % 9 != 4).collect();
            let noise = |d: &usize| ((seed.wrapping_add(*d as u64 * 7919)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f64 / 1e7 - 0.8;
            let residuals: Vec<f64> = days.iter().map(noise).collect();
            let present = gap.then(|| (0..event_window.days()).map(|day| day != 6).collect::<Box<[bool]>>());
            Event { market, day0, days, residuals, present }
        };
        let events: Vec<Event> = events.iter().map(one).collect();
        let mut cells: Vec<DayCell> = Vec::new();
        for Event { market, day0, days, residuals, present } in &events {
            let known = cells.iter().position(|c| c.market == *market && c.day0 == *day0);
            let index = known.unwrap_or_else(|| {
                cells.push(DayCell::new(*market, *day0, estimation.on_calendar(*day0, calendars[*market].len())));
                cells.len() - 1
            });
            // Group 0 has every event, group 1 those of one market: it must not see the others.
            let groups: &[usize] = if *market == 0 { &[0, 1] } else { &[0] };
            cells[index].add(groups, present, days, residuals);
        }
        let refs: Vec<&Calendar> = calendars.iter().collect();
        let correlation = Correlation::new(&cells, &refs, event_window, missing, MeanCorrelation::Overlap);
        let is_valid = |e: &&Event| {
            e.present.as_ref().is_none_or(|present| match missing {
                MissingPolicy::Exclude => window.within(event_window).all(|d| present[d]),
                MissingPolicy::Available => window.within(event_window).any(|d| present[d]),
            })
        };
        let dated = |e: &Event| {
            let length = e.residuals.iter().map(|r| r * r).sum::<f64>().sqrt();
            e.days.iter().zip(&e.residuals).map(|(&d, r)| (calendars[e.market].dates()[d], r / length)).collect::<std::collections::BTreeMap<_, _>>()
        };
        let covered = |e: &Event| {
            window.on_calendar(e.day0, calendars[e.market].len()).map(|d| calendars[e.market].dates()[d]).collect::<Vec<_>>()
        };
        for group in [0, 1] {
            let valid: Vec<&Event> = events.iter().filter(|e| group == 0 || e.market == 0).filter(is_valid).collect();
            let n = valid.len();
            let mut sum = 0.0;
            for (i, a) in valid.iter().enumerate() {
                for b in &valid[..i] {
                    let (za, zb) = (dated(a), dated(b));
                    let product: f64 = za.iter().filter_map(|(d, x)| zb.get(d).map(|y| x * y)).sum();
                    let other = covered(b);
                    let shared = covered(a).iter().filter(|d| other.contains(d)).count();
                    sum += 2.0 * product * shared as f64 / window.days() as f64;
                }
            }
            match correlation.mean(group, window) {
                None => prop_assert!(n < 2, "{n} events of group {group}"),
                Some(r) => {
                    let want = sum / (n * (n - 1)) as f64;
                    prop_assert!((r - want).abs() < 1e-12, "group {group}: {r} against {want}");
                }
            }
        }
    }
}

/// The statistic of a skewed sample, and its p-value within the error of both simulations.
#[test]
fn resamples_against_an_independent_simulation() {
    let text = include_str!("../../../tests/golden/peers_quickstart.json");
    let golden: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let want = &golden["bootstrap"];
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    let car: Vec<f64> = want["values"].as_array().expect("values").iter().map(number).collect();
    let mut sample = sample(&car);
    sample.draws = Some(dayzero_model::sample::Draws::new(1, "golden", 100_000));
    let found = test("t_skewness_bootstrap").expect("registered").evaluate(&sample).expect("defined");
    assert!((found.value - number(&want["t_skewness"])).abs() < 1e-12, "{}", found.value);
    // Standard errors 0.0009 of the reference, and twice that with a quarter of the draws.
    assert!((found.p_value - number(&want["p"])).abs() < 4.0 * 0.0021, "{} against {}", found.p_value, want["p"]);
}

/// Step-down p-values from joint draws, against those over all 8,192 patterns of signs.
#[test]
fn romano_wolf_against_every_pattern_of_signs() {
    let text = include_str!("../../../tests/golden/romano_wolf.json");
    let golden: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let rows = golden.as_array().expect("rows");
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    let draws = 60_000;
    let cell = |(place, row): (usize, &serde_json::Value)| {
        let car: Vec<f64> = row["car"].as_array().expect("CARs").iter().map(number).collect();
        let period = row["period"].as_array().expect("periods").iter().map(|p| number(p) as i32).collect();
        let drawn = dayzero_model::sample::Draws::new(5, &format!("sample {place}"), draws);
        let cell = WildCell::new(&Sample { period, draws: Some(drawn), ..sample(&car) }).expect("defined");
        assert!((cell.observed.abs() - number(&row["t"])).abs() < 1e-12, "{}", cell.observed);
        cell
    };
    let cells: Vec<WildCell> = rows.iter().enumerate().map(cell).collect();
    let observed: Vec<f64> = cells.iter().map(|cell| cell.observed.abs()).collect();
    let drawn: Vec<Vec<f64>> = cells.iter().map(|cell| cell.drawn(0..draws)).collect();
    let adjusted = romano_wolf(&observed, &exceedances(&observed, &drawn), draws);
    for (row, p) in rows.iter().zip(adjusted) {
        let want = number(&row["romano_wolf"]);
        assert!((p - want).abs() < 4.0 * (want * (1.0 - want) / draws as f64).sqrt(), "{p} against {want}");
    }
    assert!(rows.iter().any(|row| number(&row["romano_wolf"]) > 1.3 * number(&row["p"])), "nothing was adjusted");
}
