//! Bayesian personalised ranking (Rendle et al. 2009): stochastic gradient ascent on
//! `Σ ln σ(u·vᵢ − u·vⱼ) − λ/2·(|u|² + |vᵢ|² + |vⱼ|²)`, i being an item that the user took, as often as it
//! was taken, and j one that the user did not: half of them are drawn evenly, half as often as they
//! are taken by others, since an even draw hardly teaches the order of the first twenty.
//!
//! Threads share the work as in stratified descent (Gemulla et al. 2011): users and items are cut
//! into eight shards each, items anew in each iteration. In eight rounds every shard of users meets
//! every shard of items, and at a time no two threads touch the same row. j comes from the shard of
//! i. Equal seeds so give equal factors, whatever the number of threads.

use rayon::prelude::*;

use super::als::{Factors, add, dot};
use super::learner::Learner;
use super::matrix::Matrix;
use crate::random::Random;

/// Shards of users, and of items where there are enough of them to draw from.
const SHARDS: usize = 8;
/// The fewest items of a shard, where there is more than one.
const FEWEST: usize = 64;
/// So often an unseen item is tried for, before a pair is left out: the user took almost all.
const TRIES: usize = 10;

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub dim: usize,
    /// Length of a step.
    pub rate: f32,
    /// λ.
    pub decay: f32,
    pub seed: u64,
}

pub struct Bpr<'a> {
    pub matrix: &'a Matrix,
    pub settings: Settings,
}

impl Learner for Bpr<'_> {
    fn start(&self) -> Factors {
        let dim = self.settings.dim;
        let mut random = Random::new(self.settings.seed);
        let mut small = |rows: usize| (0..rows * dim).map(|_| (random.unit() - 0.5) / dim as f32).collect();
        let users = small(self.matrix.by_user.len());
        Factors { dim, users, items: small(self.matrix.by_item.len()) }
    }

    /// Once through all pairs. The loss is the mean of `−ln σ`, each before its step.
    fn iterate(&self, iteration: usize, factors: &mut Factors) -> f64 {
        let (dim, items) = (factors.dim, self.matrix.by_item.len());
        let shards = if items < SHARDS * FEWEST { 1 } else { SHARDS };
        let (user_rows, item_rows) = (self.matrix.by_user.len().div_ceil(shards), items.div_ceil(shards));
        // Any two iterations' streams are far apart in SplitMix64: its states are a hash's steps.
        let mut random = Random::new(self.settings.seed ^ (iteration as u64).wrapping_mul(0xd134_2543_de82_ef95));
        let mut order: Vec<u32> = (0..items as u32).collect();
        shuffle(&mut order, &mut random);
        let mut slot = vec![0u32; items];
        order.iter().zip(0..).for_each(|(item, place)| slot[*item as usize] = place);
        let mut gathered: Vec<f32> =
            order.iter().flat_map(|item| &factors.items[*item as usize * dim..][..dim]).copied().collect();

        let mut sums = (0.0, 0usize);
        for round in 0..shards {
            let mut of_items: Vec<(usize, &mut [f32])> = gathered.chunks_mut(item_rows * dim).enumerate().collect();
            of_items.rotate_left(round);
            let seeds: Vec<u64> = (0..shards).map(|_| random.next()).collect();
            let of_users = factors.users.chunks_mut(user_rows * dim).enumerate();
            let work: Vec<_> = of_users.zip(of_items).zip(seeds).collect();
            let done = work.into_par_iter().map(|(((user_shard, users), (item_shard, rows)), seed)| {
                let first = item_shard * item_rows;
                let shard = Shard {
                    bpr: self,
                    order: &order[first..][..rows.len() / dim],
                    first_user: user_shard * user_rows,
                    random: Random::new(seed),
                };
                shard.learn(users, rows, |item| (slot[item as usize] as usize).checked_sub(first))
            });
            for (loss, pairs) in done.collect::<Vec<_>>() {
                sums = (sums.0 + loss, sums.1 + pairs);
            }
        }
        for (item, row) in order.iter().zip(gathered.chunks_exact(dim)) {
            factors.items[*item as usize * dim..][..dim].copy_from_slice(row);
        }
        sums.0 / sums.1.max(1) as f64
    }
}

/// A pair by its rows within two shards.
type Pair = (u32, u32);

/// Some users and some items, which nobody else touches for now.
struct Shard<'a> {
    bpr: &'a Bpr<'a>,
    /// The items, by row.
    order: &'a [u32],
    first_user: usize,
    random: Random,
}

