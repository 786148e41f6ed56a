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
    /// Before each order the shelf is drawn; what of the order stands on it counts as clicked there.
    pub fn play(&self, profiler: &mut Profiler, baskets: &[Basket], seed: u64) -> Played {
        let mut random = Random::new(seed);
        let mut played = Played::default();
        let mut profile = Profile::new(profiler.factors());
        let mut intake = Intake::default();
        let mut pending = Pending::new(profiler.factors());
        let mut budget = Budget::default();
        for basket in baskets {
            let now = Millis(basket.at);
            self.report(&mut pending, now, &mut budget, profiler.factors(), &mut random, &mut played);
            let request = Request { hide_bought: false, reasons: false, ..Request::default() };
            let shelf = profiler.recommend(&profile, &request, now).unwrap_or_default();
            for item in &basket.items {
                let item = self.table.items[*item as usize].as_str();
                let place = profiler.factors().find(item);
                let recommended = shelf.iter().any(|one| Some(one.item) == place);
                played.items += 1;
                played.from_shelf += u32::from(recommended);
                let kinds = if recommended { &[Kind::Click, Kind::Purchase][..] } else { &[Kind::Purchase] };
                for kind in kinds {
                    let event = event(*kind, item, now, random.next(), recommended);
                    let Ok((done, _)) = intake.clean(&event, profiler.factors(), now) else { continue };
                    pending.add(&done, profiler.factors(), &mut random);
                    profiler.apply(&mut profile, &done);
                }
            }
        }
        let end = Millis::days(i64::from(self.last_day) + 1);
        self.report(&mut pending, end, &mut budget, profiler.factors(), &mut random, &mut played);
        played.refused = intake.refused().collect();
        played
    }

    /// Makes the report that has become due by `now`, as the browser does: from what came since the last.
    fn report(
        &self, pending: &mut Pending, now: Millis, budget: &mut Budget, factors: &Factors, random: &mut Random,
        played: &mut Played,
    ) {
        let Some(due) = pending.due.filter(|due| *due < now) else { return };
        pending.due = None;
        // Kept, so that the clip can be looked at: it is the first that draws.
        let mut drawn = Vec::new();
        let mut entropy = |out: &mut [u8]| {
            out.iter_mut().for_each(|byte| *byte = random.next() as u8);
            drawn.extend_from_slice(out);
        };
        let tally = pending.tally.clone();
        match Report::new(tally, factors.version(), &self.settings, budget, due, &mut entropy) {
            Ok(report) => {
                let Pending { happened, .. } = std::mem::replace(pending, Pending::new(factors));
                let mut clipped = happened.clone();
                let mut again = drawn.into_iter();
                clip(&mut clipped, Report::CLIP, &mut |out: &mut [u8]| {
                    out.iter_mut().zip(&mut again).for_each(|(byte, drawn)| *byte = drawn);
                });
                played.reports.push((Entry::waiting(&report, due), Truth { day: due.day(), happened, clipped }));
            }
            // What came waits for the next visit.
            Err(why) => played.withheld.push(why),
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
