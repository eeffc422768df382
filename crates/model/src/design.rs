//! The design of a specification: what its model regresses on, day by day.

use std::ops::Range;

use crate::expected::{Regressor, Source};
use crate::kernel::Kernel;
use crate::{Market, Panel, ReturnKind, Specification};

/// The columns of a specification's design on the calendar of one market, converted to its kind of
/// return and, where it asks for that, taken above the risk-free rate. Columns that belong to one event
/// stand in [`OwnColumns`].
#[derive(Clone, Debug)]
pub struct Design {
    shared: Vec<Vec<f64>>,
    /// Column and shift of every regressor (the intercept has none).
    regressors: Vec<(Place, i32)>,
    /// Columns that the coefficients after the intercept are multiplied with in the event window.
    forecast: Vec<Place>,
    /// Risk-free returns, for models of excess returns.
    risk_free: Option<Vec<f64>>,
    intercept: bool,
    kind: ReturnKind,
    /// The fast path, for specifications that it serves.
    kernel: Option<Kernel>,
}

/// Where the values of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Among the columns that all events of a market share.
    Shared(usize),
    /// With the event: one column or several.
    Own,
}

/// Something that a recipe names and the panel does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A factor, or the risk-free rate (`rf`).
    Factor(String),
    /// What the response measures, of the market of this name.
    MarketMeasure(String),
}

impl Design {
    /// The design of `specification` in `panel.markets[market]`. `self_financed[i]` says that factor
    /// i is a difference of returns already, as the columns of a factor table are, and is used as
    /// it is.
    ///
    /// # Errors
    /// The recipe names a factor, the risk-free rate or a measure of the market that the panel does not
    /// have.
    pub fn new(
        panel: &Panel,
        specification: &Specification,
        market: usize,
        self_financed: &[bool],
    ) -> Result<Self, Missing> {
        let (recipe, kind) = (&specification.recipe, specification.returns);
        let market = &panel.markets[market];
        let risk_free = match (recipe.excess, &market.risk_free) {
            (false, _) => None,
            (true, Some(column)) => Some(column.iter().map(|&r| kind.from_simple(r)).collect::<Vec<_>>()),
            (true, None) => return Err(Missing::Factor("rf".into())),
        };
        let above = |mut column: Vec<f64>| {
            for (r, rf) in column.iter_mut().zip(risk_free.iter().flatten()) {
                *r -= rf;
            }
            column
        };
        let mut sources: Vec<Source> = Vec::new();
        let mut shared = Vec::new();
        let mut place = |source: &Source| -> Result<Place, Missing> {
            if let Some(known) = sources.iter().position(|known| known == source) {
                return Ok(Place::Shared(known));
            }
            let column = match source {
                Source::Market => above(market_column(market, specification)?),
                Source::Factor(name) => {
                    let index = panel.factors.iter().position(|f| f == name);
                    let index = index.ok_or_else(|| Missing::Factor(name.clone()))?;
                    let column = &market.factors[index];
                    let convert = || column.iter().map(|&r| kind.from_simple(r)).collect();
                    if self_financed[index] { column.clone() } else { above(convert()) }
                }
                Source::Expected | Source::Portfolio | Source::Donors => return Ok(Place::Own),
            };
            sources.push(source.clone());
            shared.push(column);
            Ok(Place::Shared(shared.len() - 1))
        };
        let regressors = recipe.regressors.iter().map(|r: &Regressor| Ok((place(&r.source)?, r.shift)));
        let regressors = regressors.collect::<Result<Vec<_>, _>>()?;
        let forecast = match &recipe.forecast {
            Some(sources) => sources.iter().map(place).collect::<Result<Vec<_>, _>>()?,
            None => regressors.iter().map(|&(place, _)| place).collect(),
        };
        let plain = regressors.iter().map(|&(place, shift)| match place {
            Place::Shared(column) if shift == 0 => Some(shared[column].as_slice()),
            _ => None,
        });
        let plain: Option<Vec<&[f64]>> = plain.collect();
        let days = market.calendar.len();
        let kernel = plain.and_then(|plain| Kernel::new(specification, &plain, risk_free.as_deref(), days));
        Ok(Self { shared, regressors, forecast, risk_free, intercept: recipe.intercept, kind, kernel })
    }

    /// The fast path, where the specification has it.
    pub(crate) fn kernel(&self) -> Option<&Kernel> {
        self.kernel.as_ref()
    }

    /// The same design without the fast path.
    pub fn without_kernel(self) -> Self {
        Self { kernel: None, ..self }
    }

    /// Whether the design starts with a constant.
    pub(crate) fn has_intercept(&self) -> bool {
        self.intercept
    }

