//! What a shopper did, counted: kinds, categories, orders, prices.

use crate::factors::Factors;
use crate::interaction::{Interaction, Kind, Millis, decay};
use crate::lanes;

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
    /// Of the interest in a category.
    pub const CATEGORY_HALF_LIFE: Millis = Millis::days(30);

    pub(super) fn new(categories: usize) -> Self {
        Self { categories: vec![0.0; categories], touched: vec![0; categories], ..Self::default() }
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

    pub(super) fn observe(&mut self, interaction: &Interaction<'_>, factors: &Factors) {
        let kind = interaction.kind;
        self.kinds[kind as usize] = self.kinds[kind as usize].saturating_add(1);
        if kind == Kind::Purchase {
            self.pay(interaction, factors);
        }
    }

    /// The interest in a category moves by `amount` at the time `at`; it never falls below 0.
    pub(super) fn warm(&mut self, category: u16, amount: f32, at: Millis) {
        let left = decay(at.since(self.at), Self::CATEGORY_HALF_LIFE);
        self.at = self.at.max(at);
        lanes::scale(&mut self.categories, left);
        let category = usize::from(category);
        if let (Some(interest), Some(touched)) = (self.categories.get_mut(category), self.touched.get_mut(category)) {
            *interest = (*interest + amount).clamp(0.0, 1e6);
            *touched = touched.saturating_add(1);
        }
    }

    fn pay(&mut self, interaction: &Interaction<'_>, factors: &Factors) {
        let rfm = &mut self.rfm;
        rfm.first = if rfm.days == 0 { interaction.at } else { rfm.first.min(interaction.at) };
        let new_day = rfm.days == 0 || rfm.last.day() < interaction.at.day();
        rfm.days += u32::from(new_day);
        rfm.last = rfm.last.max(interaction.at);
        let Some(price) = interaction.price else { return };
        let rfm = &mut self.rfm;
        rfm.spent = (rfm.spent + price * interaction.quantity as f32).min(1e9);
        if let Some(quantile) = factors.standards().price(price) {
            let (mean, pieces) = &mut self.price;
            *pieces = pieces.saturating_add(1);
            *mean += (quantile - *mean) / *pieces as f32;
        }
    }
}
