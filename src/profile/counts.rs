//! What a shopper orders again and again: how often, and when.

use crate::interaction::{Millis, decay};

/// The orders of one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// The item's place in the bundle.
    pub item: u32,
    /// Orders with it, each fading by half every 120, 30 and 7 days ([`Counts::HALF_LIVES`]), as of `at`.
    pub faded: [f32; 3],
    /// Orders with it, each fading to [`Counts::KEPT`] with every further order of anything, as of the last.
    pub by_order: f32,
    /// Orders with it, however long ago.
    pub orders: u32,
    /// The first order with it.
    pub first: Millis,
    /// The last order with it.
    pub at: Millis,
    /// The numbers of the first and of the last order among all of the shopper's, from 0.
    pub order: [u32; 2],
}

impl Count {
    /// What is left of the decayed count with the half-life of that number.
    pub fn left(&self, which: usize, now: Millis) -> f32 {
        self.faded[which] * decay(now.since(self.at), Counts::HALF_LIVES[which])
    }

    /// The decayed count of "buy again", the slowest.
    pub fn count(&self, now: Millis) -> f32 {
        self.left(0, now)
    }
}

/// The orders of a category's items.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Need {
    /// The category's number.
    pub category: u16,
    /// Items ordered, each fading by half every [`Counts::NEED_HALF_LIFE`], as of `at`.
    pub faded: f32,
    /// Items ordered, however long ago.
    pub items: u32,
    /// Orders with any of them.
    pub orders: u32,
    /// The first order with one.
    pub first: Millis,
    /// The last order with one.
    pub at: Millis,
}

/// Counts of what was ordered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Counts {
    /// By item, in the order of their places.
    pub(super) items: Vec<Count>,
    /// By category, in the order of their numbers.
    pub(super) needs: Vec<Need>,
    /// Orders in all, and the same fading by half every [`Counts::NEED_HALF_LIFE`].
    pub(super) orders: u32,
    pub(super) faded: f32,
    /// The last order.
    pub(super) at: Millis,
}

impl Counts {
    /// Of an order (of the first, measured best on a year of groceries: 120 days).
    pub const HALF_LIVES: [Millis; 3] = [Millis::days(120), Millis::days(30), Millis::days(7)];
    /// Of an order, where categories are concerned.
    pub const NEED_HALF_LIFE: Millis = Millis::days(60);
    /// What is left of an order after the next one.
    pub const KEPT: f32 = 0.9;
    /// Items counted: the least present one gives way.
    pub const MOST: usize = 2_000;
    /// Below this nothing is left of a count.
    const LEAST: f32 = 0.01;

    /// All counts, in the order of the items' places.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Count> {
        self.items.iter()
    }

    /// An item's count.
    pub fn of(&self, item: u32) -> Option<&Count> {
        self.position(item).ok().map(|place| &self.items[place])
    }

    /// What was ordered of a category.
    pub fn need(&self, category: u16) -> Option<&Need> {
        self.needs.binary_search_by_key(&category, |need| need.category).ok().map(|place| &self.needs[place])
    }

    /// All categories that something was ordered of.
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// Orders so far.
    pub fn orders(&self) -> u32 {
        self.orders
    }

    /// Orders of the last months, fading by half every [`Counts::NEED_HALF_LIFE`].
    pub fn orders_left(&self, now: Millis) -> f32 {
        self.faded * decay(now.since(self.at), Self::NEED_HALF_LIFE)
    }

    /// The last order.
    pub fn last(&self) -> Millis {
        self.at
    }

    /// Counts an item of an order. Lines of one order carry one time: the item counts once in it.
    pub fn order(&mut self, item: u32, category: Option<u16>, at: Millis) {
        if self.orders == 0 || self.at != at {
            self.faded = self.orders_left(at) + 1.0;
            self.orders = self.orders.saturating_add(1);
            self.at = self.at.max(at);
        }
        let number = self.orders - 1;
        match self.position(item) {
            Ok(found) => {
                let count = &mut self.items[found];
                if count.at == at {
                    return;
                }
                count.faded = [0, 1, 2].map(|which| count.left(which, at) + 1.0);
                count.by_order = count.by_order * kept(number - count.order[1]) + 1.0;
                count.orders = count.orders.saturating_add(1);
                count.first = count.first.min(at);
                count.at = count.at.max(at);
                count.order[1] = number;
            }
            Err(_) => {
                if self.items.len() == Self::MOST {
                    self.drop_least(at);
                }
                let place = self.position(item).unwrap_or_else(|place| place);
                let count =
                    Count { item, faded: [1.0; 3], by_order: 1.0, orders: 1, first: at, at, order: [number; 2] };
                self.items.insert(place, count);
            }
        }
        if let Some(category) = category {
            self.want(category, at);
        }
    }

    /// Takes one order of an item back.
    pub fn take_back(&mut self, item: u32) {
        if let Ok(found) = self.position(item) {
            let count = &mut self.items[found];
            count.faded = count.faded.map(|faded| (faded - 1.0).max(0.0));
            count.by_order = (count.by_order - 1.0).max(0.0);
            count.orders -= 1;
            if count.orders == 0 {
                self.items.remove(found);
            }
        }
    }

    fn want(&mut self, category: u16, at: Millis) {
        let place = match self.needs.binary_search_by_key(&category, |need| need.category) {
            Ok(found) => found,
            Err(place) => {
                self.needs.insert(place, Need { category, first: at, ..Need::default() });
                place
            }
        };
        let need = &mut self.needs[place];
        need.faded = need.faded * decay(at.since(need.at), Self::NEED_HALF_LIFE) + 1.0;
        need.items = need.items.saturating_add(1);
        need.orders = need.orders.saturating_add(u32::from(need.at != at || need.orders == 0));
        need.at = need.at.max(at);
    }

    fn position(&self, item: u32) -> Result<usize, usize> {
        self.items.binary_search_by_key(&item, |count| count.item)
    }

    /// Room for a new item: all of which nothing is left go, or the least present one. The
    /// interactions' own times decide, not the clock, so each tab drops the same.
    fn drop_least(&mut self, now: Millis) {
        let full = self.items.len();
        self.items.retain(|count| count.count(now) >= Self::LEAST);
        let present = |place: &usize| self.items[*place].count(now);
        let least = (0..self.items.len()).min_by(|a, b| present(a).total_cmp(&present(b)));
        if let (Some(least), true) = (least, self.items.len() == full) {
            self.items.remove(least);
        }
    }
}

/// What is left of an order after so many further ones.
pub fn kept(orders: u32) -> f32 {
    // log₂ of Counts::KEPT; a power by exp2 spares the module a function.
    libm::exp2f(-0.152_003_1 * orders as f32)
}
