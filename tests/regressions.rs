//! Regressions across events as a user meets them.

use std::collections::BTreeMap;

use crate::support::{Case, STUDY, close, close_relative};

/// The usual study with these regressions.
fn study(regressions: &str) -> String {
    format!("{STUDY}\n{regressions}")
}

fn case(regressions: &str) -> Case {
    let case = Case::with(&study(regressions));
    case.run(&["-q"]).success();
    case
}

/// b = (X'WX)⁻¹X'Wy and the inverse, by Gauss and Jordan on the normal equations.
fn normal_equations(rows: &[(Vec<f64>, f64, f64)]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let k = rows[0].0.len();
    let mut a = vec![vec![0.0; 2 * k + 1]; k];
    for i in 0..k {
        for (x, y, w) in rows {
            for j in 0..k {
                a[i][j] += w * x[i] * x[j];
            }
            a[i][2 * k] += w * x[i] * y;
        }
        a[i][k + i] = 1.0;
    }
    for i in 0..k {
        let pivot = a[i][i];
        a[i].iter_mut().for_each(|element| *element /= pivot);
        let line = a[i].clone();
        for (other, row) in a.iter_mut().enumerate().filter(|(other, _)| *other != i) {
            let factor = row[i];
            assert_ne!(other, i);
            row.iter_mut().zip(&line).for_each(|(element, pivot)| *element -= factor * pivot);
        }
    }
    (a.iter().map(|row| row[2 * k]).collect(), a.iter().map(|row| row[k..2 * k].to_vec()).collect())
}

/// One regression again from the written tables: the surprise and the session, weighted by precision,
/// with HC1 errors.
#[test]
fn a_regression_follows_from_the_tables() {
    let formula = "formula = \"car[-1,1] ~ surprise_pct + C(session)\"\nerrors = \"hc1\"";
    let case = case(&format!("[[regressions]]\n{formula}\n\n[[regressions]]\n{formula}\nweights = \"precision\""));
    let (cars, events, input) = (case.table("cars"), case.table("events"), case.data("events"));
    let (sessions, surprises) = (events.texts("session"), input.numbers("surprise_pct"));
    let mut levels: Vec<&String> = sessions.iter().flatten().collect();
    levels.sort();
    levels.dedup();
    // Where all events are of one session, its label says nothing.
    let table = case.table("regressions");
    let row = table.row(&[("regression", "0"), ("group", "session=amc"), ("term", "C(session)")]);
    let reason = table.texts("reason")[row].clone().expect("a reason");
    assert!(reason.contains("the label of all events is `amc`"), "{reason}");
    for (regression, weighted) in [("0", false), ("1", true)] {
        let (car, scar, ids) = (cars.numbers("car"), cars.numbers("scar"), cars.integers("event_id"));
        let mut rows: Vec<(Vec<f64>, f64, f64)> = Vec::new();
        for row in cars.find(&[("first", "-1"), ("last", "1")]) {
            let event = ids[row].expect("an event") as usize;
            let (Some(car), Some(scar), Some(surprise)) = (car[row], scar[row], surprises[event]) else { continue };
            let dummy = |level: &&String| f64::from(u8::from(sessions[event].as_ref() == Some(level)));
            let x: Vec<f64> = [1.0, surprise].into_iter().chain(levels[1..].iter().map(dummy)).collect();
            rows.push((x, car, if weighted { (scar / car).powi(2) } else { 1.0 }));
        }
        let (coefficients, inverse) = normal_equations(&rows);
        let (n, k) = (rows.len() as f64, coefficients.len() as f64);
        let table = case.table("regressions");
        let names = ["intercept".to_owned(), "surprise_pct".to_owned()].into_iter();
        for (j, name) in names.chain(levels[1..].iter().map(|level| format!("C(session)[{level}]"))).enumerate() {
            let key = [("regression", regression), ("group", "all"), ("term", name.as_str())];
            close_relative(table.number("coefficient", &key), coefficients[j], 1e-8, &name);
            let mut variance = 0.0;
            for (x, y, w) in &rows {
                let residual = y - x.iter().zip(&coefficients).map(|(x, b)| x * b).sum::<f64>();
                variance += (inverse[j].iter().zip(x).map(|(a, x)| a * x).sum::<f64>() * w * residual).powi(2);
            }
            close_relative(table.number("se", &key), (variance * n / (n - k)).sqrt(), 1e-8, &name);
            assert_eq!(table.number("observations", &key), n);
            assert_eq!(table.number("left_out", &key), events.rows() as f64 - n);
            assert_eq!(table.number("dof", &key), n - k);
            let base = table.texts("base")[table.row(&key)].clone();
            assert_eq!(base.as_ref(), name.starts_with('C').then_some(levels[0]));
        }
    }
}

