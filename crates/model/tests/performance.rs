//! Measures of performance against numpy, scipy, statsmodels and pandas (tests/golden/performance.py).

use dayzero_model::longrun::automatic_lags;
use dayzero_model::performance::{
    Activity, ActivityRecord, Alpha, Drawdown, LotOutcome, LotRecord, LotSize, Sharpe, annual_factor, annual_return,
    calmar, capacity, deflated, downside_deviation, effective_trials, error_autocorrelated, expected_best,
    minimum_track_record, overfitting, probabilistic, ratio_variance, selected, sortino, total_return, walk_forward,
};
use dayzero_model::significance::normal_quantile;
use proptest::prelude::*;
use serde_json::Value;

const YEAR: f64 = 252.0;
const TOLERANCE: f64 = 1e-10;

fn golden(subject: &str) -> Value {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/performance.json"));
    let mut all: Value = serde_json::from_str(&text.expect("golden file")).expect("JSON");
    all[subject].take()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("number")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("array").iter().map(number).collect()
}

fn index(value: &Value) -> Option<usize> {
    value.as_u64().map(|value| value as usize)
}

fn columns(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().expect("columns").iter().map(numbers).collect()
}

/// Relative to numbers above one, absolute below.
fn close(got: f64, want: &Value, what: &str) {
    let want = number(want);
    assert!((got - want).abs() <= TOLERANCE * want.abs().max(1.0), "{what}: {got} against {want}");
}

#[test]
fn records_agree() {
    let sets = golden("records");
    assert_eq!(sets.as_array().expect("sets").len(), 8);
    for set in sets.as_array().expect("sets") {
        let (name, r) = (set["name"].as_str().expect("name"), numbers(&set["returns"]));
        let check = |key: &str, got: f64| close(got, &set[key], &format!("{name}, {key}"));
        let sharpe = Sharpe::of(&r).expect("defined");
        let (lags, benchmark) = (index(&set["lags"]).expect("lags"), number(&set["benchmark"]));
        check("total", total_return(&r).expect("defined"));
        check("annual", annual_return(&r, YEAR).expect("defined"));
        check("volatility", sharpe.moments.volatility(YEAR));
        check("skewness", sharpe.moments.skewness);
        check("kurtosis", sharpe.moments.kurtosis);
        check("sharpe", sharpe.ratio);
        check("sharpe", sharpe.annual(YEAR) / YEAR.sqrt());
        check("error_normal", sharpe.error_normal());
        check("error", sharpe.error());
        check("error_autocorrelated", error_autocorrelated(&r, lags).expect("defined"));
        check("error_no_lags", error_autocorrelated(&r, 0).expect("defined"));
        check("annual_factor", annual_factor(&r, YEAR, lags).expect("defined"));
        check("downside", downside_deviation(&r, 0.0).expect("defined"));
        check("sortino", sortino(&r, 0.0, YEAR).expect("defined"));
        check("calmar", calmar(&r, YEAR).expect("defined"));
        check("psr_zero", probabilistic(&sharpe, 0.0).expect("defined"));
        check("psr_benchmark", probabilistic(&sharpe, benchmark).expect("defined"));
        match minimum_track_record(&sharpe, benchmark, 0.95) {
            Ok(days) => check("minimum_track_record", days),
            Err(_) => assert!(set["minimum_track_record"].is_null(), "{name}"),
        }
        let (found, want) = (Drawdown::deepest(&r).expect("defined"), &set["drawdown"]);
        close(found.depth, &want["depth"], name);
        assert_eq!(
            (found.peak, Some(found.trough), found.recovery),
            (index(&want["peak"]), index(&want["trough"]), index(&want["recovery"])),
            "{name}"
        );
    }
}

#[test]
fn alphas_agree_with_statsmodels() {
    for set in golden("alphas").as_array().expect("sets") {
        let (r, factors) = (numbers(&set["returns"]), columns(&set["factors"]));
        let found = Alpha::of(&r, &factors.iter().map(Vec::as_slice).collect::<Vec<_>>(), automatic_lags(r.len()))
            .expect("defined");
        close(found.alpha, &set["alpha"], "alpha");
        close(found.error, &set["error"], "error");
        close(found.t, &set["t"], "t");
        close(found.p_value, &set["p_value"], "p-value");
        assert_eq!(Some(found.lags), index(&set["lags"]));
        assert_eq!(found.betas.len(), factors.len());
        for (beta, want) in found.betas.iter().zip(set["betas"].as_array().expect("betas")) {
            close(*beta, want, "beta");
        }
    }
}

