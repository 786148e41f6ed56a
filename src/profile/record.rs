//! The bytes of a profile: a frame (magic, format, log position, length, checksum) around a body.
//!
//! Items and categories are written by their names, so that counts and ratings survive a new bundle; vectors
//! belong to the bundle they were learnt against, and go over to another one only by its map.

use super::{
    Behaviour, Corrections, Count, Counts, Drift, Hidden, Need, Part, Profile, Rfm, Statistics, Step, Taste, Trail,
    Weighed,
};
use crate::bytes::{Reader, Writer, crc32};
use crate::error::Error;
use crate::factors::{Factors, View};
use crate::interaction::{Kind, Millis};

const MAGIC: &[u8; 4] = b"HBPF";
const FORMAT: u16 = 3;
/// Magic, format, position, length, checksum.
const FRAME: usize = 4 + 2 + 8 + 4 + 4;
/// Larger than any profile: [`Counts::MOST`] ids of 256 bytes and the statistics of 1,024 dimensions fit.
const MAX_RECORD: usize = View::COUNT * (8 << 20);

/// How a stored profile fits the bundle in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Made with this bundle.
    Same,
    /// Made with the one before, and moved by the new one's map: all came along but the views beside the
    /// item factors and the learnt update's state, which want the log learnt again.
    Moved,
    /// Made with another one: counts, ratings and attributes came along, tastes and the interest
    /// by category start anew and want the log learnt again.
    OtherBundle,
}

impl Profile {
    /// The profile as bytes. Equal profiles give equal bytes.
    pub fn to_bytes(&self, factors: &Factors) -> Vec<u8> {
        let mut body = Writer::default();
        body.text(&self.bundle);
        body.u16(self.attributes.len() as u16);
        for (name, value) in &self.attributes {
            body.text(name);
            body.text(value);
        }
        for taste in [&self.long, &self.short] {
            write_taste(&mut body, taste, factors);
        }
        self.statistics.iter().for_each(|statistics| write_statistics(&mut body, statistics, factors));
        body.i64(self.hidden.at.0);
        body.u16(self.hidden.values.len() as u16);
        self.hidden.values.iter().for_each(|value| body.f32(*value));
        write_trail(&mut body, &self.trail, factors);
        write_counts(&mut body, &self.counts, factors);
        write_behaviour(&mut body, &self.behaviour, factors);
        body.u32(self.ratings.0.len() as u32);
        for (item, rating) in self.ratings.iter() {
            body.text(factors.id(item));
            body.f32(rating);
        }
        self.returns.iter().for_each(|value| body.f32(*value));
        write_drift(&mut body, &self.drift);
        self.corrections.write(&mut body);
        let mut out = Writer(Vec::with_capacity(FRAME + body.0.len()));
        out.0.extend_from_slice(MAGIC);
        out.u16(FORMAT);
        out.u64(self.seq);
        out.u32(body.0.len() as u32);
        out.u32(checksum(self.seq, &body.0));
        out.0.extend_from_slice(&body.0);
        out.0
    }

    /// Reads a stored profile.
    pub fn from_bytes(bytes: &[u8], factors: &Factors) -> Result<(Self, Fit), Error> {
        let damaged = |defect| Error::RecordDamaged { what: "profile", defect };
        if bytes.len() > MAX_RECORD {
            return Err(damaged("it is larger than any profile"));
        }
        let mut input = Reader::new(bytes);
        if input.take(4) != MAGIC {
            return Err(damaged("it does not begin like a profile"));
        }
        let format = input.u16();
        if input.has_failed() {
            return Err(damaged("it ends too early"));
        }
        if format != FORMAT {
            return Err(Error::RecordFormat { what: "profile", given: format, known: FORMAT });
        }
        let (seq, len, sum) = (input.u64(), input.u32(), input.u32());
        if input.has_failed() {
            return Err(damaged("it ends too early"));
        }
        let body = input.rest();
        if body.len() != len as usize {
            return Err(damaged("its length is not the one written"));
        }
        if checksum(seq, body) != sum {
            return Err(damaged("its checksum does not match"));
        }
        // The checksum matches, so what fails from here on was written wrong.
        let mut body = Reader::new(body);
        let read = read_body(&mut body, factors).filter(|_| body.ended());
        let (mut profile, fit) = read.ok_or_else(|| damaged("its body cannot be read"))?;
        profile.seq = seq;
        Ok((profile, fit))
    }
}

