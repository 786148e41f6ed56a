//! `homebody advise`: what the data are like, which method suits them, and the table that proves it.

use clap::Args;

use super::bootstrap::Difference;
use super::data::Data;
use super::facts::{Drift, Facts};
use super::methods::{ALL, Entry};
use super::outcome::Outcome;
use super::report;
use super::score::{Score, score};
use super::split::{Protocol, Slice};
use crate::error::Result;

#[derive(Args)]
pub struct Advise {
    #[command(flatten)]
    data: Data,
    /// Measure on the last fifth of the data, not on the eight hundredths before it
    #[arg(long)]
    slow: bool,
}

impl Advise {
    pub fn run(self) -> Result<()> {
        let (table, protocol) = self.data.read()?;
        let seed = self.data.model.seed;
        let facts = Facts::of(&table, seed);
        print_facts(&facts, protocol);
        let slice = if self.slow { Slice::Test } else { Slice::Tune };
        let split = self.data.split(&table, protocol, slice)?;
        drop(table);
        report::counts(&split);

        let training = self.data.training(&split)?;
        let entries: Vec<&Entry> = ALL.iter().filter(|entry| entry.advised.contains(&protocol)).collect();
        let mut outcomes = Vec::new();
        for entry in &entries {
            let outcome = Outcome::of(entry.name, &training, |method| score(&split, method))?;
            if outcomes.is_empty() {
                report::head(&outcome.result);
            }
            report::row(&outcome);
            outcomes.push(outcome);
        }
        report::differences_to(&outcomes, 0, seed);
        let learns: Vec<bool> = entries.iter().map(|entry| entry.learns).collect();
        let choices = [0, 1].map(|measure| Choice::of(&outcomes, &learns, measure, seed));
        println!("\n## Advice\n");
        for (choice, what) in choices.iter().zip(["For all items", "For items new to the user"]) {
            println!("{}", choice.words(what, &outcomes, &entries));
        }
        println!("{}", lists(&choices, &entries, outcomes[0].result.repeat_share()));
        if let Some(drift) = facts.drift {
            println!("{}", forgetting(drift));
        }
        Ok(())
    }
}

fn print_facts(facts: &Facts, protocol: Protocol) {
    let (users, baskets) = match protocol {
        Protocol::Sessions => ("sessions", "events"),
        Protocol::Purchases | Protocol::Strangers => ("users", "baskets"),
    };
    println!("{} lines, {} {users}, {} items, {} {baskets}", facts.lines, facts.users, facts.items, facts.baskets);
    let days = facts.days.map_or("no times".into(), |days| format!("{days:.0} days"));
    println!("{days}; {:.3} % of all pairs occur", 100.0 * facts.density);
    println!("{:.1} % of what is taken had been taken before", 100.0 * facts.repeat_share);
    match facts.drift {
        Some(drift) => println!(
            "popularity, first tenth to last: moved by {:.3} bits (Jensen–Shannon); by chance {:.3}\n",
            drift.moved, drift.chance,
        ),
        None => println!("drift is not known without times\n"),
    }
}

/// The simplest method that learns, of those that the best such one cannot be told apart from; the
/// first one where nothing gains by learning.
#[derive(Debug, PartialEq)]
struct Choice {
    best: usize,
    chosen: usize,
    /// What the best one is ahead of the chosen one.
    behind: Difference,
    /// What the chosen one is ahead of the first.
    gain: Difference,
    /// One that does not learn and is better, and by what.
    unlearnt: Option<(usize, Difference)>,
}

impl Choice {
    /// By NDCG@20 of all items (0) or of new ones (1). The simpler methods stand first.
    fn of(outcomes: &[Outcome<Score>], learns: &[bool], measure: usize, seed: u64) -> Self {
        let figure = |outcome: &Outcome<Score>| [outcome.result.on_all(), outcome.result.on_new()][measure].means()[2];
        // Of equals the first.
        let best = |able: &dyn Fn(usize) -> bool| {
            let able = (0..outcomes.len()).rev().filter(|index| able(*index));
            able.max_by(|a, b| figure(&outcomes[*a]).total_cmp(&figure(&outcomes[*b])))
        };
        let ahead = |of: usize, than: usize| outcomes[of].differences(&outcomes[than], seed)[measure];
        let candidate = |index: usize| index == 0 || learns[index];
        let unlearnt = best(&|index| !candidate(index));
        let best = best(&candidate).expect("the first one is a candidate");
        let same = |other: &usize| candidate(*other) && !ahead(best, *other).is_told_apart();
        let chosen = (0..best).find(same).unwrap_or(best);
        let unlearnt = unlearnt.map(|index| (index, ahead(index, chosen))).filter(|(_, lead)| lead.low > 0.0);
        Self { best, chosen, behind: ahead(best, chosen), gain: ahead(chosen, 0), unlearnt }
    }

