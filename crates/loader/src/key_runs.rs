//! Identifiers of a row group as runs of one dictionary key, straight from the pages: where a file is in the order of
//! its securities, they are stored so, and a key per row would be made for nothing.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::datatypes::DataType;
use bytes::Bytes;
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageReader};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::ChunkReader;
use parquet::file::serialized_reader::SerializedPageReader;

use crate::columns;
use crate::reads::Stretch;

/// A dictionary, and rows with the same key in a row.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyRuns {
    pub(crate) names: Dictionary,
    /// Key of each run, and the first row behind it.
    pub(crate) runs: Vec<(u32, usize)>,
}

impl KeyRuns {
    /// Reads a column of a row group; `None` where it is not stored in this way, lacks a value or cannot be read:
    /// then the usual reader has to see to it.
    pub(crate) fn read(
        file: &impl ChunkReader,
        column: &ColumnChunkMetaData,
        data_type: &DataType,
        rows: usize,
    ) -> Option<Self> {
        let described = column.column_descr();
        let flat = described.max_rep_level() == 0 && described.max_def_level() <= 1;
        // With less than a bit per row there are hardly other than long runs.
        let long = usize::try_from(column.uncompressed_size()).ok()? < rows / 8;
        if !flat || !long || column.dictionary_page_offset().is_none() {
            return None;
        }
        let (start, length) = column.byte_range();
        let stretch = Stretch::read(file, start, length).ok()?;
        let mut pages = SerializedPageReader::new(Arc::new(stretch), column, rows, None).ok()?;
        let mut found = Self::default();
        while let Some(page) = pages.get_next_page().ok()? {
            match page {
                Page::DictionaryPage { buf, num_values, .. } => {
                    found.names = Dictionary::new(buf, num_values as usize, column.column_type(), data_type)?;
                }
                page => found.take(&page, described.max_def_level() > 0)?,
            }
        }
        let known = |&(key, _): &(u32, usize)| (key as usize) < found.names.len();
        (found.rows() == rows && found.runs.iter().all(known)).then_some(found)
    }

    fn rows(&self) -> usize {
        self.runs.last().map_or(0, |(_, end)| *end)
    }

    fn take(&mut self, page: &Page, optional: bool) -> Option<()> {
        let rows = page.num_values() as usize;
        let values = match page {
            Page::DataPage { buf, def_level_encoding: Encoding::RLE, .. } if optional => {
                let (len, rest) = buf.split_first_chunk()?;
                let (levels, values) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
                let mut full = true;
                each_run(levels, 1, rows, |level, _| full &= level == 1)?;
                full.then_some(values)?
            }
            Page::DataPage { buf, .. } if !optional => buf,
            Page::DataPageV2 { buf, num_nulls: 0, def_levels_byte_len, .. } => {
                buf.get(*def_levels_byte_len as usize..)?
            }
            _ => return None,
        };
        if !matches!(page.encoding(), Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY) {
            return None;
        }
        let (&width, keys) = values.split_first()?;
        each_run(keys, width, rows, |key, len| self.push(key, len))
    }

    fn push(&mut self, key: u32, len: usize) {
        let end = self.rows() + len;
        match self.runs.last_mut() {
            Some(last) if last.0 == key => last.1 = end,
            _ => self.runs.push((key, end)),
        }
    }
}

/// The names of a dictionary page, which may be many more than a row group has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Dictionary {
    bytes: Bytes,
    stored: Stored,
}

#[derive(Debug, PartialEq, Eq)]
enum Stored {
    /// Behind their lengths, which start here.
    Texts(Vec<u32>),
    Int32,
    Int64,
}

impl Default for Stored {
    fn default() -> Self {
        Self::Texts(Vec::new())
    }
}

impl Dictionary {
    fn new(bytes: Bytes, count: usize, stored: Type, data_type: &DataType) -> Option<Self> {
        let stored = match (stored, data_type) {
            (Type::BYTE_ARRAY, text_type) if columns::is_text(text_type) => Stored::Texts(starts(&bytes, count)?),
            (Type::INT32, DataType::Int32) => Stored::Int32,
            (Type::INT64, DataType::Int64) => Stored::Int64,
            _ => return None,
        };
        Some(Self { bytes, stored })
    }

    /// Number of names.
    pub(crate) fn len(&self) -> usize {
        match &self.stored {
            Stored::Texts(starts) => starts.len(),
            Stored::Int32 => self.bytes.len() / 4,
            Stored::Int64 => self.bytes.len() / 8,
        }
    }

    /// The name of a key: a text, or the digits of an integer.
    pub(crate) fn name(&self, key: usize) -> Option<Cow<'_, str>> {
        match &self.stored {
            Stored::Texts(starts) => Some(str::from_utf8(text(&self.bytes, *starts.get(key)? as usize)?).ok()?.into()),
            Stored::Int32 => Some(i32::from_le_bytes(*self.bytes.as_chunks().0.get(key)?).to_string().into()),
            Stored::Int64 => Some(i64::from_le_bytes(*self.bytes.as_chunks().0.get(key)?).to_string().into()),
        }
    }
}

