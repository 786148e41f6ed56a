//! What a tab has recorded and the log does not have yet.

use super::rows::unpacked;
use crate::bytes::Writer;

/// Entries of the log to be, as records one behind the other: whoever records makes no memory of its own.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    records: Writer,
    len: usize,
}

impl Outbox {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        unpacked(&self.records.0)
    }

    /// The records of so many entries, oldest first, or of all there are.
    pub(super) fn first(&self, count: usize) -> &[u8] {
        let end: usize = self.iter().take(count).map(|entry| size_of::<u32>() + entry.len()).sum();
        self.records.0.get(..end).unwrap_or_default()
    }

    /// The same, and they are gone from here.
    pub(super) fn take(&mut self, count: usize) -> Vec<u8> {
        let first = self.first(count).to_vec();
        let records = &mut self.records.0;
        records.copy_within(first.len().., 0);
        records.truncate(records.len() - first.len());
        self.len -= count.min(self.len);
        first
    }

    pub(super) fn push(&mut self, entry: &[u8]) {
        self.push_with(|out| out.0.extend_from_slice(entry));
    }

    /// An entry that is written where it is to lie.
    pub(super) fn push_with(&mut self, write: impl FnOnce(&mut Writer)) {
        let out = &mut self.records;
        let at = out.0.len();
        out.u32(0);
        write(out);
        let begin = at + size_of::<u32>();
        let len = (out.0.len() - begin) as u32;
        out.0[at..begin].copy_from_slice(&len.to_le_bytes());
        self.len += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    fn what_comes_first_goes_first() {
        let mut outbox = Outbox::default();
        for entry in ["one", "", "three"] {
            outbox.push(entry.as_bytes());
        }
        assert_eq!(unpacked(outbox.first(2)).collect::<Vec<_>>(), [&b"one"[..], b""]);
        assert_eq!(unpacked(&outbox.take(2)).collect::<Vec<_>>(), [&b"one"[..], b""]);
        outbox.push_with(|out| out.u16(5));
        assert_eq!(outbox.iter().collect::<Vec<_>>(), [&b"three"[..], &[5, 0]]);
        assert_eq!((outbox.len(), outbox.take(9).len(), outbox.len()), (2, 4 + 5 + 4 + 2, 0));
        assert!(outbox.first(1).is_empty() && outbox.take(1).is_empty() && outbox.len() == 0);
    }
}