/// The mean of CARs is the regression on a constant, its error that of the cross-sectional test.
#[test]
fn a_constant_is_the_cross_sectional_test() {
    let case = case("[[regressions]]\nformula = \"car[2,10] ~ 1\"\nerrors = \"hc1\"");
    let (table, tests) = (case.table("regressions"), case.table("tests"));
    let groups: BTreeMap<String, usize> =
        table.texts("group").into_iter().flatten().enumerate().map(|(row, group)| (group, row)).collect();
    assert!(groups.len() > 6, "{groups:?}");
    for (group, row) in groups {
        let key = [("group", group.as_str()), ("first", "2"), ("last", "10"), ("test", "t_cross_sectional")];
        let (coefficient, t) = (table.numbers("coefficient")[row], table.numbers("t")[row]);
        close(coefficient.expect("a mean"), tests.number("mean_car", &key), 1e-13, &group);
        close(t.expect("a test"), tests.number("statistic", &key), 1e-11, &group);
        close(table.numbers("p_value")[row].expect("a p-value"), tests.number("p_value", &key), 1e-11, &group);
    }
}

/// The planted effect grows with the surprise, and only on day 0.
#[test]
fn a_planted_effect_is_found() {
    let regression = |formula: &str, more: &str| format!("[[regressions]]\nformula = \"{formula}\"\n{more}\n");
    let case = case(
        &[
            regression("car[0,0] ~ surprise_pct", "cluster = [\"month\"]"),
            regression("ar[0] ~ surprise_pct", "cluster = [\"week\"]\nerrors = \"cr2\""),
            regression("ar[-2] ~ surprise_pct", "cluster = [\"week\", \"security\"]"),
            regression("bhar[0,0] ~ 0 + C(session) + surprise_pct:C(session) + surprise_pct^2", "errors = \"hc3\""),
            regression("car[0,0] ~ surprise_pct + log(surprise_pct) + abs(surprise_pct)", ""),
        ]
        .concat(),
    );
    let table = case.table("regressions");
    let at = |regression: &'static str| [("group", "all"), ("regression", regression), ("term", "surprise_pct")];
    assert!(table.number("t", &at("0")) > 3.0 && table.number("t", &at("2")).abs() < 3.5);
    close(table.number("coefficient", &at("0")), table.number("coefficient", &at("1")), 1e-13, "a window of a day");
    let errors = |regression| table.texts("errors")[table.row(&at(regression))].clone().expect("a name");
    assert_eq!(["0", "1", "2"].map(errors), ["cr2 by month", "cr2 by week", "cr1 by week and security"]);
    let clusters = table.number("clusters", &at("0"));
    assert!(clusters < 40.0 && table.number("dof", &at("0")) < clusters);
    assert_eq!(table.number("dof", &at("2")), table.number("clusters", &at("2")) - 1.0);
    // Without a constant every level stands for itself.
    let terms = |regression: &str| -> Vec<String> {
        let rows = table.find(&[("group", "all"), ("regression", regression)]);
        rows.into_iter().map(|row| table.texts("term")[row].clone().expect("a term")).collect()
    };
    let names = terms("3");
    let with = |start: &str| names.iter().filter(|name| name.starts_with(start)).count();
    assert_eq!((with("C(session)["), with("surprise_pct:C(session)["), names.len()), (2, 2, 5), "{names:?}");
    // The logarithm leaves out what is not positive; there the absolute value is the value.
    let rows = table.find(&[("group", "all"), ("regression", "4")]);
    let reason = table.texts("reason")[rows[0]].clone().expect("a reason");
    assert!(reason.contains("`abs(surprise_pct)` depends on the terms before it"), "{reason}");
    assert!(table.numbers("left_out")[rows[0]].expect("a count") > 10.0);
    assert_eq!(terms("4"), ["intercept", "surprise_pct", "log(surprise_pct)", "abs(surprise_pct)"]);
    assert!(rows.iter().all(|&row| table.numbers("coefficient")[row].is_none()));
}

