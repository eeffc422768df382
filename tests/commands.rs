//! The commands, as users type them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::Value;

use crate::support::{Case, STUDY, Table, dayzero};

const TABLES: [&str; 7] = ["events", "specifications", "estimates", "abnormal_returns", "cars", "averages", "tests"];

/// Names of the files of a directory.
fn listing(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry"));
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn manifest(dir: &Path) -> Value {
    let text = std::fs::read_to_string(dir.join("manifest.json")).expect("a manifest");
    serde_json::from_str(&text).expect("JSON")
}

/// The outcomes of a manifest.
fn outcomes(manifest: &Value) -> BTreeMap<String, u64> {
    let counts = manifest["outcomes"].as_object().expect("outcomes").iter();
    counts.map(|(code, count)| (code.clone(), count.as_u64().expect("a count"))).collect()
}

/// A study of data with defects, none of whose events is duplicated on purpose.
fn defective() -> Case {
    let case = Case::new();
    let synth = "synth --out data --securities 40 --days 420 --events 80 --effect 0.03 --seed 11 --defects --overwrite";
    case.dayzero(&synth.split(' ').collect::<Vec<_>>()).success();
    case
}

/// Counts of a summary by outcome.
fn counted(summary: &str) -> BTreeMap<String, u64> {
    let words = summary.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let pairs = words.filter_map(|words| match words[..] {
        [count, code] if code != "events" => Some((code.to_owned(), count.parse().ok()?)),
        _ => None,
    });
    pairs.collect()
}

/// Every value of a table as text, nulls as nothing.
fn cells(batch: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::default();
    // Arrow prints instants at an offset, but not at the name UTC.
    let offset = DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into()));
    let plain = |column: &ArrayRef| match column.data_type() {
        DataType::Timestamp(..) => cast(column, &offset).expect("instants"),
        _ => column.clone(),
    };
    let arrays: Vec<ArrayRef> = batch.columns().iter().map(plain).collect();
    let columns: Vec<ArrayFormatter<'_>> =
        arrays.iter().map(|c| ArrayFormatter::try_new(c, &options).expect("a formatter")).collect();
    (0..batch.num_rows()).map(|row| columns.iter().map(|c| c.value(row).to_string()).collect()).collect()
}

/// Rows of CSV text without quoted line breaks.
fn parse_csv(text: &str) -> Vec<Vec<String>> {
    let split = |line: &str| {
        let (mut fields, mut quoted) = (vec![String::new()], false);
        for letter in line.chars() {
            match letter {
                '"' => quoted = !quoted,
                ',' if !quoted => fields.push(String::new()),
                _ => fields.last_mut().expect("a field").push(letter),
            }
        }
        fields
    };
    text.lines().map(split).collect()
}

#[test]
fn check_writes_nothing_and_counts_events() {
    let case = defective();
    let before = listing(case.path());
    let checked = case.dayzero(&["check", "study.toml"]).success();
    let dry = case.dayzero(&["run", "study.toml", "--dry-run"]).success();
    assert_eq!(checked.stdout, dry.stdout);
    assert_eq!(listing(case.path()), before);
    let counts = counted(&checked.stdout);
    assert_eq!(counts.values().sum::<u64>(), 86, "{}", checked.stdout);
    assert!(checked.stdout.contains("86 events"), "{}", checked.stdout);
    assert!(checked.stdout.contains("note: "), "rows that were left out are noted: {}", checked.stdout);
    // What the check excludes, the run excludes too; the aligned ones are estimated or not.
    case.run(&["-q"]).success();
    let ran = outcomes(&manifest(&case.path().join("out")));
    assert_eq!(ran.values().sum::<u64>(), 86);
    for code in ["duplicate", "unknown_security", "missing_announcement", "before_calendar", "after_calendar"] {
        assert_eq!(counts.get(code), Some(&1), "{code} in {}", checked.stdout);
        assert_eq!(ran.get(code), Some(&1), "{code} in {ran:?}");
    }
    let excluded: u64 = counts.iter().filter(|(code, _)| *code != "aligned").map(|(_, count)| count).sum();
    assert_eq!(counts["aligned"] + excluded, 86);
}

