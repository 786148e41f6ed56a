//! What the server said and says: answers, sums, and a line for each attempt.

use std::collections::BTreeMap;
use std::fmt;

use homebody::privacy::{Settings, Type};
use serde_json::Value;

use super::server::Target;
use crate::error::{Error, Result};
use crate::simulate::send::Answer;

/// In the order of the reports.
pub struct Answers(pub Vec<Answer>);

impl Answers {
    pub fn taken(&self) -> u64 {
        self.0.iter().filter(|answer| **answer == Answer::Accepted).count() as u64
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for answer in &self.0 {
            let word = match answer {
                Answer::Accepted => "taken",
                Answer::ThereAlready => "there already",
                Answer::Refused(code) => code,
            };
            *counts.entry(word).or_default() += 1;
        }
        let words: Vec<String> = counts.iter().map(|(word, count)| format!("{word} {count}")).collect();
        f.write_str(&words.join(", "))
    }
}

/// What `/v1/sums` answered.
pub struct Sums(pub Value);

impl Sums {
    fn number(&self, kind: Type, key: &str, place: usize) -> f64 {
        self.0["types"][kind.declared().name][key][place].as_f64().unwrap_or_default()
    }

    pub fn value(&self, kind: Type, place: usize) -> f64 {
        self.number(kind, "values", place)
    }

    pub fn half(&self, kind: Type, place: usize) -> f64 {
        self.number(kind, "half", place)
    }

    pub fn reports(&self, kind: Type) -> u64 {
        self.0["types"][kind.declared().name]["reports"].as_u64().unwrap_or_default()
    }

    pub fn bundle(&self) -> &str {
        self.0["bundle"].as_str().unwrap_or_default()
    }

    /// The types that this server takes, each with its ε.
    pub fn settings(&self) -> Result<Settings> {
        let types = self.0["types"].as_object().cloned().unwrap_or_default();
        types.iter().try_fold(Settings::default(), |settings, (name, row)| {
            let epsilon = row["epsilon_milli"].as_u64().and_then(|epsilon| u32::try_from(epsilon).ok());
            Type::named(name).and_then(|kind| settings.with(kind, epsilon)).map_err(Error::request)
        })
    }
}

/// The sum that is to be moved.
#[derive(Clone, Copy)]
pub struct Aim {
    pub kind: Type,
    pub place: usize,
}

/// Lines of attempts, each printed when it is over.
pub struct Attempts {
    aim: Aim,
}

impl Attempts {
    /// Says what the server says before anything is tried.
    pub fn new(aim: Aim, label: &str, target: &Target) -> Result<Self> {
        let (sums, Aim { kind, place }) = (target.sums()?, aim);
        let (value, half, reports) = (sums.value(kind, place), sums.half(kind, place), sums.reports(kind));
        println!("\n{label}: {value:.0} ±{half:.0} before, of {reports} reports");
        println!("{:<62} {:>12} {:>10}  reports", "", "moved by", "at most");
        Ok(Self { aim })
    }

    /// Sends, and says by how much the sum moved.
    pub fn add<B: AsRef<[u8]>>(&self, way: &str, target: &Target, bodies: &[B], most: Option<f64>) -> Result<f64> {
        let before = target.sums()?;
        let answers = target.send(bodies)?;
        let Aim { kind, place } = self.aim;
        let moved = target.sums()?.value(kind, place) - before.value(kind, place);
        let most = most.map_or("no bound".into(), |most| format!("{most:.0}"));
        println!("{way:<62} {moved:>12.0} {most:>10}  {answers}");
        Ok(moved)
    }
}
