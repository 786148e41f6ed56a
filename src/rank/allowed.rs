//! Who may be in a list.

use crate::factors::Factors;
use crate::profile::Counts;

/// The items that may be in a list, as a bitmap.
#[derive(Debug, Clone, PartialEq)]
pub struct Allowed {
    bits: Vec<u64>,
}

impl Allowed {
    /// All of `items` items.
    pub fn all(items: usize) -> Self {
        let mut bits = vec![u64::MAX; items.div_ceil(64)];
        if let (Some(last), tail @ 1..) = (bits.last_mut(), items % 64) {
            *last = (1 << tail) - 1;
        }
        Self { bits }
    }

    /// 64 items a word, the first in the lowest bit.
    pub(super) fn words(&self) -> &[u64] {
        &self.bits
    }

    /// Keeps an item out.
    pub fn forbid(&mut self, item: u32) {
        self.bits[item as usize / 64] &= !(1 << (item % 64));
    }

    /// Is it in?
    pub fn has(&self, item: u32) -> bool {
        self.bits[item as usize / 64] >> (item % 64) & 1 == 1
    }

    /// The items that are in, in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.bits.iter().zip(0u32..).flat_map(|(word, block)| {
            let mut left = *word;
            core::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                (bit < 64).then_some(block * 64 + bit)
            })
        })
    }

    /// Keeps only the items of a category, or of a department, of that name.
    /// Returns whether any category has it.
    pub fn only(&mut self, name: &str, factors: &Factors) -> bool {
        let mut known = false;
        let mut bits = vec![0; self.bits.len()];
        for category in (0..factors.categories() as u16).filter(|category| factors.is_called(*category, name)) {
            known = true;
            factors.of_category(category).iter().for_each(|item| bits[*item as usize / 64] |= 1 << (item % 64));
        }
        self.bits.iter_mut().zip(bits).for_each(|(own, bits)| *own &= bits);
        known
    }

    /// Keeps out what the shopper has bought.
    pub fn hide_bought(&mut self, counts: &Counts) {
        counts.iter().for_each(|count| self.forbid(count.item));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::factors;
    use crate::testing::test;

    #[test]
    fn the_bitmap_holds_exactly_its_items() {
        let mut allowed = Allowed::all(130);
        assert_eq!(allowed.iter().count(), 130);
        allowed.forbid(64);
        allowed.forbid(129);
        assert_eq!(allowed.iter().last(), Some(128));
        assert!(!allowed.has(64) && allowed.has(65));
        let mut last = Allowed::all(130);
        (0..129).for_each(|item| last.forbid(item));
        assert_eq!(last.iter().collect::<Vec<_>>(), [129]);
    }

    #[test]
    fn a_category_or_a_department_is_kept_by_its_name() {
        let factors = factors();
        let items = |name| {
            let mut allowed = Allowed::all(factors.len());
            let known = allowed.only(name, &factors);
            (known, allowed.iter().collect::<Vec<_>>())
        };
        assert_eq!(items("Dairy > Cheese"), (true, vec![0, 1]));
        assert_eq!(items("Dairy"), (true, vec![0, 1, 2]));
        assert_eq!(items("Nothing"), (false, vec![]));
    }
}
