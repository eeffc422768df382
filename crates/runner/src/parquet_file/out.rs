//! A file that remembers whether it refused.

use std::fs::File;
use std::io::{Error, Result, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A file that remembers whether it refused: the library ends one without looking at what its last bytes came to.
pub(super) struct Out {
    file: File,
    refusal: Refusal,
}

/// Why a file refused, if it did.
#[derive(Clone, Default)]
pub(super) struct Refusal(Arc<Mutex<Option<Error>>>);

impl Out {
    pub(super) fn new(file: File) -> Self {
        Self { file, refusal: Refusal::default() }
    }

    /// What is to be asked in the end.
    pub(super) fn refusal(&self) -> Refusal {
        self.refusal.clone()
    }
}

impl Refusal {
    /// # Errors
    /// The file refused.
    pub(super) fn check(&self) -> Result<()> {
        self.known().take().map_or(Ok(()), Err)
    }

    fn known(&self) -> MutexGuard<'_, Option<Error>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.file.write(bytes).inspect_err(|error| {
            let copy = error.raw_os_error().map_or_else(|| error.kind().into(), Error::from_raw_os_error);
            *self.refusal.known() = Some(copy);
        })
    }

    fn flush(&mut self) -> Result<()> {
        self.file.flush()
    }
}
