//! Alternating least squares on implicit feedback (Hu, Koren, Volinsky 2008), each row solved by
//! three steps of conjugate gradient (Takács, Pilászy, Tikk 2011).
//!
//! The loss is `Σ c·(p − u·v)² + λ·(Σ|u|² + Σ|v|²)` over all pairs of user and item: a pair that was
//! seen has preference p = 1 and confidence c = 1 + alpha·count, any other p = 0 and c = 1. (The
//! library `implicit` takes c itself as its input, and so has the same loss on 1 + alpha·count.)
//!
//! Equal seeds give equal factors, whatever the number of threads: rows do not touch each other,
//! and sums over rows are made of fixed pieces in a fixed order. What takes the time is compiled twice, for any
//! processor and for AVX2, whose wider registers hold the same lanes: no bit depends on the machine.

use multiversion::multiversion;
use rayon::prelude::*;

use super::learner::Learner;
use super::matrix::{Matrix, Rows};
use crate::random::Random;

/// As in `implicit`: more steps hardly lower the loss, as the next iteration starts from here.
const STEPS: usize = 3;
/// From nothing it takes some more to come as near as the data's last digit.
const FOLDS: usize = 6;
/// Rows that one piece of a sum takes together.
const PIECE: usize = 1_024;

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub dim: usize,
    pub iterations: usize,
    pub alpha: f32,
    pub regularization: f32,
    pub seed: u64,
}

/// A vector for each user and each item, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Factors {
    pub dim: usize,
    pub users: Vec<f32>,
    pub items: Vec<f32>,
}

impl Factors {
    pub fn user(&self, user: usize) -> &[f32] {
        &self.users[user * self.dim..][..self.dim]
    }

    /// How well each item suits a user: `u·v` for all v.
    pub fn scores(&self, user: &[f32], scores: &mut [f32]) {
        for (score, item) in scores.iter_mut().zip(self.items.chunks_exact(self.dim)) {
            *score = dot(user, item);
        }
    }
}

pub struct Als<'a> {
    pub matrix: &'a Matrix,
    pub settings: Settings,
}

impl Learner for Als<'_> {
    fn start(&self) -> Factors {
        let dim = self.settings.dim;
        let mut random = Random::new(self.settings.seed);
        let mut small = |rows: usize| (0..rows * dim).map(|_| random.unit() * 0.01).collect();
        let users = small(self.matrix.by_user.len());
        Factors { dim, users, items: small(self.matrix.by_item.len()) }
    }

    fn iterate(&self, _: usize, factors: &mut Factors) -> f64 {
        let Self { matrix, settings } = self;
        solve(&matrix.by_user, &mut factors.users, &factors.items, settings);
        solve(&matrix.by_item, &mut factors.items, &factors.users, settings);
        loss(&matrix.by_user, factors, settings)
    }
}

/// Learns factors; tells the iteration's number (from 1), its factors and its loss.
pub fn fit(matrix: &Matrix, settings: &Settings, mut each: impl FnMut(usize, &Factors, f64)) -> Factors {
    let als = Als { matrix, settings: *settings };
    let mut factors = als.start();
    for iteration in 1..=settings.iterations {
        let loss = als.iterate(iteration, &mut factors);
        each(iteration, &factors, loss);
    }
    factors
}

/// Solves for users of known items: rows of users in, a vector for each out (rows × d).
pub fn fold_in(rows: &Rows, items: &[f32], settings: &Settings) -> Vec<f32> {
    let mut users = vec![0.0; rows.len() * settings.dim];
    for _ in 0..FOLDS {
        solve(rows, &mut users, items, settings);
    }
    users
}

/// Improves all rows of `solved`, with `fixed` as it is.
fn solve(rows: &Rows, solved: &mut [f32], fixed: &[f32], settings: &Settings) {
    let dim = settings.dim;
    let mut gram = gram(fixed, dim);
    for j in 0..dim {
        gram[j * dim + j] += settings.regularization;
    }
    solved.par_chunks_exact_mut(dim).enumerate().with_min_len(16).for_each_init(
        || Scratch::new(dim),
        |scratch, (row, x)| descend(x, rows.row(row), fixed, &gram, settings.alpha, scratch),
    );
}

struct Scratch {
    residual: Vec<f32>,
    direction: Vec<f32>,
    image: Vec<f32>,
}

impl Scratch {
    fn new(dim: usize) -> Self {
        Self { residual: vec![0.0; dim], direction: vec![0.0; dim], image: vec![0.0; dim] }
    }
}

/// [`conjugate_gradient`], for AVX2 too: all that it calls is inlined, or that would be compiled once.
#[multiversion(targets("x86_64+avx2"))]
fn descend(x: &mut [f32], entries: &[(u32, f32)], fixed: &[f32], gram: &[f32], alpha: f32, scratch: &mut Scratch) {
    conjugate_gradient(x, entries, fixed, gram, alpha, scratch);
}

