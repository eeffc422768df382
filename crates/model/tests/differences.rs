//! Tests of two groups: by hand, against scipy, on degenerate samples, and their size when events cluster.

use dayzero_model::differences::{DIFFERENCES, Pair, difference};
use dayzero_model::sample::{Draws, Sample};
use dayzero_model::significance::correlation::{Correlation, DayCell};
use dayzero_model::significance::{Statistic, Undefined};
use dayzero_model::variants::MeanCorrelation;
use dayzero_model::{Calendar, Date, MissingPolicy, Window};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn sample(car: &[f64], periods: &[i32]) -> Sample {
    Sample {
        car: car.to_vec(),
        scar: car.iter().map(|c| c / 0.02).collect(),
        dof: vec![238; car.len()],
        period: periods.to_vec(),
        mean_correlation: (car.len() > 1).then_some(0.0),
        draws: Some(Draws::new(7, "sample", 999)),
        ..Sample::default()
    }
}

fn pair(first: (&[f64], &[i32]), second: (&[f64], &[i32])) -> Pair {
    Pair { first: sample(first.0, first.1), second: sample(second.0, second.1), between_correlation: Some(0.0) }
}

fn evaluate(name: &str, pair: &Pair) -> Result<Statistic, Undefined> {
    difference(name).expect("registered").evaluate(pair)
}

/// Means 0.02 and −0.01; s₁² = 0.0001, s₂² = 0.0002/2; periods 1 to 3 share events of both groups.
#[test]
fn by_hand() {
    let pair = pair((&[0.01, 0.02, 0.03], &[1, 2, 3]), (&[-0.02, -0.01, 0.0], &[1, 1, 2]));
    let value = |name: &str| evaluate(name, &pair).expect("defined").value;
    let welch = 0.03 / (2.0 * 0.0001_f64 / 3.0).sqrt();
    assert!((value("difference_welch") - welch).abs() < 1e-12);
    assert!((value("difference_bmp_kp") - welch).abs() < 1e-12, "without correlation it is Welch's");
    // Residuals −0.01, 0, 0.01 and −0.01, 0, 0.01: u = (−0.01 + 0.01)/3, (0 − 0.01)/3, 0.01/3 by period;
    // 3/2·5/4·Σu².
    let clustered = 0.03 / (1.5 * 1.25 * 0.0002_f64 / 9.0).sqrt();
    assert!((value("difference_clustered") - clustered).abs() < 1e-12);
    // U = 9 of 9; the variance is 9·7/12; both assignments of the twenty that are so extreme.
    let ranks = evaluate("difference_rank_sum", &pair).expect("defined");
    assert!((ranks.value - 4.5 / 5.25_f64.sqrt()).abs() < 1e-12 && (ranks.p_value - 0.1).abs() < 1e-15, "{ranks:?}");
    // σ² = s²/0.9; V = s²/0.9·((1 + 2·0.1) + (1 + 2·0.1) − 2·3·0.05)/3.
    let correlated = Pair {
        first: Sample { mean_correlation: Some(0.1), ..pair.first.clone() },
        second: Sample { mean_correlation: Some(0.1), ..pair.second.clone() },
        between_correlation: Some(0.05),
    };
    let want = 0.03 / (0.0001 / 0.9 * (1.2 + 1.2 - 0.3) / 3.0_f64).sqrt();
    assert!((evaluate("difference_bmp_kp", &correlated).expect("defined").value - want).abs() < 1e-12);
}

/// Exact ranks and ties against scipy.
#[test]
fn small_samples() {
    let text = include_str!("../../../tests/golden/differences.json");
    let golden: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let rows = golden["samples"].as_array().expect("samples");
    assert!(rows.len() > 6);
    for row in rows {
        let numbers = |key: &str| -> Vec<f64> {
            row[key].as_array().expect("numbers").iter().map(|v| v.as_f64().expect("a number")).collect()
        };
        let (first, second) = (numbers("first"), numbers("second"));
        let pair = pair((&first, &vec![0; first.len()]), (&second, &vec![0; second.len()]));
        let found = evaluate("difference_rank_sum", &pair).expect("defined");
        let want = numbers("rank_sum");
        assert!((found.value - want[0]).abs() < 1e-12, "{} against {}", found.value, want[0]);
        assert!((found.p_value / want[1] - 1.0).abs() < 1e-10, "{} against {}", found.p_value, want[1]);
    }
}

