//! Fingerprints of input files.

use std::fs::File;
use std::io::Result;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use blake3::hazmat::{ChainingValue, HasherExt, Mode, left_subtree_len, merge_subtrees_non_root, merge_subtrees_root};
use blake3::{Hash, Hasher};
use rayon::prelude::*;

use crate::DataError;
use crate::reads::read_exact_at;

/// What is read at once, in bytes: it stays in the cache of a core. A power of two, as the tree of the hash has
/// it.
const PIECE: u64 = 1 << 20;

/// Pieces that are begun before those before them are done. A thread that waits for others in its own work may take
/// over half of these, and cannot go on before.
const AT_ONCE: usize = 64;

/// The bytes of a file that a fingerprint covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    path: PathBuf,
    /// Ranges in their order; all of the file where there are none.
    ranges: Option<Vec<Range<u64>>>,
}

impl Covered {
    /// All of a file.
    pub fn whole(path: &Path) -> Self {
        Self { path: path.to_owned(), ranges: None }
    }

    /// Rising ranges of a file.
    pub(crate) fn part(path: &Path, ranges: Vec<Range<u64>>) -> Self {
        Self { path: path.to_owned(), ranges: Some(ranges) }
    }

    /// Which file it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The ranges, where they are less than half of a file of so many bytes.
    fn few(&self, size: u64) -> Option<Vec<Range<u64>>> {
        let few = |ranges: &&Vec<Range<u64>>| total(ranges) < size.div_ceil(2);
        self.ranges.as_ref().filter(few).cloned()
    }
}

/// What identifies the content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// BLAKE3 of all bytes of the file, as `b3sum` prints it; or of those that were read, in the order of the file,
    /// where they are less than half. The footer, which tells where all else is, is always among them.
    pub blake3: String,
    /// Size of the file.
    pub bytes: u64,
    /// How many of the bytes were hashed.
    pub hashed: u64,
}

/// A file, and the bytes of it that are hashed.
struct Hashed<'a> {
    path: &'a Path,
    size: u64,
    ranges: Vec<Range<u64>>,
}

impl<'a> Hashed<'a> {
    fn new(covered: &'a Covered) -> std::result::Result<Self, DataError> {
        let path = covered.path();
        let size = path.metadata().map_err(|error| failed(path, &error))?.len();
        let ranges = covered.few(size).unwrap_or_else(|| std::iter::once(0..size).collect());
        Ok(Self { path, size, ranges })
    }

    /// Bytes that are hashed.
    fn len(&self) -> u64 {
        total(&self.ranges)
    }

    /// Number of pieces. No bytes are one, too.
    fn count(&self) -> usize {
        self.len().div_ceil(PIECE).max(1) as usize
    }

    fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        (0..self.count() as u64).map(|place| Piece { of: self, start: place * PIECE })
    }
}

fn total(ranges: &[Range<u64>]) -> u64 {
    ranges.iter().map(|range| range.end - range.start).sum()
}

fn failed(path: &Path, error: &std::io::Error) -> DataError {
    DataError::new(error.to_string()).file(path)
}

/// A stretch of what is hashed of a file.
#[derive(Clone, Copy)]
struct Piece<'a> {
    of: &'a Hashed<'a>,
    /// How much of it is before.
    start: u64,
}

/// The fingerprints of files: pieces of them are read and hashed in parallel, as long as they are needed.
///
/// # Errors
/// A file cannot be read, or the hashes are not needed any more.
pub fn of_files(files: &[Covered], needed: &AtomicBool) -> std::result::Result<Vec<Fingerprint>, DataError> {
    let files: Vec<Hashed<'_>> = files.par_iter().map(Hashed::new).collect::<std::result::Result<_, _>>()?;
    let pieces: Vec<Piece<'_>> = files.iter().flat_map(Hashed::pieces).collect();
    let mut values: Vec<ChainingValue> = Vec::with_capacity(pieces.len());
    for some in pieces.chunks(AT_ONCE) {
        if !needed.load(Ordering::Relaxed) {
            return Err(DataError::new("the fingerprints are not needed any more"));
        }
        let hash =
            |buffer: &mut Vec<u8>, piece: &Piece<'_>| piece.hash(buffer).map_err(|error| failed(piece.of.path, &error));
        let hashed: Vec<ChainingValue> =
            some.par_iter().map_init(Vec::new, hash).collect::<std::result::Result<_, _>>()?;
        values.extend(hashed);
    }
    let mut values = values.as_slice();
    let fingerprint = |file: &Hashed<'_>| {
        let own = values.split_off(..file.count()).unwrap_or_default();
        Fingerprint { blake3: root(own, file.len()).to_hex().to_string(), bytes: file.size, hashed: file.len() }
    };
    Ok(files.iter().map(fingerprint).collect())
}

