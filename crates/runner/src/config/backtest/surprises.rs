//! Standardised unexpected earnings: what they are made of, and where the figures come from.

use std::path::Path;

use dayzero_loader::events::TimeColumns;
use dayzero_loader::quarters::QuarterSource;
use dayzero_model::backtest::{Forecast, Signal, Surprise};

use super::choices::path;
use crate::config::mistake::Mistake;
use crate::config::raw::{RawBacktest, RawStudy, RawSue};
use crate::config::values::{files, zone};

/// Where quarterly figures come from.
#[derive(Clone, Debug)]
pub enum FigureSource {
    /// Every row of the event table is a quarter.
    Events {
        /// Column of the figure.
        actual: String,
        /// Column of what analysts forecast.
        forecast: Option<String>,
    },
    /// A table of their own.
    Table {
        /// The table.
        source: QuarterSource,
        /// Which figure an event announces.
        join: Join,
    },
}

/// Which figure an event announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// The one that was announced on its date, or nearest to it.
    Announced {
        /// Most days between the two.
        tolerance_days: i32,
    },
    /// The latest quarter that ended before it.
    LatestPeriod {
        /// Most days between the two.
        max_age_days: i32,
    },
}

impl FigureSource {
    /// The table of figures, where they have one of their own.
    pub fn table(&self) -> Option<&QuarterSource> {
        match self {
            Self::Events { .. } => None,
            Self::Table { source, .. } => Some(source),
        }
    }

    /// Columns of the event table.
    pub(super) fn columns(&self) -> impl Iterator<Item = &String> {
        let (actual, forecast) = match self {
            Self::Events { actual, forecast } => (Some(actual), forecast.as_ref()),
            Self::Table { .. } => (None, None),
        };
        actual.into_iter().chain(forecast)
    }
}

/// Announcements of one quarter wander from year to year, ends of quarters by a week where a year has 52 or 53.
const YEAR_OF_ANNOUNCEMENTS: i32 = 45;
const YEAR_OF_PERIODS: i32 = 15;

const TOLERANCE_DAYS: u32 = 1;

/// The signal `sue`.
pub(super) fn signal(section: &RawBacktest, mistakes: &mut Vec<Mistake>) -> Option<Signal> {
    let sue = section.sue.as_ref()?;
    if sue.minimum < 2 || sue.errors < sue.minimum {
        let problem = "a deviation needs two past errors at least, and no more than `errors` are taken";
        mistakes.push(Mistake::new(path(&["sue", "minimum"]), problem));
    }
    let tolerance = if sue.path.is_some() { YEAR_OF_PERIODS } else { YEAR_OF_ANNOUNCEMENTS };
    let forecast = match sue.forecast {
        Some(_) => Forecast::Analysts,
        None => Forecast::SeasonalRandomWalk { tolerance },
    };
    Some(Signal::Surprise(Surprise { forecast, errors: sue.errors, minimum: sue.minimum }))
}

/// Where the figures come from; `None` where that makes no sense.
pub(super) fn figures(raw: &RawStudy, sue: &RawSue, base: &Path, mistakes: &mut Vec<Mistake>) -> Option<FigureSource> {
    let of_a_table = [
        ("security", sue.security.is_some()),
        ("period", sue.period.is_some()),
        ("announced_on", sue.announced_on.is_some()),
        ("announced_at", sue.announced_at.is_some()),
        ("tolerance_days", sue.tolerance_days.is_some()),
        ("max_age_days", sue.max_age_days.is_some()),
    ];
    let Some(location) = &sue.path else {
        for (key, _) in of_a_table.iter().filter(|(_, written)| *written) {
            let problem = format!("`{key}` is about a table of quarterly figures, and none is named");
            mistakes.push(Mistake::new(path(&["sue", key]), problem).at_key().help("name it: sue = { path = … }"));
        }
        return Some(FigureSource::Events { actual: sue.actual.clone(), forecast: sue.forecast.clone() });
    };
    let files = files(location, base, &["backtest", "sue", "path"], mistakes);
    if sue.period.is_none() {
        let problem = "a table of quarterly figures has a column of the dates on which quarters end";
        mistakes.push(Mistake::new(path(&["sue"]), problem).at_key().help("name it: period = \"fiscal_end\""));
    }
    let (announced, join) = join(raw, sue, mistakes)?;
    let source = QuarterSource {
        files,
        security: sue.security.clone().unwrap_or_else(|| "ticker".into()),
        period: sue.period.clone()?,
        announced,
        actual: sue.actual.clone(),
        forecast: sue.forecast.clone(),
    };
    Some(FigureSource::Table { source, join })
}

/// How figures and events belong together.
fn join(raw: &RawStudy, sue: &RawSue, mistakes: &mut Vec<Mistake>) -> Option<(Option<TimeColumns>, Join)> {
    let mut days = |key: &str, days: u32, most: u32| {
        if days > most {
            let problem = format!("no more than {most} days make sense here: quarters follow each other");
            mistakes.push(Mistake::new(path(&["sue", key]), problem));
        }
        days.min(most) as i32
    };
    let tolerance_days = days("tolerance_days", sue.tolerance_days.unwrap_or(TOLERANCE_DAYS), 45);
    let max_age_days = sue.max_age_days.map(|age| days("max_age_days", age, 366));
    let announced = match (&sue.announced_on, &sue.announced_at) {
        (Some(column), None) => TimeColumns::On { column: column.clone() },
        (None, Some(column)) => {
            let naive = raw.events.timezone.as_ref();
            // A zone that does not exist is among the mistakes of [events].
            let naive = naive.and_then(|name| zone(name, &["events", "timezone"], &mut Vec::new()));
            TimeColumns::At { column: column.clone(), naive }
        }
        (Some(_), Some(_)) => {
            let problem = "`announced_on` and `announced_at` exclude each other";
            mistakes.push(Mistake::new(path(&["sue", "announced_at"]), problem).at_key());
            return None;
        }
        (None, None) => return by_age(sue, max_age_days, mistakes),
    };
    if max_age_days.is_some() {
        let problem = "`max_age_days` changes nothing where the table says when figures were announced";
        mistakes.push(Mistake::new(path(&["sue", "max_age_days"]), problem).at_key().help("leave it out"));
    }
    Some((Some(announced), Join::Announced { tolerance_days }))
}

fn by_age(sue: &RawSue, max_age_days: Option<i32>, mistakes: &mut Vec<Mistake>) -> Option<(Option<TimeColumns>, Join)> {
    if sue.tolerance_days.is_some() {
        let problem = "`tolerance_days` is about the column `announced_on` or `announced_at`, and none is named";
        mistakes.push(Mistake::new(path(&["sue", "tolerance_days"]), problem).at_key());
    }
    if max_age_days.is_none() {
        let problem = "nothing says which figure an event announces";
        let help = "name the column of the date: announced_on; without one, say how long ago the quarter may have \
                    ended: max_age_days = 90";
        mistakes.push(Mistake::new(path(&["sue"]), problem).at_key().help(help));
    }
    max_age_days.map(|max_age_days| (None, Join::LatestPeriod { max_age_days }))
}
