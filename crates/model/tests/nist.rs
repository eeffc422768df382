//! Least squares against the certified values of NIST's Statistical Reference Datasets
//! (linear regression, average to higher difficulty).

use dayzero_model::expected::{EstimationSample, Fit, least_squares};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("array").iter().map(|v| v.as_f64().expect("number")).collect()
}

struct Problem {
    sample: EstimationSample,
    beta: Vec<f64>,
    se: Vec<f64>,
    residual_sd: f64,
}

fn problem(name: &str) -> Problem {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/nist.json"));
    let all: Value = serde_json::from_str(&text.expect("golden file")).expect("JSON");
    let set = &all[name];
    let y = numbers(&set["y"]);
    let predictors: Vec<Vec<f64>> = set["x"].as_array().expect("array").iter().map(numbers).collect();
    let mut x = vec![1.0; y.len()];
    match set["degree"].as_i64() {
        Some(degree) => (1..=degree as i32).for_each(|d| x.extend(predictors[0].iter().map(|v| v.powi(d)))),
        None => predictors.iter().for_each(|p| x.extend(p)),
    }
    let beta = numbers(&set["beta"]);
    let sample = EstimationSample { days: (0..y.len()).collect(), columns: beta.len(), y, x };
    Problem { sample, beta, se: numbers(&set["se"]), residual_sd: set["residual_sd"].as_f64().expect("number") }
}

/// Digits of agreement with the certified value, at most 15.
fn digits(got: f64, want: f64) -> f64 {
    let error = if want == 0.0 { got.abs() } else { ((got - want) / want).abs() };
    (-error.log10()).min(15.0)
}

fn check(name: &str, beta_digits: f64, se_digits: f64) {
    let Problem { sample, beta, se, residual_sd } = problem(name);
    let mut fit = Fit::default();
    least_squares::fit(&sample, &mut fit).unwrap_or_else(|error| panic!("{name}: {error}"));
    let k = beta.len();
    let worst = |pairs: Vec<(f64, f64)>| pairs.into_iter().map(|(g, w)| digits(g, w)).fold(15.0, f64::min);
    let coefficients = worst(fit.coefficients.iter().copied().zip(beta).collect());
    let errors = (0..k).map(|j| (fit.variance * fit.inverse[j * k + j]).sqrt());
    let errors = worst(errors.zip(se).chain([(fit.variance.sqrt(), residual_sd)]).collect());
    println!("{name}: {coefficients:.1} digits of the coefficients, {errors:.1} of their errors");
    assert!(coefficients >= beta_digits, "{name}: only {coefficients:.1} digits of the coefficients");
    assert!(errors >= se_digits, "{name}: only {errors:.1} digits of the errors");
}

#[test]
fn norris() {
    check("Norris", 12.0, 13.0);
}

#[test]
fn longley() {
    check("Longley", 11.0, 11.0);
}

/// Powers of x formed in f64 move the exact solution by 1e-8 already: seven digits are all there is.
#[test]
fn filip() {
    check("Filip", 7.0, 7.0);
}

/// The same design under noise of 1, 100 and 10,000: the error of the coefficients grows with the
/// residuals times the square of the design's condition, two digits from each set to the next.
#[test]
fn wampler_with_noise() {
    check("Wampler3", 9.0, 13.0);
    check("Wampler4", 7.5, 13.0);
    check("Wampler5", 5.5, 13.0);
}

/// The certified residuals are zero: the errors must be rounding, and s² exactly zero.
#[test]
fn wampler_without_noise() {
    check("Wampler1", 9.0, 15.0);
    check("Wampler2", 12.0, 15.0);
}
