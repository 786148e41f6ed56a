//! Page–Hinkley: a sum that climbs when losses stay above their mean.

use super::Detector;
use crate::profile::Drift;

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
}

impl Default for PageHinkley {
    /// As `homebody drift` found them: see `docs/decisions/0008-a-drift-is-seen-in-what-is-new.md`.
    fn default() -> Self {
        Self { tolerance: 0.05, threshold: 8.0, warm_up: 20 }
    }
}

impl Detector for PageHinkley {
    type State = Drift;

    fn changed(&self, state: &mut Drift, loss: f32) -> bool {
        if !loss.is_finite() {
            return false;
        }
        state.count = state.count.saturating_add(1);
        state.mean += (loss - state.mean) / state.count as f32;
        // What lies below the lowest value never returns, so the sum starts there.
        state.climbed = (state.climbed + loss - state.mean - self.tolerance).max(0.0);
        let alarm = state.count > self.warm_up && state.climbed > self.threshold;
        if alarm {
            (state.count, state.mean, state.climbed) = (0, 0.0, 0.0);
        }
        alarm
    }
}
