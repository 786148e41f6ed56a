//! Which entries of the log may go: old by their kind, or too many. Only what the snapshot holds goes.

use super::Logged;
use crate::interaction::{Kind, Millis};

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
/// whatever their age: they are not yet in a snapshot. Where there are too many, impressions go
/// first, then the oldest interactions; corrections have no age and go last.
pub fn expired<'a>(log: impl Iterator<Item = (u64, &'a [u8])>, snapshot: u64, now: Millis, limits: Limits) -> Vec<u64> {
    let (mut gone, mut kept, mut count) = (Vec::new(), [const { Vec::new() }; 3], 0usize);
    for (key, bytes) in log {
        count += 1;
        match Logged::from_bytes(bytes) {
            _ if key > snapshot => {}
            Ok(Logged::Said(_)) => kept[2].push(key),
            Ok(Logged::Did(one)) if now.since(one.at) <= one.kind.kept_for().0 => {
                kept[usize::from(one.kind != Kind::Impression)].push(key);
            }
            // Old, or damaged: then it is in the snapshot or lost, and can serve nobody.
            _ => gone.push(key),
        }
    }
    let surplus = count.saturating_sub(gone.len() + limits.entries);
    gone.extend(kept.iter().flatten().take(surplus));
    gone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Interaction;
    use crate::testing::test;

    fn entry(kind: Kind, day: i64) -> Vec<u8> {
        Interaction::new(kind, "a", Millis::days(day), 0).to_bytes()
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
        let mut mixed = log;
        mixed[4] = entry(Kind::Impression, 4);
        assert_eq!(gone(&mixed, 6, 6, 4), [5, 1], "impressions first");
    }

    #[test]
    fn what_no_snapshot_holds_stays() {
        let log: Vec<_> = (0..6).map(|day| entry(Kind::Impression, day)).collect();
        assert_eq!(gone(&log, 1, 900, 1), [1]);
        assert_eq!(gone(&log, 0, 900, 1), [0u64; 0]);
    }
}
