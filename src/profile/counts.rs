//! What a shopper orders again and again: how often, and when.

use crate::interaction::{Millis, decay};

/// The orders of one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// The item's place in the bundle.
    pub item: u32,
    /// Orders with it, each fading by half every [`Counts::HALF_LIFE`], as of `at`.
    pub count: f32,
    /// Orders with it, however long ago.
    pub orders: u32,
    /// The first order.
    pub first: Millis,
    /// The last order.
    pub at: Millis,
}

impl Count {
    /// What is left of the decayed count.
    pub fn faded(&self, now: Millis) -> f32 {
        self.count * decay(now.since(self.at), Counts::HALF_LIFE)
    }
}

/// Counts of the items ordered, in the order of their places.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Counts(pub(super) Vec<Count>);

impl Counts {
    /// Of an order (measured best on a year of groceries: 120 days).
    pub const HALF_LIFE: Millis = Millis::days(120);
    /// Items counted: the least present one gives way.
    pub const MOST: usize = 2_000;
    /// Below this nothing is left of a count.
    const LEAST: f32 = 0.01;

    /// All counts, in the order of the items' places.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Count> {
        self.0.iter()
    }

    /// An item's count.
    pub fn of(&self, item: u32) -> Option<&Count> {
        self.position(item).ok().map(|place| &self.0[place])
    }

    /// Counts an order of an item. Lines of one order carry one time: the item counts once in it.
    pub fn order(&mut self, item: u32, at: Millis) {
        match self.position(item) {
            Ok(found) => {
                let count = &mut self.0[found];
                if count.at != at {
                    count.count = count.faded(at) + 1.0;
                    count.orders = count.orders.saturating_add(1);
                    count.first = count.first.min(at);
                    count.at = count.at.max(at);
                }
            }
            Err(_) => {
                if self.0.len() == Self::MOST {
                    self.drop_least(at);
                }
                let place = self.position(item).unwrap_or_else(|place| place);
                self.0.insert(place, Count { item, count: 1.0, orders: 1, first: at, at });
            }
        }
    }

    /// Takes one order of an item back.
    pub fn take_back(&mut self, item: u32) {
        if let Ok(found) = self.position(item) {
            let count = &mut self.0[found];
            count.count -= 1.0;
            count.orders -= 1;
            if count.count <= 0.0 || count.orders == 0 {
                self.0.remove(found);
            }
        }
    }

    fn position(&self, item: u32) -> Result<usize, usize> {
        self.0.binary_search_by_key(&item, |count| count.item)
    }

    /// Room for a new item: all of which nothing is left go, or the least present one. The
    /// interactions' own times decide, not the clock, so each tab drops the same.
    fn drop_least(&mut self, now: Millis) {
        let full = self.0.len();
        self.0.retain(|count| count.faded(now) >= Self::LEAST);
        let present = |place: &usize| self.0[*place].faded(now);
        let least = (0..self.0.len()).min_by(|a, b| present(a).total_cmp(&present(b)));
        if let (Some(least), true) = (least, self.0.len() == full) {
            self.0.remove(least);
        }
    }
}
