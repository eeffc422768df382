//! The committed data in two markets, with defects, against an independent script in numpy and scipy:
//! this runs everywhere.

use crate::golden_support::{Run, golden};
use crate::support::{dayzero, root};

#[test]
fn two_markets_with_defects() {
    let want = golden("quickstart.json");
    let dir = tempfile::tempdir().expect("a directory");
    let study = root().join("experiments/quickstart/study.toml");
    let factors = root().join("datasets/quickstart/factors.parquet");
    let settings = [
        "sweep.model=[\"market\", \"market_adjusted\", \"capm\", \"carhart\", \"ff6\"]".to_owned(),
        "study.car_windows=[[-1, 1], [0, 1], [2, 10]]".to_owned(),
        format!("factors.path='{}'", factors.display()),
    ];
    let mut args = vec!["run", study.to_str().expect("a path"), "--out", "out"];
    settings.iter().for_each(|setting| args.extend(["--set", setting]));
    dayzero(dir.path(), &args).success();
    let run = Run::read(&dir.path().join("out"));
    run.check_alignment(&want["sample"]);
    for (spec_id, id) in ["market", "market_adjusted", "capm", "carhart", "ff6"].iter().enumerate() {
        run.check_specification(spec_id as i64, &want["specifications"][id]);
    }
}