    /// The risk-free return over some days; zero for models of raw returns.
    pub(crate) fn risk_free(&self, days: Range<usize>) -> f64 {
        self.risk_free.as_ref().map_or(0.0, |column| over(self.kind, days, |day| column[day]))
    }

    /// The row of a day of the estimation window without the constant, whose return runs over `days`.
    /// Values may be missing. `None` where a lag or lead lies outside of `window`.
    pub(crate) fn write_row(
        &self,
        days: Range<usize>,
        window: &Range<usize>,
        own: &OwnColumns,
        row: &mut Vec<f64>,
    ) -> Option<()> {
        for &(place, shift) in &self.regressors {
            let start = days.start.checked_add_signed(shift as isize)?;
            let shifted = start..start + days.len();
            if shift != 0 && (shifted.start < window.start || shifted.end > window.end) {
                return None;
            }
            self.push_values(place, shifted, own, row);
        }
        Some(())
    }

    /// What the coefficients are multiplied with for the event-window return that runs over `days`;
    /// the constant counts the days. Whether all of it is there.
    pub(crate) fn write_forecast(&self, days: Range<usize>, own: &OwnColumns, row: &mut Vec<f64>) -> bool {
        row.clear();
        row.extend(self.intercept.then_some(days.len() as f64));
        for &place in &self.forecast {
            self.push_values(place, days.clone(), own, row);
        }
        row.iter().all(|x| x.is_finite())
    }

    /// The risk-free return of a day; zero for models of raw returns.
    pub fn risk_free_on(&self, day: usize) -> f64 {
        self.risk_free(day..day + 1)
    }

    /// The values of the columns that all events of a market share, each once, on a day.
    pub fn write_shared(&self, day: usize, row: &mut Vec<f64>) {
        row.clear();
        row.extend(self.shared.iter().map(|column| column[day]));
    }

    fn push_values(&self, place: Place, days: Range<usize>, own: &OwnColumns, row: &mut Vec<f64>) {
        match place {
            Place::Shared(column) => row.push(over(self.kind, days, |day| self.shared[column][day])),
            Place::Own => {
                for column in 0..own.len() {
                    row.push(over(self.kind, days.clone(), |day| own.at(column, day)));
                }
            }
        }
    }
}

/// The benchmark's column for what a specification explains.
fn market_column(market: &Market, specification: &Specification) -> Result<Vec<f64>, Missing> {
    let measure = specification.measure();
    let column = market.measure(measure).ok_or_else(|| Missing::MarketMeasure(market.name.clone()))?;
    let kind = if measure.is_return() { specification.returns } else { ReturnKind::Simple };
    Ok(column.iter().map(|&r| kind.from_simple(r)).collect())
}

/// A return over several days from those of each: compounded, or summed where they are logarithms.
fn over(kind: ReturnKind, days: Range<usize>, at: impl Fn(usize) -> f64) -> f64 {
    match kind {
        _ if days.len() == 1 => at(days.start),
        ReturnKind::Log => days.map(at).sum(),
        ReturnKind::Simple => days.map(|day| 1.0 + at(day)).product::<f64>() - 1.0,
    }
}

/// Columns of the design that belong to one event: expected returns of its own, the portfolio of its
/// peers, its donors. They have a value on the days of the two windows only.
#[derive(Clone, Debug, Default)]
pub struct OwnColumns {
    estimation: Range<usize>,
    event: Range<usize>,
    values: Vec<f64>,
}

impl OwnColumns {
    /// Starts afresh, without columns, for these windows.
    pub(crate) fn reset(&mut self, estimation: Range<usize>, event: Range<usize>) {
        self.values.clear();
        (self.estimation, self.event) = (estimation, event);
    }

    /// The days of the estimation window, then those of the event window.
    pub(crate) fn days(&self) -> impl Iterator<Item = usize> + use<> {
        self.estimation.clone().chain(self.event.clone())
    }

    /// Adds a column with a value for each of [`OwnColumns::days`].
    pub(crate) fn push(&mut self, values: impl IntoIterator<Item = f64>) {
        self.values.extend(values);
    }

    /// Number of columns.
    pub(crate) fn len(&self) -> usize {
        self.values.len() / (self.estimation.len() + self.event.len()).max(1)
    }

    /// The value of a column on a day; NaN outside of both windows.
    pub(crate) fn at(&self, column: usize, day: usize) -> f64 {
        let place = if self.estimation.contains(&day) {
            day - self.estimation.start
        } else if self.event.contains(&day) {
            self.estimation.len() + day - self.event.start
        } else {
            return f64::NAN;
        };
        self.values[column * (self.estimation.len() + self.event.len()) + place]
    }
}
