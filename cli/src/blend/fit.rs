//! The curves: knots where the data lies, heights by a softmax over each basket's candidates.

use argmin::core::{CostFunction, Error, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use homebody::blend::{Condition, Curve, Feature, Purpose};
use rayon::prelude::*;

use super::rows::Rows;

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Pull of each height towards 0.
    pub ridge: f64,
    /// Pull of each knot towards the line through its neighbours.
    pub smoothness: f64,
    /// A basket of n targets weighs n^(1 − `power`).
    pub power: f64,
    pub iterations: u64,
    /// Steps of the second stage, which goes on from the softmax towards the measure itself.
    pub refinements: u64,
    /// How far two scores must be apart there for the order to be clear.
    pub temperature: f64,
}

impl Settings {
    pub const USUAL: Self =
        Self { ridge: 1e-4, smoothness: 1e-3, power: 0.5, iterations: 80, refinements: 0, temperature: 0.2 };
    /// Of orders the second stage made lists worse; of visits, with one target each, better.
    pub const OF_VISITS: Self = Self { refinements: 40, ..Self::USUAL };
}

const KNOTS: usize = Curve::KNOTS;

/// Fits the heights of each purpose to its rows; curves over features that never differ are left out.
/// Knots are where the first rows lie, or the last: a stranger has features that others lack.
pub fn fit(rows: &[&Rows; Purpose::COUNT], shapes: &[(Feature, Condition)], settings: &Settings) -> Vec<Curve> {
    let [next, _, first, _] = rows;
    let curve = |(feature, condition): &(Feature, Condition)| {
        blank(next, *feature, *condition).or_else(|| blank(first, *feature, *condition))
    };
    let mut curves: Vec<Curve> = shapes.iter().filter_map(curve).collect();
    for (purpose, rows) in [Purpose::Next, Purpose::Discover, Purpose::First, Purpose::Visit].into_iter().zip(rows) {
        let heights = heights(rows, &curves, purpose, settings);
        for (curve, heights) in curves.iter_mut().zip(heights.chunks_exact(KNOTS)) {
            curve.values[purpose as usize] = std::array::from_fn(|knot| heights[knot] as f32);
        }
    }
    curves
}

/// A flat curve with its knots at the feature's quantiles.
fn blank(rows: &Rows, feature: Feature, condition: Condition) -> Option<Curve> {
    let column = feature as usize;
    let counts = (0..rows.len()).filter(|row| condition.holds(rows.known[*row]));
    let step = (rows.len() / 200_000).max(1);
    let values = counts.step_by(step).map(|row| rows.row(row)[column]);
    let mut values: Vec<f32> = values.filter(|value| !value.is_nan()).collect();
    values.sort_unstable_by(f32::total_cmp);
    let (low, high) = (*values.first()?, *values.last()?);
    if high - low < 1e-6 {
        return None;
    }
    let quantile = |share: f64| values[((values.len() - 1) as f64 * share) as usize];
    let mut knots: Vec<f32> =
        (0..KNOTS).map(|knot| quantile(0.005 + 0.9945 * knot as f64 / (KNOTS - 1) as f64)).collect();
    knots.dedup_by(|a, b| *a - *b < 1e-4 * (high - low));
    // Where most values are the same, the others get the knots that are left, evenly.
    let top = quantile(0.9995).max(low + 1e-3 * (high - low));
    while knots.len() < KNOTS {
        let gaps = knots.windows(2).map(|pair| pair[1] - pair[0]).chain([top - knots[knots.len() - 1]]);
        let (widest, gap) = gaps.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).expect("there is a last knot");
        if widest + 1 == knots.len() {
            knots.push(top.max(knots[widest] + 1e-3 * (high - low)));
        } else {
            knots.insert(widest + 1, knots[widest] + gap / 2.0);
        }
    }
    let knots: [f32; KNOTS] = knots.try_into().ok()?;
    Some(Curve { feature, condition, knots, values: [[0.0; KNOTS]; Purpose::COUNT] })
}

/// For each row and curve: the knot before, and how far behind it.
struct Basis {
    places: Vec<(u32, f32)>,
    curves: usize,
}

/// A curve that does not count for a row.
const NOT: u32 = u32::MAX;

