//! How much capital a strategy can trade.

use super::Undefined;
use super::undefined::finite;

/// The size of a lot at its entry, beside what is traded in its security.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LotSize {
    /// The position as a share of the capital; the sign is not looked at.
    pub weight: f64,
    /// Average value traded in the security in a day before the entry, in money.
    pub traded_value: f64,
}

/// The capital, in the money of `traded_value`, at which a share `quantile` of the lots would exceed
/// `participation`, a share of the average value traded in a day.
///
/// A lot with weight w in a security that trades V a day reaches the cap p at the capital pV/|w|; the
/// capacity is the quantile of these over the lots, interpolated between order statistics (Hyndman & Fan
/// 1996, definition 7). Lots without a weight reach no cap and are left out. With quantile 0 no lot exceeds
/// the cap; with ½ half of them do. Weights are taken as they were: no lot gets smaller, nor is the price
/// impact below the cap counted.
///
/// # Errors
/// No lots with a weight; values that are not finite.
///
/// # Panics
/// `quantile` is not between 0 and 1, or `participation` not positive.
pub fn capacity(lots: &[LotSize], participation: f64, quantile: f64) -> Result<f64, Undefined> {
    assert!((0.0..=1.0).contains(&quantile) && participation > 0.0, "quantile {quantile} at {participation}");
    let at_cap = |lot: &LotSize| finite(participation * lot.traded_value / lot.weight.abs());
    let mut capitals = lots.iter().filter(|lot| lot.weight != 0.0).map(at_cap).collect::<Result<Vec<_>, _>>()?;
    capitals.sort_by(f64::total_cmp);
    let Some(last) = capitals.len().checked_sub(1) else { return Err(Undefined::NoLots) };
    let place = quantile * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    finite(capitals[below] + (place - below as f64) * (capitals[above] - capitals[below]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let lot = |weight: f64, traded_value: f64| LotSize { weight, traded_value };
        // Caps of a tenth are reached at 100, 400 and 1000.
        let lots = [lot(0.5, 2000.0), lot(-0.1, 100.0), lot(0.25, 2500.0), lot(0.0, 1.0)];
        for (quantile, want) in [(0.0, 100.0), (0.25, 250.0), (0.5, 400.0), (1.0, 1000.0)] {
            assert!((capacity(&lots, 0.1, quantile).expect("defined") - want).abs() < 1e-10, "{quantile}");
        }
        assert_eq!(capacity(&lots[3..], 0.1, 0.5), Err(Undefined::NoLots));
        assert_eq!(capacity(&[lot(0.1, f64::NAN)], 0.1, 0.5), Err(Undefined::NotFinite));
    }
}