#[test]
fn check_finds_mistakes_without_a_run() {
    let case = Case::new();
    case.dayzero(&["check", "study.toml", "--set", "study.model=markt"]).failure(2, &["unknown model `markt`"]);
    let columns = "output.columns={cars=[\"carr\"]}";
    case.dayzero(&["check", "study.toml", "--set", columns]).failure(2, &["did you mean `car`?"]);
    case.dayzero(&["check", "study.toml", "--set", "markets.US.benchmark=none"]).failure(1, &["`none`"]);
}

#[test]
fn strict_is_about_events_that_were_not_asked_away() {
    let case = Case::new();
    case.run(&["--strict"]).success();
    let filter = "events.filter={column=\"session\", in=[\"amc\"]}";
    case.run(&["--strict", "--set", filter]).success();
    let kept = outcomes(&manifest(&case.path().join("out")));
    assert!(kept["filtered"] > 0, "the filter must leave some out: {kept:?}");
    let case = defective();
    let strict = case.run(&["--strict", "-q"]).failure(3, &["--strict"]);
    let unused: u64 =
        outcomes(&manifest(&case.path().join("out"))).iter().filter(|(c, _)| *c != "ok").map(|c| c.1).sum();
    assert!(strict.stderr.contains(&format!("{unused} of the events")), "{}", strict.stderr);
    assert_eq!(case.table("events").rows(), 86, "the tables are written all the same");
    case.dayzero(&["run", "study.toml", "--dry-run", "--strict"]).failure(3, &["--strict"]);
    case.run(&[]).success();
}

#[test]
fn settings_are_typed_as_toml() {
    let case = Case::new();
    let edits = [
        "study.model=market_adjusted",
        "study.car_windows=[[0, 1], [-2, 2]]",
        "study.tests=[\"bmp\", \"patell\"]",
        "inference.confidence=0.9",
        "study.mask_other_events=3",
        "name = renamed",
        "seed=7",
    ];
    let args: Vec<&str> = edits.iter().flat_map(|edit| ["--set", edit]).collect();
    case.run(&args).success();
    let manifest = manifest(&case.path().join("out"));
    let study = &manifest["config"]["study"];
    assert_eq!(study["model"], "market_adjusted");
    assert_eq!(study["car_windows"], serde_json::json!([[0, 1], [-2, 2]]));
    assert_eq!(study["tests"], serde_json::json!(["bmp", "patell"]));
    assert_eq!(study["mask_other_events"], 3);
    assert_eq!(manifest["config"]["inference"]["confidence"], 0.9);
    assert_eq!((&manifest["name"], &manifest["seed"]), (&Value::from("renamed"), &Value::from(7)));
    let tests = case.table("tests");
    assert_eq!(tests.find(&[("test", "bmp")]).len() * 2, tests.rows());
    // The last of two edits counts, and an edit may name a key that the file lacks.
    case.run(&["--set", "study.model=ff3", "--set", "study.model=constant_mean"]).success();
    assert_eq!(case.table("specifications").texts("model"), [Some("constant_mean".to_owned())]);
    case.run(&["--set", "output.format=csv"]).success();
    assert!(case.path().join("out/cars.csv").is_file());
}

#[test]
fn the_output_directory_of_the_command_line_wins() {
    let case = Case::new();
    case.write("elsewhere/here.txt", "");
    let study = case.path().join("study.toml");
    let study = study.to_str().expect("text");
    let ran = dayzero(&case.path().join("elsewhere"), &["run", study, "--out", "deep/results"]).success();
    assert!(ran.stdout.contains("tables in deep/results: events, "), "{}", ran.stdout);
    assert!(case.path().join("elsewhere/deep/results/events.parquet").is_file(), "relative to where one stands");
    assert!(!case.path().join("out").exists());
    dayzero(&case.path().join("elsewhere"), &["run", study]).success();
    assert!(case.path().join("out/events.parquet").is_file(), "that of the file is relative to the file");
}

