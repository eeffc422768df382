//! Pages, one behind the other.

use std::cell::RefCell;
use std::ops::Range;

use parquet::basic::Compression;
use parquet::errors::ParquetError;
use zstd::bulk::Compressor;

use super::GROUP_ROWS;
use super::header::{self, Page};

thread_local! {
    /// A thread compresses many pages, one after the other, and what that takes is large.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

/// Bytes of a header: few in any case.
const MOST_OF_HEADER: usize = 64;

/// Pages in one stretch of memory.
#[derive(Default)]
pub(super) struct Pages {
    bytes: Vec<u8>,
    /// Where each lies, and how many rows it has.
    places: Vec<(Range<usize>, usize)>,
    raw_size: usize,
    /// Of the last page.
    last_raw_size: usize,
    zstd: Option<Zstd>,
}

/// Pages on their way through compression.
struct Zstd {
    level: i32,
    /// A page before and after compression.
    raw: Vec<u8>,
    packed: Vec<u8>,
}

impl Pages {
    pub(super) fn new(compression: Compression) -> Result<Self, ParquetError> {
        let zstd = match compression {
            Compression::UNCOMPRESSED => None,
            Compression::ZSTD(level) => {
                let level = level.compression_level();
                Some(Zstd { level, raw: Vec::new(), packed: Vec::new() })
            }
            other => return Err(ParquetError::NYI(format!("compression by {other}"))),
        };
        Ok(Self { zstd, ..Self::default() })
    }

    /// Begins again, in the same memory.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.places.clear();
        self.raw_size = 0;
    }

    /// Adds a page. All have values of one kind.
    pub(super) fn add(&mut self, page: Page, rows: usize, levels: &[u8], values: &[u8]) -> Result<(), ParquetError> {
        let (start, size) = (self.bytes.len(), levels.len() + values.len());
        let header = match &mut self.zstd {
            None => {
                if self.bytes.capacity() == 0 {
                    // As many more will come as fit a row group.
                    self.bytes.reserve_exact((size + MOST_OF_HEADER) * GROUP_ROWS.div_ceil(rows.max(1)));
                }
                header::write(page, rows, (size, size), &mut self.bytes);
                let header = self.bytes.len() - start;
                self.bytes.extend_from_slice(levels);
                self.bytes.extend_from_slice(values);
                header
            }
            Some(zstd) => {
                zstd.pack(levels, values)?;
                header::write(page, rows, (size, zstd.packed.len()), &mut self.bytes);
                let header = self.bytes.len() - start;
                self.bytes.extend_from_slice(&zstd.packed);
                header
            }
        };
        self.end_page(start, rows, header + size);
        Ok(())
    }

    /// Adds the last page again.
    pub(super) fn repeat(&mut self) {
        if let Some((last, rows)) = self.places.last().cloned() {
            let start = self.bytes.len();
            self.bytes.extend_from_within(last);
            self.end_page(start, rows, self.last_raw_size);
        }
    }

    fn end_page(&mut self, start: usize, rows: usize, raw_size: usize) {
        self.places.push((start..self.bytes.len(), rows));
        self.last_raw_size = raw_size;
        self.raw_size += raw_size;
    }

    /// Where each lies among the bytes, and how many rows it has.
    pub(super) fn places(&self) -> &[(Range<usize>, usize)] {
        &self.places
    }

    /// All of them.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How large they were without compression.
    pub(super) fn raw_size(&self) -> usize {
        self.raw_size
    }
}

impl Zstd {
    fn pack(&mut self, levels: &[u8], values: &[u8]) -> Result<(), ParquetError> {
        self.raw.clear();
        self.raw.extend_from_slice(levels);
        self.raw.extend_from_slice(values);
        self.packed.clear();
        self.packed.reserve(zstd::zstd_safe::compress_bound(self.raw.len()));
        COMPRESSOR.with_borrow_mut(|known| -> std::io::Result<()> {
            let compressor = match known {
                Some(compressor) => compressor,
                None => known.insert(Compressor::new(self.level)?),
            };
            compressor.set_compression_level(self.level)?;
            compressor.compress_to_buffer(&self.raw, &mut self.packed)?;
            Ok(())
        })?;
        Ok(())
    }
}
