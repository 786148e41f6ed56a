//! The rooms put together: an event is cleaned, learnt from and ranked with.

mod corrected;
mod history;
mod mixed;
mod request;
mod sensitive;
mod settings;
mod shown;

pub use request::{Explanation, List, Recommendation, Request, Share};
pub use settings::Settings;

use crate::FULL;
use crate::blend::{Blend, Evidence, Purpose};
use crate::error::{Error, shortened};
use crate::factors::{Factors, Source, View};
use crate::insight::Detector;
use crate::intake::{Event, Intake, Refusal, signal};
use crate::interaction::{Arm, Forgetting, Interaction, Kind, Millis, Signal, Signals};
use crate::profile::{Fit, Part, Profile};
use crate::rank::{self, Allowed, Because, Deed, Lens, MAX_LIMIT, Makeup, Query, Reason, Scored, Scratch};
use crate::update::{Example, Neighbour, Network, Relation, Repeat, Sgd, Surprise, Update, foreseen, negatives};
pub use corrected::Forget;
pub use history::{Change, Interest, Move, Unlearnt};
use mixed::{Mixed, Tools};

/// Keeps the trail; which lists follow from it is the mix's.
const FOLLOWED: Neighbour = Neighbour { relation: Relation::Next, keep: 1.0, half_life: Millis(0) };

/// Everything but the profile: the item factors, the settings, the buffers.
#[derive(Debug)]
pub struct Profiler {
    factors: Factors,
    settings: Settings,
    /// The learnt mix, where the bundle brings one.
    blend: Option<Blend>,
    /// The learnt update function, where the bundle brings one.
    network: Option<Network>,
    intake: Intake,
    scratch: Scratches,
}

/// For each kind of question its own, so that each finds what was kept of the last one like it.
#[derive(Debug, Default)]
struct Scratches {
    near: Scratch,
    tastes: [Scratch; 2],
    others: Scratch,
    makeup: Makeup,
}

impl Profiler {
    /// Reasons given for an item.
    pub const MAX_REASONS: usize = Makeup::MOST;

    /// Reads the bundle.
    pub fn open(bundle: &[u8]) -> Result<Self, Error> {
        Self::open_from(&bundle)
    }

    /// The same from wherever the bytes are.
    pub fn open_from(bundle: &dyn Source) -> Result<Self, Error> {
        let factors = Factors::read_from(bundle)?;
        let network = if FULL { Network::read(bundle, &factors)? } else { None };
        let settings = Settings::of(&factors);
        Ok(Self { network, ..Self::new(factors, settings)? })
    }

    /// With settings of one's own, and no learnt update function.
    pub fn new(factors: Factors, settings: Settings) -> Result<Self, Error> {
        let blend = if FULL { Blend::of(&factors)? } else { None };
        Ok(Self { factors, settings, blend, network: None, intake: Intake::default(), scratch: Scratches::default() })
    }

    /// The same with another bundle: settings, sensitive categories and counts of refusals are the shop's and stay.
    pub fn with_bundle(&self, bundle: &dyn Source) -> Result<Self, Error> {
        let mut next = Self::open_from(bundle)?;
        next.settings.signals = self.settings.signals.clone();
        next.intake = self.intake.counts_alone();
        for category in (0..self.factors.categories() as u16).filter(|one| self.factors.is_sensitive_category(*one)) {
            next.factors.mark_sensitive(self.factors.category_name(category)); // or it is gone with its items
        }
        Ok(next)
    }

    /// The item factors.
    pub fn factors(&self) -> &Factors {
        &self.factors
    }

    /// Changes the table of kinds.
    pub fn signals(&mut self) -> &mut Signals {
        &mut self.settings.signals
    }

    /// What was refused so far.
    pub fn intake(&self) -> &Intake {
        &self.intake
    }

    /// Goes on counting refusals where another profiler stopped.
    pub fn recall_refused(&mut self, refused: [u32; Refusal::ALL.len()]) {
        self.intake.recall_refused(refused);
    }

