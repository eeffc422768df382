//! The strategy that is chosen anew every few months, on past days only.

use std::ops::Range;

use dayzero_model::backtest::Day;
use dayzero_model::performance::{Sharpe, walk_forward};

use crate::backtest::Backtested;
use crate::config::backtest::WalkSpans;

/// A choice; days are places on the timeline.
pub struct Span {
    /// The days that were looked at.
    pub train: Range<usize>,
    /// The days on which the choice was held.
    pub test: Range<usize>,
    /// The strategy; none where none had a Sharpe ratio on the training days.
    pub strategy: Option<usize>,
    /// Its Sharpe ratio of a day on the training days.
    pub before: Option<f64>,
    /// Its Sharpe ratio of a day on the test days.
    pub after: Option<f64>,
}

/// The choices and what they earned.
pub struct Walked {
    /// Place of the first test day on the timeline.
    pub first: usize,
    /// The days of the chosen strategies, joined. Equity begins at one.
    pub days: Vec<Day>,
    /// The choices, in the order of time.
    pub spans: Vec<Span>,
    /// The strategy with the best Sharpe ratio over all days, which only hindsight knows.
    pub hindsight: Option<usize>,
}

pub(super) fn walk(backtested: &Backtested, records: &[&[f64]], spans: WalkSpans) -> Result<Walked, String> {
    let walked = walk_forward(records, spans.train_days, spans.test_days).map_err(|undefined| undefined.to_string())?;
    let start = backtested.days.start;
    let on_timeline = |days: &Range<usize>| start + days.start..start + days.end;
    let ratio = |days: &Range<usize>, strategy: Option<usize>| {
        Sharpe::of(&records[strategy?][days.clone()]).ok().map(|sharpe| sharpe.ratio)
    };
    let spans: Vec<Span> = walked
        .choices
        .iter()
        .map(|choice| Span {
            train: on_timeline(&choice.train),
            test: on_timeline(&choice.test),
            strategy: choice.strategy,
            before: ratio(&choice.train, choice.strategy),
            after: ratio(&choice.test, choice.strategy),
        })
        .collect();
    Ok(Walked {
        first: start + walked.days().start,
        days: joined(backtested, &spans),
        spans,
        hindsight: walked.hindsight,
    })
}

/// The days of the chosen strategies. Their exposures are shares of equity and stay as they are.
fn joined(backtested: &Backtested, spans: &[Span]) -> Vec<Day> {
    let mut equity = 1.0;
    let mut days = Vec::new();
    for span in spans {
        for place in span.test.clone() {
            let day = match span.strategy {
                Some(strategy) => backtested.strategies[strategy].traded.days[place],
                None => idle(backtested, place),
            };
            equity *= 1.0 + day.net_return;
            let cash = 1.0 - day.long + day.short - day.hedge;
            days.push(Day { equity, cash: equity * cash, ..day });
        }
    }
    days
}

/// A day without positions.
fn idle(backtested: &Backtested, place: usize) -> Day {
    Day {
        date: backtested.timeline.dates()[place],
        net_return: 0.0,
        gross_return: 0.0,
        costs: 0.0,
        turnover: 0.0,
        long: 0.0,
        short: 0.0,
        hedge: 0.0,
        cash: 0.0,
        positions: 0,
        equity: 0.0,
    }
}
