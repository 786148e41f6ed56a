//! Sufficient statistics of a ridge regression: all that the exact solution needs of the past.

use crate::interaction::{Kind, Millis};
use crate::lanes::add_f64;

/// M = Σ 2^(c−L)·w·q qᵀ and v = Σ 2^(c−L)·u·q over all examples, where c is the clock of an example in
/// half-lives and L the landmark (forward decay: Cormode et al. 2009). The landmark moves by whole
/// half-lives only, and a power of two is exact in floating point: sums of two devices add, and one
/// example is taken out again, to the last rounding of an addition.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    dim: usize,
    /// Upper triangle of M, row by row; empty before the first example.
    pub(super) matrix: Vec<f64>,
    /// v.
    pub(super) vector: Vec<f64>,
    /// L, in half-lives.
    pub(super) landmark: i64,
    /// The clock of the last example, in half-lives.
    pub(super) clock: f64,
    /// The examples that are known by name, oldest first.
    pub(super) deeds: Vec<Weighed>,
}

/// An example by name, and what it weighs in v.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed {
    /// The item's place in the bundle.
    pub item: u32,
    /// What was done to it.
    pub kind: Kind,
    /// When.
    pub at: Millis,
    /// 2^(c−L)·u, as of the landmark.
    pub amount: f64,
}

/// One example's place in the sums.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// Its clock in half-lives.
    pub clock: f64,
    /// w, its weight in M.
    pub square: f64,
    /// u, its weight in v.
    pub linear: f64,
}

impl Statistics {
    /// Examples known by name: the smallest gives way, and what it put in is part of the unnamed rest.
    pub const MAX_DEEDS: usize = 48;
    /// The landmark moves when the clock is so far ahead, long before 2^(c−L) overflows.
    const LEAD: f64 = 500.0;

    /// Of nothing.
    pub fn new(dim: usize) -> Self {
        Self { dim, matrix: Vec::new(), vector: Vec::new(), landmark: 0, clock: 0.0, deeds: Vec::new() }
    }

    /// Numbers in the upper triangle of a d × d matrix.
    pub const fn triangle(dim: usize) -> usize {
        dim * (dim + 1) / 2
    }

    /// Number of dimensions.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Nothing was put in yet.
    pub fn is_empty(&self) -> bool {
        self.matrix.is_empty()
    }

    /// Upper triangle of M and v, both without the fading since the landmark.
    pub fn sums(&self) -> (&[f64], &[f64]) {
        (&self.matrix, &self.vector)
    }

    /// The examples known by name, oldest first.
    pub fn deeds(&self) -> &[Weighed] {
        &self.deeds
    }

    /// The clock of the last example, in half-lives.
    pub fn clock(&self) -> f64 {
        self.clock
    }

    /// Half-lives that go by beside the clock of the examples.
    pub fn pass(&mut self, half_lives: f64) {
        if !self.is_empty() {
            self.clock += half_lives;
        }
    }

    /// What is left at a clock of what stands in the sums: 2^(L−c).
    pub fn left(&self, clock: f64) -> f64 {
        exp2(self.landmark as f64 - clock)
    }

    /// Adds an example's vector with its weights; negative weights take it out again.
    pub fn add(&mut self, q: &[f32], term: Term) {
        if self.is_empty() {
            self.matrix = vec![0.0; Self::triangle(self.dim)];
            self.vector = vec![0.0; self.dim];
            self.landmark = term.clock.floor() as i64;
        }
        if term.clock - self.landmark as f64 > Self::LEAD {
            self.rebase(term.clock.floor() as i64);
        }
        self.clock = if self.clock > term.clock { self.clock } else { term.clock };
        let scale = exp2(term.clock - self.landmark as f64);
        let (square, linear) = (scale * term.square, scale * term.linear);
        let mut rest = self.matrix.as_mut_slice();
        for (row, (sum, q_row)) in self.vector.iter_mut().zip(q).enumerate() {
            let (line, others) = rest.split_at_mut(self.dim - row);
            let amount = square * f64::from(*q_row);
            add_f64(line, amount, &q[row..]);
            *sum += linear * f64::from(*q_row);
            rest = others;
        }
    }

    /// Notes an example by name; the sums have been moved by [`Statistics::add`].
    pub fn note(&mut self, deed: Weighed, clock: f64) {
        if self.deeds.len() == Self::MAX_DEEDS {
            let least = |a: &usize, b: &usize| self.deeds[*a].amount.abs().total_cmp(&self.deeds[*b].amount.abs());
            let weakest = (0..self.deeds.len()).min_by(least);
            // The list is full, hence not empty.
            self.deeds.remove(weakest.unwrap_or(0));
        }
        let amount = deed.amount * exp2(clock - self.landmark as f64);
        self.deeds.push(Weighed { amount, ..deed });
    }

    /// Adds what another device has seen. Both must have counted in the same half-lives.
    pub fn merge(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        if self.is_empty() {
            *self = other.clone();
            return;
        }
        let mut other = other.clone();
        let landmark = self.landmark.max(other.landmark);
        self.rebase(landmark);
        other.rebase(landmark);
        self.clock = if self.clock > other.clock { self.clock } else { other.clock };
        self.matrix.iter_mut().zip(&other.matrix).for_each(|(sum, more)| *sum += more);
        self.vector.iter_mut().zip(&other.vector).for_each(|(sum, more)| *sum += more);
        self.deeds.append(&mut other.deeds);
        self.deeds.sort_by_key(|deed| (deed.at, deed.item));
        while self.deeds.len() > Self::MAX_DEEDS {
            self.deeds.remove(0);
        }
    }

    /// Forgets the name of an example that was taken out of the sums.
    pub fn unname(&mut self, item: u32, kind: Kind, at: Millis) {
        if let Some(place) = self.deeds.iter().position(|deed| (deed.item, deed.kind, deed.at) == (item, kind, at)) {
            self.deeds.remove(place);
        }
    }

    /// Moves the landmark to a later one.
    fn rebase(&mut self, landmark: i64) {
        let by = exp2((self.landmark - landmark) as f64);
        self.matrix.iter_mut().chain(&mut self.vector).for_each(|sum| *sum *= by);
        self.deeds.iter_mut().for_each(|deed| deed.amount *= by);
        self.landmark = landmark;
    }
}

/// 2ˣ: exact where x is whole. libm's own brings a table of 4 kB.
fn exp2(x: f64) -> f64 {
    let whole = x.floor();
    let power = f64::from_bits((whole as i64 + 1023).clamp(0, 2047) as u64 * (1 << 52));
    libm::exp((x - whole) * std::f64::consts::LN_2) * power
}