#[test]
fn trials_and_splits_agree() {
    for set in golden("matrices").as_array().expect("sets") {
        let (name, all) = (set["name"].as_str().expect("name"), columns(&set["returns"]));
        let all: Vec<&[f64]> = all.iter().map(Vec::as_slice).collect();
        let sharpes: Vec<Sharpe> = all.iter().map(|returns| Sharpe::of(returns).expect("defined")).collect();
        let variance = ratio_variance(&sharpes.iter().map(|s| s.ratio).collect::<Vec<_>>()).expect("defined");
        let trials = effective_trials(&all).expect("defined");
        let best = &sharpes[index(&set["best"]).expect("best")];
        let check = |key: &str, got: f64| close(got, &set[key], &format!("{name}, {key}"));
        check("effective", trials);
        check("ratio_variance", variance);
        check("expected_best", expected_best(variance, trials));
        check("deflated", deflated(best, variance, trials).expect("defined"));
        check("selected", selected(best, trials).expect("defined"));
        for want in set["overfitting"].as_array().expect("splits") {
            let mut found = overfitting(&all, index(&want["blocks"]).expect("blocks")).expect("defined");
            close(found.probability, &want["probability"], name);
            close(found.loss, &want["loss"], name);
            close(found.degradation.expect("a slope"), &want["degradation"], name);
            found.logits.sort_by(f64::total_cmp);
            let logits = want["logits"].as_array().expect("logits");
            assert_eq!(found.logits.len(), logits.len());
            found.logits.iter().zip(logits).for_each(|(got, want)| close(*got, want, name));
        }
        let want = &set["walk"];
        let (train, test) = (index(&want["train"]).expect("days"), index(&want["test"]).expect("days"));
        let found = walk_forward(&all, train, test).expect("defined");
        assert_eq!(found.returns, numbers(&want["returns"]), "{name}");
        assert_eq!(found.hindsight, index(&want["hindsight"]), "{name}");
        let chosen: Vec<Option<usize>> = want["chosen"].as_array().expect("choices").iter().map(index).collect();
        assert_eq!(found.choices.iter().map(|choice| choice.strategy).collect::<Vec<_>>(), chosen, "{name}");
    }
}

#[test]
fn lots_agree() {
    let set = golden("lots");
    let (profit, returns, sessions) = (numbers(&set["profit"]), numbers(&set["return"]), numbers(&set["sessions"]));
    let outcome = |i: usize| LotOutcome { profit: profit[i], return_: returns[i], sessions: sessions[i] as usize };
    let found = LotRecord::of(&(0..profit.len()).map(outcome).collect::<Vec<_>>()).expect("defined");
    close(found.hit_rate, &set["hit_rate"], "hit rate");
    close(found.profit_factor.expect("defined"), &set["profit_factor"], "profit factor");
    close(found.expectancy, &set["expectancy"], "expectancy");
    close(found.mean_return, &set["mean_return"], "mean return");
    close(found.holding, &set["holding"], "holding");
    let (weight, traded) = (numbers(&set["weight"]), numbers(&set["traded"]));
    let sizes: Vec<LotSize> =
        weight.iter().zip(traded).map(|(&weight, traded_value)| LotSize { weight, traded_value }).collect();
    for (quantile, want) in numbers(&set["quantiles"]).into_iter().zip(set["capacity"].as_array().expect("capitals")) {
        close(capacity(&sizes, number(&set["participation"]), quantile).expect("defined"), want, "capacity");
    }
}

#[test]
fn normal_quantiles_agree_with_scipy() {
    let set = golden("normal");
    for (probability, want) in numbers(&set["probability"]).into_iter().zip(numbers(&set["quantile"])) {
        let got = normal_quantile(probability);
        assert!((got - want).abs() <= 1e-13 * want.abs().max(1.0), "{probability}: {got} against {want}");
    }
}

