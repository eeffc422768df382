//! Fingerprints of input files.

use std::path::Path;

use crate::DataError;

/// The BLAKE3 hash of a file, as hexadecimal digits.
///
/// # Errors
/// The file cannot be read.
pub fn of_file(path: &Path) -> Result<String, DataError> {
    let failed = |error: std::io::Error| DataError::new(error.to_string()).file(path);
    let bytes = std::fs::File::open(path).map_err(failed)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(bytes).map_err(failed)?;
    Ok(hasher.finalize().to_hex().to_string())
}
