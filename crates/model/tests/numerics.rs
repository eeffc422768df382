//! Simplex weights, robust lines, diagnostics, Newey–West and chi-squared tails against quadprog,
//! statsmodels, scipy and mpmath; and properties of the weights.

use dayzero_model::Maybe;
use dayzero_model::diagnostics::{diagnose, pre_trend};
use dayzero_model::expected::{EstimationSample, Fit, least_squares};
use dayzero_model::longrun::{automatic_lags, classical, newey_west};
use dayzero_model::robust::{huber, theil_sen};
use dayzero_model::significance::chi_squared_tail;
use dayzero_model::simplex::{kkt_violation, simplex_weights};
use proptest::prelude::*;
use serde_json::Value;

fn number(value: &Value) -> f64 {
    value.as_f64().expect("number")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("array").iter().map(number).collect()
}

/// The sets of one subject.
fn sets(subject: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/numerics.json"));
    let all: Value = serde_json::from_str(&text.expect("golden file")).expect("JSON");
    all[subject].as_array().expect("sets").clone()
}

/// The columns of a design, one after the other.
fn design(set: &Value) -> Vec<f64> {
    set["x"].as_array().expect("columns").iter().flat_map(numbers).collect()
}

fn sample(set: &Value) -> EstimationSample {
    let (y, x) = (numbers(&set["y"]), design(set));
    EstimationSample { days: (0..y.len()).collect(), columns: x.len() / y.len(), y, x }
}

/// The difference of each pair is below the tolerance times the largest wanted number.
fn close(got: &[f64], want: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    let scale = want.iter().fold(0.0_f64, |scale, want| scale.max(want.abs()));
    let worst = got.iter().zip(want).fold(0.0_f64, |worst, (got, want)| worst.max((got - want).abs())) / scale;
    println!("{what}: {worst:e}");
    assert!(worst <= tolerance, "{what}: {worst:e}\n{got:?}\n{want:?}");
}

fn objective(y: &[f64], x: &[f64], w: &[f64]) -> f64 {
    let fitted = |row: usize| w.iter().enumerate().map(|(j, w)| w * x[j * y.len() + row]).sum::<f64>();
    y.iter().enumerate().map(|(row, y)| (y - fitted(row)).powi(2)).sum()
}

#[test]
fn simplex_agrees_with_quadprog() {
    for set in sets("simplex") {
        let (name, y, x) = (set["name"].as_str().expect("name"), numbers(&set["y"]), design(&set));
        let columns = x.len() / y.len();
        let weights = simplex_weights(&y, &x, columns).expect("finite");
        let violation = kkt_violation(&y, &x, columns, &weights);
        assert!(violation < 1e-13, "{name}: {violation:e}");
        // The ridge of the reference raises its objective where columns depend on each other.
        let (got, want) = (objective(&y, &x, &weights), number(&set["objective"]));
        close(&[got], &[want], 1e-9, name);
        assert!(got <= want * (1.0 + 1e-12), "{name}: {got} against {want}");
        if set["weights"].is_array() {
            let want = numbers(&set["weights"]);
            close(&weights, &want, 1e-10, name);
            assert!(
                weights.iter().zip(&want).all(|(got, want)| (*got == 0.0) == (*want == 0.0)),
                "{name}: {weights:?}"
            );
        }
    }
}

#[test]
fn robust_lines_agree_with_statsmodels_and_scipy() {
    for set in sets("robust") {
        let sample = sample(&set);
        let (mut plain, mut fit) = (Fit::default(), Fit::default());
        least_squares::fit(&sample, &mut plain).expect("regular");
        huber(&sample, &mut fit).expect("converges");
        close(&fit.coefficients, &numbers(&set["huber"]), 1e-10, "Huber");
        let covariance: Vec<f64> = fit.inverse.iter().map(|element| fit.variance * element).collect();
        close(&covariance, &numbers(&set["covariance"]), 1e-10, "H1 covariance");
        assert!(fit.variance > plain.variance && fit.parameters == sample.columns);
        if set["theil_sen"].is_array() {
            theil_sen(&sample, &mut fit).expect("regular");
            close(&fit.coefficients, &numbers(&set["theil_sen"]), 1e-14, "Theil-Sen");
            assert_eq!(fit.inverse, plain.inverse);
        }
    }
}

