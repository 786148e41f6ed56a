//! The task runner: `cargo xtask demo`, `test`, `package`, `bench`, `site`, `shots`.
//!
//! It has no dependencies, because it is compiled before anything can be said to the user.
//!
//! - [`tools`] finds or installs what a task needs · [`browser`] the browser and its driver
//! - [`package`] builds `pkg/` · [`sizes`] weighs it
//! - [`mod@bench`] measures beside others
//! - [`demo`] builds the shop, [`month`] gives it a past, [`serve`] opens it, [`site`] makes a folder of it
//! - [`mod@test`] runs the [`stages`], [`count`] their tests
//! - [`step`] runs commands · [`stamp`] knows what is done already · [`paths`] where things are

mod bench;
mod browser;
mod count;
mod demo;
mod month;
mod package;
mod paths;
mod serve;
mod site;
mod sizes;
mod stages;
mod stamp;
mod step;
mod test;
mod tools;

use std::process::ExitCode;

use step::Result;

const USAGE: &str = "\
cargo xtask demo [--port N] [--data FILE [-- IMPORT FLAGS]] [--check]
    Installs what is missing, trains, serves the demo shop and opens it.
    --port N     first port to try (default 8080)
    --data FILE  a shop of your own purchases (CSV or Parquet); what stands after `--`
                 goes to `homebody import`, to name its columns
    --check      instead of opening it, a headless browser goes shopping and measures

cargo xtask test [all | STAGE…]
    Runs the tests; `all` adds what takes long, a stage's name runs that stage alone.

cargo xtask package
    Builds the npm package into pkg/ and prints its sizes.

cargo xtask bench rank [N…] | step | vitals | open
    Measures in a headless browser: ranking or learning beside others, the shop beside the same shop
    without homebody, or how it opens; writes benches/results/ and the plot.

cargo xtask site [--out FOLDER]
    Writes the demo as a folder for any file host (default target/site).

cargo xtask shots
    Makes the pictures in docs/pictures anew.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\n{message}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result {
    let Some((task, rest)) = arguments.split_first() else {
        return Err(USAGE.into());
    };
    match task.as_str() {
        "demo" => {
            // Before the change of folder: a file is named from where the user stands.
            let options = demo::Options::parse(rest)?;
            paths::enter_root()?;
            demo::run(&options)
        }
        "test" => {
            paths::enter_root()?;
            test::run(rest)
        }
        "package" if rest.is_empty() => {
            paths::enter_root()?;
            package::run()
        }
        "bench" => {
            paths::enter_root()?;
            bench::run_bench(rest)
        }
        "site" => site::run(rest),
        "shots" if rest.is_empty() => {
            paths::enter_root()?;
            demo::shots()
        }
        serve::OPEN_WHEN_READY => serve::open_when_ready(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("there is no task `{}`. These are:\n\n{USAGE}", arguments.join(" "))),
    }
}
