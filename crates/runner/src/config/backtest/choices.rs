//! Lists of values, and quantiles that count from either end.

use crate::config::document::KeyPath;
use crate::config::mistake::Mistake;
use crate::config::raw::{OneOrMany, RawBacktest};

/// A value with the place where it was written.
pub(super) struct Listed<T> {
    pub(super) value: T,
    pub(super) path: KeyPath,
}

/// The path of a key of the section.
pub(super) fn path(keys: &[&str]) -> KeyPath {
    ["backtest"].iter().chain(keys).map(|&key| key.to_owned()).collect()
}

/// The values of a key, each once.
pub(super) fn listed<T: Clone + PartialEq>(
    raw: &OneOrMany<T>,
    key: &str,
    mistakes: &mut Vec<Mistake>,
) -> Vec<Listed<T>> {
    let keys: Vec<&str> = key.split('.').collect();
    let values = match raw {
        OneOrMany::One(value) => return vec![Listed { value: value.clone(), path: path(&keys) }],
        OneOrMany::Many(values) => values,
    };
    if values.is_empty() {
        mistakes.push(Mistake::new(path(&keys), "the list is empty"));
    }
    let mut found: Vec<Listed<T>> = Vec::new();
    for (i, value) in values.iter().enumerate() {
        let path: KeyPath = path(&keys).into_iter().chain([i.to_string()]).collect();
        if values[..i].contains(value) {
            mistakes.push(Mistake::new(path, "the value is listed twice, and would be the same strategy twice"));
        } else {
            found.push(Listed { value: value.clone(), path });
        }
    }
    found
}

/// For each number of quantiles, those that are bought and those that are sold short.
pub(super) fn sides(section: &RawBacktest, counts: &[usize], mistakes: &mut Vec<Mistake>) -> Vec<(Vec<u16>, Vec<u16>)> {
    if section.long.is_empty() && section.short.is_empty() {
        mistakes.push(Mistake::new(path(&["long"]), "nothing is bought, and nothing is sold short"));
    }
    let mut one = |key: &str, written: &[i32], count: usize| -> Vec<u16> {
        let mut found = Vec::new();
        for (i, &number) in written.iter().enumerate() {
            let place: KeyPath = path(&[key, &i.to_string()]);
            let quantile = if number < 0 { count as i64 + 1 + i64::from(number) } else { i64::from(number) };
            if !(1..=count as i64).contains(&quantile) {
                let problem = format!("there is no quantile {number} of {count}");
                mistakes.push(Mistake::new(place, problem).help("1 is the lowest, -1 the top one"));
            } else if found.contains(&(quantile as u16)) {
                mistakes.push(Mistake::new(place, format!("quantile {quantile} of {count} is named twice")));
            } else {
                found.push(quantile as u16);
            }
        }
        found
    };
    let both = |&count: &usize| (one("long", &section.long, count), one("short", &section.short, count));
    let found: Vec<(Vec<u16>, Vec<u16>)> = counts.iter().map(both).collect();
    for ((long, short), count) in found.iter().zip(counts) {
        if let Some(quantile) = long.iter().find(|quantile| short.contains(quantile)) {
            let problem = format!("quantile {quantile} of {count} is both bought and sold short");
            mistakes.push(Mistake::new(path(&["short"]), problem));
        }
    }
    found
}
