//! The list that is shown: the mix's candidates in order, capped by category, in turn with what is near;
//! and, where it explores, how likely each of its items was to be in it.

use super::mixed::Mixed;
use super::{List, Recommendation, Request};
use crate::blend::Purpose;
use crate::factors::View;
use crate::profile::Count;
use crate::rank::{self, Allowed, Scored};
use crate::update::{Bandit, Posterior, Random};

/// The draws of an exploring list: the first is its own, those after it say how likely it was.
#[derive(Debug, Clone)]
pub(super) struct Explore {
    bandit: Bandit,
    random: Random,
}

impl Explore {
    /// `None` where the dial is at 0.
    pub(super) fn new((dial, seed): (f32, u64)) -> Option<Self> {
        (dial > 0.0).then_some(Self { bandit: Bandit { dial }, random: Random(seed) })
    }

    pub(super) fn draw(&mut self, posterior: &Posterior) -> Vec<f32> {
        posterior.sample(self.bandit.dial, &mut self.random)
    }
}

impl Mixed<'_> {
    /// The list of a request, in turn with `near`; `None` where the candidates do not fill it.
    pub(super) fn best(
        &self, request: &Request<'_>, allowed: &Allowed, near: &[Recommendation],
    ) -> Option<Vec<Recommendation>> {
        let purpose = if request.list == List::Discover { Purpose::Discover } else { self.usual() };
        let mut candidates = self.list(purpose, allowed);
        if request.list == List::BuyAgain {
            let present = |count: &Count| count.count(self.evidence.now()) >= 0.01;
            candidates.retain(|scored| self.profile.counts.of(scored.item).is_some_and(present));
        }
        let chosen = self.recommend(purpose, self.choose(&candidates, request)?, request.reasons);
        let mut list = interleaved(near.iter().cloned(), chosen.into_iter(), |one| one.item, request.limit);
        if let Some(Explore { bandit, random }) = &self.explore {
            let shown: Vec<u32> = list.iter().map(|one| one.item).collect();
            let chances = bandit.propensities(
                &self.posteriors[View::Collaborative as usize],
                &shown,
                &mut random.clone(),
                |taste| {
                    let mut drawn: Vec<Scored> =
                        candidates.iter().map(|scored| self.moved(purpose, *scored, taste)).collect();
                    Scored::sort(&mut drawn);
                    // How many fill a list does not depend on their order.
                    let chosen = self.choose(&drawn, request).unwrap_or_default();
                    let near = near.iter().map(|one| one.item);
                    interleaved(near, chosen.iter().map(|scored| scored.item), |item| *item, request.limit)
                },
            );
            list.iter_mut().zip(chances).for_each(|(one, chance)| one.propensity = Some(chance));
        }
        Some(list)
    }

    /// The first of a sorted list that a request wants.
    fn choose(&self, sorted: &[Scored], request: &Request<'_>) -> Option<Vec<Scored>> {
        if request.list == List::BuyAgain {
            return Some(sorted.iter().take(request.limit).copied().collect());
        }
        let mut chosen = sorted.to_vec();
        rank::diverse(&mut chosen, self.factors, request.limit, request.per_category, &mut Vec::new());
        (chosen.len() == request.limit).then_some(chosen)
    }

    /// A candidate with the score that it has by another taste.
    fn moved(&self, purpose: Purpose, Scored { item, score }: Scored, taste: &[f32]) -> Scored {
        if self.evidence.is_blank() {
            return Scored { item, score };
        }
        let by = self.blend.moved(purpose, item, &self.evidence, self.factors.space().dot(taste, item));
        Scored { item, score: score + by }
    }
}

/// Two lists in turn, each item once (Radlinski et al. 2008). Orders teach the mix what is ordered next, but not
/// what a click asks for: while a shopper looks around, every other place is what the clicks are near to.
fn interleaved<T>(
    mut near: impl Iterator<Item = T>, mut mixed: impl Iterator<Item = T>, item: impl Fn(&T) -> u32, limit: usize,
) -> Vec<T> {
    let mut list: Vec<T> = Vec::with_capacity(limit);
    while list.len() < limit {
        let pair = [near.next(), mixed.next()];
        if pair.iter().all(Option::is_none) {
            break;
        }
        for one in pair.into_iter().flatten() {
            if list.len() < limit && list.iter().all(|known| item(known) != item(&one)) {
                list.push(one);
            }
        }
    }
    list
}
