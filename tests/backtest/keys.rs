//! Every key of the section changes what is traded.

use super::by_hand::{Market, NAN};
use crate::support::{Case, STUDY, Table};

const BASE: &[(&str, &str)] = &[
    ("signal", "\"surprise_pct\""),
    ("quantiles", "{ count = 3, lookback_days = 100, minimum = 10 }"),
    ("hold_days", "5"),
    ("size", "0.1"),
];

/// Equity by day under these keys in place of the base's.
fn equity(case: &Case, changes: &[(&str, &str)]) -> Vec<Option<f64>> {
    let mut study = STUDY.replace("[output]", "[output]\ntables = [\"trades\", \"portfolio\"]");
    study += "[backtest]\n";
    let kept = BASE.iter().filter(|(key, _)| changes.iter().all(|(changed, _)| changed != key));
    for (key, value) in kept.chain(changes) {
        study += &format!("{key} = {value}\n");
    }
    case.write("study.toml", &study);
    case.run(&["--set", "study.tests=[\"bmp\"]"]).success();
    let mut found = case.table("portfolio").numbers("equity");
    found.extend(case.table("trades").numbers("weight"));
    found
}

#[test]
fn every_key_changes_the_portfolio() {
    let case = Case::new();
    let base = equity(&case, &[]);
    assert!(base.len() > 60, "{}", base.len());
    for (name, changes) in [
        ("signal", vec![("signal", "\"ar[0]\"")]),
        ("two signals", vec![("signal", "[\"surprise_pct\", \"ar[0]\"]")]),
        ("count", vec![("quantiles", "{ count = 5, lookback_days = 100, minimum = 10 }")]),
        ("lookback_days", vec![("quantiles", "{ count = 3, lookback_days = 25, minimum = 10 }")]),
        ("minimum", vec![("quantiles", "{ count = 3, lookback_days = 100, minimum = 20 }")]),
        ("long", vec![("long", "[2]")]),
        ("short", vec![("short", "[]")]),
        ("enter", vec![("enter", "{ day = 2 }")]),
        ("hold_days", vec![("hold_days", "9")]),
        ("stop", vec![("stop", "0.02")]),
        ("target", vec![("target", "0.02")]),
        ("weighting", vec![("weighting", "\"inverse_volatility\"")]),
        ("signal weights", vec![("weighting", "\"signal\"")]),
        ("beta-neutral weights", vec![("weighting", "\"beta_neutral\"")]),
        ("size", vec![("size", "0.2")]),
        ("hedge", vec![("hedge", "\"benchmark\"")]),
        ("beta hedge", vec![("hedge", "\"beta\"")]),
        ("max_gross", vec![("max_gross", "0.15")]),
        ("max_name", vec![("max_name", "0.05")]),
        ("max_positions", vec![("max_positions", "1")]),
        ("commission", vec![("costs", "{ commission_bps = 5.0 }")]),
        ("half-spread", vec![("costs", "{ half_spread_bps = 4.0 }")]),
        ("borrow", vec![("costs", "{ borrow_bps_per_year = 300.0 }")]),
    ] {
        // Entries after the reaction is known.
        let reaction = name == "signal" || name == "two signals";
        let later = [("enter", "{ day = 1 }")];
        let all: Vec<_> = changes.iter().chain(later.iter().filter(|_| reaction)).copied().collect();
        assert_ne!(equity(&case, &all), base, "{name} changes nothing");
    }
    let inverse = equity(&case, &[("weighting", "\"inverse_volatility\"")]);
    let longer = equity(&case, &[("weighting", "\"inverse_volatility\""), ("volatility_days", "20")]);
    assert_ne!(inverse, longer, "volatility_days changes nothing");
}

/// Keys that need opens, volumes or a past of figures.
#[test]
fn keys_of_single_lots() {
    let events = [(2, "08:00", 1.0), (6, "08:00", 1.0)];
    let went = |settings: &str| {
        let mut market = Market::rising(&events, &format!("signal = \"signal\"\nhold_days = 3\n{settings}"));
        market.open[3] = NAN;
        market.close[3] = NAN;
        market.volume[1] = 300.0;
        let ran = market.run();
        let all = |column: &str| (0..ran.trades.rows()).map(|lot| ran.number(column, lot)).collect::<Vec<_>>();
        (all("entry_price"), all("exit_price"), all("weight"))
    };
    let base = went("");
    assert_ne!(went("enter = { day = 1, at = \"open\" }"), base, "at");
    assert_ne!(went("enter = { day = 1, wait_days = 0 }"), base, "wait_days");
    assert_ne!(went("exit_before_next_event = false"), base, "exit_before_next_event");
    let limited = |money: &str| went(&format!("costs = {{ max_participation = 0.05 }}\n{money}"));
    let tight = limited("capital = 1e6");
    assert_ne!(tight, base, "max_participation");
    assert_ne!(limited("capital = 2e6"), tight, "capital");
    assert_ne!(limited("capital = 1e6\nvolume_days = 2"), tight, "volume_days");
    // Known at 08:00 of session 2: the closes of sessions 0 and 1, 1000 at 10.5 and 300 at 11.5.
    let most = 0.05 * (1000.0 * 10.5 + 300.0 * 11.5) / 2.0 / 1e6;
    assert!((tight.2[0] - most).abs() < 1e-15, "{tight:?}");
}

