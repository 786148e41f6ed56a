//! Builds the npm package: Rust to wasm and glue, the module made small, TypeScript beside it, one file for each entry.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::stamp::Stamp;
use crate::step::{Result, ask, cargo, command, node, npm, run as run_command};
use crate::{paths, sizes, tools};

/// What every browser since 2022 has. Not `--all-features`, which makes code that none loads.
const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
];

/// A function of its own packs better than one within another (30 is the size from which on a function stays one). The
/// stack's far end lies lowest, so that no address begins there. No engine makes use of what alignment is promised, and a
/// value that is kept for a second use packs worse.
const SMALLER: &[&str] = &[
    "--dealign",
    "-Oz",
    "--converge",
    "--skip-pass=local-cse",
    "--one-caller-inline-max-function-size=30",
    "--low-memory-unused",
    // What made it, and what it needs, which the browser finds out by itself.
    "--strip-producers",
    "--strip-target-features",
];

/// std is built along, for its size, and a panic is a trap at once: its words would reach nobody
/// (docs/decisions/0022-std-is-built-along.md).
const WITH_STD: [&str; 2] = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];
const FLAGS: &[&str] = &[
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    // Optimised for speed, but next to nothing is inlined and few loops are laid out: the core is as small as for size
    // (docs/decisions/0024-fast-at-its-size.md).
    "-Cllvm-args=-inline-threshold=10 -unroll-threshold=20",
    // What makes code that packs worse and wins no time (docs/decisions/0026-built-alone-its-loops-as-they-are.md).
    "-Cllvm-args=-disable-lsr -enable-pre=false -phi-node-folding-threshold=1",
    "-Cllvm-args=-unroll-allow-partial=false -unroll-runtime=false -unroll-allow-peeling=false",
    "-Cllvm-args=-max-store-memcpy=1 -max-store-memset=1",
    "-Cno-vectorize-loops",
    "-Cno-vectorize-slp",
];

/// The crate is built twice: all of it, and the core (Cargo.toml has the feature).
const MODULES: [(&str, &[&str]); 2] = [("homebody_full", &[]), ("homebody", &["--no-default-features"])];

fn module(name: &str) -> String {
    format!("pkg/{name}_bg.wasm")
}

/// `cargo xtask package`
pub fn run() -> Result {
    tools::for_package()?;
    build()?;
    sizes::report("pkg")
}

/// Builds `pkg/`, unless it is there and nothing has changed. The tools must be there.
pub fn build() -> Result {
    let inputs = [
        "src",
        "js",
        "Cargo.toml",
        "Cargo.lock",
        ".cargo/config.toml",
        // It has the entries.
        "package.json",
        "package-lock.json",
        // It has the flags.
        "xtask/src/package.rs",
        "xtask/src/by_size.mjs",
        "xtask/src/shorten.mjs",
        "tsconfig.json",
    ]
    .map(Path::new);
    let stamp = Stamp::new("package", &inputs, &[Path::new("pkg"), Path::new(&module("homebody"))]);
    stamp.build("the npm package in pkg/", || {
        empty()?;
        for (name, only) in MODULES {
            compile(name, only)?;
            optimise(name)?;
            start_once(name)?;
        }
        compile_types()?;
        bundle()?;
        look_over()
    })
}

/// The module alone: as a library for Rust along with it, what is public is kept as it is until the very end, and each function
/// with it (docs/decisions/0026-built-alone-its-loops-as-they-are.md).
fn compile(name: &str, only: &[&str]) -> Result {
    let mut build = cargo();
    build.args(["rustc", "--lib", "--crate-type", "cdylib", "--profile", "wasm", "--target", tools::WASM_TARGET]);
    build.args(only).args(WITH_STD).arg(format!("--config=target.{}.rustflags={FLAGS:?}", tools::WASM_TARGET));
    run_command(build.env("RUSTC_BOOTSTRAP", "1"))?;
    let built = paths::target().join(tools::WASM_TARGET).join("wasm/homebody.wasm");
    run_command(command("wasm-bindgen").args(["--target", "web", "--out-dir", "pkg", "--out-name", name]).arg(built))
}