fn checksum(seq: u64, body: &[u8]) -> u32 {
    crc32(body) ^ crc32(&seq.to_le_bytes())
}

fn read_body(input: &mut Reader<'_>, factors: &Factors) -> Option<(Profile, Fit)> {
    let bundle = input.text();
    let fit = match factors.map_from(bundle) {
        _ if bundle == factors.version() => Fit::Same,
        Some(_) => Fit::Moved,
        None => Fit::OtherBundle,
    };
    let mut profile = Profile::new(factors);
    let attributes = input.u16();
    for _ in 0..input.count(attributes.into(), 4, usize::MAX) {
        let (name, value) = (input.text(), input.text());
        profile.declare(name, value).ok()?;
    }
    let (long, short) = (read_taste(input, fit, factors)?, read_taste(input, fit, factors)?);
    let mut statistics = Vec::new();
    for view in View::ALL {
        statistics.push(read_statistics(input, factors.view(view).dim(), factors)?);
    }
    let statistics: [Statistics; View::COUNT] = statistics.try_into().ok()?;
    let at = Millis(input.i64());
    let values = input.u16();
    let values = (0..input.count(values.into(), 4, usize::MAX)).map(|_| input.f32()).collect();
    let trail = read_trail(input, factors)?;
    profile.counts = read_counts(input, factors)?;
    profile.behaviour = read_behaviour(input, factors, fit);
    let ratings = input.u32();
    for _ in 0..input.count(ratings, 6, usize::MAX) {
        let (id, rating) = (input.text(), input.f32());
        if let Some(item) = factors.find(id) {
            profile.ratings.rate(item, rating.clamp(-1.0, 1.0));
        }
    }
    profile.returns = [input.f32(), input.f32()];
    profile.drift = read_drift(input);
    profile.corrections = Corrections::read(input)?;
    let fits = long.vector.len() == factors.dim() && short.vector.len() == factors.dim();
    match (fit, factors.map_from(bundle)) {
        (Fit::OtherBundle, _) => {}
        (Fit::Moved, Some(map)) if fits => {
            let [collaborative, ..] = statistics;
            (profile.long, profile.short, profile.trail) = (long.moved(map), short.moved(map), trail);
            profile.statistics[View::Collaborative as usize] = collaborative.moved(map);
        }
        (Fit::Same, _) if fits => {
            (profile.long, profile.short, profile.statistics, profile.trail) = (long, short, statistics, trail);
            profile.hidden = Hidden { values, at };
        }
        _ => return None,
    }
    Some((profile, fit))
}

fn write_taste(out: &mut Writer, taste: &Taste, factors: &Factors) {
    out.i64(taste.at.0);
    out.u16(taste.vector.len() as u16);
    for value in &taste.vector {
        out.f32(*value);
    }
    out.f32(taste.faded);
    out.u16(taste.squares.len() as u16);
    for square in &taste.squares {
        out.f32(*square);
    }
    out.u16(taste.parts.len() as u16);
    for part in taste.parts.iter() {
        out.text(factors.id(part.item()));
        out.u8(part.kind as u8);
        out.i64(part.at.0);
        out.f32(part.amount());
        // Places belong to this bundle, as the vector does; without it neither is read.
        for at in 0..Part::NEGATIVES {
            out.u32(part.items[at]);
            out.f32(part.amounts[at]);
        }
    }
}

fn read_taste(input: &mut Reader<'_>, fit: Fit, factors: &Factors) -> Option<Taste> {
    let mut taste = Taste::neutral(0);
    taste.at = Millis(input.i64());
    let dim = input.u16();
    taste.vector.extend((0..input.count(dim.into(), 4, usize::MAX)).map(|_| input.f32()));
    taste.faded = input.f32();
    let squares = usize::from(input.u16());
    if squares != 0 && squares != taste.vector.len() {
        return None;
    }
    taste.squares.extend((0..squares).map(|_| input.f32()));
    if taste.faded <= 0.0 || taste.squares.iter().any(|square| *square < 0.0) {
        return None;
    }
    let parts = input.u16();
    for _ in 0..input.count(parts.into(), 15, Taste::MAX_PARTS) {
        let id = input.text();
        let kind = kind(input)?;
        let mut part = Part { kind, at: Millis(input.i64()), items: Default::default(), amounts: Default::default() };
        part.amounts[Part::OWN] = input.f32();
        for at in 0..Part::NEGATIVES {
            let (negative, push) = (&mut part.items[at], &mut part.amounts[at]);
            (*negative, *push) = (input.u32(), input.f32());
            match fit {
                Fit::Same if *negative as usize >= factors.len() => return None,
                Fit::Same => {}
                // Of a moved taste it becomes part of the unnamed rest.
                Fit::Moved | Fit::OtherBundle => (*negative, *push) = (0, 0.0),
            }
        }
        if let Some(item) = factors.find(id) {
            part.items[Part::OWN] = item;
            taste.parts.push(&part, 1.0);
        }
    }
    Some(taste)
}

