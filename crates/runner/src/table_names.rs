//! Names of the output tables, apart from how they are made: configurations name tables, and tables
//! are made from studies.

/// Every table, in the order in which lists show them.
pub const TABLE_NAMES: &[&str] = &[
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
    "strategies",
    "trades",
    "portfolio",
    "performance",
    "walk_forward",
];

/// Those among them that only a study with a backtest has.
pub const BACKTEST_TABLE_NAMES: &[&str] = &["strategies", "trades", "portfolio", "performance", "walk_forward"];

/// The tables that a simulation writes in their place.
pub const SIMULATION_TABLE_NAMES: &[&str] = &["rejections"];

/// Files that stand beside tables.
pub const CHART_NAMES: &[&str] = &["size_and_power.svg"];