#[test]
fn degenerate_pairs_have_reasons() {
    for test in DIFFERENCES {
        assert!(test.evaluate(&Pair::default()).is_err(), "{} of nothing", test.name());
    }
    let reason = |name: &str, pair: &Pair| evaluate(name, pair).expect_err("undefined");
    let constant = pair((&[0.1, 0.1], &[1, 2]), (&[0.3, 0.3, 0.3], &[1, 2, 3]));
    for name in ["difference_welch", "difference_bmp_kp", "difference_clustered", "difference_bootstrap_wild"] {
        assert_eq!(reason(name, &constant), Undefined::ZeroVariance, "{name}");
    }
    let equal = pair((&[0.1, 0.1], &[1, 2]), (&[0.1], &[1]));
    assert_eq!(reason("difference_rank_sum", &equal), Undefined::ZeroVariance);
    assert_eq!(reason("difference_welch", &equal), Undefined::TooFewEvents { found: 1, needed: 2 });
    // All events of one group in one period: nothing tells how it varies from period to period.
    let one = pair((&[0.1, 0.2, 0.4], &[1, 1, 1]), (&[0.3, 0.1, 0.5], &[1, 2, 3]));
    for name in ["difference_clustered", "difference_bootstrap_wild"] {
        assert_eq!(reason(name, &one), Undefined::OnePeriod, "{name}");
    }
    let negative = Pair { between_correlation: Some(0.9), ..one };
    let found = reason("difference_bmp_kp", &negative);
    assert!(
        matches!(found, Undefined::NegativeDifferenceVariance { .. }) && found.to_string().contains("0.9000"),
        "{found}"
    );
}

proptest! {
    /// Whatever the samples, a statistic and its p-value are finite, or there is a reason.
    #[test]
    fn never_nan(
        first in prop::collection::vec((prop_oneof![Just(0.0), Just(0.01), -1e6..1e6_f64, -1e-300..1e-300_f64], 0..3_i32), 0..6),
        second in prop::collection::vec((prop_oneof![Just(0.0), Just(0.01), -1e6..1e6_f64, -1e-160..1e-160_f64], 0..3_i32), 0..6),
        r in prop::collection::vec(-1.0..=1.0_f64, 3),
    ) {
        let split = |events: &[(f64, i32)]| -> (Vec<f64>, Vec<i32>) { events.iter().copied().unzip() };
        let ((cars_1, periods_1), (cars_2, periods_2)) = (split(&first), split(&second));
        let mut pair = pair((&cars_1, &periods_1), (&cars_2, &periods_2));
        pair.first.mean_correlation = (cars_1.len() > 1).then_some(r[0]);
        pair.second.mean_correlation = (cars_2.len() > 1).then_some(r[1]);
        pair.between_correlation = Some(r[2]);
        for test in DIFFERENCES {
            if let Ok(found) = test.evaluate(&pair) {
                prop_assert!(found.value.is_finite(), "{} is {}", test.name(), found.value);
                prop_assert!((0.0..=1.0).contains(&found.p_value), "p of {} is {}", test.name(), found.p_value);
            }
        }
    }

    /// Statistics know no unit, and change sign with the order of the groups.
    #[test]
    fn scale_and_order(
        cars in prop::collection::vec((-0.1..0.1_f64, 0..9_i32), 6..40),
        power in -10..10_i32,
    ) {
        let scale = 2.0_f64.powi(power);
        let (values, periods): (Vec<f64>, Vec<i32>) = cars.into_iter().unzip();
        let scaled: Vec<f64> = values.iter().map(|value| value * scale).collect();
        let cut = values.len() / 3;
        let plain = pair((&values[..cut], &periods[..cut]), (&values[cut..], &periods[cut..]));
        let large = pair((&scaled[..cut], &periods[..cut]), (&scaled[cut..], &periods[cut..]));
        let turned = Pair { first: plain.second.clone(), second: plain.first.clone(), ..plain };
        for test in DIFFERENCES {
            prop_assert_eq!(test.evaluate(&plain), test.evaluate(&large), "{}", test.name());
            if let (Ok(a), Ok(b)) = (test.evaluate(&plain), test.evaluate(&turned)) {
                prop_assert!((a.value + b.value).abs() < 1e-9 * a.value.abs().max(1.0), "{}", test.name());
                // Draws that tie but for rounding may fall on either side.
                prop_assert!((a.p_value - b.p_value).abs() < 0.011, "{}", test.name());
            }
        }
    }
}

