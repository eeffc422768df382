//! What a portfolio earned that was bought once and held.

use std::ops::Range;

use crate::ReturnKind;
use crate::panel::Series;

/// The return on each of these days of a portfolio bought before the first of them at the given
/// weights, positive and of any sum, and held without rebalancing (Lyon, Barber & Tsai 1999): its
/// weights drift with the returns of its members. They replace what `out` held.
///
/// The return of a day is that of the value held in members with a return on that day. The value of
/// the others stands in the portfolio meanwhile and earns its return, so that a suspended or delisted
/// member counts neither as unchanged nor as lost. On a day on which no member has a return there is
/// none, NaN, and values stay. A total loss ends a member.
///
/// `kind` is that of the members' returns and of the result; values compound in simple returns. A
/// total loss has no logarithm, hence counts as a missing return among logarithmic ones.
pub fn buy_and_hold(members: &[Series<'_>], weights: &[f64], days: Range<usize>, kind: ReturnKind, out: &mut Vec<f64>) {
    let mut values = weights.to_vec();
    let mut returns = vec![f64::NAN; members.len()];
    out.clear();
    for day in days {
        for (simple, member) in returns.iter_mut().zip(members) {
            *simple = kind.to_simple(member.at(day));
        }
        let present = || values.iter().zip(&returns).filter(|(_, simple)| !simple.is_nan());
        let held: f64 = present().map(|(value, _)| value).sum();
        // Shares before products: the share of a single member is exactly one.
        let whole = if held > 0.0 { present().map(|(value, simple)| value / held * simple).sum() } else { f64::NAN };
        out.push(kind.from_simple(whole));
        if !whole.is_nan() {
            for (value, &simple) in values.iter_mut().zip(&returns) {
                *value *= 1.0 + if simple.is_nan() { whole } else { simple };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Panel;

    const GAP: f64 = f64::NAN;

    fn held(members: &[&[f64]], weights: &[f64], days: Range<usize>, kind: ReturnKind) -> Vec<f64> {
        let mut panel = Panel::default();
        for simple in members {
            panel.push("A".into(), 0, 0, simple);
        }
        panel.add_log_returns();
        let series: Vec<_> =
            (0..members.len()).map(|security| panel.series(security, crate::Measure::Return, kind)).collect();
        let mut out = vec![1.0];
        buy_and_hold(&series, weights, days, kind, &mut out);
        out
    }

    fn assert_close(got: &[f64], want: &[f64]) {
        assert_eq!(got.len(), want.len(), "{got:?}");
        for (got, want) in got.iter().zip(want) {
            assert!((got - want).abs() < 1e-15 || (got.is_nan() && want.is_nan()), "{got} is not {want}");
        }
    }

    #[test]
    fn weights_drift_with_returns() {
        // 1 and 3 become 2 and 3, these 2 and 6.
        let members: [&[f64]; 2] = [&[9.0, 1.0, 0.0], &[9.0, 0.0, 1.0]];
        assert_close(&held(&members, &[1.0, 3.0], 1..3, ReturnKind::Simple), &[0.25, 0.6]);
        assert_close(&held(&members, &[1.0, 3.0], 1..3, ReturnKind::Log), &[1.25_f64.ln(), 1.6_f64.ln()]);
    }

    #[test]
    fn a_missing_member_stands_in_the_portfolio() {
        // The first day is that of the second member alone, so both are worth 1.5 after it.
        let members: [&[f64]; 2] = [&[GAP, 0.2, 0.0], &[0.5, 0.0, 0.1]];
        assert_close(&held(&members, &[1.0, 1.0], 0..3, ReturnKind::Simple), &[0.5, 0.1, 0.15 / 3.3]);
        // The second is delisted: the first earns for both.
        let members: [&[f64]; 2] = [&[0.1, 0.3, -0.2], &[0.2]];
        assert_close(&held(&members, &[1.0, 1.0], 0..3, ReturnKind::Simple), &[0.15, 0.3, -0.2]);
    }

    #[test]
    fn a_day_without_returns_has_none_and_changes_nothing() {
        let members: [&[f64]; 2] = [&[1.0, GAP, 0.0], &[0.0, GAP, 0.3]];
        assert_close(&held(&members, &[1.0, 1.0], 0..3, ReturnKind::Simple), &[0.5, GAP, 0.1]);
        assert_close(&held(&[], &[], 0..2, ReturnKind::Simple), &[GAP; 2]);
    }

    #[test]
    fn a_total_loss_ends_a_member() {
        let members: [&[f64]; 2] = [&[-1.0, 5.0, GAP], &[0.0, 0.1, 0.2]];
        assert_close(&held(&members, &[1.0, 1.0], 0..3, ReturnKind::Simple), &[-0.5, 0.1, 0.2]);
        assert_close(&held(&[&[-1.0, 0.1]], &[1.0], 0..2, ReturnKind::Simple), &[-1.0, GAP]);
    }
}