impl Basis {
    fn new(rows: &Rows, curves: &[Curve]) -> Self {
        let place = |row: usize| {
            curves.iter().enumerate().map(move |(number, curve)| {
                let x = rows.row(row)[curve.feature as usize];
                if !curve.condition.holds(rows.known[row]) || x.is_nan() {
                    return (NOT, 0.0);
                }
                let (knot, share) = curve.place(x);
                ((number * KNOTS + knot) as u32, share)
            })
        };
        let places = (0..rows.len()).into_par_iter().flat_map_iter(place).collect();
        Self { places, curves: curves.len() }
    }

    fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> {
        let places = &self.places[row * self.curves..(row + 1) * self.curves];
        places.iter().filter(|(place, _)| *place != NOT).map(|(place, share)| (*place as usize, f64::from(*share)))
    }

    fn score(&self, row: usize, heights: &[f64]) -> f64 {
        self.row(row).map(|(place, share)| heights[place] + share * (heights[place + 1] - heights[place])).sum()
    }
}

struct Problem<'a> {
    rows: &'a Rows,
    basis: Basis,
    purpose: Purpose,
    settings: &'a Settings,
    curves: usize,
    stage: Stage,
    /// Baskets with at least one target among the candidates.
    baskets: Vec<usize>,
}

/// What is descended.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Softmax,
    /// NDCG with a smooth rank (Qin, Liu, Li 2010).
    Ndcg,
}

impl Problem<'_> {
    fn counts(&self, row: usize) -> bool {
        self.purpose != Purpose::Discover || !self.rows.known[row]
    }

    /// Loss of a basket and what it adds to the gradient.
    fn basket(&self, basket: usize, heights: &[f64], gradient: &mut [f64]) -> f64 {
        let range = self.rows.starts[basket]..self.rows.starts[basket + 1];
        let candidates: Vec<usize> = range.filter(|row| self.counts(*row)).collect();
        let targets = self.rows.targets[basket];
        let targets = f64::from(if self.purpose == Purpose::Discover { targets.1 } else { targets.0 });
        match self.stage {
            Stage::Softmax => self.softmax(&candidates, targets, heights, gradient),
            Stage::Ndcg => self.ndcg(&candidates, targets, heights, gradient),
        }
    }

    /// −NDCG, the rank of a target being 1 + Σ σ((s_j − s_i) / temperature) over the others.
    fn ndcg(&self, candidates: &[usize], targets: f64, heights: &[f64], gradient: &mut [f64]) -> f64 {
        let scores: Vec<f64> = candidates.iter().map(|row| self.basis.score(*row, heights)).collect();
        let stands: Vec<f64> = candidates.iter().map(|row| libm::exp(self.rows.stands_for[*row])).collect();
        let ideal: f64 = (0..targets.min(20.0) as usize).map(|place| 1.0 / libm::log2((place + 2) as f64)).sum();
        let mut pulls = vec![0.0; candidates.len()];
        let mut loss = 0.0;
        for target in (0..candidates.len()).filter(|at| self.rows.taken[candidates[*at]]) {
            let ahead = |other: usize| {
                let lead = (scores[other] - scores[target]) / self.settings.temperature;
                1.0 / (1.0 + libm::exp(-lead.clamp(-30.0, 30.0)))
            };
            let others = || (0..candidates.len()).filter(|other| *other != target);
            let rank = 1.0 + others().map(|other| stands[other] * ahead(other)).sum::<f64>();
            let log = libm::log2(1.0 + rank);
            loss -= 1.0 / (ideal * log);
            let slope = 1.0 / (ideal * log * log * core::f64::consts::LN_2 * (1.0 + rank) * self.settings.temperature);
            for other in others() {
                let share = ahead(other);
                let pull = slope * stands[other] * share * (1.0 - share);
                pulls[other] += pull;
                pulls[target] -= pull;
            }
        }
        for (row, pull) in candidates.iter().zip(pulls).filter(|(_, pull)| *pull != 0.0) {
            self.spread(*row, pull, gradient);
        }
        loss
    }

    fn spread(&self, row: usize, pull: f64, gradient: &mut [f64]) {
        for (place, share) in self.basis.row(row) {
            gradient[place] += pull * (1.0 - share);
            gradient[place + 1] += pull * share;
        }
    }

    /// −Σ ln softmax of the targets, over (all targets)^power.
    fn softmax(&self, candidates: &[usize], targets: f64, heights: &[f64], gradient: &mut [f64]) -> f64 {
        let score = |row: &usize| self.basis.score(*row, heights) + self.rows.stands_for[*row];
        let scores: Vec<f64> = candidates.iter().map(score).collect();
        let top = scores.iter().copied().fold(f64::MIN, f64::max);
        let sum: f64 = scores.iter().map(|score| libm::exp(score - top)).sum();
        let log_sum = top + libm::log(sum);
        let weight = 1.0 / libm::pow(targets, self.settings.power);
        let taken = candidates.iter().filter(|row| self.rows.taken[**row]).count() as f64;
        let mut loss = 0.0;
        for (row, score) in candidates.iter().zip(&scores) {
            let mut pull = weight * taken * libm::exp(score - log_sum);
            if self.rows.taken[*row] {
                pull -= weight;
                loss += weight * (log_sum - score);
            }
            self.spread(*row, pull, gradient);
        }
        loss
    }

    fn loss(&self, heights: &[f64]) -> (f64, Vec<f64>) {
        let size = self.curves * KNOTS;
        // Fixed pieces in a fixed order: threads do not change a bit.
        let piece = |baskets: &[usize]| {
            let mut gradient = vec![0.0; size];
            let loss: f64 = baskets.iter().map(|basket| self.basket(*basket, heights, &mut gradient)).sum();
            (loss, gradient)
        };
        let pieces: Vec<(f64, Vec<f64>)> = self.baskets.par_chunks(64).map(piece).collect();
        let scale = 1.0 / self.baskets.len().max(1) as f64;
        let (mut loss, mut gradient) = (0.0, vec![0.0; size]);
        for (piece_loss, piece) in pieces {
            loss += scale * piece_loss;
            gradient.iter_mut().zip(piece).for_each(|(sum, value)| *sum += scale * value);
        }
        for (heights, gradient) in heights.chunks_exact(KNOTS).zip(gradient.chunks_exact_mut(KNOTS)) {
            for (height, gradient) in heights.iter().zip(gradient.iter_mut()) {
                loss += self.settings.ridge * height * height;
                *gradient += 2.0 * self.settings.ridge * height;
            }
            for knot in 1..KNOTS - 1 {
                let bend = heights[knot - 1] - 2.0 * heights[knot] + heights[knot + 1];
                loss += self.settings.smoothness * bend * bend;
                let pull = 2.0 * self.settings.smoothness * bend;
                gradient[knot - 1] += pull;
                gradient[knot] -= 2.0 * pull;
                gradient[knot + 1] += pull;
            }
        }
        (loss, gradient)
    }
}

