//! What a task needs: found, or installed with a line that says so.

use std::fs;
use std::path::Path;

use crate::paths;
use crate::stamp::Stamp;
use crate::step::{Result, ask, cargo, command, run, step};

/// The oldest release with every flag that we pass; also the one that we install.
const WASM_PACK: &str = "0.15.1";
/// The oldest Node that the development tools accept.
const NODE: &str = "20.0.0";
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// For the npm package.
pub fn for_package() -> Result {
    rust_target()?;
    rust_source()?;
    wasm_bindgen()?;
    npm_packages()
}

/// For testing the library as wasm, and for a plain build of it.
pub fn for_wasm() -> Result {
    rust_target()?;
    let found = installed_version("wasm-pack");
    let there = found.as_deref().is_some_and(|found| parse(found) >= parse(WASM_PACK));
    cargo_install("wasm-pack", WASM_PACK, there)?;
    wasm_bindgen()
}

/// For the program: SQLite and zstd are compiled from C.
pub fn for_program() -> Result {
    let named = std::env::var("CC").ok();
    let there = named.is_some() || ["cc", "gcc", "clang", "cl"].iter().any(|&c| paths::which(c).is_some());
    step("a C compiler", there, || {
        Err("there is no C compiler. Install one: `apt-get install build-essential` on Debian, \
             `xcode-select --install` on macOS, the Build Tools for Visual Studio on Windows; \
             or name yours in CC"
            .into())
    })
}

/// For the checks of format and lints, which a minimal Rust lacks.
pub fn for_lints() -> Result {
    let there = ["fmt", "clippy"].iter().all(|name| ask(cargo().args([name, "--version"])).is_some());
    step("rustfmt and clippy", there, || run(command("rustup").args(["component", "add", "rustfmt", "clippy"])))
}

pub fn rust_target() -> Result {
    of_rust(&format!("Rust for {WASM_TARGET}"), WASM_TARGET, ["target", "add", WASM_TARGET])
}

/// std is built along with the module.
fn rust_source() -> Result {
    of_rust("Rust's own source", "src/rust/library/Cargo.lock", ["component", "add", "rust-src"])
}

/// What rustup adds to a Rust, and where it then is.
fn of_rust(what: &str, path: &str, rustup: [&str; 3]) -> Result {
    let there = ask(command("rustc").args(["--print", "sysroot"]))
        .is_some_and(|root| Path::new(&root).join("lib/rustlib").join(path).exists());
    step(what, there, || {
        let [.., wanted] = rustup;
        run(command("rustup").args(rustup))
            .map_err(|e| format!("{e}\nWithout rustup, install Rust's {wanted} the way you installed Rust"))
    })
}

fn wasm_bindgen() -> Result {
    let lock = fs::read_to_string("Cargo.lock").map_err(|e| format!("Cargo.lock: {e}"))?;
    let bindgen = locked_version(&lock, "wasm-bindgen").ok_or("Cargo.lock has no wasm-bindgen")?;

    // The module and the tool that reads it agree only in exactly the same version.
    let there = ["wasm-bindgen", "wasm-bindgen-test-runner"]
        .iter()
        .all(|name| installed_version(name).as_deref() == Some(bindgen));
    cargo_install("wasm-bindgen-cli", bindgen, there)?;

    let _ = fs::remove_dir_all(paths::tools().join("build"));
    Ok(())
}

fn cargo_install(name: &str, version: &str, there: bool) -> Result {
    step(&format!("{name} {version}"), there, || {
        println!("        into target/tools; compiling it takes a few minutes");
        run(cargo()
            .args(["install", "--force", name, "--version", version])
            .arg("--root")
            .arg(paths::tools())
            // One folder for both tools, so that what they share is compiled once.
            .arg("--target-dir")
            .arg(paths::tools().join("build"))
            // They run for seconds: compiling them quickly matters more than their speed.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"))
    })
}

pub fn npm_packages() -> Result {
    let node = installed_version("node");
    let there = node.as_deref().is_some_and(|found| parse(found) >= parse(NODE));
    step("Node and npm", there && paths::which("npm").is_some(), || {
        Err(format!(
            "homebody needs Node {NODE} or newer with npm, and found {}. Install it from https://nodejs.org",
            node.as_deref().unwrap_or("none")
        ))
    })?;

    let inputs = ["package.json", "package-lock.json"].map(Path::new);
    // npm writes this file last.
    let outputs = [Path::new("node_modules/.package-lock.json")];
    Stamp::new("npm", &inputs, &outputs).build("npm packages (npm ci --ignore-scripts)", || {
        run(command("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
    })
}

/// The version that a program prints: `wasm-pack 0.15.1`, `v20.20.2`.
fn installed_version(name: &str) -> Option<String> {
    paths::which(name)?;
    let line = ask(command(name).arg("--version"))?;
    Some(line.split_whitespace().last()?.trim_start_matches('v').into())
}

/// The version of a package in a `Cargo.lock`.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// `major.minor.patch` as numbers; `None`, which is less than any, where it is something else.
fn parse(version: &str) -> Option<[u32; 3]> {
    let release = version.split(['-', '+']).next()?;
    let numbers: Vec<u32> = release.split('.').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_exactly_this_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(parse("0.15.1") < parse("0.16.0-beta.1"));
        assert!(parse("20.9.0") < parse("20.10.0"));
        assert!(parse("unknown") < parse("0.0.0"));
    }
}
