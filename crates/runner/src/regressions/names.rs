//! Where the names in formulas lead: to the event table first, then to the characteristics.

use dayzero_loader::CharacteristicSource;
use dayzero_loader::events::EventTable;
use dayzero_loader::table::Table;

use super::KnownLabel;
use crate::Failure;
use crate::config::{Mistake, Study};

/// A name that the event table does not have.
struct Sought<'a> {
    name: &'a str,
    number: bool,
    mistake: Mistake,
}

/// The characteristics to read: those that the models need, and those that formulas name.
///
/// # Errors
/// A name leads nowhere, or the table cannot be read.
pub fn characteristics(study: &Study, events: &EventTable) -> Result<CharacteristicSource, Failure> {
    let mut source = study.characteristics.clone();
    let sought = sought(study, events);
    if sought.is_empty() {
        return Ok(source);
    }
    let columns = Table::names(&source.files)?;
    let mut mistakes = Vec::new();
    for Sought { name, number, mistake } in sought {
        if !columns.iter().any(|column| column == name) {
            if number || KnownLabel::named(name).is_none() {
                let labels = KnownLabel::ALL.map(KnownLabel::name);
                let known = Table::names(&study.events.files)?.into_iter().chain(columns.iter().cloned());
                let known: Vec<String> = known.chain(labels.iter().filter(|_| !number).map(|l| (*l).into())).collect();
                mistakes.push(mistake.did_you_mean(name, known.iter().map(String::as_str)));
            }
            continue;
        }
        let names = if number { &mut source.numbers } else { &mut source.labels };
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    if mistakes.is_empty() { Ok(source) } else { Err(study.document.error(&mistakes).into()) }
}

fn sought<'a>(study: &'a Study, events: &EventTable) -> Vec<Sought<'a>> {
    let has_label = |name: &str| events.labels.iter().any(|(known, _)| known == name);
    let has_number = |name: &str| events.numbers.iter().any(|(known, _)| known == name);
    let tables = match study.characteristics.files.is_empty() {
        true => "the event table has no column",
        false => "neither the event table nor that of the characteristics has a column",
    };
    let mut found = Vec::new();
    for (index, regression) in study.regressions.iter().enumerate() {
        let path = |key: &str| vec!["regressions".to_owned(), index.to_string(), key.to_owned()];
        let problem = |name: &str| format!("{tables} `{name}`");
        for (names, number) in
            [(regression.formula.numbers().collect::<Vec<_>>(), true), (regression.formula.labels().collect(), false)]
        {
            let known = |name: &str| match number {
                true => has_number(name),
                false => has_label(name) || KnownLabel::named(name) == Some(KnownLabel::Session),
            };
            for name in names.into_iter().filter(|name| !known(&name.text)) {
                let mistake = Mistake::new(path("formula"), problem(&name.text)).within(name.span.clone());
                found.push(Sought { name: &name.text, number, mistake });
            }
        }
        for (way, name) in regression.cluster.iter().enumerate() {
            if KnownLabel::named(name).is_none() && !has_label(name) {
                let place = path("cluster").into_iter().chain([way.to_string()]);
                found.push(Sought { name, number: false, mistake: Mistake::new(place, problem(name)) });
            }
        }
    }
    found
}
