//! A column of a table: its field, and how its values are made.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int16Array, Int32Array, StringArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Int32Type, TimeUnit};
use dayzero_model::groups::Group;
use dayzero_model::{Date, Maybe, Window};

use crate::finished::Finished;

/// Where a row of a table comes from. What the numbers count depends on the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Specification.
    pub specification: usize,
    /// Input row of the event, or the group.
    pub item: usize,
    /// Day, window or test.
    pub part: usize,
}

type Make<'a, T> = Box<dyn Fn(&Cell) -> Option<T> + Sync + 'a>;

/// The numbers of a run of rows, from the cell that begins it.
type MakeRun<'a> = Box<dyn Fn(&Cell) -> &'a [Maybe] + Sync + 'a>;

enum Values<'a> {
    Int16(Make<'a, i16>),
    Int32(Make<'a, i32>),
    Float(Make<'a, f64>),
    /// The values of all parts of a unit at once.
    FloatRun(MakeRun<'a>),
    Flag(Make<'a, bool>),
    Text(Make<'a, Cow<'a, str>>),
    Date(Make<'a, Date>),
    Instant(Make<'a, i64>),
}

/// A column.
pub struct Column<'a> {
    name: String,
    description: String,
    key: bool,
    values: Values<'a>,
}

macro_rules! constructor {
    ($function:ident, $variant:ident, $type:ty, $doc:literal) => {
        #[doc = $doc]
        pub(super) fn $function(
            name: impl Into<String>,
            description: impl Into<String>,
            make: impl Fn(&Cell) -> Option<$type> + Sync + 'a,
        ) -> Self {
            let values = Values::$variant(Box::new(make));
            Self { name: name.into(), description: description.into(), key: false, values }
        }
    };
}

impl<'a> Column<'a> {
    constructor!(int16, Int16, i16, "Small whole numbers.");
    constructor!(int32, Int32, i32, "Whole numbers.");
    constructor!(float, Float, f64, "Numbers.");
    constructor!(flag, Flag, bool, "True or false.");
    constructor!(text, Text, Cow<'a, str>, "Text, dictionary-encoded.");
    constructor!(date, Date, Date, "Civil dates.");
    constructor!(instant, Instant, i64, "Instants in microseconds from the epoch.");

    /// Numbers of runs of rows: `make` gives the run that a cell begins, a number for each of its rows.
    pub(super) fn float_run(
        name: impl Into<String>,
        description: impl Into<String>,
        make: impl Fn(&Cell) -> &'a [Maybe] + Sync + 'a,
    ) -> Self {
        let values = Values::FloatRun(Box::new(make));
        Self { name: name.into(), description: description.into(), key: false, values }
    }

    /// The key `spec_id`.
    pub(super) fn specification(of: impl Fn(&Cell) -> usize + Sync + 'a) -> Self {
        Self::int32("spec_id", "specification", move |cell| Some(of(cell) as i32)).key()
    }

    /// The key `group`, from the place of the group.
    pub(super) fn group(groups: &'a [Group], of: impl Fn(&Cell) -> usize + Sync + 'a) -> Self {
        Self::text("group", "all, or column=value", move |cell| Some(groups[of(cell)].label.as_str().into())).key()
    }

    /// The key `tau` of tables whose part is a day of the event window.
    pub(super) fn tau(finished: &'a Finished<'a>) -> Self {
        let first = |cell: &Cell| finished.specification(cell.specification).event.first();
        Self::int16("tau", "trading days from day 0", move |cell| Some((first(cell) + cell.part as i32) as i16)).key()
    }

    /// The keys `first` and `last`, the days of a window.
    pub(super) fn window(of: impl Fn(&Cell) -> Window + Copy + Sync + 'a) -> [Self; 2] {
        [
            Self::int16("first", "first day of the window", move |cell| Some(of(cell).first() as i16)).key(),
            Self::int16("last", "last day of the window", move |cell| Some(of(cell).last() as i16)).key(),
        ]
    }

    /// A column that is kept however the table is narrowed.
    pub(super) fn key(mut self) -> Self {
        self.key = true;
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is kept however the table is narrowed.
    pub fn is_key(&self) -> bool {
        self.key
    }

    /// Its field.
    pub fn field(&self) -> Field {
        let data_type = match &self.values {
            Values::Int16(_) => DataType::Int16,
            Values::Int32(_) => DataType::Int32,
            Values::Float(_) | Values::FloatRun(_) => DataType::Float64,
            Values::Flag(_) => DataType::Boolean,
            Values::Text(_) => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Values::Date(_) => DataType::Date32,
            Values::Instant(_) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        };
        // One entry only: more would be written in an order that varies from run to run.
        let metadata = HashMap::from([("description".to_owned(), self.description.clone())]);
        Field::new(&self.name, data_type, !self.key).with_metadata(metadata)
    }

    /// Its values for some rows.
    pub fn array(&self, cells: &[Cell]) -> ArrayRef {
        match &self.values {
            Values::Int16(make) if self.key => {
                Arc::new(Int16Array::from_iter_values(cells.iter().map(|cell| make(cell).unwrap_or_default())))
            }
            Values::Int32(make) if self.key => {
                Arc::new(Int32Array::from_iter_values(cells.iter().map(|cell| make(cell).unwrap_or_default())))
            }
            Values::Int16(make) => Arc::new(cells.iter().map(make).collect::<Int16Array>()),
            Values::Int32(make) => Arc::new(cells.iter().map(make).collect::<Int32Array>()),
            Values::Float(make) => Arc::new(cells.iter().map(make).collect::<Float64Array>()),
            Values::FloatRun(make) => {
                let runs: Vec<&[Maybe]> = cells.iter().filter(|cell| cell.part == 0).map(make).collect();
                Arc::new(join(&runs, cells.len()))
            }
            Values::Flag(make) => Arc::new(cells.iter().map(make).collect::<BooleanArray>()),
            Values::Text(make) => Arc::new(dictionary(cells.iter().map(make))),
            Values::Date(make) => Arc::new(cells.iter().map(|cell| make(cell).map(|d| d.0)).collect::<Date32Array>()),
            Values::Instant(make) => {
                Arc::new(cells.iter().map(make).collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
            }
        }
    }
}

/// Runs of numbers as one array.
fn join(runs: &[&[Maybe]], len: usize) -> Float64Array {
    let mut values = Vec::with_capacity(len);
    for run in runs {
        values.extend(run.iter().map(|value| value.get().unwrap_or(0.0)));
    }
    let whole = runs.iter().all(|run| run.iter().all(|value| value.is_some()));
    let present = || runs.iter().flat_map(|run| run.iter().map(|value| value.is_some()));
    Float64Array::new(values.into(), (!whole).then(|| present().collect::<Vec<bool>>().into()))
}

/// Texts as a dictionary. Most repeat the one before.
fn dictionary<'a>(texts: impl Iterator<Item = Option<Cow<'a, str>>>) -> DictionaryArray<Int32Type> {
    let mut names: Vec<Cow<'a, str>> = Vec::new();
    let mut keys: HashMap<Cow<'a, str>, i32> = HashMap::new();
    let mut last: Option<i32> = None;
    let key = |text: Option<Cow<'a, str>>| {
        let text = text?;
        if let Some(key) = last.filter(|&key| names[key as usize] == text) {
            return Some(key);
        }
        let key = *keys.entry(text).or_insert_with_key(|text| {
            names.push(text.clone());
            names.len() as i32 - 1
        });
        last = Some(key);
        last
    };
    let keys: Int32Array = texts.map(key).collect();
    DictionaryArray::new(keys, Arc::new(StringArray::from_iter_values(&names)))
}
