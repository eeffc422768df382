//! What a person reads at the end of a run.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use dayzero_model::Outcome;

use crate::backtest::note::StrategyNote;
use crate::findings::{Case, CaseWindow, Headline};
use crate::manifest::{ALIGNED, Manifest};
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
        if specification.outcomes != manifest.outcomes {
            text.push_str(&outcomes(&specification.outcomes));
        }
        text.push_str(&headline(&rows));
        let cases: Vec<&Case> = manifest.cases.iter().filter(|case| case.spec_id == specification.spec_id).collect();
        text.push_str(&each_case(&cases));
    }
    text.push_str(&strategies(&manifest.strategies));
    for sentence in &manifest.luck {
        let _ = writeln!(text, "{sentence}");
    }
    if !manifest.warnings.is_empty() {
        text.push('\n');
    }
    for warning in &manifest.warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    if let Some(simulation) = &manifest.simulation {
        text.push_str(&simulation.render(&manifest.specifications));
    }
    if let Some(dir) = dir {
        let names: Vec<&str> = manifest.tables.iter().map(|table| table.name.as_str()).collect();
        if !manifest.headline.is_empty() {
            text.push_str("\n*** p < 0.01, ** p < 0.05, * p < 0.10, two-sided, before any adjustment for many tests\n");
        }
        let _ = writeln!(text, "tables in {}: {}", dir.display(), names.join(", "));
        for file in &manifest.files {
            let _ = writeln!(text, "chart: {}", dir.join(file).display());
        }
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

/// A summary is read: more strategies than these stand in their table.
const MOST_STRATEGIES: usize = 40;

/// The strategies: how many events each traded, what became of one unit of equity, and how sure that is.
fn strategies(notes: &[StrategyNote]) -> String {
    if notes.is_empty() {
        return String::new();
    }
    let mut table = plain_table();
    table.set_header(["  strategy", "", "lots", "earned", "a year", "Sharpe", "+/-", "drawdown", "alpha t"]);
    for note in &notes[..notes.len().min(MOST_STRATEGIES)] {
        let shown = |value: Option<f64>, show: fn(f64) -> String| value.map_or("-".into(), show);
        table.add_row([
            format!("  {}", note.strategy_id),
            note.label.clone(),
            thousands(note.traded),
            shown(note.equity.map(|equity| equity - 1.0), percent),
            shown(note.telling.annual_return, percent),
            shown(note.telling.sharpe, two_digits),
            shown(note.telling.sharpe_se, two_digits),
            shown(note.telling.max_drawdown.map(|depth| -depth), percent),
            shown(note.telling.alpha_t, two_digits),
        ]);
    }
    align_right(&mut table, 2..9);
    let more = notes.len().saturating_sub(MOST_STRATEGIES);
    let rest = if more > 0 {
        format!("  and {more} more in the tables `strategies` and `performance`\n")
    } else {
        String::new()
    };
    format!("\n{}{rest}", lines(&table))
}

fn headline(rows: &[&Headline]) -> String {
    let mut table = plain_table();
    let mean = if rows[0].measure == "bhar" { "mean BHAR" } else { "mean CAR" };
    table.set_header(vec!["  group", "window", "events", mean, rows[0].test.as_str(), "p", ""]);
    let mut last_group = "";
    for row in rows {
        let group = if row.group == last_group { String::new() } else { format!("  {}", row.group) };
        last_group = &row.group;
        table.add_row(vec![
            group,
            window(row),
            thousands(row.events),
            row.mean_car.map_or("-".into(), percent),
            row.statistic.map_or("-".into(), two_digits),
            row.p_value.map_or("-".into(), p_value),
            row.p_value.map_or("", stars).to_owned(),
        ]);
    }
    align_right(&mut table, 1..6);
    lines(&table)
}

/// The days of a window, with its role where it was not declared.
fn window(row: &Headline) -> String {
    let role =
        if ["drift", "reversal"].contains(&row.role.as_str()) { format!(" {}", row.role) } else { String::new() };
    format!("[{}, {}]{role}", row.first, row.last)
}

/// Every event on its own: CAR and its t by window.
fn each_case(cases: &[&Case]) -> String {
    let Some(first) = cases.first() else { return String::new() };
    let mut table = plain_table();
    let names = first.windows.iter().map(|window| format!("CAR [{}, {}]  t", window.first, window.last));
    table.set_header(["  event", "security", "market", "day 0"].map(str::to_owned).into_iter().chain(names));
    for case in cases {
        let fixed = [format!("  {}", case.event_id), case.security.clone(), case.market.clone(), case.day0.clone()];
        table.add_row(fixed.into_iter().chain(case.windows.iter().map(car_and_t)).collect::<Vec<_>>());
    }
    align_right(&mut table, 4..4 + first.windows.len());
    format!("\n{}", lines(&table))
}

fn car_and_t(window: &CaseWindow) -> String {
    let car = window.car.map_or("-".into(), percent);
    let t = window.t.map_or("-".into(), two_digits);
    format!("{car} {t:>6} {:<3}", window.p_value.map_or("", stars))
}

/// A decimal return as a signed percentage, for people.
pub fn percent(value: f64) -> String {
    format!("{:+.2} %", without_negative_zero(value * 100.0))
}

/// A statistic, for people.
pub fn two_digits(value: f64) -> String {
    format!("{:.2}", without_negative_zero(value))
}

/// What rounds to zero at two digits has no sign.
fn without_negative_zero(value: f64) -> f64 {
    if value.abs() < 0.005 { 0.0 } else { value }
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
        assert_eq!(percent(-0.00001), "+0.00 %");
        assert_eq!(two_digits(-0.004), "0.00");
        assert_eq!(p_value(0.00004), "<0.0001");
    }
}
