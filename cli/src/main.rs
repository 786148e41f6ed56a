//! `homebody`: brings a shop's table in, trains item factors from it, says how good they are,
//! serves the shop, and adds up the reports that come back.
//!
//! | command | reads | writes |
//! | --- | --- | --- |
//! | [`import`] | CSV or Parquet | `interactions.parquet`, `items.parquet` |
//! | [`train`] | those two | `factors.safetensors`, `catalogue.json` |
//! | [`preset`] | a list of items | the same, of a shop that has sold nothing yet |
//! | [`train::Tune`] | the same | a report with settings for `train` |
//! | [`train::Pipeline`] | the same, and the published bundle | a bundle, if it is not worse |
//! | [`inspect`] | `factors.safetensors` | what is in it, in words |
//! | [`head`] | the same | its most popular items |
//! | [`evaluate`] | purchases or sessions | one table of figures |
//! | [`evaluate::advise`] | the same | which method suits them |
//! | [`replay`] | an exported profile, its bundle | the profile's bytes, a list |
//! | [`households`] | `interactions.parquet` | some households' baskets, for a page to play back |
//! | [`evaluate::drift`] | purchases | how soon a jump of the interest is seen |
//! | [`serve`] | the trained shop, its pages | noised sums, in SQLite |
//! | [`simulate`] | `interactions.parquet`, the bundle | a month of reports, sent to a server |
//! | [`attack`] | the same | what somebody who wants to harm gets out of a server |

mod attack;
mod blend;
mod bundle;
mod compressed;
mod content;
mod error;
mod evaluate;
mod head;
mod households;
mod import;
mod inspect;
mod preset;
mod progress;
mod random;
mod replay;
mod serve;
mod simulate;
mod table;
mod train;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "homebody", version, about = "Trains, serves and evaluates the item factors of homebody")]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Clean a table of interactions (CSV or Parquet)
    Import(import::Import),
    /// Learn item factors from an imported folder
    Train(train::Train),
    /// A bundle from a list of items alone, for a shop that has sold nothing yet
    Preset(preset::Preset),
    /// Find settings for train on the past
    Tune(train::Tune),
    /// Train, measure, and publish what is not worse than what is there
    Pipeline(train::Pipeline),
    /// Say what a factor bundle holds
    Inspect(inspect::Inspect),
    /// Cut a bundle down to its most popular items, for a first list before the whole is there
    Head(head::Head),
    /// Compare ranking methods by test-then-learn
    Evaluate(evaluate::Evaluate),
    /// Say what the data are like and which method suits them
    Advise(evaluate::advise::Advise),
    /// Say how soon a jump of the interest is seen, and how often one that is none
    Drift(evaluate::drift::Drift),
    /// Learn an exported profile again, and say what it would be shown
    Replay(replay::Replay),
    /// Choose some users' baskets for a page to play back
    Households(households::Households),
    /// Serve a trained shop and collect its reports
    Serve(serve::Serve),
    /// Play a month of real orders into reports, send them, and compare the sums with the truth
    Simulate(simulate::Simulate),
    /// Try to move the sums, or to know a shopper by the reports, against a server and its checks
    Attack(attack::Attack),
}

fn main() -> std::process::ExitCode {
    let result = match Program::parse().command {
        Command::Import(command) => command.run(),
        Command::Train(command) => command.run(),
        Command::Preset(command) => command.run(),
        Command::Tune(command) => command.run(),
        Command::Pipeline(command) => command.run(),
        Command::Inspect(command) => command.run(),
        Command::Head(command) => command.run(),
        Command::Evaluate(command) => command.run(),
        Command::Advise(command) => command.run(),
        Command::Drift(command) => command.run(),
        Command::Replay(command) => command.run(),
        Command::Households(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Simulate(command) => command.run(),
        Command::Attack(command) => command.run(),
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}