/// The line search asks for both at the same point: one is kept for the other.
struct Cached<'a>(Problem<'a>, std::sync::Mutex<Option<Known>>);

/// Heights, their loss and its gradient.
type Known = (Vec<f64>, f64, Vec<f64>);

impl Cached<'_> {
    fn at(&self, heights: &[f64]) -> (f64, Vec<f64>) {
        let mut last = self.1.lock().expect("nobody panics with it");
        if let Some((known, loss, gradient)) = last.as_ref().filter(|(known, ..)| known == heights) {
            debug_assert_eq!(known.len(), heights.len());
            return (*loss, gradient.clone());
        }
        let (loss, gradient) = self.0.loss(heights);
        *last = Some((heights.to_vec(), loss, gradient.clone()));
        (loss, gradient)
    }
}

/// What the solver owns.
struct Shared<'a>(std::sync::Arc<Cached<'a>>);

impl CostFunction for Shared<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, heights: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.0.at(heights).0)
    }
}

impl Gradient for Shared<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, heights: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(self.0.at(heights).1)
    }
}

/// The heights for one purpose.
fn heights(rows: &Rows, curves: &[Curve], purpose: Purpose, settings: &Settings) -> Vec<f64> {
    let start = vec![0.0; curves.len() * KNOTS];
    let target = |row: usize| rows.taken[row] && (purpose != Purpose::Discover || !rows.known[row]);
    let baskets: Vec<usize> =
        (0..rows.targets.len()).filter(|basket| (rows.starts[*basket]..rows.starts[basket + 1]).any(target)).collect();
    if baskets.is_empty() || curves.is_empty() {
        return start;
    }
    let basis = Basis::new(rows, curves);
    let mut problem = Problem { rows, basis, purpose, settings, curves: curves.len(), stage: Stage::Softmax, baskets };
    let mut heights = start;
    for (stage, iterations) in [(Stage::Softmax, settings.iterations), (Stage::Ndcg, settings.refinements)] {
        problem.stage = stage;
        (problem, heights) = descend(problem, heights, iterations);
    }
    heights
}