#[test]
fn diagnostics_agree_with_statsmodels() {
    for set in sets("diagnostics") {
        let got = diagnose(&numbers(&set["residuals"]));
        let check = |got: Maybe, want: &Value, what| close(&[got.get().expect("value")], &[number(want)], 1e-10, what);
        check(got.durbin_watson, &set["durbin_watson"], "Durbin-Watson");
        check(got.ljung_box, &set["ljung_box"][0], "Ljung-Box");
        check(got.ljung_box_p, &set["ljung_box"][1], "Ljung-Box p");
        check(got.jarque_bera, &set["jarque_bera"][0], "Jarque-Bera");
        check(got.jarque_bera_p, &set["jarque_bera"][1], "Jarque-Bera p");
        check(got.arch_lm, &set["arch_lm"][0], "ARCH");
        check(got.arch_lm_p, &set["arch_lm"][1], "ARCH p");
    }
}

#[test]
fn pre_trends_agree_with_the_covariance_of_residuals() {
    for set in sets("pre_trend") {
        let sample = sample(&set);
        let mut fit = Fit::default();
        least_squares::fit(&sample, &mut fit).expect("regular");
        if set["demeaned"] == true {
            fit.inverse.clear();
        }
        let (t, p) = pre_trend(&sample, &fit, set["days"].as_u64().expect("days") as usize).expect("variance");
        close(&[t], &[number(&set["t"])], 1e-10, "t of the pre-trend");
        close(&[p], &[number(&set["p"])], 1e-10, "p of the pre-trend");
    }
}

#[test]
fn newey_west_agrees_with_statsmodels() {
    for set in sets("regressions") {
        let (y, x) = (numbers(&set["y"]), design(&set));
        let columns = x.len() / y.len();
        let weights = set["weights"].is_array().then(|| numbers(&set["weights"]));
        let lags = set["lags"].as_u64().expect("lags") as usize;
        let regression = newey_west(&y, &x, columns, weights.as_deref(), lags).expect("regular");
        close(&regression.coefficients, &numbers(&set["coefficients"]), 1e-10, "coefficients");
        close(&regression.covariance, &numbers(&set["covariance"]), 1e-10, "HAC covariance");
        close(&regression.residuals, &numbers(&set["residuals"]), 1e-10, "residuals");
        assert_eq!(regression.dof, y.len() - columns);
        assert_eq!(regression.standard_error(columns - 1), regression.covariance[columns * columns - 1].sqrt());
        let plain = classical(&y, &x, columns).expect("regular");
        close(&plain.covariance, &numbers(&set["classical"]), 1e-10, "classical covariance");
    }
}

#[test]
fn automatic_lags_are_exact() {
    for pair in sets("automatic_lags") {
        let (observations, lags) = (pair[0].as_u64().expect("count"), pair[1].as_u64().expect("lags"));
        assert_eq!(automatic_lags(observations as usize) as u64, lags, "{observations} observations");
    }
}

#[test]
fn chi_squared_tails() {
    for set in sets("chi_squared") {
        let dof = number(&set["dof"]);
        let pairs = numbers(&set["x"]).into_iter().zip(numbers(&set["tail"]));
        let worst = pairs.map(|(x, want)| (chi_squared_tail(x, dof) / want - 1.0).abs()).fold(0.0, f64::max);
        println!("chi-squared, {dof} degrees of freedom: worst relative error of a tail {worst:e}");
        assert!(worst < 1e-12, "{dof} degrees of freedom: {worst:e}");
        assert_eq!((chi_squared_tail(0.0, dof), chi_squared_tail(f64::INFINITY, dof)), (1.0, 0.0));
    }
}

