//! The same inputs give the same bytes, and the order of rows and the number of threads are no input.

use arrow::array::{Array, ArrayRef};
use arrow::compute::cast;
use arrow::datatypes::DataType;

use crate::support::{Case, STUDY, TABLES, Table};

/// More events than a block of the estimation holds, every kind of defect, and several
/// specifications.
fn busy() -> Case {
    let sweep = "[characteristics]\npath = \"sizes.csv\"\n\n\
                 [[regressions]]\nformula = \"car[0,0] ~ surprise_pct + log(size) + C(session)\"\n\
                 cluster = [\"week\", \"security\"]\n\n\
                 [[regressions]]\nformula = \"car[-1,1] ~ surprise_pct:C(session)\"\nweights = \"precision\"\n\n[inference]\nmeasures = [\"car\", \"bhar\"]\nbootstrap = 199\n\n\
                 [sweep]\nmodel = [\"market\", \"market_adjusted\", \"ff5\", \"constant_mean\", \
                 { name = \"reference_portfolio\", sort = { size = 3 } }, { name = \"matched_firm\", match = [\"size\"] }]\n\
                 estimation_window = [[-250, -11], [-150, -11]]\n\n[output]";
    assert!(STUDY.contains("[output]"));
    let case = Case::with(&STUDY.replace("[output]", sweep));
    let synth = "synth --out data --overwrite --securities 150 --days 480 --events 450 --defects --seed 3";
    case.dayzero(&synth.split(' ').collect::<Vec<_>>()).success();
    let mut tickers: Vec<String> = case.data("prices").texts("ticker").into_iter().flatten().collect();
    tickers.sort();
    tickers.dedup();
    let size = |(i, ticker): (usize, &String)| format!("{ticker},{}\n", i * 37 % 101);
    case.write("sizes.csv", &format!("ticker,size\n{}", tickers.iter().enumerate().map(size).collect::<String>()));
    case
}

/// The table files of a run, byte by byte.
fn files(case: &Case, dir: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(case.path().join(dir)).expect("an output directory");
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_none_or(|extension| extension != "json"))
        .map(|path| (path.display().to_string().rsplit('/').next().unwrap_or_default().to_owned(), path))
        .map(|(name, path)| (name, std::fs::read(path).expect("readable")))
        .collect();
    files.sort();
    files
}

#[track_caller]
fn assert_equal_files(a: &[(String, Vec<u8>)], b: &[(String, Vec<u8>)], what: &str) {
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(a), names(b), "{what}");
    for ((name, a), (_, b)) in a.iter().zip(b) {
        assert!(a == b, "{what}: {name} differs");
    }
}

/// Runs with a setting of the thread pool's own variable.
fn run_with_rayon(case: &Case, threads: &str, args: &[&str]) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_dayzero"))
        .args([&["run", "study.toml", "--overwrite"], args].concat())
        .env("RAYON_NUM_THREADS", threads)
        .current_dir(case.path())
        .output()
        .expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn threads_leave_no_trace() {
    let case = busy();
    for format in ["parquet", "arrow", "csv"] {
        let set = format!("output.format=\"{format}\"");
        let run = |threads: &str| {
            let out = format!("out/{format}-{threads}");
            case.run(&["--set", &set, "--threads", threads, "--out", &out]).success();
            files(&case, &out)
        };
        let one = run("1");
        assert_eq!(one.len(), TABLES.len(), "{format}");
        for threads in ["2", "7"] {
            assert_equal_files(&one, &run(threads), &format!("{format} with {threads} threads"));
        }
        assert_equal_files(&one, &run("1"), &format!("{format} a second time"));
    }
    let one = files(&case, "out/parquet-1");
    for threads in ["1", "3"] {
        run_with_rayon(&case, threads, &["--out", "out/rayon"]);
        assert_equal_files(&one, &files(&case, "out/rayon"), &format!("RAYON_NUM_THREADS={threads}"));
    }
    let outcomes = case_table(&case, "out/parquet-1", "events").texts("outcome");
    let ok = outcomes.iter().filter(|outcome| outcome.as_deref() == Some("ok")).count();
    assert!(ok > 256 && ok < outcomes.len(), "{ok} events are more than a block, and some are excluded");
}

