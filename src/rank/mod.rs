//! The choice: exact top-k over the whole catalogue, rules, diversity, reasons.

mod allowed;
mod kept;
mod kernel;
mod levels;
mod lowest;
mod query;
mod reasons;
mod rough;
mod rules;
mod similar;
mod steering;
mod topk;

pub use allowed::Allowed;
pub use query::{Lens, Query, Weights};
pub use reasons::{Because, Deed, Makeup, Reason};
pub use rules::diverse;
pub use similar::similar;
pub use steering::Steering;
pub use topk::{Scored, Scratch, best, position};

use crate::interaction::Millis;
use crate::profile::Profile;

/// Most items that one call returns.
pub const MAX_LIMIT: usize = 200;

/// "Buy again": the shopper's own decayed counts, most present first; equal ones in falling
/// popularity. (Personal frequency: Hu et al. 2020 call it the strongest single signal for baskets.)
pub fn buy_again(profile: &Profile, allowed: &Allowed, now: Millis, limit: usize) -> Vec<Scored> {
    let counts = profile.counts.iter().filter(|count| allowed.has(count.item));
    let mut list: Vec<Scored> = counts
        .map(|count| Scored { item: count.item, score: f64::from(count.count(now)) })
        .filter(|scored| scored.score >= 0.01)
        .collect();
    Scored::sort(&mut list);
    list.truncate(limit);
    list
}
