//! A list of strings in two buffers, and the look-up from a string to its place.

/// Strings one behind the other, found by their offsets.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Strings {
    text: String,
    count: usize,
    offsets: Offsets,
}

#[derive(Debug, Clone, PartialEq)]
enum Offsets {
    /// All strings have this length in bytes, as article numbers do: a look-up reads no offset, and waits once less.
    Every(usize),
    Each(Vec<u32>),
}

impl Default for Offsets {
    fn default() -> Self {
        Self::Every(0)
    }
}

impl Strings {
    /// `None` where an offset is out of order, out of the text or within a character.
    pub(super) fn new(text: Vec<u8>, offsets: Vec<u32>) -> Option<Self> {
        let text = String::from_utf8(text).ok()?;
        let ordered = offsets.windows(2).all(|pair| pair[0] <= pair[1]);
        let whole = offsets.first() == Some(&0) && offsets.last().is_some_and(|last| *last as usize == text.len());
        let within = offsets.iter().all(|offset| text.is_char_boundary(*offset as usize));
        if !(ordered && whole && within) {
            return None;
        }
        let (count, first) = (offsets.len() - 1, offsets.get(1).copied().unwrap_or_default());
        let alike = offsets.windows(2).all(|pair| pair[1] - pair[0] == first);
        let offsets = if alike { Offsets::Every(first as usize) } else { Offsets::Each(offsets) };
        Some(Self { text, count, offsets })
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    fn range(&self, place: usize) -> core::ops::Range<usize> {
        match &self.offsets {
            Offsets::Every(len) => place * len..(place + 1) * len,
            Offsets::Each(offsets) => offsets[place] as usize..offsets[place + 1] as usize,
        }
    }

    pub(crate) fn get(&self, index: usize) -> &str {
        // The offsets were checked: `get` only spares the module the words of a panic that cannot come.
        self.text.get(self.range(index)).unwrap_or_default()
    }

    /// The bytes of one. [`Strings::get`] reads the text at both ends, for the boundaries of characters; this reads none of it.
    pub(super) fn bytes(&self, place: u32) -> &[u8] {
        self.text.as_bytes().get(self.range(place as usize)).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }
}

/// String → place: open addressing, at least twice as many slots as strings. An entry has the place in the low bits, as many as
/// choose a slot, and above them the other bits of the hash: so hardly ever another string is read.
#[derive(Debug, Clone, Default)]
pub(super) struct Lookup(Vec<u32>);

/// No entry: a place is below half the slots, so the highest of the low bits is never set.
const FREE: u32 = u32::MAX;

impl Lookup {
    /// `Err` with the place of the first string that occurs twice.
    pub(super) fn new(strings: &Strings) -> Result<Self, usize> {
        let mut lookup = Self(vec![FREE; (strings.len() * 2).next_power_of_two()]);
        for (place, string) in strings.iter().enumerate() {
            let hash = hash(string);
            let slot = lookup.slot(hash, strings, string, |_| ());
            if lookup.0[slot] != FREE {
                return Err(place);
            }
            lookup.0[slot] = place as u32 | hash & !lookup.mask();
        }
        Ok(lookup)
    }

    /// `ahead` is told the place before the string there is compared.
    pub(super) fn find(&self, strings: &Strings, string: &str, ahead: impl Fn(u32)) -> Option<u32> {
        let entry = *self.0.get(self.slot(hash(string), strings, string, ahead))?;
        (entry != FREE).then_some(entry & self.mask())
    }

    /// The entry where a search for the string begins is on its way.
    pub(super) fn touch(&self, string: &str) {
        core::hint::black_box(self.0.get((hash(string) & self.mask()) as usize).copied());
    }

    fn mask(&self) -> u32 {
        self.0.len().wrapping_sub(1) as u32
    }

