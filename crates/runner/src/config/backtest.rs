//! The section `[backtest]`.

mod choices;
mod combinations;
mod foresight;
mod signals;
mod surprises;

use std::path::Path;

use dayzero_model::backtest::{Rule, Strategy};
use dayzero_model::{Measure, Specification};

use super::mistake::Mistake;
use super::raw::{RawAt, RawBacktest, RawCosts, RawEnter, RawHedge, RawStudy};
use choices::{Listed, listed, path};
use combinations::Lists;
pub(super) use signals::columns;
pub use surprises::{FigureSource, Join};

/// The events traded as a strategy.
#[derive(Clone, Debug)]
pub struct Backtest {
    /// How events are judged; its columns are those of [`Backtest::columns`].
    pub rule: Rule,
    /// The signals as they were written.
    pub signals: Vec<String>,
    /// Columns of the event table by which events are judged.
    pub columns: Vec<String>,
    /// Where quarterly figures come from, where surprises are computed.
    pub figures: Option<FigureSource>,
    /// Every combination of the lists.
    pub strategies: Vec<Strategy>,
    /// Whether abnormal returns or betas decide, so that each specification has its own strategies.
    pub per_specification: bool,
    /// Whether lots may be entered at the open.
    pub opens: bool,
    /// Whether traded values are needed, or a day without volume is no day to trade.
    pub volumes: bool,
    /// Whether lots are hedged.
    pub hedged: bool,
    /// The choice among the strategies on past days only.
    pub walk_forward: Option<WalkSpans>,
}

/// How often strategies are chosen, and on how many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkSpans {
    /// Dates that are looked at.
    pub train_days: usize,
    /// Dates until the next choice.
    pub test_days: usize,
}

impl Backtest {
    /// What is measured of each security.
    pub(super) fn measures(&self) -> impl Iterator<Item = Measure> {
        let opens = self.opens.then_some(Measure::Open);
        let volumes = self.volumes.then_some(Measure::TradedValue);
        [Measure::Close].into_iter().chain(opens).chain(volumes)
    }
}

/// Checks the section; `None` without one, or where it makes no sense.
pub(super) fn backtest(
    raw: &RawStudy,
    specifications: &[Specification],
    base: &Path,
    mistakes: &mut Vec<Mistake>,
) -> Option<Backtest> {
    let section = raw.backtest.as_ref()?;
    let before = mistakes.len();
    let chosen = signals::signals(section, specifications, mistakes);
    let figures = section.sue.as_ref().and_then(|sue| surprises::figures(raw, sue, base, mistakes));
    let enter = enters(raw, section, mistakes);
    foresight::check_entries(&enter, &chosen, specifications, mistakes);
    let hold_days = listed(&section.hold_days, "hold_days", mistakes);
    for hold in hold_days.iter().filter(|hold| hold.value == 0) {
        mistakes.push(Mistake::new(hold.path.clone(), "a lot is held for one session at least"));
    }
    let costs = costs(raw, section, mistakes);
    let hedge = listed(&section.hedge, "hedge", mistakes);
    let size = listed(&section.size, "size", mistakes);
    for size in size.iter().filter(|size| !(size.value > 0.0 && size.value.is_finite())) {
        mistakes.push(Mistake::new(size.path.clone(), ABOVE_ZERO));
    }
    numbers(section, mistakes);
    let walk_forward = walk_forward(section, (costs.len(), size.len()), mistakes);
    let rule = signals::rule(section, &chosen, mistakes);
    let sides = choices::sides(section, rule.sort.counts(), mistakes);
    foresight::check_betas(section, &hedge, &chosen, specifications, mistakes);
    if mistakes.len() > before {
        return None;
    }
    let lists = Lists { enter, hold_days, hedge, size, costs };
    let participates = lists.costs.iter().any(|costs| costs.value.max_participation.is_some());
    Some(Backtest {
        per_specification: foresight::needs_estimates(section, &lists.hedge, &chosen),
        opens: lists.enter.iter().any(|enter| enter.value.at == RawAt::Open),
        volumes: participates || (raw.prices.volume.is_some() && raw.prices.r#return.is_none()),
        hedged: lists.hedge.iter().any(|hedge| hedge.value != RawHedge::None),
        walk_forward,
        rule,
        signals: chosen.texts,
        columns: chosen.columns,
        figures,
        strategies: combinations::strategies(section, &sides, &lists),
    })
}

/// Entries at prices that there are.
fn enters(raw: &RawStudy, section: &RawBacktest, mistakes: &mut Vec<Mistake>) -> Vec<Listed<RawEnter>> {
    let found = listed(&section.enter, "enter", mistakes);
    for Listed { value, path } in &found {
        let below = |key: &str| path.iter().cloned().chain([key.to_owned()]).collect::<Vec<_>>();
        if value.day > 10_000 || value.wait_days > 10_000 {
            mistakes.push(Mistake::new(path.clone(), "no lot waits for more than 10000 days"));
        }
        if value.at == RawAt::Open && raw.prices.r#return.is_some() {
            let problem = "returns have no opening price, and [prices] names a return";
            let help = "enter at the close, or name the columns of the prices: [prices] price and open";
            mistakes.push(Mistake::new(below("at"), problem).help(help));
        }
    }
    found
}

