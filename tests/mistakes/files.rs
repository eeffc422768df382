//! Files and columns that are not what the study takes them for.

use super::*;

#[test]
fn files_that_are_no_parquet() {
    let finished = Finished::new();
    finished.case.write("text.parquet", "ticker,date,adj_close\nA,2024-01-02,10\n");
    let edits = ["--set", "factors.path=broken.parquet", "--set", "study.model=ff3"];
    for section in ["prices", "events"] {
        let parts = ["text.parquet", "cannot be read as Parquet", "help:"];
        finished.refuses_setting(&format!("{section}.path=text.parquet"), 1, &parts);
        let whole = std::fs::read(finished.case.path().join(format!("data/{section}.parquet"))).expect("a file");
        std::fs::write(finished.case.path().join("half.parquet"), &whole[..whole.len() / 2]).expect("written");
        let parts = ["half.parquet", "cannot be read as Parquet", "truncated"];
        finished.refuses_setting(&format!("{section}.path=half.parquet"), 1, &parts);
    }
    finished.case.write("broken.parquet", "date,mktrf\n");
    finished.refuses(&edits, 1, &["broken.parquet", "cannot be read as Parquet"]);
    // A footer that is whole over pages that are not.
    let mut bytes = std::fs::read(finished.case.path().join("data/prices.parquet")).expect("a file");
    let length = bytes.len();
    bytes[4..length / 2].fill(0xAA);
    std::fs::write(finished.case.path().join("pages.parquet"), bytes).expect("written");
    finished.refuses_setting("prices.path=pages.parquet", 1, &["pages.parquet", "cannot be read as Parquet"]);
}

#[test]
fn an_error_does_not_wait_for_fingerprints() {
    let finished = Finished::new();
    // So many zeros are nothing to a file system, and take minutes to hash.
    let large = std::fs::File::create(finished.case.path().join("large.parquet")).expect("a file");
    large.set_len(1 << 40).expect("it can be long");
    let started = std::time::Instant::now();
    finished.refuses_setting("prices.path=large.parquet", 1, &["large.parquet", "cannot be read as Parquet"]);
    assert!(started.elapsed().as_secs() < 60);
}

#[test]
fn tables_without_rows() {
    let finished = Finished::new();
    let none = finished.case.data("prices").take(&[]);
    finished.refuses_table("prices", &none, 1, &["the price table has no rows", "help:"]);
    let none = finished.case.data("events").take(&[]);
    finished.refuses_table("events", &none, 1, &["the event table has no rows", "help:"]);
    let none = finished.case.data("factors").take(&[]);
    finished.case.write_table("broken.parquet", &none.batch);
    let edits = ["--set", "factors.path=broken.parquet", "--set", "study.model=ff3"];
    finished.refuses(&edits, 1, &["broken.parquet", "the table has no rows", "help:"]);
}

#[test]
fn columns_that_are_not_there() {
    let finished = Finished::new();
    for column in ["ticker", "date", "adj_close"] {
        let table = without(&finished.case.data("prices"), column);
        finished.refuses_table(
            "prices",
            &table,
            1,
            &[&format!("column `{column}`: no such column"), "the columns are"],
        );
    }
    for column in ["ticker", "announced_at", "surprise_pct"] {
        let table = without(&finished.case.data("events"), column);
        finished.refuses_table(
            "events",
            &table,
            1,
            &[&format!("column `{column}`: no such column"), "the columns are"],
        );
    }
    let factors = without(&finished.case.data("factors"), "smb");
    finished.case.write_table("broken.parquet", &factors.batch);
    let edits = ["--set", "factors.path=broken.parquet", "--set", "study.model=ff3"];
    finished.refuses(&edits, 1, &["column `smb`: no such column", "the columns are", "hml"]);
    finished.refuses_setting("prices.market=land", 1, &["column `land`: no such column", "the columns are"]);
    finished.refuses_setting("events.session=part", 1, &["column `part`: no such column"]);
    finished.refuses_setting("events.group=[\"sector\"]", 1, &["column `sector`: no such column"]);
}

#[test]
fn columns_of_the_wrong_type() {
    let finished = Finished::new();
    let prices = finished.case.data("prices");
    let words: ArrayRef = strings(vec!["ten"; prices.rows()]);
    finished.refuses_table(
        "prices",
        &prices.with("adj_close", words),
        1,
        &["column `adj_close`", "a number is needed"],
    );
    let numbers: ArrayRef = Arc::new(Float64Array::from(vec![20240102.0; prices.rows()]));
    finished.refuses_table("prices", &prices.with("date", numbers.clone()), 1, &["column `date`", "a date", "help:"]);
    finished.refuses_table(
        "prices",
        &prices.with("ticker", numbers),
        1,
        &["column `ticker`", "a string or an integer"],
    );
    let events = finished.case.data("events");
    let words: ArrayRef = strings(vec!["much"; events.rows()]);
    let parts = ["column `surprise_pct`, data row 1", "`much` is no number"];
    finished.refuses_table("events", &events.with("surprise_pct", words), 1, &parts);
    let numbers: ArrayRef = Arc::new(Float64Array::from(vec![1.5; events.rows()]));
    let parts = ["column `announced_at`", "an instant is needed", "announced_on"];
    finished.refuses_table("events", &events.with("announced_at", numbers), 1, &parts);
}

#[test]
fn announcements_that_are_no_instants() {
    let finished = Finished::new();
    let events = finished.case.data("events");
    let micros: Vec<i64> = events.integers("announced_at").into_iter().flatten().collect();
    let naive: ArrayRef = Arc::new(TimestampMicrosecondArray::from(micros));
    let parts = ["column `announced_at`", "the times have no zone", "[events] timezone = \"UTC\""];
    finished.refuses_table("events", &events.with("announced_at", naive), 1, &parts);
    let text = |zone: &str| {
        let times = (0..events.rows()).map(|row| format!("2022-05-{:02}T07:00:00{zone}", row % 28 + 1));
        events.with("announced_at", strings(times))
    };
    finished.refuses_table("events", &text(""), 1, &parts);
    finished.case.write_table("sound.parquet", &text("-04:00").batch);
    finished.case.run(&["-q", "--out", "sound", "--set", "events.path=sound.parquet"]).success();
    let parts = ["`announced_at` and `announced_on` exclude each other"];
    finished.refuses_setting("events.announced_on=date", 2, &parts);
}

#[test]
fn two_markets_need_a_column_that_tells_them_apart() {
    let finished = Finished::new();
    let table = without(&finished.case.data("prices"), "market");
    let second =
        "[markets.HK]\nbenchmark = \"US-INDEX\"\ntimezone = \"Asia/Hong_Kong\"\nopen = \"09:30\"\nclose = \"16:00\"\n";
    finished.case.write("study.toml", &STUDY.replace("[factors]", &format!("{second}\n[factors]")));
    let parts = ["column `market`", "2 markets", "name the market of every row"];
    finished.refuses_table("prices", &table, 1, &parts);
}
