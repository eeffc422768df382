//! p-values and quantiles against references in 50-digit arithmetic, deep into the tails.

use dayzero_model::significance::Distribution;
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("array").iter().map(|v| v.as_f64().expect("number")).collect()
}

fn check(distribution: Distribution, set: &Value, x: &str, tail_tolerance: f64) {
    let mut worst = 0.0_f64;
    for (x, want) in numbers(&set[x]).into_iter().zip(numbers(&set["two_sided_p"])) {
        for x in [x, -x] {
            worst = worst.max(((distribution.two_sided(x) - want) / want).abs());
        }
    }
    println!("{distribution:?}: worst relative error of a tail {worst:e}");
    assert!(worst < tail_tolerance, "{distribution:?}: {worst:e}");
    let quantiles = &set["quantiles"];
    for (tail, want) in numbers(&quantiles["upper_tail"]).into_iter().zip(numbers(&quantiles[x])) {
        let confidence = 1.0 - 2.0 * tail;
        // Far out, 1 − 2·tail has too few digits left to say which quantile is meant.
        if !(0.0 < confidence && confidence < 1.0) || tail < 1e-4 {
            continue;
        }
        let got = distribution.two_sided_quantile(confidence);
        assert!((got / want - 1.0).abs() < 1e-10, "{distribution:?} at {confidence}: {got} against {want}");
    }
}

#[test]
fn tails_and_quantiles() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/distributions.json"));
    let all: Value = serde_json::from_str(&text.expect("golden file")).expect("JSON");
    check(Distribution::Normal, &all["normal"], "z", 1e-12);
    let sets = all["t"].as_array().expect("sets");
    assert_eq!(sets.len(), 10);
    for set in sets {
        let dof = set["dof"].as_f64().expect("number");
        check(Distribution::StudentT { dof }, set, "t", 1e-13);
    }
}
