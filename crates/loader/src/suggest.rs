//! "Did you mean".

/// Likeness from which a known name is worth suggesting.
const ALIKE: f64 = 0.8;

/// The known name that is closest to an unknown one, if any is close.
pub fn closest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = name.to_lowercase();
    let likeness = |known: &&str| strsim::jaro_winkler(&folded, &known.to_lowercase());
    let best = known.into_iter().map(|known| (likeness(&known), known)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness > ALIKE).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names_only() {
        let known = ["market", "market_adjusted", "ff3"];
        assert_eq!(closest("markt", known), Some("market"));
        assert_eq!(closest("FF3", known), Some("ff3"));
        assert_eq!(closest("zzz", known), None);
    }
}
