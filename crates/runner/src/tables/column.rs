//! A column of a table: its field, and how its values are made.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, BooleanBufferBuilder, Date32Array, DictionaryArray, Float64Array, Int32Array,
    PrimitiveArray, StringArray, TimestampMicrosecondArray,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{ArrowPrimitiveType, DataType, Field, Float64Type, Int16Type, Int32Type, TimeUnit};
use dayzero_loader::columns::dictionary_type;
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
    /// Place of the event among the candidates, in tables of estimates, where it has one.
    pub place: Option<u32>,
}

/// Makes the values of some rows. One call for many of them, so that the loop over them is compiled with what
/// makes each.
type Make<'a> = Box<dyn Fn(&[Cell]) -> ArrayRef + Sync + 'a>;

/// A column.
pub struct Column<'a> {
    name: String,
    description: String,
    key: bool,
    data_type: DataType,
    make: Make<'a>,
}

macro_rules! constructor {
    ($function:ident, $type:ty, $data_type:expr, $array:expr, $doc:literal) => {
        #[doc = $doc]
        pub(super) fn $function(
            name: impl Into<String>,
            description: impl Into<String>,
            make: impl Fn(&Cell) -> Option<$type> + Sync + 'a,
        ) -> Self {
            let make = Box::new(move |cells: &[Cell]| -> ArrayRef { Arc::new($array(cells, &make)) });
            Self { name: name.into(), description: description.into(), key: false, data_type: $data_type, make }
        }
    };
}

impl<'a> Column<'a> {
    constructor!(int16, i16, DataType::Int16, numbers::<Int16Type, _>, "Small whole numbers.");
    constructor!(int32, i32, DataType::Int32, numbers::<Int32Type, _>, "Whole numbers.");
    constructor!(float, f64, DataType::Float64, numbers::<Float64Type, _>, "Numbers.");
    constructor!(flag, bool, DataType::Boolean, flags, "True or false.");
    constructor!(text, Cow<'a, str>, dictionary_type(), dictionary, "Text, dictionary-encoded.");
    constructor!(date, Date, DataType::Date32, dates, "Civil dates.");
    constructor!(instant, i64, instant_type(), instants, "Instants in microseconds from the epoch.");

    /// Numbers of runs of rows: `make` gives the run that a cell begins, a number for each of its rows.
    pub(super) fn float_run(
        name: impl Into<String>,
        description: impl Into<String>,
        make: impl Fn(&Cell) -> &'a [Maybe] + Sync + 'a,
    ) -> Self {
        let make = Box::new(move |cells: &[Cell]| -> ArrayRef {
            let runs: Vec<&[Maybe]> = cells.iter().filter(|cell| cell.part == 0).map(&make).collect();
            Arc::new(join(&runs, cells.len()))
        });
        let data_type = DataType::Float64;
        Self { name: name.into(), description: description.into(), key: false, data_type, make }
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
        // One entry only: more would be written in an order that varies from run to run.
        let metadata = HashMap::from([("description".to_owned(), self.description.clone())]);
        Field::new(&self.name, self.data_type.clone(), !self.key).with_metadata(metadata)
    }

    /// Its values for some rows.
    pub fn array(&self, cells: &[Cell]) -> ArrayRef {
        (self.make)(cells)
    }
}

fn instant_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn flags(cells: &[Cell], make: impl Fn(&Cell) -> Option<bool>) -> BooleanArray {
    cells.iter().map(make).collect()
}

fn dates(cells: &[Cell], make: impl Fn(&Cell) -> Option<Date>) -> Date32Array {
    numbers(cells, |cell| make(cell).map(|date| date.0))
}

fn instants(cells: &[Cell], make: impl Fn(&Cell) -> Option<i64>) -> TimestampMicrosecondArray {
    numbers(cells, make).with_timezone("UTC")
}

/// Numbers as an array, whose nulls are where there is none.
fn numbers<T: ArrowPrimitiveType, F: Fn(&Cell) -> Option<T::Native>>(cells: &[Cell], make: F) -> PrimitiveArray<T> {
    let mut absent = Vec::new();
    let value = |(row, cell): (usize, &Cell)| {
        make(cell).unwrap_or_else(|| {
            absent.push(row);
            T::default_value()
        })
    };
    let values: Vec<T::Native> = cells.iter().enumerate().map(value).collect();
    let nulls = (!absent.is_empty()).then(|| {
        let mut present = BooleanBufferBuilder::new(cells.len());
        present.append_n(cells.len(), true);
        absent.iter().for_each(|&row| present.set_bit(row, false));
        NullBuffer::new(present.finish())
    });
    PrimitiveArray::new(values.into(), nulls)
}

/// Runs of numbers as one array.
fn join(runs: &[&[Maybe]], len: usize) -> Float64Array {
    let mut values = Vec::with_capacity(len);
    let mut whole = true;
    for run in runs {
        values.extend(run.iter().map(|value| value.get().unwrap_or(0.0)));
        whole &= run.iter().fold(true, |whole, value| whole & value.is_some());
    }
    let present = || runs.iter().flat_map(|run| run.iter().map(|value| value.is_some()));
    Float64Array::new(values.into(), (!whole).then(|| present().collect::<Vec<bool>>().into()))
}

/// Texts as a dictionary. Most repeat the one before.
fn dictionary<'a>(cells: &[Cell], make: impl Fn(&Cell) -> Option<Cow<'a, str>>) -> DictionaryArray<Int32Type> {
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
    let keys: Int32Array = cells.iter().map(make).map(key).collect();
    DictionaryArray::new(keys, Arc::new(StringArray::from_iter_values(&names)))
}
