//! Sums over the events of a group by day in event time: of abnormal returns, and of their ranks within
//! each event.
//!
//! Every estimated event counts in the sums of returns and ranks, with the days that it has. In those of
//! the generalised ranks, which have a point for the window, it counts exactly if it is valid for the
//! window: most events are for every window, and their sums are kept once, those of the others apart by
//! window. Blocks of events are summed apart and merged in a fixed order, so nothing depends on the number
//! of threads.

mod event;
mod layout;
mod midranks;
mod series;

use std::collections::BTreeMap;

use crate::Maybe;

use event::{EventValues, Point};
pub use layout::{EventResiduals, Layout};
pub use series::DaySums;
use series::Series;

/// Sums of the events of one group, as a window sees them; those that no test needs are empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventTime {
    /// Abnormal returns: residuals in the estimation window.
    pub abnormal: DaySums,
    /// Centred ranks of abnormal returns.
    pub ranks: DaySums,
    /// Centred ranks of standardised abnormal returns, those of the event window over their
    /// cross-sectional standard deviation.
    pub standardised_ranks: DaySums,
    /// Centred ranks of the estimation window's standardised abnormal returns and of one point that
    /// stands for the tested window, of the events that are valid for it.
    pub generalized_ranks: DaySums,
}

/// Sums over the events that were added.
#[derive(Clone, Debug, Default)]
pub struct EventTimeSums {
    groups: BTreeMap<usize, GroupSums>,
    jackknife: Vec<(usize, Maybe)>,
}

#[derive(Clone, Debug, Default)]
struct GroupSums {
    /// All events.
    all: EventSet,
    /// Generalised ranks of the events that are valid for every window.
    whole: RankedSet,
    windows: Vec<WindowSums>,
}

/// Sums of one window.
#[derive(Clone, Debug, Default)]
struct WindowSums {
    /// Events that are valid for this window and not for every one.
    partial: Option<Box<RankedSet>>,
    /// What the points of this window add to the generalised ranks of the estimation days.
    shifts: Vec<f64>,
    /// Sum of the centred ranks of the points, and their number.
    points: (f64, u32),
}

#[derive(Clone, Debug, Default)]
struct EventSet {
    events: usize,
    ranked: usize,
    abnormal: Series,
    ranks: Series,
    standardised: Series,
}

#[derive(Clone, Debug, Default)]
struct RankedSet {
    ranked: usize,
    generalized: Series,
}

impl EventTimeSums {
    /// Adds an event to each of its groups.
    pub fn add(&mut self, layout: &Layout<'_>, groups: &[usize], residuals: &EventResiduals<'_>) {
        let mut values = EventValues::new(layout, residuals);
        if layout.needs.jackknife {
            self.jackknife.push((residuals.event, values.jackknife.into()));
        }
        for &group in groups {
            values.enter(layout, group);
            let sums = self.groups.entry(group).or_default();
            sums.windows.resize_with(layout.windows.len(), WindowSums::default);
            sums.all.add(layout, &values);
            if values.windows.len() == layout.windows.len() {
                sums.whole.add(layout, &values);
            } else {
                for &window in &values.windows {
                    sums.windows[window].partial.get_or_insert_default().add(layout, &values);
                }
            }
            for (window, point) in values.points(layout, group) {
                sums.windows[window].add(&values.dense, point);
            }
        }
    }

    /// Adds the sums over the events of the next block.
    pub fn merge(&mut self, other: Self) {
        self.jackknife.extend(other.jackknife);
        for (group, more) in other.groups {
            let sums = self.groups.entry(group).or_default();
            sums.all.merge(&more.all);
            sums.whole.merge(&more.whole);
            sums.windows.resize_with(more.windows.len(), WindowSums::default);
            sums.windows.iter_mut().zip(&more.windows).for_each(|(window, more)| window.merge(more));
        }
    }

    /// For every one of `events` events what its SCAR is multiplied with for the jackknife, if anything.
    pub fn jackknife(&self, events: usize) -> Vec<Maybe> {
        let mut factors = vec![Maybe::NONE; events];
        self.jackknife.iter().for_each(|&(event, factor)| factors[event] = factor);
        factors
    }

    /// The sums of a group for the window of that place among the tested windows.
    pub fn of(&self, layout: &Layout<'_>, group: usize, window: usize) -> EventTime {
        let Some(sums) = self.groups.get(&group) else { return EventTime::default() };
        let mut set = sums.whole.clone();
        let WindowSums { partial, shifts, points } = &sums.windows[window];
        if let Some(partial) = partial {
            set.merge(partial);
        }
        let estimation = layout.specification.estimation.days();
        let tested = layout.tested_days(window);
        let finish = |series: Series, events: usize| DaySums {
            sums: series.sums,
            counts: series.counts,
            estimation,
            tested: tested.clone(),
            events,
        };
        let mut generalized = set.generalized;
        if !generalized.sums.is_empty() {
            generalized.sums.iter_mut().zip(shifts).for_each(|(sum, shift)| *sum += shift);
            generalized.sums.push(points.0);
            generalized.counts.push(points.1);
        }
        let all = &sums.all;
        EventTime {
            abnormal: finish(all.abnormal.clone(), all.events),
            ranks: finish(all.ranks.clone(), all.ranked),
            standardised_ranks: finish(all.standardised.clone(), all.ranked),
            generalized_ranks: DaySums { tested: estimation..estimation + 1, ..finish(generalized, set.ranked) },
        }
    }
}

impl EventSet {
    fn add(&mut self, layout: &Layout<'_>, values: &EventValues) {
        let estimation = layout.specification.estimation.days();
        let days = estimation + layout.specification.event.days();
        self.events += 1;
        self.ranked += usize::from(values.is_ranked());
        self.abnormal.add(&values.abnormal, days);
        self.ranks.add(&values.ranks, days);
        self.standardised.add(&values.standardised, days);
    }

    fn merge(&mut self, other: &Self) {
        self.events += other.events;
        self.ranked += other.ranked;
        self.abnormal.merge(&other.abnormal);
        self.ranks.merge(&other.ranks);
        self.standardised.merge(&other.standardised);
    }
}

impl RankedSet {
    fn add(&mut self, layout: &Layout<'_>, values: &EventValues) {
        self.ranked += usize::from(values.is_ranked());
        self.generalized.add(&values.generalized, layout.specification.estimation.days());
    }

    fn merge(&mut self, other: &Self) {
        self.ranked += other.ranked;
        self.generalized.merge(&other.generalized);
    }
}

impl WindowSums {
    /// Adds a point to an event's `sars` by day: those above it move up by one rank, equal ones by half.
    fn add(&mut self, sars: &[f64], point: Point) {
        self.shifts.resize(sars.len(), 0.0);
        let half = point.step / 2.0;
        for (shift, &sar) in self.shifts.iter_mut().zip(sars) {
            *shift += if sar > point.value { half } else { 0.0 } + if sar >= point.value { half } else { 0.0 };
        }
        self.points.0 += point.rank;
        self.points.1 += 1;
    }

    fn merge(&mut self, other: &Self) {
        if let Some(more) = &other.partial {
            self.partial.get_or_insert_default().merge(more);
        }
        self.shifts.resize(self.shifts.len().max(other.shifts.len()), 0.0);
        self.shifts.iter_mut().zip(&other.shifts).for_each(|(shift, more)| *shift += more);
        self.points.0 += other.points.0;
        self.points.1 += other.points.1;
    }
}