#[test]
fn threads_are_those_asked_for() {
    let case = Case::new();
    for threads in ["1", "3"] {
        case.run(&["--threads", threads, "-q"]).success();
        assert_eq!(manifest(&case.path().join("out"))["threads"].to_string(), threads);
    }
    case.run(&["--set", "run.threads=2", "-q"]).success();
    assert_eq!(manifest(&case.path().join("out"))["threads"], 2);
    case.run(&["--threads", "many"]).failure(2, &["many", "--threads"]);
}

#[test]
fn quiet_is_silent_and_verbose_tells_the_time() {
    let case = Case::new();
    let quiet = case.run(&["-q"]).success();
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    let dry = case.run(&["-q", "--dry-run"]).success();
    assert_eq!((dry.stdout.as_str(), dry.stderr.as_str()), ("", ""));
    let verbose = case.run(&["-v"]).success();
    assert!(verbose.stdout.contains("80 events"), "{}", verbose.stdout);
    assert!(verbose.stderr.contains(" s  estimate"), "{}", verbose.stderr);
    case.run(&["-q", "-v"]).failure(2, &["cannot be used with"]);
}

#[test]
fn show_repeats_the_summary_of_the_run() {
    let case = Case::new();
    let ran = case.run(&[]).success();
    let shown = case.dayzero(&["show", "out"]).success();
    let without_place = |text: &str| text.lines().filter(|l| !l.starts_with("tables in")).map(str::to_owned).collect();
    let (ran, shown): (Vec<String>, Vec<String>) = (without_place(&ran.stdout), without_place(&shown.stdout));
    assert_eq!(ran, shown);
    assert!(shown.iter().any(|line| line.contains("80  ok")), "{shown:?}");
    case.dayzero(&["show", "data"]).failure(1, &["data holds no finished run"]);
    case.dayzero(&["show", "out", "--format", "json"]).failure(2, &["--format needs a table", "cars"]);
    case.dayzero(&["show", "out", "carz"]).failure(2, &["no table `carz`", "did you mean `cars`?"]);
}

#[test]
fn show_prints_json_that_is_the_table() {
    let case = Case::new();
    case.run(&["-q"]).success();
    for name in TABLES {
        let table = case.table(name);
        let shown = case.dayzero(&["show", "out", name, "--format", "json"]).success();
        let rows: Vec<Value> = shown.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(rows.len(), table.rows(), "{name}");
        for column in table.names() {
            let field = table.batch.schema().field_with_name(&column).expect("a field").clone();
            if field.data_type().is_numeric() {
                let values: Vec<Option<f64>> = rows.iter().map(|row| row[&column].as_f64()).collect();
                // The parser of these tests, not the program, may miss the last bit.
                let near = |(got, want): (&Option<f64>, &Option<f64>)| match (got, want) {
                    (Some(got), Some(want)) => (got - want).abs() <= 2.0 * f64::EPSILON * want.abs(),
                    _ => got == want,
                };
                assert!(values.iter().zip(&table.numbers(&column)).all(near), "{name}.{column}");
            } else if field.data_type().to_string().starts_with("Dictionary") {
                let values: Vec<Option<String>> =
                    rows.iter().map(|row| row[&column].as_str().map(str::to_owned)).collect();
                assert!(values == table.texts(&column), "{name}.{column}");
            } else {
                assert!(rows.iter().all(|row| row.get(&column).is_some()), "{name}.{column}");
            }
        }
    }
}