impl Piece<'_> {
    fn hash(self, buffer: &mut Vec<u8>) -> Result<ChainingValue> {
        self.read(buffer)?;
        if self.of.len() <= PIECE {
            return Ok(*blake3::hash(buffer).as_bytes());
        }
        Ok(Hasher::new().set_input_offset(self.start).update(buffer).finalize_non_root())
    }

    fn read(self, buffer: &mut Vec<u8>) -> Result<()> {
        let file = File::open(self.of.path)?;
        let (mut skipped, left) = (self.start, PIECE.min(self.of.len() - self.start));
        buffer.resize(left as usize, 0);
        let mut rest = &mut buffer[..];
        for range in &self.of.ranges {
            let len = range.end - range.start;
            let from = skipped.min(len);
            skipped -= from;
            let (some, others) = rest.split_at_mut(((len - from) as usize).min(rest.len()));
            read_exact_at(&file, some, range.start + from)?;
            rest = others;
        }
        Ok(())
    }
}

/// The hash of a file of this size by those of its pieces.
fn root(values: &[ChainingValue], size: u64) -> Hash {
    match values {
        &[whole] => Hash::from_bytes(whole),
        _ => {
            let (left, right) = halves(values, size);
            merge_subtrees_root(&left, &right, Mode::Hash)
        }
    }
}

fn halves(values: &[ChainingValue], len: u64) -> (ChainingValue, ChainingValue) {
    let left = left_subtree_len(len);
    let (before, behind) = values.split_at((left / PIECE) as usize);
    (subtree(before, left), subtree(behind, len - left))
}

fn subtree(values: &[ChainingValue], len: u64) -> ChainingValue {
    match values {
        &[piece] => piece,
        _ => {
            let (left, right) = halves(values, len);
            merge_subtrees_non_root(&left, &right, Mode::Hash)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_hash_of_the_whole() {
        let bytes: Vec<u8> =
            (0..5 * PIECE as u32 + 12_345).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let lens =
            [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE, bytes.len() as u64].map(|len| len as usize);
        let files = lens.map(|len| written(&bytes[..len]));
        let covered: Vec<Covered> = files.iter().map(|file| Covered::whole(file.path())).collect();
        let wholes = lens.map(|len| Fingerprint {
            blake3: blake3::hash(&bytes[..len]).to_hex().to_string(),
            bytes: len as u64,
            hashed: len as u64,
        });
        assert_eq!(of_files(&covered, &AtomicBool::new(true)), Ok(wholes.to_vec()));
        assert!(of_files(&covered, &AtomicBool::new(false)).is_err());
    }

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), bytes).expect("it can be written");
        file
    }

    #[test]
    fn parts_make_the_hash_of_what_they_hold_unless_that_is_half() {
        let bytes: Vec<u8> = (0..5 * PIECE as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let file = written(&bytes);
        let parts = |ranges: &[Range<u64>]| Covered::part(file.path(), ranges.to_vec());
        let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
        let few = [3..PIECE + 10, 2 * PIECE..3 * PIECE, bytes.len() as u64 - 8..bytes.len() as u64];
        let held: Vec<u8> =
            few.iter().flat_map(|part| &bytes[part.start as usize..part.end as usize]).copied().collect();
        let half = [0..PIECE, PIECE..5 * PIECE / 2];
        let found =
            of_files(&[parts(&few), parts(&half), parts(&[])], &AtomicBool::new(true)).expect("the file is there");
        assert_eq!((&found[0].blake3, found[0].hashed), (&hash(&held), held.len() as u64));
        assert_eq!((&found[1].blake3, found[1].hashed), (&hash(&bytes), bytes.len() as u64));
        assert_eq!((&found[2].blake3, found[2].hashed), (&hash(&[]), 0));
    }
}
