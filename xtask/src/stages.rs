//! The stages of `cargo xtask test`.
//!
//! What is compiled twice costs most, so each part has one profile:
//! - the library's tests are debug builds, for overflow checks and debug assertions;
//! - the program is a release build everywhere: its lints, its tests and the end-to-end tests share
//!   one build of Arrow, Parquet, SQLite and zstd, and training in debug would take minutes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::browser::{self, Need};
use crate::count::{self, Counts};
use crate::stamp::Stamp;
use crate::step::{Result, ask, cargo, command, npm, run, tee, words};
use crate::test::Outcome::{self, Failed, Ran, Skipped};
use crate::test::Stage;
use crate::{demo, package, paths, site, sizes, tools};

/// In this order. What a stage needs stands above it.
pub const STAGES: &[Stage] = &[
    Stage { name: "format", needs: &[], long: false, run: format },
    Stage { name: "lints", needs: &[], long: false, run: lints },
    Stage { name: "native", needs: &[], long: false, run: native },
    Stage { name: "browser", needs: &[], long: false, run: in_browser },
    Stage { name: "scalar", needs: &[], long: false, run: without_simd },
    Stage { name: "package", needs: &[], long: false, run: build_package },
    Stage { name: "sizes", needs: &["package"], long: false, run: weigh },
    Stage { name: "types", needs: &["package"], long: false, run: types },
    Stage { name: "packaging", needs: &["package"], long: false, run: packaging },
    Stage { name: "shop", needs: &[], long: false, run: build_shop },
    Stage { name: "docs", needs: &["package", "shop"], long: false, run: documents },
    Stage { name: "e2e", needs: &["package", "shop"], long: false, run: end_to_end },
    Stage { name: "python", needs: &["shop"], long: false, run: python },
    Stage { name: "plain", needs: &[], long: true, run: plain_build },
    Stage { name: "bundlers", needs: &["package"], long: true, run: bundlers },
    Stage { name: "large", needs: &[], long: true, run: large_files },
];

/// Runs a command that has no counts of its own: it is one check.
fn check(command: &mut Command) -> Result<Outcome> {
    Ok(match tee(command)? {
        (true, _) => Ran(Counts { passed: 1, failed: 0 }),
        (false, _) => Failed(Counts::default(), format!("{} failed", words(command))),
    })
}

/// Runs several stages' parts as one; the first failure is told, all are counted.
fn together(parts: impl IntoIterator<Item = Result<Outcome>>) -> Result<Outcome> {
    let (mut sum, mut wrong) = (Counts::default(), Vec::new());
    for part in parts {
        match part {
            Ok(Ran(counts)) => sum += counts,
            Ok(Failed(counts, message)) => {
                sum += counts;
                wrong.push(message);
            }
            Ok(Skipped(why)) => println!("skipped: {why}"),
            Err(message) => wrong.push(message),
        }
    }
    Ok(if wrong.is_empty() { Ran(sum) } else { Failed(sum, wrong.join("\n")) })
}

/// Runs a command whose output has the counts.
fn counted(command: &mut Command, read: fn(&str) -> Counts) -> Result<Outcome> {
    let (success, output) = tee(command)?;
    let counts = read(&output);
    let words = words(command);
    Ok(match (success, counts.passed) {
        (true, 0) => Failed(counts, format!("no test ran in {words}: at least one must")),
        (true, _) => Ran(counts),
        (false, _) => Failed(counts, format!("{words} failed")),
    })
}

fn format() -> Result<Outcome> {
    tools::for_lints()?;
    check(cargo().args(["fmt", "--all", "--check"]))
}

