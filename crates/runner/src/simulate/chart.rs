//! Size and power as a picture: one inline SVG without scripts or fonts of its own.

use std::fmt::{Display, Write};

use super::note::{SimulatedTest, SimulationNote, share};
use crate::manifest::SpecificationNote;
use crate::summary::percent;

/// Colours that people with any colour vision can tell apart (Okabe & Ito 2008); dashes tell further tests
/// apart.
const COLOURS: [&str; 8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#7f7f7f"];
const DASHES: [&str; 4] = ["", "7 3", "2 3", "9 3 2 3"];

const WIDTH: f64 = 1080.0;
const ROW: f64 = 24.0;
/// Left and right end of the panel of sizes, and of that of powers.
const SIZE: (f64, f64) = (230.0, 560.0);
const POWER: (f64, f64) = (660.0, 1050.0);
const SHORTEST: f64 = 230.0;

/// Draws every specification below the one before it.
pub fn draw(note: &SimulationNote, specifications: &[SpecificationNote]) -> String {
    let blocks: Vec<(&SpecificationNote, Vec<&SimulatedTest>)> =
        specifications.iter().map(|s| (s, note.shown(s.spec_id))).filter(|(_, tests)| !tests.is_empty()).collect();
    let mut body = String::new();
    let mut top = 46.0;
    for (specification, tests) in &blocks {
        let block = Block { note, tests, top: top + 66.0, height: (tests.len() as f64 * ROW).max(SHORTEST) };
        let title = format!(
            "[{}] {}, window [{}, {}]",
            specification.spec_id, specification.label, tests[0].first, tests[0].last
        );
        text(&mut body, (20.0, top + 22.0), "start", "bold", &title);
        block.sizes(&mut body);
        block.powers(&mut body);
        top = block.top + block.height + 66.0;
    }
    let variance = match note.variance {
        1.0 => String::new(),
        factor => format!("; variance of day 0 times {factor}"),
    };
    let heading = format!("Size and power at 5 %: {} draws of {} pseudo-events{variance}", note.draws, note.events);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{top}\" viewBox=\"0 0 {WIDTH} {top}\" \
         font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n<title>{}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        escaped(&heading)
    );
    text(&mut svg, (20.0, 30.0), "start", "bold", &heading);
    svg + &body + "</svg>\n"
}

/// The two panels of one specification.
struct Block<'a> {
    note: &'a SimulationNote,
    tests: &'a [&'a SimulatedTest],
    top: f64,
    height: f64,
}