#[test]
fn simplex_at_the_edges() {
    assert_eq!(simplex_weights(&[1.0], &[], 0), None);
    assert_eq!(simplex_weights(&[], &[], 3), None);
    assert_eq!(simplex_weights(&[1.0, f64::NAN], &[1.0, 2.0], 1), None);
    assert_eq!(simplex_weights(&[f64::MAX, 0.0], &[f64::MIN, 2.0], 1), None);
    assert_eq!(simplex_weights(&[1.0, 2.0], &[5.0, 5.0], 1), Some(vec![1.0]));
    // Every column is y, and so is the first.
    assert_eq!(simplex_weights(&[1.0, 2.0], &[1.0, 2.0, 1.0, 2.0], 2), Some(vec![1.0, 0.0]));
    for scale in [1e-300, 1e-160, 1.0, 1e150, 1e300] {
        let x = [3.0, 1.0, 0.0, 1.0, 1.0, 5.0].map(|x| x * scale);
        let weights = simplex_weights(&[scale, scale], &x, 3).expect("finite");
        assert!((weights[0] - 1.0 / 3.0).abs() < 1e-15 && (weights[1] - 2.0 / 3.0).abs() < 1e-15, "{weights:?}");
        assert_eq!(weights[2], 0.0);
    }
}

/// Numbers between −1 and 1 from a seed: problems too large to shrink are made rather than drawn.
fn uniform(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

fn is_on_simplex(weights: &[f64]) -> bool {
    weights.iter().all(|&weight| weight >= 0.0) && (weights.iter().sum::<f64>() - 1.0).abs() < 1e-15 * 8.0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Copies of columns and means of two of them, moved by next to nothing, nothing, or much; columns
    /// with a common level; more columns than rows.
    #[test]
    fn simplex_conditions_hold(
        rows in 1_usize..60, columns in 1_usize..40, dependent in 0_usize..20, shift in -18_i32..0, level in 0_u8..2,
        seed: u64,
    ) {
        let mut draw = uniform(seed);
        let level = 10.0 * f64::from(level);
        let y: Vec<f64> = (0..rows).map(|_| level + draw()).collect();
        let mut x: Vec<f64> = (0..rows * columns).map(|_| level + draw()).collect();
        let noise = if shift < -16 { 0.0 } else { 10_f64.powi(shift) };
        for j in 0..dependent {
            let (a, b) = (j % columns, (3 * j + 1) % columns);
            let mixed: Vec<f64> =
                (0..rows).map(|t| 0.5 * (x[a * rows + t] + x[b * rows + t]) + noise * draw()).collect();
            x.extend(mixed);
        }
        let columns = columns + dependent;
        let weights = simplex_weights(&y, &x, columns).expect("finite");
        prop_assert!(is_on_simplex(&weights), "{weights:?}");
        let violation = kkt_violation(&y, &x, columns, &weights);
        prop_assert!(violation < 1e-12, "{violation:e}");
        prop_assert_eq!(&weights, &simplex_weights(&y, &x, columns).expect("finite"));
    }

    #[test]
    fn a_convex_combination_is_recovered(
        raw in prop::collection::vec(prop_oneof![Just(0.0), 0.05_f64..1.0], 2..12), scale in 1e-3_f64..1e3, seed: u64,
    ) {
        prop_assume!(raw.iter().sum::<f64>() > 0.0);
        let mut draw = uniform(seed);
        let (rows, sum) = (3 * raw.len(), raw.iter().sum::<f64>());
        let x: Vec<f64> = (0..rows * raw.len()).map(|_| scale * draw()).collect();
        let mix = |t: usize| raw.iter().enumerate().map(|(j, weight)| weight / sum * x[j * rows + t]).sum();
        let y: Vec<f64> = (0..rows).map(mix).collect();
        let weights = simplex_weights(&y, &x, raw.len()).expect("finite");
        prop_assert!(weights.iter().zip(&raw).all(|(got, raw)| (got - raw / sum).abs() < 1e-10), "{weights:?} {raw:?}");
    }
}
