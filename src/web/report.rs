//! The life of the reports: counted from the log, made and written to the ledger in one transaction,
//! then sent. Their ids and noise are fixed before the first try, so a second try says nothing new.

use super::edge::random;
use super::store::{Keyed, Written};
use super::tab::{Shared, Tab};
use super::transport::{Answer, send};
use crate::intake::Intake;
use crate::interaction::{Interaction, Millis};
use crate::privacy::registry::CAPS;
use crate::privacy::{Budget, Entry, Report, State, Tally, Type, Withheld};
use web_sys::AbortSignal;

/// Makes today's reports if there is something to say, then sends whatever waits.
pub(super) async fn report(tab: &Shared, url: &str, now: Millis, stop: Option<&AbortSignal>) {
    let (store, known) = {
        let tab = tab.borrow();
        let Some(store) = tab.store.clone() else { return };
        (store, tab.known.budget.clone())
    };
    let mut spent = None;
    let made = store.report(&known, |budget, log, last| {
        let made = compose(&mut tab.borrow_mut(), now, budget, log, last)?;
        spent = made.0.clone();
        Some(made)
    });
    match made.await {
        Ok(Written::Done(()) | Written::Edited | Written::Idle) => {}
        // Another tab has erased everything; the next look at the store starts anew.
        Ok(Written::Erased) => return,
        Err(error) => {
            tab.borrow_mut().problem = Some(error);
            return;
        }
    }
    if let Some(spent) = spent {
        let mut tab = tab.borrow_mut();
        tab.known.budget = spent;
        tab.told = tab.refused();
    }
    for (key, bytes) in store.ledger().await.unwrap_or_default() {
        let Ok(mut entry) = Entry::from_bytes(&bytes) else { continue };
        if entry.state != State::Waiting {
            continue;
        }
        let young = now.since(entry.at) <= Entry::GIVEN_UP_AFTER.0;
        entry.state = match entry.report().filter(|_| young) {
            Some(report) => match send(url, &report, stop).await {
                Answer::Taken => State::Sent,
                Answer::Refused => State::Failed,
                Answer::Later => continue,
            },
            // Too old, or of another version of this program.
            None => State::Failed,
        };
        if let Err(error) = store.amend(key, &entry.to_bytes()).await {
            tab.borrow_mut().problem = Some(error);
        }
    }
}

/// The changed budget and the ledger's lines; nothing where there is nothing to say.
fn compose(
    tab: &mut Tab, now: Millis, mut budget: Budget, log: &[Keyed], last: Option<Vec<u8>>,
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
            let said = last.and_then(|last| Entry::from_bytes(&last).ok());
            let again = said.is_some_and(|said| said.words == entry.words && said.at.day() == now.day());
            (!again).then(|| (None, vec![entry.to_bytes()]))
        }
    }
}

fn interactions(log: &[Keyed]) -> impl Iterator<Item = Interaction<'_>> {
    log.iter().filter_map(|(_, bytes)| Interaction::from_bytes(bytes).ok())
}

/// What the log since the last report comes to, and what this tab alone knows.
fn tally(tab: &mut Tab, now: Millis, log: &[Keyed]) -> Tally {
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

/// A row for all types together and one for each: spent, the same by Rényi composition, and the caps.
pub(super) fn epsilon(budget: &Budget, now: Millis) -> Vec<u32> {
    let caps = |of: Option<Type>| of.map_or(CAPS, |one| one.declared().caps).all();
    let mut out = Vec::new();
    for of in std::iter::once(None).chain(Type::ALL.map(Some)) {
        [budget.spent(of, now), budget.renyi(of, now), caps(of)].iter().for_each(|row| out.extend_from_slice(row));
    }
    out
}
