//! One client in a hundred sends extreme values: the most that is taken, and more.

use homebody::interaction::Millis;
use homebody::privacy::Mechanism;
use homebody::privacy::registry::CAPS;

use super::Attack;
use super::forge::{self, Forge};
use super::outcome::{Aim, Attempts};
use crate::error::Result;
use crate::import;

/// The largest number that the shop's page would write: where nothing is checked, a client could send it.
const LARGEST: i64 = 999_999;

pub fn run(attack: &Attack) -> Result<()> {
    let (factors, _) = crate::bundle::read(&attack.source.bundle)?;
    let (guarded, open) = attack.targets()?;
    let (sums, today) = (guarded.sums()?, Millis(import::now()).day());
    let (clients, days) = ((attack.shoppers / 100).max(1), CAPS.month / CAPS.day);
    println!(
        "{clients} of {} clients send a report of each type on {days} days, as many as a month's budget has",
        attack.shoppers
    );
    println!("and aim at one sum of each: of bits and answers the largest message is a true one, debiased");
    let (bundle, departments) = (sums.bundle(), factors.departments().len());
    let mut forge = Forge { bundle, departments, random: forge::entropy() };
    for (kind, epsilon) in sums.settings()?.wanted() {
        let mechanism = kind.declared().mechanism;
        let influence = mechanism.influence(epsilon);
        // The last answer, or the first number.
        let (place, most) = match mechanism {
            Mechanism::Laplace { .. } => (0, influence as i64),
            Mechanism::Response { .. } => (kind.vocabulary(departments) - 1, kind.vocabulary(departments) as i64 - 1),
            Mechanism::Unary => (0, 1),
        };
        let mut sent = |value: i64| -> Vec<Vec<u8>> {
            let of_day = |n: u32| today - (n % days) as i32;
            (0..clients * days).map(|n| forge.one(kind, epsilon, of_day(n), place, value)).collect()
        };
        let name = format!("{} · {}", kind.declared().name, kind.labels(factors.departments())[place]);
        let attempts = Attempts::new(Aim { kind, place }, &name, &guarded)?;
        let bound = influence * f64::from(clients * days);
        attempts.add("the most that is taken", &guarded, &sent(most), Some(bound))?;
        attempts.add("one more than is taken", &guarded, &sent(most + 1), Some(0.0))?;
        // What is no answer and no bit, the estimate itself passes over.
        if let Mechanism::Laplace { .. } = mechanism {
            attempts.add("without checks, 999,999", &open, &sent(LARGEST), None)?;
        }
    }
    Ok(())
}
