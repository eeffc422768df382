//! Fingerprints of input files.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use blake3::hazmat::{ChainingValue, HasherExt, Mode, left_subtree_len, merge_subtrees_non_root, merge_subtrees_root};
use blake3::{Hash, Hasher};
use rayon::prelude::*;

use crate::DataError;

/// What is read at once, in bytes: it stays in the cache of a core. A power of two, as the tree of the hash has
/// it.
const PIECE: u64 = 1 << 20;

/// Pieces that are begun before those before them are done. A thread that waits for others in its own work may take
/// over half of these, and cannot go on before.
const AT_ONCE: usize = 64;

/// A stretch of a file.
#[derive(Clone, Copy)]
struct Piece<'a> {
    path: &'a Path,
    start: u64,
    len: u64,
    /// Whether there is nothing else in the file.
    whole: bool,
}

/// The BLAKE3 hashes of files, as hexadecimal digits: pieces of them are read and hashed in parallel, as long as they
/// are needed.
///
/// # Errors
/// A file cannot be read, or the hashes are not needed any more.
pub fn of_files(paths: &[&Path], needed: &AtomicBool) -> std::result::Result<Vec<String>, DataError> {
    let failed = |path: &Path, error: std::io::Error| DataError::new(error.to_string()).file(path);
    let size = |path: &&Path| path.metadata().map(|file| file.len()).map_err(|error| failed(path, error));
    let sizes: Vec<u64> = paths.iter().map(size).collect::<std::result::Result<_, _>>()?;
    let pieces: Vec<Piece<'_>> = paths.iter().zip(&sizes).flat_map(|(path, &size)| pieces(path, size)).collect();
    let mut values: Vec<ChainingValue> = Vec::with_capacity(pieces.len());
    for some in pieces.chunks(AT_ONCE) {
        if !needed.load(Ordering::Relaxed) {
            return Err(DataError::new("the fingerprints are not needed any more"));
        }
        let hash =
            |buffer: &mut Vec<u8>, piece: &Piece<'_>| piece.hash(buffer).map_err(|error| failed(piece.path, error));
        let hashed: Vec<ChainingValue> =
            some.par_iter().map_init(Vec::new, hash).collect::<std::result::Result<_, _>>()?;
        values.extend(hashed);
    }
    let mut values = values.as_slice();
    let root = |&size: &u64| root(values.split_off(..count(size)).unwrap_or_default(), size).to_hex().to_string();
    Ok(sizes.iter().map(root).collect())
}

/// Number of pieces of a file. An empty one has one, too.
fn count(size: u64) -> usize {
    size.div_ceil(PIECE).max(1) as usize
}

fn pieces(path: &Path, size: u64) -> impl Iterator<Item = Piece<'_>> {
    let piece = move |start: u64| Piece { path, start, len: PIECE.min(size - start), whole: size <= PIECE };
    (0..count(size) as u64).map(move |place| piece(place * PIECE))
}

impl Piece<'_> {
    fn hash(self, buffer: &mut Vec<u8>) -> Result<ChainingValue> {
        let mut file = File::open(self.path)?;
        file.seek(SeekFrom::Start(self.start))?;
        buffer.clear();
        buffer.reserve_exact(self.len as usize);
        file.take(self.len).read_to_end(buffer)?;
        if buffer.len() as u64 != self.len {
            return Err(std::io::Error::other("the file changed while it was read"));
        }
        if self.whole {
            return Ok(*blake3::hash(buffer).as_bytes());
        }
        Ok(Hasher::new().set_input_offset(self.start).update(buffer).finalize_non_root())
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
        let files = lens.map(|len| {
            let file = tempfile::NamedTempFile::new().expect("a temporary file");
            std::fs::write(file.path(), &bytes[..len]).expect("it can be written");
            file
        });
        let paths: Vec<&Path> = files.iter().map(tempfile::NamedTempFile::path).collect();
        let wholes = lens.map(|len| blake3::hash(&bytes[..len]).to_hex().to_string());
        assert_eq!(of_files(&paths, &AtomicBool::new(true)), Ok(wholes.to_vec()));
        assert!(of_files(&paths, &AtomicBool::new(false)).is_err());
    }
}
