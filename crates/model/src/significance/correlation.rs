//! r̄: the overlap-weighted mean correlation of estimation residuals, in linear time.
//!
//! r̄ is the mean over all pairs of events of ρ_ij·o_ij: o_ij the share of the window's days that both
//! windows cover, ρ_ij = z_i'z_j over common civil dates, z_i the residuals of event i scaled to unit
//! length over its own estimation days. (Days that the two do not share shrink ρ_ij; the correlation
//! over the common days alone would need every pair.) With Z_d = Σz_i over the events whose window
//! covers the civil date d,
//!
//! N(N − 1)·r̄ = (1/L)·Σ_d(‖Z_d‖² − n_d).
//!
//! Only sums of z over the events of one market with one day 0 are kept; they serve every window. A
//! window of L days adds each of them L times rather than adding and subtracting them once: what is
//! never subtracted leaves no rounding behind.
//! (Kolari & Pynnönen 2010 define r̄ for one common event date; the overlap weight extends it. Other
//! means over all pairs are variants: [`MeanCorrelation`].)

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use crate::variants::MeanCorrelation;
use crate::{Calendar, Date, MissingPolicy, Window};

/// Sums of unit-length residual vectors over the events of one market with one day 0, apart by
/// group and by which days of the event window are present.
#[derive(Clone, Debug)]
pub struct DayCell {
    /// The market.
    pub market: usize,
    /// Calendar index of day 0.
    pub day0: usize,
    estimation: Range<usize>,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    group: usize,
    present: Presence,
    events: usize,
    sum: Vec<f64>,
}

/// Which days of the event window an event has: all of them (`None`), or those marked.
pub type Presence = Option<Box<[bool]>>;

impl DayCell {
    /// An empty cell whose events are estimated on these calendar days.
    pub fn new(market: usize, day0: usize, estimation: Range<usize>) -> Self {
        Self { market, day0, estimation, parts: Vec::new() }
    }

    /// Adds an event to each of its groups. Its residuals stand on the calendar `days`; one without
    /// variance has no correlation and is passed over.
    pub fn add(&mut self, groups: &[usize], present: &Presence, days: &[usize], residuals: &[f64]) {
        let length = residuals.iter().map(|r| r * r).sum::<f64>().sqrt();
        if length == 0.0 {
            return;
        }
        for &group in groups {
            let known = self.parts.iter().position(|part| part.group == group && part.present == *present);
            let index = known.unwrap_or_else(|| {
                let sum = vec![0.0; self.estimation.len()];
                self.parts.push(Part { group, present: present.clone(), events: 0, sum });
                self.parts.len() - 1
            });
            let part = &mut self.parts[index];
            part.events += 1;
            for (&day, r) in days.iter().zip(residuals) {
                part.sum[day - self.estimation.start] += r / length;
            }
        }
    }
}

/// All cells of a specification, on one axis of civil dates.
#[derive(Debug)]
pub struct Correlation<'a> {
    /// For every group, its parts by market and day 0.
    groups: Vec<Parts<'a>>,
    /// For every civil date of the axis, the markets in session with their calendar index.
    sessions: Vec<Vec<(usize, usize)>>,
    /// For every market, the place of each of its trading days on the axis.
    axis: Vec<Vec<usize>>,
    event: Window,
    missing: MissingPolicy,
    kind: MeanCorrelation,
    /// For every group, r̄ of single days where it is the same for all of them.
    single_day: Vec<OnceLock<Option<f64>>>,
}

/// Parts by market and day 0.
type Parts<'a> = HashMap<(usize, usize), Vec<PlacedPart<'a>>>;

/// ρ_ij·o_ij, or ρ_ij, summed over the ordered pairs of some events.
struct PairSum {
    sum: f64,
    events: usize,
}

impl PairSum {
    fn mean(&self) -> Option<f64> {
        let n = self.events as f64;
        (self.events > 1).then(|| self.sum / (n * (n - 1.0)))
    }
}

/// A part with the calendar days of its sum.
#[derive(Clone, Debug)]
struct PlacedPart<'a> {
    part: &'a Part,
    estimation: &'a Range<usize>,
}

impl<'a> Correlation<'a> {
    /// The cells of one specification with that event window, of markets with these calendars.
    pub fn new(
        cells: &'a [DayCell],
        calendars: &[&Calendar],
        event: Window,
        missing: MissingPolicy,
        kind: MeanCorrelation,
    ) -> Self {
        let mut dates: Vec<Date> = calendars.iter().flat_map(|calendar| calendar.dates()).copied().collect();
        dates.sort_unstable();
        dates.dedup();
        let place = |date: &Date| dates.partition_point(|d| d < date);
        let axis: Vec<Vec<usize>> = calendars.iter().map(|c| c.dates().iter().map(place).collect()).collect();
        let mut sessions = vec![Vec::new(); dates.len()];
        for (market, places) in axis.iter().enumerate() {
            for (index, &place) in places.iter().enumerate() {
                sessions[place].push((market, index));
            }
        }
        let mut groups: Vec<Parts<'a>> = Vec::new();
        for cell in cells {
            for part in &cell.parts {
                if groups.len() <= part.group {
                    groups.resize_with(part.group + 1, HashMap::new);
                }
                let placed = PlacedPart { part, estimation: &cell.estimation };
                groups[part.group].entry((cell.market, cell.day0)).or_default().push(placed);
            }
        }
        let single_day = vec![OnceLock::new(); groups.len()];
        Self { groups, sessions, axis, event, missing, kind, single_day }
    }