/// L-BFGS (Liu, Nocedal 1989) from where the heights stand.
fn descend(problem: Problem<'_>, start: Vec<f64>, iterations: u64) -> (Problem<'_>, Vec<f64>) {
    if iterations == 0 {
        return (problem, start);
    }
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), 10);
    let cached = std::sync::Arc::new(Cached(problem, std::sync::Mutex::new(None)));
    let executor = Executor::new(Shared(cached.clone()), solver);
    let found = executor.configure(|state| state.param(start.clone()).max_iters(iterations)).run();
    // A line search that finds nothing better ends it: what was best so far stands.
    let best = found.ok().and_then(|found| found.state().get_best_param().cloned()).unwrap_or(start);
    let Ok(Cached(problem, _)) = std::sync::Arc::try_unwrap(cached) else { unreachable!("the executor is gone") };
    (problem, best)
}

#[cfg(test)]
mod tests {
    use super::super::rows::FEATURES;
    use super::*;
    use crate::random::Random;

    /// Baskets of 20 candidates of which one is taken, by a known score.
    fn rows(seed: u64, baskets: usize, score: impl Fn(&[f32]) -> f64) -> Rows {
        let mut random = Random::new(seed);
        let mut rows = Rows { starts: vec![0], ..Rows::default() };
        for _ in 0..baskets {
            let start = rows.len();
            for _ in 0..20 {
                rows.features.extend((0..FEATURES.len()).map(|_| random.unit() * 4.0));
                rows.known.push(false);
                rows.taken.push(false);
                rows.stands_for.push(0.0);
            }
            let weights: Vec<f64> = (start..start + 20).map(|row| libm::exp(score(rows.row(row)))).collect();
            let mut left = f64::from(random.unit()) * weights.iter().sum::<f64>();
            let chosen = weights.iter().position(|weight| {
                left -= weight;
                left < 0.0
            });
            rows.taken[start + chosen.unwrap_or(19)] = true;
            rows.starts.push(rows.len());
            rows.targets.push((1, 1));
        }
        rows
    }

    #[test]
    fn a_known_curve_is_found_again() {
        // One feature counts, and bends at 2; another does not.
        let rows = rows(3, 4_000, |row| 2.0 * f64::from(row[Feature::Taste as usize].min(2.0)));
        let shapes = [(Feature::Taste, Condition::Any), (Feature::Popular, Condition::Fresh)];
        let curves = fit(&[&rows; Purpose::COUNT], &shapes, &Settings::USUAL);
        let at = |curve: usize, x| f64::from(curves[curve].at(Purpose::Next, x));
        let rise = [at(0, 1.0) - at(0, 0.0), at(0, 2.0) - at(0, 1.0), at(0, 3.5) - at(0, 2.5)];
        assert!((rise[0] - 2.0).abs() < 0.4 && (rise[1] - 2.0).abs() < 0.5 && rise[2].abs() < 0.3, "{rise:?}");
        assert!((at(1, 3.0) - at(1, 1.0)).abs() < 0.25);
        assert_eq!(curves[0].knots.iter().filter(|knot| knot.is_finite()).count(), KNOTS);
        assert!(curves[0].knots.is_sorted());
    }

    #[test]
    fn features_that_never_differ_have_no_curve() {
        let mut rows = rows(1, 50, |_| 0.0);
        let column = Feature::Habit as usize;
        (0..rows.len()).for_each(|row| rows.features[row * FEATURES.len() + column] = 1.0);
        let shapes = [(Feature::Habit, Condition::Any), (Feature::Taste, Condition::Known)];
        assert!(fit(&[&rows; Purpose::COUNT], &shapes, &Settings::USUAL).is_empty());
    }
}
