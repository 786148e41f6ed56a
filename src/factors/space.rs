//! Item vectors of one kind.

use crate::lanes;
use crate::lanes::blocks::{Blocks, GROUP};
use std::sync::OnceLock;

/// What an item's vectors are made of: each kind is a space of its own, in which the shopper has a taste.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Who took what: the item factors.
    Collaborative = 0,
    /// Category, brand, price.
    Attributes = 1,
    /// The words of the name.
    Text = 2,
}

impl View {
    /// How many there are.
    pub const COUNT: usize = Self::Text as usize + 1;
    /// All of them, in their order.
    pub const ALL: [Self; Self::COUNT] = [Self::Collaborative, Self::Attributes, Self::Text];
}

/// N × d as int8 with one scale a dimension. A view that the bundle does not bring has no dimension.
#[derive(Clone, Default)]
pub struct Space {
    blocks: Blocks,
    scale: Vec<f32>,
    items: u32,
    /// Where the bundle does not bring it, worked out when it is first asked for.
    gram: OnceLock<Vec<f32>>,
}

impl core::fmt::Debug for Space {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Space({} dimensions)", self.dim())
    }
}

impl Space {
    /// Without items yet.
    pub(super) fn new(scale: Vec<f32>, gram: Option<Vec<f32>>) -> Self {
        Self { scale, gram: gram.map_or_else(OnceLock::new, OnceLock::from), ..Self::default() }
    }

    /// Takes the items' int8 values, row by row, and their buffer.
    pub(super) fn arrange(&mut self, rows: Vec<u8>, items: usize) {
        self.blocks = Blocks::arrange(rows, items, self.dim());
        self.items = items as u32;
    }

    /// Number of dimensions.
    pub fn dim(&self) -> usize {
        self.scale.len()
    }

    /// All int8 values, as a scan reads them.
    pub(crate) fn blocks(&self) -> &Blocks {
        &self.blocks
    }

    /// The value of one step of int8 in each dimension.
    pub fn scale(&self) -> &[f32] {
        &self.scale
    }

    /// Upper triangle of G = Σ q qᵀ over all items, row by row.
    pub fn gram(&self) -> &[f32] {
        self.gram.get_or_init(|| self.sums())
    }

    /// N·d²/2 multiplications: many times what reading a bundle takes.
    fn sums(&self) -> Vec<f32> {
        let dim = self.dim();
        // Whole numbers: |sum| ≤ 2¹⁴·4,000,000, so f64 holds each sum exactly.
        let mut sums = vec![0f64; dim * (dim + 1) / 2];
        let mut row = vec![0; dim];
        for item in 0..self.items {
            row.iter_mut().zip(self.values(item)).for_each(|(to, value)| *to = i32::from(value));
            let mut rest = sums.as_mut_slice();
            for (j, value) in row.iter().enumerate() {
                let (line, others) = rest.split_at_mut(dim - j);
                line.iter_mut().zip(&row[j..]).for_each(|(sum, other)| *sum += f64::from(value * other));
                rest = others;
            }
        }
        let scale = &self.scale;
        let scales = (0..dim).flat_map(|j| (j..dim).map(move |k| f64::from(scale[j]) * f64::from(scale[k])));
        sums.iter().zip(scales).map(|(sum, scale)| (sum * scale) as f32).collect()
    }

