//! Long horizons: buy-and-hold abnormal returns, resampled tests, portfolios in calendar time.

use super::case;
use crate::support::{Table, close};

const MEASURES: &str = "[inference]\nmeasures = [\"car\", \"bhar\"]\nbootstrap = 499";

#[test]
fn buy_and_hold_returns_are_tested_beside_cumulated_ones() {
    let case = case("model = \"market\"\n", MEASURES);
    case.run(&["-q"]).success();
    let (tests, cars) = (case.table("tests"), case.table("cars"));
    let at = |measure: &'static str, test: &'static str| {
        [("group", "all"), ("first", "2"), ("last", "10"), ("measure", measure), ("test", test)]
    };
    let rows = cars.find(&[("first", "2"), ("last", "10")]);
    let bhar = cars.numbers("bhar");
    let mean = rows.iter().filter_map(|&row| bhar[row]).sum::<f64>() / rows.len() as f64;
    close(tests.number("mean_car", &at("bhar", "t_cross_sectional")), mean, 1e-12, "the mean BHAR");
    assert!(tests.number("mean_car", &at("car", "t_cross_sectional")) != mean);
    let reason = tests.texts("reason")[tests.row(&at("bhar", "bmp_kp"))].clone().expect("a reason");
    assert!(reason.contains("not standardised"), "{reason}");
    // Days of the event window are tested once, and never resampled.
    let days = tests.find(&[("group", "all"), ("first", "5"), ("last", "5"), ("test", "t_skewness")]);
    assert_eq!(days.len(), 1);
    let day = [("group", "all"), ("first", "5"), ("last", "5"), ("test", "t_skewness_bootstrap")];
    let reason = tests.texts("reason")[tests.row(&day)].clone().expect("a reason");
    assert!(reason.contains("only declared windows"), "{reason}");
}

/// Coarser periods are fewer, and a period of one day is that of day 0.
#[test]
fn errors_cluster_by_calendar_period() {
    let case = case("model = \"market\"\n", "");
    let at = [("group", "all"), ("first", "2"), ("last", "10"), ("test", "t_clustered")];
    let periods = |setting: &[&str]| {
        case.run(&[&["-q"], setting].concat()).success();
        case.table("tests").number("dof", &at) as usize + 1
    };
    let [day, week, month, quarter] =
        ["day", "week", "month", "quarter"].map(|period| periods(&["--set", &format!("inference.cluster={period}")]));
    assert!(day > week && week > month && month > quarter && quarter >= 2, "{day} {week} {month} {quarter}");
    assert_eq!(periods(&[]), week);
    let mut day0s: Vec<_> = case.table("events").dates("day0").into_iter().flatten().collect();
    day0s.sort();
    day0s.dedup();
    assert!(day <= day0s.len() && day + 9 > day0s.len(), "{day} periods, {} days", day0s.len());
}

#[test]
fn resamples_follow_the_seed() {
    let case = case("model = \"market\"\n", MEASURES);
    let p_values = |seed: &str, threads: &str| {
        case.run(&["-q", "--set", &format!("seed={seed}"), "--threads", threads]).success();
        let tests = case.table("tests");
        let rows = tests.find(&[("test", "t_skewness_bootstrap"), ("distribution", "bootstrap")]);
        assert!(rows.len() > 6, "{}", rows.len());
        let p = tests.numbers("p_value");
        rows.into_iter().map(|row| p[row].expect("a p-value")).collect::<Vec<f64>>()
    };
    let first = p_values("1", "1");
    assert_eq!(first, p_values("1", "2"));
    let second = p_values("2", "2");
    assert_ne!(first, second);
    // Another seed is another draw from the same distribution.
    for (a, b) in first.iter().zip(&second) {
        assert!((a - b).abs() < 5.0 * (a * (1.0 - a) / 499.0).sqrt() * 2.0 + 0.01, "{a} and {b}");
    }
    case.run(&["--set", "inference.bootstrap=10"]).failure(2, &["between 99 and 1000000 draws"]);
    case.run(&["--set", "inference.measures=[\"bhar\",\"bhar\"]"]).failure(2, &["listed twice"]);
}

