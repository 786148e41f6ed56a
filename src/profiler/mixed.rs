//! Lists by the learnt mix: evidence, candidates, scores, and whose doing they are.

use super::shown::Explore;
use super::{Explanation, Profiler, Recommendation};
use crate::blend::{Blend, Evidence, Purpose, Source, shares};
use crate::factors::{Factors, View};
use crate::interaction::{Kind, Millis};
use crate::profile::{Profile, Step};
use crate::rank::{Allowed, Because, Deed, Query, Reason, Scored, Scratch, Steering};
use crate::update::{FoldIn, Network, Posterior, Update};

/// What evidence is gathered with.
#[derive(Clone, Copy)]
pub(super) struct Tools<'a> {
    pub(super) fold_in: &'a [FoldIn; View::COUNT],
    pub(super) network: Option<&'a Network>,
    pub(super) factors: &'a Factors,
}

impl<'a> Tools<'a> {
    pub(super) fn posteriors(&self, profile: &Profile, now: Millis) -> [Posterior; View::COUNT] {
        self.fold_in.map(|fold_in| {
            let statistics = &profile.statistics[fold_in.view as usize];
            fold_in.after(&profile.drift, now).posterior(statistics, now, self.factors)
        })
    }

    pub(super) fn evidence(&self, profile: &'a Profile, now: Millis, tastes: [Vec<f32>; View::COUNT]) -> Evidence<'a> {
        let opinion = |network: &Network| network.opinion(&profile.hidden, now, self.factors).vector;
        Evidence::new(profile, self.factors, now, tastes, self.network.map_or_else(Vec::new, opinion))
    }
}

/// A profile as the mix looks at it at one time.
pub(super) struct Mixed<'a> {
    pub(super) blend: &'a Blend,
    pub(super) profile: &'a Profile,
    pub(super) factors: &'a Factors,
    pub(super) evidence: Evidence<'a>,
    pub(super) posteriors: [Posterior; View::COUNT],
    pub(super) explore: Option<Explore>,
    candidates: Vec<u32>,
    steering: Steering,
}

/// A smaller contribution, in log-odds, is no reason that one would give: it makes an item a fifth likelier.
const SAID: f64 = 0.2;
/// Items nearest to a taste that are candidates.
const NEAREST: usize = 100;
/// Items of a category that more was asked of which are candidates.
const ASKED: usize = 50;

/// The items nearest to the tastes, best first.
pub(super) fn nearest(evidence: &Evidence<'_>, scratch: &mut [Scratch; 2]) -> Vec<u32> {
    let factors = evidence.factors();
    let all = Allowed::all(factors.len());
    let mut found = Vec::new();
    let tastes = evidence.tastes().into_iter().zip(scratch);
    for (taste, scratch) in tastes.filter(|(taste, _)| taste.iter().any(|p| *p != 0.0)) {
        let query = Query::vector(factors, taste.to_vec());
        found.extend(crate::rank::best(&query, &all, NEAREST, 0, scratch).iter().map(|scored| scored.item));
    }
    found
}

impl<'a> Mixed<'a> {
    /// With a `dial` above 0 the taste is drawn from its posterior. Who may be in a list never depends on the
    /// draw: candidates are those of the mean.
    pub(super) fn new(
        blend: &'a Blend, tools: Tools<'a>, profile: &'a Profile, now: Millis, explore: (f32, u64),
        scratch: &mut [Scratch; 2],
    ) -> Self {
        let posteriors = tools.posteriors(profile, now);
        let mut evidence = tools.evidence(profile, now, posteriors.each_ref().map(Posterior::vector));
        let steering = Steering::of(profile, tools.factors);
        let further = nearest(&evidence, scratch).into_iter().chain(steering.wanted(tools.factors, ASKED));
        let candidates = Blend::candidates(&evidence, further);
        let explore = Explore::new(explore).map(|mut explore| {
            evidence.set_taste(explore.draw(&posteriors[View::Collaborative as usize]));
            explore
        });
        Self { blend, profile, factors: tools.factors, evidence, posteriors, explore, candidates, steering }
    }

    pub(super) fn candidates(&self) -> &[u32] {
        &self.candidates
    }

    /// Before the first order all that can be said is what belongs to what was looked at.
    pub(super) fn usual(&self) -> Purpose {
        match self.profile.trail.wanted().len() {
            _ if self.profile.counts.orders() > 0 => Purpose::Next,
            0..=Purpose::FEW => Purpose::First,
            _ => Purpose::Visit,
        }
    }

    /// The given items, best first.
    pub(super) fn rank(&self, items: &[u32], reasons: bool) -> Vec<Recommendation> {
        let purpose = self.usual();
        let score = |item: &u32| Scored { item: *item, score: self.score(purpose, *item) };
        let mut list: Vec<Scored> = items.iter().map(score).collect();
        Scored::sort(&mut list);
        list.dedup();
        self.recommend(purpose, list, reasons)
    }

    /// Why an item is where it is among all candidates; without a reason it has what is left of its score.
    pub(super) fn explain(&self, item: u32) -> Explanation {
        let purpose = self.usual();
        let list = self.list(purpose, &Allowed::all(self.factors.len()));
        let place = |score: f64| {
            let own = Scored { item, score };
            1 + list.iter().filter(|other| other.item != item && other.order(&own).is_lt()).count()
        };
        let score = self.score(purpose, item);
        let mut reasons = self.reasons(purpose, item);
        self.own(purpose, item, &mut reasons);
        reasons.truncate(Profiler::MAX_REASONS);
        let without = |reason: Reason| (reason, place(score - reason.contribution));
        Explanation { position: place(score), score, reasons: reasons.into_iter().map(without).collect() }
    }

