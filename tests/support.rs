//! A directory with a study, the binary to run on it, and its tables to look at.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use dayzero_model::Date;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

/// What a command left behind.
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// The command must have succeeded.
    #[track_caller]
    pub fn success(self) -> Self {
        assert_eq!(self.code, 0, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// The command must have failed with this code and a message that contains all of these.
    #[track_caller]
    pub fn failure(self, code: i32, parts: &[&str]) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        for part in parts {
            assert!(self.stderr.contains(part), "`{part}` is not in\n{}", self.stderr);
        }
        self
    }
}

/// Runs the binary in a directory.
pub fn dayzero(dir: &Path, args: &[&str]) -> Outcome {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_dayzero"))
        .args(args)
        .current_dir(dir)
        .output()
        .expect("the binary starts");
    Outcome {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The root of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the project is there")
}

/// The folder of real data, where there is one; tests that need it say so and pass over it.
pub fn real_data() -> Option<PathBuf> {
    let found = std::env::var_os("DAYZERO_DATA").map(PathBuf::from).filter(|path| path.is_dir());
    if found.is_none() {
        eprintln!("skipped: DAYZERO_DATA names no folder of real data");
    }
    found
}

/// A directory with simulated data and a study of them.
pub struct Case {
    dir: TempDir,
}

/// Every table of a run without a backtest.
pub use dayzero_runner::table_names::STUDY_TABLE_NAMES as TABLES;

/// The study of every case: a market model on one simulated market, all tests.
pub const STUDY: &str = r#"
name = "case"

[prices]
path = "data/prices.parquet"

[events]
path = "data/events.parquet"
announced_at = "announced_at"
group = ["session"]
quantile = { column = "surprise_pct", count = 5 }

[markets.US]
benchmark = "US-INDEX"
timezone = "America/New_York"
open = "09:30"
close = "16:00"

[factors]
path = "data/factors.parquet"

[study]
model = "market"
estimation_window = [-250, -11]
minimum_observations = 120
event_window = [-10, 10]
car_windows = [[0, 0], [-1, 1], [2, 10]]
mask_other_events = 1

[output]
dir = "out"
"#;

impl Case {
    /// Forty securities, eighty events.
    pub fn new() -> Self {
        Self::with(STUDY)
    }

    /// The same data with another study.
    pub fn with(study: &str) -> Self {
        let case = Self { dir: tempfile::tempdir().expect("a temporary directory") };
        let synth = "synth --out data --securities 40 --days 420 --events 80 --effect 0.03 --seed 11";
        case.dayzero(&synth.split(' ').collect::<Vec<_>>()).success();
        case.write("study.toml", study);
        case
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        std::fs::write(path, text).expect("written");
    }

    /// Writes a Parquet file.
    pub fn write_table(&self, name: &str, batch: &RecordBatch) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        write_parquet(&path, batch);
    }

    pub fn dayzero(&self, args: &[&str]) -> Outcome {
        dayzero(self.path(), args)
    }

    /// `dayzero run study.toml` with further arguments.
    pub fn run(&self, args: &[&str]) -> Outcome {
        self.dayzero(&[&["run", "study.toml", "--overwrite"], args].concat())
    }

    /// A table of the default output directory.
    pub fn table(&self, name: &str) -> Table {
        Table::read(&self.path().join("out").join(format!("{name}.parquet")))
    }

    /// An input table of the data directory.
    pub fn data(&self, name: &str) -> Table {
        Table::read(&self.path().join("data").join(format!("{name}.parquet")))
    }
}

pub fn write_parquet(path: &Path, batch: &RecordBatch) {
    let file = std::fs::File::create(path).expect("created");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
    writer.write(batch).expect("written");
    writer.close().expect("closed");
}

/// A table in memory.
#[derive(Clone)]
pub struct Table {
    pub batch: RecordBatch,
}

impl Table {
    pub fn read(path: &Path) -> Self {
        let file = std::fs::File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build().expect("a reader");
        let schema = arrow::array::RecordBatchReader::schema(&reader);
        let batches: Vec<_> = reader.collect::<Result<_, _>>().expect("readable");
        Self { batch: concat_batches(&schema, &batches).expect("one schema") }
    }