#[test]
fn calendar_time_says_what_it_needs() {
    let case = case("model = \"market\"\n", "[calendar_time]\nmin_names = 2");
    case.run(&["-q"]).success();
    let table = case.table("calendar_time");
    // Three declared windows, ten groups at most, two weightings.
    assert_eq!(table.find(&[("group", "all")]).len(), 6);
    let key = [("group", "all"), ("first", "2"), ("last", "10"), ("weighting", "equal")];
    close(table.number("t", &key), table.number("alpha", &key) / table.number("alpha_se", &key), 1e-14, "t");
    assert!(table.number("mean_names", &key) >= 2.0 && table.number("beta_market", &key) > 0.5);
    case.run(&["-q", "--set", "calendar_time.min_names=4000"]).success();
    let table = case.table("calendar_time");
    let reasons = table.texts("reason");
    assert!(reasons.iter().all(|reason| reason.as_deref().is_some_and(|r| r.contains("4000 or more securities"))));
    let refuses = |set: &str, parts: &[&str]| {
        case.run(&["--set", set]).failure(2, parts);
    };
    refuses("calendar_time.weighting=[\"value\"]", &["by which characteristic", "[calendar_time] value"]);
    refuses("calendar_time.value=size", &["weights nothing"]);
    refuses("calendar_time.windows=[[2,99]]", &["[2, 99] reaches beyond the event window"]);
    refuses("calendar_time.weighting=[]", &["there is no portfolio"]);
    refuses("calendar_time.min_names=0", &["at least one security"]);
}

/// Weights by a characteristic: a portfolio in which one security has nearly all the weight is that
/// security.
#[test]
fn portfolios_by_value() {
    let sections = "[characteristics]\npath = \"data/caps.csv\"\n\n[calendar_time]\nweighting = [\"equal\", \"value\"]\nvalue = \"cap\"\nmin_names = 1";
    let case = case("model = \"market\"\n", sections);
    let caps = |heavy: f64| -> String {
        let line = |ticker: &String| format!("{ticker},{}\n", if ticker.ends_with('7') { heavy } else { 1.0 });
        format!("ticker,cap\n{}", super::tickers(&case).iter().map(line).collect::<String>())
    };
    let alpha = |weighting: &'static str| {
        let key = [("group", "all"), ("first", "2"), ("last", "10"), ("weighting", weighting)];
        Table::number(&case.table("calendar_time"), "alpha", &key)
    };
    case.write("data/caps.csv", &caps(1.0));
    case.run(&["-q"]).success();
    close(alpha("equal"), alpha("value"), 1e-13, "equal values are equal weights");
    case.write("data/caps.csv", &caps(50.0));
    case.run(&["-q"]).success();
    assert!((alpha("equal") - alpha("value")).abs() > 1e-6);
}

/// Without factors the intercept of a day is its AAR.
#[test]
fn rats_of_market_adjusted_returns_are_averages() {
    let case = case("model = \"market_adjusted\"\n", "");
    case.run(&["-q"]).success();
    let (rats, averages) = (case.table("rats"), case.table("averages"));
    let (alpha, aar) = (rats.numbers("alpha"), averages.numbers("aar"));
    assert_eq!(alpha.len(), aar.len());
    let mut compared = 0;
    for (alpha, aar) in alpha.iter().zip(&aar) {
        if let (Some(alpha), Some(aar)) = (alpha, aar) {
            close(*alpha, *aar, 1e-14, "AAR");
            compared += 1;
        }
    }
    assert!(compared > 100);
}

/// Where buy-and-hold returns alone are tested, they are what the summary shows.
#[test]
fn the_summary_shows_what_is_tested() {
    let case = case("model = \"market\"\ntests = [\"t_skewness\"]\n", "[inference]\nmeasures = [\"bhar\"]");
    let summary = case.run(&[]).success().stdout;
    assert!(summary.contains("mean BHAR") && summary.contains("[2, 10]"), "{summary}");
}
