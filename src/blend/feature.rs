//! What can speak for an item: one number for each feature.

use super::evidence::Evidence;
use crate::factors::View;
use crate::profile::{Count, Counts, Need, kept};

macro_rules! features {
    ($($(#[$doc:meta])* $feature:ident $name:literal $source:ident,)*) => {
        /// A feature of an item for a shopper at a time. Most are logarithms, so that curves over them
        /// need few knots; days and orders are counted from 1/4 and 1.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Feature { $($(#[$doc])* $feature,)* }

        impl Feature {
            /// All features.
            pub const ALL: &[Self] = &[$(Self::$feature,)*];

            /// The name in a bundle.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$feature => $name,)* }
            }

            /// Where it comes from.
            pub const fn source(self) -> Source {
                match self { $(Self::$feature => Source::$source,)* }
            }
        }
    };
}

/// Where a feature comes from: which update function, in the words of the reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Source {
    /// Everybody's orders.
    Popularity,
    /// The shopper's vector.
    Taste,
    /// The shopper's vectors in what the items are, not in who took them.
    Content,
    /// The learnt update function.
    Neural,
    /// Lists of items that go with the last interactions.
    Neighbour,
    /// Lists of items that go with everything that was ordered.
    Habit,
    /// The shopper's own orders of the item.
    Repeat,
    /// The shopper's orders in the item's category.
    Category,
    /// That the item was seen just now.
    Seen,
}

impl Source {
    /// How many there are.
    pub const COUNT: usize = Self::Seen as usize + 1;
}

features! {
    /// ln(1 + orders with it in training).
    Popular "popular" Popularity,
    /// ln(1 + orders with it in the last four weeks of training).
    Recent "recent" Popularity,
    /// ln(1 + days from its first order to the end of training).
    Age "age" Popularity,
    /// Fold-in: p·q.
    Taste "taste" Taste,
    /// q·q of the last item wanted.
    LastDot "last-dot" Taste,
    /// Cosine of its factors and those of the last item wanted.
    LastCosine "last-cosine" Taste,
    /// Fold-in over the attributes: p·q of that view. Nothing where an item has no vector there.
    TasteAttributes "taste-attributes" Content,
    /// The same over the words of the name.
    TasteText "taste-text" Content,
    /// q·q of the attributes of the last item wanted.
    LastAttributes "last-attributes" Content,
    /// The same of the words.
    LastText "last-text" Content,
    /// The learnt update function: h·q.
    Neural "neural" Neural,
    /// ln(1 + 100·weight) of what goes together with the last items.
    Together "together" Neighbour,
    /// The same of the last item alone.
    TogetherLast "together-last" Neighbour,
    /// The same of all items of the trail, none weighing less.
    TogetherAll "together-all" Neighbour,
    /// ln(1 + 100·weight) of what follows the last item.
    Next "next" Neighbour,
    /// The same of the items before the last one.
    NextBefore "next-before" Neighbour,
    /// ln(1 + 100·weight) of what goes together with the last orders.
    Lately "lately" Habit,
    /// ln(1 + 100·weight) of what goes together with all that was ordered.
    Habit "habit" Habit,
    /// ln(1 + orders with it).
    Orders "orders" Repeat,
    /// ln(1 + the same, fading by half every 120 days).
    Slow "orders-120" Repeat,
    /// … every 30 days.
    Month "orders-30" Repeat,
    /// … every 7 days.
    Week "orders-7" Repeat,
    /// ln(1 + the same, fading with every order of anything).
    ByOrder "orders-by-order" Repeat,
    /// ln(¼ + days since the last order with it).
    Since "days-since" Repeat,
    /// ln(orders since then, this one with them).
    OrdersSince "orders-since" Repeat,
    /// ln of the share of orders with it since the first one, drawn to the item's own.
    Rate "own-rate" Repeat,
    /// ln(days since the last order / the shopper's mean interval, drawn to the item's own).
    Due "due" Repeat,
    /// ln of that interval in days.
    Interval "own-interval" Repeat,
    /// ln of the item's mean repurchase interval of all shoppers, in days.
    ItemInterval "item-interval" Repeat,
    /// ln of the item's repurchase rate of all shoppers.
    ItemRate "item-rate" Repeat,
    /// ln(¼ + days since anything of its category was ordered).
    CategorySince "category-since" Category,
    /// ln(the same / the shopper's mean interval in the category).
    CategoryDue "category-due" Category,
    /// ln(1 + items of its category ordered, fading by half every 60 days).
    CategoryOrders "category-orders" Category,
    /// Its share of all that was ordered of its category.
    CategoryShare "category-share" Category,
    /// ln(1 + its popularity / that of its category).
    CategoryLead "category-lead" Popularity,
    /// ln(1 + distinct items wanted since).
    SeenRank "seen-rank" Seen,
    /// ln(times it was wanted of late).
    SeenCount "seen-count" Seen,
    /// ln odds that this shopper comes back to what is known.
    Returns "returns" Seen,
    /// ln(interactions on the trail).
    Length "length" Seen,
}

/// Days that a category or an item never ordered counts as.
const NEVER: f32 = 1_000.0;

