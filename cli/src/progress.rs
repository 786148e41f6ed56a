//! A bar on a terminal, plain lines elsewhere: a log file should hold no control characters.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// How far a long command is; ends its bar when dropped.
pub struct Progress(Option<ProgressBar>);

impl Progress {
    /// Counts steps, named one by one.
    pub fn steps(total: u64, what: &'static str) -> Self {
        Self::new(total, what, "{prefix} [{bar:30}] {pos}/{len} {msg}")
    }

    /// Counts bytes; says nothing where there is no terminal.
    pub fn bytes(total: u64, what: &'static str) -> Self {
        Self::new(total, what, "{prefix} [{bar:30}] {bytes}/{total_bytes} ({eta}) {msg}")
    }

    fn new(total: u64, what: &'static str, template: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let style = ProgressStyle::with_template(template).expect("the templates are constants");
        Self(Some(ProgressBar::new(total).with_style(style.progress_chars("=> ")).with_prefix(what)))
    }

    pub fn advance(&self, by: u64) {
        if let Some(bar) = &self.0 {
            bar.inc(by);
        }
    }

    /// One more step is done: a line that stays.
    pub fn step(&self, line: &str) {
        match &self.0 {
            Some(bar) => {
                bar.println(line);
                bar.inc(1);
            }
            None => eprintln!("{line}"),
        }
    }

    /// Says something without tearing the bar.
    pub fn say(&self, line: &str) {
        match &self.0 {
            Some(bar) => bar.println(line),
            None => eprintln!("{line}"),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
