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
    /// The report's parts, empty where none was made. A line of the former format has its body.
    pub(super) parts: Vec<u8>,
    pub(super) format: u8,
}

impl Entry {
    pub(super) const FORMER: u8 = 1;
    const FORMAT: u8 = 2;
    /// Reports that the server did not take for so long are given up.
    pub const GIVEN_UP_AFTER: Millis = Millis::days(6);

    /// A report that was just made.
    pub fn waiting(report: &Report, at: Millis) -> Self {
        let mut parts = Writer::default();
        report.write(&mut parts);
        Self::new(State::Waiting, at, "", report.epsilon(), parts.0)
    }

    /// A report that was not made.
    pub fn withheld(why: super::Withheld, at: Millis) -> Self {
        Self::new(State::Withheld, at, why.name(), 0, Vec::new())
    }

    fn new(state: State, at: Millis, why: &str, epsilon: MilliEpsilon, parts: Vec<u8>) -> Self {
        Self { at, state, why: why.to_owned(), epsilon, parts, format: Self::FORMAT }
    }

    /// In words, which only who reads the ledger needs: they are not stored, and not in the core's module.
    pub fn words(&self) -> String {
        if self.why.is_empty() {
            return self
                .report()
                .map_or_else(|| "A report that this version does not read.".to_owned(), |report| report.words());
        }
        super::Withheld::named(&self.why).map_or_else(|| self.why.clone(), |why| why.words().to_owned())
    }

    /// The report, where one was made. One of the former format is not read.
    pub fn report(&self) -> Option<Report> {
        let input = &mut Reader::new(&self.parts);
        if self.format == Self::FORMAT { Report::read(input) } else { None }
    }

    /// What was or is to be sent, byte for byte; empty where no report was made.
    pub fn body(&self) -> Vec<u8> {
        if self.format == Self::FORMER && !self.parts.is_empty() {
            let mut body = self.parts.clone();
            // The blanks at its end are not kept.
            body.resize(body.len().max(Report::BYTES), b' ');
            return body;
        }
        self.report().map_or_else(Vec::new, |report| report.body())
    }

    /// The bytes that the store keeps, with their checksum.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.u8(self.format);
        out.u8(self.state as u8);
        out.i64(self.at.0);
        out.u32(self.epsilon);
        out.text(&self.why);
        out.0.extend_from_slice(&self.parts);
        sealed(out)
    }

    /// Reads what the store kept.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        unsealed("ledger entry", bytes, Self::read)
    }

    fn read(input: &mut Reader<'_>) -> Option<Self> {
        let format = input.u8();
        let states = [State::Waiting, State::Sent, State::Failed, State::Withheld];
        let state = *states.get(usize::from(input.u8()))?;
        let (at, epsilon, why) = (Millis(input.i64()), input.u32(), input.text().to_owned());
        let parts = input.rest().to_vec();
        [Self::FORMER, Self::FORMAT].contains(&format).then_some(Self { at, state, why, epsilon, parts, format })
    }
}

impl core::fmt::Debug for Entry {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Entry({})", self.state.name())
    }
}
