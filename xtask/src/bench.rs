//! `cargo xtask bench`: ranking and learning measured in a browser, beside what one would take instead; the shop's
//! vitals beside the same shop without; opening by its parts.

use std::path::Path;

use crate::browser::{self, Need};
use crate::stamp::Stamp;
use crate::step::{Result, command, run};
use crate::{demo, package, paths, stages, tools};

const FOLDER: &str = "benches/browser";
const SIZES: &[&str] = &["10000", "100000", "1000000"];

/// `rank [N…]`, `step`, `vitals` or `open [memory]`.
pub fn run_bench(arguments: &[String]) -> Result {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["rank", ref sizes @ ..] if sizes.iter().all(|size| size.parse::<u32>().is_ok()) => {
            let sizes = if sizes.is_empty() { SIZES } else { sizes };
            beside_others(sizes)?;
            measure("run.mjs", &[&["rank"], sizes].concat())
        }
        ["step"] => {
            beside_others(&["10000", "100000"])?;
            measure("run.mjs", &["step"])
        }
        ["vitals"] => {
            demo::build()?;
            measure("vitals.mjs", &[])
        }
        ["open"] | ["open", "memory"] => {
            tools::for_package()?;
            package::build()?;
            bundles(SIZES)?;
            measure("open.mjs", &words[1..])
        }
        _ => Err("`cargo xtask bench rank [N…]`, `step`, `vitals` or `open [memory]`".into()),
    }
}

fn measure(script: &str, arguments: &[&str]) -> Result {
    let chrome = browser::find(Need::Chrome)?.chrome;
    run(command("node").arg(format!("{FOLDER}/{script}")).args(arguments).env("CHROME", chrome))
}

fn beside_others(sizes: &[&str]) -> Result {
    tools::for_package()?;
    package::build()?;
    peers()?;
    bundles(sizes)
}

/// The others, into a folder of their own: they are no part of the package or of its development.
fn peers() -> Result {
    let [manifest, lock, modules] =
        ["package.json", "package-lock.json", "node_modules"].map(|name| Path::new(FOLDER).join(name));
    Stamp::new("peers", &[&manifest, &lock], &[&modules]).build("what homebody is measured against", || {
        run(command("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(FOLDER))
    })
}

/// The made-up items as bundles, written by the project's own writer.
fn bundles(sizes: &[&str]) -> Result {
    let python = stages::python_packages()?.ok_or("the bundles are written by Python: install python3 with venv")?;
    let folder = paths::target().join("bench");
    let missing: Vec<&&str> =
        sizes.iter().filter(|size| !folder.join(format!("visit-{size}.safetensors")).is_file()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    run(command(python).arg(format!("{FOLDER}/bundles.py")).arg(folder).args(missing))
}