/// Conjugate gradient on `(VᵀV + Vᵀ(C − I)V + λI)·x = VᵀC·p`, from where x stands.
#[inline(always)]
fn conjugate_gradient(
    x: &mut [f32], entries: &[(u32, f32)], fixed: &[f32], gram: &[f32], alpha: f32, scratch: &mut Scratch,
) {
    if entries.is_empty() {
        return x.fill(0.0);
    }
    let dim = x.len();
    let Scratch { residual, direction, image } = scratch;
    let of = |item: u32| &fixed[item as usize * dim..][..dim];

    apply(gram, x, residual);
    residual.iter_mut().for_each(|r| *r = -*r);
    for &(item, count) in entries {
        let (v, extra) = (of(item), alpha * count);
        add(residual, 1.0 + extra - extra * dot(v, x), v);
    }
    direction.copy_from_slice(residual);
    let mut square = dot(residual, residual);
    for _ in 0..STEPS {
        if square < 1e-20 {
            break;
        }
        apply(gram, direction, image);
        for &(item, count) in entries {
            let (v, extra) = (of(item), alpha * count);
            add(image, extra * dot(v, direction), v);
        }
        let length = square / dot(direction, image);
        add(x, length, direction);
        add(residual, -length, image);
        let next = dot(residual, residual);
        let keep = next / square;
        for (d, r) in direction.iter_mut().zip(residual.iter()) {
            *d = r + keep * *d;
        }
        square = next;
    }
}

/// `VᵀV`: summed in f32 within a piece, in f64 over the pieces.
pub fn gram(rows: &[f32], dim: usize) -> Vec<f32> {
    let pieces: Vec<Vec<f32>> = rows.par_chunks(PIECE * dim).map(|rows| squares(rows, dim)).collect();
    let mut sum = vec![0.0f64; dim * dim];
    for piece in pieces {
        for (sum, value) in sum.iter_mut().zip(piece) {
            *sum += f64::from(value);
        }
    }
    sum.into_iter().map(|value| value as f32).collect()
}

#[multiversion(targets("x86_64+avx2"))]
fn squares(rows: &[f32], dim: usize) -> Vec<f32> {
    let mut sum = vec![0.0f32; dim * dim];
    for row in rows.chunks_exact(dim) {
        for (line, value) in sum.chunks_exact_mut(dim).zip(row) {
            add(line, *value, row);
        }
    }
    sum
}

/// The loss, divided by the sum of all confidences (as `implicit` prints it).
fn loss(rows: &Rows, factors: &Factors, settings: &Settings) -> f64 {
    let dim = factors.dim;
    let gram = gram(&factors.items, dim);
    let one = |user: usize| {
        let x = factors.user(user);
        let mut image = vec![0.0; dim];
        apply(&gram, x, &mut image);
        // All pairs as if unseen, (u·v)², then what the seen ones differ by.
        let mut loss = f64::from(dot(&image, x));
        let mut confidence = 0.0;
        for &(item, count) in rows.row(user) {
            let c = 1.0 + f64::from(settings.alpha * count);
            let score = f64::from(dot(x, &factors.items[item as usize * dim..][..dim]));
            loss += c * (1.0 - score) * (1.0 - score) - score * score;
            confidence += c;
        }
        (loss, confidence)
    };
    let parts: Vec<(f64, f64)> = (0..rows.len()).into_par_iter().map(one).collect();
    let (mut loss, mut confidence) = (0.0, 0.0);
    for (l, c) in parts {
        loss += l;
        confidence += c;
    }
    let square = |values: &[f32]| values.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>();
    loss += f64::from(settings.regularization) * (square(&factors.users) + square(&factors.items));
    let unseen = rows.len() * (factors.items.len() / dim) - rows.entries();
    loss / (confidence + unseen as f64)
}

/// `image = A·x` for a symmetric A.
#[inline(always)]
fn apply(matrix: &[f32], x: &[f32], image: &mut [f32]) {
    image.fill(0.0);
    for (line, value) in matrix.chunks_exact(x.len()).zip(x) {
        add(image, *value, line);
    }
}

/// `sum += factor · values`.
#[inline(always)]
pub fn add(sum: &mut [f32], factor: f32, values: &[f32]) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

