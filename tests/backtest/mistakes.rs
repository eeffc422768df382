//! What makes no sense is refused, with its line.

use super::by_hand::Market;

#[track_caller]
fn refused(settings: &str, parts: &[&str]) {
    let settings =
        if settings.contains("hold_days") { settings.to_owned() } else { format!("hold_days = 3\n{settings}") };
    let market = Market::rising(&[(2, "08:00", 1.0)], &settings);
    market.outcome().1.failure(2, parts);
}

/// A reaction is known at its close: no entry at that close, and none before it.
#[test]
fn an_entry_before_its_signal() {
    let known = "`car[0,1]` is known after the close of day 1, and this entry is not later";
    let shown = ["study.toml:", "day = 1", "the first price after it is on day 2"];
    refused("signal = \"car[0,1]\"\nenter = { day = 1 }", &[&[known], &shown[..]].concat());
    refused("signal = \"car[0,1]\"\nenter = [{ day = 2 }, { day = 1, at = \"open\" }]", &[known]);
    refused("signal = [\"signal\", \"ar[0]\"]\nenter = { day = 0 }", &["`ar[0]` is known after the close of day 0"]);
    // The default entry is on day 1.
    refused("signal = \"ar[1]\"", &["`ar[1]` is known after the close of day 1"]);
}

#[test]
fn signals_and_quantiles() {
    refused("signal = \"sginal\"", &["the event table has no column `sginal`", "did you mean `signal`?"]);
    refused("signal = \"car[1,0]\"", &["`car[1,0]` has no window"]);
    refused("signal = \"bhar[0,1]\"", &["`bhar[0,1]` is neither ar[t] nor car[a,b]"]);
    refused("signal = \"car[0,9]\"\nenter = { day = 10 }", &["`car[0,9]` reaches beyond the event window [0, 1]"]);
    refused("signal = [\"signal\", \"signal\"]", &["listed twice"]);
    refused("signal = \"signal\"\nsue = { actual = \"actual\" }", &["no signal takes these surprises"]);
    refused("signal = \"sue\"\nsue = { actual = \"eps\" }", &["the event table has no column `eps`"]);
    refused("signal = \"signal\"\nlong = [3]", &["there is no quantile 3 of 2"]);
    refused("signal = \"signal\"\nlong = [-1]\nshort = [2]", &["quantile 2 of 2 is both bought and sold short"]);
    refused("signal = \"signal\"\nlong = []\nshort = []", &["nothing is bought, and nothing is sold short"]);
    refused("signal = \"signal\"\nquantiles = { count = 5, minimum = 4 }", &["as many earlier announcements"]);
    refused("signal = \"signal\"\nquantiles = { count = 1 }", &["between 2 and 100 quantiles"]);
    refused("signal = \"signal\"\nweighting = \"signal\"", &["nothing says which", "quantiles ="]);
}

#[test]
fn numbers_and_keys() {
    refused("signal = \"signal\"\nhold_days = 0", &["a lot is held for one session at least"]);
    refused("signal = \"signal\"\nhold_days = [5, 5]", &["listed twice"]);
    refused("signal = \"signal\"\nhold_days = []", &["the list is empty"]);
    refused("signal = \"signal\"\nsize = 0.0", &["a number above zero is needed here"]);
    refused("signal = \"signal\"\nhedge = \"betas\"", &["unknown value `betas`", "did you mean `beta`?"]);
    refused("signal = \"signal\"\nsize = [0.1, 0.0]", &["a number above zero is needed here"]);
    refused("signal = \"signal\"\nhedge = [\"none\", \"none\"]", &["listed twice"]);
    refused(
        "signal = \"signal\"\nhedge = [\"none\", \"beta\"]\n[sweep]\nmodel = [\"constant_mean\"]",
        &["the model `constant_mean` estimates no beta of the market"],
    );
    refused("signal = \"signal\"\nhold_day = 5", &["unknown key `hold_day` in [backtest]"]);
    refused("signal = \"signal\"\ncosts = { commission_bps = -1.0 }", &["-1 is no cost in basis points"]);
    refused(
        "signal = \"signal\"\ncosts = { max_participation = 0.05 }",
        &["needs to know how much money", "capital ="],
    );
    refused("signal = \"signal\"\ncapital = 1e6", &["`capital` changes nothing"]);
    refused(
        "signal = \"signal\"\nwalk_forward = { train_days = 1, test_days = 5 }",
        &["that is too few", "train_days = 1"],
    );
    refused("signal = \"signal\"\nwalk_forward = { train_days = 9 }", &["test_days"]);
    refused("signal = \"signal\"\nvolatility_days = 20", &["`volatility_days` changes nothing"]);
    refused(
        "signal = \"signal\"\nhedge = \"beta\"\n[sweep]\nmodel = [\"market\", \"constant_mean\"]",
        &["the model `constant_mean` estimates no beta of the market"],
    );
    refused(
        "signal = \"ar[0]\"\n[sweep]\nestimation_window = [[2, 60]]",
        &[
            "`ar[0]` is known after the close of day 60",
            "the model `market` is estimated on the days [2, 60]",
            "day = 61",
        ],
    );
    refused(
        "signal = \"signal\"\nhedge = \"beta\"\n[sweep]\nestimation_window = [[2, 60]]",
        &["the beta is not known when the event is traded: the model `market` is estimated on the days [2, 60]"],
    );
}