impl Shard<'_> {
    /// One step for each pair, in a random order; the sum of losses and the number of steps.
    fn learn(mut self, users: &mut [f32], items: &mut [f32], row: impl Fn(u32) -> Option<usize>) -> (f64, usize) {
        let Settings { dim, rate, decay, .. } = self.bpr.settings;
        let mut pairs: Vec<Pair> = Vec::new();
        for user in 0..users.len() / dim {
            for &(item, count) in self.bpr.matrix.by_user.row(self.first_user + user) {
                if let Some(row) = row(item).filter(|row| *row < self.order.len()) {
                    pairs.extend(std::iter::repeat_n((user as u32, row as u32), count as usize));
                }
            }
        }
        shuffle(&mut pairs, &mut self.random);
        let (mut loss, mut steps) = (0.0, 0);
        let (mut user_before, mut difference) = (vec![0.0; dim], vec![0.0; dim]);
        for &(user, seen) in &pairs {
            let Some(unseen) = self.unseen(self.first_user + user as usize, &pairs) else { continue };
            let (i, j) = (seen as usize * dim, unseen * dim);
            let Ok([v_i, v_j]) = items.get_disjoint_mut([i..i + dim, j..j + dim]) else { continue };
            let u = &mut users[user as usize * dim..][..dim];
            for ((d, a), b) in difference.iter_mut().zip(&*v_i).zip(&*v_j) {
                *d = a - b;
            }
            let x = dot(u, &difference);
            let slope = 1.0 / (1.0 + libm::expf(x));
            loss += f64::from(libm::log1pf(libm::expf(-x.clamp(-60.0, 60.0))));
            steps += 1;

            user_before.copy_from_slice(u);
            let shrink = |row: &mut [f32]| row.iter_mut().for_each(|x| *x -= rate * decay * *x);
            shrink(u);
            shrink(v_i);
            shrink(v_j);
            add(u, rate * slope, &difference);
            add(v_i, rate * slope, &user_before);
            add(v_j, -rate * slope, &user_before);
        }
        (loss, steps)
    }

    /// A row whose item the user never took.
    fn unseen(&mut self, user: usize, pairs: &[Pair]) -> Option<usize> {
        let taken = self.bpr.matrix.by_user.row(user);
        (0..TRIES).find_map(|_| {
            let draw = self.random.next();
            let even = draw >> 63 == 0;
            let (of, draw) = (if even { self.order.len() } else { pairs.len() } as u64, draw & (u64::MAX >> 1));
            let row = if even { (draw % of) as usize } else { pairs[(draw % of) as usize].1 as usize };
            taken.binary_search_by_key(&self.order[row], |(item, _)| *item).is_err().then_some(row)
        })
    }
}

/// Fisher and Yates's.
fn shuffle<T>(values: &mut [T], random: &mut Random) {
    for end in (1..values.len()).rev() {
        values.swap(end, (random.next() % (end as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two groups of users, each with its own items.
    fn two_tastes(users: u32, items: u32) -> Matrix {
        let pairs = (0..users).flat_map(|user| (0..items).map(move |item| (user, item)));
        let taken = pairs.filter(|(user, item)| user % 2 == item % 2 && (user + item) % 3 != 0);
        Matrix::new(users as usize, items as usize, &taken.map(|(user, item)| (user, item, 1.0)).collect::<Vec<_>>())
    }

    const SETTINGS: Settings = Settings { dim: 4, rate: 0.05, decay: 0.01, seed: 7 };

    fn fit(matrix: &Matrix, settings: Settings, iterations: usize) -> (Factors, Vec<f64>) {
        let bpr = Bpr { matrix, settings };
        let mut factors = bpr.start();
        let losses = (1..=iterations).map(|iteration| bpr.iterate(iteration, &mut factors)).collect();
        (factors, losses)
    }

    #[test]
    fn the_loss_falls_and_tastes_are_told_apart() {
        let matrix = two_tastes(40, 10);
        let (factors, losses) = fit(&matrix, SETTINGS, 100);
        assert!((losses[0] - std::f64::consts::LN_2).abs() < 0.05 && losses[99] < 0.1, "{losses:?}");
        let mut scores = [0.0; 10];
        factors.scores(factors.user(0), &mut scores);
        let of = |parity: usize| scores.iter().copied().skip(parity).step_by(2);
        assert!(of(0).fold(f32::MAX, f32::min) > of(1).fold(f32::MIN, f32::max), "{scores:?}");
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        // Enough items for all shards, and a number that eight does not divide.
        let matrix = two_tastes(50, 1_001);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| fit(&matrix, SETTINGS, 1))
        };
        let one = with(1);
        assert_eq!(one, with(3));
        // The control: another seed does.
        assert_ne!(one, fit(&matrix, Settings { seed: 8, ..SETTINGS }, 1));
    }

    /// The gradient of one step, by differences of the loss.
    #[test]
    fn a_step_goes_down_the_gradient() {
        let matrix = Matrix::new(1, 2, &[(0, 1, 1.0)]);
        let bpr = Bpr { matrix: &matrix, settings: Settings { dim: 2, rate: 1e-3, decay: 0.5, seed: 1 } };
        let start = Factors { dim: 2, users: vec![0.3, -0.2], items: vec![0.1, 0.4, -0.5, 0.2] };
        let loss = |f: &Factors| {
            let x = f64::from(dot(&f.users, &f.items[2..]) - dot(&f.users, &f.items[..2]));
            let square: f64 = f.users.iter().chain(&f.items).map(|x| f64::from(*x).powi(2)).sum();
            libm::log1p(libm::exp(-x)) + 0.25 * square
        };
        let mut after = start.clone();
        bpr.iterate(1, &mut after);
        for index in 0..6 {
            let nudge = |by: f32| {
                let mut near = start.clone();
                if index < 2 {
                    near.users[index] += by
                } else {
                    near.items[index - 2] += by
                }
                loss(&near)
            };
            let slope = (nudge(1e-2) - nudge(-1e-2)) / 2e-2;
            let (from, to) = if index < 2 {
                (start.users[index], after.users[index])
            } else {
                (start.items[index - 2], after.items[index - 2])
            };
            let step = f64::from(from - to) / 1e-3;
            assert!((step - slope).abs() < 2e-3, "{index}: {step} {slope}");
        }
    }
}
