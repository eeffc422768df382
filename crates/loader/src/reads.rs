//! Which bytes of a file were read.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::buf::Reader;
use bytes::{Buf, Bytes};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// The ranges of a file that were read, in any order.
#[derive(Clone, Default)]
pub(crate) struct Reads(Arc<Mutex<Vec<Range<u64>>>>);

impl Reads {
    fn note(&self, range: Range<u64>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(range);
    }

    /// The ranges in their order, none of which touch.
    pub(crate) fn ranges(&self) -> Vec<Range<u64>> {
        let mut ranges = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ranges.sort_unstable_by_key(|range| (range.start, range.end));
        let mut joined: Vec<Range<u64>> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                _ if range.is_empty() => {}
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        joined
    }
}

/// A file whose reads are noted. Every read says where, so that none moves the place of another.
pub(crate) struct NotedFile {
    file: Arc<File>,
    size: u64,
    reads: Reads,
}

impl NotedFile {
    pub(crate) fn open(path: &Path, reads: &Reads) -> std::io::Result<Self> {
        let file = File::open(path)?;
        Ok(Self { size: file.metadata()?.len(), file: Arc::new(file), reads: reads.clone() })
    }
}

impl Length for NotedFile {
    fn len(&self) -> u64 {
        self.size
    }
}

impl ChunkReader for NotedFile {
    type T = BufReader<NotedRead>;

    fn get_read(&self, start: u64) -> Result<BufReader<NotedRead>> {
        let from = NotedRead { file: self.file.clone(), at: start, reads: self.reads.clone() };
        Ok(BufReader::with_capacity(HEADER, from))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // A length that makes no sense is told before there is room for it.
        if length as u64 > self.size.saturating_sub(start) {
            return Err(ParquetError::EOF(format!("{length} bytes from {start} on of a file of {}", self.size)));
        }
        let mut bytes = vec![0; length];
        read_exact_at(&self.file, &mut bytes, start).map_err(|error| ParquetError::EOF(error.to_string()))?;
        self.reads.note(start..start + length as u64);
        Ok(bytes.into())
    }
}

/// Bytes that are asked for at once where nobody knows how many it will be: most headers of pages are shorter.
const HEADER: usize = 512;

/// What follows a place in such a file.
pub(crate) struct NotedRead {
    file: Arc<File>,
    at: u64,
    reads: Reads,
}

impl Read for NotedRead {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = read_at(&self.file, into, self.at)? as u64;
        self.reads.note(self.at..self.at + count);
        self.at += count;
        Ok(count as usize)
    }
}

/// Fills some bytes with those from a place of a file on.
pub(crate) fn read_exact_at(file: &File, mut into: &mut [u8], mut at: u64) -> std::io::Result<()> {
    while !into.is_empty() {
        match read_at(file, into, at) {
            Ok(0) => return Err(std::io::Error::other("the file ended before its time: it changed while it was read")),
            Ok(count) => (into, at) = (&mut into[count..], at + count as u64),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(unix)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> std::io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, at)
}

#[cfg(windows)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> std::io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, at)
}

/// A stretch of a file that was read at once; places are those in the file.
pub(crate) struct Stretch {
    bytes: Bytes,
    start: u64,
}

impl Stretch {
    pub(crate) fn read(file: &impl ChunkReader, start: u64, length: u64) -> Result<Self> {
        Ok(Self { bytes: file.get_bytes(start, length as usize)?, start })
    }

    fn place(&self, start: u64) -> Result<usize> {
        let place = start.checked_sub(self.start).filter(|&place| place <= self.bytes.len() as u64);
        place.map(|place| place as usize).ok_or_else(|| ParquetError::EOF(format!("{start} is not in the stretch")))
    }
}

impl Length for Stretch {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for Stretch {
    type T = Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Reader<Bytes>> {
        Ok(self.bytes.slice(self.place(start)?..).reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let place = self.place(start)?;
        self.place(start + length as u64)?;
        Ok(self.bytes.slice(place..place + length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_handed_on_is_noted() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), [7; 1000]).expect("it can be written");
        let reads = Reads::default();
        let noted = NotedFile::open(file.path(), &reads).expect("it opens");
        noted.get_bytes(100, 50).expect("so many are there");
        noted.get_bytes(150, 10).expect("so many are there");
        noted.get_bytes(20, 5).expect("so many are there");
        noted.get_read(900).and_then(|mut read| Ok(read.read_exact(&mut [0; 3])?)).expect("so many are there");
        drop(noted.get_read(500));
        noted.get_bytes(120, 10).expect("so many are there");
        assert_eq!(reads.ranges(), [20..25, 100..160, 900..1000]);
        assert!(noted.get_bytes(990, 20).is_err());
        assert_eq!(reads.ranges().len(), 3);
    }

    #[test]
    fn a_stretch_answers_for_its_own_places() {
        let file = Bytes::from_iter(0..100_u8);
        let stretch = Stretch::read(&file, 40, 20).expect("so many are there");
        assert_eq!(stretch.len(), 60);
        assert_eq!(stretch.get_bytes(45, 15).expect("it holds them")[..], *file.slice(45..60));
        let mut some = [0; 3];
        stretch.get_read(57).and_then(|mut read| Ok(read.read_exact(&mut some)?)).expect("it holds them");
        assert_eq!(some, [57, 58, 59]);
        assert!(stretch.get_bytes(45, 16).is_err());
        assert!(stretch.get_bytes(39, 2).is_err());
        assert!(stretch.get_read(61).is_err());
    }
}
