//! The arrays of columns, made from the rows of a table.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{
    ArrayRef, BooleanArray, BooleanBufferBuilder, Date32Array, DictionaryArray, Float64Array, PrimitiveArray,
    StringArray, TimestampMicrosecondArray,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{ArrowPrimitiveType, Int32Type};
use dayzero_model::{Date, Maybe};

use super::runs::Pattern;
use super::{Cell, Estimate, Runs};

/// Makes arrays that rest on the pattern of the rows alone, and gives the last one again to rows of the same.
pub(super) fn kept(make: impl Fn(&Runs) -> ArrayRef + Sync) -> impl Fn(&Runs) -> ArrayRef + Sync {
    let last: Mutex<Option<(Pattern, ArrayRef)>> = Mutex::default();
    move |runs| {
        let Some(pattern) = runs.pattern() else { return make(runs) };
        let known = || last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, array)) = known().as_ref().filter(|(last, _)| *last == pattern) {
            return array.clone();
        }
        let array = make(runs);
        *known() = Some((pattern, array.clone()));
        array
    }
}

pub(super) fn flags(runs: &Runs, make: impl Fn(&Cell<'_>) -> Option<bool>) -> BooleanArray {
    let mut values = Vec::with_capacity(runs.rows());
    runs.for_each(|cell| values.push(make(cell)));
    values.into()
}

pub(super) fn dates(runs: &Runs, make: impl Fn(&Cell<'_>) -> Option<Date>) -> Date32Array {
    numbers(runs, |cell| make(cell).map(|date| date.0))
}

pub(super) fn instants(runs: &Runs, make: impl Fn(&Cell<'_>) -> Option<i64>) -> TimestampMicrosecondArray {
    numbers(runs, make).with_timezone("UTC")
}

/// Numbers as an array, whose nulls are where there is none.
pub(super) fn numbers<T: ArrowPrimitiveType, F: FnMut(&Cell<'_>) -> Option<T::Native>>(
    runs: &Runs,
    mut make: F,
) -> PrimitiveArray<T> {
    let mut values: Vec<T::Native> = Vec::with_capacity(runs.rows());
    let mut absent = Vec::new();
    runs.for_each(|cell| {
        let value = make(cell).unwrap_or_else(|| {
            absent.push(values.len());
            T::default_value()
        });
        values.push(value);
    });
    let nulls = (!absent.is_empty()).then(|| {
        let mut present = BooleanBufferBuilder::new(values.len());
        present.append_n(values.len(), true);
        absent.iter().for_each(|&row| present.set_bit(row, false));
        NullBuffer::new(present.finish())
    });
    PrimitiveArray::new(values.into(), nulls)
}

/// Numbers of which a run has one for each row.
pub(super) fn whole<T: ArrowPrimitiveType, I: Iterator<Item = T::Native>>(
    runs: &Runs,
    make: impl Fn(&Cell<'_>, usize) -> I,
) -> PrimitiveArray<T> {
    let mut values: Vec<T::Native> = Vec::with_capacity(runs.rows());
    runs.iter().for_each(|(cell, rows)| values.extend(make(&cell, rows)));
    PrimitiveArray::new(values.into(), None)
}

/// Runs of numbers as one array.
pub(super) fn join(runs: &Runs, make: impl Fn(Estimate<'_>, &Cell<'_>, &mut Vec<Maybe>)) -> Float64Array {
    let mut numbers: Vec<Maybe> = Vec::with_capacity(runs.rows());
    for (cell, rows) in runs.iter() {
        match cell.estimate {
            Some(estimate) => make(estimate, &cell, &mut numbers),
            None => numbers.extend(std::iter::repeat_n(Maybe::NONE, rows)),
        }
    }
    let (values, present) = Maybe::split(numbers);
    Float64Array::new(values.into(), present.map(NullBuffer::from))
}

/// Texts as a dictionary. Most repeat the one before.
pub(super) fn dictionary<'a>(
    runs: &Runs,
    make: impl Fn(&Cell<'_>) -> Option<Cow<'a, str>>,
) -> DictionaryArray<Int32Type> {
    let mut names: Vec<Cow<'a, str>> = Vec::new();
    let mut known_keys: HashMap<Cow<'a, str>, i32> = HashMap::new();
    let mut last: Option<i32> = None;
    let keys = numbers::<Int32Type, _>(runs, |cell| {
        let text = make(cell)?;
        let known = last.filter(|&key| is_same(&names[key as usize], &text));
        last = known.or_else(|| {
            Some(*known_keys.entry(text).or_insert_with_key(|text| {
                names.push(text.clone());
                names.len() as i32 - 1
            }))
        });
        last
    });
    DictionaryArray::new(keys, Arc::new(StringArray::from_iter_values(&names)))
}

/// Whether two texts are the same; at once where they are one.
fn is_same(a: &str, b: &str) -> bool {
    std::ptr::eq(a, b) || a == b
}