/// A plain `wasm-pack build` leaves files that would spoil the package.
fn empty() -> Result {
    let entries = fs::read_dir("pkg").map_err(|e| format!("pkg/: {e}"))?;
    for entry in entries.flatten().filter(|entry| entry.file_name() != ".gitkeep") {
        let path = entry.path();
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// Always npm's binaryen: old versions on a machine make modules that compile and then fail.
fn optimise(name: &str) -> Result {
    let symbols = paths::own().join(name).with_extension("symbols");
    let map = format!("--symbolmap={}", symbols.display());
    wasm_opt(name, |optimise| run_command(optimise.args(SMALLER).arg(&map)))?;
    // Like beside like packs better, and functions of one size are alike.
    run_command(node(include_str!("by_size.mjs")).arg("--").arg(module(name)).arg(symbols))?;
    let sort = ["--reorder-functions-by-name", "--minify-imports-and-exports-and-modules", "--strip-debug"];
    let short = wasm_opt(name, |optimise| {
        ask(optimise.args(sort).arg(map)).ok_or_else(|| "wasm-opt could not shorten the module's names".into())
    })?;
    // Its glue gets the same short names for what crosses.
    run_command(node(include_str!("shorten.mjs")).arg("--").arg(format!("pkg/{name}")).arg(short))
}

/// Changes a module in its place.
fn wasm_opt<T>(name: &str, run: impl FnOnce(&mut Command) -> Result<T>) -> Result<T> {
    let (module, output) = (module(name), paths::own().join("optimised.wasm"));
    fs::create_dir_all(paths::own()).map_err(|e| e.to_string())?;
    // A file that was there before would look like a result.
    let _ = fs::remove_file(&output);
    let told = run(npm("wasm-opt")?.arg(&module).args(WASM_FEATURES).arg("-o").arg(&output))?;
    fs::copy(&output, &module).map_err(|e| format!("wasm-opt wrote no module: {e}"))?;
    Ok(told)
}

/// Types, and the scripts that [`bundle`] goes on with.
fn compile_types() -> Result {
    run_command(npm("tsc")?.args(["-p", "."]))
}

/// One small file for each entry of package.json, and one of what they share: a page without a bundler would else ask for
/// module after module, and wait for each. Parts that are loaded later import `index.ts`, if only for the class
/// of an error: then esbuild leaves all that a page loads at once in one file, which packs best.
fn bundle() -> Result {
    let bundle = paths::own().join("bundle");
    let _ = fs::remove_dir_all(&bundle);
    let flags = "--bundle --splitting --format=esm --target=es2022 --minify --legal-comments=none --log-level=warning \
                 --chunk-names=[name]-[hash] --outbase=pkg";
    let outdir = format!("--outdir={}", bundle.display());
    // Alone: the worker would take what it shares with the first entry out of it, and loads that very file; of the adapters of
    // consent a page has one.
    let (alone, together): (Vec<_>, Vec<_>) = entries()?
        .into_iter()
        .partition(|entry| ["pkg/worker/", "pkg/consent/"].iter().any(|folder| entry.starts_with(folder)));
    let flags_alone = flags.replace("--splitting ", "--external:*/index.js ");
    for (flags, entries) in [(flags, together), (&flags_alone, alone)] {
        run_command(npm("esbuild")?.args(flags.split_whitespace()).arg(&outdir).args(entries))?;
    }
    for script in files("pkg", ".js")? {
        fs::remove_file(&script).map_err(|e| format!("{script}: {e}"))?;
    }
    let from = bundle.to_string_lossy().into_owned();
    for script in files(&from, ".js")? {
        let to = script.replacen(&from, "pkg", 1);
        fs::create_dir_all(Path::new(&to).parent().ok_or("pkg/ has no folder")?).map_err(|e| format!("{to}: {e}"))?;
        // Makes what esbuild has made small another 3 per cent smaller.
        run_command(
            npm("terser")?
                .arg(&script)
                .args("--module --ecma 2022 --compress passes=3 --mangle --output".split(' '))
                .arg(to),
        )?;
    }
    Ok(())
}

/// The scripts that package.json exports.
fn entries() -> Result<Vec<String>> {
    let manifest = fs::read_to_string("package.json").map_err(|e| format!("package.json: {e}"))?;
    let named = manifest.split('"').filter(|text| text.starts_with("./pkg/") && text.ends_with(".js"));
    let mut entries: Vec<String> = named.map(|text| text[2..].to_owned()).collect();
    entries.sort();
    entries.dedup();
    Ok(entries)
}

/// The files below a folder whose names end like this.
pub fn files(folder: &str, ending: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| format!("{folder}: {e}"))?.flatten() {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(files(&path, ending)?);
        } else if path.ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The package's entries must be there, and nothing that would spoil it.
fn look_over() -> Result {
    for script in entries()? {
        for file in [script.replace(".js", ".d.ts"), script] {
            if !Path::new(&file).is_file() {
                return Err(format!("{file} is missing: TypeScript and esbuild make it from js/"));
            }
        }
    }
    // Two would be a part that is loaded later and imports nothing of index.ts.
    let shared = files("pkg", ".js")?.into_iter().filter(|script| script.starts_with("pkg/chunk-")).count();
    if shared != 1 {
        return Err(format!("{shared} files are shared by the entries, and one packs best: see `bundle`"));
    }
    for (file, harm) in [
        ("pkg/.gitignore", "would empty the package"),
        ("pkg/homebody_bg.js", "belongs to wasm-pack's bundler target; ours is `web`"),
        ("pkg/package.json", "would hide the package's own at the root"),
    ] {
        if Path::new(file).exists() {
            return Err(format!("{file} {harm}: delete it and package again"));
        }
    }
    Ok(())
}

/// Optimising can break a module without a word: it shows when the module starts.
fn start_once(name: &str) -> Result {
    let script = format!(
        "
        import {{ readFileSync }} from 'node:fs';
        import {{ initSync }} from './pkg/{name}.js';
        initSync({{ module: readFileSync('pkg/{name}_bg.wasm') }});"
    );
    run_command(&mut node(&script)).map_err(|_| "the optimised module does not start: see Node's message above".into())
}
