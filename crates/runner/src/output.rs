//! Writing tables: beside their place first, renamed at the end.
//!
//! A run that is interrupted before that leaves the previous results whole.

use std::path::{Path, PathBuf};

use dayzero_loader::paths::InputFile;
use tempfile::TempDir;

use crate::Failure;
use crate::config::raw::Format;
use crate::manifest::{MANIFEST, Manifest, WrittenTable};
use crate::table_file::TableFile;
use crate::table_names::{CHART_NAMES, SIMULATION_TABLE_NAMES, TABLE_NAMES};
use crate::tables::Table;

/// The key of the metadata that every table file carries: how it came about, as JSON.
pub const METADATA_KEY: &str = "dayzero";

/// An output directory in the making.
pub struct Staging {
    target: PathBuf,
    beside: TempDir,
}

/// The file name of a table.
pub fn file_name(table: &str, format: Format) -> String {
    let extension = match format {
        Format::Parquet => "parquet",
        Format::Arrow => "arrow",
        Format::Csv => "csv",
    };
    format!("{table}.{extension}")
}

/// The names of every file that this program writes beside a manifest: all tables in all formats, and
/// charts.
fn own_files() -> Vec<String> {
    let formats = [Format::Parquet, Format::Arrow, Format::Csv];
    let tables = TABLE_NAMES.iter().chain(SIMULATION_TABLE_NAMES);
    let files = tables.flat_map(|name| formats.map(|format| file_name(name, format)));
    files.chain(CHART_NAMES.iter().map(|&name| name.to_owned())).collect()
}

/// Whether a table of the output directory could take the place of this file.
fn is_place_of_table(target: &Path, file: &Path) -> bool {
    let named =
        file.file_name().and_then(|name| name.to_str()).is_some_and(|name| own_files().iter().any(|own| own == name));
    let directory = || Some((target.canonicalize().ok()?, file.canonicalize().ok()?.parent()?.to_owned()));
    named && directory().is_some_and(|(target, parent)| target == parent)
}

impl Staging {
    /// Opens the outputs before the work begins.
    ///
    /// # Errors
    /// The directory is not empty and may not be overwritten, it cannot be written, or a table
    /// would replace one of the inputs.
    pub fn open(target: &Path, overwrite: bool, inputs: &[&InputFile]) -> Result<Self, Failure> {
        if let Some(input) = inputs.iter().find(|input| is_place_of_table(target, &input.path)) {
            return Err(Failure::usage(format!(
                "a table would replace the input {}\n  help: name another directory with --out or [output] dir",
                input.path.display()
            )));
        }
        let failed = |error: std::io::Error| {
            Failure::Other(format!(
                "cannot write to {}: {error}\n  help: name another directory with --out or [output] dir",
                target.display()
            ))
        };
        if target.exists() {
            let mut entries = std::fs::read_dir(target).map_err(failed)?;
            if entries.next().is_some() && !overwrite {
                return Err(Failure::usage(format!(
                    "the output directory {} is not empty\n  help: --overwrite replaces its tables; --out names another",
                    target.display()
                )));
            }
            // The results are moved in by renaming, so the directory itself must be writable.
            tempfile::tempfile_in(target).map_err(failed)?;
        }
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(parent).map_err(failed)?;
        let name = target.file_name().and_then(|name| name.to_str()).unwrap_or("out");
        let beside = tempfile::Builder::new().prefix(&format!(".{name}.")).suffix(".partial").tempdir_in(parent);
        Ok(Self { target: target.to_owned(), beside: beside.map_err(failed)? })
    }

    /// Writes a table whole.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn write(&self, table: &Table<'_>, format: Format, metadata: &str) -> Result<WrittenTable, Failure> {
        let mut file = self.open_table(table, format, metadata)?;
        file.add(table, table.units())?;
        file.finish()
    }

    /// Opens the file of a table.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn open_table(&self, table: &Table<'_>, format: Format, metadata: &str) -> Result<TableFile, Failure> {
        TableFile::open(self.beside.path(), table, format, metadata)
    }

    /// Writes a file that is no table.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn write_text(&self, file: &str, text: &str) -> Result<String, Failure> {
        let path = self.beside.path().join(file);
        let failed = |error: std::io::Error| Failure::Other(format!("cannot write {}: {error}", path.display()));
        std::fs::write(&path, text).map_err(failed)?;
        Ok(file.to_owned())
    }

    /// Puts everything in its place, the manifest last, and removes files of an earlier run that
    /// this one did not write.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn commit(self, manifest: &Manifest) -> Result<(), Failure> {
        let failed =
            |error: std::io::Error| Failure::Other(format!("cannot write to {}: {error}", self.target.display()));
        let text = serde_json::to_string_pretty(manifest).map_err(|e| Failure::Other(e.to_string()))?;
        let staged = self.beside.path().join(MANIFEST);
        std::fs::write(&staged, text + "\n").map_err(failed)?;
        std::fs::create_dir_all(&self.target).map_err(failed)?;
        let written = files_of(manifest);
        for file in &written {
            replace(&self.beside.path().join(file), &self.target.join(file)).map_err(failed)?;
        }
        // Only what an earlier run says it wrote is removed: other files may be the user's own.
        let earlier = Manifest::read(&self.target).map_or_else(|_| Vec::new(), |earlier| files_of(&earlier));
        for file in earlier.iter().filter(|file| own_files().contains(file) && !written.contains(file)) {
            let path = self.target.join(file);
            if path.exists() {
                std::fs::remove_file(path).map_err(failed)?;
            }
        }
        std::fs::rename(staged, self.target.join(MANIFEST)).map_err(failed)
    }
}

/// Moves a file to a place, at once for whoever reads there. Where the system can exchange two files, an earlier one
/// takes the place of the new: to free its blocks takes a while, which the caller has better use for; and ext4, which
/// writes out what replaces a file by another name, leaves that for later.
fn replace(new: &Path, place: &Path) -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        // A directory there is the user's: it must not go.
        let is_file = place.symlink_metadata().is_ok_and(|known| known.is_file());
        if is_file && renameat_with(CWD, new, CWD, place, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    std::fs::rename(new, place)
}

/// The files of a run, but for the manifest.
fn files_of(manifest: &Manifest) -> Vec<String> {
    manifest.tables.iter().map(|table| &table.file).chain(&manifest.files).cloned().collect()
}
