//! A TOML document whose every value knows where it was written, and errors that show it.

use std::ops::Range;
use std::path::Path;

use ariadne::{Color, Config, IndexType, Label, Report, ReportKind};
use serde_json::{Map, Number};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{ConfigError, Mistake};

/// A path of keys and list places from the root of the document.
pub(super) type KeyPath = Vec<String>;

/// Where something was written: a source and the bytes in it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    source: usize,
    span: Range<usize>,
}

impl Place {
    /// Mistakes are listed as their lines follow each other, those of the file before those of --set.
    fn order(&self) -> (usize, usize) {
        (self.source, self.span.start)
    }
}

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    place: Place,
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Table(Vec<(String, Place, Node)>),
    Array(Vec<Node>),
    Text(String),
    Date(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
}

/// A study file with the edits of `--set` on top.
pub struct Document {
    sources: Vec<(String, String)>,
    pub(super) root: Node,
}

impl Document {
    pub(super) fn read(path: &Path, edits: &[String]) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            ConfigError::plain(format!("error: cannot read the study file {}: {error}", path.display()))
        })?;
        let mut sources = vec![(path.display().to_string(), text)];
        for edit in edits {
            sources.push((format!("--set {edit}"), assignment(edit)?));
        }
        let mut root: Option<Node> = None;
        for source in 0..sources.len() {
            let node = parse(&sources, source)?;
            match &mut root {
                None => root = Some(node),
                Some(root) => root.merge(node),
            }
        }
        let root = root.ok_or_else(|| ConfigError::plain("error: the study file is empty"))?;
        Ok(Self { sources, root })
    }

    pub(super) fn to_json(&self) -> serde_json::Value {
        self.root.to_json()
    }

    fn place(&self, mistake: &Mistake) -> Place {
        let place = self.root.find(&mistake.path, mistake.at_key);
        let written = self.sources[place.source].1.get(place.span.clone()).unwrap_or_default();
        let part = mistake.within.as_ref().and_then(|part| narrowed(written, &place, part));
        part.unwrap_or(place)
    }

    /// Renders mistakes with the lines in which they stand.
    pub fn error(&self, mistakes: &[Mistake]) -> ConfigError {
        let mut placed: Vec<(Place, &Mistake)> =
            mistakes.iter().map(|mistake| (self.place(mistake), mistake)).collect();
        placed.sort_by_key(|(place, _)| place.order());
        let reports = placed
            .iter()
            .map(|(place, mistake)| render(&self.sources, place, &mistake.problem, mistake.help.as_deref()));
        ConfigError::all(reports)
    }
}

/// The bytes of a part of a text, where the text stands in one line and as it is meant.
fn narrowed(written: &str, place: &Place, part: &Range<usize>) -> Option<Place> {
    let quote = if written.starts_with("\"\"\"") || written.starts_with("'''") { 3 } else { 1 };
    let plain = !written.contains(['\\', '\n']) && written.len() >= 2 * quote;
    let start = place.span.start + quote + part.start;
    plain.then(|| Place { source: place.source, span: start..start + part.len().max(1) })
}

/// `--set a.b=c` as a line of TOML; a value that is no TOML is a string.
fn assignment(edit: &str) -> Result<String, ConfigError> {
    let (key, value) = edit.split_once('=').ok_or_else(|| {
        ConfigError::plain(format!("error: --set {edit}\n  help: write key=value, as in --set study.model=ff3"))
    })?;
    let line = format!("{key} = {value}");
    if DeTable::parse(&line).is_ok() {
        return Ok(line);
    }
    Ok(format!("{key} = {}", serde_json::Value::String(value.trim().to_owned())))
}

fn parse(sources: &[(String, String)], source: usize) -> Result<Node, ConfigError> {
    let (_, text) = &sources[source];
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(Node::from_table(table.span(), table.get_ref(), source));
    }
    let place = |error: &toml::de::Error| Place { source, span: error.span().unwrap_or(0..0) };
    let mut placed: Vec<_> = errors.iter().map(|error| (place(error), error)).collect();
    placed.sort_by_key(|(place, _)| place.order());
    let report = |(place, error): &(Place, &toml::de::Error)| {
        render(sources, place, &format!("this is no TOML: {}", error.message()), None)
    };
    Err(ConfigError::all(placed.iter().map(report)))
}