fn lints() -> Result<Outcome> {
    tools::for_lints()?;
    tools::for_program()?;
    tools::rust_target()?;
    store_script()?;
    let clippy = |of: &[&'static str]| [&["clippy"], of, &["--", "-D", "warnings"]].concat();
    let wasm = |what: &[&'static str]| clippy(&[&["-p", "homebody", "--target", tools::WASM_TARGET], what].concat());
    let all = [
        clippy(&["--release", "--workspace", "--all-targets"]),
        wasm(&["--all-targets"]),
        wasm(&["--lib", "--no-default-features"]),
    ];
    together(all.map(|arguments| check(cargo().args(arguments))))
}

fn native() -> Result<Outcome> {
    tools::for_program()?;
    // Documentation examples are among the library's.
    let library = ["test", "--no-fail-fast", "-p", "homebody", "-p", "xtask"];
    let program = ["test", "--no-fail-fast", "--release", "-p", "homebody-cli"];
    // A million draws of each mechanism.
    let noise = ["test", "--release", "-p", "homebody", "--test", "native", "noise"];
    together([library.as_slice(), &program, &noise].map(|arguments| counted(cargo().args(arguments), count::rust)))
}

fn in_browser() -> Result<Outcome> {
    store_script()?;
    browser_tests(&mut wasm_pack_test(&[])?)
}

/// What stores for the core, in one file: tests/browser/tab.rs names it, from the root of the repository.
fn store_script() -> Result {
    tools::npm_packages()?;
    let how = ["--bundle", "--format=esm", "--log-level=warning", "--outfile=target/xtask/tab.js"];
    run(npm("esbuild")?.arg("tests/browser/tab.mjs").args(how))
}

/// The ranking and the step's loops once more with the scalar loop: an empty RUSTFLAGS replaces the list in
/// `.cargo/config.toml`, which has simd128.
fn without_simd() -> Result<Outcome> {
    together(["rank", "lanes"].map(|room| {
        let mut command = wasm_pack_test(&["--lib", "--", room])?;
        // Without the variable a test insists on simd128.
        browser_tests(command.env("RUSTFLAGS", "").env("HOMEBODY_WITHOUT_SIMD", "1"))
    }))
}

fn wasm_pack_test(rest: &[&str]) -> Result<Command> {
    tools::for_wasm()?;
    let browser = browser::find(Need::ChromeAndDriver)?;
    let driver = browser.driver.as_deref().ok_or("there is no chromedriver")?;
    let mut command = command("wasm-pack");
    command
        .args(["test", "--headless", "--chrome", "--mode", "no-install", "--chromedriver"])
        .arg(driver)
        .arg(".")
        .args(rest)
        // Chromedriver looks for a browser by itself; this names ours.
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", browser::capabilities(&browser.chrome)?)
        // A suite may take longer than the 20 seconds it has by default.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    Ok(command)
}

fn browser_tests(command: &mut Command) -> Result<Outcome> {
    let (success, output) = tee(command)?;
    let counts = count::browser(&output);
    Ok(if !success {
        Failed(counts, "the tests in the browser failed".into())
    } else if count::was_skipped_in_browser(&output) {
        Failed(
            counts,
            "a suite was passed over, because it is configured for Node: it must say \
                        `wasm_bindgen_test_configure!(run_in_browser)`"
                .into(),
        )
    } else if counts.passed == 0 {
        Failed(counts, "no test ran in the browser: at least one must".into())
    } else {
        Ran(counts)
    })
}

fn build_package() -> Result<Outcome> {
    tools::for_package()?;
    package::build()?;
    Ok(Ran(Counts { passed: 1, failed: 0 }))
}

fn weigh() -> Result<Outcome> {
    sizes::report("pkg")?;
    Ok(Ran(Counts { passed: 1, failed: 0 }))
}

/// TypeScript in strict mode: js/ as it is, a shop's view of the package, and the tests' own.
fn types() -> Result<Outcome> {
    let own = ["tests/packaging", "tests/e2e"].into_iter().filter(|p| Path::new(p).join("tsconfig.json").is_file());
    together(["."].into_iter().chain(own).map(|project| check(npm("tsc")?.args(["--noEmit", "-p", project]))))
}

fn packaging() -> Result<Outcome> {
    node_tests("tests/packaging")
}

/// The package in shops that are built by other tools, which it installs.
fn bundlers() -> Result<Outcome> {
    let chrome = browser::find(Need::Chrome)?.chrome;
    let test = ["--test", "--test-reporter=spec", "tests/bundlers/bundlers.test.mjs"];
    counted(command("node").args(test).env("CHROME", chrome), count::node)
}

/// The README's figures, links and paths; the reference of both languages, without a warning.
fn documents() -> Result<Outcome> {
    tools::rust_target()?;
    let native: &[&str] = &["-p", "homebody", "-p", "xtask"];
    let edge: &[&str] = &["-p", "homebody", "--target", tools::WASM_TARGET];
    // Apart: the program and the library have one name, so their pages would fall on each other.
    let program: &[&str] = &["--release", "-p", "homebody-cli", "--document-private-items"];
    let rustdoc = [native, edge, program]
        .map(|which| check(cargo().args(["doc", "--no-deps"]).args(which).env("RUSTDOCFLAGS", "-D warnings")));
    let typedoc = check(npm("typedoc")?.args(["--emit", "none"]));
    together([node_tests("tests/docs"), typedoc].into_iter().chain(rustdoc))
}

/// The folder's `*.test.mjs`, by Node's own runner.
fn node_tests(folder: &str) -> Result<Outcome> {
    let entries = fs::read_dir(folder).map_err(|e| format!("{folder}: {e}"))?;
    let tests =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.to_string_lossy().ends_with(".test.mjs"));
    let mut node = command("node");
    node.args(["--test", "--test-reporter=spec"]).args(tests).env("HOMEBODY_BIN", paths::program());
    counted(&mut node, count::node)
}

fn build_shop() -> Result<Outcome> {
    tools::for_program()?;
    demo::build_shop()?;
    Ok(Ran(Counts { passed: 1, failed: 0 }))
}

fn end_to_end() -> Result<Outcome> {
    let config = ["mjs", "js", "ts"].map(|ending| format!("tests/e2e/playwright.config.{ending}"));
    let config = config.iter().find(|file| Path::new(file).is_file());
    let config = config.ok_or("tests/e2e/ has no playwright.config.mjs, .js or .ts")?;
    let chrome = browser::find(Need::Chrome)?.chrome;
    let mut playwright = npm("playwright")?;
    let (shop, site) = (paths::target().join("demo/shop"), site::folder());
    site::write(&shop, &site)?;
    playwright
        .args(["test", "-c", config, "--reporter=list"])
        .env("CHROME", chrome)
        .env("HOMEBODY_BIN", paths::program())
        .env("HOMEBODY_SHOP", shop)
        .env("HOMEBODY_SITE", site);
    counted(&mut playwright, count::playwright)
}

fn python() -> Result<Outcome> {
    let Some(python) = python_packages()? else {
        return Ok(Skipped("because there is no python3 with venv; the data it makes is in the repository".into()));
    };
    let tests = ["-m", "unittest", "discover", "python"];
    check(command(python).args(tests).env("HOMEBODY_BIN", paths::program()))
}

/// A Python that has what python/ needs; `None` where there is none to make it with.
pub fn python_packages() -> Result<Option<PathBuf>> {
    const WANTED: &str = "python/requirements.txt";
    if ask(command("python3").args(["-c", "import venv, ensurepip"])).is_none() {
        return Ok(None);
    }
    let own = paths::target().join("python");
    // Of the folder only the file that says it is whole: running Python writes into the rest.
    let made = own.join("pyvenv.cfg");
    Stamp::new("python", &[Path::new(WANTED)], &[&made]).build("Python packages for the tests", || {
        run(command("python3").args(["-m", "venv", "--clear"]).arg(&own))?;
        run(command(own.join("bin/python")).args(["-m", "pip", "install", "--quiet", "-r", WANTED]))
    })?;
    Ok(Some(own.join("bin/python")))
}

/// Without the task runner a plain build must work too.
fn plain_build() -> Result<Outcome> {
    tools::for_wasm()?;
    check(command("wasm-pack").args(["build", "--mode", "no-install", "--out-dir"]).arg(paths::own().join("plain")))
}

/// The program's tests that write hundreds of megabytes: memory stays bounded.
fn large_files() -> Result<Outcome> {
    counted(cargo().args(["test", "--release", "-p", "homebody-cli", "--", "--ignored"]), count::rust)
}
