//! Runs the real program, as a person would: files in, files out, requests over a socket.

mod attack;
mod evaluate;
mod households;
mod http;
mod import;
mod parquet;
mod reports;
mod serve;
mod server;
mod shop;
mod simulate;
mod train;
mod training;

use std::path::Path;
use std::process::{Command, Output};

/// The program, ready for arguments.
pub fn homebody() -> Command {
    Command::new(env!("CARGO_BIN_EXE_homebody"))
}

/// Runs it to its end.
pub fn run<'a>(arguments: impl AsRef<[&'a str]>) -> Run {
    Run(homebody().args(arguments.as_ref()).output().expect("the program starts"))
}

pub struct Run(Output);

impl Run {
    pub fn ok(self) -> Self {
        assert!(self.0.status.success(), "{}{}", self.out(), self.err());
        self
    }

    pub fn failed(self) -> Self {
        assert_eq!(self.0.status.code(), Some(1), "{}{}", self.out(), self.err());
        self
    }

    pub fn out(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into()
    }

    pub fn err(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into()
    }
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are plain")
}
