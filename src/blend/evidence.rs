//! All that speaks for items just now, gathered once for a list.

use crate::factors::{Factors, Lists, View};
use crate::interaction::{Kind, Millis};
use crate::profile::{Count, Profile, Step};

/// What the update functions say of the items at one time, before it is mixed.
#[derive(Debug)]
pub struct Evidence<'a> {
    pub(super) profile: &'a Profile,
    pub(super) factors: &'a Factors,
    pub(super) now: Millis,
    /// The fold-in's vector in each view.
    pub(super) tastes: [Vec<f32>; View::COUNT],
    /// The learnt update function's vector; empty where the bundle has none.
    pub(super) neural: Vec<f32>,
    /// The vectors of the last item wanted; empty before the first.
    pub(super) last: [Vec<f32>; View::COUNT],
    pub(super) together: Pointed,
    pub(super) together_last: Pointed,
    pub(super) together_all: Pointed,
    pub(super) next: Pointed,
    pub(super) next_before: Pointed,
    pub(super) lately: Pointed,
    pub(super) habit: Pointed,
    pub(super) seen: Seen,
}

/// What a step of the trail weighs against the one after it.
const KEEP: f32 = 0.3;
/// The last orders whose items point at others, and what each weighs against the one after it.
const LATELY: u32 = 8;
/// log₂ 0.7.
const OF_AN_ORDER: f32 = -0.514_573_2;

impl<'a> Evidence<'a> {
    /// Of a profile at a time, with the vectors of the fold-ins and of the learnt update function.
    pub fn new(
        profile: &'a Profile, factors: &'a Factors, now: Millis, tastes: [Vec<f32>; View::COUNT], neural: Vec<f32>,
    ) -> Self {
        let (seen, items) = (Seen::of(profile), factors.len());
        let mut evidence = Self {
            profile,
            factors,
            now,
            tastes,
            neural,
            last: Default::default(),
            together: Pointed::new(items),
            together_last: Pointed::new(items),
            together_all: Pointed::new(items),
            next: Pointed::new(items),
            next_before: Pointed::new(items),
            lately: Pointed::new(items),
            habit: Pointed::new(items),
            seen,
        };
        evidence.point();
        evidence
    }

    /// Collects what the lists point at.
    fn point(&mut self) {
        let (together, next) = (self.factors.together(), self.factors.next());
        let mut weight = 1.0;
        for (rank, seen) in self.seen.by_rank.iter().enumerate() {
            if rank == 0 {
                self.last = View::ALL.map(|view| self.factors.view(view).vector(seen.item));
                self.together_last.add(together, seen.item, 1.0);
                self.next.add(next, seen.item, 1.0);
            } else {
                self.next_before.add(next, seen.item, weight);
            }
            self.together.add(together, seen.item, weight);
            self.together_all.add(together, seen.item, 1.0);
            weight *= KEEP;
        }
        for count in self.profile.counts.iter() {
            self.habit.add(self.factors.habit(), count.item, libm::log1pf(count.count(self.now)));
            let since = self.orders_since(count);
            if since <= LATELY {
                self.lately.add(together, count.item, libm::exp2f(OF_AN_ORDER * (since - 1) as f32));
            }
        }
    }

    /// Another taste, such as one drawn from what is unsure.
    pub fn set_taste(&mut self, taste: Vec<f32>) {
        self.tastes[View::Collaborative as usize] = taste;
    }

