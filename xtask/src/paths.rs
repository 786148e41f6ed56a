//! Where things are. All tasks run in the root of the repository, so paths are relative to it.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::step::Result;

/// Makes the root of the repository the current folder.
pub fn enter_root() -> Result {
    // Set by `cargo run`, so it is right even where the compiled file has moved.
    let own = env::var("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").into());
    let root = Path::new(&own).parent().expect("xtask/ is in the root");
    env::set_current_dir(root).map_err(|e| format!("cannot enter {}: {e}", root.display()))
}

/// The full path of something in the root, for programs that change their folder.
pub fn absolute(path: impl AsRef<Path>) -> PathBuf {
    std::path::absolute(&path).unwrap_or_else(|_| path.as_ref().into())
}

/// Cargo's `target/`, or what `CARGO_TARGET_DIR` names.
pub fn target() -> PathBuf {
    absolute(env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into()))
}

/// What only the task runner keeps: stamps and files in the making.
pub fn own() -> PathBuf {
    target().join("xtask")
}

/// Where tools go that this project installs for itself.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// The program `homebody`, as built for the demo.
pub fn program() -> PathBuf {
    let name = format!("homebody{}", env::consts::EXE_SUFFIX);
    target().join("release").join(name)
}

/// `PATH` with our own tools in front.
pub fn search_path() -> OsString {
    let rest = env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(tools().join("bin")).chain(env::split_paths(&rest));
    env::join_paths(all).unwrap_or(rest)
}

/// The file that `name` starts, on [`search_path`].
pub fn which(name: impl AsRef<Path>) -> Option<PathBuf> {
    env::split_paths(&search_path()).flat_map(|folder| with_endings(&folder.join(&name))).find(|file| file.is_file())
}

/// A development tool of npm's, never the machine's own of the same name.
pub fn npm_tool(name: &str) -> Result<PathBuf> {
    let file = Path::new("node_modules/.bin").join(name);
    (with_endings(&file).into_iter().find(|file| file.is_file()))
        .map(absolute)
        .ok_or_else(|| format!("node_modules/ lacks `{name}`: run `npm ci --ignore-scripts`"))
}

fn with_endings(file: &Path) -> Vec<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd"] } else { &[""] };
    endings
        .iter()
        .map(|ending| {
            let mut name = file.as_os_str().to_owned();
            name.push(ending);
            name.into()
        })
        .collect()
}
