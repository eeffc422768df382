//! Fingerprints of input files.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use std::path::Path;

use blake3::hazmat::{ChainingValue, HasherExt, Mode, left_subtree_len, merge_subtrees_non_root, merge_subtrees_root};
use blake3::{Hash, Hasher};

use crate::DataError;

/// What is read at once, in bytes: it stays in the cache of a core. A power of two, as the tree of the hash has
/// it.
const PIECE: u64 = 1 << 20;

/// The BLAKE3 hash of a file, as hexadecimal digits: its pieces are read and hashed in parallel.
///
/// # Errors
/// The file cannot be read.
pub fn of_file(path: &Path) -> std::result::Result<String, DataError> {
    let hash = path.metadata().and_then(|file| root(path, file.len()));
    hash.map(|hash| hash.to_hex().to_string()).map_err(|error| DataError::new(error.to_string()).file(path))
}

fn root(path: &Path, len: u64) -> Result<Hash> {
    if len <= PIECE {
        return Ok(blake3::hash(&read(path, 0, len)?));
    }
    let (left, right) = halves(path, 0, len)?;
    Ok(merge_subtrees_root(&left, &right, Mode::Hash))
}

fn halves(path: &Path, start: u64, len: u64) -> Result<(ChainingValue, ChainingValue)> {
    let middle = left_subtree_len(len);
    let (left, right) = rayon::join(|| subtree(path, start, middle), || subtree(path, start + middle, len - middle));
    Ok((left?, right?))
}

fn subtree(path: &Path, start: u64, len: u64) -> Result<ChainingValue> {
    if len <= PIECE {
        return Ok(Hasher::new().set_input_offset(start).update(&read(path, start, len)?).finalize_non_root());
    }
    let (left, right) = halves(path, start, len)?;
    Ok(merge_subtrees_non_root(&left, &right, Mode::Hash))
}

fn read(path: &Path, start: u64, len: u64) -> Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::with_capacity(len as usize);
    file.take(len).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == len { Ok(bytes) } else { Err(std::io::Error::other("the file changed while it was read")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_hash_of_the_whole() {
        let bytes: Vec<u8> =
            (0..3 * PIECE as u32 + 12_345).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        for len in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, bytes.len() as u64].map(|len| len as usize) {
            std::fs::write(file.path(), &bytes[..len]).expect("it can be written");
            let whole = blake3::hash(&bytes[..len]).to_hex().to_string();
            assert_eq!(of_file(file.path()), Ok(whole), "{len} bytes");
        }
    }
}
