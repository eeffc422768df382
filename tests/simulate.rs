//! `dayzero simulate`: size and power on the study's own panel.

use crate::support::{Case, STUDY, Table};

/// Sixty securities that announce within a week, three times; the residuals move together, and no effect
/// is planted.
fn clustered() -> Case {
    let study = STUDY
        .replace(
            "minimum_observations = 120",
            "minimum_observations = 100\ntests = [\"t_cross_sectional\", \"bmp\", \"bmp_kp\", \"sign\"]",
        )
        .replace("[-250, -11]", "[-130, -11]")
        .replace("car_windows = [[0, 0], [-1, 1], [2, 10]]", "car_windows = [[2, 10], [0, 0], [-1, 1]]");
    let case = Case::with(&study);
    let synth = "synth --out data --overwrite --securities 60 --days 600 --events 240 --effect 0 --correlation 0.2 \
                 --clustering 1 --season 5 --seed 5";
    case.dayzero(&synth.split_whitespace().collect::<Vec<_>>()).success();
    case
}

fn simulate(case: &Case, args: &[&str]) -> Table {
    case.dayzero(&[&["simulate", "study.toml", "--overwrite", "--out", "size"], args].concat()).success();
    rejections(case, "size")
}

fn rejections(case: &Case, dir: &str) -> Table {
    Table::read(&case.path().join(dir).join("rejections.parquet"))
}

fn at<'a>(test: &'a str, effect: &'a str, level: &'a str) -> [(&'a str, &'a str); 5] {
    [("first", "0"), ("last", "0"), ("test", test), ("effect", effect), ("level", level)]
}

#[test]
fn clustering_inflates_what_assumes_independence() {
    let case = clustered();
    let table = simulate(&case, &["-q", "--draws", "200", "--events", "40", "--effects", "0.005,0.02"]);
    // Three windows, four tests, three effects, three levels.
    assert_eq!(table.rows(), 3 * 4 * 3 * 3);
    let number = |column: &str, test: &str, effect: &str| table.number(column, &at(test, effect, "0.05"));
    assert!(number("lower", "bmp", "0.0") > 0.10, "{}", number("rate", "bmp", "0.0"));
    assert!(number("rate", "t_cross_sectional", "0.0") > 0.10);
    assert!(number("lower", "bmp_kp", "0.0") <= 0.05, "{}", number("rate", "bmp_kp", "0.0"));
    assert!(number("rate", "bmp_kp", "0.0") < 0.10, "{}", number("rate", "bmp_kp", "0.0"));
    for test in ["bmp", "bmp_kp"] {
        let power: Vec<f64> = ["0.0", "0.005", "0.02"].iter().map(|effect| number("rate", test, effect)).collect();
        assert!(power[0] < power[1] && power[1] < power[2] && power[2] > 0.9, "{test}: {power:?}");
    }
    // What happens on day 0 is nothing to a window after it.
    let after = |effect: &str| {
        let key = [("first", "2"), ("last", "10"), ("test", "bmp"), ("effect", effect), ("level", "0.05")];
        table.number("rate", &key)
    };
    assert_eq!(after("0.0"), after("0.02"));
    let holds = table.texts("holds");
    assert_eq!(holds[table.row(&at("bmp", "0.0", "0.05"))].as_deref(), Some("false"));
    assert_eq!(holds[table.row(&at("bmp", "0.02", "0.05"))], None, "of power that is no question");
    for row in 0..table.rows() {
        let [rate, lower, upper, draws, rejected] =
            ["rate", "lower", "upper", "draws", "rejections"].map(|name| table.numbers(name)[row].expect("a number"));
        assert!(lower <= rate && rate <= upper && rate == rejected / draws, "{lower} {rate} {upper}");
    }
}

#[test]
fn the_summary_says_which_test_to_trust() {
    let case = clustered();
    let out = case.dayzero(&["simulate", "study.toml", "--draws", "200", "--events", "40"]).success().stdout;
    assert!(out.contains("200 draws of 40 pseudo-events out of 240 real ones"), "{out}");
    // The first declared window with day 0 in it.
    assert!(out.contains("window [0, 0]"), "{out}");
    let line =
        |start: &str| out.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}: {out}"));
    assert!(line("Do not trust here").contains(" bmp (") && !line("Do not trust here").contains("bmp_kp"), "{out}");
    assert!(line("Of those that keep their size").contains("bmp_kp"), "{out}");
    assert!(out.contains("--variance 2 shows"), "{out}");
    assert!(out.contains("tables in") && out.contains("out-simulate"), "{out}");
    let dir = case.path().join("out-simulate");
    let chart = std::fs::read_to_string(dir.join("size_and_power.svg")).expect("a chart");
    for part in ["<svg ", "Size: share of draws", "Power: share of draws", "bmp_kp", "</svg>"] {
        assert!(chart.contains(part), "{part}");
    }
    // The manifest and `show` know the simulation as they know a run.
    let shown = case.dayzero(&["show", "out-simulate"]).success().stdout;
    assert!(shown.contains(line("Do not trust here")), "{shown}");
    let rows = case.dayzero(&["show", "out-simulate", "rejections", "--format", "csv"]).success().stdout;
    assert_eq!(rows.lines().count(), 1 + 3 * 4 * 4 * 3);
    let quiet = case.dayzero(&["simulate", "study.toml", "--draws", "2", "-q", "--out", "quiet"]).success();
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

