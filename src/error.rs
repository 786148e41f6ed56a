//! Everything that homebody refuses, in one list, each with a stable code.

/// What was refused, and what would be right.
///
/// Messages hold integers and plain strings only: printing floats and debug strings would cost
/// 14 kB of the shipped module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A kind that is not in [`Kind::ALL`](crate::interaction::Kind::ALL).
    #[error(
        "unknown kind \"{given}\"; one of impression, view, click, search, cart, uncart, wish, \
         purchase, payment, delivery, refund, rate"
    )]
    UnknownKind {
        /// The name as it was given, shortened.
        given: String,
    },
    /// An id that the bundle does not hold.
    #[error("the bundle has no item \"{id}\"")]
    UnknownItem {
        /// The id, shortened.
        id: String,
    },
    /// An option out of its range.
    #[error("option {option} must be {wanted}")]
    InvalidOption {
        /// The option's name.
        option: &'static str,
        /// What is allowed.
        wanted: &'static str,
    },
    /// The bundle ends before its parts do.
    #[error("the bundle ends at byte {len}, but {what} needs {needed}: the download is not whole")]
    BundleTruncated {
        /// Bytes that are there.
        len: usize,
        /// Bytes that would be needed.
        needed: usize,
        /// The part that is cut.
        what: &'static str,
    },
    /// A size above what the reader accepts.
    #[error("{what} of the bundle is {given}, more than {cap}")]
    BundleTooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size.
        given: usize,
        /// The cap.
        cap: usize,
    },
    /// The header is not the JSON that safetensors prescribes.
    #[error("the bundle's header is not safetensors JSON at byte {at}: expected {wanted}")]
    BundleHeader {
        /// Byte within the header.
        at: usize,
        /// What should stand there.
        wanted: &'static str,
    },
    /// `homebody.format` is of another version.
    #[error("bundle format \"{given}\" is not read by this version, which reads \"1\"")]
    BundleFormat {
        /// The format given.
        given: String,
    },
    /// A tensor that must be there is not.
    #[error("the bundle has no tensor \"{name}\"")]
    TensorMissing {
        /// The tensor's name.
        name: &'static str,
    },
    /// A name occurs twice in the header.
    #[error("the bundle's header names \"{name}\" twice")]
    TensorTwice {
        /// The tensor's name.
        name: String,
    },
    /// A tensor of a type or shape that does not fit the others.
    #[error("tensor \"{name}\" must be {wanted}")]
    TensorShape {
        /// The tensor's name.
        name: String,
        /// Its type and shape as they should be.
        wanted: &'static str,
    },
    /// A tensor whose bytes overlap another's, leave a gap or do not fit its shape.
    #[error("tensor \"{name}\" has byte offsets that {defect}")]
    TensorOffsets {
        /// The tensor's name.
        name: String,
        /// What is wrong with them.
        defect: &'static str,
    },
    /// A value that is not a finite number, or out of its range.
    #[error("tensor \"{name}\" has a value at {at} that is {defect}")]
    TensorValue {
        /// The tensor's name.
        name: &'static str,
        /// Index of the first such value.
        at: usize,
        /// What is wrong with it.
        defect: &'static str,
    },
    /// Stored bytes that are not a record of ours.
    #[error("the stored {what} is damaged: {defect}")]
    RecordDamaged {
        /// Profile, interaction, ledger …
        what: &'static str,
        /// What was found.
        defect: &'static str,
    },
    /// A record written by a later version.
    #[error("the stored {what} has format {given}, this version reads up to {known}")]
    RecordFormat {
        /// Profile, interaction, ledger …
        what: &'static str,
        /// The format found.
        given: u16,
        /// The newest that is known.
        known: u16,
    },
    /// IndexedDB did not do what was asked.
    #[error("the browser's database {doing} failed: {message}")]
    Store {
        /// What was tried.
        doing: &'static str,
        /// The browser's words.
        message: String,
    },
    /// A call on a profile that was closed.
    #[error("this profile was closed; open it again")]
    Closed,
}

impl Error {
    /// The name of this error for machines: kebab-case, never reworded.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownKind { .. } => "unknown-kind",
            Self::UnknownItem { .. } => "unknown-item",
            Self::InvalidOption { .. } => "invalid-option",
            Self::BundleTruncated { .. } => "bundle-truncated",
            Self::BundleTooLarge { .. } => "bundle-too-large",
            Self::BundleHeader { .. } => "bundle-header",
            Self::BundleFormat { .. } => "bundle-format",
            Self::TensorMissing { .. } => "tensor-missing",
            Self::TensorTwice { .. } => "tensor-twice",
            Self::TensorShape { .. } => "tensor-shape",
            Self::TensorOffsets { .. } => "tensor-offsets",
            Self::TensorValue { .. } => "tensor-value",
            Self::RecordDamaged { .. } => "record-damaged",
            Self::RecordFormat { .. } => "record-format",
            Self::Store { .. } => "store-failed",
            Self::Closed => "closed",
        }
    }
}

/// At most 64 characters of what was given, for a message.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    /// Every code stands in `docs/errors.md`, once; a new variant without its line fails here.
    #[test]
    fn codes_are_documented_once() {
        let documented = include_str!("../docs/errors.md");
        let source = include_str!("error.rs");
        let arms = source.split("pub fn code").nth(1).unwrap_or_default();
        let arms = arms.split("#[cfg(test)]").next().unwrap_or_default();
        let codes: Vec<&str> = arms.split("=> \"").skip(1).filter_map(|s| s.split('"').next()).collect();
        assert!(codes.len() > 10);
        for code in codes {
            assert_eq!(documented.matches(&format!("| `{code}` |")).count(), 1, "{code}");
        }
    }

    #[test]
    fn long_input_is_shortened() {
        let error = Error::UnknownItem { id: shortened(&"x".repeat(10_000)) };
        assert!(error.to_string().len() < 120);
    }
}
