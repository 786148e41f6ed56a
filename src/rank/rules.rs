//! Rules of a list: who may be in it, and how much of one kind.

use super::topk::Scored;
use crate::factors::Factors;
use crate::profile::Behaviour;

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

    /// None of them.
    pub fn none(items: usize) -> Self {
        Self { bits: vec![0; items.div_ceil(64)] }
    }

    /// Lets an item in.
    pub fn allow(&mut self, item: u32) {
        self.bits[item as usize / 64] |= 1 << (item % 64);
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
        let wanted: Vec<bool> = (0..factors.categories() as u16)
            .map(|category| {
                let department = &factors.departments()[usize::from(factors.department_of(category))];
                factors.category_name(category) == name || department == name
            })
            .collect();
        for item in 0..factors.len() as u32 {
            if !factors.category(item).is_some_and(|category| wanted[usize::from(category)]) {
                self.forbid(item);
            }
        }
        wanted.contains(&true)
    }

    /// Keeps out what the shopper has bought.
    pub fn hide_bought(&mut self, behaviour: &Behaviour) {
        behaviour.counts().iter().for_each(|count| self.forbid(count.item));
    }
}

/// The first `limit` of a list with at most `per_category` of one category (0 = no limit).
/// `None` when it is not filled although the list is not the `whole` of what could be in it.
pub fn diverse(
    list: &[Scored], factors: &Factors, limit: usize, per_category: usize, whole: bool,
) -> Option<Vec<Scored>> {
    let mut taken = vec![0usize; factors.categories()];
    let mut chosen = Vec::with_capacity(limit);
    for scored in list {
        if let Some(category) = factors.category(scored.item).filter(|_| per_category > 0) {
            let taken = &mut taken[usize::from(category)];
            if *taken == per_category {
                continue;
            }
            *taken += 1;
        }
        chosen.push(*scored);
        if chosen.len() == limit {
            return Some(chosen);
        }
    }
    whole.then_some(chosen)
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
        let mut none = Allowed::none(130);
        none.allow(129);
        assert_eq!(none.iter().collect::<Vec<_>>(), [129]);
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

    #[test]
    fn no_category_fills_the_list() {
        let factors = factors();
        let list: Vec<_> = (0..4).map(|item| Scored { item, score: -f64::from(item) }).collect();
        let items = |limit, cap, whole| {
            let list = diverse(&list, &factors, limit, cap, whole)?;
            Some(list.iter().map(|scored| scored.item).collect::<Vec<_>>())
        };
        assert_eq!(items(3, 1, false), Some(vec![0, 2, 3]));
        assert_eq!(items(3, 0, false), Some(vec![0, 1, 2]));
        assert_eq!(items(4, 1, false), None, "only three of these four may be in: look further");
        assert_eq!(items(4, 1, true), Some(vec![0, 2, 3]), "there are no more");
    }
}
