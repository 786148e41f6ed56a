//! What a profile says beside its lists: that an interest has moved.
//!
//! `homebody drift` measures how soon, and how often it is said of an interest that has not.

mod adwin;
mod page_hinkley;

pub use adwin::{Adwin, Window};
pub use page_hinkley::PageHinkley;

/// Watches a stream of losses before learning, each within 0 and 1, for a change of their mean.
pub trait Detector {
    /// What it remembers.
    type State: Default;

    /// Takes the next loss; true where the mean has changed.
    fn changed(&self, state: &mut Self::State, loss: f32) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;
    use crate::update::Random;

    type Watch = Box<dyn FnMut(f32) -> bool>;

    fn watch<D: Detector + 'static>(detector: D) -> Watch
    where
        D::State: 'static,
    {
        let mut state = D::State::default();
        Box::new(move |loss| detector.changed(&mut state, loss))
    }

    fn page_hinkley() -> Watch {
        watch(PageHinkley::default())
    }

    fn adwin() -> Watch {
        watch(Adwin::default())
    }

    type Entry = (&'static str, fn() -> Watch);

    const ALL: [Entry; 2] = [("page-hinkley", page_hinkley), ("adwin", adwin)];

    /// Losses around a mean.
    fn losses(random: &mut Random, mean: f32, count: usize) -> Vec<f32> {
        (0..count).map(|_| (mean + 0.2 * random.normal() as f32).clamp(0.0, 1.0)).collect()
    }

    fn first_alarm(watch: &mut Watch, losses: &[f32]) -> Option<usize> {
        losses.iter().position(|loss| watch(*loss))
    }

    #[test]
    fn a_jump_is_seen_soon_and_a_steady_stream_hardly_ever_alarms() {
        for (name, start) in ALL {
            let (mut early, mut missed, mut delays) = (0, 0, 0);
            for seed in 0..200 {
                let mut detector = start();
                let mut random = Random(seed);
                let steady = losses(&mut random, 0.3, 200);
                early += usize::from(first_alarm(&mut detector, &steady).is_some());
                let moved = losses(&mut random, 0.7, 60);
                match first_alarm(&mut detector, &moved) {
                    Some(delay) => delays += delay,
                    None => missed += 1,
                }
            }
            assert!(early <= 10, "{name}: {early} of 200 steady streams alarmed");
            assert!(missed <= 2, "{name}: {missed} of 200 jumps were missed");
            assert!(delays / 200 <= 40, "{name}: seen after {} on average", delays / 200);
        }
    }

    #[test]
    fn a_falling_loss_is_no_drift_to_page_hinkley_but_a_change_to_adwin() {
        let mut random = Random(5);
        let fall: Vec<f32> = [losses(&mut random, 0.8, 150), losses(&mut random, 0.2, 150)].concat();
        assert_eq!(first_alarm(&mut page_hinkley(), &fall), None);
        assert!(first_alarm(&mut adwin(), &fall).is_some());
    }

    #[test]
    fn losses_that_are_no_numbers_change_nothing() {
        let (mut drift, mut window) = Default::default();
        for loss in [f32::NAN, f32::INFINITY] {
            assert!(!PageHinkley::default().changed(&mut drift, loss) && !Adwin::default().changed(&mut window, loss));
        }
        assert_eq!((drift, window), Default::default());
    }

    #[test]
    fn a_hundred_thousand_losses_fit_into_a_window_of_a_few_hundred_numbers() {
        let mut window = Window::default();
        let mut random = Random(1);
        losses(&mut random, 0.4, 100_000).into_iter().for_each(|loss| {
            Adwin::default().changed(&mut window, loss);
        });
        assert!(window.buckets() <= 5 * 17 + 5, "{}", window.buckets());
    }
}
