//! GARCH and EGARCH regressions against the Python package `arch`, and at the edges.

use dayzero_model::expected::{EstimationSample, Fit, least_squares};
use dayzero_model::volatility::{Dynamics, Errors, NotConverged, VolatilityFit, fit};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::Value;

const DYNAMICS: [Dynamics; 2] = [Dynamics::Garch, Dynamics::Egarch];
const ERRORS: [Errors; 2] = [Errors::Normal, Errors::StudentT];

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("array").iter().map(|v| v.as_f64().expect("number")).collect()
}

/// Fits y on an intercept and one column.
fn regress(y: &[f64], x: &[f64], dynamics: Dynamics, errors: Errors) -> Result<VolatilityFit, NotConverged> {
    let design = [vec![1.0; y.len()], x.to_vec()].concat();
    let sample = EstimationSample { days: vec![], y: y.to_vec(), x: design.clone(), columns: 2 };
    let mut ordinary = Fit::default();
    least_squares::fit(&sample, &mut ordinary).expect("a regular design");
    fit(y, &design, 2, dynamics, errors, &ordinary.coefficients)
}

/// Independent normal errors around a line.
fn independent(days: usize, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut uniform = || ((random.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
    let mut normal = || (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos();
    let x: Vec<f64> = (0..days).map(|_| 0.01 * normal()).collect();
    let y = x.iter().map(|x| 0.001 + 1.2 * x + 0.015 * normal()).collect();
    (y, x)
}

fn close(got: f64, want: f64, relative: f64, what: &str) {
    assert!((got - want).abs() <= relative * want.abs(), "{what}: {got} against {want}");
}

/// Whether the fit stands at the maximum that arch found, rather than at a higher one.
fn agrees(ours: &VolatilityFit, theirs: &Value, name: &str) -> bool {
    let gain = ours.log_likelihood - theirs["log_likelihood"].as_f64().expect("number");
    println!("{name}: likelihood {gain:+.1e}");
    assert!(gain > -1e-6, "{name}: the likelihood is lower by {gain:e}");
    if gain > 1e-5 {
        return false;
    }
    for (got, want) in ours.variances.iter().step_by(10).zip(numbers(&theirs["every_tenth_volatility"])) {
        close(got.sqrt(), want, 3e-4, name);
    }
    for (day, want) in numbers(&theirs["forecasts"]).into_iter().enumerate() {
        close(ours.forecast(day + 1), want, 6e-4, name);
    }
    close(ours.mean[1], theirs["parameters"]["slope"].as_f64().expect("number"), 1e-3, name);
    let beta = theirs["parameters"]["beta"].as_f64().expect("number");
    assert!((ours.beta - beta).abs() < 1e-3, "{name}: {} against {beta}", ours.beta);
    true
}

#[test]
fn arch_finds_the_same_maxima_or_lower_ones() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/volatility.json"));
    let all: Value = serde_json::from_str(&text.expect("golden file")).expect("JSON");
    let (mut fits, mut same) = (0, 0);
    for series in all.as_array().expect("array") {
        let (y, x) = (numbers(&series["y"]), numbers(&series["x"]));
        for theirs in series["fits"].as_array().expect("array") {
            let dynamics = if theirs["dynamics"] == "garch" { Dynamics::Garch } else { Dynamics::Egarch };
            let errors = if theirs["errors"] == "t" { Errors::StudentT } else { Errors::Normal };
            let name = format!("{} {dynamics:?} {errors:?}", series["name"]);
            let ours = regress(&y, &x, dynamics, errors).unwrap_or_else(|error| panic!("{name}: {error}"));
            fits += 1;
            same += usize::from(agrees(&ours, theirs, &name));
        }
    }
    assert!(fits == 24 && same >= 18, "{same} of {fits} are the same maximum");
}

/// Where nothing clusters the maximum lies on or near an edge, and is a fit all the same.
#[test]
fn constant_variances_are_fitted() {
    for seed in 0..10 {
        let (y, x) = independent(240, seed);
        for (dynamics, errors) in DYNAMICS.into_iter().flat_map(|d| ERRORS.map(|e| (d, e))) {
            let fit = regress(&y, &x, dynamics, errors).unwrap_or_else(|error| panic!("{seed}: {error}"));
            assert!(fit.variances.iter().all(|v| (5e-5..1e-3).contains(v)), "{seed} {dynamics:?} {errors:?}");
            assert!(dynamics == Dynamics::Egarch || (0.0..0.25).contains(&fit.alpha), "{seed}: {}", fit.alpha);
            assert!((fit.mean[1] - 1.2).abs() < 0.4, "{seed}: {}", fit.mean[1]);
            // The covariance given the variances is near that of least squares.
            let error = (fit.mean_covariance[0]).sqrt();
            assert!((0.6..1.4).contains(&(error / (0.015 / 240f64.sqrt()))), "{seed}: {error}");
        }
    }
}

/// Exact to the last bit, as units of the data are powers of two apart.
#[test]
fn units_do_not_matter() {
    let (y, x) = independent(240, 77);
    let scaled = |values: &[f64], power: i32| values.iter().map(|v| v * 2f64.powi(power)).collect::<Vec<_>>();
    for (dynamics, errors) in DYNAMICS.into_iter().flat_map(|d| ERRORS.map(|e| (d, e))) {
        let one = regress(&y, &x, dynamics, errors).expect("a fit");
        let other = regress(&scaled(&y, 7), &scaled(&x, -3), dynamics, errors).expect("a fit");
        assert_eq!(scaled(&one.residuals, 7), other.residuals);
        assert_eq!(scaled(&one.variances, 14), other.variances);
        assert_eq!((one.alpha, one.beta, one.gamma, one.nu), (other.alpha, other.beta, other.gamma, other.nu));
        assert_eq!(scaled(&one.mean[1..], 10), other.mean[1..]);
        assert_eq!(one.mean_covariance[3] * 2f64.powi(20), other.mean_covariance[3]);
        let constant = 240.0 * 7.0 * std::f64::consts::LN_2;
        assert!((one.log_likelihood - constant - other.log_likelihood).abs() < 1e-9);
    }
}

#[test]
fn hopeless_data_are_refused() {
    let (y, x) = independent(60, 5);
    let of = |y: &[f64], x: &[f64]| regress(y, x, Dynamics::Garch, Errors::Normal);
    assert_eq!(of(&[0.01; 60], &x), Err(NotConverged::NoVariance));
    let line: Vec<f64> = x.iter().map(|x| 0.001 + 0.5 * x).collect();
    assert_eq!(of(&line, &x), Err(NotConverged::NoVariance));
    assert_eq!(of(&y[..6], &x[..6]), Err(NotConverged::TooFewObservations { needed: 7 }));
    let design = [vec![1.0; 60], x.clone()].concat();
    let start = [f64::NAN, 0.0];
    assert_eq!(fit(&y, &design, 2, Dynamics::Egarch, Errors::StudentT, &start), Err(NotConverged::NotFinite));
    let design = vec![1.0; 120];
    assert_eq!(
        fit(&y, &design, 2, Dynamics::Garch, Errors::Normal, &[0.0, 0.0]),
        Err(NotConverged::Singular { column: 1 })
    );
    let design = [vec![1.0; 60], vec![0.0; 60]].concat();
    assert_eq!(
        fit(&y, &design, 2, Dynamics::Garch, Errors::Normal, &[0.0, 0.0]),
        Err(NotConverged::Singular { column: 1 })
    );
    assert!(NotConverged::NoMaximum.to_string().starts_with("the likelihood"));
}
