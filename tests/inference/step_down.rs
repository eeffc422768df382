//! Romano and Wolf's adjustment.

use super::case;
use crate::support::Table;

const ADJUSTED: &str = "[inference]\nbootstrap = 1999\nmultiple_testing = [\"holm\", \"romano_wolf\"]";
const WILD: &str = "tests = [\"bootstrap_wild\", \"t_clustered\"]";

fn column(tests: &Table, rows: &[usize], name: &str) -> Vec<Option<f64>> {
    let values = tests.numbers(name);
    rows.iter().map(|&row| values[row]).collect()
}

/// Of all windows and groups at once: never below the p-value, mostly below Holm's, null for other tests and
/// for single days.
#[test]
fn joint_draws_adjust_the_family() {
    let case = case(WILD, ADJUSTED);
    case.run(&["-q", "--threads", "1"]).success();
    let tests = case.table("tests");
    let wild = tests.find(&[("test", "bootstrap_wild"), ("distribution", "bootstrap")]);
    assert!(wild.len() > 12, "{}", wild.len());
    let [p, holm, stepped] = ["p_value", "p_holm", "p_romano_wolf"].map(|name| column(&tests, &wild, name));
    let (mut below, mut strict) = (0, 0);
    for ((p, holm), stepped) in p.iter().zip(&holm).zip(&stepped) {
        let (p, holm, stepped) = (p.expect("p"), holm.expect("Holm"), stepped.expect("Romano and Wolf"));
        assert!(stepped >= p && stepped <= 1.0, "{stepped} for {p}");
        below += usize::from(stepped <= holm);
        strict += usize::from(stepped < holm && stepped > p);
    }
    assert!(below * 10 > wild.len() * 9 && strict > 5, "{below} and {strict} of {}", wild.len());
    assert_eq!(tests.numbers("p_romano_wolf").iter().flatten().count(), wild.len());
    case.run(&["-q", "--threads", "2"]).success();
    assert_eq!(column(&case.table("tests"), &wild, "p_romano_wolf"), stepped);
}

/// Nothing raises the least significant p-value of a family; without being asked for, the column is empty.
#[test]
fn the_last_step_stands_alone() {
    let case = case(WILD, ADJUSTED);
    let alone = ["-q", "--set", "study.car_windows=[[0, 1]]", "--set", "events.group=[]"];
    let quantile = "events.quantile={ column = \"surprise_pct\", count = 2 }";
    let filter = "events.filter={ column = \"surprise_pct\", from = -1000 }";
    case.run(&[&alone[..], &["--set", quantile, "--set", filter]].concat()).success();
    let tests = case.table("tests");
    let rows = tests.find(&[("test", "bootstrap_wild"), ("distribution", "bootstrap")]);
    assert_eq!(rows.len(), 3);
    let (p, stepped) = (column(&tests, &rows, "p_value"), column(&tests, &rows, "p_romano_wolf"));
    let largest = |values: &[Option<f64>]| values.iter().flatten().copied().fold(0.0, f64::max);
    assert_eq!(largest(&p), largest(&stepped), "the least significant test is alone in the last step");
    let plain = super::case(WILD, "");
    plain.run(&["-q"]).success();
    assert!(plain.table("tests").numbers("p_romano_wolf").iter().all(Option::is_none));
}
