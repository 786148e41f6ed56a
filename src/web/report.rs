//! The reports: counted from the log, made, and what became of each. The page's script keeps them in the ledger in one
//! transaction, and then sends them: their ids and noise are fixed before the first try, so a second try says nothing
//! new.

use super::edge::random;
use super::tab::Tab;
use crate::intake::Intake;
use crate::interaction::{Interaction, Millis};
use crate::privacy::registry::CAPS;
use crate::privacy::{Budget, Entry, Report, State, Tally, Type, Withheld};

/// The log's part that no report has counted yet.
type Log<'a> = [(u64, &'a [u8])];

/// The changed budget and the ledger's lines, where the `last` one is known; nothing where there is nothing to say.
pub(super) fn compose(
    tab: &mut Tab, now: Millis, mut budget: Budget, log: &Log<'_>, last: Option<&[u8]>,
) -> Option<(Option<Budget>, Vec<Vec<u8>>)> {
    let mut entropy = |out: &mut [u8]| random(out);
    // No day is opened again that lies behind what was done, whatever the clock says; its last day guards the budget
    // as soon as it has one.
    let latest = interactions(log).map(|one| one.at.0 - Intake::AHEAD as i64).max();
    let set_back = latest.is_some_and(|latest| Millis(latest).day() > now.day());
    let clipped = tally(tab, now, log).clipped(&mut entropy);
    let version = tab.profiler.factors().version();
    let made = if set_back {
        Err(Withheld::SetBack)
    } else {
        Report::all(&clipped, version, &tab.settings, &mut budget, now, &mut entropy)
    };
    match made {
        Ok(reports) => {
            let lines = reports.iter().map(|report| Entry::waiting(report, now).to_bytes());
            Some((Some(budget), lines.collect()))
        }
        Err(Withheld::Nothing | Withheld::SentToday) => None,
        // Said once a day.
        Err(why) => {
            let entry = Entry::withheld(why, now);
            let said = last.and_then(|last| Entry::from_bytes(last).ok());
            let again = said.is_some_and(|said| said.why == entry.why && said.at.day() == now.day());
            (!again).then(|| (None, vec![entry.to_bytes()]))
        }
    }
}

fn interactions<'a>(log: &'a Log<'a>) -> impl Iterator<Item = Interaction<'a>> {
    log.iter().filter_map(|(_, bytes)| Interaction::from_bytes(bytes).ok())
}

/// What the log since the last report comes to, and what this tab alone knows.
fn tally(tab: &mut Tab, now: Millis, log: &Log<'_>) -> Tally {
    let arm = tab.arm(now);
    let (factors, live) = (tab.profiler.factors(), &tab.live);
    let mut tally = Tally::new(factors, arm);
    let mut first = None;
    for one in interactions(log) {
        first.get_or_insert(one.at);
        // What says nothing about the shopper says nothing to the shop.
        if factors.find(one.item).is_some_and(|item| !live.corrections.on(item, factors).barred) {
            tally.add(&one, factors);
        }
    }
    tally.segment(tab.profiler.segment(live));
    let drifts = live.drift.before(Millis(i64::MAX)) - live.drift.before(first.unwrap_or_default());
    let refused = tab.refused().into_iter().zip(tab.told).map(|(now, told)| now.saturating_sub(told));
    tally.changes(drifts, refused);
    tally
}

/// What is to be sent of a line of the ledger: nothing where it does not wait, and nothing that could be sent (empty) where
/// it is too old, or of another version of this program.
pub(super) fn letter(line: &[u8], now: Millis) -> Option<Vec<u8>> {
    let entry = Entry::from_bytes(line).ok().filter(|entry| entry.state == State::Waiting)?;
    let young = now.since(entry.at) <= Entry::GIVEN_UP_AFTER.0;
    Some(entry.report().filter(|_| young).map_or_else(Vec::new, |report| report.body()))
}

/// The line of a report that the server has taken, or never will.
pub(super) fn answered(line: &[u8], taken: bool) -> Option<Vec<u8>> {
    let mut entry = Entry::from_bytes(line).ok()?;
    entry.state = if taken { State::Sent } else { State::Failed };
    Some(entry.to_bytes())
}

/// A row for all types together and one for each: spent, the same by Rényi composition, and the caps.
pub(super) fn epsilon(budget: &Budget, now: Millis) -> Vec<u32> {
    let caps = |of: Option<Type>| of.map_or(CAPS, |one| one.declared().caps).all();
    let mut out = Vec::new();
    for of in std::iter::once(None).chain(Type::ALL.map(Some)) {
        [budget.spent(of, now), budget.renyi(of, now), caps(of)].iter().for_each(|row| out.extend_from_slice(row));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::{Arm, Kind};
    use crate::privacy::Settings;
    use crate::testing::{factors, test};
    use crate::update::Random;

    #[test]
    fn only_what_waits_is_sent_and_for_so_long() {
        let now = Millis::days(20_000);
        let factors = factors();
        let mut random = Random(1);
        let mut entropy = |out: &mut [u8]| out.iter_mut().for_each(|byte| *byte = random.bits() as u8);
        let mut tally = Tally::new(&factors, Arm::Personal);
        tally.add(&Interaction::new(Kind::Click, "brie", now, 0), &factors);
        let clipped = tally.clipped(&mut entropy);
        let made = Report::all(&clipped, "v1", &Settings::all(), &mut Budget::default(), now, &mut entropy);
        let report = &made.unwrap()[0];
        let entry = Entry::waiting(report, now);
        let sent = |state, then: Millis| {
            let mut line = entry.clone();
            line.state = state;
            letter(&line.to_bytes(), then)
        };
        assert_eq!(sent(State::Waiting, now), Some(report.body()));
        for state in [State::Sent, State::Failed, State::Withheld] {
            assert_eq!(sent(state, now), None, "{state:?}");
        }
        let last = Millis(now.0 + Entry::GIVEN_UP_AFTER.0);
        assert_eq!(sent(State::Waiting, last), Some(report.body()));
        assert_eq!(sent(State::Waiting, Millis(last.0 + 1)), Some(Vec::new()), "given up");
    }
}
