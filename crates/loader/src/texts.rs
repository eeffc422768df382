//! Columns of texts that repeat.

use std::ops::Index;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Int32Type};

use crate::columns::{self, Interner};

/// A column of texts, each of which is kept once; `None` where null.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    distinct: Vec<Option<String>>,
    codes: Vec<u32>,
}

/// A key of a dictionary that no row has had yet.
const UNUSED: u32 = u32::MAX;

impl Texts {
    /// Reads a column as text.
    ///
    /// # Errors
    /// Arrow cannot convert the type, in a sentence.
    pub(crate) fn read(column: &ArrayRef) -> Result<Self, String> {
        match column.data_type() {
            dictionary if *dictionary == columns::dictionary_type() => Ok(Self::of_dictionary(column)),
            DataType::Utf8 => Ok(Self::intern(column.as_string::<i32>().iter())),
            _ => Ok(Self::intern(columns::texts(column)?.iter().map(Option::as_deref))),
        }
    }

    fn intern<'a>(texts: impl Iterator<Item = Option<&'a str>>) -> Self {
        // The first is that of rows without a text.
        let mut interner = Interner::default();
        let codes = texts.map(|text| text.map_or(0, |text| interner.code(text) + 1)).collect();
        Self { distinct: std::iter::once(None).chain(interner.names.into_iter().map(Some)).collect(), codes }
    }

    /// Only what a row has: tables that were cut down keep the whole dictionary.
    fn of_dictionary(column: &ArrayRef) -> Self {
        let column = column.as_dictionary::<Int32Type>();
        let values = column.values().as_string::<i32>();
        let mut distinct = vec![None];
        let mut by_key = vec![UNUSED; values.len()];
        let code = |key: Option<i32>| {
            let Some(key) = key.map(|key| key as usize).filter(|&key| values.is_valid(key)) else { return 0 };
            if by_key[key] == UNUSED {
                by_key[key] = distinct.len() as u32;
                distinct.push(Some(values.value(key).to_owned()));
            }
            by_key[key]
        };
        let codes = column.keys().iter().map(code).collect();
        Self { distinct, codes }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The texts, row by row.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        self.codes.iter().map(|&code| self.distinct[code as usize].as_deref())
    }

    /// What the rows have, in no particular order.
    pub fn distinct(&self) -> &[Option<String>] {
        &self.distinct
    }

    /// Place of the text of a row among the distinct ones.
    pub fn code(&self, row: usize) -> usize {
        self.codes[row] as usize
    }

    /// The same with texts that fail a condition left out.
    #[must_use]
    pub fn filter(mut self, keep: impl Fn(&str) -> bool) -> Self {
        self.distinct.iter_mut().for_each(|text| *text = text.take().filter(|text| keep(text)));
        self
    }
}

impl Index<usize> for Texts {
    type Output = Option<String>;

    fn index(&self, row: usize) -> &Option<String> {
        &self.distinct[self.code(row)]
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{DictionaryArray, StringArray};

    use super::*;

    #[test]
    fn a_dictionary_reads_as_the_texts_it_stands_for() {
        let rows = [Some("b"), None, Some("a"), Some("b")];
        let plain: ArrayRef = Arc::new(StringArray::from(rows.to_vec()));
        let whole: DictionaryArray<Int32Type> = [Some("unused")].into_iter().chain(rows).collect();
        let cut: ArrayRef = Arc::new(whole.slice(1, rows.len()));
        for column in [plain, cut] {
            let texts = Texts::read(&column).expect("texts");
            assert_eq!(texts.iter().collect::<Vec<_>>(), rows);
            assert_eq!(texts[3].as_deref(), Some("b"));
            assert_eq!(texts.distinct().len(), 3);
        }
    }
}
