//! The ledger: one row per input event, whatever becomes of it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use dayzero_loader::events::{Announced, EventTable};
use dayzero_model::align::{Day0Rule, Session};
use dayzero_model::groups::{self, Group};
use dayzero_model::panel::Security;
use dayzero_model::{Date, EventCalendar, Outcome, Specification};
use rayon::prelude::*;

mod align;

use self::align::Aligner;
use crate::Failure;
use crate::config::Study;
use crate::config::raw::Duplicates;
use crate::differences::{self, Difference};
use crate::load::Loaded;

/// What is known of one input event. There may be millions, so it is kept small.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Place of the security in the panel.
    pub security: Option<u32>,
    /// The date in the market's zone.
    pub announced_on: Option<Date>,
    /// Part of the day.
    pub session: Option<PartOfDay>,
    /// Calendar index and date of day 0, and the rule.
    pub day0: Option<(u32, Date, Day0Rule)>,
    /// Why the event cannot be estimated; `None` while it can.
    pub exclusion: Option<Box<(Outcome, String)>>,
}

/// Part of the day of an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartOfDay {
    /// From the table's session column, or from the instant.
    Known(Session),
    /// What the session column has, which may be no session.
    AsWritten,
}

/// The name of a group column, and its value per input event.
pub type GroupColumn = (String, Vec<Option<String>>);

/// An event that can be estimated.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// Input row.
    pub row: usize,
    /// Place of the security in the panel.
    pub security: usize,
    /// Index of the market.
    pub market: usize,
    /// Calendar index of day 0.
    pub day0: usize,
}

/// The ledger with everything that later steps derive from it.
pub struct Ledger {
    /// One per input event.
    pub rows: Vec<Row>,
    /// The group columns: their names, and a value per input event.
    pub group_columns: Vec<GroupColumn>,
    /// The events to estimate, by security, day 0 and announcement: an order that does not depend
    /// on that of the input rows.
    pub candidates: Vec<Candidate>,
    /// Day 0 of every event of every security, whether or not it is estimated.
    pub events: EventCalendar,
    /// `all`, then the groups of each column.
    pub groups: Vec<Group>,
    /// The groups that are compared.
    pub differences: Vec<Difference>,
    /// What looks odd in the events, in sentences with counts.
    pub notes: Vec<String>,
}

/// Finds day 0 of every event and decides which events can be estimated.
///
/// # Errors
/// A difference of groups that cannot be taken.
pub fn build(study: &Study, loaded: &Loaded) -> Result<Ledger, Failure> {
    let EventTable { security, announced, .. } = &loaded.events;
    let aligner = Aligner::new(loaded);
    let mut rows: Vec<Row> = (0..security.len()).into_par_iter().map(|row| aligner.align(row)).collect();
    let order = |row: usize| (announcement_order(&announced[row]), row);
    let mut candidates = in_order(&rows, loaded.assembled.panel.securities(), order);
    let event_calendar = EventCalendar::new(candidates.iter().map(|event| (event.security, event.day0)));
    for (row, kept) in rows.iter_mut().zip(&loaded.events.kept) {
        // What the user left out on purpose is not reported as a defect too.
        if !kept {
            row.exclusion = Some(Box::new((Outcome::Filtered, "left out by [events] filter".into())));
        }
    }
    if loaded.events.kept.contains(&false) {
        candidates.retain(|event| rows[event.row].exclusion.is_none());
    }
    if study.duplicates != Duplicates::Keep {
        exclude_duplicates(&mut rows, &candidates, study.duplicates);
        candidates.retain(|event| rows[event.row].exclusion.is_none());
    }
    let group_columns = group_columns(study, &loaded.events, &rows, &candidates);
    let groups = collect_groups(&group_columns, &candidates);
    let differences = differences::resolve(study, &groups).map_err(|mistake| study.document.error(&[mistake]))?;
    let notes = contradicted_sessions(&aligner, &rows, announced).into_iter().collect();
    Ok(Ledger { rows, group_columns, candidates, events: event_calendar, groups, differences, notes })
}

impl Ledger {
    /// Why input events cannot be estimated, of those that cannot.
    pub fn exclusions(&self) -> impl Iterator<Item = Outcome> {
        self.rows.iter().filter_map(|row| row.exclusion.as_ref()).map(|exclusion| exclusion.0)
    }

    /// The label of a group, or, behind the groups, of a difference.
    pub fn label(&self, group: usize) -> &str {
        match group.checked_sub(self.groups.len()) {
            None => &self.groups[group].label,
            Some(difference) => &self.differences[difference].label,
        }
    }
}

impl Row {
    /// Part of the day, of the event in that row of the input.
    pub fn session<'a>(&self, row: usize, events: &'a EventTable) -> Option<&'a str> {
        match self.session? {
            PartOfDay::Known(session) => Some(session.code()),
            PartOfDay::AsWritten => events.session.as_ref()?[row].as_deref(),
        }
    }
}

impl Candidate {
    /// An event that has a day 0.
    fn new((row, known): (usize, &Row), securities: &[Security]) -> Option<Self> {
        let (security, day0) = (known.security? as usize, known.day0?.0 as usize);
        Some(Self { row, security, market: securities[security].market, day0 })
    }

    /// Calendar index of a day of the event window, counted from its first; it may lie behind the calendar's last.
    pub fn day_of_window(&self, specification: &Specification, day: usize) -> Option<usize> {
        day_of_window(self.day0, specification, day)
    }
}

/// As [`Candidate::day_of_window`], from day 0.
pub(crate) fn day_of_window(day0: usize, specification: &Specification, day: usize) -> Option<usize> {
    usize::try_from(day0 as i64 + i64::from(specification.event.first()) + day as i64).ok()
}

