//! The dictionary of a column chunk.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray};
use arrow::datatypes::Int32Type;
use parquet::data_type::ByteArray;
use parquet::file::statistics::Statistics;

use super::hybrid;

/// The texts of a column chunk, each once, in the order in which they come.
#[derive(Default)]
pub(super) struct Dictionary {
    codes: HashMap<Box<str>, u32>,
    /// The texts as values of a page.
    plain: Vec<u8>,
    /// The texts of the last array, since those of the next are often the same.
    texts: Option<ArrayRef>,
    /// The code of each of them, or [`UNKNOWN`].
    known: Vec<u32>,
    numbers: Vec<u32>,
}

/// The code of a text that was not looked up yet.
const UNKNOWN: u32 = u32::MAX;

/// Texts that are longer are not told in statistics.
const LONGEST_EXTREME: usize = 64;

impl Dictionary {
    /// Forgets all texts.
    pub(super) fn clear(&mut self) {
        self.codes.clear();
        self.plain.clear();
        self.texts = None;
    }

    /// Appends the values that an array has as places in the dictionary, to which new ones are added.
    pub(super) fn encode(&mut self, array: &DictionaryArray<Int32Type>, into: &mut Vec<u8>) {
        if !self.texts.as_ref().is_some_and(|texts| Arc::ptr_eq(texts, array.values())) {
            self.texts = Some(array.values().clone());
            self.known.clear();
            self.known.resize(array.values().len(), UNKNOWN);
        }
        let texts = array.values().as_string::<i32>();
        let Self { codes, plain, known, numbers, .. } = self;
        numbers.clear();
        let mut code = |key: i32| {
            let known = &mut known[key as usize];
            if *known == UNKNOWN {
                *known = code_of(texts.value(key as usize), codes, plain);
            }
            numbers.push(*known);
        };
        match array.nulls() {
            None => array.keys().values().iter().for_each(|&key| code(key)),
            Some(_) => array.keys().iter().flatten().for_each(code),
        }
        let width = (codes.len().saturating_sub(1).max(1) as u32).ilog2() + 1;
        into.push(width as u8);
        hybrid::encode(numbers, width, into);
    }

    /// Number of texts.
    pub(super) fn len(&self) -> usize {
        self.codes.len()
    }

    /// The texts as values of a page.
    pub(super) fn plain(&self) -> &[u8] {
        &self.plain
    }

    /// What it says of the values of the chunk, of which so many are absent.
    pub(super) fn statistics(&self, nulls: u64) -> Statistics {
        let extreme = |text: Option<&Box<str>>| {
            text.filter(|text| text.len() <= LONGEST_EXTREME).map(|text| ByteArray::from(&**text))
        };
        let (least, most) = (extreme(self.codes.keys().min()), extreme(self.codes.keys().max()));
        Statistics::byte_array(least, most, None, Some(nulls), false)
    }
}

fn code_of(text: &str, codes: &mut HashMap<Box<str>, u32>, plain: &mut Vec<u8>) -> u32 {
    if let Some(&code) = codes.get(text) {
        return code;
    }
    plain.extend_from_slice(&(text.len() as u32).to_le_bytes());
    plain.extend_from_slice(text.as_bytes());
    let code = codes.len() as u32;
    codes.insert(text.into(), code);
    code
}
