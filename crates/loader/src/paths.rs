//! Paths as users write them: variables, directories, globs and lists.

use std::path::{Component, Path, PathBuf};

use crate::DataError;

/// A file to read, with the columns that its path spells out (`…/market=US/…`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Where it is.
    pub path: PathBuf,
    /// Hive partitions: (column, value).
    pub partitions: Vec<(String, String)>,
}

impl InputFile {
    fn new(path: PathBuf) -> Self {
        let folders = path.parent().into_iter().flat_map(Path::components);
        let partitions = folders
            .filter_map(|part| {
                let (key, value) = part.as_os_str().to_str()?.split_once('=')?;
                Some((key.to_owned(), decode_percent(value)))
            })
            .collect();
        Self { path, partitions }
    }

    /// The value of a column that the path spells out.
    pub fn partition(&self, column: &str) -> Option<&str> {
        self.partitions.iter().find(|(key, _)| key == column).map(|(_, value)| value.as_str())
    }
}

/// Hive writers percent-encode what a path cannot hold.
fn decode_percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let code = (bytes[i] == b'%').then(|| text.get(i + 1..i + 3)).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                i += 3;
            }
            None => {
                decoded.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

/// Replaces `${VAR}` and `${VAR:-default}` by the environment.
///
/// ```
/// use dayzero_loader::paths::expand;
/// assert_eq!(expand("${DATA:-data}/prices.parquet", |_| None).as_deref(), Ok("data/prices.parquet"));
/// ```
///
/// # Errors
/// A variable without a value and without a default, or an unclosed brace: a sentence.
pub fn expand(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        expanded.push_str(&rest[..start]);
        let body = &rest[start + 2..];
        let end = body.find('}').ok_or_else(|| format!("`${{` without `}}` in `{text}`"))?;
        let (name, default) = match body[..end].split_once(":-") {
            Some((name, default)) => (name, Some(default.to_owned())),
            None => (&body[..end], None),
        };
        let value = variable(name).filter(|value| !value.is_empty()).or(default);
        expanded.push_str(&value.ok_or_else(|| {
            format!("the environment variable `{name}` is not set; set it, or write ${{{name}:-default}}")
        })?);
        rest = &body[end + 1..];
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// The files behind one path: the file itself, every `.parquet` file below a directory, or what a
/// glob matches; in the order of their names.
///
/// # Errors
/// Nothing is there.
pub fn resolve(path: &str, base: &Path) -> Result<Vec<InputFile>, DataError> {
    if path.contains("://") {
        return Err(DataError::new(format!("`{path}` is in an object store, which this build cannot read"))
            .remedy("copy the files to a local directory"));
    }
    let written = base.join(path);
    // `..` after a symbolic link leads elsewhere than it reads: then the path stays as written.
    let full = Some(tidy(&written)).filter(|tidy| tidy.canonicalize().ok() == written.canonicalize().ok());
    let full = full.unwrap_or(written);
    if full.is_file() {
        return Ok(vec![InputFile::new(full)]);
    }
    let mut found = Vec::new();
    if full.is_dir() {
        walk(&full, &mut found)?;
        if found.is_empty() {
            return Err(DataError::new("the directory holds no .parquet file").file(&full));
        }
    } else if path.contains(['*', '?', '[']) {
        // Only what the user wrote is a pattern, not the directory of the study.
        let pattern = Path::new(&glob::Pattern::escape(&base.to_string_lossy())).join(path);
        let matches =
            glob::glob(&pattern.to_string_lossy()).map_err(|error| DataError::new(error.to_string()).file(&full))?;
        for entry in matches {
            let entry = entry.map_err(|error| DataError::new(error.to_string()).file(&full))?;
            if entry.is_file() {
                found.push(entry);
            }
        }
        if found.is_empty() {
            return Err(DataError::new("no file matches").file(&full).remedy("check the pattern and the directory"));
        }
    } else {
        return Err(DataError::new("no such file or directory")
            .file(&full)
            .remedy("paths are relative to the study file; check the spelling"));
    }
    found.sort();
    Ok(found.into_iter().map(InputFile::new).collect())
}

fn walk(directory: &Path, found: &mut Vec<PathBuf>) -> Result<(), DataError> {
    let failed = |error: std::io::Error| DataError::new(error.to_string()).file(directory);
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // Writers keep their own notes in names that start so.
        if name.starts_with(['.', '_']) {
            continue;
        }
        if path.is_dir() {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet")) {
            found.push(path);
        }
    }
    Ok(())
}

/// The path without `.` and without `..` after a named directory, for people to read.
pub fn tidy(path: &Path) -> PathBuf {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables() {
        let lookup = |name: &str| (name == "DATA").then(|| "/d".to_owned());
        assert_eq!(expand("${DATA}/p.parquet", lookup), Ok("/d/p.parquet".into()));
        assert_eq!(expand("${NONE:-../x}/p", lookup), Ok("../x/p".into()));
        assert_eq!(expand("plain", lookup), Ok("plain".into()));
        assert!(expand("${NONE}/p", lookup).is_err_and(|e| e.contains("`NONE`")));
        assert!(expand("${DATA", lookup).is_err());
    }

    #[test]
    fn partitions_of_a_path() {
        let file = InputFile::new(PathBuf::from("/d/market=US/ticker=A%2FB/part-0.parquet"));
        assert_eq!(file.partition("market"), Some("US"));
        assert_eq!(file.partition("ticker"), Some("A/B"));
        assert_eq!(file.partition("year"), None);
    }
}
