//! The securities that a study needs, and which row groups can hold them.

use std::collections::HashSet;

/// The securities that a study needs.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub(crate) names: HashSet<String>,
    sorted: Vec<String>,
    integers: Vec<i128>,
}

impl Wanted {
    /// These securities.
    pub fn new(names: HashSet<String>) -> Self {
        let mut sorted: Vec<String> = names.iter().cloned().collect();
        sorted.sort_unstable();
        let mut integers: Vec<i128> = sorted.iter().filter_map(|name| name.parse().ok()).collect();
        integers.sort_unstable();
        Self { names, sorted, integers }
    }

    /// Whether any lies between two bounds of a column of integers or strings.
    pub(crate) fn any_between(&self, low: &str, high: &str, integer: bool) -> bool {
        if integer {
            let (Ok(low), Ok(high)) = (low.parse(), high.parse()) else { return true };
            let next = self.integers.partition_point(|&name| name < low);
            return self.integers.get(next).is_some_and(|&name| name <= high);
        }
        let next = self.sorted.partition_point(|name| name.as_str() < low);
        self.sorted.get(next).is_some_and(|name| name.as_str() <= high)
    }
}
