//! A tab's profile goes from one module of the page to another, which can do more.

use super::rows::{packed, unpacked};
use super::tab::{Status, Tab};
use crate::bytes::{Reader, Writer};
use crate::error::Error;
use crate::interaction::Arm;

impl Tab {
    /// All that only this tab holds.
    pub(super) fn hand_over(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.u8(u8::from(self.paused));
        let (day, arm) = self.arm.map_or((0, u8::MAX), |(day, arm)| (day, arm as u8));
        out.i64(i64::from(day));
        out.u8(arm);
        let refused = self.profiler.intake().refused().map(|(_, count)| count);
        refused.chain(self.told).for_each(|count| out.u32(count));
        let snapshot = self.snapshot();
        out.0.extend(packed(std::iter::once(snapshot.as_slice())));
        out.0.extend_from_slice(self.outbox.first(usize::MAX));
        out.0
    }

    /// Goes on with what another module had. The store, where one is open, has all that is not in it.
    pub(super) fn take_from(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let damaged = Error::RecordDamaged { what: "what a module left to another", defect: "it ends too early" };
        let mut input = Reader::new(bytes);
        self.read_from(&mut input);
        if input.ended() { Ok(()) } else { Err(damaged) }
    }

    fn read_from(&mut self, input: &mut Reader<'_>) {
        self.paused = input.u8() != 0;
        let day = input.i64() as i32;
        self.arm = Arm::ALL.get(usize::from(input.u8())).map(|arm| (day, *arm)).or(self.arm);
        let mut refused = [0; _];
        for count in refused.iter_mut().chain(&mut self.told) {
            *count = input.u32();
        }
        self.profiler.recall_refused(refused);
        let mut entries = unpacked(input.rest());
        let Some(confirmed) = entries.next() else { return input.fail() };
        entries.for_each(|entry| self.outbox.push(entry));
        if !matches!(self.status, Status::Ready | Status::Refused) {
            self.go_on_from(confirmed);
        }
        self.rebuild();
    }
}
