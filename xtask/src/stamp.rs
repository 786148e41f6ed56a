//! What is done already: a stamp remembers what something was built from and what came out.
//!
//! Contents count, not times, so that a fresh clone or a change of branch rebuilds only what it
//! must. Files above a megabyte count by length and time of change.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::paths;
use crate::step::{Result, step};

const LARGE: u64 = 1_000_000;

pub struct Stamp {
    file: PathBuf,
    inputs: Vec<PathBuf>,
    outputs: Vec<PathBuf>,
    flags: String,
}

impl Stamp {
    pub fn new(name: &str, inputs: &[&Path], outputs: &[&Path]) -> Self {
        Self {
            file: paths::own().join(format!("{name}.stamp")),
            inputs: inputs.iter().map(|&path| path.into()).collect(),
            outputs: outputs.iter().map(|&path| path.into()).collect(),
            flags: String::new(),
        }
    }

    /// Flags of the build that change what comes out.
    pub fn with(mut self, flags: &str) -> Self {
        self.flags = flags.into();
        self
    }

    /// Nothing has changed since the last [`Stamp::build`], neither what goes in nor what came out.
    pub fn is_fresh(&self) -> bool {
        self.outputs.iter().all(|path| path.exists())
            && fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.text(self.before()))
    }

    /// Does `action` when something has changed.
    pub fn build(&self, what: &str, action: impl FnOnce() -> Result) -> Result {
        step(what, self.is_fresh(), || {
            // An interrupted build must not look finished.
            let _ = fs::remove_file(&self.file);
            // Taken now: what changes while we build is not in the result.
            let before = self.before();
            action()?;
            fs::create_dir_all(paths::own()).map_err(|e| e.to_string())?;
            fs::write(&self.file, self.text(before)).map_err(|e| format!("{}: {e}", self.file.display()))
        })
    }

    fn before(&self) -> u64 {
        fingerprint(&self.inputs)
    }

    fn text(&self, before: u64) -> String {
        format!("{before:016x} {:016x} {}", fingerprint(&self.outputs), self.flags)
    }
}

fn fingerprint(paths: &[PathBuf]) -> u64 {
    let mut files = Vec::new();
    paths.iter().for_each(|path| collect(path, &mut files));
    files.sort();

    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        match fs::metadata(&file) {
            Ok(data) if data.len() >= LARGE => (data.len(), data.modified().ok()).hash(&mut hasher),
            _ => fs::read(&file).ok().hash(&mut hasher),
        }
    }
    hasher.finish()
}

/// All files below a path, links not followed.
fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if !path.is_dir() || path.is_symlink() {
        files.push(path.into());
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        collect(&entry.path(), files);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_a_new_and_a_lost_file_change_the_fingerprint() {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        fs::create_dir_all(folder.join("inner")).unwrap();
        let inputs = [folder.clone()];
        let mut seen = vec![fingerprint(&inputs)];
        for (name, content) in [("a", "1"), ("inner/b", "1"), ("a", "2")] {
            fs::write(folder.join(name), content).unwrap();
            seen.push(fingerprint(&inputs));
        }
        fs::remove_file(folder.join("inner/b")).unwrap();
        seen.push(fingerprint(&inputs));
        fs::remove_dir_all(&folder).unwrap();

        seen.sort();
        let all = seen.len();
        seen.dedup();
        assert_eq!(seen.len(), all);
    }
}
