//! Factor columns and benchmarks by date, from Parquet or CSV.

use dayzero_model::Date;

use crate::DataError;
use crate::paths::InputFile;
use crate::source::{DatedColumn, ValueColumn};
use crate::table::Table;
use crate::value::{Impossible, check_return, prices_to_returns};

/// A daily factor whose typical size exceeds this is in percent: 20 % a day is no decimal return.
pub(crate) const PERCENT: f64 = 0.2;
/// The same for a risk-free rate: 0.2 % a day would be 65 % a year.
const PERCENT_RISK_FREE: f64 = 0.002;
/// Below this many values the median says little.
const ENOUGH_TO_TELL: usize = 20;

/// Reads factor columns by date; the dates rise.
///
/// # Errors
/// A file that cannot be read, a column that is missing, in percent or has a value that is no return,
/// a date that is missing or repeated.
pub fn read(
    files: &[InputFile],
    date: &str,
    names: &[&str],
    risk_free: Option<&str>,
) -> Result<Vec<DatedColumn>, DataError> {
    let required: Vec<&str> = [date].into_iter().chain(names.iter().copied()).chain(risk_free).collect();
    let table = Table::read(files, &required, &[])?;
    let order = order_of_dates(&table, date)?;
    let column = |name: &str, limit: f64| {
        let values = table.numbers(name)?;
        refuse_percent(&values.iter().copied(), limit).map_err(|problem| {
            table.error_in(name, problem).remedy("divide the column by 100: returns are decimals here")
        })?;
        refuse_impossible(&table, name, &values, check_return)?;
        let values = order.iter().map(|&(_, row)| values[row]).collect();
        Ok(DatedColumn { dates: order.iter().map(|&(date, _)| date).collect(), values })
    };
    let factors = names.iter().map(|name| column(name, PERCENT));
    factors.chain(risk_free.map(|name| column(name, PERCENT_RISK_FREE))).collect()
}

/// Reads a benchmark of its own: the dates are the calendar of its market, the values simple
/// returns.
///
/// # Errors
/// As for [`read`]; also a price that is not positive.
pub fn read_benchmark(files: &[InputFile], date: &str, value: &ValueColumn) -> Result<DatedColumn, DataError> {
    match value {
        ValueColumn::Return(name) => read(files, date, &[name], None).map(|mut columns| columns.remove(0)),
        ValueColumn::Price(name) => {
            let table = Table::read(files, &[date, name], &[])?;
            let order = order_of_dates(&table, date)?;
            let prices = table.numbers(name)?;
            refuse_impossible(&table, name, &prices, |price| value.check(price))?;
            let mut values: Vec<f64> = order.iter().map(|&(_, row)| prices[row]).collect();
            prices_to_returns(&mut values);
            Ok(DatedColumn { values, dates: order.iter().map(|&(date, _)| date).collect() })
        }
    }
}

/// Rows in the order of their dates.
fn order_of_dates(table: &Table, column: &str) -> Result<Vec<(Date, usize)>, DataError> {
    let dates = table.dates(column)?;
    let dated = dates
        .into_iter()
        .enumerate()
        .map(|(row, date)| Ok((date.ok_or_else(|| table.missing(column, row, "date"))?, row)));
    let mut order: Vec<(Date, usize)> = dated.collect::<Result<_, DataError>>()?;
    order.sort_unstable();
    match order.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => {
            let problem = format!("the date {} stands here for the second time", pair[1].0);
            Err(table.error_at(column, pair[1].1, problem).remedy("keep one row per date"))
        }
        None if order.is_empty() => Err(table.error_in(column, "the table has no rows").remedy("name another file")),
        None => Ok(order),
    }
}

/// Refuses the first value that cannot be.
fn refuse_impossible(
    table: &Table,
    column: &str,
    values: &[f64],
    check: impl Fn(f64) -> Result<(), Impossible>,
) -> Result<(), DataError> {
    values.iter().enumerate().try_for_each(|(row, &value)| {
        check(value).map_err(|(problem, remedy)| table.error_at(column, row, problem).remedy(remedy))
    })
}

/// Detects percent in place of decimals, by the median of the sizes.
pub(crate) fn refuse_percent(values: &(impl Iterator<Item = f64> + Clone), limit: f64) -> Result<(), String> {
    let sizes = || values.clone().filter(|v| v.is_finite()).map(f64::abs);
    let (count, small) = sizes().fold((0, 0), |(count, small), size| (count + 1, small + usize::from(size <= limit)));
    if count < ENOUGH_TO_TELL || small > count / 2 {
        return Ok(());
    }
    let mut sizes: Vec<f64> = sizes().collect();
    let (_, &mut median, _) = sizes.select_nth_unstable_by(count / 2, f64::total_cmp);
    Err(format!("half of the values exceed {median:.3} in size, so they look like percent"))
}