impl Block<'_> {
    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// A row per test: its name in the colour of its curve, its size as a dot, its band as a line.
    fn sizes(&self, out: &mut String) {
        let highest = self.tests.iter().filter_map(|test| test.upper).fold(0.10, f64::max);
        let step = [0.02, 0.05, 0.1, 0.2].into_iter().find(|step| highest / step <= 6.0).unwrap_or(0.25);
        let end = (highest / step).ceil() * step;
        let x = |value: f64| SIZE.0 + (SIZE.1 - SIZE.0) * value / end;
        text(out, (SIZE.0, self.top - 12.0), "start", "normal", "Size: share of draws without an effect that reject");
        for tick in 0..=(end / step).round() as usize {
            let value = tick as f64 * step;
            line(out, (x(value), self.top), (x(value), self.bottom()), "#e0e0e0", 1.0, "");
            text(out, (x(value), self.bottom() + 18.0), "middle", "normal", &whole(value));
        }
        text(out, ((SIZE.0 + SIZE.1) / 2.0, self.bottom() + 38.0), "middle", "normal", "rejections, with 95 % bands");
        line(out, (x(0.05), self.top - 4.0), (x(0.05), self.bottom()), "#b00000", 1.5, "");
        for (i, test) in self.tests.iter().enumerate() {
            let (colour, dash) = style(i);
            let y = self.top + (i as f64 + 0.5) * self.height / self.tests.len() as f64;
            text(out, (SIZE.0 - 60.0, y + 4.0), "end", "normal", &test.test);
            line(out, (SIZE.0 - 50.0, y), (SIZE.0 - 14.0, y), colour, 2.5, dash);
            let (Some(size), Some(lower), Some(upper)) = (test.size, test.lower, test.upper) else {
                text(out, (SIZE.0 + 6.0, y + 4.0), "start", "normal", "undefined");
                continue;
            };
            line(out, (x(lower), y), (x(upper), y), colour, 2.0, "");
            let told = format!("{}: {} ({} to {})", test.test, share(size), share(lower), share(upper));
            let _ = writeln!(
                out,
                "<circle cx=\"{:.1}\" cy=\"{y:.1}\" r=\"4.5\" fill=\"{colour}\"><title>{}</title></circle>",
                x(size),
                escaped(&told)
            );
        }
    }

    /// A curve per test through its power under every effect, its size where there is none.
    fn powers(&self, out: &mut String) {
        let effects = &self.note.effects;
        let (low, high) = effects.iter().fold((0.0_f64, 0.0_f64), |(low, high), &e| (low.min(e), high.max(e)));
        let span = if high > low { high - low } else { 1.0 };
        let x = |effect: f64| POWER.0 + (POWER.1 - POWER.0) * (effect - low) / span;
        let y = |rate: f64| self.bottom() - self.height * rate;
        text(
            out,
            (POWER.0, self.top - 12.0),
            "start",
            "normal",
            "Power: share of draws with an effect on day 0 that reject",
        );
        for tick in 0..=5 {
            let rate = f64::from(tick) / 5.0;
            line(out, (POWER.0, y(rate)), (POWER.1, y(rate)), "#e0e0e0", 1.0, "");
            text(out, (POWER.0 - 8.0, y(rate) + 4.0), "end", "normal", &whole(rate));
        }
        line(out, (POWER.0, y(0.05)), (POWER.1, y(0.05)), "#b00000", 1.5, "");
        let mut order: Vec<usize> = (0..effects.len()).collect();
        order.sort_by(|&a, &b| effects[a].total_cmp(&effects[b]));
        let mut last = f64::NEG_INFINITY;
        for &i in &order {
            line(out, (x(effects[i]), self.bottom()), (x(effects[i]), self.bottom() + 4.0), "#404040", 1.0, "");
            // Labels that would overlap are left out.
            if x(effects[i]) - last > 56.0 {
                last = x(effects[i]);
                text(out, (last, self.bottom() + 18.0), "middle", "normal", &effect_label(effects[i]));
            }
        }
        text(
            out,
            ((POWER.0 + POWER.1) / 2.0, self.bottom() + 38.0),
            "middle",
            "normal",
            "abnormal return added to day 0",
        );
        for (i, test) in self.tests.iter().enumerate() {
            let (colour, dash) = style(i);
            let rates: Vec<Option<f64>> = [test.size].into_iter().chain(test.power.iter().copied()).collect();
            let place = |&effect: &usize| rates[effect].map(|rate| format!("{:.1},{:.1}", x(effects[effect]), y(rate)));
            let points: Vec<String> = order.iter().filter_map(place).collect();
            let _ = writeln!(
                out,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"><title>{}</title></polyline>",
                points.join(" "),
                escaped(&test.test)
            );
        }
    }
}

fn style(test: usize) -> (&'static str, &'static str) {
    (COLOURS[test % COLOURS.len()], DASHES[test / COLOURS.len() % DASHES.len()])
}

fn effect_label(effect: f64) -> String {
    if effect == 0.0 { "none".into() } else { percent(effect) }
}

fn whole(rate: f64) -> String {
    format!("{:.0} %", rate * 100.0)
}

fn line(out: &mut String, from: (f64, f64), to: (f64, f64), colour: &str, width: f64, dash: impl Display) {
    let ((x1, y1), (x2, y2)) = (from, to);
    let _ = writeln!(
        out,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-dasharray=\"{dash}\"/>"
    );
}

fn text(out: &mut String, (x, y): (f64, f64), anchor: &str, weight: &str, words: &str) {
    let words = escaped(words);
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-weight=\"{weight}\" fill=\"#202020\">{words}</text>"
    );
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
