//! The life of a report: counted from the log, made and written to the ledger in one transaction,
//! then sent. Its id and noise are fixed before the first try, so a second try says nothing new.

use super::edge::random;
use super::store::{Keyed, Written};
use super::tab::{Shared, Tab};
use super::transport::{Answer, send};
use crate::interaction::{Interaction, Millis};
use crate::privacy::{Budget, Entry, Report, Settings, State, Tally, Withheld};
use web_sys::AbortSignal;

/// Makes today's report if there is something to say, then sends whatever waits.
pub(super) async fn report(tab: &Shared, url: &str, settings: Settings, now: Millis, stop: Option<&AbortSignal>) {
    let (store, known) = {
        let tab = tab.borrow();
        let Some(store) = tab.store.clone() else { return };
        (store, tab.known.budget.clone())
    };
    let mut spent = None;
    let made = store.report(&known, |budget, log, last| {
        let made = compose(&tab.borrow(), settings, now, budget, log, last)?;
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
        tab.borrow_mut().known.budget = spent;
    }
    for (key, bytes) in store.ledger().await.unwrap_or_default() {
        let Ok(mut entry) = Entry::from_bytes(&bytes) else { continue };
        let Some(report) = entry.report() else { continue };
        entry.state = if now.since(entry.at) > Entry::GIVEN_UP_AFTER.0 {
            State::Failed
        } else {
            match send(url, &report, stop).await {
                Answer::Taken => State::Sent,
                Answer::Refused => State::Failed,
                Answer::Later => continue,
            }
        };
        if let Err(error) = store.amend(key, &entry.to_bytes()).await {
            tab.borrow_mut().problem = Some(error);
        }
    }
}

/// The changed budget and the ledger's line; nothing where there is nothing to say.
fn compose(
    tab: &Tab, settings: Settings, now: Millis, mut budget: Budget, log: &[Keyed], last: Option<Vec<u8>>,
) -> Option<(Option<Budget>, Vec<u8>)> {
    let (factors, corrections) = (tab.profiler.factors(), &tab.live.corrections);
    let mut tally = Tally::new(factors);
    for one in log.iter().filter_map(|(_, bytes)| Interaction::from_bytes(bytes).ok()) {
        // What says nothing about the shopper says nothing to the shop.
        if factors.find(one.item).is_some_and(|item| !corrections.on(item, factors).barred) {
            tally.add(&one, factors);
        }
    }
    let mut entropy = |out: &mut [u8]| random(out);
    match Report::new(tally, factors.version(), &settings, &mut budget, now, &mut entropy) {
        Ok(report) => Some((Some(budget), Entry::waiting(&report, now).to_bytes())),
        Err(Withheld::Nothing | Withheld::SentToday) => None,
        // Said once a day.
        Err(why) => {
            let entry = Entry::withheld(why, now);
            let said = last.and_then(|last| Entry::from_bytes(&last).ok());
            let again = said.is_some_and(|said| said.words == entry.words && said.at.day() == now.day());
            (!again).then(|| (None, entry.to_bytes()))
        }
    }
}
