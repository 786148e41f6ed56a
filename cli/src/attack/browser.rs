//! An attacker's browser that runs the shop's own page: intake, count, clip, noise and budget are what ships.

use homebody::Factors;
use homebody::intake::{Event, Intake};
use homebody::interaction::{Arm, Kind, Millis};
use homebody::privacy::{Budget, Report, Settings, Tally, Type, Withheld};

use crate::error::{Error, Result};
use crate::random::Random;

pub struct Browser<'a> {
    factors: &'a Factors,
    settings: Settings,
    intake: Intake,
    tally: Tally,
    budget: Budget,
    random: Random,
}

/// A day's reports, and what the clip had left of the looks.
pub struct Made {
    pub bodies: Vec<Vec<u8>>,
    pub counted: u64,
}

/// The first item that is in a department, and which.
pub fn target(factors: &Factors) -> Result<(&str, usize)> {
    let of = |item| Some((factors.id(item), usize::from(factors.department(item)?)));
    let first = (0..factors.len() as u32).find_map(of);
    first.ok_or_else(|| Error::request("no item of the bundle has a department"))
}

impl<'a> Browser<'a> {
    pub fn new(factors: &'a Factors, settings: Settings, random: Random) -> Self {
        let tally = Tally::new(factors, Arm::Personal);
        Self { factors, settings, intake: Intake::default(), tally, budget: Budget::default(), random }
    }

    /// Looks at an item so often, `apart` milliseconds from one to the next; how often that was taken in.
    pub fn look(&mut self, item: &str, times: u32, from: Millis, apart: i64) -> u32 {
        let mut taken = 0;
        for time in 0..times {
            let now = Millis(from.0 + i64::from(time) * apart);
            if let Ok((done, _)) = self.intake.clean(&view(item, now), self.factors, now) {
                self.tally.add(&done, self.factors);
                taken += 1;
            }
        }
        taken
    }

    /// What the page would send now. What is withheld waits, as it does there.
    pub fn report(&mut self, now: Millis) -> Result<Made, Withheld> {
        let mut entropy = |out: &mut [u8]| self.random.fill(out);
        let clipped = self.tally.clone().clipped(&mut entropy);
        let version = self.factors.version();
        let reports = Report::all(&clipped, version, &self.settings, &mut self.budget, now, &mut entropy)?;
        self.tally = Tally::new(self.factors, Arm::Personal);
        let counted = clipped.values(Type::Departments).iter().map(|count| u64::from(*count)).sum();
        Ok(Made { bodies: reports.iter().map(Report::body).collect(), counted })
    }
}

fn view(item: &str, now: Millis) -> Event<'_> {
    Event {
        kind: Kind::View,
        item,
        at: now.0 as f64,
        seed: 0,
        price: None,
        quantity: None,
        rating: None,
        dwell: None,
        sentiment: None,
        recommended: false,
        propensity: None,
        arm: None,
    }
}