/// Characteristics as they were known before day 0 stand beside the columns of the event table, which
/// come first.
#[test]
fn characteristics_and_event_columns() {
    let section = "[characteristics]\npath = \"data/traits.csv\"\n";
    let regression =
        "[[regressions]]\nformula = \"car[0,0] ~ log(size) + C(sector)\"\ncluster = [\"sector\"]\nerrors = \"cr2\"";
    let case = Case::with(&study(&format!("{section}\n{regression}")));
    let mut tickers: Vec<String> = case.data("prices").texts("ticker").into_iter().flatten().collect();
    tickers.sort();
    tickers.dedup();
    let line = |(i, ticker): (usize, &String)| format!("{ticker},{},{}\n", i + 1, ["oil", "tin", "wax"][i % 3]);
    case.write(
        "data/traits.csv",
        &format!("ticker,size,sector\n{}", tickers.iter().enumerate().map(line).collect::<String>()),
    );
    case.run(&["-q"]).success();
    let first = case.table("regressions");
    let key = [("group", "all"), ("term", "C(sector)[wax]")];
    assert_eq!(first.texts("base")[first.row(&key)].as_deref(), Some("oil"));
    assert_eq!(first.number("clusters", &key), 3.0);
    let size = first.number("coefficient", &[("group", "all"), ("term", "log(size)")]);
    // A column of the event table by the same name is taken instead.
    let events = case.data("events");
    let sizes = arrow::array::Float64Array::from_iter_values((0..events.rows()).map(|row| (row * row + 1) as f64));
    case.write_table("data/events.parquet", &events.with("size", std::sync::Arc::new(sizes)).batch);
    case.run(&["-q"]).success();
    let second = case.table("regressions");
    assert_ne!(second.number("coefficient", &[("group", "all"), ("term", "log(size)")]), size);
}

#[test]
fn mistakes_point_into_the_formula() {
    let case = Case::new();
    let refuses = |regression: &str, at: &str, parts: &[&str]| {
        let text = study(&format!("[[regressions]]\n{regression}\n"));
        case.write("study.toml", &text);
        let byte = text.rfind(at).expect("the place");
        let line = 1 + text[..byte].matches('\n').count();
        let column = byte - text[..byte].rfind('\n').map_or(0, |end| end + 1) + 1;
        let place = format!("study.toml:{line}:{column}");
        let outcome = case.run(&[]).failure(2, &[&[place.as_str()], parts].concat());
        assert!(!outcome.stderr.contains("panicked"), "{}", outcome.stderr);
    };
    let formula = |text: &str| format!("formula = \"{text}\"");
    let of_formula = |text: &str, at: &str, parts: &[&str]| refuses(&formula(text), at, parts);
    of_formula("cars[0,0] ~ x", "cars", &["`cars` is nothing that can be explained", "did you mean `car`?"]);
    of_formula("car[0,0] ~ surprise_pct * 2", "* 2", &["`*` is no part", "a + b + a:b"]);
    of_formula("car[0,0] ~ suprise_pct", "suprise", &["no column `suprise_pct`", "did you mean `surprise_pct`?"]);
    of_formula("car[0,0] ~ log(surprise_pc)", "surprise_pc", &["did you mean `surprise_pct`?"]);
    of_formula("car[0,0] ~ C(sesion)", "sesion", &["no column `sesion`", "did you mean `session`?"]);
    of_formula("car[0,5] ~ 1", "car[0,5]", &["the window [0, 5] is not declared", "[2, 10]", "car_windows"]);
    of_formula("ar[11] ~ 1", "ar[11]", &["day 11 lies beyond the event window [-10, 10]"]);
    let with = |more: &str| format!("{}\n{more}", formula("car[0,0] ~ surprise_pct"));
    refuses(&with("cluster = [\"weak\"]"), "\"weak\"", &["no column `weak`", "did you mean `week`?"]);
    refuses(&with("errors = \"cluster\""), "\"cluster\"", &["in which way", "cluster = [\"week\"]"]);
    refuses(&with("errors = \"hc1\"\ncluster = [\"week\"]"), "\"hc1\"", &["these errors know no clusters"]);
    refuses(&with("cluster = [\"week\", \"week\"]"), "\"week\"]", &["`week` is named twice"]);
    refuses(&with("cluster = [\"week\", \"day\", \"month\"]"), "[\"week\"", &["in one or two ways"]);
    refuses(
        &with("errors = \"cr2\"\ncluster = [\"week\", \"day\"]"),
        "[\"week\"",
        &["cr2 takes events clustered in one way"],
    );
    refuses(&with("errors = \"hc2\""), "\"hc2\"", &["unknown value `hc2`"]);
    refuses(&with("cluter = [\"week\"]"), "cluter", &["unknown key `cluter` in [[regressions]]", "`cluster`"]);
    let weighted = format!("{}\nweights = \"precision\"", formula("ar[0] ~ 1"));
    refuses(&weighted, "\"precision\"", &["only CARs have a forecast variance", "car[0,0]"]);
    // Text is no number: the data say so.
    case.write("study.toml", &study("[[regressions]]\nformula = \"car[0,0] ~ ticker\"\n"));
    case.run(&[]).failure(1, &["column `ticker`", "is no number", "C(name)"]);
}
