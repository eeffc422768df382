//! A progress bar on stderr, where there is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How far a run has come, for a person who waits.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar on stderr; none where stderr is no terminal.
    pub fn on_stderr() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {human_pos}/{human_len} {prefix}, {eta} left") {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// No bar.
    pub fn hidden() -> Self {
        Self { bar: ProgressBar::hidden() }
    }

    pub(crate) fn start(&self, what: &'static str, units: &'static str, length: usize) {
        self.bar.set_message(what);
        self.bar.set_prefix(units);
        self.bar.set_length(length as u64);
    }

    pub(crate) fn advance(&self, by: usize) {
        self.bar.inc(by as u64);
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
