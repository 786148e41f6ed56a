//! One household's month, as its browser would have lived it.

use homebody::intake::{Event, Intake, Refusal};
use homebody::interaction::{Interaction, Kind, Millis};
use homebody::privacy::{Budget, Entry, Report, Settings, Tally, Withheld, clip};
use homebody::profiler::{Profiler, Request};
use homebody::{Factors, Profile};

use crate::random::Random;
use crate::table::{Basket, Table};

/// From the first interaction that is new to the report, in milliseconds: the package's default.
const DELAY: (u64, u64) = (60_000, 1_800_000);

pub struct Month<'a> {
    pub table: &'a Table,
    pub settings: Settings,
    /// What is due later is not sent.
    pub last_day: i32,
}

/// What became of a household's month.
#[derive(Default)]
pub struct Played {
    /// The ledger's lines, all of reports that wait to be sent, each with what is true.
    pub reports: Vec<(Entry, Truth)>,
    /// Items of orders, and those of them that had stood on the shelf.
    pub items: u32,
    pub from_shelf: u32,
    pub refused: Vec<(Refusal, u32)>,
    /// Reports that were not made, and why.
    pub withheld: Vec<Withheld>,
}

/// What a report is about: the numbers before the noise, which leave no real browser.
pub struct Truth {
    pub day: i32,
    /// Interactions by department, then clicks on recommendations.
    pub happened: Vec<u32>,
    /// What the clip left of them.
    pub clipped: Vec<u32>,
}

impl Played {
    pub fn bodies(&self) -> impl Iterator<Item = &[u8]> {
        self.reports.iter().map(|(entry, _)| entry.body.as_slice())
    }
}

impl Month<'_> {
    pub fn play(&self, profiler: &mut Profiler, baskets: &[Basket], seed: u64) -> Played {
        let mut browser = Browser {
            month: self,
            random: Random::new(seed),
            profile: Profile::new(profiler.factors()),
            intake: Intake::default(),
            pending: Pending::new(profiler.factors()),
            budget: Budget::default(),
            played: Played::default(),
            profiler,
        };
        for basket in baskets {
            browser.report(Millis(basket.at));
            browser.order(basket);
        }
        browser.report(Millis::days(i64::from(self.last_day) + 1));
        Played { refused: browser.intake.refused().collect(), ..browser.played }
    }
}

struct Browser<'a> {
    month: &'a Month<'a>,
    profiler: &'a mut Profiler,
    random: Random,
    profile: Profile,
    intake: Intake,
    pending: Pending,
    budget: Budget,
    played: Played,
}

impl Browser<'_> {
    /// The shelf as it is before the order; what of the order stands on it counts as clicked there.
    fn order(&mut self, basket: &Basket) {
        let now = Millis(basket.at);
        let request = Request { hide_bought: false, reasons: false, ..Request::default() };
        let shelf = self.profiler.recommend(&self.profile, &request, now).unwrap_or_default();
        for item in &basket.items {
            let item = self.month.table.items[*item as usize].as_str();
            let place = self.profiler.factors().find(item);
            let recommended = shelf.iter().any(|one| Some(one.item) == place);
            self.played.items += 1;
            self.played.from_shelf += u32::from(recommended);
            if recommended {
                self.record(Kind::Click, item, now, recommended);
            }
            self.record(Kind::Purchase, item, now, recommended);
        }
    }

    fn record(&mut self, kind: Kind, item: &str, now: Millis, recommended: bool) {
        let event = event(kind, item, now, self.random.next(), recommended);
        let Ok((done, _)) = self.intake.clean(&event, self.profiler.factors(), now) else { return };
        self.pending.add(&done, self.profiler.factors(), &mut self.random);
        self.profiler.apply(&mut self.profile, &done);
    }

    /// Makes the report that has become due by `now`, as the browser does: from what came since the last.
    fn report(&mut self, now: Millis) {
        let Some(due) = self.pending.due.take_if(|due| *due < now) else { return };
        // Kept, so that the clip can be looked at: it is the first that draws.
        let mut drawn = Vec::new();
        let mut entropy = |out: &mut [u8]| {
            out.iter_mut().for_each(|byte| *byte = self.random.next() as u8);
            drawn.extend_from_slice(out);
        };
        let factors = self.profiler.factors();
        let (tally, settings) = (self.pending.tally.clone(), &self.month.settings);
        match Report::new(tally, factors.version(), settings, &mut self.budget, due, &mut entropy) {
            Ok(report) => {
                let Pending { happened, .. } = std::mem::replace(&mut self.pending, Pending::new(factors));
                let mut clipped = happened.clone();
                let mut again = drawn.into_iter();
                clip(&mut clipped, Report::CLIP, &mut |out: &mut [u8]| {
                    out.iter_mut().zip(&mut again).for_each(|(byte, drawn)| *byte = drawn);
                });
                self.played.reports.push((Entry::waiting(&report, due), Truth { day: due.day(), happened, clipped }));
            }
            // What came waits for the next visit.
            Err(why) => self.played.withheld.push(why),
        }
    }
}

/// What was done since the last report.
struct Pending {
    tally: Tally,
    /// The same, counted here: the truth should not come from what it is to judge.
    happened: Vec<u32>,
    due: Option<Millis>,
}

impl Pending {
    fn new(factors: &Factors) -> Self {
        Self { tally: Tally::new(factors), happened: vec![0; 2 * factors.departments().len()], due: None }
    }

    fn add(&mut self, done: &Interaction<'_>, factors: &Factors, random: &mut Random) {
        self.tally.add(done, factors);
        if let Some(department) = factors.find(done.item).and_then(|item| factors.department(item)) {
            let department = usize::from(department);
            self.happened[department] += 1;
            if done.kind == Kind::Click {
                let clicks = self.happened.len() / 2 + department;
                self.happened[clicks] += 1;
            }
        }
        let (shortest, longest) = DELAY;
        let mut delay = || (shortest + random.next() % (longest - shortest)).cast_signed();
        self.due.get_or_insert_with(|| Millis(done.at.0 + delay()));
    }
}

fn event(kind: Kind, item: &str, at: Millis, seed: u64, recommended: bool) -> Event<'_> {
    let at = at.0 as f64;
    Event {
        kind,
        item,
        at,
        seed,
        price: None,
        quantity: None,
        rating: None,
        dwell: None,
        sentiment: None,
        recommended,
        propensity: None,
    }
}