    fn words(&self, what: &str, outcomes: &[Outcome<Score>], entries: &[&Entry]) -> String {
        let (name, about) = (entries[self.chosen].name, entries[self.chosen].what);
        let base = &outcomes[0].label;
        let mut words = match self.chosen {
            0 => format!("- {what}: **{name}** ({about}); nothing is told apart from it."),
            _ => format!("- {what}: **{name}** ({about}), {} over {base}.", self.gain),
        };
        if self.best != self.chosen {
            let best = &outcomes[self.best].label;
            words += &format!(" {best} is {} ahead: not told apart, so the simpler one.", self.behind);
        }
        if let Some((index, lead)) = self.unlearnt {
            words += &format!(" {}, which learns nothing after the cut, is {lead} ahead.", outcomes[index].label);
        }
        words
    }
}

fn lists([all, new]: &[Choice; 2], entries: &[&Entry], repeat_share: f64) -> String {
    let (one, other) = (entries[all.chosen].name, entries[new.chosen].name);
    let share = 100.0 * repeat_share;
    if one == other {
        return format!("- One list is enough: {one} leads for both ({share:.1} % is taken again).");
    }
    format!("- Keep two lists, \"again\" by {one} and \"new\" by {other}: {share:.1} % is taken again.")
}

/// Twice what chance makes is no chance.
fn forgetting(drift: Drift) -> String {
    let Drift { moved, chance } = drift;
    if moved > 2.0 * chance {
        return format!(
            "- Popularity moves ({moved:.3} bits, by chance {chance:.3}): train anew often, and let profiles forget."
        );
    }
    format!("- Popularity hardly moves ({moved:.3} bits, by chance {chance:.3}): old bundles stay good.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::metrics::Figures;
    use crate::evaluate::score::Ranked;

    fn outcome(label: &str, ndcg: impl Fn(u32) -> f64) -> Outcome<Score> {
        let figures = |user| Figures { ndcg: ndcg(user), ..Figures::default() };
        let ranked =
            |user| Ranked { user, before: 1, targets: 1, all: figures(user), new: Some(figures(user)), fresh: 1 };
        Outcome { label: label.into(), settings: Vec::new(), result: Score((0..200).map(ranked).collect()) }
    }

    #[test]
    fn the_simpler_of_two_that_cannot_be_told_apart() {
        let noise = |user: u32| f64::from(user * 7_919 % 101) / 101.0;
        let base = outcome("base", |_| 0.1);
        let simple = outcome("simple", |user| 0.3 + 0.1 * noise(user));
        // Better by a hair, and for half of the users worse.
        let close = outcome("close", |user| 0.3 + 0.1 * noise(user + 13) + 0.0005);
        let outcomes = [base, simple, close];
        let choice = Choice::of(&outcomes, &[false, true, true], 0, 1);
        assert_eq!((choice.best, choice.chosen, choice.unlearnt), (2, 1, None), "{choice:?}");
        assert!(choice.gain.low > 0.2);
        // The control: what is always better is chosen, however little it is.
        let better = outcome("better", |user| 0.3 + 0.1 * noise(user) + 0.0005);
        let [base, simple, _] = outcomes;
        let choice = Choice::of(&[base, simple, better], &[false, true, true], 1, 1);
        assert_eq!((choice.best, choice.chosen), (2, 2), "{choice:?}");
    }

    #[test]
    fn what_learns_nothing_is_named_but_not_chosen() {
        let outcomes = [outcome("base", |_| 0.1), outcome("fixed", |_| 0.4), outcome("learner", |_| 0.3)];
        let choice = Choice::of(&outcomes, &[false, false, true], 0, 1);
        assert_eq!((choice.chosen, choice.unlearnt.map(|(index, _)| index)), (2, Some(1)));
        // The control: if it learns, it is.
        assert_eq!(Choice::of(&outcomes, &[false, true, true], 0, 1).chosen, 1);
    }

    #[test]
    fn of_equals_the_first() {
        let outcomes = ["a", "b"].map(|label| outcome(label, |_| 0.1));
        let choice = Choice::of(&outcomes, &[false, true], 0, 1);
        assert_eq!((choice.best, choice.chosen), (0, 0));
    }

    #[test]
    fn drift_counts_only_beyond_chance() {
        assert!(forgetting(Drift { moved: 0.3, chance: 0.1 }).contains("train anew"));
        assert!(forgetting(Drift { moved: 0.15, chance: 0.1 }).contains("hardly"));
    }
}