/// Whatever the returns are, a measure is finite or says why it is not.
fn all_finite(r: &[f64], others: &[&[f64]]) -> Result<(), TestCaseError> {
    let mut values = vec![
        total_return(r),
        annual_return(r, YEAR),
        calmar(r, YEAR),
        sortino(r, 0.0, YEAR),
        downside_deviation(r, 0.001),
        error_autocorrelated(r, 3),
        annual_factor(r, YEAR, 3),
        Drawdown::deepest(r).map(|found| found.depth),
        effective_trials(others),
    ];
    if let Ok(sharpe) = Sharpe::of(r) {
        let ratios: Vec<f64> = others.iter().filter_map(|r| Sharpe::of(r).ok()).map(|s| s.ratio).collect();
        values.extend([
            Ok(sharpe.annual(YEAR)),
            Ok(sharpe.error()),
            Ok(sharpe.error_normal()),
            Ok(sharpe.moments.volatility(YEAR)),
            probabilistic(&sharpe, 0.01),
            minimum_track_record(&sharpe, 0.01, 0.95),
            ratio_variance(&ratios),
            selected(&sharpe, 3.5),
        ]);
        values.extend(ratio_variance(&ratios).map(|variance| deflated(&sharpe, variance, 2.5)));
    }
    if let Ok(found) = Alpha::of(r, &others[1..], 3) {
        values.extend([Ok(found.alpha), Ok(found.error), Ok(found.t), Ok(found.p_value), Ok(found.annual(YEAR))]);
        values.extend(found.betas.iter().map(|&beta| Ok(beta)));
    }
    if let Ok(found) = overfitting(others, 4) {
        values.extend([Ok(found.probability), Ok(found.loss), Ok(found.degradation.unwrap_or(0.0))]);
        values.extend(found.logits.iter().map(|&logit| Ok(logit)));
    }
    let lots: Vec<LotOutcome> = r.iter().map(|&profit| LotOutcome { profit, return_: profit, sessions: 3 }).collect();
    if let Ok(found) = LotRecord::of(&lots) {
        values.extend([Ok(found.hit_rate), Ok(found.expectancy), Ok(found.mean_return), found.profit_factor]);
    }
    let days: Vec<Activity> = r.iter().map(|&x| Activity { gross: x, net: x, traded: x }).collect();
    if let Ok(found) = ActivityRecord::of(&days, YEAR) {
        values.extend([Ok(found.gross), Ok(found.net), Ok(found.invested), Ok(found.turnover)]);
    }
    let sizes: Vec<LotSize> = r.iter().map(|&weight| LotSize { weight, traded_value: 1e6 }).collect();
    values.push(capacity(&sizes, 0.1, 0.3));
    for (place, value) in values.iter().enumerate() {
        prop_assert!(value.is_err() || value.is_ok_and(f64::is_finite), "{place}: {value:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_is_nan(
        rows in prop::collection::vec(prop::array::uniform3(prop_oneof![
            6 => -0.05_f64..0.05, 4 => Just(0.0), 2 => Just(0.01), 1 => Just(-1.0), 1 => prop::num::f64::ANY,
            1 => prop_oneof![Just(1e-170), Just(1e-90), Just(1e90), Just(1e150), Just(-1e300)],
        ]), 0..24),
        finite_only: bool,
    ) {
        let tame = |x: f64| if !finite_only || x.abs() < 0.9 { x } else { 0.0 };
        let column = |j: usize| rows.iter().map(|row| tame(row[j])).collect::<Vec<f64>>();
        let all = [column(0), column(1), column(2)];
        all_finite(&all[0], &all.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
    }

    /// The walk over any returns is made of the returns of the chosen strategies, none of which was looked at.
    #[test]
    fn a_walk_is_joined_from_its_choices(
        rows in prop::collection::vec(prop::array::uniform2(prop_oneof![-0.05_f64..0.05, Just(0.0)]), 31..80),
        train in 1_usize..31, test in 1_usize..12,
    ) {
        let columns = [0, 1].map(|j| rows.iter().map(|row| row[j]).collect::<Vec<f64>>());
        let found = walk_forward(&[&columns[0], &columns[1]], train, test).expect("defined");
        prop_assert_eq!(found.days(), train..rows.len());
        for choice in &found.choices {
            prop_assert_eq!((choice.train.len(), choice.train.end), (train, choice.test.start));
            for day in choice.test.clone() {
                let want = choice.strategy.map_or(0.0, |strategy| columns[strategy][day]);
                prop_assert_eq!(found.returns[day - train], want);
            }
        }
    }
}
