//! Options of models: what they may be is said where they are written.

use super::case;
use crate::support::Case;

#[track_caller]
fn refuses(case: &Case, model: &str, parts: &[&str]) {
    case.run(&["--set", &format!("study.model={model}")]).failure(2, parts);
}

#[test]
fn options_are_checked_where_they_stand() {
    let case = case("model = \"market\"\n", "");
    refuses(&case, "{name=\"dimson\",lag=2}", &["unknown key `lag`", "did you mean `lags`?"]);
    refuses(&case, "{name=\"market\",lags=2}", &["model `market` has no option `lags`", "has no options"]);
    refuses(&case, "{name=\"dimson\",excess=true}", &["no option `excess`", "lags, leads"]);
    refuses(&case, "{name=\"dimson\",lags=-1}", &["`lags` is a whole number between 0 and 20"]);
    refuses(&case, "{name=\"dimson\",lags=\"two\"}", &["`lags` is a whole number"]);
    refuses(&case, "{name=\"garch\",errors=\"cauchy\"}", &["`errors` is one of normal, t"]);
    refuses(&case, "{name=\"reference_portfolio\",sort={size=1}}", &["`size` in `sort`", "between 2 and 100"]);
    refuses(&case, "{name=\"matched_firm\",match=[\"a\",\"a\"]}", &["`a` is listed twice in `match`"]);
    refuses(&case, "{factors=[\"mktrf\"],excess=1}", &["`excess` is true or false"]);
    refuses(&case, "{name=\"ff3\",excess=1.5}", &["not a number"]);
}

/// Lags and leads of the market make more coefficients, each in a column of its own.
#[test]
fn lags_and_leads_are_columns() {
    let case = case("model = { name = \"dimson\", lags = 2, leads = 0 }\n", "");
    case.run(&["-q"]).success();
    let estimates = case.table("estimates");
    let column = |name: &str| estimates.numbers(name)[0].expect("an estimate");
    let sum = column("beta_market_lag2") + column("beta_market_lag1") + column("beta_market_lag0");
    assert!((column("beta_market") - sum).abs() < 1e-15);
    assert!(!estimates.names().contains(&"beta_market_lead1".to_owned()));
    // The first two days of the window have no lag inside it.
    assert!(estimates.integers("observations").into_iter().flatten().all(|m| m <= 238));
}

#[test]
fn diagnostics_are_there_where_asked() {
    let case = case("model = \"market\"\ndiagnostics = true\n", "");
    case.run(&["-q"]).success();
    let estimates = case.table("estimates");
    for name in ["durbin_watson", "ljung_box_p", "jarque_bera_p", "arch_lm_p", "zero_return_share", "pre_trend_p"] {
        assert!(estimates.numbers(name).iter().all(Option::is_some), "{name}");
    }
    let share = estimates.numbers("durbin_watson").into_iter().flatten().sum::<f64>() / estimates.rows() as f64;
    assert!((share - 2.0).abs() < 0.1, "simulated residuals have no autocorrelation: {share}");
    case.run(&["-q", "--set", "study.diagnostics=false"]).success();
    assert!(!case.table("estimates").names().contains(&"durbin_watson".to_owned()));
}

/// A forecast from the last estimation day has nothing to say of days before it.
#[test]
fn conditional_variances_look_forward() {
    let case = case("model = \"market\"\n", "");
    let after = ["--set", "study.estimation_window=[20,150]", "--set", "study.minimum_observations=60"];
    case.run(&[&after[..], &["-q"]].concat()).success();
    case.run(&[&after[..], &["--set", "study.model=garch"]].concat())
        .failure(2, &["`garch` forecasts forward", "[20, 150]"]);
    // No trend leads to an event from after it.
    case.run(&[&after[..], &["-q", "--set", "study.diagnostics=true"]].concat()).success();
    assert!(case.table("estimates").numbers("pre_trend_t").iter().all(Option::is_none));
}

/// Specifications that differ in an option alone can be told apart.
#[test]
fn options_stand_in_the_table() {
    let case = case("model = \"market\"\n", "[sweep]\nmodel = [\"garch\", { name = \"garch\", errors = \"t\" }]");
    let summary = case.run(&[]).success().stdout;
    assert!(summary.contains("garch (errors = \"t\")"), "{summary}");
    let options = case.table("specifications").texts("options");
    assert_eq!(options, [Some(String::new()), Some("errors = \"t\"".to_owned())]);
}

/// The drift before the event is standardised for every model: its t has a deviation near one.
#[test]
fn drifts_before_the_event_have_unit_deviation() {
    for model in ["market", "scholes_williams", "dimson", "garch", "market_adjusted"] {
        let case = case(&format!("model = \"{model}\"\ndiagnostics = true\n"), "");
        case.run(&["-q"]).success();
        let t: Vec<f64> = case.table("estimates").numbers("pre_trend_t").into_iter().flatten().collect();
        let deviation = (t.iter().map(|t| t * t).sum::<f64>() / t.len() as f64).sqrt();
        assert!(t.len() == 80 && (0.7..1.3).contains(&deviation), "{model}: {deviation} of {}", t.len());
    }
}
