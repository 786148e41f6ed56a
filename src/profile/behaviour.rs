//! What a shopper did, counted: items, categories, orders, prices.

use crate::factors::Factors;
use crate::interaction::{Interaction, Kind, Millis, decay};

/// Decayed counts of one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// The item's place in the bundle.
    pub item: u32,
    /// Orders with it, each fading by half every [`Behaviour::COUNT_HALF_LIFE`], as of `at`.
    pub count: f32,
    /// The last order.
    pub at: Millis,
}

/// Recency, frequency, monetary value: the classic three of customer value.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rfm {
    /// The first purchase.
    pub first: Millis,
    /// The last purchase.
    pub last: Millis,
    /// Days with a purchase; one recorded late, for a day before the last, is not a new day.
    pub days: u32,
    /// Money spent.
    pub spent: f32,
}

/// Block B of the profile beside the tastes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Behaviour {
    /// Items ordered, by place.
    pub(super) counts: Vec<Count>,
    /// Interest in each category, fading by half every [`Behaviour::CATEGORY_HALF_LIFE`].
    pub(super) categories: Vec<f32>,
    /// Interactions with each category, impressions left out.
    pub(super) touched: Vec<u32>,
    /// Up to this time the categories have faded.
    pub(super) at: Millis,
    pub(super) rfm: Rfm,
    /// Interactions by kind.
    pub(super) kinds: [u32; Kind::ALL.len()],
    /// Mean quantile of the prices paid, and of how many pieces.
    pub(super) price: (f32, u32),
}

impl Behaviour {
    /// Of an item's count (measured best on a year of groceries: 120 days).
    pub const COUNT_HALF_LIFE: Millis = Millis::days(120);
    /// Of the interest in a category.
    pub const CATEGORY_HALF_LIFE: Millis = Millis::days(30);
    /// Items counted: the least present one gives way.
    pub const MAX_COUNTS: usize = 2_000;

    pub(super) fn new(categories: usize) -> Self {
        Self { categories: vec![0.0; categories], touched: vec![0; categories], ..Self::default() }
    }

    /// Counts of the items ordered, in the order of their places.
    pub fn counts(&self) -> &[Count] {
        &self.counts
    }

    /// An item's count as of `now`; 0 where it was never ordered.
    pub fn count(&self, item: u32, now: Millis) -> f32 {
        self.position(item).map_or(0.0, |at| faded(&self.counts[at], now))
    }

    /// Interest in each category. Only ratios between them mean something.
    pub fn categories(&self) -> &[f32] {
        &self.categories
    }

    /// How many interactions there were with each category; impressions do not count.
    pub fn touched(&self) -> &[u32] {
        &self.touched
    }

    /// Recency, frequency, monetary value.
    pub fn rfm(&self) -> Rfm {
        self.rfm
    }

    /// How many interactions of a kind were learnt from.
    pub fn of_kind(&self, kind: Kind) -> u32 {
        self.kinds[kind as usize]
    }

    /// Mean place of the prices paid among the shop's prices (0 to 1), `None` before the first.
    pub fn price_affinity(&self) -> Option<f32> {
        (self.price.1 > 0).then_some(self.price.0)
    }

    pub(super) fn observe(&mut self, interaction: &Interaction<'_>, item: u32, factors: &Factors) {
        let kind = interaction.kind;
        self.kinds[kind as usize] = self.kinds[kind as usize].saturating_add(1);
        match kind {
            Kind::Purchase => {
                self.count_order(item, interaction.at);
                self.pay(interaction, factors);
            }
            Kind::Refund => self.uncount(item),
            _ => {}
        }
    }

    /// The interest in a category moves by `amount` at the time `at`; it never falls below 0.
    pub(super) fn warm(&mut self, category: u16, amount: f32, at: Millis) {
        let left = decay(at.since(self.at), Self::CATEGORY_HALF_LIFE);
        self.at = self.at.max(at);
        for interest in &mut self.categories {
            *interest *= left;
        }
        let category = usize::from(category);
        if let (Some(interest), Some(touched)) = (self.categories.get_mut(category), self.touched.get_mut(category)) {
            *interest = (*interest + amount).clamp(0.0, 1e6);
            *touched = touched.saturating_add(1);
        }
    }

    fn position(&self, item: u32) -> Result<usize, usize> {
        self.counts.binary_search_by_key(&item, |count| count.item)
    }

    fn count_order(&mut self, item: u32, at: Millis) {
        match self.position(item) {
            Ok(found) => {
                let count = &mut self.counts[found];
                // Lines of one order carry one time: the item counts once in it.
                if count.at != at {
                    count.count = faded(count, at) + 1.0;
                    count.at = count.at.max(at);
                }
            }
            Err(_) => {
                if self.counts.len() == Self::MAX_COUNTS {
                    self.forget_least(at);
                }
                let place = self.position(item).unwrap_or_else(|place| place);
                self.counts.insert(place, Count { item, count: 1.0, at });
            }
        }
    }

    fn forget_least(&mut self, now: Millis) {
        let least =
            (0..self.counts.len()).min_by(|a, b| faded(&self.counts[*a], now).total_cmp(&faded(&self.counts[*b], now)));
        if let Some(least) = least {
            self.counts.remove(least);
        }
    }

    fn uncount(&mut self, item: u32) {
        if let Ok(found) = self.position(item) {
            let count = &mut self.counts[found];
            count.count -= 1.0;
            if count.count <= 0.0 {
                self.counts.remove(found);
            }
        }
    }

    fn pay(&mut self, interaction: &Interaction<'_>, factors: &Factors) {
        let rfm = &mut self.rfm;
        rfm.first = if rfm.days == 0 { interaction.at } else { rfm.first.min(interaction.at) };
        let new_day = rfm.days == 0 || rfm.last.day() < interaction.at.day();
        rfm.days += u32::from(new_day);
        rfm.last = rfm.last.max(interaction.at);
        if new_day {
            self.compact(interaction.at);
        }
        let Some(price) = interaction.price else { return };
        let rfm = &mut self.rfm;
        rfm.spent = (rfm.spent + price * interaction.quantity as f32).min(1e9);
        if let Some(quantile) = factors.standards().price(price) {
            let (mean, pieces) = &mut self.price;
            *pieces = pieces.saturating_add(1);
            *mean += (quantile - *mean) / *pieces as f32;
        }
    }

    /// Drops counts of which nothing is left (less than a hundredth of one order). The interactions'
    /// own times decide, not the clock, so each tab drops the same.
    fn compact(&mut self, now: Millis) {
        self.counts.retain(|count| faded(count, now) >= 0.01);
    }
}

fn faded(count: &Count, now: Millis) -> f32 {
    count.count * decay(now.since(count.at), Behaviour::COUNT_HALF_LIFE)
}
