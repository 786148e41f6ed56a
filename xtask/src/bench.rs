//! `cargo xtask bench`: ranking and learning measured in a browser, beside what one would take instead.

use std::path::Path;

use crate::browser::{self, Need};
use crate::stamp::Stamp;
use crate::step::{Result, command, run};
use crate::{package, paths, stages, tools};

const FOLDER: &str = "benches/browser";
const SIZES: &[&str] = &["10000", "100000", "1000000"];

/// `rank [N…]` or `step`.
pub fn run_bench(arguments: &[String]) -> Result {
    let (what, sizes) = match arguments.split_first() {
        Some((what, rest)) if what == "rank" && rest.iter().all(|size| size.parse::<u32>().is_ok()) => (what, rest),
        Some((what, [])) if what == "step" => (what, &[][..]),
        _ => return Err("`cargo xtask bench rank [N…]` or `cargo xtask bench step`".into()),
    };
    let sizes: Vec<&str> = if sizes.is_empty() { SIZES.to_vec() } else { sizes.iter().map(String::as_str).collect() };
    tools::for_package()?;
    package::build()?;
    peers()?;
    let bundled: &[&str] = if what == "step" { &["10000", "100000"] } else { &sizes };
    bundles(bundled)?;
    let mut node = command("node");
    node.arg(format!("{FOLDER}/run.mjs")).arg(what).env("CHROME", browser::find(Need::Chrome)?.chrome);
    run(node.args(if what == "rank" { sizes } else { Vec::new() }))
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
        sizes.iter().filter(|size| !folder.join(format!("fold-{size}.safetensors")).is_file()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    run(command(python).arg(format!("{FOLDER}/bundles.py")).arg(folder).args(missing))
}