#[test]
fn show_prints_csv_that_is_the_table() {
    let case = defective();
    case.run(&["-q"]).success();
    for name in TABLES {
        let table = case.table(name);
        let shown = case.dayzero(&["show", "out", name, "--format", "csv"]).success();
        let mut rows = parse_csv(&shown.stdout);
        assert_eq!(rows.remove(0), table.names(), "{name}");
        let expected = cells(&table.batch);
        assert_eq!(rows.len(), expected.len(), "{name}");
        for (j, column) in table.names().iter().enumerate() {
            let float = table.column(column).data_type().is_floating();
            for (row, (got, want)) in rows.iter().zip(&expected).enumerate() {
                let same = if float && !want.is_empty() {
                    got[j].parse::<f64>().ok() == want[j].parse::<f64>().ok()
                } else {
                    got[j] == want[j]
                };
                assert!(same, "{name}.{column}, row {row}: {} is not {}", got[j], want[j]);
            }
        }
    }
}

#[test]
fn show_prints_a_table_for_people() {
    let case = Case::new();
    case.run(&["-q"]).success();
    let rows = case.table("cars").rows();
    let shown = case.dayzero(&["show", "out", "cars"]).success().stdout;
    assert_eq!(shown.lines().count(), 42, "a header, forty rows and what is left");
    let rest = format!("… {} more rows (--rows 0 shows all)", rows - 40);
    assert_eq!(shown.lines().last(), Some(rest.as_str()));
    for name in case.table("cars").names() {
        assert!(shown.lines().next().expect("a header").split_whitespace().any(|word| word == name), "{name}");
    }
    let all = case.dayzero(&["show", "out", "cars", "--rows", "0"]).success().stdout;
    assert_eq!(all.lines().count(), rows + 1);
    let events = case.dayzero(&["show", "out", "events"]).success().stdout;
    assert!(events.contains("T12:00:00Z") && !events.contains("ERROR"), "instants are in UTC:\n{events}");
    let three = case.dayzero(&["show", "out", "cars", "--rows", "3", "--format", "csv"]).success().stdout;
    assert_eq!(three.lines().count(), 4);
    assert!(all.lines().all(|line| line == line.trim_end()), "no blanks at the ends of lines");
}

#[test]
fn show_describes_every_column() {
    let case = Case::new();
    for format in ["parquet", "arrow", "csv"] {
        case.run(&["-q", "--set", &format!("output.format={format}")]).success();
        let all = case.dayzero(&["show", "out", "--schema"]).success().stdout;
        for name in TABLES {
            let shown = case.dayzero(&["show", "out", name, "--schema"]).success().stdout;
            assert!(all.contains(&shown), "{name} is among all tables");
            let text = case.dayzero(&["show", "out", name, "--format", "csv", "--rows", "1"]).success().stdout;
            for column in text.lines().next().expect("a header").split(',') {
                let line = shown.lines().find(|line| line.split_whitespace().next() == Some(column));
                let words = line.map_or(0, |line| line.split_whitespace().count());
                assert!(words > 2, "{format}: `{column}` of {name} lacks a type or a description:\n{shown}");
            }
        }
    }
}

/// A table of an output directory in any format, as text.
fn any_format(case: &Case, dir: &str, name: &str) -> Vec<Vec<String>> {
    let shown = case.dayzero(&["show", dir, name, "--format", "csv"]).success();
    parse_csv(&shown.stdout)
}

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
fn lists_name_everything_with_its_reference() {
    let models = ["constant_mean", "market", "market_adjusted", "capm", "ff3", "ff5", "carhart", "ff6", "factors"];
    let tests = ["t_cross_sectional", "patell", "bmp", "bmp_kp", "sign_generalized"];
    for (what, names) in [("models", models.as_slice()), ("tests", tests.as_slice())] {
        let listed = dayzero(Path::new("."), &["list", what]).success().stdout;
        let first: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
        for name in names {
            assert!(first.contains(name), "`{name}` is not in\n{listed}");
        }
        let described = listed.lines().all(|line| line.split_whitespace().count() > 3);
        assert!(described, "every line has a summary and a reference:\n{listed}");
    }
    dayzero(Path::new("."), &["list", "tables"]).failure(2, &["models", "tests"]);
    // Whatever is listed can be run.
    let case = Case::new();
    let listed = case.dayzero(&["list", "tests"]).success().stdout;
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    case.run(&["-q", "--set", &format!("study.tests={}", serde_json::json!(names))]).success();
    let listed = case.dayzero(&["list", "models"]).success().stdout;
    for model in listed.lines().filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "factors") {
        case.run(&["-q", "--strict", "--set", &format!("study.model={model}")]).success();
    }
}

