//! `record`: from what the page said to the changed profile. What came of it crosses the edge as a number: a string
//! would cost a third of the call.

use super::rows::unpacked;
use super::tab::{Status, Tab};
use crate::intake::{Event, Refusal};
use crate::interaction::{Interaction, Kind, Millis};
use crate::profile::Logged;

/// What came of recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Learnt, in memory.
    Kept,
    /// Learnt, and there is a store that waits for it.
    ToStore,
    UnknownKind,
    Closed,
    NoConsent,
    Paused,
    /// The head does not hold the item, the whole bundle may.
    NotYet,
    Refused(Refusal),
}

impl Outcome {
    /// In the order of `OUTCOMES` in `js/words.ts`.
    pub(super) fn number(self) -> usize {
        match self {
            Self::Kept => 0,
            Self::ToStore => 1,
            Self::UnknownKind => 2,
            Self::Closed => 3,
            Self::NoConsent => 4,
            Self::Paused => 5,
            Self::NotYet => 6,
            Self::Refused(refusal) => 7 + refusal as usize,
        }
    }
}

/// Recorded and not yet stored interactions kept at most; what comes then is refused.
const MAX_OUTBOX: usize = 5_000;

impl Tab {
    /// Learns from an event, or says why not.
    pub(super) fn record(&mut self, mut event: Event<'_>, now: Millis) -> Outcome {
        match self.status {
            Status::Closed => return Outcome::Closed,
            Status::Refused => return Outcome::NoConsent,
            _ if self.paused => return Outcome::Paused,
            _ => {}
        }
        // Too much is waiting to be stored, or for an answer on consent.
        if self.outbox.len() >= MAX_OUTBOX && self.status != Status::MemoryOnly {
            self.profiler.refuse(Refusal::TooMany);
            return Outcome::Refused(Refusal::TooMany);
        }
        if self.head && self.profiler.factors().find(event.item).is_none() {
            return Outcome::NotYet;
        }
        event.seed = self.seed();
        match self.profiler.clean(&event, now) {
            Ok((interaction, item)) => self.take(&interaction, item),
            Err(refusal) => return Outcome::Refused(refusal),
        }
        if self.status == Status::Ready { Outcome::ToStore } else { Outcome::Kept }
    }

    /// Learns at once; the log gets it soon after.
    fn take(&mut self, interaction: &Interaction<'_>, item: u32) {
        // A page full of impressions copies no taste.
        if interaction.kind == Kind::Impression {
            self.profiler.apply_to(&mut self.live, interaction, item);
        } else {
            let step = self.step.get_or_insert_default();
            (step.kind, step.at, step.item) = (interaction.kind, interaction.at, item);
            self.live.long.vector.clone_into(&mut step.before);
            step.surprise = self.profiler.apply_to(&mut self.live, interaction, item);
            self.live.long.vector.clone_into(&mut step.after);
            self.forgotten.clear();
        }
        self.make_room();
        self.outbox.push_with(|out| interaction.write(out));
    }

    /// Without a store the oldest entries go; what they taught stays.
    pub(super) fn make_room(&mut self) {
        if self.status == Status::MemoryOnly && self.outbox.len() >= MAX_OUTBOX {
            // Many at once: each time, all that stay are moved.
            for entry in unpacked(&self.outbox.take(MAX_OUTBOX / 50)) {
                if let Ok(entry) = Logged::from_bytes(entry) {
                    self.profiler.follow(&mut self.confirmed, &entry);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Arm;
    use crate::profiler::List;
    use crate::testing::test;

    #[test]
    fn the_page_has_the_same_names_in_the_same_order() {
        let words = include_str!("../../js/words.ts");
        let list = |name: &str| {
            let (_, list) = words.split_once(&format!("{name} = [")).expect("the list is there");
            list.split_once(']').expect("and ends").0.split('\'').skip(1).step_by(2)
        };
        let names: Vec<_> = list("OUTCOMES").chain(list("REFUSALS")).collect();
        let own = [
            (Outcome::Kept, "kept"),
            (Outcome::ToStore, "to-store"),
            (Outcome::UnknownKind, "unknown-kind"),
            (Outcome::Closed, "closed"),
            (Outcome::NoConsent, "no-consent"),
            (Outcome::Paused, "paused"),
            (Outcome::NotYet, "not-yet"),
        ];
        let refusals = Refusal::ALL.iter().map(|refusal| (Outcome::Refused(*refusal), refusal.name()));
        let all: Vec<_> = own.into_iter().chain(refusals).collect();
        assert_eq!(all.len(), names.len());
        all.iter().for_each(|(outcome, name)| assert_eq!(names[outcome.number()], *name));

        assert!(list("ARMS").eq(Arm::ALL.map(Arm::name)));
        assert_eq!(List::ALL, [List::ForYou, List::BuyAgain, List::Discover]);
        assert!(list("LISTS").eq(["for-you", "buy-again", "discover"]));
        let (deeds, _) = words.split_once("};").expect("the deeds end");
        let (_, deeds) = deeds.split_once("= {").expect("and begin");
        let kinds = deeds.split("'],").filter_map(|deed| Some(deed.split_once(": [")?.0.trim()));
        assert!(kinds.eq(Kind::ALL.iter().map(|kind| kind.name())));
    }
}
