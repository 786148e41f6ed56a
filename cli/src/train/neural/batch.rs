//! Sequences side by side, so that the library multiplies large matrices.

use super::{Kind, Millis, Settings};
use crate::random::Random;
use homebody::interaction::Signals;
use homebody::update::event_features;

/// What one shopper did to one item.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// The item's place in the vocabulary.
    pub item: u32,
    pub kind: Kind,
    /// The same for all where times are not known.
    pub at: Millis,
}

/// Which sequences stand together.
pub struct Order<'a> {
    batches: Vec<Vec<&'a [Event]>>,
    repeats: bool,
}

impl<'a> Order<'a> {
    /// The longest sequence that is learnt in one piece; longer ones are cut.
    const LONGEST: usize = 50;

    fn cut(sequences: &[&'a Vec<Event>]) -> Vec<&'a [Event]> {
        sequences.iter().flat_map(|events| events.chunks(Self::LONGEST)).filter(|piece| piece.len() > 1).collect()
    }

    /// As they come.
    pub fn plain(sequences: &[&'a Vec<Event>], settings: &Settings) -> Self {
        let batches = Self::cut(sequences).chunks(settings.batch).map(<[_]>::to_vec).collect();
        Self { batches, repeats: settings.repeats }
    }

    /// By chance, but those of about one length together: less is padded.
    pub fn shuffled(sequences: &[&'a Vec<Event>], settings: &Settings, random: &mut Random) -> Self {
        let mut pieces = Self::cut(sequences);
        shuffle(&mut pieces, random);
        let mut batches = Vec::new();
        for pool in pieces.chunks_mut(settings.batch * 50) {
            pool.sort_by_key(|piece| piece.len());
            batches.extend(pool.chunks(settings.batch).map(<[_]>::to_vec));
        }
        shuffle(&mut batches, random);
        Self { batches, repeats: settings.repeats }
    }

    pub fn len(&self) -> usize {
        self.batches.len()
    }

    /// Those from which something can be learnt.
    pub fn batches(&self) -> impl Iterator<Item = Batch> {
        let batches = self.batches.iter().map(|pieces| Batch::new(pieces, self.repeats));
        batches.filter(|batch| !batch.targets.is_empty())
    }
}

/// Fisher and Yates's shuffle.
fn shuffle<T>(values: &mut [T], random: &mut Random) {
    for last in (1..values.len()).rev() {
        let other = (u128::from(random.next()) * (last as u128 + 1)) >> 64;
        values.swap(last, other as usize);
    }
}

/// Several sequences, step by step: what stands at `step · rows + row` is one event. Behind the end
/// of a short sequence stands item 0, from which nothing is learnt.
#[derive(Default)]
pub struct Batch {
    pub rows: usize,
    pub steps: usize,
    pub items: Vec<u32>,
    /// Kind and time of each event, [`event_features`].
    pub events: Vec<f32>,
    /// Where a next item is known: the place of the event, in rising order, and that item.
    pub places: Vec<u32>,
    pub targets: Vec<u32>,
    /// What each target does not compete with: items had before, in rising order.
    pub had: Vec<Vec<u32>>,
}

impl Batch {
    fn new(pieces: &[&[Event]], repeats: bool) -> Self {
        let rows = pieces.len();
        let steps = pieces.iter().map(|piece| piece.len() - 1).max().unwrap_or(0);
        let mut batch = Self { rows, steps, ..Self::default() };
        let signals = Signals::default();
        let wanted = |event: &Event| signals.of(event.kind).label > 0.0;
        for step in 0..steps {
            for piece in pieces {
                let event = piece.get(step).copied().unwrap_or(Event { item: 0, kind: Kind::View, at: Millis(0) });
                let before = step.checked_sub(1).and_then(|before| piece.get(before)).unwrap_or(&event);
                if let Some(next) = piece.get(step + 1).filter(|next| wanted(next)) {
                    let mut had: Vec<u32> = piece[..=step].iter().map(|event| event.item).collect();
                    had.sort_unstable();
                    had.dedup();
                    let repeated = had.binary_search(&next.item).is_ok();
                    if repeats || !repeated {
                        batch.places.push(batch.items.len() as u32);
                        batch.targets.push(next.item);
                        batch.had.push(if repeats { Vec::new() } else { had });
                    }
                }
                batch.items.push(event.item);
                batch.events.extend(event_features(event.kind, Millis(event.at.since(before.at))));
            }
        }
        batch
    }
}