#[test]
fn the_schema_has_every_section() {
    let printed = dayzero(Path::new("."), &["schema"]).success().stdout;
    let schema: Value = serde_json::from_str(&printed).expect("JSON");
    for section in
        ["name", "seed", "prices", "events", "markets", "factors", "study", "sweep", "inference", "run", "output"]
    {
        let described = &schema["properties"][section]["description"];
        assert!(described.as_str().is_some_and(|text| text.len() > 3), "[{section}] is not described");
    }
    assert_eq!(schema["required"], serde_json::json!(["name", "prices", "events", "markets"]));
}

#[test]
fn init_gives_a_study_that_runs() {
    let place = tempfile::tempdir().expect("a directory");
    let said = dayzero(place.path(), &["init", "first"]).success();
    assert!(said.stdout.contains("dayzero run first/study.toml"), "{}", said.stdout);
    dayzero(place.path(), &["run", "first/study.toml", "--strict"]).success();
    dayzero(place.path(), &["init", "first"]).failure(2, &["first/study.toml exists"]);
    dayzero(&place.path().join("first"), &["init"]).failure(2, &["study.toml exists"]);
    dayzero(place.path(), &["init", "first/study.toml/below"]).failure(1, &["cannot write"]);
}

#[test]
fn synth_follows_from_its_seed() {
    let place = tempfile::tempdir().expect("a directory");
    let synth =
        |args: &str| dayzero(place.path(), &[&["synth"], args.split(' ').collect::<Vec<_>>().as_slice()].concat());
    let size = "--securities 20 --days 500 --events 30 --markets 2 --defects";
    for (out, seed) in [("a", 5), ("b", 5), ("c", 6)] {
        synth(&format!("--out {out} --seed {seed} {size}")).success();
    }
    for file in ["prices.parquet", "events.parquet", "factors.parquet"] {
        let bytes = |dir: &str| std::fs::read(place.path().join(dir).join(file)).expect("a file");
        assert!(bytes("a") == bytes("b"), "{file} varies");
        assert!(bytes("a") != bytes("c"), "{file} does not depend on the seed");
    }
    synth(&format!("--out a --seed 9 {size}")).failure(2, &["exists", "--overwrite"]);
    synth(&format!("--out a --seed 9 {size} --overwrite")).success();
    synth("--out d --securities 2 --days 300 --events 500").failure(2, &["500 events do not fit", "room for"]);
    synth("--out d --securities 0 --events 1").failure(2, &["do not fit"]);
    synth("--out d --clustering 1.5").failure(2, &["--clustering 1.5", "from 0 to 1"]);
    synth("--out d --correlation NaN").failure(2, &["--correlation NaN", "from 0 to 1"]);
    synth("--out d --effect -0.9").failure(2, &["--effect -0.9"]);
    synth("--out d --markets 3").failure(2, &["3", "--markets"]);
    synth("--out d --securities 5 --defects --events 5").failure(2, &["--defects needs at least"]);
    synth("--out d --days 99999999").failure(2, &["--days"]);
    assert!(!place.path().join("d").exists(), "a refusal leaves nothing behind");
}

