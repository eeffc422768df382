//! The document against the schema: unknown keys, missing keys and wrong types, all at once.

use serde_json::Value as Schema;

use super::document::{Document, KeyPath, Node, Value};
use super::mistake::Mistake;

/// Every way in which a document departs from the schema.
pub(super) struct Departures {
    /// What is wrong.
    pub(super) mistakes: Vec<Mistake>,
    /// The document without its unknown keys, where nothing else is wrong with it.
    pub(super) sound: Option<serde_json::Value>,
}

/// Holds a document against the schema.
pub(super) fn against_schema(document: &Document, schema: &Schema) -> Departures {
    let mut walk = Walk { root: schema, mistakes: Vec::new(), unknown: Vec::new() };
    walk.visit(&document.root, schema, &Vec::new());
    let sound = (walk.mistakes.len() == walk.unknown.len()).then(|| {
        let mut json = document.to_json();
        walk.unknown.iter().for_each(|path| remove(&mut json, path));
        json
    });
    Departures { mistakes: walk.mistakes, sound }
}

/// Takes the value at a path out of its table.
fn remove(json: &mut serde_json::Value, path: &[String]) {
    let Some((last, tables)) = path.split_last() else { return };
    let table = tables.iter().try_fold(json, |value, key| match value {
        serde_json::Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
        other => other.get_mut(key),
    });
    if let Some(serde_json::Value::Object(entries)) = table {
        entries.remove(last);
    }
}

struct Walk<'a> {
    root: &'a Schema,
    mistakes: Vec<Mistake>,
    unknown: Vec<KeyPath>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, node: &Node, schema: &'a Schema, path: &KeyPath) {
        let options = self.options(schema);
        let kind = kind_of(&node.value);
        let fitting = options.iter().copied().find(|option| accepts(option, kind));
        let Some(schema) = fitting else {
            let wanted = expectation(&options);
            self.mistakes.push(Mistake::new(path.clone(), format!("{wanted} is needed here, not {}", article(kind))));
            return;
        };
        match &node.value {
            Value::Table(entries) => self.visit_table(entries, schema, path),
            Value::Array(items) => {
                self.check_length(items.len(), schema, path);
                for (i, item) in items.iter().enumerate() {
                    if let Some(items) = schema.get("items") {
                        self.visit(item, items, &below(path, &i.to_string()));
                    }
                }
            }
            Value::Text(text) => self.check_choice(text, &options, path),
            Value::Integer(number) => {
                let minimum = schema.get("minimum").and_then(Schema::as_i64);
                let narrow = schema.get("format").and_then(Schema::as_str) == Some("int32");
                if minimum.is_some_and(|minimum| *number < minimum) {
                    self.mistakes.push(Mistake::new(path.clone(), format!("{number} is too small")));
                } else if narrow && i32::try_from(*number).is_err() {
                    self.mistakes.push(Mistake::new(path.clone(), format!("{number} is beyond all days")));
                }
            }
            Value::Float(number) if !number.is_finite() => {
                self.mistakes.push(Mistake::new(path.clone(), format!("a finite number is needed here, not {number}")));
            }
            Value::Float(_) | Value::Boolean(_) | Value::Date(_) => {}
        }
    }

    fn visit_table<P>(&mut self, entries: &[(String, P, Node)], schema: &'a Schema, path: &KeyPath) {
        let none = serde_json::Map::new();
        let properties = schema.get("properties").and_then(Schema::as_object);
        let names: Vec<&str> = properties.unwrap_or(&none).keys().map(String::as_str).collect();
        for (name, _, node) in entries {
            let inside = below(path, name);
            let known = properties.and_then(|properties| properties.get(name));
            match known.or_else(|| schema.get("additionalProperties").filter(|rest| rest.is_object())) {
                Some(schema) => self.visit(node, schema, &inside),
                None => {
                    let table = if path.is_empty() { String::new() } else { format!(" in {}", table_name(path)) };
                    self.unknown.push(inside.clone());
                    let mistake = Mistake::new(inside, format!("unknown key `{name}`{table}")).at_key();
                    self.mistakes.push(mistake.did_you_mean(name, names.iter().copied()));
                }
            }
        }
        let required = schema.get("required").and_then(Schema::as_array);
        for name in required.into_iter().flatten().filter_map(Schema::as_str) {
            if !entries.iter().any(|(known, ..)| known == name) {
                let table = if path.is_empty() { "the study".into() } else { table_name(path) };
                self.mistakes.push(Mistake::new(path.clone(), format!("{table} lacks the key `{name}`")));
            }
        }
    }

    fn check_length(&mut self, length: usize, schema: &Schema, path: &KeyPath) {
        let bound = |name| schema.get(name).and_then(Schema::as_u64).map(|bound| bound as usize);
        if let (Some(low), Some(high)) = (bound("minItems"), bound("maxItems"))
            && !(low..=high).contains(&length)
        {
            self.mistakes.push(Mistake::new(path.clone(), format!("{low} values are needed here, not {length}")));
        }
    }

    /// A text where the schema lists the texts that it takes.
    fn check_choice(&mut self, text: &str, options: &[&Schema], path: &KeyPath) {
        let choices: Vec<&str> = options.iter().filter_map(|option| option.get("const")?.as_str()).collect();
        if !choices.is_empty() && !choices.contains(&text) {
            let mistake = Mistake::new(path.clone(), format!("unknown value `{text}`"));
            self.mistakes.push(mistake.did_you_mean(text, choices));
        }
    }

    /// The alternatives of a schema, references followed.
    fn options(&self, schema: &'a Schema) -> Vec<&'a Schema> {
        if let Some(name) = schema.get("$ref").and_then(Schema::as_str) {
            let target = self.root.pointer(name.trim_start_matches('#'));
            return target.map_or_else(Vec::new, |target| self.options(target));
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(alternatives) = schema.get(key).and_then(Schema::as_array) {
                return alternatives.iter().flat_map(|option| self.options(option)).collect();
            }
        }
        vec![schema]
    }
}

fn below(path: &KeyPath, name: &str) -> KeyPath {
    path.iter().cloned().chain([name.to_owned()]).collect()
}

/// A table as it is headed: `[study]`, or `[[regressions]]` where it is one of several.
fn table_name(path: &KeyPath) -> String {
    match path.split_last() {
        Some((place, list)) if !list.is_empty() && place.parse::<usize>().is_ok() => format!("[[{}]]", list.join(".")),
        _ => format!("[{}]", path.join(".")),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Table(_) => "object",
        Value::Array(_) => "array",
        Value::Text(_) | Value::Date(_) => "string",
        Value::Integer(_) => "integer",
        Value::Float(_) => "number",
        Value::Boolean(_) => "boolean",
    }
}

fn types(schema: &Schema) -> Vec<&str> {
    match schema.get("type") {
        Some(Schema::String(name)) => vec![name],
        Some(Schema::Array(names)) => names.iter().filter_map(Schema::as_str).collect(),
        _ => vec![],
    }
}

fn accepts(schema: &Schema, kind: &str) -> bool {
    types(schema).iter().any(|name| *name == kind || (*name == "number" && kind == "integer"))
}

fn article(kind: &str) -> &'static str {
    match kind {
        "object" => "a table",
        "array" => "a list",
        "string" => "a string",
        "integer" => "a whole number",
        "number" => "a number",
        _ => "true or false",
    }
}

fn expectation(options: &[&Schema]) -> String {
    let mut names: Vec<&str> =
        options.iter().flat_map(|option| types(option)).filter(|name| *name != "null").map(article).collect();
    names.dedup();
    names.join(" or ")
}
