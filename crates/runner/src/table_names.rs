//! Names of the output tables, apart from how they are made: configurations name tables, and tables
//! are made from studies.

/// The tables of every study, in the order in which lists show them.
pub const STUDY_TABLE_NAMES: [&str; 11] = [
    "events",
    "specifications",
    "estimates",
    "abnormal_returns",
    "cars",
    "averages",
    "tests",
    "influence",
    "calendar_time",
    "rats",
    "regressions",
];

/// Those that only a study with a backtest has.
pub const BACKTEST_TABLE_NAMES: [&str; 5] = ["strategies", "trades", "portfolio", "performance", "walk_forward"];

/// Every table: those of every study, then those of a backtest.
pub const TABLE_NAMES: &[&str] = {
    const ALL: [&str; STUDY_TABLE_NAMES.len() + BACKTEST_TABLE_NAMES.len()] = {
        let mut all = [""; STUDY_TABLE_NAMES.len() + BACKTEST_TABLE_NAMES.len()];
        let (study, backtest) = all.split_at_mut(STUDY_TABLE_NAMES.len());
        study.copy_from_slice(&STUDY_TABLE_NAMES);
        backtest.copy_from_slice(&BACKTEST_TABLE_NAMES);
        all
    };
    &ALL
};

/// The tables that a simulation writes in their place.
pub const SIMULATION_TABLE_NAMES: &[&str] = &["rejections"];

/// Files that stand beside tables.
pub const CHART_NAMES: &[&str] = &["size_and_power.svg"];
