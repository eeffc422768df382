//! Models, responses and long horizons as a user meets them: what must agree with what, what a study
//! may ask for, and what it is told.

mod longrun;
mod options;
mod peers;
mod responses;

use crate::support::{Case, STUDY, close};

/// The usual study with these lines in `[study]`, and these sections before it.
fn case(study: &str, sections: &str) -> Case {
    let text = STUDY.replace("model = \"market\"\n", study).replace("[study]", &format!("{sections}\n\n[study]"));
    Case::with(&text)
}

/// The securities of the data, in order.
fn tickers(case: &Case) -> Vec<String> {
    let mut tickers: Vec<String> = case.data("prices").texts("ticker").into_iter().flatten().collect();
    tickers.sort();
    tickers.dedup();
    tickers
}

/// The same numbers in other ways: a model in closed form adds up in another order than one that is not.
#[track_caller]
fn same(got: &[Option<f64>], want: &[Option<f64>]) {
    assert_eq!(got.len(), want.len());
    for (row, pair) in got.iter().zip(want).enumerate() {
        match pair {
            (Some(got), Some(want)) => close(*got, *want, 1e-12, &format!("row {row}")),
            _ => assert_eq!(pair.0, pair.1, "row {row}"),
        }
    }
}
