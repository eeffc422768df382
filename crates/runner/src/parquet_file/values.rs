//! The values of arrays as Parquet stores them, and their extremes.

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, PrimitiveArray};
use arrow::buffer::{BooleanBuffer, Buffer, ScalarBuffer};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int16Type, Int32Type, TimeUnit, TimestampMicrosecondType};
use parquet::errors::ParquetError;
use parquet::file::statistics::{Statistics, ValueStatistics};

use super::hybrid::bits;

/// The least and the greatest of some values; of none, beyond each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Extremes {
    Boolean(bool, bool),
    Int32(i32, i32),
    Int64(i64, i64),
    Double(f64, f64),
}

/// The values that an array has, one after the other, and their extremes.
///
/// # Errors
/// No column of a table has such a type.
pub(super) fn plain(array: &ArrayRef) -> Result<(Buffer, Extremes), ParquetError> {
    const { assert!(cfg!(target_endian = "little"), "Parquet begins numbers with their lowest byte") };
    Ok(match array.data_type() {
        DataType::Int16 => int32(&array.as_primitive::<Int16Type>().unary::<_, Int32Type>(i32::from)),
        DataType::Int32 => int32(array.as_primitive::<Int32Type>()),
        DataType::Date32 => int32(array.as_primitive::<Date32Type>()),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            let values = present(array.as_primitive::<TimestampMicrosecondType>());
            let (least, most) = extremes(&values, (i64::MAX, i64::MIN));
            (values.into_inner(), Extremes::Int64(least, most))
        }
        DataType::Float64 => {
            let values = present(array.as_primitive::<Float64Type>());
            let (least, most) = extremes(&values, (f64::INFINITY, f64::NEG_INFINITY));
            (values.into_inner(), Extremes::Double(least, most))
        }
        DataType::Boolean => booleans(array.as_boolean()),
        other => return Err(ParquetError::NYI(format!("a column of type {other}"))),
    })
}

fn int32<T: ArrowPrimitiveType<Native = i32>>(array: &PrimitiveArray<T>) -> (Buffer, Extremes) {
    let values = present(array);
    let (least, most) = extremes(&values, (i32::MAX, i32::MIN));
    (values.into_inner(), Extremes::Int32(least, most))
}

fn booleans(array: &BooleanArray) -> (Buffer, Extremes) {
    let values = match array.nulls() {
        None => bits(array.values()),
        Some(_) => bits(&array.iter().flatten().collect::<BooleanBuffer>()),
    };
    let (trues, count) = (array.true_count(), array.len() - array.null_count());
    (Buffer::from_vec(values), Extremes::Boolean(trues == count, trues > 0))
}

fn present<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> ScalarBuffer<T::Native> {
    match array.null_count() {
        0 => array.values().clone(),
        _ => array.iter().flatten().collect(),
    }
}

/// The extremes of numbers, NaN aside; those of none lie beyond all of them.
fn extremes<N: Copy + PartialOrd>(values: &[N], beyond: (N, N)) -> (N, N) {
    let lesser = |a: N, b: N| if b < a { b } else { a };
    let greater = |a: N, b: N| if b > a { b } else { a };
    let (eights, rest) = values.as_chunks::<8>();
    // In lanes, so that the processor compares many at once.
    let (mut least, mut most) = ([beyond.0; 8], [beyond.1; 8]);
    for eight in eights {
        least = std::array::from_fn(|lane| lesser(least[lane], eight[lane]));
        most = std::array::from_fn(|lane| greater(most[lane], eight[lane]));
    }
    let all = rest.iter().copied();
    (all.clone().chain(least).fold(beyond.0, lesser), all.chain(most).fold(beyond.1, greater))
}

impl Extremes {
    /// Those of more values of the same type.
    pub(super) fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Boolean(a, b), Self::Boolean(c, d)) => Self::Boolean(a && c, b || d),
            (Self::Int32(a, b), Self::Int32(c, d)) => Self::Int32(a.min(c), b.max(d)),
            (Self::Int64(a, b), Self::Int64(c, d)) => Self::Int64(a.min(c), b.max(d)),
            (Self::Double(a, b), Self::Double(c, d)) => Self::Double(a.min(c), b.max(d)),
            _ => unreachable!("the arrays of a column have one type"),
        }
    }

    /// As the statistics of a column chunk, of whose values so many are absent.
    pub(super) fn statistics(self, nulls: u64) -> Statistics {
        match self {
            Self::Boolean(least, most) => statistics(least, most, nulls),
            Self::Int32(least, most) => statistics(least, most, nulls),
            Self::Int64(least, most) => statistics(least, most, nulls),
            // Zeros may have either sign.
            Self::Double(least, most) => statistics(if least == 0.0 { -0.0 } else { least }, most + 0.0, nulls),
        }
    }
}

fn statistics<N: PartialOrd>(least: N, most: N, nulls: u64) -> Statistics
where
    ValueStatistics<N>: Into<Statistics>,
{
    let (least, most) = (least <= most).then_some((least, most)).unzip();
    ValueStatistics::new(least, most, None, Some(nulls), false).into()
}
