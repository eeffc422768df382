//! The securities that a study needs, and which row groups can hold them.

use std::collections::HashSet;

/// The securities that a study needs.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    names: HashSet<String>,
    sorted: Vec<String>,
    integers: Vec<i128>,
    all: bool,
}

impl Wanted {
    /// These securities.
    pub fn new(names: HashSet<String>) -> Self {
        let mut sorted: Vec<String> = names.iter().cloned().collect();
        sorted.sort_unstable();
        let mut integers: Vec<i128> = sorted.iter().filter_map(|name| name.parse().ok()).collect();
        integers.sort_unstable();
        Self { names, sorted, integers, all: false }
    }

    /// Every security of the price table, for studies in which others stand in for that of an event.
    pub fn all() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// Whether a security is among them.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.all || self.names.contains(name)
    }

    /// Whether every security is.
    pub(crate) fn is_all(&self) -> bool {
        self.all
    }

    /// Whether any lies between two bounds of a column of integers or strings.
    pub(crate) fn any_between(&self, low: &str, high: &str, integer: bool) -> bool {
        if self.all {
            return true;
        }
        if integer {
            let (Ok(low), Ok(high)) = (low.parse(), high.parse()) else { return true };
            let next = self.integers.partition_point(|&name| name < low);
            return self.integers.get(next).is_some_and(|&name| name <= high);
        }
        let next = self.sorted.partition_point(|name| name.as_str() < low);
        self.sorted.get(next).is_some_and(|name| name.as_str() <= high)
    }
}
