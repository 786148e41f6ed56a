//! `cargo xtask test`: every stage runs, then all failures are told together.

use std::time::{Duration, Instant};

use crate::count::Counts;
use crate::stages::STAGES;
use crate::step::{Result, seconds};

pub struct Stage {
    pub name: &'static str,
    /// Stages without which this one means nothing.
    pub needs: &'static [&'static str],
    /// Only in `cargo xtask test all`, or by name.
    pub long: bool,
    pub run: fn() -> Result<Outcome>,
}

/// A stage that cannot even start is an `Err` of the function that runs it.
pub enum Outcome {
    Ran(Counts),
    /// What is wrong, where the counts do not say it.
    Failed(Counts, String),
    Skipped(String),
}
use Outcome::{Failed, Ran, Skipped};

/// `cargo xtask test [all | STAGE…]`
pub fn run(arguments: &[String]) -> Result {
    let chosen = choose(arguments)?;
    let mut done: Vec<(&Stage, Outcome, Duration)> = Vec::new();
    for stage in chosen {
        println!("\n=== {} ===", stage.name);
        let start = Instant::now();
        let broken =
            done.iter().find(|(other, outcome, _)| stage.needs.contains(&other.name) && !matches!(outcome, Ran(_)));
        let outcome = match broken {
            Some((other, ..)) => Skipped(format!("because {} did not pass", other.name)),
            None => (stage.run)().unwrap_or_else(|message| Failed(Counts::default(), message)),
        };
        if let Failed(_, message) = &outcome {
            println!("{message}");
        }
        done.push((stage, outcome, start.elapsed()));
    }
    summary(&done)
}

/// All stages that are asked for, and what they need, in their order.
fn choose(arguments: &[String]) -> Result<Vec<&'static Stage>> {
    let names: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Some(unknown) = names.iter().find(|&&n| n != "all" && STAGES.iter().all(|s| s.name != n)) {
        let all = STAGES.iter().map(|stage| stage.name).collect::<Vec<_>>().join(", ");
        return Err(format!("there is no stage `{unknown}`. These are: all, {all}"));
    }
    let all = names.contains(&"all");
    let asked = |stage: &Stage| match names[..] {
        [] => !stage.long,
        _ => all || names.contains(&stage.name),
    };
    let needed = |stage: &Stage| STAGES.iter().any(|s| asked(s) && s.needs.contains(&stage.name));
    Ok(STAGES.iter().filter(|stage| asked(stage) || needed(stage)).collect())
}

/// Prints what each stage did; the last line is read by machines.
fn summary(done: &[(&Stage, Outcome, Duration)]) -> Result {
    println!("\n{:<10} {:<8} {:>6} {:>6} {:>9}", "stage", "", "passed", "failed", "time");
    let mut sum = Counts::default();
    let mut good = true;
    for (stage, outcome, time) in done {
        let (word, counts, note) = match outcome {
            Ran(counts) => ("passed", *counts, ""),
            Failed(counts, _) => ("FAILED", Counts { failed: counts.failed.max(1), ..*counts }, ""),
            Skipped(why) => ("skipped", Counts::default(), why.as_str()),
        };
        let Counts { passed, failed } = counts;
        println!("{:<10} {word:<8} {passed:>6} {failed:>6} {:>9}  {note}", stage.name, seconds(*time));
        good &= failed == 0;
        sum += counts;
    }
    for (stage, outcome, _) in done {
        if let Failed(_, message) = outcome {
            println!("\n{}: {message}", stage.name);
        }
    }
    println!("\n{} passed, {} failed", sum.passed, sum.failed);
    if good { Ok(()) } else { Err("the tests failed".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(arguments: &[&str]) -> Vec<&'static str> {
        let arguments: Vec<String> = arguments.iter().map(|&a| a.into()).collect();
        choose(&arguments).unwrap().iter().map(|stage| stage.name).collect()
    }

    #[test]
    fn a_stage_brings_what_it_needs() {
        assert_eq!(names(&["e2e"]), ["package", "shop", "e2e"]);
        assert_eq!(names(&["native"]), ["native"]);
    }

    #[test]
    fn only_all_is_long() {
        assert!(!names(&[]).contains(&"plain"));
        assert!(names(&["all"]).contains(&"plain"));
        assert_eq!(names(&["all"]).len(), STAGES.len());
    }

    #[test]
    fn what_a_stage_needs_stands_above_it() {
        for (place, stage) in STAGES.iter().enumerate() {
            for need in stage.needs {
                assert!(STAGES[..place].iter().any(|other| other.name == *need), "{}: {need}", stage.name);
            }
        }
    }

    #[test]
    fn an_unknown_stage_is_named() {
        let message = choose(&["unit".into()]).map(|_| ()).unwrap_err();
        assert!(message.contains("`unit`") && message.contains("native"), "{message}");
    }
}
