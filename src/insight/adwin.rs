//! ADWIN: a window that grows while its mean is steady and drops its older part when it is not.

use super::Detector;

/// The adaptive window of Bifet and Gavaldà (2007), the second version: losses are kept as sums over
/// buckets of 1, 2, 4 … of them, five buckets of a size at most, so that n losses take 5·log₂ n numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adwin {
    /// Chance of a false alarm at each cut.
    pub delta: f64,
}

impl Default for Adwin {
    fn default() -> Self {
        Self { delta: 0.002 }
    }
}

/// The buckets, oldest (largest) first: how many losses, their sum, the sum of their squares.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Window(Vec<(u32, f64, f64)>);

impl Window {
    /// Buckets of one size.
    const OF_A_SIZE: usize = 5;
    /// Neither side of a cut is shorter.
    const LEAST: f64 = 5.0;

    /// The mean of the losses in it; 0 of none.
    pub fn mean(&self) -> f64 {
        let (count, sum) = self.0.iter().fold((0.0, 0.0), |(count, sum), b| (count + f64::from(b.0), sum + b.1));
        if count > 0.0 { sum / count } else { 0.0 }
    }

    /// How many buckets the window has.
    pub fn buckets(&self) -> usize {
        self.0.len()
    }

    /// Two of the oldest buckets of a size become one when there are too many.
    fn merge(&mut self) {
        let mut end = self.0.len();
        while end > 0 {
            let size = self.0[end - 1].0;
            let start = self.0[..end].iter().rposition(|bucket| bucket.0 != size).map_or(0, |other| other + 1);
            if end - start <= Self::OF_A_SIZE {
                return;
            }
            let (count, sum, squares) = self.0.remove(start);
            let kept = &mut self.0[start];
            *kept = (kept.0.saturating_add(count), kept.1 + sum, kept.2 + squares);
            end = start + 1;
        }
    }

    /// The oldest bucket goes while some cut of the window has two sides of different means.
    fn shrink(&mut self, delta: f64) -> bool {
        let mut shrunk = false;
        while self.is_split(delta) {
            self.0.remove(0);
            shrunk = true;
        }
        shrunk
    }

    fn is_split(&self, delta: f64) -> bool {
        let all = |f: fn(&(u32, f64, f64)) -> f64| self.0.iter().map(f).sum::<f64>();
        let (count, sum, squares) = (all(|b| f64::from(b.0)), all(|b| b.1), all(|b| b.2));
        if count < 2.0 * Self::LEAST {
            return false;
        }
        let variance = (squares / count - (sum / count) * (sum / count)).max(0.0);
        let confidence = libm::log(2.0 * libm::log(count) / delta);
        let (mut older, mut older_sum) = (0.0, 0.0);
        self.0.iter().any(|bucket| {
            older += f64::from(bucket.0);
            older_sum += bucket.1;
            let newer = count - older;
            if older < Self::LEAST || newer < Self::LEAST {
                return false;
            }
            let harmonic = 1.0 / (1.0 / older + 1.0 / newer);
            let bound = libm::sqrt(2.0 / harmonic * variance * confidence) + 2.0 / (3.0 * harmonic) * confidence;
            (older_sum / older - (sum - older_sum) / newer).abs() > bound
        })
    }
}

impl Detector for Adwin {
    type State = Window;

    fn changed(&self, window: &mut Window, loss: f32) -> bool {
        if !loss.is_finite() {
            return false;
        }
        let loss = f64::from(loss);
        window.0.push((1, loss, loss * loss));
        window.merge();
        window.shrink(self.delta)
    }
}
