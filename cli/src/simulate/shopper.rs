//! One household's month, as its browser would have lived it.

use homebody::intake::{Event, Intake, Refusal};
use homebody::interaction::{Arm, Interaction, Kind, Millis};
use homebody::privacy::{Budget, Clipped, Entry, Report, Settings, Tally, Type, Withheld};
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
    /// The days that they tell of, before the noise.
    pub days: Vec<Day>,
    /// Items of orders, and those of them that had stood on the shelf.
    pub items: u32,
    pub from_shelf: u32,
    pub refused: Vec<(Refusal, u32)>,
    /// Reports that were not made, and why.
    pub withheld: Vec<Withheld>,
}

/// A day of which was reported: what the clip left, and interactions by department before it.
#[derive(Clone)]
pub struct Day {
    pub clipped: Clipped,
    pub happened: Vec<u32>,
}

/// What a report is about: the numbers before the noise, which leave no real browser.
pub struct Truth {
    pub kind: Type,
    pub day: i32,
    /// Of interactions by department: before the clip.
    pub happened: Option<Vec<u32>>,
    /// What the clip left.
    pub clipped: Vec<u32>,
}

impl Played {
    pub fn bodies(&self) -> impl Iterator<Item = Vec<u8>> {
        self.reports.iter().map(|(entry, _)| entry.body())
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
            told: Told::default(),
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

/// Drifts and refusals that a report has told of.
#[derive(Default)]
struct Told {
    drifts: u32,
    refused: Vec<u32>,
}

struct Browser<'a> {
    month: &'a Month<'a>,
    profiler: &'a mut Profiler,
    random: Random,
    profile: Profile,
    intake: Intake,
    pending: Pending,
    told: Told,
    budget: Budget,
    played: Played,
}

impl Browser<'_> {
    /// The shelf as it is before the order, in the arm of the day; what of the order stands on it counts as clicked
    /// there.
    fn order(&mut self, basket: &Basket) {
        let now = Millis(basket.at);
        let popular = self.random.next() % 1_000 < u64::from(self.month.settings.popular);
        let arm = if popular { Arm::Popular } else { Arm::Personal };
        let request = Request { hide_bought: false, reasons: false, arm, ..Request::default() };
        let shelf = self.profiler.recommend(&self.profile, &request, now).unwrap_or_default();
        if let Some(first) = shelf.first() {
            let first = self.profiler.factors().id(first.item).to_owned();
            self.record(Kind::Impression, &first, now, Some(arm));
        }
        for item in &basket.items {
            let item = self.month.table.items[*item as usize].as_str();
            let place = self.profiler.factors().find(item);
            let arm = shelf.iter().any(|one| Some(one.item) == place).then_some(arm);
            self.played.items += 1;
            self.played.from_shelf += u32::from(arm.is_some());
            if arm.is_some() {
                self.record(Kind::Click, item, now, arm);
            }
            self.record(Kind::Purchase, item, now, arm);
        }
    }

    fn record(&mut self, kind: Kind, item: &str, now: Millis, arm: Option<Arm>) {
        let event = event(kind, item, now, self.random.next(), arm);
        let Ok((done, _)) = self.intake.clean(&event, self.profiler.factors(), now) else { return };
        self.pending.add(&done, self.profiler.factors(), &mut self.random);
        self.profiler.apply(&mut self.profile, &done);
    }

    /// Makes the reports that have become due by `now`, as the browser does: of what came since the last ones.
    fn report(&mut self, now: Millis) {
        let Some(due) = self.pending.due.take_if(|due| *due < now) else { return };
        let factors = self.profiler.factors();
        let drifts = self.profile.drift.before(Millis(i64::MAX));
        let refused: Vec<u32> = self.intake.refused().map(|(_, count)| count).collect();
        let told = self.told.refused.iter().copied().chain(std::iter::repeat(0));
        let mut tally = self.pending.tally.clone();
        tally.segment(self.profiler.segment(&self.profile));
        tally.changes(drifts - self.told.drifts, refused.iter().zip(told).map(|(now, told)| now - told));
        let mut entropy = |out: &mut [u8]| self.random.fill(out);
        let clipped = tally.clipped(&mut entropy);
        let settings = &self.month.settings;
        match Report::all(&clipped, factors.version(), settings, &mut self.budget, due, &mut entropy) {
            Ok(reports) => {
                self.told = Told { drifts, refused };
                let Pending { happened, .. } = std::mem::replace(&mut self.pending, Pending::new(factors));
                let line = |report: &Report| (Entry::waiting(report, due), truth(report, due, &clipped, &happened));
                self.played.reports.extend(reports.iter().map(line));
                self.played.days.push(Day { clipped, happened });
            }
            // What came waits for the next visit.
            Err(why) => self.played.withheld.push(why),
        }
    }
}

fn truth(report: &Report, due: Millis, clipped: &Clipped, happened: &[u32]) -> Truth {
    let kind = report.kind();
    let happened = (kind == Type::Departments).then(|| happened.to_vec());
    Truth { kind, day: due.day(), happened, clipped: clipped.values(kind).to_vec() }
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
        // A household sees the shelf whenever it is there, so the arm is always known.
        let tally = Tally::new(factors, Arm::Personal);
        Self { tally, happened: vec![0; 2 * factors.departments().len()], due: None }
    }

    fn add(&mut self, done: &Interaction<'_>, factors: &Factors, random: &mut Random) {
        self.tally.add(done, factors);
        let department = factors.find(done.item).and_then(|item| factors.department(item));
        if let Some(department) = department.filter(|_| done.kind != Kind::Impression) {
            let department = usize::from(department);
            self.happened[department] += 1;
            if done.kind == Kind::Click && done.recommended {
                let clicks = self.happened.len() / 2 + department;
                self.happened[clicks] += 1;
            }
        }
        let (shortest, longest) = DELAY;
        let mut delay = || (shortest + random.next() % (longest - shortest)).cast_signed();
        self.due.get_or_insert_with(|| Millis(done.at.0 + delay()));
    }
}

fn event(kind: Kind, item: &str, at: Millis, seed: u64, arm: Option<Arm>) -> Event<'_> {
    let (at, recommended) = (at.0 as f64, arm == Some(Arm::Personal));
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
        arm,
    }
}