#[test]
fn keys_of_surprises() {
    let events: Vec<(i32, &'static str, f64)> =
        [1.0, 3.0, 2.5, 2.0, 4.0].iter().enumerate().map(|(i, &figure)| (2 * i as i32, "08:00", figure)).collect();
    let signals = |sue: &str| {
        let settings = format!("signal = \"sue\"\nhold_days = 1\nexit_before_next_event = false\nsue = {sue}");
        let ran = Market::rising(&events, &settings).run();
        ran.trades.numbers("signal")
    };
    let base = signals("{ actual = \"actual\", forecast = \"consensus\", minimum = 2 }");
    assert_ne!(signals("{ actual = \"actual\", forecast = \"consensus\", minimum = 3 }"), base, "minimum");
    assert_ne!(signals("{ actual = \"actual\", forecast = \"consensus\", minimum = 2, errors = 2 }"), base, "errors");
    assert_ne!(signals("{ actual = \"actual\", minimum = 2 }"), base, "forecast");
    assert_ne!(signals("{ actual = \"consensus\", forecast = \"actual\", minimum = 2 }"), base, "actual");
}

/// The lists are strategies: each is what it would be alone, and all events are accounted for.
#[test]
fn lists_are_strategies() {
    let case = Case::new();
    let mut study = STUDY.replace("[output]", "[output]\ntables = [\"strategies\", \"trades\", \"portfolio\"]");
    study +=
        "[backtest]\nsignal = \"ar[0]\"\nquantiles = { count = [2, 4], minimum = 10 }\nsize = 0.1\nhedge = \"beta\"\n";
    study += "enter = [{ day = 1 }, { day = 3 }]\nhold_days = [2, 8]\ncosts = [{}, { half_spread_bps = 10.0 }]\n";
    study += "[sweep]\nmodel = [\"market\", \"capm\"]\n";
    case.write("study.toml", &study);
    case.run(&[]).success();
    let strategies = case.table("strategies");
    assert_eq!(strategies.rows(), 32);
    let column = |name: &str| strategies.integers(name).into_iter().flatten().collect::<Vec<_>>();
    let mut known: Vec<&str> = vec!["traded", "excluded"];
    known.extend(dayzero_model::backtest::Untraded::ALL.iter().map(|reason| reason.code()));
    for row in 0..strategies.rows() {
        let accounted: i64 = known.iter().map(|name| column(name)[row]).sum();
        assert_eq!(accounted, column("events")[row], "strategy {row}");
    }
    assert_eq!(&column("spec_id")[14..18], [0, 0, 1, 1]);
    let profits = |table: &Table, strategy: i64| -> Vec<Option<f64>> {
        let ids = table.integers("strategy_id");
        let profit = table.numbers("profit");
        (0..table.rows()).filter(|&row| ids[row] == Some(strategy)).map(|row| profit[row]).collect()
    };
    let all = case.table("trades");
    // Abnormal returns are there for the signal, whatever is written.
    case.run(&["--set", "study.tests=[]", "--set", "output.tables=[\"estimates\"]"]).success();
    // Number 13 of the first specification: 4 quantiles, the second entry and holding period, with costs.
    let alone = [
        "backtest.quantiles.count=4",
        "backtest.enter={ day = 3 }",
        "backtest.hold_days=2",
        "backtest.costs={ half_spread_bps = 10.0 }",
        "sweep.model=[\"market\"]",
    ];
    case.run(&alone.iter().flat_map(|set| ["--set", set]).collect::<Vec<_>>()).success();
    let found = profits(&case.table("trades"), 0);
    assert!(!found.is_empty());
    assert_eq!(found, profits(&all, 13));
}

/// Hedges and sizes may be lists too: each is what it would be alone.
#[test]
fn hedges_and_sizes_are_strategies() {
    let case = Case::new();
    let alone = |hedge: &str, size: &str| equity(&case, &[("hedge", hedge), ("size", size)]);
    let wanted: Vec<_> = [("\"none\"", "0.1"), ("\"none\"", "0.05"), ("\"beta\"", "0.1"), ("\"beta\"", "0.05")]
        .map(|(h, s)| alone(h, s))
        .into();
    equity(&case, &[("hedge", "[\"none\", \"beta\"]"), ("size", "[0.1, 0.05]")]);
    let (portfolio, trades) = (case.table("portfolio"), case.table("trades"));
    for (strategy, want) in wanted.iter().enumerate() {
        let of = |table: &Table, column: &str| {
            let rows = table.find(&[("strategy_id", &strategy.to_string())]);
            table.take(&rows).numbers(column)
        };
        assert_eq!(&[of(&portfolio, "equity"), of(&trades, "weight")].concat(), want, "strategy {strategy}");
    }
}

/// Neither threads nor the order of the input rows change a lot.
#[test]
fn threads_and_row_order_change_nothing() {
    let case = Case::new();
    let settings = "[backtest]\nsignal = \"surprise_pct\"\nquantiles = { count = 3, minimum = 10 }\nhold_days = [2, 8]\nsize = 0.1\nmax_gross = 0.3\n";
    case.write("study.toml", &(STUDY.to_owned() + settings));
    let profits = |threads: &str| {
        case.run(&["--threads", threads]).success();
        case.table("trades").numbers("profit")
    };
    let base = profits("1");
    assert!(base.len() > 20);
    assert_eq!(profits("3"), base);
    let events = case.data("events");
    let turned: Vec<usize> = (0..events.rows()).rev().collect();
    case.write_table("data/events.parquet", &events.take(&turned).batch);
    assert_eq!(profits("2"), base);
}