/// Residual days of the estimation window in the simulation.
const DAYS: usize = 120;

/// Rejections at 5 % of the test with correlations, and of Welch's on the same SCARs, over many panels.
///
/// Every event has a day 0 and loads on the return that its day has in common: estimation residuals and SCAR
/// alike. `events` are pairs of day and load of the two groups.
fn sizes(events: [&[(usize, f64)]; 2], panels: usize, seed: u64) -> [f64; 2] {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let mut normal = || {
        // The sum of twelve uniforms less six.
        (0..12).map(|_| f64::from(generator.next_u32()) / 4_294_967_296.0).sum::<f64>() - 6.0
    };
    let calendar = Calendar::new((0..DAYS as i32 + 40).map(Date).collect()).expect("dates");
    let mut rejected = [0_usize; 2];
    for _ in 0..panels {
        let common: Vec<f64> = (0..DAYS + 40).map(|_| normal()).collect();
        let mut cells: Vec<DayCell> = Vec::new();
        let mut samples = [Sample::default(), Sample::default()];
        for (group, (events, sample)) in events.iter().zip(&mut samples).enumerate() {
            for &(day, load) in *events {
                let estimation = day..DAYS + day;
                let moved = |day: usize, own: f64| load * common[day] + (1.0 - load * load).sqrt() * own;
                let days: Vec<usize> = estimation.clone().collect();
                let residuals: Vec<f64> = days.iter().map(|&day| moved(day, normal())).collect();
                sample.scar.push(moved(DAYS + day, normal()));
                let known = cells.iter().position(|cell| cell.day0 == DAYS + day);
                let index = known.unwrap_or_else(|| {
                    cells.push(DayCell::new(0, DAYS + day, estimation));
                    cells.len() - 1
                });
                cells[index].add(&[group], &None, &days, &residuals);
            }
        }
        let window = Window::day(0);
        let kind = MeanCorrelation::Overlap;
        let correlation = Correlation::new(&cells, &[&calendar], window, MissingPolicy::Exclude, kind);
        let [mut first, mut second] = samples;
        (first.mean_correlation, second.mean_correlation) = (correlation.mean(0, window), correlation.mean(1, window));
        let mut pair = Pair { first, second, between_correlation: correlation.between(0, 1, window) };
        rejected[0] += usize::from(evaluate("difference_bmp_kp", &pair).is_ok_and(|found| found.p_value <= 0.05));
        (pair.first.car, pair.second.car) = (pair.first.scar.clone(), pair.second.scar.clone());
        rejected[1] += usize::from(evaluate("difference_welch", &pair).is_ok_and(|found| found.p_value <= 0.05));
    }
    rejected.map(|count| count as f64 / panels as f64)
}