fn write_statistics(out: &mut Writer, statistics: &Statistics, factors: &Factors) {
    out.u32(statistics.vector.len() as u32);
    if statistics.is_empty() {
        return;
    }
    out.i64(statistics.landmark);
    out.f64(statistics.clock);
    statistics.matrix.iter().chain(&statistics.vector).for_each(|sum| out.f64(*sum));
    out.u16(statistics.deeds.len() as u16);
    for deed in &statistics.deeds {
        out.text(factors.id(deed.item));
        out.u8(deed.kind as u8);
        out.i64(deed.at.0);
        out.f64(deed.amount);
    }
}

/// `wanted`: how many dimensions there are in the bundle in use.
fn read_statistics(input: &mut Reader<'_>, wanted: usize, factors: &Factors) -> Option<Statistics> {
    let dim = input.u32() as usize;
    if dim == 0 || dim > crate::factors::MAX_DIM {
        return (dim == 0).then(|| Statistics::new(wanted));
    }
    let numbers = Statistics::triangle(dim) + dim;
    if input.count(numbers as u32, 8, usize::MAX) == 0 {
        return None;
    }
    let mut statistics = Statistics::new(dim);
    (statistics.landmark, statistics.clock) = (input.i64(), input.f64());
    statistics.matrix.extend((0..Statistics::triangle(dim)).map(|_| input.f64()));
    statistics.vector.extend((0..dim).map(|_| input.f64()));
    let deeds = input.u16();
    for _ in 0..input.count(deeds.into(), 19, Statistics::MAX_DEEDS) {
        let (id, kind) = (input.text(), kind(input)?);
        let (at, amount) = (Millis(input.i64()), input.f64());
        statistics.deeds.extend(factors.find(id).map(|item| Weighed { item, kind, at, amount }));
    }
    // Sums of other dimensions are of no use: the view has changed.
    Some(if dim == wanted { statistics } else { Statistics::new(wanted) })
}

fn write_trail(out: &mut Writer, trail: &Trail, factors: &Factors) {
    for steps in [trail.wanted(), trail.shown()] {
        out.u8(steps.len() as u8);
        for step in steps {
            out.text(factors.id(step.item));
            out.u8(step.kind as u8);
            out.i64(step.at.0);
        }
    }
}

fn read_trail(input: &mut Reader<'_>, factors: &Factors) -> Option<Trail> {
    let mut trail = Trail::default();
    for steps in [&mut trail.wanted, &mut trail.shown] {
        let length = input.u8();
        for _ in 0..input.count(length.into(), 11, Trail::LENGTH) {
            let (id, kind, at) = (input.text(), kind(input)?, Millis(input.i64()));
            steps.extend(factors.find(id).map(|item| Step { item, kind, at }));
        }
    }
    Some(trail)
}

fn write_counts(out: &mut Writer, counts: &Counts, factors: &Factors) {
    out.u32(counts.orders);
    out.f32(counts.faded);
    out.i64(counts.at.0);
    out.u32(counts.items.len() as u32);
    for count in &counts.items {
        out.text(factors.id(count.item));
        count.faded.iter().chain([&count.by_order]).for_each(|value| out.f32(*value));
        out.u32(count.orders);
        out.i64(count.first.0);
        out.i64(count.at.0);
        count.order.iter().for_each(|number| out.u32(*number));
    }
    out.u32(counts.needs.len() as u32);
    for need in &counts.needs {
        out.text(factors.category_name(need.category));
        out.f32(need.faded);
        out.u32(need.items);
        out.u32(need.orders);
        out.i64(need.first.0);
        out.i64(need.at.0);
    }
}

