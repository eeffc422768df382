//! Which securities are like another one.

/// How the peers of a security are chosen among the other securities of its market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerRule {
    /// The securities in the same quantile of every column, sorted independently: the reference
    /// portfolios of Lyon, Barber & Tsai (1999).
    Portfolio {
        /// Columns of numbers, each with its number of quantiles.
        sorts: Vec<(String, usize)>,
        /// Columns of labels that peers share; the quantiles are those among them.
        within: Vec<String>,
    },
    /// The securities whose numbers are nearest: the matched firms of Barber & Lyon (1997).
    Nearest {
        /// Columns of numbers.
        columns: Vec<String>,
        /// Columns of labels that peers share.
        within: Vec<String>,
        /// How many securities are wanted.
        count: usize,
    },
    /// All securities that share the labels: the donors of a synthetic control (Abadie, Diamond &
    /// Hainmueller 2010).
    Donors {
        /// Columns of labels that peers share.
        within: Vec<String>,
        /// How many securities are wanted. Returns choose among them, see
        /// [`most_correlated`](super::most_correlated).
        count: usize,
    },
}

impl PeerRule {
    /// The columns of numbers that the rule needs.
    pub fn numbers(&self) -> Vec<&str> {
        match self {
            Self::Portfolio { sorts, .. } => sorts.iter().map(|(column, _)| column.as_str()).collect(),
            Self::Nearest { columns, .. } => columns.iter().map(String::as_str).collect(),
            Self::Donors { .. } => Vec::new(),
        }
    }

    /// The columns of labels that the rule needs.
    pub fn labels(&self) -> &[String] {
        match self {
            Self::Portfolio { within, .. } | Self::Nearest { within, .. } | Self::Donors { within, .. } => within,
        }
    }

    /// The number of quantiles of every sort.
    pub(super) fn quantiles(&self) -> Vec<usize> {
        match self {
            Self::Portfolio { sorts, .. } => sorts.iter().map(|&(_, count)| count).collect(),
            Self::Nearest { .. } | Self::Donors { .. } => Vec::new(),
        }
    }

    /// Why a security of which everything is known has no peers.
    pub(super) fn without_peers(&self) -> String {
        let numbers = self.numbers();
        let mut shared = self.labels().to_vec();
        match self {
            Self::Nearest { .. } if shared.is_empty() => {
                return format!("no other security of its market has a known {}", listed(&numbers));
            }
            Self::Nearest { .. } => {
                let (shared, numbers) = (listed(&shared), listed(&numbers));
                return format!("no other security of its market with the same {shared} has a known {numbers}");
            }
            Self::Portfolio { .. } | Self::Donors { .. } => {
                shared.extend(numbers.iter().map(|column| format!("quantile of {column}")));
            }
        }
        if shared.is_empty() {
            return "its market has no other security".to_owned();
        }
        format!("no other security of its market has the same {}", listed(&shared))
    }
}

fn listed(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    names.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_names_its_columns_in_its_reason() {
        let texts = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let sorts = vec![("size".to_owned(), 5), ("value".to_owned(), 3)];
        let portfolio = PeerRule::Portfolio { sorts, within: texts(&["industry"]) };
        assert_eq!((portfolio.numbers(), portfolio.quantiles()), (vec!["size", "value"], vec![5, 3]));
        let nearest = |within| PeerRule::Nearest { columns: texts(&["size", "value"]), within, count: 1 };
        let donors = |within| PeerRule::Donors { within, count: 50 };
        assert_eq!(nearest(texts(&["industry"])).labels(), ["industry"]);
        for (rule, reason) in [
            (
                portfolio,
                "no other security of its market has the same industry and quantile of size and quantile of value",
            ),
            (nearest(vec![]), "no other security of its market has a known size and value"),
            (
                nearest(texts(&["industry"])),
                "no other security of its market with the same industry has a known size and value",
            ),
            (donors(texts(&["industry", "place"])), "no other security of its market has the same industry and place"),
            (donors(vec![]), "its market has no other security"),
        ] {
            assert_eq!(rule.without_peers(), reason);
        }
    }
}