/// One report: the message, and the line with a caret.
fn render(sources: &[(String, String)], place: &Place, problem: &str, help: Option<&str>) -> String {
    let (name, text) = &sources[place.source];
    let id = name.clone();
    let span = place.span.start.min(text.len())..place.span.end.min(text.len());
    let config = Config::default().with_color(crate::terminal::colour_on_stderr()).with_index_type(IndexType::Byte);
    let report = Report::build(ReportKind::Error, (id.clone(), span.clone()))
        .with_config(config)
        .with_message(problem)
        .with_label(Label::new((id, span)).with_message(help.unwrap_or_default()).with_color(Color::Red));
    let mut out = Vec::new();
    let written = report.finish().write(ariadne::sources([(name.clone(), text.clone())]), &mut out);
    match written {
        // All messages of the program begin alike.
        Ok(()) => String::from_utf8_lossy(&out).replacen("Error:", "error:", 1),
        Err(_) => format!("error: {problem} ({name})"),
    }
}

impl Node {
    fn from_value(value: &Spanned<DeValue<'_>>, source: usize) -> Self {
        let place = Place { source, span: value.span() };
        let number = |digits: &str, radix| i64::from_str_radix(&digits.replace('_', ""), radix);
        let value = match value.get_ref() {
            DeValue::Table(table) => return Self::from_table(value.span(), table, source),
            DeValue::Array(items) => Value::Array(items.iter().map(|item| Self::from_value(item, source)).collect()),
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Datetime(date) => Value::Date(date.to_string()),
            DeValue::Boolean(flag) => Value::Boolean(*flag),
            DeValue::Integer(integer) => match number(integer.as_str(), integer.radix()) {
                Ok(number) => Value::Integer(number),
                Err(_) => Value::Text(integer.as_str().to_owned()),
            },
            DeValue::Float(float) => match float.as_str().replace('_', "").parse() {
                Ok(number) => Value::Float(number),
                Err(_) => Value::Text(float.as_str().to_owned()),
            },
        };
        Self { value, place }
    }

    fn from_table(span: Range<usize>, table: &DeTable<'_>, source: usize) -> Self {
        let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let name: &std::borrow::Cow<'_, str> = key.get_ref();
            (name.to_string(), Place { source, span: key.span() }, Self::from_value(value, source))
        };
        Self { value: Value::Table(table.iter().map(entry).collect()), place: Place { source, span } }
    }

    /// Lays another tree over this one: tables are merged, anything else is replaced.
    fn merge(&mut self, other: Self) {
        match (&mut self.value, other.value) {
            (Value::Table(mine), Value::Table(theirs)) => {
                for (name, place, node) in theirs {
                    match mine.iter_mut().find(|(known, ..)| *known == name) {
                        Some((_, _, known)) => known.merge(node),
                        None => mine.push((name, place, node)),
                    }
                }
            }
            (mine, theirs) => {
                *mine = theirs;
                self.place = other.place;
            }
        }
    }

    /// The place of the value at a path, or of the deepest part of it that exists.
    fn find(&self, path: &[String], at_key: bool) -> Place {
        let Some((first, rest)) = path.split_first() else { return self.place.clone() };
        match &self.value {
            Value::Table(entries) => match entries.iter().find(|(name, ..)| name == first) {
                Some((_, place, _)) if at_key && rest.is_empty() => place.clone(),
                Some((_, _, node)) => node.find(rest, at_key),
                None => self.place.clone(),
            },
            Value::Array(items) => match first.parse().ok().and_then(|i: usize| items.get(i)) {
                Some(node) => node.find(rest, at_key),
                None => self.place.clone(),
            },
            _ => self.place.clone(),
        }
    }

    fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Table(entries) => Json::Object(
                entries.iter().map(|(name, _, node)| (name.clone(), node.to_json())).collect::<Map<_, _>>(),
            ),
            Value::Array(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Value::Text(text) | Value::Date(text) => Json::String(text.clone()),
            Value::Integer(number) => Json::Number((*number).into()),
            Value::Float(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
            Value::Boolean(flag) => Json::Bool(*flag),
        }
    }
}
