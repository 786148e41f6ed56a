//! Why a row is refused: counted by reason, the first ones shown. Nothing is dropped in silence.

use super::columns::Columns;
use super::field::Field;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    MissingUser,
    MissingItem,
    UnknownKind,
    ImpossibleTime,
    InvalidNumber,
    AbsurdSize,
    NotSold,
    RepeatedItem,
    NotUtf8,
    WrongColumns,
}

impl Reason {
    const ALL: [Self; 10] = [
        Self::MissingUser,
        Self::MissingItem,
        Self::UnknownKind,
        Self::ImpossibleTime,
        Self::InvalidNumber,
        Self::AbsurdSize,
        Self::NotSold,
        Self::RepeatedItem,
        Self::NotUtf8,
        Self::WrongColumns,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::MissingUser => "missing-user",
            Self::MissingItem => "missing-item",
            Self::UnknownKind => "unknown-kind",
            Self::ImpossibleTime => "impossible-time",
            Self::InvalidNumber => "invalid-number",
            Self::AbsurdSize => "absurd-size",
            Self::NotSold => "not-sold",
            Self::RepeatedItem => "repeated-item",
            Self::NotUtf8 => "not-utf8",
            Self::WrongColumns => "wrong-columns",
        }
    }
}

/// One row's refusal: what was wrong, and what would be right.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub reason: Reason,
    pub place: Place,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    Field(Field),
    /// The number of the column, from 0.
    Column(usize),
}

impl Refusal {
    /// What was wrong in a field; what would be right is known from the field.
    pub fn of(reason: Reason, field: Field, wrong: impl std::fmt::Display) -> Self {
        let message = format!("{wrong}; right would be {}", field.right());
        Self { reason, place: Place::Field(field), message }
    }
}

/// How many bad rows are shown in full.
pub const SHOWN: u64 = 20;

/// What became of the rows of one file.
#[derive(Debug, Default)]
pub struct Counts {
    pub read: u64,
    pub kept: u64,
    refused: [u64; Reason::ALL.len()],
}

impl Counts {
    /// Counts a refusal; the first few come back as a line to show.
    pub fn refuse(&mut self, file: &str, line: u64, columns: &Columns, refusal: &Refusal) -> Option<String> {
        let shown = self.refused() < SHOWN;
        self.refused[refusal.reason as usize] += 1;
        shown.then(|| {
            let column = match refusal.place {
                Place::Column(column) => column + 1,
                Place::Field(field) => columns.get(field).map_or(0, |column| column + 1),
            };
            let name = match refusal.place {
                Place::Field(field) => format!("{}: ", field.name()),
                Place::Column(_) => String::new(),
            };
            format!("{file}:{line}:{column}: {name}{} [{}]", refusal.message, refusal.reason.code())
        })
    }

    pub fn refused(&self) -> u64 {
        self.refused.iter().sum()
    }

    pub fn by_reason(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Reason::ALL.iter().map(|reason| (reason.code(), self.refused[*reason as usize])).filter(|(_, n)| *n > 0)
    }

    pub fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.kept += other.kept;
        for (sum, n) in self.refused.iter_mut().zip(other.refused) {
            *sum += n;
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "read {}, kept {}, refused {}", self.read, self.kept, self.refused())?;
        for (code, n) in self.by_reason() {
            write!(f, "\n  {code}: {n}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_counted_and_the_first_are_shown() {
        let mut counts = Counts::default();
        let refusal = Refusal::of(Reason::MissingUser, Field::User, "no user");
        let shown = (0..100).filter_map(|n| counts.refuse("a.csv", n, &Columns::default(), &refusal)).count();
        assert_eq!((shown as u64, counts.refused()), (SHOWN, 100));
        assert_eq!(counts.by_reason().collect::<Vec<_>>(), [("missing-user", 100)]);
    }

    #[test]
    fn codes_are_unique_and_in_place() {
        for (index, reason) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, index);
            assert_eq!(Reason::ALL.iter().filter(|other| other.code() == reason.code()).count(), 1);
        }
    }
}