    /// The slot that holds the string, or the free one where it would go.
    fn slot(&self, hash: u32, strings: &Strings, string: &str, ahead: impl Fn(u32)) -> usize {
        let mask = self.mask();
        let mut slot = hash & mask;
        while let Some(entry) = self.0.get(slot as usize).filter(|entry| **entry != FREE) {
            if (entry ^ hash) & !mask == 0 {
                let known = strings.bytes(entry & mask);
                ahead(entry & mask);
                if same(known, string.as_bytes()) {
                    break;
                }
            }
            slot = (slot + 1) & mask;
        }
        slot as usize
    }
}

/// By multiplication, eight bytes at a time (Knuth 1973). The high half is folded into the low one after each, since the low
/// bits of a product know nothing of the high ones. The last word begins with the number of its bytes. Ids are the shop's own: nobody chooses them to
/// collide.
fn hash(string: &str) -> u32 {
    let (words, rest) = string.as_bytes().as_chunks();
    let rest = rest.iter().fold(rest.len() as u64, |word, byte| word << 8 | u64::from(*byte));
    let words = words.iter().map(|word| u64::from_le_bytes(*word)).chain([rest]);
    words.fold(0xcbf2_9ce4_8422_2325, |hash: u64, word| {
        let hash = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash ^ hash >> 32
    }) as u32
}

/// Equal bytes. Eight at a time: the module's own comparison takes them one by one.
fn same(a: &[u8], b: &[u8]) -> bool {
    let ((words, rest), (others, last)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    a.len() == b.len()
        && words.iter().zip(others).all(|(word, other)| u64::from_le_bytes(*word) == u64::from_le_bytes(*other))
        && rest == last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    fn strings_are_found_at_their_place() {
        let strings = Strings::new("acaféz".into(), vec![0, 1, 6, 7]).unwrap();
        let lookup = Lookup::new(&strings).unwrap();
        let find = |lookup: &Lookup, string| lookup.find(&strings, string, |_| ());
        assert_eq!(find(&lookup, "café"), Some(1));
        assert_eq!(find(&lookup, "caf"), None);
        assert_eq!(find(&Lookup::default(), "a"), None);
    }

    #[test]
    fn of_many_strings_each_is_found_and_no_other() {
        // Of several lengths, and of one: below a word of the hash, a word, and more.
        for name in [
            |number| format!("sku-{number}"),
            |number| format!("{number:05}"),
            |number| format!("{number:08}"),
            |number| format!("id-{number:018}"),
        ] {
            let names = |from: usize| (from..from + 5_000).map(name);
            let ends = names(0).scan(0, |end, name| {
                *end += name.len() as u32;
                Some(*end)
            });
            let strings =
                Strings::new(names(0).collect::<String>().into_bytes(), [0].into_iter().chain(ends).collect()).unwrap();
            assert!(strings.iter().eq(names(0)));
            let lookup = Lookup::new(&strings).unwrap();
            let find = |string: &str| lookup.find(&strings, string, |_| ());
            assert!(names(0).enumerate().all(|(place, name)| find(&name) == Some(place as u32)));
            assert!(names(5_000).all(|name| find(&name).is_none()));
            // The control: some have had to go on to the next slot. As many as by chance, or the look-up is slow.
            let moved = names(0)
                .filter(|name| lookup.0[(hash(name) & lookup.mask()) as usize] & lookup.mask() != find(name).unwrap());
            assert!((500..1_500).contains(&moved.count()));
        }
    }

    #[test]
    fn broken_offsets_and_twins_are_refused() {
        let cafe = || "café".into();
        assert!(Strings::new(cafe(), vec![0, 4, 5]).is_none(), "within a character");
        assert!(Strings::new(cafe(), vec![0, 3, 2, 5]).is_none(), "falling");
        assert!(Strings::new(cafe(), vec![0, 3]).is_none(), "not to the end");
        assert!(Strings::new(cafe(), vec![]).is_none());
        assert!(Strings::new("é".into(), vec![0, 1, 2]).is_none(), "of one length, but within a character");
        assert!(Strings::new("abcde".into(), vec![0, 2, 4]).is_none(), "of one length, but not to the end");
        let lengths = |text: &str, offsets| {
            Strings::new(text.into(), offsets).map(|strings| strings.iter().map(str::len).collect())
        };
        assert_eq!(lengths("", vec![0]), Some(vec![]));
        assert_eq!(lengths("", vec![0, 0, 0]), Some(vec![0, 0]));
        let twins = Strings::new("aa".into(), vec![0, 1, 2]).unwrap();
        assert_eq!(Lookup::new(&twins).unwrap_err(), 1);
        // The last byte is another, within a word and behind it.
        for (a, b) in [("12345678", "12345679"), ("123456781", "123456782"), ("1", "11")] {
            assert!(!same(a.as_bytes(), b.as_bytes()) && same(a.as_bytes(), a.as_bytes()));
        }
    }
}
