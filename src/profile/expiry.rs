//! Which entries of the log may go: old by their kind, or too many. Only what the snapshot holds goes.

use crate::interaction::{Interaction, Millis};

/// Bounds of the log.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Entries kept at most.
    pub entries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 5_000 }
    }
}

/// The keys to delete at `now`. `log` is in the order of its keys; entries behind `snapshot` stay,
/// whatever their age: they are not yet in a snapshot.
pub fn expired<'a>(
    log: impl ExactSizeIterator<Item = (u64, &'a [u8])>, snapshot: u64, now: Millis, limits: Limits,
) -> Vec<u64> {
    let surplus = log.len().saturating_sub(limits.entries);
    let old = |bytes| match Interaction::from_bytes(bytes) {
        Ok(one) => now.since(one.at) > one.kind.kept_for().0,
        // Damaged, and in the snapshot or lost: it can serve nobody.
        Err(_) => true,
    };
    log.enumerate()
        .filter(|(place, (key, bytes))| *key <= snapshot && (*place < surplus || old(bytes)))
        .map(|(_, (key, _))| key)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Kind;
    use crate::testing::test;

    fn entry(kind: Kind, day: i64) -> Vec<u8> {
        let at = Millis::days(day);
        let one = Interaction {
            kind,
            item: "a",
            at,
            seed: 0,
            price: None,
            quantity: 1,
            rating: None,
            dwell: None,
            recommended: false,
        };
        one.to_bytes()
    }

    fn gone(log: &[Vec<u8>], snapshot: u64, day: i64, entries: usize) -> Vec<u64> {
        let log = log.iter().enumerate().map(|(i, bytes)| (i as u64 + 1, bytes.as_slice()));
        expired(log, snapshot, Millis::days(day), Limits { entries })
    }

    #[test]
    fn each_kind_has_its_own_age() {
        let log = [entry(Kind::Impression, 0), entry(Kind::View, 0), entry(Kind::Purchase, 0)];
        assert_eq!(gone(&log, 3, 7, 10), [0u64; 0]);
        assert_eq!(gone(&log, 3, 8, 10), [1]);
        assert_eq!(gone(&log, 3, 91, 10), [1, 2]);
        assert_eq!(gone(&log, 3, 401, 10), [1, 2, 3]);
        assert_eq!(gone(&log, 3, -4_000, 10), [0u64; 0], "a clock set back expires nothing");
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let log: Vec<_> = (0..6).map(|day| entry(Kind::Purchase, day)).collect();
        assert_eq!(gone(&log, 6, 6, 4), [1, 2]);
    }

    #[test]
    fn what_no_snapshot_holds_stays() {
        let log: Vec<_> = (0..6).map(|day| entry(Kind::Impression, day)).collect();
        assert_eq!(gone(&log, 1, 900, 1), [1]);
        assert_eq!(gone(&log, 0, 900, 1), [0u64; 0]);
    }
}
