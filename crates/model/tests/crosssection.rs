//! Cross-sectional regressions against statsmodels and dense matrices, and at the edges.

use dayzero_model::crosssection::{CrossSection, Errors, NoInference, Regressed, Undefined, count, regress};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("array").iter().map(|number| number.as_f64().unwrap_or(f64::NAN)).collect()
}

fn ids(value: &Value) -> Vec<usize> {
    value.as_array().expect("array").iter().map(|id| id.as_u64().expect("id") as usize).collect()
}

fn cases() -> Vec<Value> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/regressions.json"));
    serde_json::from_str(&text.expect("golden file")).expect("JSON")
}

/// Each number on its own scale.
fn close(got: &[f64], want: &[f64], what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (got, want) in got.iter().zip(want) {
        let error = (got - want).abs() / want.abs();
        assert!(error < 1e-9, "{what}: {got:e} against {want:e}, off by {error:e}");
    }
}

/// Covariances on the scale of the variances: an element may be zero but for rounding.
fn close_covariance(got: &[f64], want: &[f64], what: &str) {
    let k = want.len().isqrt();
    for i in 0..k {
        for j in 0..k {
            let scale = (want[i * (k + 1)] * want[j * (k + 1)]).sqrt();
            let error = (got[i * k + j] - want[i * k + j]).abs() / scale;
            assert!(error < 1e-9, "{what}: element {i},{j} is off by {error:e}");
        }
    }
}

fn check(found: &Regressed, want: &Value, what: &str) {
    close_covariance(&found.covariance, &numbers(&want["covariance"]), what);
    for j in 0..found.coefficients.len() {
        let test = found.inference(j, 0.95).expect("a test");
        let got = [test.t, test.dof, test.p_value, test.interval.0, test.interval.1];
        let want = ["t", "dof", "p", "lower", "upper"].map(|name| numbers(&want[name])[j]);
        close(&got, &want, &format!("{what}, coefficient {j}"));
        assert_eq!(test.error, found.covariance[j * (found.coefficients.len() + 1)].sqrt());
    }
}

#[test]
fn errors_agree_with_statsmodels_and_dense_matrices() {
    for case in cases() {
        let name = case["name"].as_str().expect("name");
        let (y, x) = (numbers(&case["y"]), case["x"].as_array().expect("columns").iter().flat_map(numbers).collect());
        let x: Vec<f64> = x;
        let weights = case["weights"].is_array().then(|| numbers(&case["weights"]));
        let constant = case["constant"] == true;
        let columns = x.len() / y.len();
        let section = CrossSection { y: &y, x: &x, columns, weights: weights.as_deref(), constant };
        let (first, second) = (ids(&case["first"]), ids(&case["second"]));
        for (kind, errors) in [
            ("classical", Errors::Classical),
            ("hc1", Errors::Hc1),
            ("hc3", Errors::Hc3),
            ("cr1", Errors::Cr1(&first)),
            ("cr2", Errors::Cr2(&first)),
            ("two_way", Errors::TwoWay(&first, &second)),
        ] {
            let what = format!("{name}, {kind}");
            let found = regress(&section, errors).expect("regular");
            close(&found.coefficients, &numbers(&case["coefficients"]), &what);
            close(&[found.r_squared.expect("varies")], &numbers(&serde_json::json!([case["r_squared"]])), &what);
            close(
                &[found.adjusted_r_squared.expect("varies")],
                &numbers(&serde_json::json!([case["adjusted"]])),
                &what,
            );
            match case["errors"].get(kind) {
                Some(want) => check(&found, want, &what),
                None => panic!("{what} is not in the golden file"),
            }
            assert_eq!(found.raised, case["errors"][kind]["raised"] == true, "{what}");
            let clusters = match kind {
                "cr1" | "cr2" => Some(count(&first)),
                "two_way" => Some(count(&first).min(count(&second))),
                _ => None,
            };
            assert_eq!(found.clusters, clusters);
        }
    }
}

/// Singletons are clusters that cluster nothing: CR1 is HC1 up to its correction, and CR2 is HC2.
#[test]
fn clusters_of_one_are_no_clusters() {
    let y = [0.1, 0.3, 0.2, 0.5, 0.4, 0.9];
    let x = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 7.0];
    let section = CrossSection { y: &y, x: &x, columns: 2, weights: None, constant: true };
    let ids: Vec<usize> = (0..6).collect();
    let (hc1, cr1) =
        (regress(&section, Errors::Hc1).expect("regular"), regress(&section, Errors::Cr1(&ids)).expect("regular"));
    close(&cr1.covariance, &hc1.covariance, "6/5 x 5/4 = 6/4");
    let two = regress(&section, Errors::TwoWay(&ids, &ids)).expect("regular");
    close(&two.covariance, &cr1.covariance, "a way twice is one way");
    // For a mean, HC2 is the classical variance and its degrees of freedom are exact.
    let mean = CrossSection { x: &x[..6], columns: 1, ..section };
    let (plain, cr2) =
        (regress(&mean, Errors::Classical).expect("regular"), regress(&mean, Errors::Cr2(&ids)).expect("regular"));
    close(&cr2.covariance, &plain.covariance, "the variance of a mean");
    close(&cr2.dof, &plain.dof, "n - 1");
    assert_eq!(mean_r_squared(&plain), Some(0.0));
}

fn mean_r_squared(found: &Regressed) -> Option<f64> {
    found.r_squared.map(|share| if share.abs() < 1e-15 { 0.0 } else { share })
}

#[test]
fn what_cannot_be_told_has_a_reason() {
    let y = [0.1, 0.3, 0.2, 0.5];
    let x = [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 2.0, 2.0];
    let section = |columns: usize| CrossSection { y: &y, x: &x[..4 * columns], columns, weights: None, constant: true };
    assert_eq!(regress(&section(3), Errors::Hc1).expect_err("undefined"), Undefined::Singular { column: 2 });
    assert_eq!(regress(&section(2), Errors::Hc3).expect_err("undefined"), Undefined::Leverage { observation: 3 });
    assert_eq!(regress(&section(2), Errors::Cr1(&[0; 4])).expect_err("undefined"), Undefined::OneCluster);
    assert_eq!(
        regress(&section(2), Errors::TwoWay(&[0, 1, 2, 3], &[0; 4])).expect_err("undefined"),
        Undefined::OneCluster
    );
    let short = CrossSection { y: &y[..1], x: &x[..1], columns: 1, weights: None, constant: true };
    assert_eq!(regress(&short, Errors::Hc1).expect_err("undefined"), Undefined::TooFew { needed: 2 });
    // A response that the terms explain exactly has coefficients and no tests.
    let line = CrossSection { y: &[1.0, 2.0, 3.0], x: &[1.0, 1.0, 1.0, 1.0, 2.0, 3.0], columns: 2, ..section(2) };
    let found = regress(&line, Errors::Hc1).expect("regular");
    assert!((found.coefficients[1] - 1.0).abs() < 1e-14);
    assert_eq!(found.inference(1, 0.95), Err(NoInference::Exact));
    let flat = CrossSection { y: &[2.0; 4], ..section(1) };
    assert_eq!(regress(&flat, Errors::Classical).expect("regular").r_squared, None);
    // Residuals that add up to nothing within each cluster leave no variance between them.
    let even = CrossSection { y: &[1.0, 3.0, 1.5, 2.5], ..section(1) };
    let found = regress(&even, Errors::Cr1(&[0, 0, 1, 1])).expect("regular");
    assert_eq!(found.inference(0, 0.95), Err(NoInference::NoVariance));
}
