//! The package's sizes as they travel, against a budget.

use std::fs;

use crate::package::files;
use crate::step::{Result, ask, node};

/// What a shop's page downloads for `import 'homebody'`: the core's module and the scripts, each in gzip. In bytes.
/// What it is today and a little room. It is to fall.
const BUDGET: u64 = 80_000;

/// What only some pages download, or later: a name, what its files begin with, and the most that they may have.
const APART: [(&str, &[&str], u64); 5] = [
    ("the full module", &["homebody_full", "whole-"], 110_000),
    ("the inspector", &["inspector/"], 25_000),
    // Of the adapters a page has one at most.
    ("the adapters of consent", &["consent/"], 5_000),
    ("the backup", &["backup.js"], 2_000),
    // The page's side of the worker, and the worker's own, which then loads the package.
    ("the worker", &["worker/"], 4_000),
];

struct Size {
    name: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// Prints the size of each file that a page downloads, and their sums; fails above a budget.
pub fn report(folder: &str) -> Result {
    println!("\n{folder:<28} {:>10} {:>10} {:>10}", "raw", "gzip", "brotli");
    let mut rest = measure(folder)?;
    let mut all = Vec::new();
    for (name, beginnings, budget) in APART {
        let (apart, others) =
            rest.into_iter().partition(|size: &Size| beginnings.iter().any(|one| size.name.starts_with(one)));
        rest = others;
        all.push((name, together(&apart, name), budget));
    }
    let package = together(&rest, "the package");
    println!();
    for (name, gzip, budget) in all.into_iter().chain([("the package", package, BUDGET)]) {
        within(name, gzip, budget)?;
    }
    let readme = fs::read_to_string("README.md").map_err(|e| format!("README.md: {e}"))?;
    as_said(&readme, package)
}

/// The front page's first figure is the package's size in whole kB, give or take one: some hundred bytes of it
/// depend on the machine that builds it.
fn as_said(readme: &str, gzip: u64) -> Result {
    let said = readme.split_once(" kB").and_then(|(before, _)| before.rsplit(' ').next());
    let measured = gzip.div_ceil(1000);
    if said.and_then(|said| said.parse().ok()).is_some_and(|said: u64| said.abs_diff(measured) <= 1) {
        return Ok(());
    }
    Err(format!(
        "README.md says that the package has {} kB, and it has {}: write {measured} there, and in README.zh.md",
        said.unwrap_or("no"),
        kilo(gzip)
    ))
}

/// Prints sizes and their sum; returns the sum in gzip.
fn together(sizes: &[Size], name: &str) -> u64 {
    let sum = |of: fn(&Size) -> u64| sizes.iter().map(of).sum::<u64>();
    let all = Size { name: name.into(), raw: sum(|s| s.raw), gzip: sum(|s| s.gzip), brotli: sum(|s| s.brotli) };
    for Size { name, raw, gzip, brotli } in sizes.iter().chain([&all]) {
        println!("{name:<28} {:>10} {:>10} {:>10}", kilo(*raw), kilo(*gzip), kilo(*brotli));
    }
    all.gzip
}

fn within(what: &str, gzip: u64, budget: u64) -> Result {
    if gzip <= budget {
        return Ok(());
    }
    Err(format!(
        "{what} is {} in gzip, above its budget of {}: make it smaller, or argue for another \
         budget in xtask/src/sizes.rs",
        kilo(gzip),
        kilo(budget)
    ))
}

/// Node has both compressions, so that nothing need be installed for them.
fn measure(folder: &str) -> Result<Vec<Size>> {
    const SCRIPT: &str = "
        import { readFileSync } from 'node:fs';
        import { gzipSync, brotliCompressSync } from 'node:zlib';
        for (const file of process.argv.slice(1)) {
          const bytes = readFileSync(file);
          console.log(bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length);
        }";
    let files = [files(folder, ".js")?, files(folder, ".wasm")?].concat();
    let text = ask(node(SCRIPT).arg("--").args(&files)).ok_or("Node could not compress the package's files")?;
    let sizes: Vec<_> = (files.iter().zip(text.lines()))
        .filter_map(|(file, line)| {
            let mut numbers = line.split(' ').map_while(|n| n.parse().ok());
            let name = file.trim_start_matches(folder).trim_start_matches('/').into();
            let (raw, gzip, brotli) = (numbers.next()?, numbers.next()?, numbers.next()?);
            Some(Size { name, raw, gzip, brotli })
        })
        .collect();
    if sizes.len() != files.len() {
        return Err(format!("Node did not give three numbers for each file, but:\n{text}"));
    }
    Ok(sizes)
}

fn kilo(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_the_last_size_allowed() {
        assert_eq!(within("the package", 80_000, 80_000), Ok(()));
        let message = within("the package", 80_100, 80_000).unwrap_err();
        assert!(message.contains("80.1 kB"), "{message}");
    }

    #[test]
    fn the_front_page_says_what_was_measured() {
        assert_eq!(as_said("A profile in 80 kB, and 9 kB more.", 79_100), Ok(()));
        assert_eq!(as_said("A profile in 80 kB.", 80_100), Ok(()), "81 is next to it");
        let message = as_said("A profile in 80 kB.", 81_100).unwrap_err();
        assert!(message.contains("write 82"), "{message}");
        assert!(as_said("A profile.", 1).is_err());
    }
}
