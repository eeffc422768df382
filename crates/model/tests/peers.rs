//! Peers against a recomputation for every event by itself, and portfolios against their definition.

use std::collections::BTreeSet;

use dayzero_model::groups::{breakpoints, quantile};
use dayzero_model::peers::{Characteristics, PeerGroups, PeerRule, buy_and_hold};
use dayzero_model::{Date, Measure, Panel, ReturnKind};
use proptest::prelude::*;

const SECURITIES: usize = 14;

/// One row of characteristics: two numbers and two labels.
#[derive(Clone, Debug)]
struct Row {
    security: usize,
    known_from: Option<Date>,
    numbers: [f64; 2],
    labels: [Option<&'static str>; 2],
}

const NUMBERS: [&str; 2] = ["size", "value"];
const LABELS: [&str; 2] = ["industry", "place"];

/// A study: the market of every security, the excluded ones, and events.
#[derive(Clone, Debug)]
struct Study {
    rows: Vec<Row>,
    markets: Vec<usize>,
    excluded: Vec<usize>,
    events: Vec<(usize, Date)>,
}

fn row() -> impl Strategy<Value = Row> {
    // Few different numbers, so that some tie with each other and with breakpoints.
    let number = || prop_oneof![1 => Just(f64::NAN), 4 => (0..6).prop_map(f64::from), 4 => -1e3..1e3_f64];
    let label = || prop_oneof![1 => Just(None), 4 => Just(Some("a")), 4 => Just(Some("b"))];
    let date = prop_oneof![1 => Just(None), 8 => (0..8).prop_map(|day| Some(Date(day)))];
    (0..SECURITIES, date, [number(), number()], [label(), label()])
        .prop_map(|(security, known_from, numbers, labels)| Row { security, known_from, numbers, labels })
}

fn study() -> impl Strategy<Value = Study> {
    let rows = prop::collection::vec(row(), 0..80).prop_map(|mut rows| {
        let mut seen = BTreeSet::new();
        rows.retain(|row| seen.insert((row.security, row.known_from)));
        rows
    });
    let markets = prop::collection::vec(prop_oneof![3 => Just(1_usize), 1 => Just(0_usize)], SECURITIES);
    let excluded = prop::collection::vec(0..SECURITIES, 0..3);
    let events = prop::collection::vec((0..SECURITIES, (-1..10).prop_map(Date)), 1..30);
    (rows, markets, excluded, events).prop_map(|(rows, markets, excluded, events)| Study {
        rows,
        markets,
        excluded,
        events,
    })
}

/// Any rule on up to two numbers and up to two labels.
fn rule() -> impl Strategy<Value = PeerRule> {
    (0..3, 0..=2_usize, 0..=2_usize, [1..5_usize, 1..5_usize]).prop_map(|(kind, numbers, labels, counts)| {
        let texts = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let (columns, within) = (texts(&NUMBERS[..numbers]), texts(&LABELS[..labels]));
        match kind {
            0 => PeerRule::Portfolio { sorts: columns.into_iter().zip(counts).collect(), within },
            1 => PeerRule::Nearest { columns, within, count: counts[0] },
            _ => PeerRule::Donors { within, count: counts[0] },
        }
    })
}

fn table(rows: &[Row]) -> Characteristics {
    let securities: Vec<usize> = rows.iter().map(|row| row.security).collect();
    let known_from: Vec<Option<Date>> = rows.iter().map(|row| row.known_from).collect();
    let numbers = [0, 1].map(|c| (NUMBERS[c].to_owned(), rows.iter().map(|row| row.numbers[c]).collect()));
    let labels =
        [0, 1].map(|c| (LABELS[c].to_owned(), rows.iter().map(|row| row.labels[c].map(str::to_owned)).collect()));
    Characteristics::new(&securities, &known_from, numbers.into(), labels.into()).expect("no duplicates")
}

type Chosen = Result<Vec<usize>, String>;

fn chosen(rule: &PeerRule, study: &Study) -> Vec<Chosen> {
    let Study { rows, markets, excluded, events } = study;
    let groups =
        PeerGroups::new(rule, &table(rows), markets, excluded, events, |_, _| true).expect("the columns are there");
    let of = |event| groups.of(event).map(|peers| peers.iter().collect()).map_err(str::to_owned);
    (0..events.len()).map(of).collect()
}

/// The latest row of a security before a date, by a search through all.
fn latest(study: &Study, security: usize, date: Date) -> Option<&Row> {
    let known = |row: &&Row| row.security == security && row.known_from.is_none_or(|known| known < date);
    study.rows.iter().filter(known).max_by_key(|row| row.known_from)
}

/// The peers of one event from the rule's definition, or nothing where there are none.
fn by_definition(rule: &PeerRule, study: &Study, security: usize, date: Date) -> Option<Vec<usize>> {
    let width = rule.numbers().len();
    let numbers = |s: usize| latest(study, s, date).map_or([f64::NAN; 2], |row| row.numbers);
    let labels = |s: usize| -> Option<Vec<&str>> {
        (0..rule.labels().len()).map(|c| latest(study, s, date).and_then(|row| row.labels[c])).collect()
    };
    let complete = |s: usize| numbers(s)[..width].iter().all(|number| !number.is_nan());
    let own = labels(security).filter(|_| complete(security))?;
    let market: Vec<usize> = (0..SECURITIES)
        .filter(|s| study.markets[*s] == study.markets[security] && !study.excluded.contains(s))
        .collect();
    let alike: Vec<usize> = market.iter().copied().filter(|&s| labels(s).as_ref() == Some(&own)).collect();
    let known = |among: &[usize], c: usize| -> Vec<f64> {
        among.iter().map(|&s| numbers(s)[c]).filter(|number| !number.is_nan()).collect()
    };
    let others: Vec<usize> = alike.iter().copied().filter(|&s| s != security && complete(s)).collect();
    let peers: Vec<usize> = match rule {
        PeerRule::Portfolio { sorts, .. } => {
            let breaks: Vec<Vec<f64>> =
                sorts.iter().enumerate().map(|(c, (_, count))| breakpoints(&known(&alike, c), *count)).collect();
            let cell = |s: usize| (0..width).map(|c| quantile(&breaks[c], numbers(s)[c])).collect::<Vec<_>>();
            others.into_iter().filter(|&s| cell(s) == cell(security)).collect()
        }
        PeerRule::Nearest { count, .. } => {
            // In the engine's order of operations, so that what ties here ties there.
            let unit = |c: usize| {
                let values = known(&market, c);
                let n = values.len() as f64;
                let mean = values.iter().sum::<f64>() / n;
                let deviation = (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0)).sqrt();
                if deviation > 0.0 { deviation } else { f64::INFINITY }
            };
            let distance = |s: usize| -> f64 {
                (0..width).map(|c| ((numbers(s)[c] - numbers(security)[c]) / unit(c)).powi(2)).sum()
            };
            let mut ranked: Vec<(f64, usize)> = others.into_iter().map(|s| (distance(s), s)).collect();
            ranked.sort_by(|a, b| a.partial_cmp(b).expect("no distance is missing"));
            ranked.into_iter().take(5 * count).map(|(_, s)| s).collect()
        }
        PeerRule::Donors { .. } => others,
    };
    (!peers.is_empty()).then_some(peers)
}

