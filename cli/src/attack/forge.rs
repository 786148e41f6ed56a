//! Reports that no page made: the right form, and in it what the attacker likes.

use homebody::privacy::{Report, Type};

use crate::random::Random;

/// The attacker's, from the operating system.
pub fn entropy() -> Random {
    let seed = getrandom::u64().expect("the operating system has random numbers");
    Random::new(seed)
}

pub fn id(random: &mut Random) -> String {
    format!("{:016x}{:016x}", random.next(), random.next())
}

/// What is alike in all of an attacker's reports.
pub struct Forge<'a> {
    pub bundle: &'a str,
    pub departments: usize,
    pub random: Random,
}

impl Forge<'_> {
    pub fn report(&mut self, kind: Type, epsilon: u32, day: i32, values: &[i64]) -> Vec<u8> {
        let report = serde_json::json!({
            "type": kind.declared().name, "format": Report::FORMAT, "id": id(&mut self.random), "day": day,
            "bundle": self.bundle, "epsilon_milli": epsilon, "clip": kind.declared().mechanism.clip(), "values": values,
        });
        let mut body = report.to_string().into_bytes();
        body.resize(Report::BYTES, b' ');
        body
    }

    /// A report with one number, at one place, and zeros elsewhere; or the one answer.
    pub fn one(&mut self, kind: Type, epsilon: u32, day: i32, place: usize, value: i64) -> Vec<u8> {
        let length = kind.length(self.departments);
        let mut values = vec![0; length];
        values[if length == 1 { 0 } else { place }] = value;
        self.report(kind, epsilon, day, &values)
    }
}
