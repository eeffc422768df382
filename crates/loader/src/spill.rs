//! Rows that wait in a temporary file until their securities are put in place: tables that are sorted by date
//! have every security in every row group, and so all rows would be in memory twice.

use std::fs::File;
use std::io::{BufWriter, Read, Result, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::DataError;

/// How much may be held of price rows, and where the rest waits.
#[derive(Clone, Debug)]
pub struct Bound {
    /// Bytes.
    pub bytes: u64,
    /// Numbers that the panel holds per security and day.
    pub columns: usize,
    /// A directory for the temporary file.
    pub directory: PathBuf,
}

/// Columns of rows of one row group that were put in the order of their securities: values, further columns,
/// and the places that they had.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    pub(crate) values: Vec<f64>,
    pub(crate) extras: Vec<Vec<f64>>,
    pub(crate) order: Vec<u32>,
}

impl Columns {
    /// Puts the rows in the order of these places, which they have now.
    pub(crate) fn reorder(&mut self, order: Vec<u32>) {
        for column in std::iter::once(&mut self.values).chain(&mut self.extras) {
            *column = order.iter().map(|&place| column[place as usize]).collect();
        }
        self.order = order;
    }

    fn bytes(&self) -> u64 {
        (8 * self.values.len() * (1 + self.extras.len()) + 4 * self.order.len()) as u64
    }
}

/// Where the columns of a row group lie in the temporary file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    start: u64,
    rows: u64,
}

/// The temporary file, which has no name: nothing of it is left, however the program ends.
#[derive(Debug)]
pub(crate) struct Spill {
    directory: PathBuf,
    /// Bytes of rows that may be held in memory.
    room: u64,
    held: AtomicU64,
    file: Mutex<Option<(File, u64)>>,
}

impl Spill {
    pub(crate) fn new(directory: &Path, room: u64) -> Self {
        Self { directory: directory.to_owned(), room, held: AtomicU64::new(0), file: Mutex::new(None) }
    }

    /// Bytes that may be brought back at once.
    pub(crate) fn room(&self) -> u64 {
        self.room
    }

    /// Bytes that have been put aside.
    pub(crate) fn written(&self) -> u64 {
        self.file.lock().map_or(0, |file| file.as_ref().map_or(0, |(_, end)| *end))
    }

    /// Puts columns aside where there is no room for them.
    pub(crate) fn offer(&self, columns: &mut Columns) -> std::result::Result<Option<Waiting>, DataError> {
        let bytes = columns.bytes();
        let fits = |held: u64| (held + bytes <= self.room).then_some(held + bytes);
        if self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok() {
            return Ok(None);
        }
        let waiting = self.write(columns).map_err(|error| self.failed(&error))?;
        *columns = Columns::default();
        Ok(Some(waiting))
    }

    fn failed(&self, error: &std::io::Error) -> DataError {
        DataError::new(format!("a temporary file for price rows cannot be used: {error}"))
            .file(&self.directory)
            .remedy("make room there, or raise [run] memory so that no such file is needed")
    }

    fn write(&self, columns: &Columns) -> Result<Waiting> {
        let mut guard = self.file.lock().map_err(|_| std::io::Error::other("another thread failed"))?;
        if guard.is_none() {
            *guard = Some((tempfile::tempfile_in(&self.directory)?, 0));
        }
        let Some((file, end)) = guard.as_mut() else { return Err(std::io::Error::other("it is not there")) };
        let start = *end;
        file.seek(SeekFrom::Start(start))?;
        let mut out = BufWriter::with_capacity(1 << 16, file);
        for column in std::iter::once(&columns.values).chain(&columns.extras) {
            column.iter().try_for_each(|value| out.write_all(&value.to_le_bytes()))?;
        }
        columns.order.iter().try_for_each(|place| out.write_all(&place.to_le_bytes()))?;
        out.flush()?;
        drop(out);
        *end += columns.bytes();
        Ok(Waiting { start, rows: columns.values.len() as u64 })
    }

    /// Brings back some of the entries of a row group.
    pub(crate) fn read(
        &self,
        waiting: Waiting,
        extras: usize,
        entries: &Range<usize>,
    ) -> std::result::Result<Columns, DataError> {
        self.read_columns(waiting, extras, entries).map_err(|error| self.failed(&error))
    }

    fn read_columns(&self, waiting: Waiting, extras: usize, entries: &Range<usize>) -> Result<Columns> {
        let mut guard = self.file.lock().map_err(|_| std::io::Error::other("another thread failed"))?;
        let Some((file, _)) = guard.as_mut() else { return Err(std::io::Error::other("it is not there")) };
        let mut bytes = Vec::new();
        let mut read = |column: usize, width: u64| -> Result<Vec<u8>> {
            let start = waiting.start + 8 * waiting.rows * column as u64 + width * entries.start as u64;
            file.seek(SeekFrom::Start(start))?;
            bytes.resize(entries.len() * width as usize, 0);
            file.read_exact(&mut bytes)?;
            Ok(std::mem::take(&mut bytes))
        };
        let numbers = |bytes: Vec<u8>| bytes.as_chunks().0.iter().map(|&number| f64::from_le_bytes(number)).collect();
        let mut columns = (0..=extras).map(|column| Ok(numbers(read(column, 8)?)));
        let values: Vec<f64> = columns.next().unwrap_or_else(|| Ok(Vec::new()))?;
        let further: Vec<Vec<f64>> = columns.collect::<Result<_>>()?;
        let order = read(extras + 1, 4)?.as_chunks().0.iter().map(|&place| u32::from_le_bytes(place)).collect();
        Ok(Columns { values, extras: further, order })
    }
}