/// Where the texts of a dictionary page start, each behind its length.
fn starts(bytes: &[u8], count: usize) -> Option<Vec<u32>> {
    let mut next = 0;
    let mut start = || {
        let start = next;
        next += 4 + text(bytes, start)?.len();
        u32::try_from(start).ok()
    };
    (0..count).map(|_| start()).collect()
}

fn text(bytes: &[u8], start: usize) -> Option<&[u8]> {
    let (len, rest) = bytes.get(start..)?.split_first_chunk()?;
    rest.get(..u32::from_le_bytes(*len) as usize)
}

/// Decodes integers of so many bits in Parquet's mixture of runs and packed groups of eight; `None` where bytes are
/// missing.
fn each_run(mut bytes: &[u8], width: u8, mut left: usize, mut push: impl FnMut(u32, usize)) -> Option<()> {
    if width > 32 {
        return None;
    }
    let bits = usize::from(width);
    while left > 0 {
        let header = varint(&mut bytes)?;
        let (count, packed) = (header >> 1, header & 1 == 1);
        let len = if packed { count.checked_mul(bits)? } else { bits.div_ceil(8) };
        let (stored, rest) = bytes.split_at_checked(len)?;
        bytes = rest;
        if packed {
            let count = count.checked_mul(8)?.min(left);
            (0..count).for_each(|place| push(integer(stored, place * bits, bits), 1));
            left -= count;
        } else {
            let count = count.min(left);
            push(integer(stored, 0, bits), count);
            left -= count;
        }
    }
    Some(())
}

fn varint(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0;
    for place in 0..5 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// The integer of up to 32 bits that starts at a bit.
fn integer(bytes: &[u8], start: usize, bits: usize) -> u32 {
    let word = bytes[start / 8..].iter().take(5).rev().fold(0_u64, |word, &byte| word << 8 | u64::from(byte));
    (word >> (start % 8) & ((1 << bits) - 1)) as u32
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use parquet::arrow::ArrowWriter;
    use parquet::file::properties::{WriterProperties, WriterVersion};

    use super::*;
    use crate::schema::open_metadata;

    fn read(column: ArrayRef, version: WriterVersion) -> Option<KeyRuns> {
        let (rows, data_type) = (column.len(), column.data_type().clone());
        let batch = RecordBatch::try_from_iter([("id", column)]).expect("a batch");
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let properties = WriterProperties::builder()
            .set_writer_version(version)
            .set_data_page_row_count_limit(1000)
            .set_write_batch_size(100)
            .build();
        let handle = file.reopen().expect("it can be opened");
        let mut writer = ArrowWriter::try_new(handle, batch.schema(), Some(properties)).expect("a writer");
        writer.write(&batch).expect("it can be written");
        writer.close().expect("it can be closed");
        let metadata = open_metadata(file.path()).expect("metadata");
        let group = metadata.metadata().row_group(0);
        KeyRuns::read(&file.reopen().expect("it can be opened"), group.column(0), &data_type, rows)
    }

    fn texts(lens: &[usize]) -> Vec<Option<String>> {
        lens.iter().enumerate().flat_map(|(name, &len)| vec![Some(format!("name {}", name % 5)); len]).collect()
    }

    fn names(found: &KeyRuns) -> Vec<Cow<'_, str>> {
        (0..found.names.len()).map(|key| found.names.name(key).expect("a name")).collect()
    }

    #[test]
    fn runs_are_those_of_the_rows() {
        // Neither boundaries of pages nor of groups of eight.
        let lens = [2_995, 13, 1, 5_000, 7, 2_003];
        let ends: Vec<usize> = (1..=lens.len()).map(|place| lens[..place].iter().sum()).collect();
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            let found = read(Arc::new(StringArray::from(texts(&lens))), version).expect("runs");
            assert_eq!(names(&found), ["name 0", "name 1", "name 2", "name 3", "name 4"]);
            let expected: Vec<(u32, usize)> = [0, 1, 2, 3, 4, 0].into_iter().zip(ends.clone()).collect();
            assert_eq!(found.runs, expected);
        }
        let integers = Int64Array::from_iter_values([-7; 3_000].into_iter().chain([10_107; 3_000]));
        let found = read(Arc::new(integers), WriterVersion::PARQUET_1_0).expect("runs");
        assert_eq!(
            (names(&found).as_slice(), found.runs.as_slice()),
            (&["-7", "10107"].map(Cow::from)[..], &[(0, 3_000), (1, 6_000)][..])
        );
    }

    #[test]
    fn other_columns_are_left_to_the_usual_reader() {
        let mut holed = texts(&[3_000, 3_000]);
        holed[2_000] = None;
        assert_eq!(read(Arc::new(StringArray::from(holed)), WriterVersion::PARQUET_1_0), None);
        assert_eq!(read(Arc::new(StringArray::from(texts(&[1; 6_000]))), WriterVersion::PARQUET_1_0), None);
    }
}
