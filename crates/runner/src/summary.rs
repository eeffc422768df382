//! What a person reads at the end of a run.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use dayzero_model::Outcome;

use crate::manifest::{ALIGNED, Headline, Manifest};
use crate::terminal::{align_right, lines, plain_table};

/// Events by outcome, mean CAR by window and group, and where the tables are.
pub fn render(manifest: &Manifest, dir: Option<&Path>) -> String {
    let mut text = String::new();
    let total: usize = manifest.outcomes.values().sum();
    for market in &manifest.markets {
        let _ = writeln!(
            text,
            "market {}: {} securities, {} trading days from {} to {}",
            market.name,
            market.securities,
            thousands(market.days),
            market.first,
            market.last
        );
    }
    for note in &manifest.notes {
        let _ = writeln!(text, "note: {note}");
    }
    let _ = writeln!(text, "\n{} events", thousands(total));
    text.push_str(&outcomes(&manifest.outcomes));
    for specification in &manifest.specifications {
        let rows: Vec<&Headline> =
            manifest.headline.iter().filter(|row| row.spec_id == specification.spec_id).collect();
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n[{}] {}", specification.spec_id, specification.label);
        text.push_str(&headline(&rows));
    }
    if let Some(dir) = dir {
        let names: Vec<&str> = manifest.tables.iter().map(|table| table.name.as_str()).collect();
        let _ = writeln!(text, "\ntables in {}: {}", dir.display(), names.join(", "));
    }
    text
}

fn outcomes(counts: &BTreeMap<String, usize>) -> String {
    let mut table = plain_table();
    for code in [ALIGNED].into_iter().chain(Outcome::ALL.map(Outcome::code)) {
        if let Some(&count) = counts.get(code) {
            table.add_row(vec!["  ".to_owned(), thousands(count), code.to_owned()]);
        }
    }
    align_right(&mut table, [1]);
    lines(&table)
}

fn headline(rows: &[&Headline]) -> String {
    let mut table = plain_table();
    table.set_header(vec!["  group", "window", "events", "mean CAR", rows[0].test.as_str(), "p", ""]);
    let mut last_group = "";
    for row in rows {
        let group = if row.group == last_group { String::new() } else { format!("  {}", row.group) };
        last_group = &row.group;
        table.add_row(vec![
            group,
            format!("[{}, {}]", row.first, row.last),
            thousands(row.events),
            row.mean_car.map_or("-".into(), percent),
            row.statistic.map_or("-".into(), |value| format!("{value:.2}")),
            row.p_value.map_or("-".into(), p_value),
            row.p_value.map_or("", stars).to_owned(),
        ]);
    }
    align_right(&mut table, 1..6);
    lines(&table)
}

/// A decimal return as a signed percentage, for people.
pub fn percent(value: f64) -> String {
    format!("{:+.2} %", value * 100.0)
}

/// A p-value, for people.
pub fn p_value(p: f64) -> String {
    if p < 0.0001 { "<0.0001".into() } else { format!("{p:.4}") }
}

fn stars(p: f64) -> &'static str {
    match p {
        p if p < 0.01 => "***",
        p if p < 0.05 => "**",
        p if p < 0.10 => "*",
        _ => "",
    }
}

/// A count with commas between thousands.
pub fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(thousands(23_375), "23,375");
        assert_eq!(thousands(100), "100");
        assert_eq!(percent(-0.0204), "-2.04 %");
        assert_eq!(p_value(0.00004), "<0.0001");
    }
}
