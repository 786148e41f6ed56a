//! Many browsers look at one department's items, day after day.

use std::num::NonZeroU32;

use homebody::interaction::Millis;
use homebody::privacy::Type;

use super::Attack;
use super::browser::{Browser, target};
use super::forge::{self, Forge};
use super::outcome::{Aim, Attempts};
use super::server::Door;
use crate::error::{Error, Result};
use crate::import;

/// Of one browser in a day.
const VIEWS: u32 = 100;
/// What a server takes in a minute where nobody says otherwise.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("60 is not 0");

pub fn run(attack: &Attack) -> Result<()> {
    let (factors, _) = crate::bundle::read(&attack.source.bundle)?;
    let (item, place) = target(&factors)?;
    let (guarded, open) = attack.targets()?;
    let sums = guarded.sums()?;
    let (settings, kind) = (sums.settings()?, Type::Departments);
    let epsilon = settings.epsilon(kind).ok_or_else(|| Error::request("the server takes no `departments`"))?;
    let departments = factors.departments().len();
    let today = Millis(import::now()).day();
    let mut forge = Forge { bundle: sums.bundle(), departments, random: forge::entropy() };

    let (mut bodies, mut unclipped) = (Vec::new(), Vec::new());
    let (mut made_days, mut withheld, mut counted) = (0u64, 0u64, 0);
    for _ in 0..attack.browsers {
        let mut browser = Browser::new(&factors, settings, forge::entropy());
        for back in (0..i32::from(attack.days)).rev() {
            let day = today - back;
            let taken = browser.look(item, VIEWS, Millis::days(i64::from(day)), 1_000);
            unclipped.push(forge.one(kind, epsilon, day, place, i64::from(taken)));
            match browser.report(Millis(Millis::days(i64::from(day)).0 + i64::from(VIEWS) * 1_000)) {
                Ok(made) => {
                    (made_days, counted) = (made_days + 1, counted + made.counted);
                    bodies.extend(made.bodies);
                }
                Err(_) => withheld += 1,
            }
        }
    }
    println!(
        "{} browsers on {} days, {VIEWS} views each: the budget lets them report on {made_days} days and withholds {withheld}",
        attack.browsers, attack.days
    );
    let most = kind.declared().mechanism.influence(epsilon) * made_days as f64;
    let attempts = Attempts::new(Aim { kind, place }, &factors.departments()[place], &guarded)?;
    let way = format!("the shop's page: the clip left {counted}, the rest is noise");
    attempts.add(&way, &guarded, &bodies, Some(most))?;
    attempts.add("the same reports once more", &guarded, &bodies, Some(0.0))?;
    if guarded.is_own() {
        let hurried = attack.own(Door::Guarded(PER_MINUTE))?;
        let answers = hurried.send_at_once(&bodies)?;
        println!("{:<85}  {answers}", "all at once from one address, 60 a minute being taken");
    }
    let twice = [unclipped.as_slice(), &unclipped].concat();
    attempts.add("without budget, clip and checks, each report sent twice", &open, &twice, None)?;
    Ok(())
}
