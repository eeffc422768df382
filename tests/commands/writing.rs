//! Formats, narrowed tables, overwriting.

use super::*;

#[test]
fn formats_hold_the_same_values() {
    let case = defective();
    for format in ["parquet", "arrow", "csv"] {
        case.run(&["-q", "--out", format, "--set", &format!("output.format={format}")]).success();
        let mut files: Vec<String> = TABLES.iter().map(|name| format!("{name}.{format}")).collect();
        files.push("manifest.json".into());
        files.sort();
        assert_eq!(listing(&case.path().join(format)), files);
    }
    for name in TABLES {
        let parquet = Table::read(&case.path().join(format!("parquet/{name}.parquet")));
        let file = std::fs::File::open(case.path().join(format!("arrow/{name}.arrow"))).expect("a file");
        let reader = arrow::ipc::reader::FileReader::try_new(file, None).expect("Arrow IPC");
        let schema = reader.schema();
        let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>().expect("readable");
        let arrow = concat_batches(&schema, &batches).expect("one schema");
        assert!(cells(&parquet.batch) == cells(&arrow), "{name} as Arrow");
        let described = arrow.schema().fields().iter().all(|field| field.metadata().contains_key("description"));
        assert!(described, "{name} as Arrow says what its columns are");
        let text = std::fs::read_to_string(case.path().join(format!("csv/{name}.csv"))).expect("a file");
        let expected = any_format(&case, "parquet", name);
        assert!(parse_csv(&text) == expected, "{name} as CSV");
        assert!(any_format(&case, "csv", name) == expected, "{name} as CSV, shown");
        assert!(any_format(&case, "arrow", name) == expected, "{name} as Arrow, shown");
    }
}

#[test]
fn narrowed_output_keeps_keys() {
    let case = Case::new();
    let columns = "output.columns={abnormal_returns=[\"ar\"], cars=[]}";
    let tables = "output.tables=[\"cars\", \"abnormal_returns\"]";
    case.run(&["-q", "--set", columns, "--set", tables]).success();
    assert_eq!(listing(&case.path().join("out")), ["abnormal_returns.parquet", "cars.parquet", "manifest.json"]);
    assert_eq!(case.table("abnormal_returns").names(), ["spec_id", "event_id", "tau", "ar"]);
    assert_eq!(case.table("cars").names(), ["spec_id", "event_id", "first", "last"]);
    let narrow = case.table("abnormal_returns").numbers("ar");
    case.run(&["-q"]).success();
    assert_eq!(case.table("abnormal_returns").numbers("ar"), narrow);
    case.dayzero(&["show", "out", "cars"]).success();
}

#[test]
fn overwriting_removes_earlier_tables_and_nothing_else() {
    let case = Case::new();
    case.run(&["-q", "--set", "output.format=csv"]).success();
    case.write("out/notes.txt", "mine");
    case.write("out/mine.parquet", "mine");
    case.run(&["-q", "--set", "output.tables=[\"cars\", \"events\"]"]).success();
    let expected = ["cars.parquet", "events.parquet", "manifest.json", "mine.parquet", "notes.txt"];
    assert_eq!(listing(&case.path().join("out")), expected);
    case.dayzero(&["show", "out", "averages"]).failure(2, &["no table `averages`", "events"]);
}

#[test]
fn overwriting_spares_what_no_run_has_written() {
    let case = Case::new();
    // Names of tables, but no table of a run.
    case.write("out/events.csv", "mine");
    case.write("out/tests.arrow", "mine");
    case.run(&["-q"]).success();
    case.run(&["-q"]).success();
    for name in ["events.csv", "tests.arrow"] {
        assert_eq!(std::fs::read_to_string(case.path().join("out").join(name)).expect(name), "mine");
    }
    let events = std::fs::read(case.path().join("data/events.parquet")).expect("the events");
    case.run(&["--out", "data"]).failure(2, &["would replace the input data/events.parquet", "--out"]);
    case.run(&["--out", "out/../data/"]).failure(2, &["would replace the input data/events.parquet"]);
    assert!(std::fs::read(case.path().join("data/events.parquet")).expect("the events") == events);
}

#[test]
fn a_directory_in_the_place_of_a_table_is_left_alone() {
    let case = Case::new();
    case.write("out/cars.parquet/mine.txt", "mine");
    case.run(&["-q"]).failure(1, &["cannot write to", "out"]);
    let kept = case.path().join("out/cars.parquet/mine.txt");
    assert_eq!(std::fs::read_to_string(kept).expect("the file of the user"), "mine");
}
