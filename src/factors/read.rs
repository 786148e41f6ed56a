//! Bytes → [`Factors`]: every size and offset is checked before anything is allocated for it.

use super::curves::PURPOSES;
use super::file::{File, Source, missing, wrong};
use super::header::{Checked, Dtype, Entry, capped};
use super::packed::unpack;
use super::strings::Lookup;
use super::{Curves, Departments, Factors, Lists, Plane, Space, Standards};
use crate::FULL;
use crate::error::Error;
use crate::lanes::blocks::Blocks;
use core::ops::Range;

/// Largest header in bytes (the safetensors crate allows 100 MB).
pub const MAX_HEADER: usize = 1 << 20;
/// Most items.
pub const MAX_ITEMS: usize = 4_000_000;
/// Most dimensions.
pub const MAX_DIM: usize = 1_024;
/// Longest id in bytes.
pub const MAX_ID: usize = 256;
/// Most categories.
const MAX_CATEGORIES: usize = 4_096;
/// Most curves of the mix, and most knots of one.
const MAX_CURVES: usize = 256;
/// No factor is larger, so that no score can overflow.
pub(super) const MAX_FACTOR: f32 = 1e6;

/// Tensors of one view.
struct Names {
    table: &'static str,
    scale: &'static str,
    gram: &'static str,
}

/// The int8 values of a [`Space`], row by row: in the file from there to there, or made of others.
enum Rows {
    InFile(Range<usize>),
    Made(Vec<u8>),
}

impl Rows {
    /// In a buffer that has room for the blocks that they become.
    fn read(self, source: &dyn Source, items: usize, dim: usize) -> Vec<u8> {
        match self {
            Self::Made(rows) => rows,
            Self::InFile(at) => {
                let mut rows = Vec::with_capacity(Blocks::size(items, dim));
                rows.resize(at.len(), 0);
                source.copy(at.start, &mut rows);
                rows
            }
        }
    }
}

const FACTORS: Names = Names { table: "factors", scale: "factors.scale", gram: "gram" };
const ATTRIBUTES: Names =
    Names { table: "factors.attributes", scale: "factors.attributes.scale", gram: "gram.attributes" };
const TEXT: Names = Names { table: "factors.text", scale: "factors.text.scale", gram: "gram.text" };

impl Factors {
    /// Reads a bundle. Refused as a whole at the first defect.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        Self::read_from(&bytes)
    }

    /// The same from wherever the bytes are.
    pub fn read_from(source: &dyn Source) -> Result<Self, Error> {
        Self::checked(source).map_err(|error| *error)
    }

    fn checked(source: &dyn Source) -> Checked<Self> {
        let file = File::open(source)?;
        // Part by part into what is there already: each way out of here then lets go of one thing, not of thirty.
        let ids = file.strings("ids", "ids.offsets")?.ok_or_else(|| missing("ids"))?;
        let mut factors = Self { ids, ..Self::default() };
        let items = factors.ids.len();
        if items == 0 {
            return Err(file.shape("ids.offsets", "U32 [N+1] with at least one item"));
        }
        capped("number of items", items, MAX_ITEMS)?;
        if let Some(at) = factors.ids.iter().position(|id| id.is_empty() || id.len() > MAX_ID) {
            return Err(wrong("ids", at, "empty or longer than 256 bytes"));
        }
        let column = |name, range| Checked::Ok(file.floats(name, items, range)?.unwrap_or_default());
        let (space, rows) = file.space(&FACTORS, items)?.ok_or_else(|| missing(FACTORS.table))?;
        let dim = space.dim();
        factors.spaces[0] = space;
        for (space, names) in factors.spaces[1..].iter_mut().zip([&ATTRIBUTES, &TEXT]) {
            if let Some((read, rows)) = file.space(names, items)? {
                *space = read;
                space.arrange(rows.read(source, items, space.dim()), items);
            }
        }
        (factors.category, factors.categories) =
            file.labels("category", "category.names", "category.names.offsets", items, MAX_CATEGORIES)?;
        (factors.brand, factors.brands) =
            file.labels("brand", "brand.names", "brand.names.offsets", items, usize::from(u16::MAX))?;
        factors.popularity = column("popularity", 0.0..=1e12)?;
        factors.bias = column("bias", -1e3..=0.0)?;
        factors.least_bias = factors.bias.iter().fold(0.0, |least, bias| bias.min(least));
        factors.prices = column("price", 0.0..=1e9)?;
        factors.version = file.version()?;
        factors.plane = Plane(file.floats("plane", 3 * dim, -1e3..=1e3)?.unwrap_or_default());
        factors.map = file.map(dim)?;
        for (settings, name) in factors.fold_in.iter_mut().zip(["fold-in", "fold-in.attributes", "fold-in.text"]) {
            *settings = file.fold_in(name)?;
        }
        if FULL {
            factors.curves = file.curves()?;
            factors.recent = column("recent", 0.0..=1e12)?;
            factors.age = column("age", 0.0..=1e6)?;
            factors.repeat = [column("repeat.interval", 0.0..=1e6)?, column("repeat.rate", 0.0..=1.0)?];
            factors.together = file.lists("together", items)?;
            factors.next = file.lists("next", items)?;
            factors.habit = file.lists("habit", items)?;
        }
        factors.standards = file.standards()?;
        factors.departments = Departments::new(&factors.categories);
        factors.sensitive = vec![false; factors.categories.len()];
        factors.members = vec![(Vec::new(), 0.0); factors.categories.len()];
        for (item, category) in (0u32..).zip(&factors.category) {
            let (items, orders) = &mut factors.members[usize::from(*category)];
            items.push(item);
            *orders += factors.popularity.get(item as usize).copied().unwrap_or(0.0);
        }
        factors.metadata = file.header.metadata;
        // A name that no category has any more marks nothing.
        let names = factors.metadata("homebody.sensitive").unwrap_or_default().to_owned();
        for name in names.as_bytes().split(|byte| *byte == b'\n').filter(|name| !name.is_empty()) {
            factors.mark_sensitive(core::str::from_utf8(name.strip_suffix(b"\r").unwrap_or(name)).unwrap_or_default());
        }
        // Last, and the largest of all: nothing that was only read stands in its way any more.
        let [space, ..] = &mut factors.spaces;
        space.arrange(rows.read(source, items, space.dim()), items);
        factors.look();
        let twice = |at| wrong("ids", at, "an id that occurs before");
        factors.lookup = Lookup::new(&factors.ids).map_err(twice)?;
        Ok(factors)
    }
}

