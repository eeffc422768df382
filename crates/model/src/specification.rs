//! One way to estimate: a model, its windows, its kind of return.

use crate::expected::{Recipe, ReturnModel};
use crate::panel::Measure;
use crate::variants::Variants;
use crate::{ReturnKind, Window};

/// What is explained, and so what is abnormal in the event window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Response {
    /// The return of a day.
    Return,
    /// Its part from the close before to the open.
    Overnight,
    /// Its part from the open to the close.
    Intraday,
    /// The logarithm of the volume (Campbell & Wasley 1996).
    Volume,
    /// The logarithm of the turnover, volume over shares outstanding (Lo & Wang 2000).
    Turnover,
    /// The square of the standardised abnormal return, less one (Beaver 1968).
    Volatility,
}

impl Response {
    /// Every response, in the order in which lists show them.
    pub const ALL: [Self; 6] =
        [Self::Return, Self::Overnight, Self::Intraday, Self::Volume, Self::Turnover, Self::Volatility];

    /// The name in configurations and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Return => "return",
            Self::Overnight => "overnight",
            Self::Intraday => "intraday",
            Self::Volume => "log_volume",
            Self::Turnover => "log_turnover",
            Self::Volatility => "volatility",
        }
    }

    /// What is measured of each security.
    pub fn measure(self) -> Measure {
        match self {
            Self::Return | Self::Volatility => Measure::Return,
            Self::Overnight => Measure::Overnight,
            Self::Intraday => Measure::Intraday,
            Self::Volume => Measure::Volume,
            Self::Turnover => Measure::Turnover,
        }
    }

    /// Whether sums of it are returns that could have been earned.
    pub fn is_return(self) -> bool {
        matches!(self, Self::Return | Self::Overnight | Self::Intraday)
    }
}

/// What to do with a window in which a return is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingPolicy {
    /// The event is untested for that window.
    Exclude,
    /// The days that are present count.
    Available,
}

impl MissingPolicy {
    /// The name in configurations and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exclude => "exclude",
            Self::Available => "available",
        }
    }
}

/// A specification: everything that decides the estimate of an event.
#[derive(Clone)]
pub struct Specification {
    /// The return model.
    pub model: &'static dyn ReturnModel,
    /// The options that the user wrote beside the model's name, as text.
    pub options: String,
    /// What the model asks for, with its options filled in.
    pub recipe: Recipe,
    /// What is explained.
    pub response: Response,
    /// Simple or logarithmic returns.
    pub returns: ReturnKind,
    /// Whether returns run from trade to trade, over days without a price (Maynes & Rumsey 1993).
    pub trade_to_trade: bool,
    /// Estimation window, apart from the event window.
    pub estimation: Window,
    /// Event window.
    pub event: Window,
    /// Windows for cumulative abnormal returns, inside the event window.
    pub car_windows: Vec<Window>,
    /// Windows before and after what the study is about, by [`Specification::around`]; they are tested beside the
    /// declared ones.
    pub around: Vec<(Around, Window)>,
    /// Fewest estimation days.
    pub minimum_observations: usize,
    /// Days around the security's other events that are left out of estimation; 0 is off, 1 leaves
    /// out the day before, the day and the day after.
    pub mask_other_events: usize,
    /// What a missing return does to a window.
    pub missing: MissingPolicy,
    /// Whether the residuals of every estimate are diagnosed.
    pub diagnostics: bool,
    /// Conventions on which packages differ.
    pub variants: Variants,
}

/// What a window beside the declared ones is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// The days before day 0: did the price move before the news?
    Drift,
    /// The days after the headline window: did it come back?
    Reversal,
}

impl Around {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::Reversal => "reversal",
        }
    }
}

impl Specification {
    /// The event window before day 0 and after the headline window, which is the first declared one that
    /// holds day 0, or else the first. Windows that are declared, and single days, are left out: they are
    /// tested already.
    ///
    /// ```
    /// use dayzero_model::{Specification, Window, specification::Around};
    /// let window = |first, last| Window::new(first, last).unwrap();
    /// let around = Specification::around(window(-10, 10), &[window(2, 5), window(-1, 1)]);
    /// assert_eq!(around, [(Around::Drift, window(-10, -1)), (Around::Reversal, window(2, 10))]);
    /// ```
    pub fn around(event: Window, declared: &[Window]) -> Vec<(Around, Window)> {
        let headline = declared.iter().find(|window| window.contains(Window::day(0))).or(declared.first());
        let after = headline.map_or(event.last(), |headline| headline.last()).max(0);
        let windows = [
            (Around::Drift, Window::new(event.first(), event.last().min(-1))),
            (Around::Reversal, Window::new(event.first().max(after + 1), event.last())),
        ];
        let wanted = |window: &Window| window.days() > 1 && !declared.contains(window);
        windows.into_iter().filter_map(|(kind, window)| Some((kind, window.filter(wanted)?))).collect()
    }

    /// The declared windows, then those around them.
    pub fn windows(&self) -> impl Iterator<Item = Window> {
        self.car_windows.iter().copied().chain(self.around.iter().map(|&(_, window)| window))
    }

    /// The last day of event time whose data, of whatever security, have a part in the estimate of an event:
    /// the end of the estimation window, the days from which other events mask it, and what its columns are
    /// chosen by. The abnormal return of a day looks at that day too, and at no later one. Backtests keep
    /// estimates to themselves until then.
    pub fn looks_through(&self) -> i32 {
        // An event of the security within so many days of an estimation day takes that day out.
        let masked = self.estimation.last() + i32::try_from(self.mask_other_events).unwrap_or(i32::MAX / 2);
        let chosen = self.recipe.regressors.iter().filter_map(|regressor| regressor.source.chosen_by(self.event));
        chosen.fold(masked, i32::max)
    }

    /// Place of the market's beta among the reported numbers.
    pub fn market_beta(&self) -> Option<usize> {
        self.recipe.reported.iter().position(|reported| reported.name == "beta_market")
    }

    /// What is measured of each security.
    pub fn measure(&self) -> Measure {
        if self.trade_to_trade { Measure::TradeReturn } else { self.response.measure() }
    }
}