    /// All candidates that are allowed, best first.
    pub(super) fn list(&self, purpose: Purpose, allowed: &Allowed) -> Vec<Scored> {
        let candidates = self.candidates.iter().copied().filter(|item| allowed.has(*item));
        let mut list: Vec<Scored> = candidates.map(|item| Scored { item, score: self.score(purpose, item) }).collect();
        Scored::sort(&mut list);
        list
    }

    pub(super) fn score(&self, purpose: Purpose, item: u32) -> f64 {
        // Of a shopper of whom nothing is known, what everybody buys is all that can be said.
        let learnt = if self.evidence.is_blank() {
            f64::from(self.factors.bias(item))
        } else {
            self.blend.score(purpose, item, &self.evidence)
        };
        learnt + self.steering.push(item, self.factors)
    }

    pub(super) fn recommend(&self, purpose: Purpose, list: Vec<Scored>, reasons: bool) -> Vec<Recommendation> {
        let of = |item| {
            let mut found = if reasons { self.reasons(purpose, item) } else { Vec::new() };
            found.truncate(Profiler::MAX_REASONS);
            found
        };
        let one = |Scored { item, score }| Recommendation { item, score, reasons: of(item), propensity: None };
        list.into_iter().map(one).collect()
    }

    /// What speaks for an item, largest contribution first; popularity alone where nothing does.
    pub(super) fn reasons(&self, purpose: Purpose, item: u32) -> Vec<Reason> {
        let asked = Reason { because: Because::Asked, contribution: self.steering.push(item, self.factors) };
        if self.evidence.is_blank() {
            let popular = Reason { because: Because::Popular, contribution: self.score(purpose, item) };
            return vec![if asked.contribution > 0.0 { asked } else { popular }];
        }
        let parts = self.blend.parts(purpose, item, &self.evidence);
        let mut reasons: Vec<Reason> = Vec::new();
        let mut put = |deed: Deed, contribution: f64| {
            let because = Because::Did(deed);
            match reasons.iter_mut().find(|reason| reason.because == because) {
                Some(known) => known.contribution += contribution,
                None if contribution > 0.0 => reasons.push(Reason { because, contribution }),
                None => {}
            }
        };
        let part = |source: Source| parts[source as usize];
        let order = |item: u32| {
            let count = self.profile.counts.of(item)?;
            Some(Deed { kind: Kind::Purchase, item, at: count.at })
        };
        if let Some(deed) = order(item) {
            put(deed, part(Source::Repeat));
        }
        if let Some(deed) = self.largest_of_category(item).and_then(order) {
            put(deed, part(Source::Category));
        }
        let deed = |step: &Step| Deed { kind: step.kind, item: step.item, at: step.at };
        for (source, shares) in [
            (Source::Habit, self.evidence.habits(item)),
            (Source::Neighbour, self.evidence.neighbours(item)),
            (Source::Taste, self.tastes(&[View::Collaborative], item)),
            (Source::Content, self.tastes(&[View::Attributes, View::Text], item)),
        ] {
            shares.iter().for_each(|(step, share)| put(deed(step), share * part(source)));
        }
        let steps = self.profile.trail.wanted();
        if let Some(last) = steps.last() {
            put(deed(last), part(Source::Neural));
        }
        if let Some(own) = steps.iter().rfind(|step| step.item == item) {
            put(deed(own), part(Source::Seen));
        }
        reasons.push(asked);
        reasons.retain(|reason| reason.contribution >= SAID);
        crate::sort::short(&mut reasons, |a, b| a.contribution > b.contribution);
        if reasons.is_empty() {
            reasons.push(Reason { because: Because::Popular, contribution: part(Source::Popularity) });
        }
        reasons
    }

    /// What was done to the item itself, even where it speaks against it: what lies in the cart is not
    /// what comes next.
    fn own(&self, purpose: Purpose, item: u32, reasons: &mut Vec<Reason>) {
        let Some(step) = self.profile.trail.wanted().iter().rfind(|step| step.item == item) else { return };
        let because = Because::Did(Deed { kind: step.kind, item, at: step.at });
        if reasons.iter().any(|reason| reason.because == because) {
            return;
        }
        let unknown = self.blend.score_if(false, purpose, item, &self.evidence);
        let contribution = self.score(purpose, item) - unknown;
        reasons.retain(|reason| reason.because != Because::Popular);
        reasons.insert(0, Reason { because, contribution });
    }

    /// Whose doing the taste for an item is in some views: shares of what speaks for it.
    fn tastes(&self, views: &[View], item: u32) -> Vec<(Step, f64)> {
        let of = |view: &View| {
            let statistics = &self.profile.statistics[*view as usize];
            let (named, _) = self.posteriors[*view as usize].attributions(statistics, item, self.factors);
            let deeds = statistics.deeds().iter().zip(named).filter(|(_, share)| *share > 0.0);
            deeds.map(|(d, share)| (Step { kind: d.kind, item: d.item, at: d.at }, share)).collect::<Vec<_>>()
        };
        shares(views.iter().flat_map(of).collect())
    }

    /// The item of a category that was ordered most.
    fn largest_of_category(&self, item: u32) -> Option<u32> {
        let category = self.factors.category(item)?;
        let counts = self.profile.counts.iter().filter(|count| self.factors.category(count.item) == Some(category));
        counts.max_by(|a, b| a.faded[0].total_cmp(&b.faded[0])).map(|count| count.item)
    }
}

#[cfg(test)]
#[path = "mixed_tests.rs"]
mod tests;
