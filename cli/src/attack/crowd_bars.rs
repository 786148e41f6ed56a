//! The error bars that a crowd would have: half of the 95 % interval by the server's own estimate, of a month of the
//! real households' reports, and what it comes to for more or fewer shoppers.

use homebody::privacy::{Settings, Type};

use crate::simulate::coverage::noised;
use crate::simulate::shopper::{Day, Played};

/// Crowds that are told of.
pub const SHOPPERS: [f64; 2] = [1_000.0, 100_000.0];

/// In points of a hundred, for each of [`SHOPPERS`].
pub struct Bars {
    /// Of a department's share among all that the clips can leave.
    pub department: [f64; 2],
    /// Of the shelf's click-through among the days in the arm of the profile.
    pub shelf: [f64; 2],
}

/// Half of an interval shrinks with the root of the number of reports; a month's reports stand for its households.
pub fn bars(played: &[Played], departments: usize, settings: &Settings, seed: u64) -> Bars {
    let days: Vec<&Day> = played.iter().flat_map(|played| &played.days).collect();
    let totals = noised(&days, departments, settings, seed);
    let of = |kind: Type| {
        let place = settings.wanted().position(|(one, _)| one == kind).expect("all types are wanted");
        &totals[place].all
    };
    let scaled = |points: f64| SHOPPERS.map(|shoppers| 100.0 * points * (played.len() as f64 / shoppers).sqrt());
    let (interactions, shelf) = (of(Type::Departments), of(Type::Shelf));
    let counted = f64::from(Type::Departments.declared().mechanism.clip()) * days.len() as f64;
    let seen: f64 = shelf.values[..3].iter().sum();
    Bars { department: scaled(interactions.half(0) / counted), shelf: scaled(shelf.half(2) / seen) }
}
