//! What a simulation found, for people: sizes, powers, and which test to trust.

use std::fmt::Write;

use dayzero_model::sample::Tested;
use serde::{Deserialize, Serialize};

use super::{Found, LEVELS, Plan, Tally};
use crate::config::Study;
use crate::manifest::SpecificationNote;
use crate::summary::{percent, thousands};
use crate::terminal::{align_right, lines, plain_table};

/// The level of what people are told: 5 %.
const TOLD: usize = 1;

/// The simulation in the manifest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SimulationNote {
    /// Draws.
    pub draws: usize,
    /// Pseudo-events of a draw.
    pub events: usize,
    /// Effects, the first of which is zero.
    pub effects: Vec<f64>,
    /// Factor on the variance of day 0.
    pub variance: f64,
    /// Resamples of the tests that resample.
    pub resamples: usize,
    /// Real events from which draws are made.
    pub pool: usize,
    /// Real events that lay between those of a draw but could not be moved with them, over all draws.
    pub passed_over: usize,
    /// Draws with fewer events than asked for.
    pub short_draws: usize,
    /// By specification, pseudo-events without an estimate, over all draws.
    pub not_estimated: Vec<usize>,
    /// Size at 5 % and power of every test of cumulative abnormal returns.
    pub tests: Vec<SimulatedTest>,
}

/// Size and power of one test of one window at 5 %.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SimulatedTest {
    /// Specification.
    pub spec_id: usize,
    /// First day of the window.
    pub first: i32,
    /// Last day of the window.
    pub last: i32,
    /// The test.
    pub test: String,
    /// Share of rejections without an effect.
    pub size: Option<f64>,
    /// Lower end of its band.
    pub lower: Option<f64>,
    /// Upper end of its band.
    pub upper: Option<f64>,
    /// Share of rejections under every further effect.
    pub power: Vec<Option<f64>>,
}

impl SimulatedTest {
    /// Whether chance does not explain how often the test rejects without an effect.
    pub fn rejects_too_often(&self) -> bool {
        self.lower.is_some_and(|lower| lower > LEVELS[TOLD])
    }

    /// Whether its size is at or below the level as far as the draws tell.
    pub fn is_trusted(&self) -> bool {
        self.lower.is_some_and(|lower| lower <= LEVELS[TOLD])
    }

    fn window(&self) -> String {
        format!("[{}, {}]", self.first, self.last)
    }

    /// Power summed over the effects; a test that is never defined has none.
    fn total_power(&self) -> f64 {
        self.power.iter().flatten().sum()
    }
}

impl SimulationNote {
    /// What the draws found.
    pub fn new(study: &Study, plan: &Plan, pool: usize, found: &Found) -> Self {
        let same = |a: &Tally, b: &Tally| {
            (a.specification, a.window, a.test) == (b.specification, b.window, b.test) && b.measure == Tested::Car
        };
        let car = |tally: &&Tally| tally.measure == Tested::Car;
        let rate = |tally: &Tally| tally.at(TOLD).rate();
        let one = |size: &Tally| {
            let band = size.band(TOLD);
            let under =
                |&effect: &f64| found.tallies.iter().find(|t| t.effect == effect && same(size, t)).and_then(rate);
            SimulatedTest {
                spec_id: size.specification,
                first: size.window.first(),
                last: size.window.last(),
                test: size.test.into(),
                size: rate(size),
                lower: band.map(|band| band.0),
                upper: band.map(|band| band.1),
                power: plan.effects[1..].iter().map(under).collect(),
            }
        };
        Self {
            draws: plan.draws,
            events: plan.events,
            effects: plan.effects.clone(),
            variance: plan.variance,
            resamples: study.bootstrap,
            pool,
            passed_over: found.passed_over,
            short_draws: found.short,
            not_estimated: found.not_estimated.clone(),
            tests: found.tallies.iter().filter(|t| t.effect == 0.0).filter(car).map(one).collect(),
        }
    }

    /// The tests of a specification and of the window that people are shown: the first declared one that
    /// holds day 0, where the effects are.
    pub fn shown(&self, spec_id: usize) -> Vec<&SimulatedTest> {
        let own = || self.tests.iter().filter(|test| test.spec_id == spec_id);
        let with_day0 = own().find(|test| (test.first..=test.last).contains(&0));
        let Some(window) = with_day0.or_else(|| own().next()).map(SimulatedTest::window) else { return Vec::new() };
        own().filter(|test| test.window() == window).collect()
    }

