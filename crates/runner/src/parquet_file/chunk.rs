//! A column chunk: the values of one column in one row group, encoded array by array, each in a page of its own.
//!
//! Pages go into memory that the chunks of the next row groups use again. Beside speed that is the point of making
//! them here: the values of an array are copied once.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::Int32Type;
use parquet::basic::{Compression, Encoding, PageType};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, OffsetIndexBuilder, PageEncodingStats};
use parquet::file::page_index::offset_index::OffsetIndexMetaData;
use parquet::file::properties::WriterProperties;
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescPtr;

use super::delta;
use super::dictionary::Dictionary;
use super::header::Page;
use super::hybrid::levels;
use super::pages::Pages;
use super::values::{Extremes, plain};

/// A column chunk in the making.
pub(super) struct Chunk {
    column: ColumnDescPtr,
    compression: Compression,
    pages: Pages,
    /// The page of the dictionary, made last and written first.
    first: Pages,
    dictionary: Option<Dictionary>,
    in_steps: bool,
    extremes: Option<Extremes>,
    rows: usize,
    nulls: u64,
    /// The array of the last page.
    last: Option<ArrayRef>,
    levels: Vec<u8>,
    coded: Vec<u8>,
}

impl Chunk {
    pub(super) fn new(column: ColumnDescPtr, properties: &WriterProperties) -> Result<Self, ParquetError> {
        let compression = properties.compression(column.path());
        Ok(Self {
            pages: Pages::new(compression)?,
            first: Pages::new(compression)?,
            in_steps: properties.encoding(column.path()) == Some(Encoding::DELTA_BINARY_PACKED),
            dictionary: properties.dictionary_enabled(column.path()).then(Dictionary::default),
            column,
            compression,
            extremes: None,
            rows: 0,
            nulls: 0,
            last: None,
            levels: Vec::new(),
            coded: Vec::new(),
        })
    }

    /// Begins again, in the same memory.
    pub(super) fn clear(&mut self) {
        self.pages.clear();
        self.first.clear();
        self.dictionary.iter_mut().for_each(Dictionary::clear);
        (self.extremes, self.rows, self.nulls, self.last) = (None, 0, 0, None);
    }

    /// Adds a page.
    pub(super) fn add(&mut self, array: &ArrayRef) -> Result<(), ParquetError> {
        let rows = array.len();
        if rows == 0 {
            return Ok(());
        }
        self.rows += rows;
        self.nulls += array.null_count() as u64;
        // Some keys are the same on page after page.
        if self.last.as_ref().is_some_and(|last| Arc::ptr_eq(last, array)) {
            self.pages.repeat();
            return Ok(());
        }
        self.last = Some(array.clone());
        self.levels.clear();
        self.coded.clear();
        if self.column.max_def_level() > 0 {
            levels(array.nulls(), rows, &mut self.levels);
        }
        if let Some(dictionary) = &mut self.dictionary {
            dictionary.encode(array.as_dictionary::<Int32Type>(), &mut self.coded);
            return self.pages.add(Page::Coded, rows, &self.levels, &self.coded);
        }
        let (values, extremes) = plain(array)?;
        self.extremes = Some(self.extremes.map_or(extremes, |known| known.with(extremes)));
        if self.in_steps {
            delta::encode(values.typed_data(), &mut self.coded);
            return self.pages.add(Page::Steps, rows, &self.levels, &self.coded);
        }
        self.pages.add(Page::Plain, rows, &self.levels, &values)
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Ends it: no page will come.
    pub(super) fn finish(&mut self) -> Result<(), ParquetError> {
        match &self.dictionary {
            Some(dictionary) => self.first.add(Page::Dictionary, dictionary.len(), &[], dictionary.plain()),
            None => Ok(()),
        }
    }

    /// Writes it.
    pub(super) fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        out.write_all(self.first.bytes())?;
        out.write_all(self.pages.bytes())
    }

    /// What the file says of it, once it is written at a place: it, and its pages.
    pub(super) fn metadata(&self, at: usize) -> Result<(ColumnChunkMetaData, OffsetIndexMetaData), ParquetError> {
        let data = at + self.first.bytes().len();
        let count = |page_type, encoding, count| PageEncodingStats { page_type, encoding, count };
        let pages = self.pages.places().len() as i32;
        let encoding = match (&self.dictionary, self.in_steps) {
            (Some(_), _) => Encoding::RLE_DICTIONARY,
            (None, true) => Encoding::DELTA_BINARY_PACKED,
            (None, false) => Encoding::PLAIN,
        };
        let mut encodings = vec![encoding, Encoding::RLE];
        let mut counts = vec![count(PageType::DATA_PAGE, encoding, pages)];
        if self.dictionary.is_some() {
            encodings.push(Encoding::PLAIN);
            counts.insert(0, count(PageType::DICTIONARY_PAGE, Encoding::PLAIN, 1));
        }
        let mut builder = ColumnChunkMetaData::builder(self.column.clone())
            .set_compression(self.compression)
            .set_encodings(encodings)
            .set_page_encoding_stats(counts)
            .set_num_values(self.rows as i64)
            .set_total_compressed_size((data - at + self.pages.bytes().len()) as i64)
            .set_total_uncompressed_size((self.first.raw_size() + self.pages.raw_size()) as i64)
            .set_data_page_offset(data as i64)
            .set_dictionary_page_offset(self.dictionary.as_ref().map(|_| at as i64));
        if let Some(statistics) = self.statistics() {
            builder = builder.set_statistics(statistics);
        }
        let mut offsets = OffsetIndexBuilder::new();
        for (range, rows) in self.pages.places() {
            offsets.append_row_count(*rows as i64);
            offsets.append_offset_and_size((data + range.start) as i64, range.len() as i32);
        }
        Ok((builder.build()?, offsets.build()))
    }

    fn statistics(&self) -> Option<Statistics> {
        match &self.dictionary {
            Some(dictionary) => Some(dictionary.statistics(self.nulls)),
            None => self.extremes.map(|extremes| extremes.statistics(self.nulls)),
        }
    }
}
