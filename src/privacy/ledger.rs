//! The ledger: one line for each report that was made or withheld.

use super::budget::MilliEpsilon;
use super::report::Report;
use crate::bytes::{Reader, Writer, sealed, unsealed};
use crate::error::Error;
use crate::interaction::Millis;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// Made, its id and noise fixed, not yet accepted by the server.
    Waiting,
    /// Accepted.
    Sent,
    /// Given up: refused by the server, or too old.
    Failed,
    /// Never made.
    Withheld,
}

impl State {
    /// The name that the page sees.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Withheld => "withheld",
        }
    }
}

/// A line of the ledger.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Millis,
    /// What became of it.
    pub state: State,
    /// Why no report was made: the reason's name. A line of former versions has its words here.
    pub why: String,
    /// The privacy loss.
    pub epsilon: MilliEpsilon,
    /// The body, empty where none was made.
    pub body: Vec<u8>,
}

impl Entry {
    const FORMAT: u8 = 1;
    /// Reports that the server did not take for so long are given up.
    pub const GIVEN_UP_AFTER: Millis = Millis::days(6);

    /// A report that was just made.
    pub fn waiting(report: &Report, at: Millis) -> Self {
        Self { at, state: State::Waiting, why: String::new(), epsilon: report.epsilon(), body: report.body() }
    }

    /// A report that was not made.
    pub fn withheld(why: super::Withheld, at: Millis) -> Self {
        Self { at, state: State::Withheld, why: why.name().to_owned(), epsilon: 0, body: Vec::new() }
    }

    /// In words, which only who reads the ledger needs: they are not stored, and not in the core's module.
    pub fn words(&self) -> String {
        if self.why.is_empty() {
            return Report::from_body(&self.body).map(|report| report.words()).unwrap_or_default();
        }
        super::Withheld::named(&self.why).map_or_else(|| self.why.clone(), |why| why.words().to_owned())
    }

    /// The report, when it still waits to be sent.
    pub fn report(&self) -> Option<Report> {
        Report::from_body(&self.body).filter(|_| self.state == State::Waiting)
    }

    /// The bytes that the store keeps, with their checksum.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.u8(Self::FORMAT);
        out.u8(self.state as u8);
        out.i64(self.at.0);
        out.u32(self.epsilon);
        out.text(&self.why);
        // The blanks at its end come back by themselves.
        out.0.extend_from_slice(self.body.trim_ascii_end());
        sealed(out)
    }

    /// Reads what the store kept.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        unsealed("ledger entry", bytes, Self::read)
    }

    fn read(input: &mut Reader<'_>) -> Option<Self> {
        if input.u8() != Self::FORMAT {
            return None;
        }
        let states = [State::Waiting, State::Sent, State::Failed, State::Withheld];
        let state = *states.get(usize::from(input.u8()))?;
        let (at, epsilon, why) = (Millis(input.i64()), input.u32(), input.text().to_owned());
        let mut body = input.rest().to_vec();
        if !body.is_empty() {
            body.resize(body.len().max(Report::BYTES), b' ');
        }
        Some(Self { at, state, why, epsilon, body })
    }
}

impl core::fmt::Debug for Entry {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Entry({})", self.state.name())
    }
}
