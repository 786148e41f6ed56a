//! The core only appends: what asks that the log be learnt again waits for the full module.

use super::store::{Keyed, Known, Store, Written};
use super::tab::Shared;
use crate::error::Error;
use std::rc::Rc;

/// What has become sensitive stays a little longer.
pub(super) async fn without_sensitive(tab: &Shared, _: &Rc<Store>) {
    tab.borrow_mut().outgrown = true;
}

/// Nothing is put right in the core, so nothing reaches back.
pub(super) async fn append(
    _: &Shared, store: &Rc<Store>, batch: &[Vec<u8>], from: u64, known: &Known,
) -> Result<Written<Option<Vec<Keyed>>>, Error> {
    Ok(store.append(batch, from, known).await?.map(Some))
}