    /// r̄ of the events of a group that are valid for a window; `None` for fewer than two events.
    pub fn mean(&self, group: usize, window: Window) -> Option<f64> {
        let parts = self.groups.get(group)?;
        // In one market and without missing days, events share a single day τ if and only if they
        // share day 0: r̄ is the same for every τ.
        let alike = self.kind == MeanCorrelation::Overlap
            && window.days() == 1
            && self.axis.len() == 1
            && parts.values().flatten().all(|placed| placed.part.present.is_none());
        match alike {
            true => *self.single_day[group].get_or_init(|| self.pairs(parts, window).mean()),
            false => self.pairs(parts, window).mean(),
        }
    }

    /// The mean over the pairs of an event of one group and one of another, of those that are valid for a window,
    /// of what r̄ is a mean of; `None` where a group has none. The groups have no common event.
    ///
    /// All pairs of the union are those within each group and, twice, those between them.
    pub fn between(&self, first: usize, second: usize, window: Window) -> Option<f64> {
        let (first, second) = (self.groups.get(first)?, self.groups.get(second)?);
        let mut union = first.clone();
        for (&place, parts) in second {
            union.entry(place).or_default().extend(parts.iter().cloned());
        }
        let [one, other, both] = [first, second, &union].map(|parts| self.pairs(parts, window));
        let pairs = one.events as f64 * other.events as f64;
        (pairs > 0.0).then(|| (both.sum - one.sum - other.sum) / (2.0 * pairs))
    }

    fn pairs(&self, parts: &Parts<'a>, window: Window) -> PairSum {
        match self.kind {
            MeanCorrelation::Overlap => self.sweep(parts, window),
            MeanCorrelation::Calendar => self.unweighted(parts, window, |(market, _), day| self.axis[market][day]),
            MeanCorrelation::EventTime => {
                let farthest = parts.keys().map(|&(_, day0)| day0).max().unwrap_or_default();
                self.unweighted(parts, window, |(_, day0), day| day + farthest - day0)
            }
        }
    }

    /// ρ_ij over the pairs of valid events, whatever their windows share: ‖Σz_i‖² − N, the residuals on the axis that `place` gives the days of a market and day 0.
    fn unweighted(&self, parts: &Parts<'_>, window: Window, place: impl Fn((usize, usize), usize) -> usize) -> PairSum {
        let mut keys: Vec<&(usize, usize)> = parts.keys().collect();
        // Sums must not depend on the order of a hash table.
        keys.sort_unstable();
        let (mut sum, mut events) = (Vec::new(), 0);
        for &key in keys {
            for placed in parts[&key].iter().filter(|placed| self.covers(&placed.part.present, window)) {
                events += placed.part.events;
                for (day, z) in placed.estimation.clone().zip(&placed.part.sum) {
                    let place = place(key, day);
                    if sum.len() <= place {
                        sum.resize(place + 1, 0.0);
                    }
                    sum[place] += z;
                }
            }
        }
        let square: f64 = sum.iter().map(|z: &f64| z * z).sum();
        PairSum { sum: if events > 1 { square - events as f64 } else { 0.0 }, events }
    }

    fn sweep(&self, parts: &Parts<'a>, window: Window) -> PairSum {
        let valid = |placed: &&PlacedPart<'_>| self.covers(&placed.part.present, window);
        let events: usize = parts.values().flatten().filter(valid).map(|placed| placed.part.events).sum();
        if events < 2 {
            return PairSum { sum: 0.0, events };
        }
        let mut sum = vec![0.0; self.sessions.len()];
        let mut total = 0.0;
        for sessions in &self.sessions {
            let (mut first, mut end, mut covering) = (usize::MAX, 0, 0);
            for &(market, index) in sessions {
                for placed in covering_parts(parts, market, index, window).filter(valid) {
                    let places = &self.axis[market][placed.estimation.clone()];
                    covering += placed.part.events;
                    for (&place, z) in places.iter().zip(&placed.part.sum) {
                        sum[place] += z;
                    }
                    first = first.min(places.first().copied().unwrap_or(first));
                    end = end.max(places.last().map_or(0, |last| last + 1));
                }
            }
            if covering > 1 {
                let square: f64 = sum[first.min(end)..end].iter().map(|z| z * z).sum();
                total += square - covering as f64;
            }
            if covering > 0 {
                sum[first.min(end)..end].fill(0.0);
            }
        }
        PairSum { sum: total / window.days() as f64, events }
    }

    fn covers(&self, present: &Presence, window: Window) -> bool {
        let Some(days) = present else { return true };
        let days = &days[window.within(self.event)];
        match self.missing {
            MissingPolicy::Exclude => days.iter().all(|&present| present),
            MissingPolicy::Available => days.iter().any(|&present| present),
        }
    }
}

/// The parts of a market whose window covers the day of that index: those with day 0 from index −
/// last to index − first.
fn covering_parts<'p, 'a>(
    parts: &'p Parts<'a>,
    market: usize,
    index: usize,
    window: Window,
) -> impl Iterator<Item = &'p PlacedPart<'a>> {
    let index = index as i64;
    let day0s = index - i64::from(window.last())..=index - i64::from(window.first());
    day0s.filter_map(move |day0| parts.get(&(market, usize::try_from(day0).ok()?))).flatten()
}