    /// The simulation for people.
    pub fn render(&self, specifications: &[SpecificationNote]) -> String {
        let mut text = format!(
            "\n{} draws of {} pseudo-events out of {} real ones that follow one another, moved together by up to a \
             quarter\nto days without an event of the security",
            thousands(self.draws),
            thousands(self.events),
            thousands(self.pool),
        );
        if self.variance != 1.0 {
            let _ = write!(text, "; variance of day 0 times {}", self.variance);
        }
        text.push('\n');
        if self.passed_over > 0 {
            let count = thousands(self.passed_over);
            let _ = writeln!(
                text,
                "note: {count} events could not be moved with the others of their draw; later ones took their places"
            );
        }
        if self.short_draws > 0 {
            let _ = writeln!(text, "note: {} draws have fewer events", thousands(self.short_draws));
        }
        for specification in specifications {
            let shown = self.shown(specification.spec_id);
            let Some(first) = shown.first() else { continue };
            let _ = writeln!(text, "\n[{}] {}, window {}", specification.spec_id, specification.label, first.window());
            if let Some(&count) = self.not_estimated.get(specification.spec_id).filter(|count| **count > 0) {
                let _ = writeln!(text, "note: {} pseudo-events of all draws have no estimate", thousands(count));
            }
            text.push_str(&self.table(&shown));
            text.push_str(&self.advice(specification.spec_id, &shown));
        }
        text
    }

    fn table(&self, shown: &[&SimulatedTest]) -> String {
        let mut table = plain_table();
        let header = ["  test", "size at 5 %", "95 % band", ""].map(str::to_owned);
        let powers = self.effects[1..].iter().map(|&effect| format!("power at {}", percent(effect)));
        table.set_header(header.into_iter().chain(powers));
        for test in shown {
            let band = test.lower.zip(test.upper).map(|(low, high)| format!("{} to {}", share(low), share(high)));
            let verdict = if test.rejects_too_often() {
                "too often"
            } else if test.upper.is_some_and(|upper| upper < LEVELS[TOLD]) {
                "too seldom"
            } else {
                ""
            };
            let size = test.size.map_or("-".into(), share);
            let fixed = [format!("  {}", test.test), size, band.unwrap_or_else(|| "-".into()), verdict.into()];
            let powers = test.power.iter().map(|power| power.map_or("-".into(), share));
            table.add_row(fixed.into_iter().chain(powers).collect::<Vec<_>>());
        }
        align_right(&mut table, [1, 2]);
        align_right(&mut table, 4..4 + self.effects.len() - 1);
        lines(&table)
    }

    /// The tests that reject too often on other windows than the one that is shown, a line per window.
    fn elsewhere(&self, spec_id: usize, shown: &[&SimulatedTest]) -> String {
        let others: Vec<&SimulatedTest> = self
            .tests
            .iter()
            .filter(|t| t.spec_id == spec_id && shown.iter().all(|s| s.window() != t.window()))
            .collect();
        let mut text = String::new();
        for window in others.chunk_by(|a, b| a.window() == b.window()) {
            let often: Vec<&SimulatedTest> = window.iter().copied().filter(|test| test.rejects_too_often()).collect();
            if !often.is_empty() {
                let _ = writeln!(text, "On {} too often: {}.", window[0].window(), with_sizes(&often));
            }
        }
        text
    }

    /// Which tests to trust here, in sentences.
    fn advice(&self, spec_id: usize, shown: &[&SimulatedTest]) -> String {
        let mut text = String::new();
        let often: Vec<&SimulatedTest> = shown.iter().copied().filter(|test| test.rejects_too_often()).collect();
        if !often.is_empty() {
            let _ = writeln!(text, "Do not trust here, since they reject too often: {}.", with_sizes(&often));
        }
        text.push_str(&self.elsewhere(spec_id, shown));
        let trusted: Vec<&&SimulatedTest> = shown.iter().filter(|test| test.is_trusted()).collect();
        let best = trusted.iter().map(|test| test.total_power()).fold(0.0, f64::max);
        let names = |tests: &mut dyn Iterator<Item = &&&SimulatedTest>| {
            tests.map(|test| test.test.as_str()).collect::<Vec<_>>().join(", ")
        };
        match trusted.len() {
            0 => text.push_str("No test of the study keeps its size here.\n"),
            _ if best > 0.0 => {
                // A point of power per effect is less than the draws can tell.
                let enough = best - 0.01 * (self.effects.len() - 1) as f64;
                let most = names(&mut trusted.iter().filter(|test| test.total_power() >= enough));
                let all = names(&mut trusted.iter());
                let _ = writeln!(text, "Of those that keep their size ({all}), the most powerful: {most}.");
            }
            _ => {
                let _ = writeln!(text, "These keep their size: {}.", names(&mut trusted.iter()));
            }
        }
        if self.variance == 1.0 {
            text.push_str("Events often raise the variance as well: --variance 2 shows which tests allow for that.\n");
        }
        text
    }
}

fn with_sizes(tests: &[&SimulatedTest]) -> String {
    let one = |test: &&SimulatedTest| format!("{} ({})", test.test, test.size.map_or("-".into(), share));
    tests.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A share between 0 and 1 as a percentage, for people.
pub fn share(value: f64) -> String {
    format!("{:.1} %", value * 100.0)
}
