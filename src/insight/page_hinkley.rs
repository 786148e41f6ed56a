//! Page–Hinkley: a sum that climbs when losses stay above their mean.

use super::Detector;

/// The test of Page (1954) for a rising mean, on three numbers of state: alarms when
/// Σ (loss − mean − tolerance) is more than `threshold` above its lowest value so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageHinkley {
    /// A rise of the mean by less is none.
    pub tolerance: f32,
    /// The sum that alarms: higher is later and surer.
    pub threshold: f32,
    /// Losses before the first alarm.
    pub warm_up: u32,
    /// Losses so far, their mean, the sum above its lowest value.
    pub state: (u32, f32, f32),
}

impl Default for PageHinkley {
    fn default() -> Self {
        Self { tolerance: 0.1, threshold: 3.0, warm_up: 20, state: (0, 0.0, 0.0) }
    }
}

impl Detector for PageHinkley {
    fn changed(&mut self, loss: f32) -> bool {
        if !loss.is_finite() {
            return false;
        }
        let (count, mean, climbed) = &mut self.state;
        *count = count.saturating_add(1);
        *mean += (loss - *mean) / *count as f32;
        // What lies below the lowest value never returns, so the sum starts there.
        *climbed = (*climbed + loss - *mean - self.tolerance).max(0.0);
        let alarm = *count > self.warm_up && *climbed > self.threshold;
        if alarm {
            self.state = (0, 0.0, 0.0);
        }
        alarm
    }
}