/// An estimate that depends on later announcements, or on days after the reaction, has to be waited for.
#[test]
fn estimates_that_look_ahead() {
    let run = |settings: &str, edit: &str| {
        let dir = tempfile::tempdir().expect("a directory");
        Market::rising(&[(5, "08:00", 1.0)], &format!("hold_days = 3\n{settings}")).write(dir.path());
        crate::support::dayzero(dir.path(), &["run", "study.toml", "--set", edit])
    };
    let late = "mask_other_events = 3 reaches from events through day 2 into the estimation window [-4, -1]";
    let reaction = "signal = \"ar[0]\"\nenter = { day = 2 }";
    run(reaction, "study.mask_other_events=3")
        .failure(2, &["`ar[0]` is known after the close of day 2", late, "day = 3"]);
    run(reaction, "study.mask_other_events=2").success();
    run("signal = \"signal\"\nweighting = \"beta_neutral\"\nquantiles = { count = 2 }", "study.mask_other_events=3")
        .failure(2, &["the beta is not known when the event is traded", late]);
    run("signal = \"signal\"\nhedge = \"beta\"", "study.mask_other_events=1").failure(2, &["through day 0"]);
    // What waits for the reaction knows the beta too.
    run("signal = \"ar[1]\"\nhedge = \"beta\"\nenter = { day = 2 }", "study.mask_other_events=2").success();
    refused(
        "signal = \"ar[0]\"\n[sweep]\nmodel = [\"synthetic_control\"]",
        &[
            "the model `synthetic_control` chooses whom it looks at by days through 1 of the event window [0, 1]",
            "day = 2",
        ],
    );
}

/// The beta of volumes hedges nothing, and the lowest costs are no choice.
#[test]
fn betas_and_costs_that_mislead() {
    refused(
        "signal = \"signal\"\nhedge = \"beta\"\n[sweep]\nresponse = [\"log_volume\"]",
        &["the beta of `log_volume` is none of daily returns"],
    );
    refused(
        "signal = \"signal\"\ncosts = [{}, { commission_bps = 9.0 }]\nwalk_forward = { train_days = 9, test_days = 5 }",
        &["a walk-forward among several costs would choose the lowest"],
    );
    refused(
        "signal = \"signal\"\nsize = [0.1, 0.2]\nwalk_forward = { train_days = 9, test_days = 5 }",
        &["a walk-forward among several sizes would choose by chance"],
    );
}

/// Returns tell no opening price and no value.
#[test]
fn a_table_of_returns() {
    let dir = tempfile::tempdir().expect("a directory");
    Market::rising(&[(2, "08:00", 1.0)], "signal = \"signal\"\nhold_days = 3").write(dir.path());
    let run = |edit: &str| {
        crate::support::dayzero(dir.path(), &["run", "study.toml", "--set", "prices.return=adj_close", "--set", edit])
    };
    run("backtest.enter={ day = 1, at = \"open\" }").failure(2, &["returns have no opening price"]);
    run("backtest.costs={ max_participation = 0.1 }").failure(2, &["returns do not tell the value that is traded"]);
}

#[test]
fn tables_of_no_backtest() {
    let dir = tempfile::tempdir().expect("a directory");
    Market::rising(&[(2, "08:00", 1.0)], "signal = \"signal\"\nhold_days = 3").write(dir.path());
    let text = std::fs::read_to_string(dir.path().join("study.toml")).expect("written");
    let text = text.replace("[backtest]\nsignal = \"signal\"\nhold_days = 3", "");
    std::fs::write(dir.path().join("study.toml"), text).expect("written");
    let run = |args: &[&str]| crate::support::dayzero(dir.path(), &[&["run", "study.toml"], args].concat());
    run(&["--set", "output.tables=[\"trades\"]"]).failure(2, &["there is no [backtest]"]);
    run(&[]).success();
    assert!(!dir.path().join("out/trades.parquet").exists());
}
