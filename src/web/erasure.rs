//! Nothing is kept any more, here and in the store.

use super::store::Store;
use super::tab::{Shared, Status};
use crate::error::Error;
use crate::interaction::Millis;
use crate::privacy::Budget;
use std::rc::Rc;

/// Consent was taken back in another tab, which has erased the store: nothing is kept here either.
pub(super) fn withdraw(tab: &Shared) {
    let mut tab = tab.borrow_mut();
    tab.status = Status::Refused;
    tab.store = None;
    let budget = tab.known.budget.clone();
    tab.reset(budget);
}

/// Deletes everything, here and in the store, but the date that is returned. Here it succeeds always.
pub(super) async fn erase(tab: &Shared, now: Millis) -> Result<Budget, Error> {
    let (database, open, here) = {
        let mut tab = tab.borrow_mut();
        let here = tab.known.budget.after_erasure(now);
        tab.reset(here.clone());
        (tab.database.clone(), tab.store.clone(), here)
    };
    let erased = |budget: Budget| budget.after_erasure(now);
    if let Some(store) = open
        && let Ok(left) = store.erase(&erased).await
    {
        tab.borrow_mut().reset(left.clone());
        return Ok(left);
    }
    // None was open, or its connection was lost: one new one.
    let Some(store) = Store::open_existing(&database).await? else { return Ok(here) };
    let left = store.erase(&erased).await?;
    let mut tab = tab.borrow_mut();
    tab.reset(left.clone());
    if tab.store.is_some() {
        tab.store = Some(Rc::new(store));
    }
    Ok(left)
}
