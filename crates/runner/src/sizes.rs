//! Where tests do not keep their size: what the experiment size-of-tests measured.

use dayzero_model::rejections::Rejections;

/// Rejections at a nominal 5 % by design, window and test, as the experiment wrote them.
const SIZES: &str = include_str!("../../../experiments/size-of-tests/sizes.csv");

/// The nominal level of the experiment.
const LEVEL: f64 = 0.05;

/// Confidence of the bands: a test is tried in some twenty places.
const CONFIDENCE: f64 = 0.999;

/// The designs in which a test rejects too often, with the largest rate over their windows; `None` for a test that
/// was never defined there.
pub fn broken(test: &str) -> Option<Vec<(&'static str, f64)>> {
    let mut tried = false;
    let mut worst: Vec<(&'static str, f64)> = Vec::new();
    for line in SIZES.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let &[design, _, _, name, draws, rejected, _] = cells.as_slice() else { continue };
        let (Ok(defined), Ok(rejected)) = (draws.parse(), rejected.parse()) else { continue };
        if name != test {
            continue;
        }
        tried |= defined > 0;
        let rejections = Rejections { defined, rejected };
        let too_often = rejections.band(CONFIDENCE).is_some_and(|(lower, _)| lower > LEVEL);
        let Some(rate) = rejections.rate().filter(|_| too_often) else { continue };
        match worst.iter_mut().find(|(known, _)| *known == design) {
            Some((_, worst)) => *worst = worst.max(rate),
            None => worst.push((design, rate)),
        }
    }
    tried.then_some(worst)
}

/// The same in words: `one day 29 %, 5 days 28 %`, or `none` where it keeps its size in every design.
pub fn told(test: &str) -> String {
    let rate = |&(design, rate): &(&str, f64)| format!("{design} {:.0} %", 100.0 * rate);
    match broken(test) {
        None => "not measured".into(),
        Some(worst) if worst.is_empty() => "none".into(),
        Some(worst) => worst.iter().map(rate).collect::<Vec<_>>().join(", "),
    }
}