/// The events that have a day 0, by security, day 0 and announcement.
fn in_order(
    rows: &[Row],
    securities: &[Security],
    order: impl Fn(usize) -> ((i64, u8), usize) + Sync,
) -> Vec<Candidate> {
    let placed = || rows.iter().enumerate().filter_map(|row| Candidate::new(row, securities));
    // Each goes among those of its security, so that only these have to be compared.
    let mut next = vec![0; securities.len()];
    placed().for_each(|event| next[event.security] += 1);
    let mut before = 0;
    for security in &mut next {
        before += std::mem::replace(security, before);
    }
    let mut events = vec![Candidate { row: 0, security: 0, market: 0, day0: 0 }; before];
    for event in placed() {
        let place = &mut next[event.security];
        events[*place] = event;
        *place += 1;
    }
    let compare = |a: &Candidate, b: &Candidate| a.day0.cmp(&b.day0).then_with(|| order(a.row).cmp(&order(b.row)));
    events.par_chunk_by_mut(|a, b| a.security == b.security).for_each(|own| own.sort_unstable_by(compare));
    events
}

/// A note where the session column says otherwise than the instants.
fn contradicted_sessions(aligner: &Aligner<'_>, rows: &[Row], announced: &[Announced]) -> Option<String> {
    let contradicts = |&(index, row): &(usize, &Row)| {
        let written = aligner.written(index).filter(|session| *session != Session::Unknown);
        matches!(announced[index], Announced::At(_))
            && written.zip(row.day0).is_some_and(|(session, (_, _, rule))| match rule {
                Day0Rule::SameDayBeforeOpen => session != Session::BeforeOpen,
                Day0Rule::SameDayDuring => session != Session::During,
                Day0Rule::NextSessionAfterClose => session != Session::AfterClose,
                Day0Rule::NextSessionMarketClosed | Day0Rule::SameDaySessionUnknown => false,
            })
    };
    let found = rows.par_iter().enumerate().filter(contradicts).map(|(index, _)| (index, 1));
    let (first, count) = found.reduce_with(|a, b| (a.0.min(b.0), a.1 + b.1))?;
    Some(format!(
        "the session column disagrees with the instant of {count} events, the first event {first}; day 0 follows the instant"
    ))
}

/// Sorts announcements by time; dates count by session.
fn announcement_order(announced: &Announced) -> (i64, u8) {
    match announced {
        Announced::At(instant) => (instant.as_microsecond(), 0),
        Announced::On(date, session) => (
            i64::from(date.0),
            match session {
                Session::BeforeOpen => 0,
                Session::During => 1,
                Session::Unknown => 2,
                Session::AfterClose => 3,
            },
        ),
        Announced::Missing | Announced::Invalid(_) => (i64::MAX, 0),
    }
}

/// Excludes candidates, in their order, of which there are others with the same security and day 0.
fn exclude_duplicates(rows: &mut [Row], candidates: &[Candidate], policy: Duplicates) {
    let same = |a: &Candidate, b: &Candidate| (a.security, a.day0) == (b.security, b.day0);
    for members in candidates.chunk_by(same).filter(|members| members.len() > 1) {
        let kept = usize::from(policy == Duplicates::First);
        for excluded in &members[kept..] {
            let reason = match policy {
                Duplicates::First => {
                    format!("event {} of the security has the same day 0 and was announced first", members[0].row)
                }
                _ => format!("{} events of the security have the same day 0", members.len()),
            };
            rows[excluded.row].exclusion = Some(Box::new((Outcome::Duplicate, reason)));
        }
    }
}

/// The group columns, the derived quantiles last.
fn group_columns(study: &Study, events: &EventTable, rows: &[Row], candidates: &[Candidate]) -> Vec<GroupColumn> {
    let mut columns = Vec::new();
    for name in &study.events.groups {
        let column = events.groups.iter().find(|(known, _)| known == name).map(|(_, values)| values);
        let value = |(index, row): (usize, &Row)| {
            // The session in its four spellings, derived from the instant where the table has none.
            let value = match column {
                Some(values) if name != "session" => values[index].clone(),
                _ => row.session(index, events).map(str::to_owned),
            };
            value.filter(|value| !value.is_empty())
        };
        columns.push((name.clone(), rows.iter().enumerate().map(value).collect()));
    }
    if let (Some(values), Some(column)) = (&events.quantile, &study.events.quantile) {
        let known: Vec<f64> = candidates.iter().map(|c| values[c.row]).filter(|v| v.is_finite()).collect();
        let breaks = groups::breakpoints(&known, study.quantile_count);
        let quantile = |(row, &value): (&Row, &f64)| {
            let takes_part = row.exclusion.is_none() && value.is_finite();
            takes_part.then(|| groups::quantile(&breaks, value).to_string())
        };
        columns.push((column.clone(), rows.iter().zip(values).map(quantile).collect()));
    }
    columns
}

fn collect_groups(columns: &[GroupColumn], candidates: &[Candidate]) -> Vec<Group> {
    let mut found = vec![Group { label: "all".into(), members: (0..candidates.len()).collect() }];
    for (column, values) in columns {
        let mut by_value: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, candidate) in candidates.iter().enumerate() {
            if let Some(value) = &values[candidate.row] {
                by_value.entry(value).or_default().push(place);
            }
        }
        let mut values: Vec<(&str, Vec<usize>)> = by_value.into_iter().collect();
        values.sort_by(|(a, _), (b, _)| natural_order(a, b));
        found.extend(values.into_iter().map(|(value, members)| Group { label: format!("{column}={value}"), members }));
    }
    found
}

/// Numbers by size, then everything else as text.
pub(crate) fn natural_order(a: &str, b: &str) -> Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(x), Ok(y)) => x.total_cmp(&y).then_with(|| a.cmp(b)),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}
