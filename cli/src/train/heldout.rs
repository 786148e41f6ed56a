//! A figure that training cannot flatter: the last basket of some users is kept from it.

use rayon::prelude::*;

use super::als::Factors;
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

/// The baskets held out, by place in the vocabulary.
pub struct HeldOut(Vec<(usize, Vec<u32>)>);

impl HeldOut {
    pub fn new(baskets: &[Basket], vocabulary: &Vocabulary) -> Self {
        let known = baskets.iter().map(|basket| (basket.user as usize, vocabulary.places(basket)));
        Self(known.filter(|(_, items)| !items.is_empty()).collect())
    }

    /// What `figure` measures, exactly.
    pub fn name(&self) -> String {
        format!("NDCG@{AT} of the last baskets of {} users, held out", self.0.len())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn figure(&self, factors: &Factors) -> f64 {
        let one = |(user, items): &(usize, Vec<u32>)| {
            let mut scores = vec![0.0; factors.items.len() / factors.dim];
            factors.scores(factors.user(*user), &mut scores);
            Figures::of(&top(&scores, |_| false), items)
        };
        let figures: Vec<Figures> = self.0.par_iter().map(one).collect();
        let mut means = Means::default();
        figures.into_iter().for_each(|figures| means.add(figures));
        means.means()[2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