fn case_table(case: &Case, dir: &str, name: &str) -> Table {
    Table::read(&case.path().join(dir).join(format!("{name}.parquet")))
}

/// A fixed permutation.
fn shuffled(count: usize) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..count).collect();
    rows.sort_by_key(|&row| (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17));
    rows
}

fn plain(table: &Table, column: &str) -> ArrayRef {
    let array = table.column(column);
    match array.data_type() {
        DataType::Dictionary(_, value) => cast(array, value).expect("decoded"),
        _ => array.clone(),
    }
}

#[track_caller]
fn assert_equal(a: &Table, b: &Table, excepted: &[&str], what: &str) {
    assert_eq!((a.names(), a.rows()), (b.names(), b.rows()), "{what}");
    for name in a.names().iter().filter(|name| !excepted.contains(&name.as_str())) {
        let (a, b) = (plain(a, name), plain(b, name));
        let row = (0..a.len()).find(|&row| a.slice(row, 1) != b.slice(row, 1));
        assert_eq!(row, None, "{what}: the first row in which `{name}` differs");
    }
}

/// The rows of a table by event as they stood before the events were permuted: `rows[i]` is the
/// former row of event `i`.
fn restored(table: &Table, rows: &[usize]) -> Table {
    let former: Vec<usize> =
        table.integers("event_id").into_iter().map(|id| rows[id.expect("an event") as usize]).collect();
    let spec = match table.names().contains(&"spec_id".to_owned()) {
        true => table.integers("spec_id"),
        false => vec![Some(0); table.rows()],
    };
    let mut order: Vec<usize> = (0..table.rows()).collect();
    order.sort_by_key(|&row| (spec[row], former[row], row));
    table.take(&order)
}

/// Models whose residuals are kept, rather than made again.
#[test]
fn dear_models_too() {
    let case = busy();
    let models = "sweep.model=[\"garch\", \"synthetic_control\", \"huber\"]";
    let run = |threads: &str| {
        let out = format!("out/{threads}");
        let window = "sweep.estimation_window=[[-150, -11]]";
        case.run(&["--set", models, "--set", window, "--threads", threads, "--out", &out]).success();
        files(&case, &out)
    };
    assert_equal_files(&run("1"), &run("7"), "one thread and seven");
}

#[test]
fn the_order_of_events() {
    let case = busy();
    case.run(&["--out", "before"]).success();
    let events = case.data("events");
    for rows in [shuffled(events.rows()), (0..events.rows()).rev().collect()] {
        case.write_table("data/events.parquet", &events.take(&rows).batch);
        case.run(&["--out", "after"]).success();
        for name in ["events", "estimates", "abnormal_returns", "cars"] {
            let (before, after) = (case_table(&case, "before", name), case_table(&case, "after", name));
            // Reasons of duplicates name the other event by its row.
            assert_equal(&before, &restored(&after, &rows), &["event_id", "reason"], name);
        }
        for name in ["specifications", "averages", "tests", "calendar_time", "rats", "regressions"] {
            let (before, after) = (case_table(&case, "before", name), case_table(&case, "after", name));
            assert_equal(&before, &after, &[], name);
        }
        assert_ne!(
            plain(&case_table(&case, "before", "events"), "security").as_ref(),
            plain(&case_table(&case, "after", "events"), "security").as_ref(),
            "the events are in another order"
        );
    }
}

#[test]
fn the_order_of_prices_and_factors() {
    let case = busy();
    case.run(&["--out", "before"]).success();
    for name in ["prices", "factors"] {
        let table = case.data(name);
        case.write_table(&format!("data/{name}.parquet"), &table.take(&shuffled(table.rows())).batch);
        for threads in ["1", "7"] {
            case.run(&["--out", "after", "--threads", threads]).success();
            for table in TABLES {
                let (before, after) = (case_table(&case, "before", table), case_table(&case, "after", table));
                assert_equal(&before, &after, &[], &format!("{table} with shuffled {name}"));
            }
        }
    }
}
