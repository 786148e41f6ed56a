//! What the shopper has put right: more, less, lock, not me. Items and categories are kept by their
//! names, so that corrections survive a new bundle.

use crate::bytes::{Reader, Writer};
use crate::error::Error;
use crate::factors::Factors;
use crate::interaction::{Interaction, Millis};

/// What a correction is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// An item, by its id.
    Item(&'a str),
    /// A category by its full name, or a department by its name.
    Category(&'a str),
}

/// What the shopper wants of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Wish {
    /// One step more of it.
    More,
    /// One step less.
    Less,
    /// What is thought of it stays as it is now, whatever is done.
    Lock,
    /// It moves again.
    Unlock,
    /// It says nothing about this shopper: never learnt from, never recommended.
    NotMe,
    /// All corrections of it are taken back.
    Clear,
}

impl Wish {
    /// All, in the order of their numbers, with the names that the page uses.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::More, "more"),
        (Self::Less, "less"),
        (Self::Lock, "lock"),
        (Self::Unlock, "unlock"),
        (Self::NotMe, "not-me"),
        (Self::Clear, "clear"),
    ];

    /// The name that the page uses.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The wish of that name.
    pub fn named(name: &str) -> Result<Self, Error> {
        let known = Self::ALL.iter().find(|(_, known)| *known == name);
        known
            .map(|(wish, _)| *wish)
            .ok_or(Error::InvalidOption { option: "as", wanted: "more, less, lock, unlock, not-me or clear" })
    }
}

/// One correction, as the log has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correction<'a> {
    /// What it is about.
    pub subject: Subject<'a>,
    /// What is wanted of it.
    pub wish: Wish,
    /// When it was said.
    pub at: Millis,
}

impl<'a> Correction<'a> {
    const FORMAT: u8 = 2;

    /// Is what was learnt before it learnt otherwise because of it?
    pub fn reaches_back(&self) -> bool {
        matches!(self.wish, Wish::NotMe | Wish::Clear)
    }

    /// The bytes of a log entry.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.u8(Self::FORMAT);
        out.u8(self.wish as u8);
        out.i64(self.at.0);
        write_subject(&mut out, self.subject);
        out.0
    }

    fn body(input: &mut Reader<'a>) -> Option<Self> {
        let (wish, _) = *Wish::ALL.get(usize::from(input.u8()))?;
        Some(Self { wish, at: Millis(input.i64()), subject: read_subject(input)? })
    }
}

/// A log: positions and entries, oldest first.
pub type Log<'l, 'a> = &'l [(u64, &'a [u8])];

/// An entry of the log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Logged<'a> {
    /// What the shopper did.
    Did(Interaction<'a>),
    /// What the shopper put right.
    Said(Correction<'a>),
}

impl<'a> Logged<'a> {
    /// Reads a log entry.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, Error> {
        match bytes.split_first() {
            Some((&Correction::FORMAT, body)) => {
                let mut input = Reader::new(body);
                let read = Correction::body(&mut input).filter(|_| input.ended());
                read.map(Self::Said).ok_or(Error::RecordDamaged { what: "correction", defect: "it cannot be read" })
            }
            _ => Interaction::from_bytes(bytes).map(Self::Did),
        }
    }
}

fn write_subject(out: &mut Writer, subject: Subject<'_>) {
    let (sort, name) = match subject {
        Subject::Item(id) => (0, id),
        Subject::Category(name) => (1, name),
    };
    out.u8(sort);
    out.text(name);
}

fn read_subject<'a>(input: &mut Reader<'a>) -> Option<Subject<'a>> {
    match (input.u8(), input.text()) {
        (0, id) => Some(Subject::Item(id)),
        (1, name) => Some(Subject::Category(name)),
        _ => None,
    }
}

/// How the shopper wants an item or a category to be treated.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Stand {
    /// Steps more (above 0) or less.
    pub level: i8,
    /// The share of all interest that is held, where it is locked.
    pub locked: Option<f32>,
    /// It says nothing about this shopper.
    pub barred: bool,
}

/// What stands of all corrections, one line for each subject, in the order in which they were said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Corrections(Vec<(Owned, Stand)>);

/// A subject that stands by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Owned {
    category: bool,
    name: String,
}

impl Owned {
    fn of(subject: Subject<'_>) -> Self {
        let (category, name) = match subject {
            Subject::Item(id) => (false, id),
            Subject::Category(name) => (true, name),
        };
        Self { category, name: name.to_owned() }
    }

    fn subject(&self) -> Subject<'_> {
        if self.category { Subject::Category(&self.name) } else { Subject::Item(&self.name) }
    }
}

