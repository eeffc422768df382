//! The securities of one market as they were known on one day.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Characteristics, PeerRule, UnknownColumn};
use crate::groups::{breakpoints, quantile};
use crate::significance::mean_and_deviation;
use crate::{Date, Maybe};

/// The columns of a rule.
pub(super) struct Columns<'a> {
    table: &'a Characteristics,
    numbers: Vec<(&'a str, usize)>,
    labels: Vec<(&'a str, usize)>,
}

/// A security of which everything that a rule asks for is known.
pub(super) struct Profile {
    numbers: Vec<f64>,
    labels: Vec<u32>,
}

impl<'a> Columns<'a> {
    pub(super) fn find(rule: &'a PeerRule, table: &'a Characteristics) -> Result<Self, UnknownColumn> {
        let number = |name: &'a str| Ok((name, table.number_column(name).ok_or_else(|| UnknownColumn(name.into()))?));
        let label = |name: &'a String| {
            Ok((name.as_str(), table.label_column(name).ok_or_else(|| UnknownColumn(name.clone()))?))
        };
        let numbers = rule.numbers().into_iter().map(number).collect::<Result<_, _>>()?;
        let labels = rule.labels().iter().map(label).collect::<Result<_, _>>()?;
        Ok(Self { table, numbers, labels })
    }

    /// The days from which something that the rule asks for may be known of a security.
    /// What was known of a security before a date, or the reason why that is not all.
    pub(super) fn profile(&self, security: usize, date: Date) -> Result<Profile, String> {
        let unknown = |name: &str| format!("no {name} is known before day 0");
        let number = |&(name, column)| self.table.number(column, security, date).ok_or_else(|| unknown(name));
        let label = |&(name, column)| self.table.label(column, security, date).ok_or_else(|| unknown(name));
        let numbers = self.numbers.iter().map(number).collect::<Result<_, _>>()?;
        let labels = self.labels.iter().map(label).collect::<Result<_, _>>()?;
        Ok(Profile { numbers, labels })
    }

    fn labels(&self, security: usize, date: Date) -> Option<Vec<u32>> {
        self.labels.iter().map(|&(_, column)| self.table.label(column, security, date)).collect()
    }
}

/// What was known of the securities of a market before a date.
pub(super) struct Snapshot<'a> {
    securities: &'a [u32],
    /// Every column of numbers, in the order of the securities.
    numbers: Vec<Vec<Maybe>>,
    /// The unit of distance in every column.
    units: Vec<f64>,
    /// Places of the securities that share their labels, rising.
    groups: BTreeMap<Vec<u32>, Vec<usize>>,
}

impl<'a> Snapshot<'a> {
    pub(super) fn take(columns: &Columns, securities: &'a [u32], date: Date) -> Self {
        let number = |column, &security: &u32| columns.table.number(column, security as usize, date).into();
        let column = |&(_, column): &(_, usize)| securities.iter().map(|security| number(column, security)).collect();
        let numbers: Vec<Vec<Maybe>> = columns.numbers.iter().map(column).collect();
        let units = numbers.iter().map(|column| unit(column)).collect();
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (place, &security) in securities.iter().enumerate() {
            if let Some(labels) = columns.labels(security as usize, date) {
                groups.entry(labels).or_default().push(place);
            }
        }
        Self { securities, numbers, units, groups }
    }

    fn group(&self, labels: &[u32]) -> &[usize] {
        self.groups.get(labels).map_or(&[], Vec::as_slice)
    }

    /// The `count` securities other than `own` that share the labels of a profile and whose numbers
    /// are nearest to it; ties in the order of the securities.
    pub(super) fn nearest(&self, profile: &Profile, own: u32, count: usize) -> Arc<[u32]> {
        let squared_distance = |place: usize| -> Option<f64> {
            let squares = self.numbers.iter().zip(&profile.numbers).zip(&self.units).map(|((column, own), unit)| {
                let difference = (column[place].get()? - own) / unit;
                Maybe::finite(difference * difference).get()
            });
            squares.sum()
        };
        let others = self.group(&profile.labels).iter().filter(|&&place| self.securities[place] != own);
        let mut nearest: Vec<(f64, u32)> = Vec::new();
        for &place in others {
            let Some(distance) = squared_distance(place) else { continue };
            let rank = nearest.partition_point(|&(nearer, _)| nearer <= distance);
            if rank < count {
                nearest.truncate(count - 1);
                nearest.insert(rank, (distance, self.securities[place]));
            }
        }
        nearest.into_iter().map(|(_, security)| security).collect()
    }
}

/// The unit of distance in a column: its standard deviation across the whole market, so that it does
/// not hang on the few securities that share their labels. A column without spread does not tell
/// securities apart, and has no weight.
fn unit(column: &[Maybe]) -> f64 {
    let known: Vec<f64> = column.iter().filter_map(|number| number.get()).collect();
    let (_, deviation) = mean_and_deviation(&known);
    if deviation > 0.0 { deviation } else { f64::INFINITY }
}

/// The securities of a snapshot that share their labels, sorted into cells.
struct Sorted {
    /// Of every column, among all that have its number, whatever else of them is missing.
    breakpoints: Vec<Vec<f64>>,
    /// Members by the quantiles of all columns, rising.
    cells: BTreeMap<Vec<usize>, Arc<[u32]>>,
}

impl Sorted {
    fn new(snapshot: &Snapshot, labels: &[u32], quantiles: &[usize]) -> Self {
        let group = snapshot.group(labels);
        let sort = |(column, &count): (&Vec<Maybe>, &usize)| {
            let known: Vec<f64> = group.iter().filter_map(|&place| column[place].get()).collect();
            breakpoints(&known, count)
        };
        let breakpoints: Vec<Vec<f64>> = snapshot.numbers.iter().zip(quantiles).map(sort).collect();
        let mut cells: BTreeMap<_, Vec<u32>> = BTreeMap::new();
        for &place in group {
            let sorted = breakpoints.iter().zip(&snapshot.numbers);
            let cell: Option<Vec<usize>> =
                sorted.map(|(breaks, column)| Some(quantile(breaks, column[place].get()?))).collect();
            if let Some(cell) = cell {
                cells.entry(cell).or_default().push(snapshot.securities[place]);
            }
        }
        Self { breakpoints, cells: cells.into_iter().map(|(cell, members)| (cell, members.into())).collect() }
    }
}

/// The cells of a snapshot. A group of equal labels is sorted when the first event asks for it, and
/// the events of a cell share its members.
pub(super) struct Cells<'a> {
    snapshot: &'a Snapshot<'a>,
    quantiles: &'a [usize],
    groups: BTreeMap<Vec<u32>, Sorted>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(snapshot: &'a Snapshot<'a>, quantiles: &'a [usize]) -> Self {
        Self { snapshot, quantiles, groups: BTreeMap::new() }
    }

    /// The securities of the cell in which a profile lies, rising; itself among them.
    pub(super) fn around(&mut self, profile: &Profile) -> Arc<[u32]> {
        let sort = || Sorted::new(self.snapshot, &profile.labels, self.quantiles);
        let sorted = self.groups.entry(profile.labels.clone()).or_insert_with(sort);
        let cell: Vec<usize> =
            sorted.breakpoints.iter().zip(&profile.numbers).map(|(breaks, &number)| quantile(breaks, number)).collect();
        sorted.cells.get(&cell).cloned().unwrap_or_default()
    }
}
