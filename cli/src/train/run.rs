//! Runs a learner: a figure after each iteration, the end when it no longer rises, a checkpoint.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::als::Factors;
use super::checkpoint::{Best, Checkpoint, State};
use super::heldout::HeldOut;
use super::learner::Learner;
use crate::error::{Error, Result};
use crate::progress::Progress;

#[derive(Args, Clone, Debug)]
pub struct Running {
    /// End when the held-out figure has not risen for so many iterations, and keep the best ones
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub patience: Option<u16>,
    /// A file for one line of JSON after each iteration
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
}

/// Learns factors, from where a checkpoint left off if there is one.
pub fn run(
    learner: &dyn Learner, iterations: usize, running: &Running, held: &HeldOut, checkpoint: Option<&Checkpoint>,
) -> Result<Factors> {
    let progress = Progress::steps(iterations as u64, "training");
    if held.is_empty() {
        progress.say("no user has two baskets of these items: nothing could be held out");
    } else {
        progress.say(&held.name());
    }
    let mut state = match checkpoint.and_then(Checkpoint::load) {
        Some(state) => {
            progress.say(&format!("goes on after iteration {}, where it was stopped", state.iteration));
            progress.advance(state.iteration as u64);
            state
        }
        None => State { iteration: 0, factors: learner.start(), best: None },
    };
    let mut log = running.log.as_deref().map(|path| Log::open(path, state.iteration)).transpose()?;
    let patience = running.patience.filter(|_| !held.is_empty());

    while state.iteration < iterations && !exhausted(&state, patience) {
        let start = Instant::now();
        state.iteration += 1;
        let iteration = state.iteration;
        let loss = learner.iterate(iteration, &mut state.factors);
        if !state.factors.items.iter().all(|value| value.is_finite()) {
            return Err(Error::request(format!(
                "the factors are no numbers any more after iteration {iteration}; right would be a smaller --rate \
                 or a larger --regularization"
            )));
        }
        let figure = (!held.is_empty()).then(|| held.factors(&state.factors));
        if let (Some(figure), Some(_)) = (figure, patience)
            && state.best.as_ref().is_none_or(|best| figure > best.figure)
        {
            state.best = Some(Best { iteration, figure, factors: state.factors.clone() });
        }
        if let Some(checkpoint) = checkpoint {
            checkpoint.save(&state)?;
        }
        if let Some(log) = &mut log {
            log.line(&serde_json::json!({
                "iteration": iteration, "loss": loss, "held_out": figure, "seconds": start.elapsed().as_secs_f64(),
            }))?;
        }
        let figure = figure.map_or_else(String::new, |figure| format!(", held out {figure:.4}"));
        progress.step(&format!("iteration {iteration:>2}: loss {loss:.6}{figure}"));
    }
    Ok(match state.best {
        Some(best) => {
            progress.say(&format!("iteration {} was the best", best.iteration));
            best.factors
        }
        None => state.factors,
    })
}

fn exhausted(state: &State, patience: Option<u16>) -> bool {
    let best = state.best.as_ref().map_or(0, |best| best.iteration);
    patience.is_some_and(|patience| state.iteration >= best + usize::from(patience))
}

/// Lines of JSON, one for each iteration.
struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// Keeps the lines of the iterations that are done.
    fn open(path: &Path, done: usize) -> Result<Self> {
        let before = if done == 0 { String::new() } else { std::fs::read_to_string(path).unwrap_or_default() };
        let mut file = File::create(path).map_err(Error::file(path))?;
        for line in before.lines() {
            let iteration =
                serde_json::from_str::<serde_json::Value>(line).ok().and_then(|line| line["iteration"].as_u64());
            if iteration.is_some_and(|iteration| iteration <= done as u64) {
                writeln!(file, "{line}").map_err(Error::file(path))?;
            }
        }
        Ok(Self { path: path.into(), file })
    }

    fn line(&mut self, line: &serde_json::Value) -> Result<()> {
        writeln!(self.file, "{line}").map_err(Error::file(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary::Vocabulary;
    use super::*;
    use crate::table::Basket;

    /// Gives the held-out item's score the figures of a list, one after another.
    struct Scripted(Vec<f32>);

    impl Learner for Scripted {
        fn start(&self) -> Factors {
            Factors { dim: 1, users: vec![1.0], items: vec![0.0; 4] }
        }

        fn iterate(&self, iteration: usize, factors: &mut Factors) -> f64 {
            // Item 3 is asked; the higher its score, the fewer stand before it.
            factors.items = vec![0.3, 0.2, 0.1, self.0[iteration - 1]];
            -f64::from(self.0[iteration - 1])
        }
    }

    fn held() -> HeldOut {
        let basket = |at, items: &[u32]| Basket { user: 0, at, items: items.into() };
        let before = [basket(0, &[0, 1, 2, 3]), basket(1, &[0, 1, 2]), basket(2, &[0, 1]), basket(3, &[0])];
        let names = ["a", "b", "c", "d"].map(String::from);
        let vocabulary = Vocabulary::choose(&before, &names, 1, 1).unwrap();
        HeldOut::new(&[basket(4, &[3])], &before, &vocabulary)
    }

    const RISE_AND_FALL: [f32; 6] = [0.0, 0.15, 0.25, 0.15, 0.0, 0.5];

    #[test]
    fn patience_keeps_the_best_and_ends() {
        let learner = Scripted(RISE_AND_FALL.into());
        let with = |patience| {
            let running = Running { patience, log: None };
            run(&learner, 6, &running, &held(), None).unwrap().items[3]
        };
        assert_eq!(with(Some(2)), 0.25, "the third of five");
        // The controls: more patience sees the last rise, and without any the last counts.
        assert_eq!(with(Some(3)), 0.5);
        assert_eq!(with(None), 0.5);
    }

    #[test]
    fn what_was_stopped_goes_on_and_its_log_has_each_line_once() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let checkpoint = || Checkpoint::new(folder.path().join("checkpoint"), "same".into());
        let running = Running { patience: Some(2), log: Some(log.clone()) };
        let learner = Scripted(RISE_AND_FALL.into());
        let whole = run(&learner, 6, &running, &held(), None).unwrap();
        let stopped = Running { patience: Some(2), log: Some(log.clone()) };
        run(&learner, 4, &stopped, &held(), Some(&checkpoint())).unwrap();
        std::fs::write(&log, std::fs::read_to_string(&log).unwrap() + "{\"iteration\":5}\n{\"itera").unwrap();
        let resumed = run(&learner, 6, &running, &held(), Some(&checkpoint())).unwrap();
        assert_eq!(whole, resumed);
        let numbers: Vec<u64> = std::fs::read_to_string(&log)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["iteration"].as_u64().unwrap())
            .collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
    }

    #[test]
    fn what_is_no_number_stops_the_run() {
        let learner = Scripted(vec![f32::NAN]);
        let error = run(&learner, 1, &Running { patience: None, log: None }, &held(), None).unwrap_err();
        assert!(error.to_string().contains("a smaller --rate"), "{error}");
    }
}
