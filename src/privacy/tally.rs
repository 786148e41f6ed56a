//! What reports count, and what is left of it under the clips.

use super::clip::clip;
use super::noise::Entropy;
use super::registry::{ANOMALIES, REVENUE, SHELF, Type};
use crate::factors::Factors;
use crate::interaction::{Arm, Interaction, Kind};

/// What happened since the last report.
#[derive(Clone, PartialEq)]
pub struct Tally {
    /// Interactions by department, then clicks on recommendations by department.
    departments: Vec<u32>,
    /// The latest arm in which the shelf was seen; before it was, the one that was drawn.
    arm: Arm,
    /// Its place in [`SHELF`].
    shelf: usize,
    /// Money, where something was ordered.
    spent: Option<f64>,
    /// The department that is liked best.
    segment: Option<u16>,
    changes: [u32; 1 + ANOMALIES.len()],
    /// Did anything happen at all?
    active: bool,
}

impl Tally {
    /// Nothing yet. `arm` is what a coin drew, for the case that the shelf was not seen.
    pub fn new(factors: &Factors, arm: Arm) -> Self {
        Self {
            departments: vec![0; 2 * factors.departments().len()],
            arm,
            shelf: 0,
            spent: None,
            segment: None,
            changes: [0; 1 + ANOMALIES.len()],
            active: false,
        }
    }

    /// Counts one interaction with an item of the bundle.
    pub fn add(&mut self, interaction: &Interaction<'_>, factors: &Factors) {
        let Some(item) = factors.find(interaction.item) else { return };
        self.active = true;
        self.by_department(interaction, factors.department(item));
        self.on_the_shelf(interaction);
        if interaction.kind == Kind::Purchase {
            let price = interaction.price.or(factors.price(item)).unwrap_or(0.0);
            let paid = f64::from(price) * f64::from(interaction.quantity);
            self.spent = Some(self.spent.unwrap_or(0.0) + paid);
        }
    }

    /// A look, a choice or a purchase. Impressions, searches and what follows an order are not counted.
    fn by_department(&mut self, interaction: &Interaction<'_>, department: Option<u16>) {
        let counted = matches!(interaction.kind, Kind::View | Kind::Click | Kind::Cart | Kind::Wish | Kind::Purchase);
        let Some(department) = department.filter(|_| counted) else { return };
        let department = usize::from(department);
        self.departments[department] = self.departments[department].saturating_add(1);
        if interaction.kind == Kind::Click && interaction.recommended {
            let clicks = self.departments.len() / 2 + department;
            self.departments[clicks] = self.departments[clicks].saturating_add(1);
        }
    }

    /// A report tells of one arm, the latest: what happened in another before it is not told.
    fn on_the_shelf(&mut self, interaction: &Interaction<'_>) {
        let Some(arm) = interaction.arm else { return };
        let state = match interaction.kind {
            Kind::Impression => 1,
            Kind::Click | Kind::Cart | Kind::Purchase => 2,
            _ => return,
        };
        self.shelf = if arm == self.arm { self.shelf.max(state) } else { state };
        self.arm = arm;
    }

    /// The department that is liked best, if one is.
    pub fn segment(&mut self, department: Option<u16>) {
        self.segment = department;
    }

    /// Drift alarms, and refused interactions in the order of [`ANOMALIES`].
    pub fn changes(&mut self, drifts: u32, refused: impl Iterator<Item = u32>) {
        self.changes[0] = drifts;
        self.changes[1..].iter_mut().zip(refused).for_each(|(count, refused)| *count = refused);
    }

    /// What is left of it under each type's clip: of all that was counted, some drawn at random.
    pub fn clipped(self, entropy: &mut impl Entropy) -> Clipped {
        let departments = self.departments.len() / 2;
        let bucket = match self.spent {
            None => 0,
            Some(spent) => 1 + REVENUE.iter().filter(|most| spent > f64::from(**most)).count() as u32,
        };
        let mut segment = vec![0; departments + 1];
        segment[self.segment.map_or(departments, usize::from).min(departments)] = 1;
        let shelf = (SHELF.len() * self.arm as usize + self.shelf) as u32;
        let mut values = [self.departments, vec![shelf], vec![bucket], segment, self.changes.to_vec()];
        for (one, values) in Type::ALL.into_iter().zip(&mut values) {
            if one.length(departments) > 1 {
                clip(values, one.declared().mechanism.clip(), entropy);
            }
        }
        Clipped { values, departments, active: self.active }
    }
}

/// What one day of a browser comes to under the clips, before the noise. It leaves no browser; `homebody
/// simulate` has it to compare with.
#[derive(Clone, PartialEq, Eq)]
pub struct Clipped {
    values: [Vec<u32>; Type::ALL.len()],
    pub(super) departments: usize,
    pub(super) active: bool,
}

impl Clipped {
    /// A type's true values: counts, one choice, or bits of which one is 1.
    pub fn values(&self, one: Type) -> &[u32] {
        &self.values[one as usize]
    }
}

impl core::fmt::Debug for Tally {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Tally(…)")
    }
}

impl core::fmt::Debug for Clipped {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Clipped(…)")
    }
}
