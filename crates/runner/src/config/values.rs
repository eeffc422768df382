//! Values that several sections share: paths, value columns, time zones.

use std::path::Path;

use dayzero_loader::ValueColumn;
use dayzero_loader::paths::{self, InputFile};
use dayzero_loader::suggest::closest;
use jiff::tz::TimeZone;

use super::mistake::Mistake;
use super::raw::RawPaths;

/// Replaces variables by the environment.
pub(super) fn expand(text: &str) -> Result<String, String> {
    paths::expand(text, |name| std::env::var(name).ok())
}

/// The files of a path key.
pub(super) fn files(raw: &RawPaths, base: &Path, key: &[&str], mistakes: &mut Vec<Mistake>) -> Vec<InputFile> {
    let listed: Vec<&String> = match raw {
        RawPaths::One(path) => vec![path],
        RawPaths::Many(paths) => paths.iter().collect(),
    };
    if listed.is_empty() {
        mistakes.push(Mistake::new(key.iter().copied(), "the list of paths is empty"));
    }
    let mut found = Vec::new();
    for (i, path) in listed.iter().enumerate() {
        let place = matches!(raw, RawPaths::Many(_)).then(|| i.to_string());
        let mistake = |problem| Mistake::new(key.iter().map(|&k| k.to_owned()).chain(place), problem);
        match expand(path).map(|path| paths::resolve(&path, base)) {
            Ok(Ok(files)) => found.extend(files),
            Ok(Err(error)) => mistakes.push(error.advice().into_iter().fold(mistake(error.sentence()), Mistake::help)),
            Err(problem) => mistakes.push(mistake(problem)),
        }
    }
    found
}

/// `return` or `price`, not both.
pub(super) fn value_column(
    price: Option<&String>,
    ret: Option<&String>,
    key: &[&str],
    mistakes: &mut Vec<Mistake>,
) -> Option<ValueColumn> {
    match (price, ret) {
        (Some(_), Some(_)) => {
            mistakes.push(Mistake::new(key.iter().copied(), "`price` and `return` exclude each other"));
            None
        }
        (Some(name), None) => Some(ValueColumn::Price(name.clone())),
        (None, Some(name)) => Some(ValueColumn::Return(name.clone())),
        (None, None) => None,
    }
}

/// A time zone by its IANA name.
pub(super) fn zone(name: &str, key: &[&str], mistakes: &mut Vec<Mistake>) -> Option<TimeZone> {
    let found = TimeZone::get(name).ok();
    if found.is_none() {
        let known: Vec<String> = jiff::tz::db().available().map(|zone| zone.as_str().to_owned()).collect();
        let mistake = Mistake::new(key.iter().copied(), format!("unknown time zone `{name}`"));
        mistakes.push(match closest(name, known.iter().map(String::as_str)) {
            Some(close) => mistake.help(format!("did you mean `{close}`?")),
            None => mistake.help("IANA names are needed, such as America/New_York"),
        });
    }
    found
}

/// A number of bytes such as `2GiB` or `1.5 GB`; units of 1024 have an i.
pub(super) fn size(text: &str, key: &[&str], mistakes: &mut Vec<Mistake>) -> Option<u64> {
    let digits = text.trim();
    let (number, unit) = digits.split_at(digits.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(digits.len()));
    let factor = match unit.to_ascii_lowercase().as_str() {
        "b" => Some(1.0),
        "kib" => Some(1024.0),
        "mib" => Some(1024.0 * 1024.0),
        "gib" => Some(1024.0 * 1024.0 * 1024.0),
        "tib" => Some(1024.0 * 1024.0 * 1024.0 * 1024.0),
        "kb" => Some(1e3),
        "mb" => Some(1e6),
        "gb" => Some(1e9),
        "tb" => Some(1e12),
        _ => None,
    };
    let bytes = number.trim().parse::<f64>().ok().zip(factor).map(|(number, factor)| number * factor);
    let bytes = bytes.filter(|bytes| (1.0..1e18).contains(bytes)).map(|bytes| bytes as u64);
    if bytes.is_none() {
        let mistake = Mistake::new(key.iter().copied(), format!("`{text}` is no size"));
        mistakes.push(mistake.help("write a number and a unit, as in \"2GiB\", \"512MiB\" or \"1.5GB\""));
    }
    bytes
}
