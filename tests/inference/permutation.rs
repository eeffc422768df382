//! All events moved together to days without one.

use super::case;
use crate::support::{Case, STUDY, Table};

const TESTS: &str = "tests = [\"permutation\", \"bmp\", \"bmp_kp\"]";

fn at<'a>(group: &'a str, first: &'a str, last: &'a str, test: &'a str) -> [(&'a str, &'a str); 4] {
    [("group", group), ("first", first), ("last", last), ("test", test)]
}

/// Sixty securities that announce four times, in seasons of one week; residuals move together.
fn clustered(effect: &str, seed: &str, settings: &str) -> Case {
    let study = STUDY
        .replace("[-250, -11]", "[-130, -11]")
        .replace("minimum_observations = 120", "minimum_observations = 100")
        .replace("quantile = { column = \"surprise_pct\", count = 5 }\n", "")
        .replace("[study]", &format!("{settings}\n\n[study]\n{TESTS}"));
    let case = Case::with(&study);
    let synth = format!(
        "synth --out data --overwrite --securities 60 --days 600 --events 240 --effect {effect} --correlation 0.2 \
         --clustering 1 --season 5 --seed {seed}"
    );
    case.dayzero(&synth.split_whitespace().collect::<Vec<_>>()).success();
    case
}

fn reason(tests: &Table, at: &[(&str, &str)]) -> String {
    tests.texts("reason")[tests.row(at)].clone().expect("a reason")
}

/// An effect on day 0 is beyond every draw, the days before are not; p-values are the same on any number of threads
/// and differ with the seed.
#[test]
fn an_effect_is_beyond_every_draw() {
    let case = clustered("0.05", "5", "[inference]\npermutations = 119");
    case.run(&["-q", "--threads", "1", "--set", "events.filter={ column = \"surprise_pct\", from = 2 }"]).success();
    let tests = case.table("tests");
    let day = at("all", "0", "0", "permutation");
    // T is that of bmp, and no draw comes near it; a hundred and more of them count.
    assert_eq!(tests.number("statistic", &day), tests.number("statistic", &at("all", "0", "0", "bmp")));
    let p = tests.number("p_value", &day);
    assert!((1.0 / 120.0..=1.0 / 100.0).contains(&p), "{p}");
    let after = tests.number("p_value", &at("all", "2", "10", "permutation"));
    assert!(after > 0.02, "{after}");
    assert!(reason(&tests, &at("all", "5", "5", "permutation")).contains("only declared windows"));
    let kind = tests.texts("distribution")[tests.row(&day)].clone();
    assert_eq!(kind.as_deref(), Some("permutation"));
    let p_values = |args: &[&str]| {
        let filter = ["-q", "--set", "events.filter={ column = \"surprise_pct\", from = 2 }"];
        case.run(&[&filter[..], args].concat()).success();
        case.table("tests").numbers("p_value")
    };
    let first = p_values(&["--threads", "1"]);
    assert_eq!(first, p_values(&["--threads", "2"]));
    assert_ne!(first, p_values(&["--set", "seed=2"]));
}

#[test]
fn what_is_not_moved_says_why() {
    let case = case(TESTS, "[inference]\npermutations = 99");
    // Two events of a security in as short a history leave no room for either way.
    let tight = ["-q", "--set", "study.minimum_observations=239"];
    case.run(&tight).success();
    let tests = case.table("tests");
    let found = reason(&tests, &at("all", "0", "0", "permutation"));
    assert!(found.contains("draws move nine tenths of the events") && found.contains("at least 99"), "{found}");
    case.run(&["--set", "inference.permutations=10"]).failure(2, &["between 99 and 99999 draws"]);
    // A model that is fitted by iteration is permuted only where the number is given.
    let plain = super::case(TESTS, "");
    plain.run(&["-q", "--set", "study.model=huber"]).success();
    let found = reason(&plain.table("tests"), &at("all", "0", "0", "permutation"));
    assert!(found.contains("the events were not moved") && found.contains("permutations"), "{found}");
    let simulate = ["simulate", "study.toml", "--draws", "10", "--events", "20", "-q", "--out", "size"];
    plain.dayzero(&simulate).success();
    let rejections = Table::read(&plain.path().join("size/rejections.parquet"));
    assert!(!rejections.find(&[("test", "permutation"), ("undefined", "10")]).is_empty());
}

/// Where events cluster and residuals move together, `bmp` rejects what is not there, and permuted dates do so
/// about as often as they should.
#[test]
fn clustering_is_in_the_draws() {
    let (mut permuted, mut independent, mut defined) = (0, 0, 0);
    for seed in 1..=12 {
        let case = clustered("0", &seed.to_string(), "[inference]\npermutations = 99");
        case.run(&["-q"]).success();
        let tests = case.table("tests");
        for (first, last) in [("0", "0"), ("-1", "1"), ("2", "10")] {
            let p = |test: &str| tests.numbers("p_value")[tests.row(&at("all", first, last, test))];
            let (Some(moved), Some(bmp)) = (p("permutation"), p("bmp")) else { continue };
            defined += 1;
            permuted += usize::from(moved <= 0.05);
            independent += usize::from(bmp <= 0.05);
        }
    }
    assert!(defined >= 30, "{defined} of 36 windows");
    // Of 36 tests of a true size of 5 %, seven and more reject once in three hundred times.
    assert!(permuted <= 6 && independent >= 8, "{permuted} and {independent} of {defined}");
}
