//! Files that are written here, read by the library.

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int16Array, Int32Array, StringArray,
    TimestampMicrosecondArray,
};
use arrow::compute::{cast, concat};
use arrow::datatypes::{Int32Type, Schema};
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector};
use parquet::data_type::ByteArray;
use parquet::file::metadata::PageIndexPolicy;
use parquet::file::statistics::Statistics;
use proptest::prelude::*;

use super::*;

/// Rows of a page: a number each, or none.
type Rows = Vec<Option<i32>>;

/// A page of every type that tables have, made of the same numbers; the first two columns have no nulls.
fn page(rows: &Rows) -> Vec<ArrayRef> {
    let number = |row: &Option<i32>| row.unwrap_or(-1);
    let texts: Vec<Option<String>> = rows.iter().map(|row| row.map(|n| format!("text {}", n % 50))).collect();
    vec![
        Arc::new(Int16Array::from_iter_values(rows.iter().map(|row| number(row) as i16))),
        Arc::new(Int32Array::from_iter_values(rows.iter().map(number))),
        Arc::new(rows.iter().copied().collect::<Int32Array>()),
        Arc::new(rows.iter().copied().collect::<Date32Array>()),
        Arc::new(
            rows.iter()
                .map(|row| row.map(|n| i64::from(n) << 20))
                .collect::<TimestampMicrosecondArray>()
                .with_timezone("UTC"),
        ),
        Arc::new(rows.iter().map(|row| row.map(|n| f64::from(n) / 7.0)).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|row| row.map(|n| n % 3 == 0)).collect::<BooleanArray>()),
        Arc::new(texts.iter().map(Option::as_deref).collect::<DictionaryArray<Int32Type>>()),
    ]
}

fn schema() -> SchemaRef {
    let field = |(place, array): (usize, &ArrayRef)| {
        Field::new(format!("column {place}"), array.data_type().clone(), place > 1)
    };
    Arc::new(Schema::new(page(&vec![]).iter().enumerate().map(field).collect::<Vec<_>>()))
}

/// How often a page is written, one after the other.
fn times(rows: &Rows) -> usize {
    1 + rows.len() % 3
}

/// Writes row groups of pages.
fn write(groups: &[Vec<Rows>]) -> File {
    let file = tempfile::tempfile().expect("a temporary file");
    let mut parquet = ParquetFile::new(file.try_clone().expect("open"), &schema(), "{}").expect("a schema");
    for pages in groups {
        let mut group = parquet.new_group().expect("known types");
        for rows in pages {
            let arrays = page(rows);
            for _ in 0..times(rows) {
                group.iter_mut().zip(&arrays).try_for_each(|(chunk, array)| chunk.add(array)).expect("known types");
            }
        }
        group.iter_mut().try_for_each(Chunk::finish).expect("known types");
        parquet.write(std::slice::from_ref(&group)).expect("room");
        // In the memory of the group before.
        parquet.spare.push(group);
    }
    parquet.finish().expect("room");
    file
}

fn open(file: &File) -> ParquetRecordBatchReaderBuilder<File> {
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
    let file = file.try_clone().expect("open");
    ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).expect("a Parquet file")
}

/// All rows of a column; texts as they are, since dictionaries may differ.
fn column(reader: ParquetRecordBatchReaderBuilder<File>, place: usize) -> Option<ArrayRef> {
    let arrays: Vec<ArrayRef> =
        reader.build().expect("columns").map(|batch| plain(batch.expect("rows").column(place))).collect();
    (!arrays.is_empty()).then(|| concat(&arrays.iter().map(|array| &**array).collect::<Vec<_>>()).expect("one type"))
}

fn plain(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Dictionary(..) => cast(array, &DataType::Utf8).expect("texts"),
        _ => array.clone(),
    }
}

