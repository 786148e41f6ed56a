//! Test, then learn: each scored basket is ranked for from what came before it, then fed.

use rayon::prelude::*;

use super::methods::Method;
use super::metrics::{Figures, Means};
use super::split::Split;

/// How one basket was ranked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    pub user: u32,
    /// Items taken before it.
    pub before: u32,
    pub targets: u32,
    /// Every item counts.
    pub all: Figures,
    /// Only items that the user never had, if there are any; the others are no candidates.
    pub new: Option<Figures>,
    /// How many of the targets are new.
    pub fresh: u32,
}

/// A method's figures on all baskets, user by user.
#[derive(Clone, Debug, Default)]
pub struct Score(pub Vec<Ranked>);

impl Score {
    /// Over all items.
    pub fn on_all(&self) -> Means {
        Means::of(self.0.iter().map(|ranked| ranked.all))
    }

    /// Over items new to the user.
    pub fn on_new(&self) -> Means {
        Means::of(self.0.iter().filter_map(|ranked| ranked.new))
    }

    /// The share of targets that the user had before.
    pub fn repeat_share(&self) -> f64 {
        let (fresh, targets) = self.0.iter().fold((0, 0), |(fresh, targets), ranked| {
            (fresh + u64::from(ranked.fresh), targets + u64::from(ranked.targets))
        });
        1.0 - fresh as f64 / f64::max(targets as f64, 1.0)
    }
}

/// Scores a method on all users. The order is theirs, so that threads do not change the last digit.
pub fn score(split: &Split, method: &dyn Method) -> Score {
    Score((0..split.users.len()).into_par_iter().flat_map_iter(|user| score_user(split, method, user)).collect())
}

fn score_user(split: &Split, method: &dyn Method, user: usize) -> Vec<Ranked> {
    let history = &split.users[user];
    if history.scored().is_empty() {
        return Vec::new();
    }
    let mut shopper = method.start(user);
    let mut had = vec![false; split.items.len()];
    let mut before = 0;
    let mut scores = vec![0.0; split.items.len()];
    let mut ranked = Vec::with_capacity(history.scored().len());
    for (index, basket) in history.baskets.iter().enumerate() {
        if index >= history.first {
            let fresh: Vec<u32> = basket.items.iter().copied().filter(|item| !had[*item as usize]).collect();
            let all = Figures::of(&shopper.best(basket.at, None, &mut scores), &basket.items);
            let new =
                (!fresh.is_empty()).then(|| Figures::of(&shopper.best(basket.at, Some(&had), &mut scores), &fresh));
            ranked.push(Ranked {
                user: user as u32,
                before,
                targets: basket.items.len() as u32,
                all,
                new,
                fresh: fresh.len() as u32,
            });
        }
        basket.items.iter().for_each(|item| had[*item as usize] = true);
        before += basket.items.len() as u32;
        shopper.feed(basket);
    }
    ranked
}
