//! What came of a method: its name, its settings, its figures.

use super::bootstrap::Difference;
use super::chart::Panel;
use super::curve::{Point, curve};
use super::methods::{Made, Method, make};
use super::score::{Ranked, Score};
use super::strangers::{self, Cold};
use super::training::Training;
use crate::error::Result;

pub struct Outcome<T> {
    pub label: String,
    pub settings: Vec<(&'static str, f32)>,
    pub result: T,
}

impl<T> Outcome<T> {
    /// Makes the method and measures it.
    pub fn of(label: &str, training: &Training<'_>, measure: impl FnOnce(&dyn Method) -> T) -> Result<Self> {
        let Made { label, settings, method } = make(label, training)?;
        Ok(Self { label, settings, result: measure(&*method) })
    }
}

impl Outcome<Score> {
    /// NDCG@20 minus the other's: of all items, and of new ones.
    pub fn differences(&self, other: &Self, seed: u64) -> [Difference; 2] {
        let all = |ranked: &Ranked| Some(ranked.all.ndcg);
        let new = |ranked: &Ranked| ranked.new.map(|figures| figures.ndcg);
        [
            Difference::between(&self.result, &other.result, all, seed),
            Difference::between(&self.result, &other.result, new, seed),
        ]
    }
}

/// One plot for all items, one for new ones.
pub fn panels(outcomes: &[Outcome<Score>]) -> Vec<Panel> {
    let panel = |title: &str, points: &dyn Fn(&Score) -> Vec<Point>| Panel {
        title: title.into(),
        lines: outcomes.iter().map(|outcome| (outcome.label.clone(), points(&outcome.result))).collect(),
    };
    vec![
        panel("NDCG@20, all items", &|score| curve(score, |ranked| Some(ranked.all))),
        panel("NDCG@20, items new to the user", &|score| curve(score, |ranked| ranked.new)),
    ]
}

/// One plot for strangers.
pub fn cold_panel(outcomes: &[Outcome<Vec<Cold>>]) -> Panel {
    let lines = outcomes.iter().map(|outcome| (outcome.label.clone(), strangers::points(&outcome.result)));
    Panel { title: "NDCG@20 of the rest of a stranger's basket".into(), lines: lines.collect() }
}