/// Runs of numbers that repeat, count up, or follow no rule, and of nulls.
fn rows() -> impl Strategy<Value = Rows> {
    let number = prop_oneof![-3..3_i32, any::<i32>()];
    let run = (prop::option::weighted(0.7, number), 0..4_i32, 1..60_i32);
    prop::collection::vec(run, 1..12).prop_map(|runs| {
        let run = |(first, step, len): (Option<i32>, i32, i32)| {
            (0..len).map(move |place| first.map(|first| first.wrapping_add(step.wrapping_mul(place))))
        };
        runs.into_iter().flat_map(run).collect()
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        groups in prop::collection::vec(prop::collection::vec(rows(), 1..4), 1..3),
        skipped in 0..200_usize,
    ) {
        let file = write(&groups);
        let all: Rows = groups.iter().flatten().flat_map(|rows| rows.repeat(times(rows))).collect();
        let skipped = skipped.min(all.len() - 1);
        for (place, want) in page(&all).iter().enumerate() {
            let want = plain(want);
            let got = column(open(&file), place).expect("rows");
            prop_assert_eq!(&got, &want, "column {}", place);
            // By the pages' index.
            let behind = RowSelection::from(vec![RowSelector::skip(skipped), RowSelector::select(all.len() - skipped)]);
            let got = column(open(&file).with_row_selection(behind), place).expect("rows");
            prop_assert_eq!(&got, &want.slice(skipped, all.len() - skipped), "column {} from {}", place, skipped);
        }
    }

    #[test]
    fn statistics_are_those_of_the_rows(rows in rows()) {
        let file = write(&[vec![rows.clone()]]);
        let reader = open(&file);
        let group = reader.metadata().row_group(0);
        let nulls = (times(&rows) * rows.iter().filter(|row| row.is_none()).count()) as u64;
        let (least, most) = (rows.iter().flatten().min(), rows.iter().flatten().max());
        for (place, statistics) in group.columns().iter().enumerate().map(|(place, c)| (place, c.statistics())) {
            let statistics = statistics.expect("statistics");
            prop_assert_eq!(statistics.null_count_opt(), Some(if place > 1 { nulls } else { 0 }));
            match statistics {
                Statistics::Int32(known) if place == 2 => {
                    prop_assert_eq!((known.min_opt(), known.max_opt()), (least, most));
                }
                Statistics::Double(known) => {
                    let of = |n: Option<&i32>| n.map(|&n| f64::from(n) / 7.0);
                    prop_assert_eq!((known.min_opt().copied(), known.max_opt().copied()), (of(least), of(most)));
                }
                Statistics::ByteArray(known) => {
                    let texts = plain(&page(&rows)[place]);
                    let texts = || texts.as_string::<i32>().iter().flatten().map(str::as_bytes);
                    let extremes = [known.min_opt(), known.max_opt()].map(|text| text.map(ByteArray::data));
                    prop_assert_eq!(extremes, [texts().min(), texts().max()]);
                }
                _ => {}
            }
        }
    }
}

#[test]
fn tables_without_rows_have_no_row_group() {
    let file = write(&[]);
    assert_eq!(open(&file).metadata().num_row_groups(), 0);
    assert!(column(open(&file), 0).is_none());
}

#[test]
fn zeros_of_either_sign_lie_within_the_extremes() {
    let zeros: ArrayRef = Arc::new(Float64Array::from(vec![0.0, -0.0, 0.0]));
    let (_, extremes) = values::plain(&zeros).expect("numbers");
    let Statistics::Double(known) = extremes.statistics(0) else { panic!("numbers") };
    let signs = (known.min_opt().map(|n| n.is_sign_negative()), known.max_opt().map(|n| n.is_sign_negative()));
    assert_eq!(signs, (Some(true), Some(false)));
}

#[test]
fn long_texts_have_no_extremes() {
    let file = tempfile::tempfile().expect("a temporary file");
    let texts = StringArray::from(vec!["x".repeat(65), "y".to_owned()]);
    let texts: ArrayRef = Arc::new(DictionaryArray::new(Int32Array::from(vec![0, 1, 1]), Arc::new(texts)));
    let schema: SchemaRef = Arc::new(Schema::new(vec![Field::new("reason", texts.data_type().clone(), true)]));
    let mut parquet = ParquetFile::new(file.try_clone().expect("open"), &schema, "{}").expect("a schema");
    let mut group = parquet.new_group().expect("known types");
    group[0].add(&texts).expect("texts");
    group[0].finish().expect("texts");
    parquet.write(&[group]).expect("room");
    parquet.finish().expect("room");
    let reader = open(&file);
    let statistics = reader.metadata().row_group(0).column(0).statistics().cloned().expect("statistics");
    assert_eq!((statistics.min_bytes_opt(), statistics.max_bytes_opt()), (None, Some(&b"y"[..])));
    assert_eq!(column(reader, 0).expect("rows").len(), 3);
}