impl File<'_> {
    /// A table of item vectors, and what is to be arranged in it; F32 is brought to int8 here: one form behind the door.
    fn space(&self, names: &Names, items: usize) -> Checked<Option<(Space, Rows)>> {
        let Some(entry) = self.entry(names.table) else { return Ok(None) };
        let wanted = "I8 [N, d] with its scale F32 [d], U8 [N, d/2] with F32 [N], or F32 [N, d], N as in ids.offsets";
        let [rows, width] = entry.shape[..] else { return Err(self.shape(names.table, wanted)) };
        if rows != items || width == 0 {
            return Err(self.shape(names.table, wanted));
        }
        let dim = if entry.dtype == Dtype::U8 { width.saturating_mul(2) } else { width };
        capped("number of dimensions", dim, MAX_DIM)?;
        let (rows, scale) = match entry.dtype {
            Dtype::I8 => {
                let scale = self.floats(names.scale, dim, 0.0..=MAX_FACTOR)?;
                let at = self.data + entry.start..self.data + entry.end;
                (Rows::InFile(at), scale.ok_or_else(|| missing(names.scale))?)
            }
            Dtype::F32 => {
                let values = self.floats(names.table, items * dim, -MAX_FACTOR..=MAX_FACTOR)?.unwrap_or_default();
                let (table, scale) = quantise(&values, dim);
                (Rows::Made(table.into_iter().map(|value| value as u8).collect()), scale)
            }
            Dtype::U8 => {
                let scale = self.floats(names.scale, items, 0.0..=MAX_FACTOR / 8.0)?;
                let (table, scale) = unpack(&self.bytes(entry), &scale.ok_or_else(|| missing(names.scale))?, dim);
                (Rows::Made(table), scale)
            }
            _ => return Err(self.shape(names.table, wanted)),
        };
        let gram = self.floats(names.gram, dim * (dim + 1) / 2, -1e12..=1e12)?;
        Ok(Some((Space::new(scale, gram), rows)))
    }

    /// The map from an older bundle, and that one's version.
    fn map(&self, dim: usize) -> Checked<Option<(String, Vec<f32>)>> {
        let Some((_, from)) = self.header.metadata.iter().find(|(key, _)| key == "homebody.map.from") else {
            return Ok(None);
        };
        // An orthogonal matrix has no larger number.
        Ok(self.floats("map", dim * dim, -1.001..=1.001)?.map(|map| (from.clone(), map)))
    }

    fn fold_in(&self, name: &'static str) -> Checked<Option<[f32; 5]>> {
        Ok(self.floats(name, 5, 0.0..=1e9)?.and_then(|settings| settings.try_into().ok()))
    }

    /// The curves of the mix; none where the bundle has none.
    fn curves(&self) -> Checked<Curves> {
        let Some(names) = self.strings("blend.features", "blend.features.offsets")? else {
            return Ok(Curves::default());
        };
        capped("number of curves", names.len(), MAX_CURVES)?;
        let size = self.entry("blend.knots").map_or(0, |entry| entry.shape.last().copied().unwrap_or(0));
        capped("number of knots", size, MAX_CURVES)?;
        let floats =
            |name: &'static str, rows| self.floats(name, rows * size, -1e6..=1e6)?.ok_or_else(|| missing(name));
        let (knots, values) = (floats("blend.knots", names.len())?, floats("blend.values", PURPOSES * names.len())?);
        Ok(Curves { names, size, knots, values })
    }

    /// The item-to-item lists under a name; none where the bundle has none.
    fn lists(&self, name: &'static str, items: usize) -> Checked<Lists> {
        let part = |part: &str| self.entry(&[name, part].concat());
        let Some(offsets) = part(".offsets") else { return Ok(Lists::default()) };
        let wrong = || self.shape(name, "offsets U32 [N+1], items U16 or U32 [M], weights U8 [M], scale F32 [1]");
        let (Some(others), Some(weights), Some(scale)) = (part(".items"), part(".weights"), part(".scale")) else {
            return Err(wrong());
        };
        let sizes = [&offsets.shape[..], &others.shape[..], &scale.shape[..]];
        if sizes != [&[items + 1][..], &weights.shape[..], &[1]] || weights.shape.len() != 1 {
            return Err(wrong());
        }
        let numbers = |entry: &Entry| -> Option<Vec<u32>> {
            match entry.dtype {
                Dtype::U16 => Some(self.numbers(entry, |two| u16::from_le_bytes(two).into())),
                Dtype::U32 => Some(self.numbers(entry, u32::from_le_bytes)),
                _ => None,
            }
        };
        let (Some(offsets), Some(others)) = (numbers(offsets), numbers(others)) else { return Err(wrong()) };
        let (Dtype::U8, Dtype::F32, Some(four)) =
            (weights.dtype, scale.dtype, self.bytes(scale).first_chunk().copied())
        else {
            return Err(wrong());
        };
        let lists = Lists { offsets, items: others, weights: self.bytes(weights), scale: f32::from_le_bytes(four) };
        match lists.defect(items) {
            Some((at, defect)) => Err(Error::TensorValue { name, at, defect }.into()),
            None => Ok(lists),
        }
    }

    fn standards(&self) -> Checked<Standards> {
        let mut standards = Standards::default();
        if let Some(rating) = self.floats("rating.range", 3, -1e6..=1e6)? {
            standards.rating = [rating[0], rating[1], rating[2]];
        }
        if let Some(dwell) = self.floats("dwell.range", 2, 1e-3..=1e6)? {
            standards.dwell = [dwell[0], dwell[1]];
        }
        if let Some(entry) = self.entry("price.quantiles") {
            let len = entry.shape.first().copied().unwrap_or(0);
            capped("number of price quantiles", len, 1_001)?;
            standards.prices = self.floats("price.quantiles", len, 1e-6..=1e9)?.unwrap_or_default();
        }
        let rising = |values: &[f32]| values.windows(2).all(|pair| pair[0] < pair[1]);
        for (name, values) in [("rating.range", &standards.rating[..]), ("dwell.range", &standards.dwell)] {
            if !rising(values) {
                return Err(self.shape(name, "rising numbers"));
            }
        }
        // Many items may have one price, so that two quantiles are the same.
        if standards.prices.windows(2).any(|pair| pair[0] > pair[1]) {
            return Err(self.shape("price.quantiles", "numbers that do not fall"));
        }
        Ok(standards)
    }
}

/// f32 factors (N × `dim`, row by row) → int8 and the scale of each dimension: the largest
/// absolute value becomes 127. A dimension of zeros gets the scale 0.
pub fn quantise(values: &[f32], dim: usize) -> (Vec<i8>, Vec<f32>) {
    let mut scale = vec![0f32; dim];
    for row in values.chunks_exact(dim) {
        for (scale, value) in scale.iter_mut().zip(row) {
            *scale = scale.max(value.abs() / 127.0);
        }
    }
    let round = |(value, scale): (&f32, &f32)| if *scale > 0.0 { libm::roundf(value / scale) as i8 } else { 0 };
    let mut table = Vec::with_capacity(values.len());
    values.chunks_exact(dim).for_each(|row| table.extend(row.iter().zip(&scale).map(round)));
    (table, scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    fn quantising_errs_by_half_a_step_at_most() {
        let values = [0.5, -3.0, 0.0, 1.0, 0.123, 0.0];
        let (table, scale) = quantise(&values, 3);
        for (index, value) in values.iter().enumerate() {
            let back = f32::from(table[index]) * scale[index % 3];
            assert!((back - value).abs() <= scale[index % 3] * 0.5001);
        }
        assert_eq!(scale[2], 0.0);
    }
}