    /// The clean interaction and its item's place, or why the event is refused.
    pub fn clean<'a>(&mut self, event: &Event<'a>, now: Millis) -> Result<(Interaction<'a>, u32), Refusal> {
        if let Some(negative) = foreseen(self.settings.sampling, event.seed, self.factors.len() as u32) {
            // On their way at once: where the id is looked for, and what it is learnt against.
            self.factors.touch(event.item);
            self.factors.space().touch(negative);
        }
        self.intake.clean(event, &self.factors, now)
    }

    /// Counts a refusal that is the caller's own.
    pub fn refuse(&mut self, reason: Refusal) {
        self.intake.refuse(reason);
    }

    /// P(t+1) = f(P(t), D(t+1)): counts and learns. An item that this bundle does not hold, or that is
    /// sensitive, teaches nothing. Returns how wrong the long-term taste was before.
    pub fn apply(&self, profile: &mut Profile, interaction: &Interaction<'_>) -> Surprise {
        let item = self.learnable(interaction.item);
        item.map_or(Surprise::NONE, |item| self.apply_to(profile, interaction, item))
    }

    /// The same of an item whose place is known, and which is not sensitive.
    pub fn apply_to(&self, profile: &mut Profile, interaction: &Interaction<'_>, item: u32) -> Surprise {
        if profile.corrections.on(item, &self.factors).barred {
            return Surprise::nothing(self.signal(profile, interaction).label);
        }
        self.teach(profile, interaction, item)
    }

    /// Counts and learns, whatever was put right but a lock.
    fn teach(&self, profile: &mut Profile, interaction: &Interaction<'_>, item: u32) -> Surprise {
        profile.observe(interaction, item, &self.factors);
        let fact =
            Example { item, kind: interaction.kind, at: interaction.at, label: 1.0, weight: 1.0, negatives: &[] };
        let known = profile.counts.of(item).is_some();
        Repeat.learn(&mut profile.counts, &fact, &self.factors);
        let loss = self.learn(profile, interaction, item, Fit::Same);
        let locked = profile.corrections.on(item, &self.factors).locked.is_some();
        if interaction.kind == Kind::Purchase && !locked {
            self.watch(profile, known, interaction.at);
        }
        loss
    }

    /// Learns again what the profile has counted before, as far as it did not come along at a change of bundle.
    pub fn relearn(&self, profile: &mut Profile, interaction: &Interaction<'_>, fit: Fit) {
        if let (Some(item), Fit::Moved | Fit::OtherBundle) = (self.learnable(interaction.item), fit) {
            if fit == Fit::OtherBundle {
                // The drifts that it has lived through are known.
                let drifts = |at| profile.drift.before(at);
                let passed = drifts(interaction.at).saturating_sub(drifts(profile.long.at));
                profile.long.fade(libm::exp2f(-(passed as f32)));
            }
            self.learn(profile, interaction, item, fit);
        }
    }

    /// What an interaction teaches this profile.
    fn signal(&self, profile: &Profile, interaction: &Interaction<'_>) -> Signal {
        signal(interaction, &self.settings.signals, &self.factors, profile.ratings.mean())
    }

    fn learn(&self, profile: &mut Profile, interaction: &Interaction<'_>, item: u32, fit: Fit) -> Surprise {
        let Signal { label, weight } = self.signal(profile, interaction);
        if profile.corrections.on(item, &self.factors).locked.is_some() {
            return Surprise::nothing(label);
        }
        let mut sampled = [0; Part::NEGATIVES];
        let mut sampled = &mut sampled[..self.settings.negatives.min(Part::NEGATIVES)];
        let shown = profile.trail.shown().iter().rev().map(|step| step.item);
        negatives(self.settings.sampling, interaction.seed, item, self.factors.len() as u32, shown, sampled);
        if !profile.corrections.is_empty() {
            sampled = self.unlocked(profile, sampled);
        }
        let example = Example { item, kind: interaction.kind, at: interaction.at, label, weight, negatives: sampled };
        for (fold_in, statistics) in self.settings.fold_in.iter().zip(&mut profile.statistics) {
            let came_along = fit == Fit::Moved && fold_in.view == View::Collaborative;
            if self.factors.fold_in(fold_in.view).is_some() && !came_along {
                fold_in.after(&profile.drift, interaction.at).learn(statistics, &example, &self.factors);
            }
        }
        if FULL && let Some(network) = &self.network {
            network.learn(&mut profile.hidden, &example, &self.factors);
        }
        if fit == Fit::Moved {
            return Surprise::NONE;
        }
        let Settings { long, short, .. } = &self.settings;
        let surprise = Sgd::both([long, short], [&mut profile.long, &mut profile.short], &example, &self.factors);
        FOLLOWED.learn(&mut profile.trail, &example, &self.factors);
        // That an item was shown says nothing against its category.
        if let (Some(category), false) = (self.factors.category(item), interaction.kind == Kind::Impression) {
            let amount = match interaction.kind {
                Kind::Rate => weight * label,
                _ => weight * (2.0 * label - 1.0),
            };
            profile.warm(category, amount, interaction.at);
        }
        surprise
    }

    /// Watches how much of what is ordered was never ordered before. After a drift of the interest one half-life
    /// more is gone from the long-term taste and from the fold-in's statistics; the counts are what they were.
    fn watch(&self, profile: &mut Profile, known: bool, at: Millis) {
        let loss = if known { 0.0 } else { 1.0 };
        if self.settings.drift.changed(&mut profile.drift, loss) {
            profile.drift.note(at);
            profile.long.fade(0.5);
            for (fold_in, statistics) in self.settings.fold_in.iter().zip(&mut profile.statistics) {
                if let Forgetting::Event(_) = fold_in.forgetting {
                    statistics.pass(1.0);
                }
            }
        }
    }

    /// All that speaks for items at `now`, before it is mixed.
    pub fn evidence<'a>(&'a self, profile: &'a Profile, now: Millis) -> Evidence<'a> {
        let tools = tools(&self.settings, self.network.as_ref(), &self.factors);
        tools.evidence(profile, now, tools.posteriors(profile, now).map(|posterior| posterior.vector()))
    }

    /// The items nearest to the tastes, which are candidates of the mix.
    pub fn nearest(&self, evidence: &Evidence<'_>, scratch: &mut [Scratch; 2]) -> Vec<u32> {
        mixed::nearest(evidence, scratch)
    }

    /// The scores of all candidates of the learnt mix: item, score among all, score among what is new.
    /// `None` where the bundle brings no mix.
    pub fn mix(&self, profile: &Profile, now: Millis, scratch: &mut [Scratch; 2]) -> Option<Vec<(u32, f64, f64)>> {
        let tools = tools(&self.settings, self.network.as_ref(), &self.factors);
        let mixed = Mixed::new(self.blend.as_ref()?, tools, profile, now, (0.0, 0), scratch);
        let usual = mixed.usual();
        let scores = |item: &u32| (*item, mixed.score(usual, *item), mixed.score(Purpose::Discover, *item));
        Some(mixed.candidates().iter().map(scores).collect())
    }

    fn mixed<'a>(&'a mut self, profile: &'a Profile, now: Millis, explore: (f32, u64)) -> Option<Mixed<'a>> {
        if !FULL {
            return None;
        }
        let tools = tools(&self.settings, self.network.as_ref(), &self.factors);
        Some(Mixed::new(self.blend.as_ref()?, tools, profile, now, explore, &mut self.scratch.tastes))
    }

    /// A list for this shopper.
    pub fn recommend(
        &mut self, profile: &Profile, request: &Request<'_>, now: Millis,
    ) -> Result<Vec<Recommendation>, Error> {
        if !(1..=MAX_LIMIT).contains(&request.limit) {
            return Err(Error::InvalidOption { option: "limit", wanted: "from 1 to 200" });
        }
        if !(0.0..=1.0).contains(&request.explore) {
            return Err(Error::InvalidOption { option: "explore", wanted: "from 0 to 1" });
        }
        let stranger;
        let profile = if request.category.is_some_and(|name| self.factors.holds_only_sensitive(name)) {
            // Asked for by name it is there, by popularity: no profile has a say in it.
            stranger = Profile::new(&self.factors);
            &stranger
        } else {
            profile
        };
        let allowed = self.allowed(profile, request)?;
        if request.arm == Arm::Popular && request.list != List::BuyAgain {
            return Ok(self.popular(request, &allowed));
        }
        // While a shopper looks around, the list is half the mix's; else what is near stands in where there is no mix.
        let beside =
            (request.list == List::ForYou && browses(profile)).then(|| self.near(profile, request, &allowed, now));
        let explore = (request.explore, request.seed);
        let mixed = self.mixed(profile, now, explore);
        let list = mixed.and_then(|mixed| mixed.best(request, &allowed, beside.as_deref().unwrap_or_default()));
        Ok(list.or(beside).unwrap_or_else(|| self.near(profile, request, &allowed, now)))
    }

    /// What is ordered most of what may be in the list, whoever asks.
    fn popular(&self, request: &Request<'_>, allowed: &Allowed) -> Vec<Recommendation> {
        // The bias rises with popularity; some bundles bring only that.
        let popularity = |item| f64::from(self.factors.popularity(item)) + f64::from(self.factors.bias(item));
        let scored = |item| Scored { item, score: popularity(item) };
        let mut list: Vec<Scored> = allowed.iter().map(scored).collect();
        Scored::sort(&mut list);
        rank::diverse(&mut list, &self.factors, request.limit, request.per_category, &mut Vec::new());
        let reason = |score| Reason { because: Because::Popular, contribution: score };
        let reasons = |score| request.reasons.then(|| reason(score)).into_iter().collect();
        let one = |Scored { item, score }| Recommendation { item, score, reasons: reasons(score), propensity: None };
        list.into_iter().map(one).collect()
    }

    /// The list without a mix: what the tastes are near to, or what was ordered most.
    fn near(
        &mut self, profile: &Profile, request: &Request<'_>, allowed: &Allowed, now: Millis,
    ) -> Vec<Recommendation> {
        if request.list == List::BuyAgain {
            let list = rank::buy_again(profile, allowed, now, request.limit);
            return list.into_iter().map(|scored| bought(scored, profile, request.reasons)).collect();
        }
        let lens = self.lens(now);
        let query = Query::of(profile, &self.factors, &lens);
        let list = rank::best(&query, allowed, request.limit, request.per_category, &mut self.scratch.near);
        let makeup = request.reasons.then_some(&mut self.scratch.makeup);
        reasoned(list, profile, &query, &lens, makeup)
    }

    /// The given items, best first; what is sensitive stays where it is. Ids that the bundle does not hold are
    /// left out.
    pub fn rank(&mut self, profile: &Profile, ids: &[String], reasons: bool, now: Millis) -> Vec<Recommendation> {
        let places: Vec<u32> = ids.iter().filter_map(|id| self.factors.find(id)).collect();
        let others = places.iter().copied().filter(|item| !self.factors.is_sensitive(*item)).collect();
        let ranked = self.ranked(profile, others, reasons, now);
        self.put_between(ranked, &places, reasons)
    }

    fn ranked(&mut self, profile: &Profile, places: Vec<u32>, reasons: bool, now: Millis) -> Vec<Recommendation> {
        if let Some(mixed) = self.mixed(profile, now, (0.0, 0)) {
            return mixed.rank(&places, reasons);
        }
        let lens = self.lens(now);
        let query = Query::of(profile, &self.factors, &lens);
        let mut list: Vec<Scored> = places.into_iter().map(|item| Scored { item, score: query.score(item) }).collect();
        Scored::sort(&mut list);
        list.dedup();
        let makeup = reasons.then_some(&mut self.scratch.makeup);
        reasoned(&list, profile, &query, &lens, makeup)
    }

    /// Items most like this one, but for those that the shopper does not want to see.
    pub fn similar(
        &mut self, profile: &Profile, id: &str, exclude: &[String], limit: usize,
    ) -> Result<Vec<Scored>, Error> {
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Error::InvalidOption { option: "limit", wanted: "from 1 to 200" });
        }
        let item = self.known(id)?;
        let mut allowed = Allowed::all(self.factors.len());
        if !self.factors.is_sensitive(item) {
            self.forbid_sensitive(&mut allowed);
        }
        let barred = rank::Steering::barred(profile, &self.factors, None);
        let excluded = exclude.iter().filter_map(|id| self.factors.find(id));
        barred.into_iter().chain(excluded).for_each(|item| allowed.forbid(item));
        Ok(rank::similar(&self.factors, item, &allowed, limit, &mut self.scratch.others))
    }

    /// Why an item is where it is among all items.
    pub fn explain(&mut self, profile: &Profile, id: &str, now: Millis) -> Result<Explanation, Error> {
        let item = self.known(id)?;
        let stranger = self.factors.is_sensitive(item).then(|| Profile::new(&self.factors));
        let profile = stranger.as_ref().unwrap_or(profile);
        if let Some(mixed) = self.mixed(profile, now, (0.0, 0)) {
            return Ok(mixed.explain(item));
        }
        let lens = self.lens(now);
        let query = Query::of(profile, &self.factors, &lens);
        let Scratches { makeup, others: scratch, .. } = &mut self.scratch;
        let makeup = makeup.of(profile, &self.factors, &lens);
        let all = Allowed::all(self.factors.len());
        let reasons = makeup.reasons(&query, item);
        let reasons = reasons
            .into_iter()
            .map(|reason| {
                let without = match reason.because {
                    Because::Did(deed) => makeup.without(&query, &deed),
                    Because::Asked => query.unasked(item),
                    Because::Popular => query.clone(),
                };
                (reason, rank::position(&without, &all, item, scratch))
            })
            .collect();
        Ok(Explanation { position: rank::position(&query, &all, item, scratch), score: query.score(item), reasons })
    }

    /// Interest by department, in the order of the departments.
    pub fn taste(&self, profile: &Profile) -> Vec<Share> {
        let mut shares: Vec<Share> = (0..self.factors.departments().len() as u16)
            .map(|department| Share { department, share: 0.0, interactions: 0 })
            .collect();
        let by_category = profile.shares(&self.factors, 0.0);
        for (category, (own, interactions)) in (0u16..).zip(by_category.iter().zip(profile.behaviour().touched())) {
            let share = &mut shares[usize::from(self.factors.department_of(category))];
            share.share += own;
            share.interactions = share.interactions.saturating_add(*interactions);
        }
        shares
    }

    /// The department with the largest share of the interest, if any has some.
    pub fn segment(&self, profile: &Profile) -> Option<u16> {
        let shares = self.taste(profile).into_iter().filter(|one| one.share > 0.0);
        // The first of several that are alike.
        let best = shares.reduce(|best, one| if one.share > best.share { one } else { best });
        best.map(|one| one.department)
    }

    fn known(&self, id: &str) -> Result<u32, Error> {
        self.factors.find(id).ok_or_else(|| Error::UnknownItem { id: shortened(id) })
    }

    /// How these settings look at a profile at `now`.
    pub fn lens(&self, now: Millis) -> Lens {
        let Settings { long, short, weights, .. } = &self.settings;
        Lens { now, long: long.forgetting, short: short.forgetting, weights: *weights }
    }

    fn allowed(&self, profile: &Profile, request: &Request<'_>) -> Result<Allowed, Error> {
        let mut allowed = Allowed::all(self.factors.len());
        if let Some(name) = request.category
            && !allowed.only(name, &self.factors)
        {
            return Err(Error::InvalidOption { option: "category", wanted: "a category or department of the bundle" });
        }
        if !request.category.is_some_and(|name| self.factors.holds_only_sensitive(name)) {
            self.forbid_sensitive(&mut allowed);
        }
        if request.hide_bought || request.list == List::Discover {
            allowed.hide_bought(&profile.counts);
        }
        if request.hide_seen {
            profile.short.parts().filter(|part| part.amount() > 0.0).for_each(|part| allowed.forbid(part.item()));
        }
        let barred = rank::Steering::barred(profile, &self.factors, request.category);
        barred.into_iter().for_each(|item| allowed.forbid(item));
        request.exclude.iter().filter_map(|id| self.factors.find(id)).for_each(|item| allowed.forbid(item));
        Ok(allowed)
    }
}

