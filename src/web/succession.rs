//! One bundle after another under a running page.

use super::edge::Download;
use super::tab::{Shared, Tab};
use crate::error::Error;
use crate::profile::Profile;

/// Reads another bundle, if it is another, and what is stored, so that it can take the place of this one at once.
pub(super) async fn prepare(tab: &Shared, bundle: &Download) -> Result<bool, Error> {
    let next = tab.borrow().profiler.with_bundle(bundle)?;
    if next.factors().version() == tab.borrow().profiler.factors().version() {
        return Ok(false);
    }
    let store = tab.borrow().store.clone();
    let stored = match store {
        Some(store) => Some(store.load().await?),
        None => None,
    };
    tab.borrow_mut().next = Some((next, stored));
    Ok(true)
}

impl Tab {
    /// Another bundle takes the place of this one. What is stored is read as at a start; where nothing is stored,
    /// the profile goes over as far as it can, and what waits in this tab is learnt again.
    pub(super) fn take_over(&mut self) {
        let Some((next, stored)) = self.next.take() else { return };
        let here = self.snapshot();
        self.profiler = next;
        self.head = false;
        self.step = None;
        // Whoever was refused meanwhile has no store any more, and nothing of what was read from it.
        if let Some(stored) = stored.filter(|_| self.store.is_some()) {
            return self.start(stored);
        }
        let read = Profile::from_bytes(&here, self.profiler.factors()).ok();
        self.confirmed = self.profiler.restore(read, &[]).0;
        self.rebuild();
    }
}