    pub fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    pub fn names(&self) -> Vec<String> {
        self.batch.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    #[track_caller]
    pub fn column(&self, name: &str) -> &ArrayRef {
        self.batch.column_by_name(name).unwrap_or_else(|| panic!("no column `{name}` in {:?}", self.names()))
    }

    /// The table with a column replaced (or added).
    pub fn with(&self, name: &str, column: ArrayRef) -> Self {
        let mut columns: Vec<(String, ArrayRef)> =
            self.names().into_iter().filter(|n| n != name).map(|n| (n.clone(), self.column(&n).clone())).collect();
        columns.push((name.to_owned(), column));
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true)));
        Self { batch: batch.expect("equal lengths") }
    }

    /// The table with the rows of these indices, in this order.
    pub fn take(&self, rows: &[usize]) -> Self {
        let indices = arrow::array::UInt64Array::from_iter_values(rows.iter().map(|&row| row as u64));
        Self { batch: arrow::compute::take_record_batch(&self.batch, &indices).expect("rows in range") }
    }

    #[track_caller]
    pub fn numbers(&self, name: &str) -> Vec<Option<f64>> {
        let array = cast(self.column(name), &DataType::Float64).expect("a number");
        array.as_primitive::<Float64Type>().iter().collect()
    }

    #[track_caller]
    pub fn integers(&self, name: &str) -> Vec<Option<i64>> {
        let array = cast(self.column(name), &DataType::Int64).expect("an integer");
        array.as_primitive::<Int64Type>().iter().collect()
    }

    #[track_caller]
    pub fn texts(&self, name: &str) -> Vec<Option<String>> {
        let array = cast(self.column(name), &DataType::Utf8).expect("text");
        array.as_string::<i32>().iter().map(|value| value.map(str::to_owned)).collect()
    }

    #[track_caller]
    pub fn dates(&self, name: &str) -> Vec<Option<Date>> {
        self.column(name).as_primitive::<Date32Type>().iter().map(|day| day.map(Date)).collect()
    }

    /// Rows whose columns have these texts (numbers as they print).
    pub fn find(&self, wanted: &[(&str, &str)]) -> Vec<usize> {
        let columns: Vec<(Vec<Option<String>>, &str)> =
            wanted.iter().map(|(name, value)| (self.texts(name), *value)).collect();
        (0..self.rows()).filter(|&row| columns.iter().all(|(c, v)| c[row].as_deref() == Some(v))).collect()
    }

    /// The one row whose columns have these texts.
    #[track_caller]
    pub fn row(&self, wanted: &[(&str, &str)]) -> usize {
        let found = self.find(wanted);
        assert_eq!(found.len(), 1, "{wanted:?} matches {} rows", found.len());
        found[0]
    }

    /// A number of the one row whose columns have these texts.
    #[track_caller]
    pub fn number(&self, column: &str, wanted: &[(&str, &str)]) -> f64 {
        let row = self.row(wanted);
        self.numbers(column)[row].unwrap_or_else(|| panic!("`{column}` is null where {wanted:?}"))
    }
}

/// Strings as a column.
pub fn strings(values: impl IntoIterator<Item = impl Into<String>>) -> ArrayRef {
    Arc::new(values.into_iter().map(|value| Some(value.into())).collect::<arrow::array::StringArray>())
}

/// Equal to a relative tolerance (absolute below one).
#[track_caller]
pub fn close(got: f64, want: f64, tolerance: f64, what: &str) {
    let error = (got - want).abs() / want.abs().max(1.0);
    assert!(error <= tolerance, "{what}: {got:e} against {want:e}, off by {error:e}");
}

/// Equal to a tolerance relative to the value itself, however small it is.
#[track_caller]
pub fn close_relative(got: f64, want: f64, tolerance: f64, what: &str) {
    let error = if want == 0.0 { got.abs() } else { ((got - want) / want).abs() };
    assert!(error <= tolerance, "{what}: {got:e} against {want:e}, off by {error:e}");
}
