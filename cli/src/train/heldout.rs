//! A figure that training cannot flatter: the last basket of some users is kept from it.

use rayon::prelude::*;

use super::als::Factors;
use super::neighbours::Lists;
use super::vocabulary::Vocabulary;
use crate::evaluate::metrics::{AT, Figures, Means, top};
use crate::random::Random;
use crate::table::Basket;

/// One user in so many gives a basket.
const ONE_IN: u64 = 10;
/// No more than so many users, which is enough for two digits.
const MOST: usize = 2_000;

/// Takes the last basket of a seeded tenth of the users who have two or more.
pub fn take(baskets: &mut Vec<Basket>, seed: u64) -> Vec<Basket> {
    // Not the stream that the factors start from.
    let mut random = Random::new(seed ^ 0x6865_6c64_6f75_7400);
    let mut last = Vec::new();
    for (index, basket) in baskets.iter().enumerate() {
        let same = |other: usize| baskets.get(other).is_some_and(|other| other.user == basket.user);
        let several = index > 0 && same(index - 1);
        if several && !same(index + 1) && random.next().is_multiple_of(ONE_IN) && last.len() < MOST {
            last.push(index);
        }
    }
    let mut held = Vec::with_capacity(last.len());
    let mut index = 0;
    baskets.retain(|basket| {
        let take = held.len() < last.len() && last[held.len()] == index;
        if take {
            held.push(basket.clone());
        }
        index += 1;
        !take
    });
    held
}

/// One shopper of whom the last basket is asked.
struct Case {
    user: usize,
    /// In rising order.
    targets: Vec<u32>,
    /// What was taken before, and how much it counts: less the more baskets ago.
    recent: Vec<(u32, f32)>,
}

/// The baskets held out, by place in the vocabulary.
pub struct HeldOut {
    cases: Vec<Case>,
    items: usize,
}

/// How much a basket counts for what comes next, compared with the one after it.
const FADE: f32 = 0.8;
/// So many baskets are looked back to.
const BACK: usize = 20;

impl HeldOut {
    /// `baskets` are those that remain, user by user.
    pub fn new(held: &[Basket], baskets: &[Basket], vocabulary: &Vocabulary) -> Self {
        let case = |held: &Basket| {
            let end = baskets.partition_point(|basket| basket.user <= held.user);
            let mut recent = std::collections::BTreeMap::new();
            let before = baskets[..end].iter().rev().take_while(|basket| basket.user == held.user);
            for (basket, ago) in before.take(BACK).zip(0..) {
                for item in vocabulary.places(basket) {
                    *recent.entry(item).or_insert(0.0) += FADE.powi(ago);
                }
            }
            Case { user: held.user as usize, targets: vocabulary.places(held), recent: recent.into_iter().collect() }
        };
        let cases = held.iter().map(case).filter(|case| !case.targets.is_empty()).collect();
        Self { cases, items: vocabulary.len() }
    }

    /// What the figures measure, exactly.
    pub fn name(&self) -> String {
        format!("NDCG@{AT} of the last baskets of {} users, held out", self.cases.len())
    }

    pub fn len(&self) -> usize {
        self.cases.len()
    }

    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    pub fn factors(&self, factors: &Factors) -> f64 {
        self.figures(factors)[2]
    }

    /// Recall, MRR and NDCG.
    pub fn figures(&self, factors: &Factors) -> [f64; 3] {
        self.means(|case, scores| factors.scores(factors.user(case.user), scores), |_| false)
    }

    /// Of the items that are kept, against all targets.
    pub fn among(&self, factors: &Factors, kept: &[bool]) -> f64 {
        self.means(|case, scores| factors.scores(factors.user(case.user), scores), |item| !kept[item])[2]
    }

    /// Of what neighbours the recent items have.
    pub fn lists(&self, lists: &Lists) -> f64 {
        self.mean(|case, scores| {
            for (item, weight) in &case.recent {
                lists.of(*item).for_each(|(other, near)| scores[other as usize] += weight * near);
            }
        })
    }

    /// Of a ranking that is the same for all.
    pub fn ranking(&self, ranking: &[f32]) -> f64 {
        self.mean(|_, scores| scores.copy_from_slice(ranking))
    }

    fn mean(&self, score: impl Fn(&Case, &mut [f32]) + Sync) -> f64 {
        self.means(score, |_| false)[2]
    }

    fn means(&self, score: impl Fn(&Case, &mut [f32]) + Sync, skip: impl Fn(usize) -> bool + Sync) -> [f64; 3] {
        let one = |case: &Case| {
            let mut scores = vec![0.0; self.items];
            score(case, &mut scores);
            Figures::of(&top(&scores, &skip), &case.targets)
        };
        let figures: Vec<Figures> = self.cases.par_iter().map(one).collect();
        let mut means = Means::default();
        figures.into_iter().for_each(|figures| means.add(figures));
        means.means()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_cannot_be_hit_but_is_still_asked() {
        let basket = |at, items: &[u32]| Basket { user: 0, at, items: items.into() };
        let before = [basket(0, &[0, 1]), basket(1, &[0])];
        let vocabulary = Vocabulary::choose(&before, &["a", "b"].map(String::from), 1, 1).unwrap();
        let held = HeldOut::new(&[basket(2, &[0, 1])], &before, &vocabulary);
        let factors = Factors { dim: 1, users: vec![1.0], items: vec![2.0, 1.0] };
        assert_eq!((held.factors(&factors), held.among(&factors, &[true, true])), (1.0, 1.0));
        let without = held.among(&factors, &[true, false]);
        assert!(without > 0.5 && without < 1.0, "{without}");
    }

    #[test]
    fn recent_baskets_count_more_and_ask_their_neighbours() {
        let basket = |at, items: &[u32]| Basket { user: 0, at, items: items.into() };
        let before = [basket(0, &[0, 1, 2, 3]), basket(1, &[1, 0]), basket(2, &[0])];
        let vocabulary = Vocabulary::choose(&before, &["a", "b", "c", "d"].map(String::from), 1, 1).unwrap();
        let held = HeldOut::new(&[basket(3, &[2])], &before, &vocabulary);
        assert_eq!(held.cases[0].recent[..2], [(0, 1.0 + 0.8 + 0.8f32.powi(2)), (1, 0.8 + 0.8f32.powi(2))]);
        let lists = Lists { offsets: vec![0, 1, 2, 2, 2], items: vec![2, 3], weights: vec![1.0, 1.0] };
        assert_eq!(held.lists(&lists), 1.0, "2, the neighbour of 0, stands before 3, that of 1");
    }

    #[test]
    fn only_last_baskets_of_users_with_several() {
        let mut baskets: Vec<Basket> = (0..1_000u32)
            .flat_map(|user| (0..1 + user % 3).map(move |n| Basket { user, at: i64::from(n), items: vec![n] }))
            .collect();
        let all = baskets.len();
        let held = take(&mut baskets, 1);
        assert_eq!(baskets.len() + held.len(), all);
        assert!((40..100).contains(&held.len()), "{}", held.len());
        for basket in held {
            assert_eq!(basket.at, i64::from(basket.user % 3));
            assert!(basket.user % 3 > 0 && baskets.iter().any(|other| other.user == basket.user));
        }
    }
}
