//! What closed lots earned.

use super::Undefined;
use super::moments::mean;
use super::undefined::finite;

/// What a closed lot earned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LotOutcome {
    /// Profit after costs, in money or as a share of the capital; one unit for all lots.
    pub profit: f64,
    /// Profit as a share of what was invested in the lot.
    pub return_: f64,
    /// Sessions from entry to exit.
    pub sessions: usize,
}

/// Averages over closed lots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LotRecord {
    /// Lots.
    pub lots: usize,
    /// Share of lots with a profit above zero.
    pub hit_rate: f64,
    /// Mean profit of a lot, in the unit of the profits.
    pub expectancy: f64,
    /// Mean return of a lot.
    pub mean_return: f64,
    /// Mean sessions from entry to exit.
    pub holding: f64,
    /// Sum of the gains by that of the losses.
    ///
    /// # Errors
    /// No lot lost.
    pub profit_factor: Result<f64, Undefined>,
}

impl LotRecord {
    /// The averages over closed lots.
    ///
    /// # Errors
    /// No lots; values that are not finite.
    pub fn of(lots: &[LotOutcome]) -> Result<Self, Undefined> {
        if lots.is_empty() {
            return Err(Undefined::NoLots);
        }
        let average = |value: fn(&LotOutcome) -> f64| finite(mean(&lots.iter().map(value).collect::<Vec<_>>()));
        let gains: f64 = lots.iter().map(|lot| lot.profit.max(0.0)).sum();
        let losses: f64 = lots.iter().map(|lot| (-lot.profit).max(0.0)).sum();
        Ok(Self {
            lots: lots.len(),
            hit_rate: lots.iter().filter(|lot| lot.profit > 0.0).count() as f64 / lots.len() as f64,
            expectancy: average(|lot| lot.profit)?,
            mean_return: average(|lot| lot.return_)?,
            holding: average(|lot| lot.sessions as f64)?,
            profit_factor: if losses > 0.0 { finite(gains / losses) } else { Err(Undefined::NoLosingLot) },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let lot = |profit: f64, return_: f64, sessions: usize| LotOutcome { profit, return_, sessions };
        let lots = [lot(3.0, 0.5, 5), lot(-2.0, -0.25, 2), lot(0.0, 0.0, 1), lot(1.0, 0.25, 4)];
        let found = LotRecord::of(&lots).expect("defined");
        assert_eq!((found.lots, found.hit_rate, found.expectancy), (4, 0.5, 0.5));
        assert_eq!((found.mean_return, found.holding, found.profit_factor), (0.125, 3.0, Ok(2.0)));
        assert_eq!(LotRecord::of(&lots[2..]).expect("defined").profit_factor, Err(Undefined::NoLosingLot));
        assert_eq!(LotRecord::of(&[]), Err(Undefined::NoLots));
        assert_eq!(LotRecord::of(&[lot(f64::NAN, 0.0, 1)]), Err(Undefined::NotFinite));
    }
}
