//! Nobody looks ahead: whatever is asked, and whatever is decided.

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

use super::rules;
use super::world::{DAY, SECURITIES, world};
use crate::backtest::*;

/// What a history tells when it is asked for everything.
fn everything(history: &History<'_>, events: usize) -> Vec<Option<u64>> {
    let mut told: Vec<Option<f64>> = Vec::new();
    for event in 0..events + 2 {
        told.push(history.is_announced(event).then_some(1.0));
        told.extend((0..3).map(|column| history.column(event, column)));
        told.extend((-30..60).map(|tau| history.abnormal_return(event, tau)));
        told.push(history.beta(event));
        told.extend(history.figures(event).iter().flat_map(|f| [Some(f.actual), Some(f.forecast)]));
        told.push(Some(history.figures(event).len() as f64));
    }
    for security in 0..SECURITIES {
        told.extend(history.closes(security).iter().chain(history.traded_values(security)).map(|&x| Some(x)));
        told.push(Some(history.closes(security).len() as f64));
    }
    told.into_iter().map(|value| value.map(f64::to_bits)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever a history is asked, a change of everything after its moment changes no answer.
    #[test]
    fn a_history_tells_nothing_of_what_comes_later(seed in any::<u64>()) {
        let world = world(seed, 0.05);
        let made = world.make();
        let none = vec![Earlier::default(); 3];
        let record = made.record();
        let mut told_more = 0;
        for now in world.moments() {
            let other = world.changed_after(now).make();
            let other_record = other.record();
            let (here, there) = (History::new(&record, now, &none), History::new(&other_record, now, &none));
            let (here, there) = (everything(&here, made.facts.announcements.len()), everything(&there, made.facts.announcements.len()));
            prop_assert_eq!(&here, &there);
            let after = History::new(&other_record, Moment(now.0 + DAY), &none);
            told_more += usize::from(everything(&after, made.facts.announcements.len()) != here);
        }
        // The change is seen as soon as its day has come.
        prop_assert!(told_more > 100, "{}", told_more);
    }

    /// A change of everything after a decision leaves the decision, its quantiles and its weight.
    #[test]
    fn a_decision_depends_on_nothing_later(seed in any::<u64>()) {
        let world = world(seed, 0.05);
        let made = world.make();
        for rule in rules() {
            let found = decide(&made.record(), &rule);
            let mut decided = 0;
            for (event, decision) in found.decisions.iter().enumerate() {
                let Ok(decision) = decision else { continue };
                decided += 1;
                let other = world.changed_after(decision.at).make();
                let again = decide(&other.record(), &rule);
                prop_assert_eq!(&again.decisions[event], &Ok(*decision));
                for sort in 0..found.quantiles.len() {
                    prop_assert_eq!(again.quantiles[sort][event], found.quantiles[sort][event]);
                }
            }
            // Five announcements may all be too far from a year apart.
            let seasonal = Signal::Surprise(Surprise { forecast: Forecast::SeasonalRandomWalk { tolerance: 45 }, errors: 4, minimum: 2 });
            prop_assert!(decided > 0 || rule.signals == [seasonal], "{:?}", rule);
        }
    }
}
