//! The accounts add up.

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

use super::world::{Draws, HOUR, open, world};
use super::{rule, rules};
use crate::backtest::*;

fn strategy(draws: &mut Draws) -> Strategy {
    let chance = |draws: &mut Draws, share: f64| draws.next() < share;
    let costly = chance(draws, 0.8);
    Strategy {
        sort: usize::from(chance(draws, 0.5)),
        long: vec![2],
        short: vec![1],
        enter: Enter {
            day: 2 + (2.0 * draws.next()) as usize,
            at: if chance(draws, 0.5) { At::Open } else { At::Close },
            wait_days: 3,
        },
        exit: Exit {
            hold_days: 1 + (15.0 * draws.next()) as usize,
            before_next_event: chance(draws, 0.5),
            stop: chance(draws, 0.3).then_some(0.03),
            target: chance(draws, 0.3).then_some(0.03),
        },
        size: 0.02 + 0.5 * draws.next(),
        hedge: [Hedge::None, Hedge::Benchmark, Hedge::Beta][(3.0 * draws.next()) as usize],
        limits: Limits {
            gross: chance(draws, 0.5).then_some(1.0),
            name: chance(draws, 0.3).then_some(0.3),
            positions: chance(draws, 0.3).then_some(4),
            participation: chance(draws, 0.3).then_some((0.05, 1e6)),
        },
        costs: Costs {
            commission_bps: if costly { 2.0 } else { 0.0 },
            half_spread_bps: if costly { 7.0 } else { 0.0 },
            borrow_bps_per_year: if costly { 400.0 } else { 0.0 },
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Cash and positions are equity, lots add up to its change, returns compound to it, and every
    /// announcement is a lot or has a reason.
    #[test]
    fn the_accounts_add_up(seed in any::<u64>()) {
        let mut draws = Draws(seed);
        let made = world(seed, 0.08).make();
        let record = made.record();
        let rules = rules();
        let decisions = decide(&record, &rules[(3.0 * draws.next()) as usize]);
        let strategy = strategy(&mut draws);
        let timeline = Timeline::new(&made.panel.markets);
        let Traded { lots, days, untraded, too_large } = run(&record, &timeline, &decisions, &strategy);
        let counted: usize = untraded.iter().map(|(_, count)| count).sum();
        prop_assert_eq!(lots.len() + counted, made.facts.announcements.len());
        let kept_out = untraded.iter().find(|(reason, _)| *reason == Untraded::Participation);
        prop_assert_eq!(too_large.len(), kept_out.map_or(0, |(_, count)| *count));
        let last = days.last().expect("days");
        let profit: f64 = lots.iter().map(Lot::profit).sum();
        prop_assert!((profit - (last.equity - 1.0)).abs() < 1e-12, "{} {}", profit, last.equity);
        let (mut compounded, mut before) = (1.0, 1.0);
        for day in &days {
            let positions = (day.long - day.short + day.hedge) * day.equity;
            prop_assert!((day.cash + positions - day.equity).abs() < 1e-12);
            prop_assert!((day.gross_return - day.costs - day.net_return).abs() < 1e-15);
            compounded *= 1.0 + day.net_return;
            prop_assert!((compounded - day.equity).abs() < 1e-12);
            prop_assert!(day.costs >= 0.0 && day.turnover >= 0.0);
            if let Some(most) = strategy.limits.positions {
                prop_assert!(day.positions <= most);
            }
            before = day.equity.max(before);
        }
        prop_assert_eq!((last.positions, last.long, last.short), (0, 0.0, 0.0));
        for lot in &lots {
            prop_assert!(lot.decided < made.facts.sessions[lot.market].moment(lot.entry.day, lot.entry.at).expect("a session"));
            prop_assert!(lot.weight <= strategy.limits.name.unwrap_or(f64::INFINITY) * (1.0 + 1e-12));
        }
        // The same again, to the last bit.
        prop_assert_eq!(run(&record, &timeline, &decisions, &strategy).days, days);
    }

    /// The benchmark hedged with the benchmark earns nothing on any day, before costs.
    #[test]
    fn a_hedged_benchmark_earns_nothing(seed in any::<u64>()) {
        let mut draws = Draws(seed);
        let mut world = world(seed, 0.0);
        world.events.retain(|event| event.0 < 2);
        let made = world.make();
        let rule = Rule { sort: Sort::Sign, ..rule(vec![Signal::Column(0)], Weighting::Equal) };
        let decisions = decide(&made.record(), &rule);
        let strategy = Strategy {
            sort: 0,
            hedge: Hedge::Benchmark,
            costs: Costs::default(),
            limits: Limits::default(),
            ..strategy(&mut draws)
        };
        let traded = run(&made.record(), &Timeline::new(&made.panel.markets), &decisions, &strategy);
        prop_assert!(!traded.lots.is_empty());
        for lot in &traded.lots {
            prop_assert!(lot.gross_return != 0.0 && lot.net_return().abs() < 1e-14, "{:?}", lot);
        }
        for day in &traded.days {
            prop_assert!((day.equity - 1.0).abs() < 1e-14 && day.net_return.abs() < 1e-14);
        }
    }
}

/// A strategy that loses everything stops, and its account stays where it is.
#[test]
fn a_ruin_ends_a_strategy() {
    let mut world = world(7, 0.0);
    // The first security triples within its first holding period.
    world.events = vec![
        (0, 8, open(&world.dates[0], 0, 8).0 - HOUR, -1.0, 1.0, 1.0),
        (2, 40, open(&world.dates[0], 0, 40).0 - HOUR, 1.0, 1.0, 1.0),
    ];
    let risen = world.closes[0].1[10..].iter().map(|price| 3.0 * price).collect::<Vec<_>>();
    world.closes[0].1.splice(10.., risen);
    let made = world.make();
    let rule = Rule { sort: Sort::Sign, ..rule(vec![Signal::Column(0)], Weighting::Equal) };
    let decisions = decide(&made.record(), &rule);
    let mut strategy = strategy(&mut Draws(1));
    strategy.enter = Enter { day: 0, at: At::Close, wait_days: 0 };
    strategy.exit = Exit { hold_days: 20, before_next_event: false, stop: None, target: None };
    (strategy.sort, strategy.size, strategy.hedge, strategy.limits) = (0, 1.0, Hedge::None, Limits::default());
    let traded = run(&made.record(), &Timeline::new(&made.panel.markets), &decisions, &strategy);
    assert_eq!(traded.lots.len(), 1);
    assert_eq!(traded.lots[0].exit_reason, ExitReason::Ruined);
    assert_eq!(traded.untraded, [(Untraded::Ruined, 1)]);
    let last = traded.days.last().expect("days");
    assert!(last.equity < 0.0 && last.net_return == 0.0 && last.positions == 0);
    assert!((traded.lots[0].profit() - (last.equity - 1.0)).abs() < 1e-12);
}

/// Of three lots of one instant two may be open. The second is of the first one's security, of which no more may be
/// held: its place goes to the third.
#[test]
fn a_lot_that_is_refused_takes_no_place() {
    let mut world = world(7, 0.0);
    let known = open(&world.dates[0], 0, 8).0 - HOUR;
    world.events = vec![(0, 8, known, 3.0, 1.0, 1.0), (0, 8, known, 2.0, 1.0, 1.0), (2, 8, known, 1.0, 1.0, 1.0)];
    let made = world.make();
    let rule = Rule { sort: Sort::Sign, ..rule(vec![Signal::Column(0)], Weighting::Equal) };
    let decisions = decide(&made.record(), &rule);
    let mut strategy = strategy(&mut Draws(1));
    strategy.limits = Limits { positions: Some(2), name: Some(0.1), ..Limits::default() };
    (strategy.sort, strategy.size, strategy.hedge) = (0, 0.1, Hedge::None);
    let traded = run(&made.record(), &Timeline::new(&made.panel.markets), &decisions, &strategy);
    assert_eq!(traded.lots.iter().map(|lot| lot.event).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(traded.untraded, [(Untraded::MaxName, 1)]);
}