#[test]
fn the_manifest_accounts_for_events_and_inputs() {
    let case = defective();
    case.run(&["-q", "--set", "study.model=ff3", "--set", "events.filter={column=\"session\", in=[\"amc\"]}"])
        .success();
    let first = manifest(&case.path().join("out"));
    assert_eq!(outcomes(&first).values().sum::<u64>(), 86);
    let events = case.table("events");
    for (code, count) in outcomes(&first) {
        assert_eq!(events.find(&[("outcome", &code)]).len() as u64, count, "{code}");
    }
    let fingerprints = |manifest: &Value| -> BTreeMap<String, String> {
        let inputs = manifest["inputs"].as_array().expect("inputs").iter();
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        inputs.map(|input| (text(&input["path"]), text(&input["blake3"]))).collect()
    };
    let before = fingerprints(&first);
    let names: Vec<&str> = before.keys().map(String::as_str).collect();
    assert_eq!(names, ["data/events.parquet", "data/factors.parquet", "data/prices.parquet"]);
    assert!(before.values().all(|hash| hash.len() == 64));
    for table in first["tables"].as_array().expect("tables") {
        let name = table["name"].as_str().expect("a name");
        assert_eq!(table["rows"].as_u64(), Some(case.table(name).rows() as u64), "{name}");
    }
    let fewer = case.data("events").take(&(1..86).collect::<Vec<_>>());
    case.write_table("data/events.parquet", &fewer.batch);
    case.run(&["-q", "--set", "study.model=ff3"]).success();
    let second = manifest(&case.path().join("out"));
    assert_eq!(outcomes(&second).values().sum::<u64>(), 85);
    let after = fingerprints(&second);
    assert_ne!(before["data/events.parquet"], after["data/events.parquet"]);
    assert_eq!(before["data/prices.parquet"], after["data/prices.parquet"]);
    assert_eq!(before["data/factors.parquet"], after["data/factors.parquet"]);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let case = Case::new();
    case.run(&["-q"]).success();
    // More than any pipe holds, so that the program is still writing when the reader leaves.
    let bytes = case.dayzero(&["show", "out", "abnormal_returns", "--format", "json"]).success().stdout.len();
    assert!(bytes > 200_000, "only {bytes} bytes");
    let mut child = Command::new(env!("CARGO_BIN_EXE_dayzero"))
        .args(["show", "out", "abnormal_returns", "--format", "json"])
        .current_dir(case.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    assert!(line.starts_with("{\"spec_id\":0"), "{line}");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn nothing_is_coloured_that_is_not_on_a_terminal() {
    let case = defective();
    let ran = case.run(&["-v"]).success();
    let shown = case.dayzero(&["show", "out", "tests"]).success();
    let wrong = case.run(&["--set", "study.model=markt"]).failure(2, &["markt"]);
    let usage = case.dayzero(&["run", "--nonsense"]).failure(2, &["--nonsense"]);
    let help = case.dayzero(&["run", "--help"]).success();
    for outcome in [ran, shown, wrong, usage, help] {
        assert!(!outcome.stdout.contains('\u{1b}'), "{:?}", outcome.stdout);
        assert!(!outcome.stderr.contains('\u{1b}'), "{:?}", outcome.stderr);
    }
}

#[test]
fn help_and_version_are_there() {
    let help = dayzero(Path::new("."), &["--help"]).success().stdout;
    for command in ["run", "check", "show", "list", "schema", "synth", "init"] {
        let described =
            help.lines().any(|line| line.trim_start().starts_with(&format!("{command} ")) && line.len() > 15);
        assert!(described, "`{command}` is not described in\n{help}");
    }
    let version = dayzero(Path::new("."), &["--version"]).success().stdout;
    assert_eq!(version.trim(), format!("dayzero {}", env!("CARGO_PKG_VERSION")));
    dayzero(Path::new("."), &[]).failure(2, &["Usage"]);
    dayzero(Path::new("."), &["chekc"]).failure(2, &["chekc", "'check'"]);
    assert!(STUDY.contains("dir = \"out\""), "the tests above rely on it");
}
