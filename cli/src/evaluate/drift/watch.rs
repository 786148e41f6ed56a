//! Detectors at several settings, and what each makes of the streams.

use std::fmt;

use homebody::insight::{Adwin, Detector, PageHinkley, Window};
use homebody::profile::Drift;
use rayon::prelude::*;

use super::streams::{Losses, Stream};

/// Orders after a jump within which it counts as found.
pub const WITHIN: [usize; 3] = [5, 10, 20];

/// What a detector is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// The loss of each item.
    Items,
    /// The mean of each order.
    Orders,
}

impl Feed {
    pub const ALL: [Self; 2] = [Self::Items, Self::Orders];

    pub fn name(self) -> &'static str {
        match self {
            Self::Items => "item by item",
            Self::Orders => "order by order",
        }
    }
}

/// A detector with its setting.
#[derive(Clone, Copy, Debug)]
pub enum Watch {
    PageHinkley(PageHinkley),
    Adwin(Adwin),
}

impl fmt::Display for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PageHinkley(PageHinkley { tolerance, threshold, warm_up }) => {
                write!(f, "Page–Hinkley, tolerance {tolerance}, threshold {threshold}, warm-up {warm_up}")
            }
            Self::Adwin(Adwin { delta }) => write!(f, "ADWIN, confidence {delta}"),
        }
    }
}

/// All settings, by kind of detector.
pub fn families() -> [Vec<Watch>; 2] {
    const THRESHOLDS: [f32; 14] = [0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0];
    let of =
        |tolerance| THRESHOLDS.map(|threshold| Watch::PageHinkley(PageHinkley { tolerance, threshold, warm_up: 20 }));
    let page_hinkley = [0.0, 0.02, 0.05, 0.1, 0.15, 0.2].map(of).concat();
    let adwin = [1e-12, 1e-9, 1e-6, 1e-4, 0.002, 0.01, 0.05, 0.2, 0.5, 1.0].map(|delta| Watch::Adwin(Adwin { delta }));
    [page_hinkley, adwin.to_vec()]
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// False alarms in a household-year.
    pub alarms: f64,
    /// Of the jumps, the share found within so many orders.
    pub found: [f64; WITHIN.len()],
    /// Orders from a jump to its alarm, of those found at all.
    pub delay: Option<usize>,
    /// Of the steady households, the share with an alarm within as many orders of the same moment.
    pub chance: f64,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let found = self.found.map(|share| format!(" {} |", percent(share))).concat();
        let delay = self.delay.map_or_else(|| "–".to_owned(), |delay| delay.to_string());
        write!(f, "{:.2} |{found} {delay} | {}", self.alarms, percent(self.chance))
    }
}

impl Watch {
    pub fn measure(self, streams: &[Stream], loss: usize, feed: Feed) -> Measured {
        // Alarms of the steady stream, and the orders from the jump to the next alarm in either.
        let one = |stream: &Stream| {
            let steady = self.alarms(&stream.steady, loss, feed);
            let after = |alarms: &[usize]| alarms.iter().find(|at| **at >= stream.jump).map(|at| at - stream.jump + 1);
            let jumping = after(&self.alarms(&stream.jumping, loss, feed));
            (steady.len(), jumping, after(&steady))
        };
        let all: Vec<_> = streams.par_iter().map(one).collect();
        let years: f64 = streams.iter().map(|stream| stream.years).sum();
        let share = |delays: &[usize], orders: usize| {
            delays.iter().filter(|delay| **delay <= orders).count() as f64 / streams.len() as f64
        };
        let mut jumping: Vec<usize> = all.iter().filter_map(|one| one.1).collect();
        let steady: Vec<usize> = all.iter().filter_map(|one| one.2).collect();
        jumping.sort_unstable();
        Measured {
            alarms: all.iter().map(|one| one.0).sum::<usize>() as f64 / years,
            found: WITHIN.map(|orders| share(&jumping, orders)),
            delay: jumping.get(jumping.len() / 2).copied(),
            chance: share(&steady, WITHIN[1]),
        }
    }

    /// The orders with an alarm; only losses that rise are one.
    fn alarms(self, orders: &[Losses], loss: usize, feed: Feed) -> Vec<usize> {
        let (mut drift, mut window) = (Drift::default(), Window::default());
        let mut changed = |loss: f32| match self {
            Self::PageHinkley(detector) => detector.changed(&mut drift, loss),
            Self::Adwin(detector) => {
                let before = window.mean();
                detector.changed(&mut window, loss) && window.mean() > before
            }
        };
        let mut alarm = |losses: &Losses| {
            let losses = &losses[loss];
            match feed {
                // All of them are seen, whichever alarms.
                Feed::Items => losses.iter().filter(|loss| changed(**loss)).count() > 0,
                Feed::Orders => changed(losses.iter().sum::<f32>() / losses.len() as f32),
            }
        };
        orders.iter().enumerate().filter(|(_, losses)| alarm(losses)).map(|(order, _)| order).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(loss: f32) -> Losses {
        std::array::from_fn(|_| vec![loss; 4])
    }

    /// Forty orders of 0.2, in the one stream followed by 0.8.
    fn stream() -> Stream {
        let orders = |second: f32| [vec![order(0.2); 40], vec![order(second); 40]].concat();
        Stream { steady: orders(0.2), jumping: orders(0.8), jump: 40, years: 2.0 }
    }

    #[test]
    fn a_jump_is_found_and_a_steady_stream_is_not_alarming() {
        let watch = |threshold| Watch::PageHinkley(PageHinkley { tolerance: 0.1, threshold, warm_up: 5 });
        for feed in Feed::ALL {
            let seen = watch(1.0).measure(&[stream()], 0, feed);
            assert_eq!((seen.alarms, seen.found, seen.chance), (0.0, [1.0; 3], 0.0));
            // Each loss of 0.8 climbs by nearly a half.
            assert_eq!(seen.delay, Some(if feed == Feed::Items { 1 } else { 3 }));
            let blind = watch(1e6).measure(&[stream()], 0, feed);
            assert_eq!((blind.found, blind.delay), ([0.0; 3], None), "the control");
        }
        let adwin = |feed| Watch::Adwin(Adwin { delta: 0.05 }).measure(&[stream()], 0, feed);
        assert_eq!((adwin(Feed::Items).alarms, adwin(Feed::Items).found[1]), (0.0, 1.0));
        assert_eq!(adwin(Feed::Orders).found[1], 0.0, "ten losses are too few for its bound");
    }

    #[test]
    fn what_alarms_without_a_jump_is_counted_by_the_year() {
        let restless = Stream { steady: stream().jumping, ..stream() };
        let watch = Watch::PageHinkley(PageHinkley { tolerance: 0.1, threshold: 1.0, warm_up: 5 });
        let seen = watch.measure(&[restless], 0, Feed::Orders);
        assert_eq!((seen.alarms, seen.chance), (0.5, 1.0), "one in two years");
    }
}
