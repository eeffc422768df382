//! The whole program, tested as users meet it: through the shipped binary.

#![expect(unreachable_pub, reason = "modules of one test binary share helpers")]

mod support;

mod backtest;
mod calibrate;
mod commands;
mod determinism;
mod experiments;
mod golden_alibaba;
mod golden_conditional;
mod golden_models;
mod golden_peers;
mod golden_quickstart;
mod golden_support;
mod golden_us;
mod inference;
mod influence;
mod inputs;
mod mistakes;
mod models;
mod regressions;
mod simulate;
mod structure;
mod studies;
mod variants;