impl Corrections {
    /// Most subjects that are corrected at a time.
    pub const MOST: usize = 256;
    /// Most steps up or down.
    pub const STEPS: i8 = 3;
    /// All that is locked together is held at this share at most: the rest must have room to move.
    pub const MOST_HELD: f32 = 0.9;

    /// Nothing was put right.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All that stands.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Subject<'_>, Stand)> {
        self.0.iter().map(|(subject, stand)| (subject.subject(), *stand))
    }

    /// Of one subject.
    pub fn of(&self, subject: Subject<'_>) -> Stand {
        self.iter().find(|(known, _)| *known == subject).map_or_else(Stand::default, |(_, stand)| stand)
    }

    /// Room for one more subject, or the subject is known.
    pub fn takes(&self, subject: Subject<'_>) -> bool {
        self.0.len() < Self::MOST || self.iter().any(|(known, _)| known == subject)
    }

    /// Follows a correction; `share` is the subject's share of all interest just now.
    pub fn follow(&mut self, correction: &Correction<'_>, share: f32) {
        if !self.takes(correction.subject) {
            return;
        }
        let known = self.iter().position(|(known, _)| known == correction.subject);
        let place = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push((Owned::of(correction.subject), Stand::default()));
        }
        let stand = &mut self.0[place].1;
        match correction.wish {
            Wish::More => stand.level = (stand.level + 1).min(Self::STEPS),
            Wish::Less => stand.level = (stand.level - 1).max(-Self::STEPS),
            Wish::Lock => stand.locked = stand.locked.or(Some(share)),
            Wish::Unlock => stand.locked = None,
            Wish::NotMe => stand.barred = true,
            Wish::Clear => *stand = Stand::default(),
        }
        if *stand == Stand::default() {
            self.0.remove(place);
        }
    }

    /// What holds for an item: by itself, by its category and by its department.
    pub fn on(&self, item: u32, factors: &Factors) -> Stand {
        let mut sum = Stand::default();
        if self.is_empty() {
            return sum;
        }
        for (subject, stand) in self.iter() {
            let holds = match subject {
                Subject::Item(id) => factors.id(item) == id,
                Subject::Category(name) => {
                    factors.category(item).is_some_and(|category| factors.is_called(category, name))
                }
            };
            if holds {
                sum.add(stand);
            }
        }
        sum.bounded()
    }

    /// What holds for each category of a bundle.
    pub fn by_category(&self, factors: &Factors) -> Vec<Stand> {
        let of = |category| {
            let mut sum = Stand::default();
            for (subject, stand) in self.iter() {
                if matches!(subject, Subject::Category(name) if factors.is_called(category, name)) {
                    sum.add(stand);
                }
            }
            sum.bounded()
        };
        (0..factors.categories() as u16).map(of).collect()
    }

    /// What stands after a log; shares of what is locked apart, which only learning tells.
    #[must_use]
    pub fn after(mut self, log: Log<'_, '_>) -> Self {
        for (_, bytes) in log {
            if let Ok(Logged::Said(correction)) = Logged::from_bytes(bytes) {
                self.follow(&correction, 0.0);
            }
        }
        self
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.u16(self.0.len() as u16);
        for (subject, stand) in self.iter() {
            write_subject(out, subject);
            out.u8(stand.level as u8);
            out.u8(u8::from(stand.barred) | (u8::from(stand.locked.is_some()) << 1));
            out.f32(stand.locked.unwrap_or(0.0));
        }
    }

    pub(super) fn read(input: &mut Reader<'_>) -> Option<Self> {
        let mut corrections = Self::default();
        let length = input.u16();
        for _ in 0..input.count(length.into(), 9, Self::MOST) {
            let subject = read_subject(input)?;
            let (level, flags, share) = (input.u8() as i8, input.u8(), input.f32());
            if !(-Self::STEPS..=Self::STEPS).contains(&level) || flags > 3 || !(0.0..=1.0).contains(&share) {
                return None;
            }
            let locked = (flags & 2 != 0).then_some(share);
            corrections.0.push((Owned::of(subject), Stand { level, locked, barred: flags & 1 != 0 }));
        }
        Some(corrections)
    }
}

impl Stand {
    /// Item, category and department say their part together.
    fn add(&mut self, other: Self) {
        self.level += other.level;
        self.locked = self.locked.or(other.locked);
        self.barred |= other.barred;
    }

    /// Whatever their order, the sum is bounded once.
    fn bounded(mut self) -> Self {
        self.level = self.level.clamp(-Corrections::STEPS, Corrections::STEPS);
        self
    }
}