    /// The items that it is about.
    pub fn factors(&self) -> &'a Factors {
        self.factors
    }

    /// The vectors in the space of the item factors that the shopper is near to.
    pub fn tastes(&self) -> [&[f32]; 2] {
        [&self.tastes[View::Collaborative as usize], &self.neural]
    }

    /// The time that it is about.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// Which of the last steps point at an item, and the share of each.
    pub fn neighbours(&self, item: u32) -> Vec<(Step, f64)> {
        let (together, next) = (self.factors.together(), self.factors.next());
        let steps = self.profile.trail.wanted();
        let mut weight = 1.0;
        let mut found = Vec::new();
        for seen in &self.seen.by_rank {
            let strength = weight * (together.weight(seen.item, item) + next.weight(seen.item, item));
            weight *= KEEP;
            if let (true, Some(step)) = (strength > 0.0, steps.iter().rfind(|step| step.item == seen.item)) {
                found.push((*step, f64::from(strength)));
            }
        }
        shares(found)
    }

    /// Which of the orders point at an item, and the share of each.
    pub fn habits(&self, item: u32) -> Vec<(Step, f64)> {
        let strength =
            |count: &Count| libm::log1pf(count.count(self.now)) * self.factors.habit().weight(count.item, item);
        let step = |count: &Count| Step { item: count.item, kind: Kind::Purchase, at: count.at };
        let counts = self.profile.counts.iter();
        shares(counts.map(|count| (step(count), f64::from(strength(count)))).filter(|(_, s)| *s > 0.0).collect())
    }

    /// The shopper's orders since the last one with an item, the coming one with them.
    pub(super) fn orders_since(&self, count: &Count) -> u32 {
        self.profile.counts.orders() - count.order[1]
    }

    /// Nothing is known of the shopper.
    pub fn is_blank(&self) -> bool {
        self.seen.by_rank.is_empty() && self.profile.counts.orders() == 0
    }

    /// Was it ordered, or wanted of late?
    pub fn is_known(&self, item: u32) -> bool {
        self.profile.counts.of(item).is_some() || self.seen.of_item(item).is_some()
    }
}

/// What each step weighs, over the sum.
pub fn shares(mut found: Vec<(Step, f64)>) -> Vec<(Step, f64)> {
    let total: f64 = found.iter().map(|(_, strength)| strength).sum();
    found.iter_mut().for_each(|(_, strength)| *strength /= total);
    found
}

/// Weights of the items that lists point at.
#[derive(Debug)]
pub(super) struct Pointed {
    /// By place: a look-up for each candidate and feature must cost nothing.
    weights: Vec<f32>,
    items: Vec<u32>,
}

impl Pointed {
    fn new(items: usize) -> Self {
        Self { weights: vec![0.0; items], items: Vec::new() }
    }

    fn add(&mut self, lists: &Lists, item: u32, weight: f32) {
        for (other, strength) in lists.of(item) {
            let sum = &mut self.weights[other as usize];
            if *sum == 0.0 {
                self.items.push(other);
            }
            *sum += weight * strength;
        }
    }

    pub(super) fn of(&self, item: u32) -> f32 {
        self.weights[item as usize]
    }

    /// The items that are pointed at most: all above the weight that no more than `most` reach. The
    /// weight is found by halving, which needs no sort.
    pub(super) fn strongest(&self, most: usize) -> impl Iterator<Item = u32> {
        let largest = self.items.iter().map(|item| self.of(*item)).fold(0.0, f32::max);
        let (mut low, mut high) = (0.0, largest);
        if self.items.len() > most {
            for _ in 0..20 {
                let middle = 0.5 * (low + high);
                let above = self.items.iter().filter(|item| self.of(**item) > middle).count();
                if above > most { low = middle } else { high = middle }
            }
        } else {
            high = 0.0;
        }
        self.items.iter().copied().filter(move |item| self.of(*item) > high)
    }
}

/// An item on the trail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SeenItem {
    pub(super) item: u32,
    /// Distinct items wanted after it.
    pub(super) rank: usize,
    /// How often it is on the trail.
    pub(super) times: usize,
}

/// The distinct items of the trail, latest first.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) by_rank: Vec<SeenItem>,
}

impl Seen {
    fn of(profile: &Profile) -> Self {
        let mut seen = Self::default();
        for step in profile.trail.wanted().iter().rev() {
            match seen.by_rank.iter_mut().find(|known| known.item == step.item) {
                Some(known) => known.times += 1,
                None => {
                    let rank = seen.by_rank.len();
                    seen.by_rank.push(SeenItem { item: step.item, rank, times: 1 });
                }
            }
        }
        seen
    }

    pub(super) fn of_item(&self, item: u32) -> Option<&SeenItem> {
        self.by_rank.iter().find(|seen| seen.item == item)
    }
}
