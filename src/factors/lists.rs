//! Item-to-item lists: for each item a few others, and how strongly they go with it.

/// N lists, packed one behind the other.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    /// Where each begins, and the end; empty where the bundle has no lists.
    pub(super) offsets: Vec<u32>,
    pub(super) items: Vec<u32>,
    pub(super) weights: Vec<u8>,
    /// The value of one step of a weight.
    pub(super) scale: f32,
}

impl Lists {
    /// The others of an item with their weights, as the bundle has them.
    pub fn of(&self, item: u32) -> impl ExactSizeIterator<Item = (u32, f32)> {
        let at = |item: usize| self.offsets.get(item).map_or(0, |offset| *offset as usize);
        let range = at(item as usize)..at(item as usize + 1);
        let weights = self.weights[range.clone()].iter().map(|weight| f32::from(*weight) * self.scale);
        self.items[range].iter().copied().zip(weights)
    }

    /// How strongly one item goes with another; 0 where it is not in its list.
    pub fn weight(&self, from: u32, to: u32) -> f32 {
        self.of(from).find(|(other, _)| *other == to).map_or(0.0, |(_, weight)| weight)
    }

    /// The bundle has none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// What is wrong with lists of `items` items, and at which number.
    pub(super) fn defect(&self, items: usize) -> Option<(usize, &'static str)> {
        let ends = (self.offsets.first(), self.offsets.last().map(|last| *last as usize));
        if ends != (Some(&0), Some(self.items.len())) || self.offsets.windows(2).any(|pair| pair[0] > pair[1]) {
            return Some((0, "offsets that do not rise from 0 to the number of entries"));
        }
        if !(0.0..=1e6).contains(&self.scale) {
            return Some((0, "a scale that is not finite or out of range"));
        }
        let stray = self.items.iter().position(|item| *item as usize >= items);
        stray.map(|at| (at, "an item that is not in the bundle"))
    }
}
