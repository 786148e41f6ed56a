//! A list of strings in two buffers, and the look-up from a string to its place.

/// Strings one behind the other, found by their offsets.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Strings {
    text: String,
    offsets: Vec<u32>,
}

impl Strings {
    /// `None` where an offset is out of order, out of the text or within a character.
    pub(super) fn new(text: Vec<u8>, offsets: Vec<u32>) -> Option<Self> {
        let text = String::from_utf8(text).ok()?;
        let ordered = offsets.windows(2).all(|pair| pair[0] <= pair[1]);
        let whole = offsets.first() == Some(&0) && offsets.last().is_some_and(|last| *last as usize == text.len());
        let within = offsets.iter().all(|offset| text.is_char_boundary(*offset as usize));
        (ordered && whole && within).then_some(Self { text, offsets })
    }

    pub(crate) fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    pub(crate) fn get(&self, index: usize) -> &str {
        // The offsets were checked: `get` only spares the module the words of a panic that cannot come.
        self.text.get(self.offsets[index] as usize..self.offsets[index + 1] as usize).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }
}

/// String → place: open addressing over place numbers, twice as many slots as strings.
#[derive(Debug, Clone, Default)]
pub(super) struct Lookup(Vec<u32>);

impl Lookup {
    /// `Err` with the place of the first string that occurs twice.
    pub(super) fn new(strings: &Strings) -> Result<Self, usize> {
        let mut lookup = Self(vec![u32::MAX; (strings.len() * 2).next_power_of_two()]);
        for (place, string) in strings.iter().enumerate() {
            let slot = lookup.slot(strings, string);
            if lookup.0[slot] != u32::MAX {
                return Err(place);
            }
            lookup.0[slot] = place as u32;
        }
        Ok(lookup)
    }

    pub(super) fn find(&self, strings: &Strings, string: &str) -> Option<u32> {
        let place = *self.0.get(self.slot(strings, string))?;
        (place != u32::MAX).then_some(place)
    }

    /// The slot that holds the string, or the free one where it would go.
    fn slot(&self, strings: &Strings, string: &str) -> usize {
        let mask = self.0.len().wrapping_sub(1);
        let mut slot = hash(string) as usize & mask;
        while let Some(place) = self.0.get(slot).filter(|place| **place != u32::MAX) {
            if strings.get(*place as usize) == string {
                break;
            }
            slot = (slot + 1) & mask;
        }
        slot
    }
}

/// FNV-1a (Fowler, Noll, Vo 1991), its high half folded in: ids are short and the shop's own.
fn hash(string: &str) -> u32 {
    let hash = string
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    fn strings_are_found_at_their_place() {
        let strings = Strings::new("acaféz".into(), vec![0, 1, 6, 7]).unwrap();
        let lookup = Lookup::new(&strings).unwrap();
        assert_eq!(lookup.find(&strings, "café"), Some(1));
        assert_eq!(lookup.find(&strings, "caf"), None);
        assert_eq!(Lookup::default().find(&strings, "a"), None);
    }

    #[test]
    fn broken_offsets_and_twins_are_refused() {
        let cafe = || "café".into();
        assert!(Strings::new(cafe(), vec![0, 4, 5]).is_none(), "within a character");
        assert!(Strings::new(cafe(), vec![0, 3, 2, 5]).is_none(), "falling");
        assert!(Strings::new(cafe(), vec![0, 3]).is_none(), "not to the end");
        assert!(Strings::new(cafe(), vec![]).is_none());
        let twins = Strings::new("aa".into(), vec![0, 1, 2]).unwrap();
        assert_eq!(Lookup::new(&twins).unwrap_err(), 1);
    }
}