    /// One item's int8 values; times [`Space::scale`] they are its vector.
    pub fn values(&self, item: u32) -> impl Iterator<Item = i8> + '_ {
        self.blocks.groups(item).flatten().take(self.dim())
    }

    /// Has the item a vector here? One of zeros is none.
    pub fn holds(&self, item: u32) -> bool {
        self.dim() > 0 && self.blocks.groups(item).any(|four| four != [0; GROUP])
    }

    /// One item's vector, written into `out` (d numbers).
    pub fn write(&self, item: u32, out: &mut [f32]) {
        lanes::write(self.blocks.own(item), &self.scale, out);
    }

    /// One item's vector.
    pub fn vector(&self, item: u32) -> Vec<f32> {
        let mut vector = vec![0.0; self.dim()];
        self.write(item, &mut vector);
        vector
    }

    /// Lends an item's vector, of a usual length without asking for memory.
    pub fn with<T>(&self, item: u32, work: impl FnOnce(&[f32]) -> T) -> T {
        let mut short = [0.0; 128];
        match short.get_mut(..self.dim()) {
            Some(vector) => {
                self.write(item, vector);
                work(vector)
            }
            None => work(&self.vector(item)),
        }
    }

    /// p += amount·q.
    pub fn add(&self, item: u32, amount: f32, p: &mut [f32]) {
        lanes::add(self.blocks.own(item), &self.scale, amount, p);
    }

    /// Reads a byte of each cache line of an item, which its neighbours share, and does nothing with them: so they are asked for
    /// all at once and ahead, and not one after the other as they are worked with.
    pub fn touch(&self, item: u32) {
        core::hint::black_box(lanes::touch(self.blocks.own(item)));
    }

    /// Do the first eight lie beside each other in the order of their lanes, and are their vectors whole groups? Such are worked
    /// with at once.
    fn eight(&self, items: &[u32]) -> bool {
        let Some([first, others @ ..]) = items.first_chunk::<8>() else { return false };
        let beside = || others.iter().zip(first + 1..).all(|(item, next)| *item == next);
        first.is_multiple_of(8) && self.dim().is_multiple_of(GROUP) && beside()
    }

    /// p += amount·q of each item, for two tastes: each item is read once.
    pub fn add_all(&self, items: &[u32], amounts: [&[f32]; 2], [p, r]: [&mut [f32]; 2]) {
        let mut at = 0;
        while at < items.len() {
            let own = self.blocks.own(items[at]);
            if let ([Some(a), Some(b)], true) = (amounts.map(|all| all[at..].first_chunk()), self.eight(&items[at..])) {
                lanes::add_eight(own, &self.scale, [a, b], [p, r]);
                at += 8;
            } else {
                lanes::add_both(own, &self.scale, amounts.map(|all| all[at]), [p, r]);
                at += 1;
            }
        }
    }

    /// p·q of each item, for two tastes: each item is read once.
    pub fn dots(&self, items: &[u32], tastes: [&[f32]; 2], [one, two]: [&mut [f32]; 2]) {
        let mut at = 0;
        while at < items.len() {
            let own = self.blocks.own(items[at]);
            if self.eight(&items[at..])
                && let (Some(one), Some(two)) = (one[at..].first_chunk_mut(), two[at..].first_chunk_mut())
            {
                lanes::dot_eight(own, &self.scale, tastes, [one, two]);
                at += 8;
            } else {
                [one[at], two[at]] = lanes::dot_both(own, &self.scale, tastes);
                at += 1;
            }
        }
    }

    /// p·q in four lanes: the order of the additions is the same with and without SIMD.
    pub fn dot(&self, taste: &[f32], item: u32) -> f32 {
        lanes::dot(self.blocks.own(item), &self.scale, taste)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{random, test};

    #[test]
    fn items_together_are_items_one_by_one() {
        // Eight in their order; in another, twice the same, beginning anywhere, and others than eight.
        let together = [8, 9, 10, 11, 12, 13, 14, 15];
        let lists: [&[u32]; 7] = [
            &together,
            &[8, 9, 10, 11, 12, 13, 14, 15, 3],
            &[13, 12, 15, 14, 9, 8, 11, 10],
            &[36, 36, 37, 36, 33, 36, 37, 32],
            &[4, 5, 6, 7, 8, 9, 10, 11],
            &[5, 0, 1, 2, 3, 4, 5, 6, 9],
            &[7],
        ];
        for (dim, items) in [8, 6].into_iter().flat_map(|dim| lists.map(|items| (dim, items))) {
            let factors = random(5, 38, dim, false);
            let space = factors.space();
            let (p, r) = (space.vector(20), space.vector(30));
            let mut found = [[0.0; 9]; 2];
            space.dots(items, [&p, &r], found.each_mut().map(|found| &mut found[..]));
            let amounts: Vec<f32> = (1..).map(|at| at as f32 / 8.0).take(items.len()).collect();
            let others: Vec<f32> = amounts.iter().map(|amount| 1.0 - amount).collect();
            let (mut one, mut other) = (p.clone(), r.clone());
            let (mut a, mut b) = (p.clone(), r.clone());
            space.add_all(items, [&amounts, &others], [&mut a, &mut b]);
            let eight = dim == 8 && items.starts_with(&together);
            for (at, item) in items.iter().enumerate() {
                for (found, taste) in found.iter().zip([&p, &r]) {
                    let wanted = space.dot(taste, *item);
                    // Whoever is not one of eight beside each other is worked with in whole precision.
                    let off = if eight && at < 8 { 1e-3 * wanted.abs().max(1.0) } else { 0.0 };
                    assert!((found[at] - wanted).abs() <= off, "{items:?}: {found:?} {wanted}");
                }
                space.add(*item, amounts[at], &mut one);
                space.add(*item, others[at], &mut other);
            }
            let off = if eight { 1e-3 } else { 1e-4 };
            let near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < off);
            assert!(near(&a, &one) && near(&b, &other), "{items:?} of {dim}");
            assert!(!near(&a, &p), "the control");
        }
    }
}
