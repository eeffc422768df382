//! Reference portfolios, matched firms and synthetic controls against an independent script
//! (tests/golden/peers.py).

use crate::golden_models::{Data, large_caps, quickstart};
use crate::support::real_data;

/// Runs the models of a study and holds them against the reference.
fn check(data: &Data, models: &[(&str, &str)]) {
    let list: Vec<&str> = models.iter().map(|(_, model)| *model).collect();
    let run = data.run(&data.prices, "", &format!("[sweep]\nmodel = [{}]", list.join(", ")));
    for (spec_id, (id, _)) in models.iter().enumerate() {
        run.check_model(spec_id as i64, id, &data.reference);
    }
}

#[test]
fn on_simulated_data() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("characteristics.csv");
    let section = format!("[characteristics]\npath = '{}'\ndate = \"known_from\"\n", path.display());
    let data = quickstart().against("peers_quickstart.json", &section);
    let names = ["known_from", "ticker", "size", "value", "industry"];
    let columns = names.map(|name| data.reference["characteristics"][name].as_array().expect("a column"));
    let mut csv = names.join(",") + "\n";
    for row in 0..columns[0].len() {
        let cell = |column: &&Vec<serde_json::Value>| match &column[row] {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            number => number.to_string(),
        };
        csv += &(columns.iter().map(cell).collect::<Vec<_>>().join(",") + "\n");
    }
    std::fs::write(&path, csv).expect("written");
    check(
        &data,
        &[
            ("reference_portfolio", r#"{ name = "reference_portfolio", sort = { size = 3, value = 2 } }"#),
            (
                "reference_portfolio_weighted",
                r#"{ name = "reference_portfolio", sort = { size = 2 }, within = ["industry"], weight = "size" }"#,
            ),
            ("matched_firm", r#"{ name = "matched_firm", match = ["size", "value"] }"#),
            ("matched_firm_within", r#"{ name = "matched_firm", match = ["size"], within = ["industry"], count = 2 }"#),
            ("synthetic_control", r#"{ name = "synthetic_control", count = 10 }"#),
        ],
    );
}

#[test]
fn on_real_announcements() {
    let (Some(root), Some(data)) = (real_data(), large_caps()) else { return };
    let section = format!("[characteristics]\npath = '{}/us_large_caps/universe.parquet'\n", root.display());
    let data = data.against("peers_us.json", &section);
    check(
        &data,
        &[
            ("reference_portfolio", r#"{ name = "reference_portfolio", sort = { weight = 2 }, within = ["sector"] }"#),
            (
                "reference_portfolio_weighted",
                r#"{ name = "reference_portfolio", within = ["sector"], weight = "weight" }"#,
            ),
            ("matched_firm", r#"{ name = "matched_firm", match = ["weight"], within = ["sector"] }"#),
        ],
    );
    // Of a few securities: every placebo is a fit of its own.
    let ids = data.reference["models"]["synthetic_control"]["events"]["event_id"].as_array().expect("ids").clone();
    let sampled: Vec<&str> = data.reference["sample"]["event_id"]
        .as_array()
        .into_iter()
        .flatten()
        .zip(data.reference["sample"]["security"].as_array().expect("securities"))
        .filter(|(id, _)| ids.contains(id))
        .filter_map(|(_, security)| security.as_str())
        .collect();
    let data = large_caps().expect("as before").against("peers_us.json", &section).of_securities(&sampled);
    check(&data, &[("synthetic_control", r#"{ name = "synthetic_control", within = ["sector"] }"#)]);
}
