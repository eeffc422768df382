//! How many events a core estimates per second, without input or output.
//!
//! `cargo bench -p dayzero-model --bench kernel` prints, for one to five factors, millions of events per
//! second with 21 abnormal returns and sigma each, and the seconds for a million events of ten thousand
//! securities with one and with four factors: the task that AbnormalReturns.jl publishes a time for.
//! `-- --count FACTORS WINDOWS EVENTS` estimates so many events once and prints nothing: for counting instructions. With
//! windows, their sums are kept and no days.

#![expect(clippy::disallowed_types, reason = "a benchmark needs the clock that the model must not have")]

use std::time::Instant;

use dayzero_model::design::Design;
use dayzero_model::estimate::Estimator;
use dayzero_model::expected::{self, ModelOptions};
use dayzero_model::results::{Keep, Results};
use dayzero_model::{EventCalendar, EventPlace, MissingPolicy, Panel, Response, ReturnKind, Specification, Window};
use rayon::prelude::*;

#[path = "../tests/uniform/mod.rs"]
mod uniform;

use uniform::{FACTORS, Numbers};

const DAYS: usize = 2_500;

fn panel(securities: usize) -> Panel {
    let mut numbers = Numbers(1);
    let market = uniform::market(&mut numbers, DAYS);
    let mut panel = Panel::new(vec![market], FACTORS.map(str::to_owned).to_vec());
    for security in 0..securities {
        let returns = numbers.column(DAYS, 0.03);
        panel.push(security.to_string(), 0, 0, &returns);
    }
    panel
}

fn specification(factors: usize, windows: i32) -> Specification {
    let model = expected::model("market").expect("known");
    let mut recipe = model.recipe(&ModelOptions::default()).expect("complete");
    if factors > 1 {
        recipe = expected::Recipe::regression(&FACTORS[..factors], false);
    }
    Specification {
        model,
        options: String::new(),
        recipe,
        response: Response::Return,
        returns: ReturnKind::Simple,
        trade_to_trade: false,
        diagnostics: false,
        variants: Default::default(),
        around: vec![],
        estimation: Window::new(-260, -11).expect("ordered"),
        event: Window::new(-10, 10).expect("ordered"),
        car_windows: (0..windows).map(|last| Window::new(-1, last).expect("ordered")).collect(),
        minimum_observations: 120,
        mask_other_events: 0,
        missing: MissingPolicy::Exclude,
    }
}

/// Seconds for all events, on one core or on all.
fn seconds(panel: &Panel, specification: &Specification, events: &[(usize, usize)], parallel: bool) -> f64 {
    let calendar = EventCalendar::new([]);
    let keep = Keep { ar: specification.car_windows.is_empty(), ..Keep::NONE };
    let block = |estimator: &mut Estimator, design: &Design, block: &[(usize, usize)]| {
        let mut results = Results::keeping(specification, keep);
        for &(security, day0) in block {
            let place =
                EventPlace { panel, security, day0, events: &calendar, peers: Err("none"), characteristics: None };
            estimator.estimate(specification, design, &place).expect("whole windows");
            results.push_estimated(specification, estimator);
        }
        results
    };
    let start = Instant::now();
    let design = Design::new(panel, specification, 0, &[true; 5]).expect("complete");
    let new = || Estimator::without_residuals(false);
    let estimated: usize = match parallel {
        false => {
            let mut estimator = new();
            events.chunks(256).map(|events| block(&mut estimator, &design, events).len()).sum()
        }
        true => {
            let one = |estimator: &mut Estimator, events: &[(usize, usize)]| block(estimator, &design, events);
            let blocks: Vec<Results> = events.par_chunks(256).map_init(new, one).collect();
            blocks.iter().map(Results::len).sum()
        }
    };
    assert_eq!(estimated, events.len());
    start.elapsed().as_secs_f64()
}

fn fastest(times: usize, run: impl Fn() -> f64) -> f64 {
    (0..times).map(|_| run()).fold(f64::INFINITY, f64::min)
}

fn events(securities: usize, count: usize) -> Vec<(usize, usize)> {
    let mut numbers = Numbers(2);
    let mut between = |low: usize, high: usize| low + ((numbers.next() + 1.0) / 2.0 * (high - low) as f64) as usize;
    let mut events: Vec<(usize, usize)> =
        (0..count).map(|_| (between(0, securities), between(270, DAYS - 11))).collect();
    events.sort_unstable();
    events
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(place) = arguments.iter().position(|argument| argument == "--count") {
        let number = |offset: usize| arguments.get(place + offset).and_then(|text| text.parse().ok());
        let [factors, windows, count] = [1, 2, 3].map(|offset| number(offset).expect("--count FACTORS WINDOWS EVENTS"));
        seconds(&panel(20), &specification(factors, windows as i32), &events(20, count), false);
        return;
    }
    let (small, some) = (panel(200), events(200, 200_000));
    for factors in 1..=5 {
        let seconds = fastest(5, || seconds(&small, &specification(factors, 0), &some, false));
        println!("{factors} factors: {:.2} million events per second and core", some.len() as f64 / seconds / 1e6);
    }
    let (large, many) = (panel(10_000), events(10_000, 1_000_000));
    let [one, four] = [1, 4].map(|factors| specification(factors, 0));
    let both = fastest(5, || seconds(&large, &one, &many, true) + seconds(&large, &four, &many, true));
    println!(
        "a million events with one and with four factors: {both:.3} s on {} threads",
        rayon::current_num_threads()
    );
}
