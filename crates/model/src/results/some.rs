//! Some of the events, of some of the columns: for whoever looks at them in another order.

use super::{EventColumn, Results};

/// Columns that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What was fitted: figures, reported numbers, diagnoses.
    Fits,
    /// The days of the event window.
    Days,
    /// The sums over windows, with the figures that their p-values need.
    Windows,
}

impl Results {
    /// The events at some places, in that order, with the columns of a part; the others are empty.
    pub fn some(&self, places: &[usize], part: Part) -> Self {
        let of = |wanted| if part == wanted { places } else { &[] };
        let (fits, days, windows) = (of(Part::Fits), of(Part::Days), of(Part::Windows));
        Self {
            figures: self.figures.some(if part == Part::Days { &[] } else { places }),
            reported: self.reported.some(fits),
            diagnoses: self.diagnoses.some(fits),
            actual: self.actual.some(days),
            expected: self.expected.some(days),
            ars: self.ars.some(days),
            sars: self.sars.some(days),
            windows: self.windows.some(windows),
            window_placebo: self.window_placebo.some(windows),
            outcomes: EventColumn::new(1),
            residuals: EventColumn::new(1),
            reasons: Default::default(),
            ..*self
        }
    }
}