impl Feature {
    /// The feature of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|feature| feature.name() == name)
    }

    /// Its value for an item; no number where nothing can be said, which weighs nothing.
    pub fn of(self, item: u32, e: &Evidence<'_>) -> f32 {
        let (factors, now) = (e.factors, e.now);
        let strength = |weight: f32| libm::log1pf(100.0 * weight);
        let count = || e.profile.counts.of(item);
        let with = |f: fn(&Count, &Evidence<'_>) -> f32| count().map_or(0.0, |count| f(count, e));
        let repeat = factors.repeat(item);
        let dot = |view: View, vectors: &[Vec<f32>; View::COUNT]| {
            let space = factors.view(view);
            let missing = view != View::Collaborative && !space.holds(item);
            if missing { f32::NAN } else { space.dot(&vectors[view as usize], item) }
        };
        let need = || factors.category(item).and_then(|category| e.profile.counts.need(category));
        match self {
            Self::Popular => libm::log1pf(factors.popularity(item)),
            Self::Recent => libm::log1pf(factors.recent(item)),
            Self::Age => libm::log1pf(factors.age(item)),
            Self::Taste => dot(View::Collaborative, &e.tastes),
            Self::TasteAttributes => dot(View::Attributes, &e.tastes),
            Self::TasteText => dot(View::Text, &e.tastes),
            Self::LastDot => dot(View::Collaborative, &e.last),
            Self::LastAttributes => dot(View::Attributes, &e.last),
            Self::LastText => dot(View::Text, &e.last),
            Self::LastCosine => {
                let length = |vector: &[f32]| libm::sqrtf(vector.iter().map(|q| q * q).sum());
                let (last, own) = (&e.last[View::Collaborative as usize], factors.space().vector(item));
                factors.space().dot(last, item) / (length(last) * length(&own)).max(1e-9)
            }
            Self::Neural => factors.space().dot(&e.neural, item),
            Self::Together => strength(e.together.of(item)),
            Self::TogetherLast => strength(e.together_last.of(item)),
            Self::TogetherAll => strength(e.together_all.of(item)),
            Self::Next => strength(e.next.of(item)),
            Self::NextBefore => strength(e.next_before.of(item)),
            Self::Lately => strength(e.lately.of(item)),
            Self::Habit => strength(e.habit.of(item)),
            Self::Orders => with(|count, _| libm::log1pf(count.orders as f32)),
            Self::Slow => with(|count, e| libm::log1pf(count.left(0, e.now))),
            Self::Month => with(|count, e| libm::log1pf(count.left(1, e.now))),
            Self::Week => with(|count, e| libm::log1pf(count.left(2, e.now))),
            Self::ByOrder => with(|count, e| libm::log1pf(count.by_order * kept(e.orders_since(count)))),
            Self::Since => count().map_or_else(|| log_days(NEVER), |count| log_days(days(now.since(count.at)))),
            Self::OrdersSince => with(|count, e| libm::logf(e.orders_since(count) as f32)),
            Self::Rate => count().map_or(0.0, |count| {
                let further = (e.profile.counts.orders() - count.order[0]) as f32 - 1.0;
                libm::logf(((count.orders - 1) as f32 + 3.0 * repeat.1) / (further + 3.0))
            }),
            Self::Due => {
                count().map_or(0.0, |count| log_days(days(now.since(count.at))) - log_days(interval(count, repeat.0)))
            }
            Self::Interval => count().map_or(0.0, |count| log_days(interval(count, repeat.0))),
            Self::ItemInterval => log_days(repeat.0),
            Self::ItemRate => libm::logf(repeat.1.max(1e-6)),
            Self::CategorySince => need().map_or_else(|| log_days(NEVER), |need| log_days(days(now.since(need.at)))),
            Self::CategoryDue => {
                need().map_or(0.0, |need| log_days(days(now.since(need.at))) - log_days(need_interval(need, repeat.0)))
            }
            Self::CategoryOrders => need().map_or(0.0, |need| {
                libm::log1pf(need.faded * crate::interaction::decay(now.since(need.at), Counts::NEED_HALF_LIFE))
            }),
            Self::CategoryShare => {
                need().map_or(0.0, |need| count().map_or(0.0, |count| count.orders as f32) / (need.items as f32 + 1.0))
            }
            Self::CategoryLead => libm::log1pf(100.0 * factors.lead(item)),
            Self::SeenRank => e.seen.of_item(item).map_or(0.0, |seen| libm::log1pf(seen.rank as f32)),
            Self::SeenCount => e.seen.of_item(item).map_or(0.0, |seen| libm::logf(seen.times as f32)),
            Self::Returns => {
                let [returns, all] = e.profile.returns;
                libm::logf((returns + 1.0) / (all - returns + 2.0))
            }
            Self::Length => libm::log1pf(e.profile.trail.wanted().len() as f32),
        }
    }
}

fn days(elapsed: i64) -> f32 {
    elapsed as f32 / 86_400_000.0
}

fn log_days(days: f32) -> f32 {
    libm::logf(days.max(0.0) + 0.25)
}

/// The shopper's mean interval between orders with the item, the item's own counted as one more.
fn interval(count: &Count, own: f32) -> f32 {
    (days(count.at.since(count.first)) + own) / count.orders as f32
}

fn need_interval(need: &Need, own: f32) -> f32 {
    (days(need.at.since(need.first)) + 2.0 * own) / (need.orders as f32 + 1.0)
}
