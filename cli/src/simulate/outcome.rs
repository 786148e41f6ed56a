//! What came of it, in words: what the server took, and its sums beside the truth.

use std::collections::BTreeMap;
use std::fmt;

use homebody::privacy::{Mechanism, Type, Withheld};

use super::send::Answer;
use super::shopper::{Played, Truth};
use crate::serve::report::Report;
use crate::serve::totals::Totals;

pub struct Outcome<'a> {
    departments: &'a [String],
    played: &'a [Played],
    answers: BTreeMap<&'a str, u64>,
    types: BTreeMap<Type, OfType>,
}

/// What was accepted of one type.
struct OfType {
    /// The noised sums, by the server's own arithmetic.
    estimates: Totals,
    happened: Vec<u64>,
    clipped: Vec<u64>,
}

impl OfType {
    fn new(kind: Type, departments: usize) -> Self {
        let none = vec![0; kind.vocabulary(departments)];
        Self { estimates: Totals::new(kind, departments), happened: none.clone(), clipped: none }
    }

    fn add(&mut self, sent: &Report, truth: &Truth) {
        self.estimates.add(truth.day.into(), sent.epsilon_milli, sent.clip, &sent.values);
        let mut clipped = vec![0; self.clipped.len()];
        match truth.kind.declared().mechanism {
            Mechanism::Response { .. } => clipped[truth.clipped[0] as usize] = 1,
            _ => clipped.clone_from(&truth.clipped),
        }
        let add = |sums: &mut Vec<u64>, counts: &[u32]| {
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += u64::from(*count));
        };
        add(&mut self.happened, truth.happened.as_ref().unwrap_or(&clipped));
        add(&mut self.clipped, &clipped);
    }

    /// A row for each value, and how many of their intervals hold the truth.
    fn rows(&self, f: &mut fmt::Formatter<'_>, kind: Type, departments: &[String]) -> Result<usize, fmt::Error> {
        let name = kind.declared().name;
        writeln!(f, "\n{name:<58} {:>9} {:>9} {:>9} {:>19}", "happened", "clipped", "estimate", "95 % interval")?;
        let mut held = 0;
        for (place, label) in kind.labels(departments).iter().enumerate() {
            let (happened, clipped) = (self.happened[place], self.clipped[place]);
            let (estimate, half) = (self.estimates.all.values[place], self.estimates.all.half(place));
            let (low, high) = (estimate - half, estimate + half);
            let holds = (low..=high).contains(&(clipped as f64));
            held += usize::from(holds);
            let missed = if holds { "" } else { "  missed" };
            writeln!(f, "{label:<58} {happened:>9} {clipped:>9} {estimate:>9.0} {low:>9.0} {high:>9.0}{missed}")?;
        }
        Ok(held)
    }
}

const ACCEPTED: &str = "accepted";
const ALREADY: &str = "there already";

impl<'a> Outcome<'a> {
    pub fn new(departments: &'a [String], played: &'a [Played], answers: &'a [Answer]) -> Self {
        let (mut words, mut types) = (BTreeMap::from([(ACCEPTED, 0)]), BTreeMap::new());
        let reports = played.iter().flat_map(|played| &played.reports);
        for ((entry, truth), answer) in reports.zip(answers) {
            let word = match answer {
                Answer::Accepted => ACCEPTED,
                Answer::ThereAlready => ALREADY,
                Answer::Refused(code) => code,
            };
            *words.entry(word).or_default() += 1;
            let of_type = types.entry(truth.kind).or_insert_with(|| OfType::new(truth.kind, departments.len()));
            let Ok(sent) = Report::read(&entry.body()) else { continue };
            if !matches!(answer, Answer::Refused(_)) {
                of_type.add(&sent, truth);
            }
        }
        Self { departments, played, answers: words, types }
    }

    fn sum(&self, of: impl Fn(&Played) -> u32) -> u64 {
        self.played.iter().map(|played| u64::from(of(played))).sum()
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
        let (mut held, mut all) = (0, 0);
        for (kind, sums) in &self.types {
            held += sums.rows(f, *kind, self.departments)?;
            all += sums.clipped.len();
        }
        writeln!(f, "\n{held} of {all} intervals hold the clipped truth; 95 % are expected to")?;
        writeln!(
            f,
            "The intervals speak of the noise; what the clip took is the step from happened to clipped.\n\
             Noise and delays came from --seed, so here they hide nothing: a browser asks its operating system."
        )
    }
}
