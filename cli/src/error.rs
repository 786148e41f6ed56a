//! What stops the program: one sentence that says which value is wrong and what would be right.

use std::path::{Path, PathBuf};

/// The result of everything that can stop the program.
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system's own words about a file, with the file's name.
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },

    #[error("{}: {message}", path.display())]
    Content { path: PathBuf, message: String },

    /// What was asked for cannot be done.
    #[error("{0}")]
    Request(String),
}

impl Error {
    /// Says what is wrong with what a file holds.
    pub fn content(path: &Path, message: impl ToString) -> Self {
        Self::Content { path: path.into(), message: message.to_string() }
    }

    pub fn request(message: impl ToString) -> Self {
        Self::Request(message.to_string())
    }

    /// Gives an error of the file system the name of its file: `.map_err(Error::file(path))`.
    pub fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::File { path: path.into(), source }
    }
}