/// `Σ aⱼ·bⱼ` in eight lanes, which the compiler turns into vector instructions.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_tail), (b, b_tail)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut lanes = [0.0f32; 8];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..8 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    let tail: f32 = a_tail.iter().zip(b_tail).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f32>() + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two groups of users, each with its own items.
    fn two_tastes() -> Matrix {
        let triples: Vec<(u32, u32, f32)> = (0..40u32)
            .flat_map(|user| (0..10u32).map(move |item| (user, item)))
            .filter(|(user, item)| (user % 2 == item % 2) && (user + item) % 3 != 0)
            .map(|(user, item)| (user, item, 1.0 + (user % 3) as f32))
            .collect();
        Matrix::new(40, 10, &triples)
    }

    const SETTINGS: Settings = Settings { dim: 5, iterations: 20, alpha: 5.0, regularization: 0.5, seed: 7 };

    #[test]
    fn the_loss_falls_and_tastes_are_told_apart() {
        let mut losses = Vec::new();
        let factors = fit(&two_tastes(), &SETTINGS, |_, _, loss| losses.push(loss));
        assert!(losses.windows(2).all(|pair| pair[1] <= pair[0] * 1.0001), "{losses:?}");
        let mut scores = [0.0; 10];
        factors.scores(factors.user(0), &mut scores);
        let mean = |parity: usize| scores.iter().skip(parity).step_by(2).sum::<f32>() / 5.0;
        assert!(mean(0) > 0.5 && mean(1) < 0.2, "{scores:?}");
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| fit(&two_tastes(), &SETTINGS, |_, _, _| {}))
        };
        let one = with(1);
        assert_eq!(one, with(3));
        // The control: another seed does.
        assert_ne!(one, fit(&two_tastes(), &Settings { seed: 8, ..SETTINGS }, |_, _, _| {}));
    }

    #[test]
    fn wider_registers_do_not_change_a_bit() {
        let (mut random, dim) = (Random::new(3), 61);
        let fixed: Vec<f32> = (0..50 * dim).map(|_| random.unit() - 0.5).collect();
        let entries: Vec<(u32, f32)> = (0..50).map(|item| (item, 1.0 + random.unit())).collect();
        let gram = gram(&fixed, dim);
        let solved = |alpha, wide| {
            let (mut x, mut scratch) = (vec![0.1; dim], Scratch::new(dim));
            let solve = if wide { descend } else { conjugate_gradient };
            solve(&mut x, &entries, &fixed, &gram, alpha, &mut scratch);
            x
        };
        assert_eq!(solved(5.0, true), solved(5.0, false));
        assert_ne!(solved(5.0, true), solved(5.001, false), "the control");
    }

    /// A solved row must fulfil the normal equations, computed here in the plainest way.
    #[test]
    fn rows_fulfil_the_normal_equations() {
        let matrix = two_tastes();
        let long = Settings { iterations: 200, ..SETTINGS };
        let factors = fit(&matrix, &long, |_, _, _| {});
        let (dim, items) = (factors.dim, &factors.items);
        // At the fixed point, items solve their own equations given users; test item 3.
        let x = &items[3 * dim..4 * dim];
        let mut gradient: Vec<f64> = x.iter().map(|x| f64::from(long.regularization * x)).collect();
        for user in 0..matrix.by_user.len() {
            let seen = matrix.by_user.row(user).iter().find(|(item, _)| *item == 3);
            let (c, p) = seen.map_or((1.0, 0.0), |(_, count)| (f64::from(1.0 + long.alpha * count), 1.0));
            let score: f64 = factors.user(user).iter().zip(x).map(|(u, v)| f64::from(u * v)).sum();
            for (g, u) in gradient.iter_mut().zip(factors.user(user)) {
                *g += c * (score - p) * f64::from(*u);
            }
        }
        assert!(gradient.iter().all(|g| g.abs() < 1e-2), "{gradient:?}");
    }

    #[test]
    fn the_loss_is_the_plain_sum() {
        let matrix = two_tastes();
        let mut last = 0.0;
        let factors = fit(&matrix, &SETTINGS, |_, _, loss| last = loss);
        let (mut sum, mut confidence) = (0.0, 0.0);
        for user in 0..40 {
            let mut scores = [0.0; 10];
            factors.scores(factors.user(user), &mut scores);
            for (item, score) in scores.iter().enumerate() {
                let seen = matrix.by_user.row(user).iter().find(|(i, _)| *i as usize == item);
                let (c, p) = seen.map_or((1.0, 0.0), |(_, count)| (1.0 + SETTINGS.alpha * count, 1.0));
                sum += f64::from(c) * f64::from(p - score).powi(2);
                confidence += f64::from(c);
            }
        }
        let square: f64 = factors.users.iter().chain(&factors.items).map(|x| f64::from(*x).powi(2)).sum();
        let expected = (sum + f64::from(SETTINGS.regularization) * square) / confidence;
        assert!((last - expected).abs() < 1e-4 * expected, "{last} {expected}");
    }

    #[test]
    fn dot_takes_the_tail() {
        let a: Vec<f32> = (0..11).map(|x| x as f32).collect();
        assert_eq!(dot(&a, &a), 385.0);
    }
}
