//! Item vectors of one kind.

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
    pub(super) table: Vec<i8>,
    pub(super) scale: Vec<f32>,
    pub(super) gram: Vec<f32>,
}

impl core::fmt::Debug for Space {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Space({} dimensions)", self.dim())
    }
}

impl Space {
    /// Number of dimensions.
    pub fn dim(&self) -> usize {
        self.scale.len()
    }

    /// All int8 values, row by row.
    pub fn table(&self) -> &[i8] {
        &self.table
    }

    /// The value of one step of int8 in each dimension.
    pub fn scale(&self) -> &[f32] {
        &self.scale
    }

    /// Upper triangle of G = Σ q qᵀ over all items, row by row.
    pub fn gram(&self) -> &[f32] {
        &self.gram
    }

    /// One item's int8 values; times [`Space::scale`] they are its vector.
    pub fn row(&self, item: u32) -> &[i8] {
        &self.table[item as usize * self.dim()..][..self.dim()]
    }

    /// Has the item a vector here? One of zeros is none.
    pub fn holds(&self, item: u32) -> bool {
        self.row(item).iter().any(|value| *value != 0)
    }

    /// One item's vector, written into `out` (d numbers).
    pub fn write(&self, item: u32, out: &mut [f32]) {
        for ((out, value), scale) in out.iter_mut().zip(self.row(item)).zip(&self.scale) {
            *out = f32::from(*value) * scale;
        }
    }

    /// One item's vector.
    pub fn vector(&self, item: u32) -> Vec<f32> {
        let mut vector = vec![0.0; self.dim()];
        self.write(item, &mut vector);
        vector
    }

    /// p·q in four lanes: the order of the additions is the same with and without SIMD.
    pub fn dot(&self, taste: &[f32], item: u32) -> f32 {
        let mut lanes = [0f32; 4];
        let ((p4, p_tail), (q4, q_tail), (s4, s_tail)) =
            (taste.as_chunks::<4>(), self.row(item).as_chunks::<4>(), self.scale.as_chunks::<4>());
        for ((p, q), s) in p4.iter().zip(q4).zip(s4) {
            for lane in 0..4 {
                lanes[lane] += p[lane] * (f32::from(q[lane]) * s[lane]);
            }
        }
        let tail: f32 = p_tail.iter().zip(q_tail).zip(s_tail).map(|((p, q), s)| p * (f32::from(*q) * s)).sum();
        (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + tail
    }
}