#[test]
fn simulations_follow_the_seed_and_nothing_else() {
    let case = clustered();
    let all = ["--set", "study.tests=all", "--set", "inference.bootstrap=99", "--draws", "12", "--events", "30", "-q"];
    let files = |threads: &str, seed: &str| {
        let seed = format!("seed={seed}");
        simulate(&case, &[&all[..], &["--threads", threads, "--set", &seed]].concat());
        ["rejections.parquet", "size_and_power.svg"]
            .map(|name| std::fs::read(case.path().join("size").join(name)).expect("readable"))
    };
    let one = files("1", "1");
    assert!(one == files("2", "1") && one == files("5", "1"), "threads leave a trace");
    assert!(one != files("2", "2"), "the seed changes nothing");
}

/// Variance that an event induces makes tests reject that measure it in the estimation window.
#[test]
fn induced_variance_is_seen_by_those_that_look() {
    let case = clustered();
    let synth = "synth --out data --overwrite --securities 60 --days 600 --events 240 --effect 0 --correlation 0 \
                 --clustering 1 --season 5 --seed 5";
    case.dayzero(&synth.split_whitespace().collect::<Vec<_>>()).success();
    let tests = ["--set", "study.tests=[\"patell\", \"bmp\"]", "--draws", "200", "-q", "--effects", "0"];
    let table = simulate(&case, &[&tests[..], &["--variance", "4"]].concat());
    assert!(table.number("lower", &at("patell", "0.0", "0.05")) > 0.10);
    assert!(table.number("rate", &at("bmp", "0.0", "0.05")) < 0.10);
    assert_eq!(table.numbers("variance")[0], Some(4.0));
}

/// Models whose peers are chosen for every event, and prices with gaps.
#[test]
fn other_models_and_defects() {
    let case = clustered();
    let synth = "synth --out data --overwrite --securities 60 --days 600 --events 200 --defects --seed 5";
    case.dayzero(&synth.split_whitespace().collect::<Vec<_>>()).success();
    let models = "sweep.model=[\"market\", \"synthetic_control\"]";
    let table = simulate(&case, &["--set", models, "--draws", "4", "--events", "20", "-q"]);
    assert_eq!(table.find(&[("spec_id", "1"), ("test", "bmp"), ("effect", "0.02"), ("level", "0.01")]).len(), 3);
    assert!(table.numbers("draws").iter().all(|draws| *draws == Some(4.0)));
}

#[test]
fn what_cannot_be_simulated_is_refused() {
    let case = clustered();
    let refuses = |args: &[&str], code: i32, parts: &[&str]| {
        case.dayzero(&[&["simulate", "study.toml"], args].concat()).failure(code, parts);
    };
    refuses(&["--draws", "0"], 2, &["--draws"]);
    refuses(&["--events", "1"], 2, &["--events"]);
    refuses(&["--events", "5000"], 2, &["--events 5000: only 240 of 240 events"]);
    refuses(&["--effects", "0,2"], 2, &["--effects 2", "decimals"]);
    refuses(&["--effects", "nan"], 2, &["--effects NaN"]);
    refuses(&["--effects", "much"], 2, &["much"]);
    refuses(&["--variance", "0"], 2, &["--variance 0"]);
    refuses(&["--set", "study.event_window=[1, 10]", "--set", "study.car_windows=[[2, 10]]"], 2, &["no day 0"]);
    refuses(&["--set", "study.event_window=[-5, 150]"], 2, &["a shorter event window"]);
    case.run(&["-q"]).success();
    refuses(&["--out", "out"], 2, &["not empty", "--overwrite"]);
    // A simulation over a run takes its tables away, as another run would.
    case.dayzero(&["simulate", "study.toml", "--draws", "3", "--out", "out", "--overwrite", "-q"]).success();
    assert!(!case.path().join("out/tests.parquet").exists() && case.path().join("out/rejections.parquet").exists());
    case.run(&["-q"]).success();
    assert!(!case.path().join("out/size_and_power.svg").exists());
}
