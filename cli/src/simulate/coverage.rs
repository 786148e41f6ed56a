//! How many 95 % intervals hold the truth, when the noise is drawn anew a thousand times.
//!
//! The clipped counts are computed once; the mechanisms that draw are the browser's, the estimates and their intervals
//! the server's own. The truth is the sum of the clipped counts: what the clip takes is no noise, and is said apart.

use std::fmt;

use homebody::interaction::Millis;
use homebody::privacy::{Budget, Mechanism, Report, Settings, Type};
use rayon::prelude::*;

use super::shopper::{Day, Played};
use crate::random::Random;
use crate::serve::totals::Totals;

/// What 95 % intervals are to come to, in so many runs.
const BAND: std::ops::RangeInclusive<f64> = 0.93..=0.97;
/// Half of the variance: what an error in a formula would do, for comparison.
const HALF: f64 = std::f64::consts::FRAC_1_SQRT_2;

pub struct Coverage {
    runs: u32,
    days: usize,
    types: Vec<OfType>,
    clip: Clip,
}

struct OfType {
    kind: Type,
    truth: Vec<f64>,
    /// Intervals that hold the truth, and those that would with half of the variance.
    held: u64,
    narrow: u64,
}

/// What the clip takes of the interactions by department.
struct Clip {
    happened: f64,
    left: f64,
    /// The department whose share it moves farthest, and from where to where.
    moved: (String, f64, f64),
}

/// A day of each shopper who had one, drawn at random: more would be no other question, and take longer.
pub fn one_of_each(played: &[Played], seed: u64) -> Vec<&Day> {
    let mut random = Random::new(seed);
    let mut one = |days: &'_ [Day]| (!days.is_empty()).then(|| random.next() as usize % days.len());
    played.iter().filter_map(|played| one(&played.days).map(|place| &played.days[place])).collect()
}

impl Coverage {
    pub fn measure(days: &[&Day], departments: &[String], settings: &Settings, runs: u32, seed: u64) -> Self {
        let truth = |kind: Type| {
            let mut truth = vec![0.0; kind.vocabulary(departments.len())];
            days.iter().for_each(|day| add(kind, day, &mut truth));
            OfType { kind, truth, held: 0, narrow: 0 }
        };
        let mut types: Vec<OfType> = settings.wanted().map(|(kind, _)| truth(kind)).collect();
        let seeds: Vec<u64> = {
            let mut random = Random::new(!seed);
            (0..runs).map(|_| random.next()).collect()
        };
        let counts: Vec<Vec<[u64; 2]>> = seeds
            .par_iter()
            .map(|seed| {
                let totals = noised(days, departments.len(), settings, *seed);
                totals.iter().zip(&types).map(|(totals, of_type)| of_type.held_by(totals)).collect()
            })
            .collect();
        for run in counts {
            for (of_type, [held, narrow]) in types.iter_mut().zip(run) {
                of_type.held += held;
                of_type.narrow += narrow;
            }
        }
        Self { runs, days: days.len(), types, clip: Clip::new(days, departments) }
    }

    /// The share of intervals that hold the truth, and of those with half of the variance: of one type, or of all.
    fn shares(&self, types: &[OfType]) -> [f64; 2] {
        let sum = |of: fn(&OfType) -> u64| types.iter().map(of).sum::<u64>() as f64;
        let all = types.iter().map(|of_type| of_type.truth.len()).sum::<usize>() as f64 * f64::from(self.runs);
        [sum(|one| one.held) / all, sum(|one| one.narrow) / all]
    }
}

impl OfType {
    fn held_by(&self, totals: &Totals) -> [u64; 2] {
        let within = |width: f64| {
            let holds = |(place, truth): &(usize, &f64)| {
                (totals.all.values[*place] - **truth).abs() <= width * totals.all.half(*place)
            };
            self.truth.iter().enumerate().filter(holds).count() as u64
        };
        [within(1.0), within(HALF)]
    }
}

/// What the server would have of these days: the browser's mechanisms, its estimates.
pub fn noised(days: &[&Day], departments: usize, settings: &Settings, seed: u64) -> Vec<Totals> {
    let mut random = Random::new(seed);
    let mut entropy = |out: &mut [u8]| random.fill(out);
    let mut totals: Vec<Totals> = settings.wanted().map(|(kind, _)| Totals::new(kind, departments)).collect();
    for day in days {
        // Each is of a browser of its own, which has spent nothing.
        let made = Report::all(&day.clipped, "", settings, &mut Budget::default(), Millis::days(20_000), &mut entropy);
        for (report, totals) in made.unwrap_or_default().iter().zip(&mut totals) {
            let clip = report.kind().declared().mechanism.clip();
            totals.add(0, report.epsilon(), clip, report.values());
        }
    }
    totals
}

/// Adds a day's true values to the sums of a type.
fn add(kind: Type, day: &Day, sums: &mut [f64]) {
    let values = day.clipped.values(kind);
    match kind.declared().mechanism {
        Mechanism::Response { .. } => sums[values[0] as usize] += 1.0,
        _ => sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += f64::from(*value)),
    }
}

impl Clip {
    fn new(days: &[&Day], departments: &[String]) -> Self {
        let (mut happened, mut left) = (vec![0.0; 2 * departments.len()], vec![0.0; 2 * departments.len()]);
        for day in days {
            happened.iter_mut().zip(&day.happened).for_each(|(sum, count)| *sum += f64::from(*count));
            add(Type::Departments, day, &mut left);
        }
        let [all, kept] = [&happened, &left].map(|sums| sums.iter().sum::<f64>().max(1.0));
        let share = |place: usize| (happened[place] / all, left[place] / kept);
        let apart = |place: &usize| (share(*place).0 - share(*place).1).abs();
        let most = (0..departments.len()).max_by(|a, b| apart(a).total_cmp(&apart(b))).unwrap_or(0);
        let (from, to) = if departments.is_empty() { (0.0, 0.0) } else { share(most) };
        Self { happened: all, left: kept, moved: (departments.get(most).cloned().unwrap_or_default(), from, to) }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runs, days, types, clip } = self;
        writeln!(f, "\n{runs} runs of the noise over one day of each of {days} shoppers")?;
        writeln!(
            f,
            "{:<14} {:>6} {:>22} {:>25}",
            "95 % intervals", "values", "that hold the truth", "with half the variance"
        )?;
        let all = std::iter::once(("all", &types[..]));
        let each = types.iter().map(|one| (one.kind.declared().name, std::slice::from_ref(one)));
        for (name, some) in each.chain(all) {
            let [held, narrow] = self.shares(some).map(|share| 100.0 * share);
            let values: usize = some.iter().map(|one| one.truth.len()).sum();
            let outside = if BAND.contains(&(held / 100.0)) { "" } else { "  outside of 93 to 97 %" };
            writeln!(f, "{name:<14} {values:>6} {held:>20.2} % {narrow:>23.2} %{outside}")?;
        }
        let (name, from, to) = &clip.moved;
        writeln!(
            f,
            "The truth is what the clip left: {:.0} of {:.0} interactions by department ({:.0} %). The intervals do not \
             speak of that.\nIt moves the share of {name} farthest: from {:.1} % to {:.1} %.",
            clip.left,
            clip.happened,
            100.0 * clip.left / clip.happened,
            100.0 * from,
            100.0 * to,
        )
    }
}
