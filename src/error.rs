//! Everything that homebody refuses, in one list, each with a stable code.

use crate::text::decimal;

/// What was refused, and what would be right.
///
/// Messages hold integers and plain strings only, and are put together without `core::fmt`: it would be 2 kB of the
/// shipped module, and printing floats and debug strings 14.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A kind that is not in [`Kind::ALL`](crate::interaction::Kind::ALL).
    UnknownKind {
        /// The name as it was given, shortened.
        given: String,
    },
    /// An id that the bundle does not hold.
    UnknownItem {
        /// The id, shortened.
        id: String,
    },
    /// An option out of its range.
    InvalidOption {
        /// The option's name.
        option: &'static str,
        /// What is allowed.
        wanted: &'static str,
    },
    /// The bundle ends before its parts do.
    BundleTruncated {
        /// Bytes that are there.
        len: usize,
        /// Bytes that would be needed.
        needed: usize,
        /// The part that is cut.
        what: &'static str,
    },
    /// A size above what the reader accepts.
    BundleTooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size.
        given: usize,
        /// The cap.
        cap: usize,
    },
    /// The header is not the JSON that safetensors prescribes.
    BundleHeader {
        /// Byte within the header.
        at: usize,
        /// What should stand there.
        wanted: &'static str,
    },
    /// `homebody.format` is of another version.
    BundleFormat {
        /// The format given.
        given: String,
    },
    /// A tensor that must be there is not.
    TensorMissing {
        /// The tensor's name.
        name: &'static str,
    },
    /// A name occurs twice in the header.
    TensorTwice {
        /// The tensor's name.
        name: String,
    },
    /// A tensor of a type or shape that does not fit the others.
    TensorShape {
        /// The tensor's name.
        name: String,
        /// Its type and shape as they should be.
        wanted: &'static str,
    },
    /// A tensor whose bytes overlap another's, leave a gap or do not fit its shape.
    TensorOffsets {
        /// The tensor's name.
        name: String,
        /// What is wrong with them.
        defect: &'static str,
    },
    /// A value that is not a finite number, or out of its range.
    TensorValue {
        /// The tensor's name.
        name: &'static str,
        /// Index of the first such value.
        at: usize,
        /// What is wrong with it.
        defect: &'static str,
    },
    /// Stored bytes that are not a record of ours.
    RecordDamaged {
        /// Profile, interaction, ledger …
        what: &'static str,
        /// What was found.
        defect: &'static str,
    },
    /// A record written by a later version.
    RecordFormat {
        /// Profile, interaction, ledger …
        what: &'static str,
        /// The format found.
        given: u16,
        /// The newest that is known.
        known: u16,
    },
    /// A call on a profile that was closed.
    Closed,
}

impl Error {
    /// What was refused, and what would be right.
    pub fn words(&self) -> String {
        let number = |number: usize| decimal(number as i64);
        match self {
            Self::UnknownKind { given } => [
                "unknown kind \"",
                given,
                "\"; one of impression, view, click, search, cart, uncart, wish, purchase, payment, delivery, refund, rate",
            ]
            .concat(),
            Self::UnknownItem { id } => ["the bundle has no item \"", id, "\""].concat(),
            Self::InvalidOption { option, wanted } => ["option ", option, " must be ", wanted].concat(),
            Self::BundleTruncated { len, needed, what } => {
                let (len, needed) = (number(*len), number(*needed));
                ["the bundle ends at byte ", &len, ", but ", what, " needs ", &needed, ": the download is not whole"]
                    .concat()
            }
            Self::BundleTooLarge { what, given, cap } => {
                [what, " of the bundle is ", &number(*given), ", more than ", &number(*cap)].concat()
            }
            Self::BundleHeader { at, wanted } => {
                let at = number(*at);
                ["the bundle's header is not safetensors JSON at byte ", &at, ": expected ", wanted].concat()
            }
            Self::BundleFormat { given } => {
                ["bundle format \"", given, "\" is not read by this version, which reads \"1\""].concat()
            }
            Self::TensorMissing { name } => ["the bundle has no tensor \"", name, "\""].concat(),
            Self::TensorTwice { name } => ["the bundle's header names \"", name, "\" twice"].concat(),
            Self::TensorShape { name, wanted } => ["tensor \"", name, "\" must be ", wanted].concat(),
            Self::TensorOffsets { name, defect } => ["tensor \"", name, "\" has byte offsets that ", defect].concat(),
            Self::TensorValue { name, at, defect } => {
                ["tensor \"", name, "\" has a value at ", &number(*at), " that is ", defect].concat()
            }
            Self::RecordDamaged { what, defect } => ["the stored ", what, " is damaged: ", defect].concat(),
            Self::RecordFormat { what, given, known } => {
                let (given, known) = (number(usize::from(*given)), number(usize::from(*known)));
                ["the stored ", what, " has format ", &given, ", this version reads up to ", &known].concat()
            }
            Self::Closed => "this profile was closed; open it again".to_owned(),
        }
    }

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
            Self::Closed => "closed",
        }
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.words())
    }
}

impl core::error::Error for Error {}

impl From<Box<Error>> for Error {
    fn from(thin: Box<Error>) -> Self {
        *thin
    }
}

/// At most 64 bytes of what was given, for a message.
pub(crate) fn shortened(text: &str) -> String {
    text[..text.floor_char_boundary(64)].to_owned()
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