proptest! {
    /// Shared snapshots choose what every event would choose by itself.
    #[test]
    fn as_by_definition(rule in rule(), study in study()) {
        let chosen = chosen(&rule, &study);
        for (&(security, date), chosen) in study.events.iter().zip(&chosen) {
            let expected = by_definition(&rule, &study, security, date);
            prop_assert_eq!(chosen.as_ref().ok(), expected.as_ref(), "security {} at {:?}", security, date);
            if let Err(reason) = chosen {
                prop_assert!(!reason.is_empty());
            }
        }
    }

    /// What becomes known on day 0 or later does not exist yet.
    #[test]
    fn no_look_ahead(rule in rule(), study in study(), later in prop::collection::vec(row(), 0..40)) {
        let all = chosen(&rule, &study);
        for (event, &(_, day0)) in study.events.iter().enumerate() {
            let mut rows = study.rows.clone();
            rows.retain(|row| row.known_from.is_none_or(|known| known < day0));
            let mut future = later.clone();
            let mut seen = BTreeSet::new();
            future.retain(|row| row.known_from.is_some_and(|known| known >= day0));
            future.retain(|row| seen.insert((row.security, row.known_from)));
            rows.extend(future);
            prop_assert_eq!(&chosen(&rule, &Study { rows, ..study.clone() })[event], &all[event]);
        }
    }

    /// The order of the rows and of the events means nothing.
    #[test]
    fn order_is_free(rule in rule(), study in study(), by in 0..80_usize) {
        let mut turned = study.clone();
        turned.rows.reverse();
        let turn = by % study.events.len();
        turned.events.rotate_left(turn);
        let mut expected = chosen(&rule, &study);
        expected.rotate_left(turn);
        prop_assert_eq!(chosen(&rule, &turned), expected);
    }

    /// Without missing returns, what a portfolio compounds to is the mean of what its members do.
    #[test]
    fn holding_is_the_mean_of_compounded_returns(
        members in prop::collection::vec((prop::collection::vec(-0.5..0.8_f64, 40), 0.1..10.0_f64), 1..12),
        start in 0..30_usize,
        log in any::<bool>(),
    ) {
        let kind = if log { ReturnKind::Log } else { ReturnKind::Simple };
        let got = hold(&members, start..40, kind);
        let compounded = |returns: &[f64]| returns.iter().map(|r| 1.0 + r).product::<f64>();
        let total: f64 = members.iter().map(|(_, weight)| weight).sum();
        let worth = |(returns, weight): &(Vec<f64>, f64)| weight * compounded(&returns[start..]);
        let expected = members.iter().map(worth).sum::<f64>() / total;
        let got = compounded(&got.into_iter().map(|r| kind.to_simple(r)).collect::<Vec<_>>());
        prop_assert!((got / expected - 1.0).abs() < 1e-13, "{} is not {}", got, expected);
    }

    /// A portfolio of one security is that security.
    #[test]
    fn holding_one_is_holding_it(
        returns in prop::collection::vec(prop_oneof![1 => Just(f64::NAN), 6 => -0.9..2.0_f64], 1..60),
        weight in 1e-3..1e3_f64,
    ) {
        let got = hold(&[(returns.clone(), weight)], 0..returns.len(), ReturnKind::Simple);
        for (got, expected) in got.iter().zip(&returns) {
            prop_assert!(got == expected || (got.is_nan() && expected.is_nan()), "{} is not {}", got, expected);
        }
    }

    /// With gaps, every day's return lies between the least and the greatest of the day.
    #[test]
    fn holding_stays_among_its_members(
        members in {
            let simple = prop_oneof![1 => Just(f64::NAN), 1 => Just(-1.0), 20 => -0.5..0.8_f64];
            prop::collection::vec((prop::collection::vec(simple, 30), 0.1..10.0_f64), 1..6)
        },
    ) {
        for (day, held) in hold(&members, 0..30, ReturnKind::Simple).into_iter().enumerate() {
            let present: Vec<f64> = members.iter().map(|(returns, _)| returns[day]).filter(|r| !r.is_nan()).collect();
            let (least, greatest) =
                present.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &r| (a.min(r), b.max(r)));
            let among = (least - 1e-14..=greatest + 1e-14).contains(&held);
            prop_assert!(held.is_nan() || among, "{} on day {}", held, day);
            prop_assert!(!present.is_empty() || held.is_nan());
        }
    }
}

/// What members, each with its simple returns and its weight, earn together.
fn hold(members: &[(Vec<f64>, f64)], days: std::ops::Range<usize>, kind: ReturnKind) -> Vec<f64> {
    let mut panel = Panel::default();
    for (returns, _) in members {
        panel.push("A".into(), 0, 0, returns);
    }
    panel.add_log_returns();
    let series: Vec<_> = (0..members.len()).map(|security| panel.series(security, Measure::Return, kind)).collect();
    let weights: Vec<f64> = members.iter().map(|(_, weight)| *weight).collect();
    let mut out = Vec::new();
    buy_and_hold(&series, &weights, days, kind, &mut out);
    out
}