/// Field by field, so that the buffers can be borrowed beside them.
fn tools<'a>(settings: &'a Settings, network: Option<&'a Network>, factors: &'a Factors) -> Tools<'a> {
    Tools { fold_in: &settings.fold_in, network, factors }
}

/// The shopper looks around: the last thing that was wanted was not ordered.
fn browses(profile: &Profile) -> bool {
    profile.trail.wanted().last().is_some_and(|step| step.kind != Kind::Purchase)
}

/// An item of "buy again", whose reason is its last purchase.
fn bought(Scored { item, score }: Scored, profile: &Profile, wanted: bool) -> Recommendation {
    let count = profile.counts.of(item).filter(|_| wanted);
    let deed = |at| Because::Did(Deed { kind: Kind::Purchase, item, at });
    let reasons = count.map(|count| Reason { because: deed(count.at), contribution: score }).into_iter().collect();
    Recommendation { item, score, reasons, propensity: None }
}

/// With reasons where there is somewhere to work them out.
fn reasoned(
    list: &[Scored], profile: &Profile, query: &Query<'_>, lens: &Lens, makeup: Option<&mut Makeup>,
) -> Vec<Recommendation> {
    let bare =
        |one: &Scored| Recommendation { item: one.item, score: one.score, reasons: Vec::new(), propensity: None };
    let mut all: Vec<Recommendation> = list.iter().map(bare).collect();
    if let Some(makeup) = makeup {
        makeup.of(profile, query.factors(), lens);
        for one in &mut all {
            one.reasons = makeup.reasons(query, one.item);
        }
    }
    all
}

#[cfg(test)]
mod tests;