/// Each group on days of its own: independent events would know the difference better. Both groups on the same
/// days, one event of each per day: they would know it less well.
#[test]
fn size_when_events_cluster() {
    let panels = 2000;
    // Three standard errors of 5 %.
    let error = 3.0 * (0.05_f64 * 0.95 / panels as f64).sqrt();
    let band = 0.05 - error..0.05 + error;
    let apart: Vec<(usize, f64)> = (0..30).map(|_| (3, 0.4)).collect();
    let others: Vec<(usize, f64)> = (0..20).map(|_| (20, 0.4)).collect();
    let [kolari, welch] = sizes([&apart, &others], panels, 1);
    assert!(band.contains(&kolari) && welch > 0.2, "apart: {kolari} and {welch}");
    let matched: Vec<(usize, f64)> = (0..30).map(|day| (day, 0.7)).collect();
    let [kolari, welch] = sizes([&matched, &matched], panels, 2);
    assert!(band.contains(&kolari) && welch < 0.02, "matched: {kolari} and {welch}");
    // On one day and alike the common part cancels, and both tests are right.
    let [kolari, welch] = sizes([&apart, &apart], panels, 3);
    assert!(band.contains(&kolari) && band.contains(&welch), "alike: {kolari} and {welch}");
    // Opposite loads on one day: the groups move apart together.
    let against: Vec<(usize, f64)> = (0..30).map(|_| (3, -0.4)).collect();
    let [kolari, welch] = sizes([&apart, &against], panels, 4);
    assert!(band.contains(&kolari) && welch > 0.3, "opposite: {kolari} and {welch}");
}

/// The mean over the pairs between two groups, whichever way pairs are counted, against a loop over them.
#[test]
fn pairs_between_groups_are_counted_as_those_within() {
    const LENGTH: usize = 30;
    let calendar = Calendar::new((0..100).map(Date).collect()).expect("dates");
    // Group and first estimation day; day 0 comes with the last one.
    let events: [(usize, usize); 7] = [(0, 0), (0, 2), (0, 2), (0, 40), (1, 1), (1, 2), (1, 12)];
    let residual = |event: usize, day: usize| ((7 * event + 3 * day + event * day) % 11) as f64 - 4.3;
    let unit = |event: usize| {
        let values: Vec<f64> = (0..LENGTH).map(|day| residual(event, day)).collect();
        let length = values.iter().map(|r| r * r).sum::<f64>().sqrt();
        values.iter().map(|r| r / length).collect::<Vec<_>>()
    };
    let mut cells = Vec::new();
    for (event, &(group, start)) in events.iter().enumerate() {
        let mut cell = DayCell::new(0, start + LENGTH, start..start + LENGTH);
        let days: Vec<usize> = (start..start + LENGTH).collect();
        let residuals: Vec<f64> = (0..LENGTH).map(|day| residual(event, day)).collect();
        cell.add(&[group], &None, &days, &residuals);
        cells.push(cell);
    }
    let window = Window::new(0, 4).expect("ordered");
    for kind in [MeanCorrelation::Overlap, MeanCorrelation::Calendar, MeanCorrelation::EventTime] {
        let of_pair = |a: usize, b: usize| {
            let lag = if kind == MeanCorrelation::EventTime { 0 } else { events[b].1 as i64 - events[a].1 as i64 };
            let (left, right) = (unit(a), unit(b));
            let common = |day: usize| usize::try_from(day as i64 - lag).ok().and_then(|at| right.get(at));
            let product: f64 = (0..LENGTH).filter_map(|day| Some(left[day] * common(day)?)).sum();
            let shared = (5 - lag.abs()).max(0) as f64 / 5.0;
            if kind == MeanCorrelation::Overlap { product * shared } else { product }
        };
        let pairs: Vec<f64> = (0..4).flat_map(|a| (4..7).map(move |b| (a, b))).map(|(a, b)| of_pair(a, b)).collect();
        let want = pairs.iter().sum::<f64>() / pairs.len() as f64;
        let correlation = Correlation::new(&cells, &[&calendar], window, MissingPolicy::Exclude, kind);
        let found = correlation.between(0, 1, window).expect("events of both");
        assert!((found - want).abs() < 1e-14, "{kind:?}: {found} and {want}");
        assert!(want.abs() > 1e-3, "{kind:?}: nothing to tell apart");
    }
}