/// In the order of the places and numbers, which another bundle has changed.
fn read_counts(input: &mut Reader<'_>, factors: &Factors) -> Option<Counts> {
    let mut counts = Counts { orders: input.u32(), faded: input.f32(), at: Millis(input.i64()), ..Counts::default() };
    let length = input.u32();
    for _ in 0..input.count(length, 46, Counts::MOST) {
        let id = input.text();
        let (faded, by_order) = ([input.f32(), input.f32(), input.f32()], input.f32());
        let (orders, first, at) = (input.u32(), Millis(input.i64()), Millis(input.i64()));
        let order = [input.u32(), input.u32()];
        if order[0] > order[1] || order[1] >= counts.orders {
            return None;
        }
        if let Some(item) = factors.find(id) {
            let place = counts.items.partition_point(|known| known.item < item);
            counts.items.insert(place, Count { item, faded, by_order, orders, first, at, order });
        }
    }
    let needs = input.u32();
    for _ in 0..input.count(needs, 30, usize::MAX) {
        let name = input.text();
        let (faded, items, orders) = (input.f32(), input.u32(), input.u32());
        let (first, at) = (Millis(input.i64()), Millis(input.i64()));
        if let Some(category) = factors.category_named(name) {
            let place = counts.needs.partition_point(|known| known.category < category);
            counts.needs.insert(place, Need { category, faded, items, orders, first, at });
        }
    }
    Some(counts)
}

fn write_drift(out: &mut Writer, drift: &Drift) {
    out.u32(drift.count);
    out.f32(drift.mean);
    out.f32(drift.climbed);
    out.u32(drift.earlier);
    out.u8(drift.seen.len() as u8);
    drift.seen.iter().for_each(|at| out.i64(at.0));
}

fn read_drift(input: &mut Reader<'_>) -> Drift {
    let (count, mean, climbed, earlier) = (input.u32(), input.f32(), input.f32(), input.u32());
    let seen = input.u8();
    let seen = (0..input.count(seen.into(), 8, Drift::MOST)).map(|_| Millis(input.i64())).collect();
    Drift { count, mean, climbed, seen, earlier }
}

fn kind(input: &mut Reader<'_>) -> Option<Kind> {
    Kind::ALL.get(usize::from(input.u8())).copied()
}

fn write_behaviour(out: &mut Writer, behaviour: &Behaviour, factors: &Factors) {
    out.i64(behaviour.at.0);
    let numbers = (0u16..).zip(behaviour.categories.iter().zip(&behaviour.touched));
    let touched: Vec<_> = numbers.filter(|(_, (_, touched))| **touched > 0).collect();
    out.u32(touched.len() as u32);
    for (category, (interest, touched)) in touched {
        out.text(factors.category_name(category));
        out.f32(*interest);
        out.u32(*touched);
    }
    let Rfm { first, last, days, spent } = behaviour.rfm;
    out.i64(first.0);
    out.i64(last.0);
    out.u32(days);
    out.f32(spent);
    for count in behaviour.kinds {
        out.u32(count);
    }
    out.f32(behaviour.price.0);
    out.u32(behaviour.price.1);
}

fn read_behaviour(input: &mut Reader<'_>, factors: &Factors, fit: Fit) -> Behaviour {
    let mut behaviour = Behaviour::new(factors.categories());
    let at = Millis(input.i64());
    if fit != Fit::OtherBundle {
        behaviour.at = at; // else what is learnt again would not fade on the way
    }
    let touched = input.u32();
    for _ in 0..input.count(touched, 10, usize::MAX) {
        let (name, interest, touched) = (input.text(), input.f32(), input.u32());
        // Learnt again from the log it would count twice.
        if let (Fit::Same | Fit::Moved, Some(category)) = (fit, factors.category_named(name)) {
            behaviour.categories[usize::from(category)] = interest;
            behaviour.touched[usize::from(category)] = touched;
        }
    }
    behaviour.rfm =
        Rfm { first: Millis(input.i64()), last: Millis(input.i64()), days: input.u32(), spent: input.f32() };
    for kind in &mut behaviour.kinds {
        *kind = input.u32();
    }
    behaviour.price = (input.f32(), input.u32());
    behaviour
}
