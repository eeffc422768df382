//! `show`.

use super::*;

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
