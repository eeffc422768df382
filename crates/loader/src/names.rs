//! Identifiers of price rows, run by run.

use std::collections::HashMap;
use std::ops::Range;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type, Int64Type};

use crate::DataError;
use crate::columns::{self, Interner};
use crate::key_runs::KeyRuns;
use crate::prices::OpenFile;

/// What to do about a row that lacks its key.
pub(crate) const FILL_OR_DROP: &str = "fill it in, or drop the row";

/// The code of a name that is not wanted.
pub(crate) const LEFT_OUT: u32 = u32::MAX;

/// Keys that are compared at once.
const BLOCK: usize = 64;

/// Rows with the same names in a row, from those of the securities and those of the markets.
pub(crate) fn runs<'a>(
    mut securities: &'a [NameRun],
    mut markets: &'a [NameRun],
) -> impl Iterator<Item = (Range<usize>, (u32, u32))> + use<'a> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let (security, market) = (securities.first()?, markets.first()?);
        let rows = start..security.end.min(market.end);
        start = rows.end;
        for (names, end) in [(&mut securities, security.end), (&mut markets, market.end)] {
            if end == start {
                *names = &names[1..];
            }
        }
        Some((rows, (security.code, market.code)))
    })
}

/// Consecutive rows with one name.
#[derive(Clone, Copy)]
pub(crate) struct NameRun {
    pub(crate) code: u32,
    /// First row behind them.
    pub(crate) end: usize,
}

/// The names of one column, with codes in the order of their first appearance.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) interner: Interner,
    /// The rows of the batch at hand.
    pub(crate) runs: Vec<NameRun>,
    /// The dictionary at hand, and the code of each of its names. Batches of one row group share it.
    dictionary: Option<ArrayRef>,
    by_key: Vec<u32>,
    by_integer: HashMap<i64, u32>,
    /// Names that were looked at, wanted or not.
    seen: usize,
}

impl Names {
    /// The names of a whole row group; `None` where one is no text.
    pub(crate) fn of_group(found: &KeyRuns, keep: impl Fn(&str) -> bool) -> Option<Self> {
        let mut names = Self::default();
        let mut by_key = vec![None; found.names.len()];
        for &(key, end) in &found.runs {
            let place = key as usize;
            let code = match by_key[place] {
                Some(code) => code,
                None => *by_key[place].insert(names.code(&found.names.name(place)?, &keep)),
            };
            names.runs.push(NameRun { code, end });
        }
        Some(names)
    }

    /// Takes some rows of these runs as the batch at hand.
    pub(crate) fn take_part(&mut self, known: &[NameRun], rows: Range<usize>) {
        self.runs.clear();
        for run in &known[known.partition_point(|run| run.end <= rows.start)..] {
            let end = run.end.min(rows.end);
            self.runs.push(NameRun { code: run.code, end: end - rows.start });
            if end == rows.end {
                break;
            }
        }
    }

    /// The name of a row of the batch at hand.
    pub(crate) fn at(&self, row: usize) -> Option<&str> {
        let run = self.runs.get(self.runs.partition_point(|run| run.end <= row))?;
        self.interner.names.get(run.code as usize).map(String::as_str)
    }

    pub(crate) fn all_the_same(&mut self, rows: usize, code: u32) {
        self.runs.clear();
        self.runs.push(NameRun { code, end: rows });
    }

    /// Reads the names of the rows of a batch, whose rows in the file `row_of` tells, from the column or from the
    /// path.
    pub(crate) fn read(
        &mut self,
        file: &OpenFile<'_>,
        (batch, row_of): (&RecordBatch, &dyn Fn(usize) -> u64),
        name: &str,
        keep: impl Fn(&str) -> bool,
    ) -> Result<(), DataError> {
        let Some(column) = batch.column_by_name(name) else {
            let code = self.code(file.partition(name).unwrap_or_default(), &keep);
            self.all_the_same(batch.num_rows(), code);
            return Ok(());
        };
        let missing = |row: usize| file.error_at(name, row_of(row), "the identifier is missing").remedy(FILL_OR_DROP);
        if column.null_count() > 0
            && let Some(row) = (0..column.len()).find(|&row| column.is_null(row))
        {
            return Err(missing(row));
        }
        if *column.data_type() == columns::dictionary_type()
            && column.as_dictionary::<Int32Type>().values().null_count() == 0
        {
            self.take_dictionary(column, keep);
        } else if let Some(integers) =
            columns::value_type(column.data_type()).is_integer().then(|| integers(column)).flatten()
        {
            let integers = integers.as_primitive::<Int64Type>().values();
            self.take_runs(integers, |names, value| names.integer(value, &keep));
        } else {
            let found = columns::identifiers(column).map_err(|problem| file.error_at(name, row_of(0), problem))?;
            if let Some(row) = found.first_null {
                return Err(missing(row));
            }
            let codes: Vec<u32> = found.names.iter().map(|name| self.code(name, &keep)).collect();
            self.take_runs(&found.codes, |_, code| codes[code as usize]);
        }
        Ok(())
    }

    /// Whether most names are not wanted.
    pub(crate) fn keeps_few(&self) -> bool {
        self.interner.names.len() * 4 <= self.seen
    }

    fn code(&mut self, name: &str, keep: &impl Fn(&str) -> bool) -> u32 {
        self.seen += 1;
        if keep(name) { self.interner.code(name) } else { LEFT_OUT }
    }

    fn integer(&mut self, value: i64, keep: &impl Fn(&str) -> bool) -> u32 {
        if let Some(&code) = self.by_integer.get(&value) {
            return code;
        }
        let code = self.code(&value.to_string(), keep);
        self.by_integer.insert(value, code);
        code
    }

    fn take_dictionary(&mut self, column: &ArrayRef, keep: impl Fn(&str) -> bool) {
        let column = column.as_dictionary::<Int32Type>();
        let values = column.values();
        let same = |known: &ArrayRef| known.to_data().ptr_eq(&values.to_data());
        if !self.dictionary.as_ref().is_some_and(same) {
            self.by_key.clear();
            for name in values.as_string::<i32>().iter().flatten() {
                let code = self.code(name, &keep);
                self.by_key.push(code);
            }
            self.dictionary = Some(values.clone());
        }
        self.take_runs(column.keys().values(), |names, key| names.by_key[key as usize]);
    }

    /// Finds the rows with the same key in a row.
    fn take_runs<T: Copy + PartialEq>(&mut self, mut keys: &[T], code: impl Fn(&mut Self, T) -> u32) {
        self.runs.clear();
        let mut end = 0;
        while let Some(&key) = keys.first() {
            // Whole blocks first: runs are long in most files.
            let all = |block: &&[T]| block.iter().fold(true, |all, &other| all & (other == key));
            let blocks = keys.chunks_exact(BLOCK).take_while(all).count() * BLOCK;
            let len = blocks + keys[blocks..].iter().take_while(|&&other| other == key).count();
            (end, keys) = (end + len, &keys[len..]);
            let code = code(self, key);
            self.runs.push(NameRun { code, end });
        }
    }
}

/// A column of integers as 64-bit ones; `None` where they are beyond that.
fn integers(column: &ArrayRef) -> Option<ArrayRef> {
    let plain = cast(column, columns::value_type(column.data_type())).ok()?;
    let wide = cast(&plain, &DataType::Int64).ok()?;
    (wide.null_count() == 0).then_some(wide)
}