fn costs(raw: &RawStudy, section: &RawBacktest, mistakes: &mut Vec<Mistake>) -> Vec<Listed<RawCosts>> {
    let found = listed(&section.costs, "costs", mistakes);
    for Listed { value, path } in &found {
        let below = |key: &str| path.iter().cloned().chain([key.to_owned()]).collect::<Vec<_>>();
        for (key, bps) in [
            ("commission_bps", value.commission_bps),
            ("half_spread_bps", value.half_spread_bps),
            ("borrow_bps_per_year", value.borrow_bps_per_year),
        ] {
            if !(0.0..=1e5).contains(&bps) {
                mistakes.push(Mistake::new(below(key), format!("{bps} is no cost in basis points")));
            }
        }
        let Some(share) = value.max_participation else { continue };
        if !(share > 0.0 && share <= 1.0) {
            let problem = "a participation is a decimal above 0, of 1 at most, as in 0.05";
            mistakes.push(Mistake::new(below("max_participation"), problem));
        }
        if raw.prices.r#return.is_some() {
            let problem = "returns do not tell the value that is traded, and [prices] names a return";
            mistakes.push(Mistake::new(below("max_participation"), problem).help("name the price: [prices] price"));
        }
        if section.capital.is_none() {
            let problem = "a participation needs to know how much money is traded";
            let help = "say with how much the account begins: capital = 1e7";
            mistakes.push(Mistake::new(below("max_participation"), problem).help(help));
        }
    }
    let participates = found.iter().any(|costs| costs.value.max_participation.is_some());
    for (key, written) in [("capital", section.capital.is_some()), ("volume_days", section.volume_days.is_some())] {
        if written && !participates {
            let problem = format!("`{key}` changes nothing without a max_participation among the costs");
            mistakes.push(Mistake::new(path(&[key]), problem).at_key());
        }
    }
    found
}

const ABOVE_ZERO: &str = "a number above zero is needed here";

/// Numbers that must be positive.
fn numbers(section: &RawBacktest, mistakes: &mut Vec<Mistake>) {
    let decimals = [
        ("stop", section.stop),
        ("target", section.target),
        ("max_gross", section.max_gross),
        ("max_name", section.max_name),
        ("capital", section.capital),
    ];
    for (key, value) in decimals {
        if value.is_some_and(|value| !(value > 0.0 && value.is_finite())) {
            mistakes.push(Mistake::new(path(&[key]), ABOVE_ZERO));
        }
    }
    let counts = [
        ("max_positions", section.max_positions),
        ("volatility_days", section.volatility_days.map(|days| days / 2)),
        ("volume_days", section.volume_days),
    ];
    for (key, value) in counts {
        if value == Some(0) {
            mistakes.push(Mistake::new(path(&[key]), "that is too few"));
        }
    }
}

/// A Sharpe ratio takes two days; nobody chooses what trading costs; and the ratio hardly depends on the size of lots, so
/// that a choice among sizes would be one by chance.
fn walk_forward(
    section: &RawBacktest,
    (costs, sizes): (usize, usize),
    mistakes: &mut Vec<Mistake>,
) -> Option<WalkSpans> {
    let raw = section.walk_forward?;
    if costs > 1 {
        let problem = "a walk-forward among several costs would choose the lowest";
        let help = "give one entry of costs, and run the study once for each";
        mistakes.push(Mistake::new(path(&["walk_forward"]), problem).help(help));
    }
    if sizes > 1 {
        let problem =
            "a walk-forward among several sizes would choose by chance: Sharpe ratios hardly depend on the size";
        let help = "give one size, and run the study once for each";
        mistakes.push(Mistake::new(path(&["walk_forward"]), problem).help(help));
    }
    for (key, days, fewest) in [("train_days", raw.train_days, 2), ("test_days", raw.test_days, 1)] {
        if days < fewest {
            mistakes.push(Mistake::new(path(&["walk_forward", key]), "that is too few"));
        }
    }
    Some(WalkSpans { train_days: raw.train_days, test_days: raw.test_days })
}
