//! What came of it, in words: what the server took, and its sums beside the truth.

use std::collections::BTreeMap;
use std::fmt;

use homebody::privacy::Withheld;

use super::send::Answer;
use super::shopper::Played;
use crate::serve::report::Report;
use crate::serve::totals::Totals;

pub struct Outcome<'a> {
    departments: &'a [String],
    played: &'a [Played],
    answers: BTreeMap<&'a str, u64>,
    /// The noised sums of what was accepted, by the server's own arithmetic.
    estimates: Totals,
    happened: Vec<u64>,
    clipped: Vec<u64>,
}

const ACCEPTED: &str = "accepted";
const ALREADY: &str = "there already";

impl<'a> Outcome<'a> {
    pub fn new(departments: &'a [String], played: &'a [Played], answers: &'a [Answer]) -> Self {
        let values = 2 * departments.len();
        let mut outcome = Self {
            departments,
            played,
            answers: BTreeMap::from([(ACCEPTED, 0)]),
            estimates: Totals::new(values),
            happened: vec![0; values],
            clipped: vec![0; values],
        };
        let reports = played.iter().flat_map(|played| &played.reports);
        for ((entry, truth), answer) in reports.zip(answers) {
            let word = match answer {
                Answer::Accepted => ACCEPTED,
                Answer::ThereAlready => ALREADY,
                Answer::Refused(code) => code,
            };
            *outcome.answers.entry(word).or_default() += 1;
            let Ok(sent) = Report::read(&entry.body) else { continue };
            if matches!(answer, Answer::Refused(_)) {
                continue;
            }
            outcome.estimates.add(truth.day.into(), sent.epsilon_milli, sent.clip, &sent.values);
            let add = |sums: &mut Vec<u64>, counts: &[u32]| {
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += u64::from(*count));
            };
            add(&mut outcome.happened, &truth.happened);
            add(&mut outcome.clipped, &truth.clipped);
        }
        outcome
    }

    fn sum(&self, of: impl Fn(&Played) -> u32) -> u64 {
        self.played.iter().map(|played| u64::from(of(played))).sum()
    }

    /// The rows of one measure, all departments last; returns how many intervals hold the truth.
    fn rows(&self, f: &mut fmt::Formatter<'_>, measure: &str, from: usize) -> Result<usize, fmt::Error> {
        writeln!(f, "\n{measure:<42} {:>9} {:>9} {:>9} {:>19}", "happened", "clipped", "estimate", "95 % interval")?;
        let mut held = 0;
        let mut row = |name: &str, places: std::ops::Range<usize>| {
            // Independent errors add up as squares.
            let half = self.estimates.all.half() * (places.len() as f64).sqrt();
            let happened: u64 = self.happened[places.clone()].iter().sum();
            let clipped: u64 = self.clipped[places.clone()].iter().sum();
            let estimate: i64 = self.estimates.all.values[places].iter().sum();
            let (low, high) = (estimate as f64 - half, estimate as f64 + half);
            let holds = (low..=high).contains(&(clipped as f64));
            held += usize::from(holds);
            let missed = if holds { "" } else { "  missed" };
            writeln!(f, "{name:<42} {happened:>9} {clipped:>9} {estimate:>9} {low:>9.0} {high:>9.0}{missed}")
        };
        for (place, department) in (from..).zip(self.departments) {
            row(department, place..place + 1)?;
        }
        row("all departments", from..from + self.departments.len())?;
        Ok(held)
    }
}

impl fmt::Display for Outcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (items, shelf) = (self.sum(|played| played.items), self.sum(|played| played.from_shelf));
        writeln!(f, "{items} items of orders; {shelf} had stood on the shelf and count as clicked there")?;
        let mut refused: BTreeMap<&str, u32> = BTreeMap::new();
        for (reason, count) in self.played.iter().flat_map(|played| &played.refused).filter(|(_, count)| *count > 0) {
            *refused.entry(reason.name()).or_default() += count;
        }
        let mut withheld: BTreeMap<&str, u32> = BTreeMap::new();
        let why = self.played.iter().flat_map(|played| &played.withheld).map(|why| match why {
            Withheld::SentToday => "one was sent that day",
            other => other.words(),
        });
        why.for_each(|why| *withheld.entry(why).or_default() += 1);
        let list = |counts: &BTreeMap<&str, u32>| {
            let words: Vec<String> = counts.iter().map(|(word, count)| format!("{word} {count}")).collect();
            if words.is_empty() { "none".into() } else { words.join(", ") }
        };
        writeln!(f, "events refused on the device: {}", list(&refused))?;
        writeln!(f, "reports put off: {}", list(&withheld))?;
        writeln!(f, "reports sent: {}", self.answers.values().sum::<u64>())?;
        for (word, count) in &self.answers {
            let refused = if [ACCEPTED, ALREADY].contains(word) { "" } else { "refused: " };
            writeln!(f, "  {refused}{word} {count}")?;
        }
        let held =
            self.rows(f, "interactions", 0)? + self.rows(f, "clicks on recommendations", self.departments.len())?;
        writeln!(f, "\n{held} of {} intervals hold the clipped truth; 95 % are expected to", self.clipped.len() + 2)?;
        writeln!(
            f,
            "The intervals speak of the noise; what the clip took is the step from happened to clipped.\n\
             Noise and delays came from --seed, so here they hide nothing: a browser asks its operating system."
        )
    }
}
