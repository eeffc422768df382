//! Nobody looks ahead, and the accounts add up.

mod accounts;
mod foresight;
mod world;

use super::*;
use crate::Window;

fn rule(signals: Vec<Signal>, weighting: Weighting) -> Rule {
    let sort = Sort::Quantiles { counts: vec![2, 3], lookback_days: 40, minimum: 3 };
    Rule { signals, sort, weighting, volume_days: 5 }
}

fn rules() -> Vec<Rule> {
    let reaction = Signal::Abnormal(Window::new(0, 1).expect("ordered"));
    let surprise = |forecast| Signal::Surprise(Surprise { forecast, errors: 4, minimum: 2 });
    vec![
        rule(vec![Signal::Column(0)], Weighting::Equal),
        rule(vec![reaction], Weighting::InverseVolatility { days: 10 }),
        rule(vec![Signal::Column(0), reaction], Weighting::Signal),
        rule(vec![surprise(Forecast::Analysts)], Weighting::BetaNeutral),
        rule(vec![surprise(Forecast::SeasonalRandomWalk { tolerance: 45 })], Weighting::Equal),
        Rule { sort: Sort::Sign, ..rule(vec![reaction], Weighting::Equal) },
    ]
}
