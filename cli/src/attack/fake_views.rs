//! One browser looks at one item ten thousand times in a day.

use homebody::interaction::Millis;
use homebody::privacy::Type;

use super::Attack;
use super::browser::{Browser, target};
use super::forge::{self, Forge};
use super::outcome::{Aim, Attempts};
use crate::error::{Error, Result};
use crate::import;

const VIEWS: u32 = 10_000;
/// A second apart they fit into three hours.
const APART: i64 = 1_000;

pub fn run(attack: &Attack) -> Result<()> {
    let (factors, _) = crate::bundle::read(&attack.source.bundle)?;
    let (item, place) = target(&factors)?;
    let (guarded, open) = attack.targets()?;
    let sums = guarded.sums()?;
    let (settings, kind) = (sums.settings()?, Type::Departments);
    let epsilon = settings.epsilon(kind).ok_or_else(|| Error::request("the server takes no `departments`"))?;
    let (mechanism, now) = (kind.declared().mechanism, Millis(import::now()));
    let influence = mechanism.influence(epsilon);

    let mut browser = Browser::new(&factors, settings, forge::entropy());
    let begin = Millis(now.0 - i64::from(VIEWS) * APART);
    let at_once = Browser::new(&factors, settings, forge::entropy()).look(item, VIEWS, begin, 0);
    let taken = browser.look(item, VIEWS, begin, APART);
    let made = browser.report(now).map_err(|why| Error::request(why.words()))?;
    println!(
        "{VIEWS} views of one item by one browser: of those at once the page takes {at_once}, a second apart {taken}"
    );

    let mut forge = Forge { bundle: sums.bundle(), departments: factors.departments().len(), random: forge::entropy() };
    let mut forged = |value: i64| [forge.one(kind, epsilon, now.day(), place, value)];
    let attempts = Attempts::new(Aim { kind, place }, &factors.departments()[place], &guarded)?;
    let way = format!("the shop's page: its clip left {}, the rest is noise", made.counted);
    attempts.add(&way, &guarded, &made.bodies, Some(influence))?;
    attempts.add("a forged report of them all", &guarded, &forged(i64::from(taken)), Some(influence))?;
    attempts.add("a forged report of the most that is taken", &guarded, &forged(influence as i64), Some(influence))?;
    attempts.add("without clip and checks, the same report of them all", &open, &forged(i64::from(taken)), None)?;
    Ok(())
}
