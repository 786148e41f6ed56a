//! Bytes → [`Factors`]: every size and offset is checked before anything is allocated for it.

use super::curves::PURPOSES;
use super::header::{Dtype, Entry, Header, capped};
use super::packed::unpack;
use super::strings::{Lookup, Strings};
use super::{Curves, Departments, Factors, Heads, Lists, Plane, Space, Standards};
use crate::bytes::crc32;
use crate::error::{Error, shortened};
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
/// Longest version in bytes.
const MAX_VERSION: usize = 64;
/// No factor is larger, so that no score can overflow.
const MAX_FACTOR: f32 = 1e6;

/// Tensors of one view.
struct Names {
    table: &'static str,
    scale: &'static str,
    gram: &'static str,
}

/// What a [`Space`] is made of.
struct Parts {
    items: usize,
    /// Its int8 values in the file's data …
    at: Range<usize>,
    /// … or, of F32, beside it.
    made: Option<Vec<u8>>,
    scale: Vec<f32>,
    gram: Option<Vec<f32>>,
}

impl Parts {
    fn ready(self, file: &File<'_>) -> Space {
        let mut space = Space::new(self.scale, self.gram);
        space.arrange(self.made.unwrap_or_else(|| file.data[self.at].to_vec()), self.items);
        space
    }

    /// The space without its values and where they are in the file, if they are there.
    fn in_file(self, data: usize) -> (Space, Option<Range<usize>>) {
        let mut space = Space::new(self.scale, self.gram);
        match self.made {
            Some(made) => space.arrange(made, self.items),
            None => return (space, Some(data + self.at.start..data + self.at.end)),
        }
        (space, None)
    }
}

const FACTORS: Names = Names { table: "factors", scale: "factors.scale", gram: "gram" };
const ATTRIBUTES: Names =
    Names { table: "factors.attributes", scale: "factors.attributes.scale", gram: "gram.attributes" };
const TEXT: Names = Names { table: "factors.text", scale: "factors.text.scale", gram: "gram.text" };

impl Factors {
    /// Reads a bundle. Refused as a whole at the first defect.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let (factors, rows) = Self::parse(bytes)?;
        factors.settle(rows.map(|rows| bytes[rows].to_vec()))
    }

    /// The same in the bundle's own buffer, so that there is never a second copy of the item factors. `early`
    /// is what else is read of the bundle, before the buffer becomes the table.
    pub(crate) fn take<T>(
        mut bytes: Vec<u8>, early: impl FnOnce(&[u8], &Self) -> Result<T, Error>,
    ) -> Result<(Self, T), Error> {
        let (factors, rows) = Self::parse(&bytes)?;
        let other = early(&bytes, &factors)?;
        let rows = rows.map(|rows| {
            bytes.truncate(rows.end);
            bytes.drain(..rows.start);
            bytes
        });
        Ok((factors.settle(rows)?, other))
    }

    /// All but the item factors, which are the bytes from there to there; `None` where they are ready, too.
    fn parse(bytes: &[u8]) -> Result<(Self, Option<Range<usize>>), Error> {
        let file = File::open(bytes)?;
        let ids = file.strings("ids", "ids.offsets")?.ok_or(Error::TensorMissing { name: "ids" })?;
        let items = ids.len();
        if items == 0 {
            return Err(file.shape("ids.offsets", "U32 [N+1] with at least one item"));
        }
        capped("number of items", items, MAX_ITEMS)?;
        if let Some(at) = ids.iter().position(|id| id.is_empty() || id.len() > MAX_ID) {
            return Err(Error::TensorValue { name: "ids", at, defect: "empty or longer than 256 bytes" });
        }
        let parts = file.space(&FACTORS, items)?.ok_or(Error::TensorMissing { name: FACTORS.table })?;
        let (space, rows) = parts.in_file(bytes.len() - file.data.len());
        let (category, categories) =
            file.labels("category", "category.names", "category.names.offsets", items, MAX_CATEGORIES)?;
        let (brand, brands) =
            file.labels("brand", "brand.names", "brand.names.offsets", items, usize::from(u16::MAX))?;
        let popularity = file.floats("popularity", items, 0.0..=1e12)?.unwrap_or_default();
        let bias = file.floats("bias", items, -1e3..=0.0)?.unwrap_or_default();
        let mut members = vec![(Vec::new(), 0.0); categories.len()];
        for (item, category) in (0u32..).zip(&category) {
            let (items, orders) = &mut members[usize::from(*category)];
            items.push(item);
            *orders += popularity.get(item as usize).copied().unwrap_or(0.0);
        }
        let sensitive = vec![false; categories.len()];
        let view =
            |names| Ok::<_, Error>(file.space(names, items)?.map_or_else(Space::default, |view| view.ready(&file)));
        let map = file.map(space.dim())?;
        let mut factors = Self {
            version: file.version()?,
            plane: Plane(file.floats("plane", 3 * space.dim(), -1e3..=1e3)?.unwrap_or_default()),
            heads: Heads::default(),
            spaces: [space, view(&ATTRIBUTES)?, view(&TEXT)?],
            map,
            curves: file.curves()?,
            recent: file.floats("recent", items, 0.0..=1e12)?.unwrap_or_default(),
            age: file.floats("age", items, 0.0..=1e6)?.unwrap_or_default(),
            repeat: [
                file.floats("repeat.interval", items, 0.0..=1e6)?.unwrap_or_default(),
                file.floats("repeat.rate", items, 0.0..=1.0)?.unwrap_or_default(),
            ],
            fold_in: [file.fold_in("fold-in")?, file.fold_in("fold-in.attributes")?, file.fold_in("fold-in.text")?],
            together: file.lists("together", items)?,
            next: file.lists("next", items)?,
            habit: file.lists("habit", items)?,
            ids,
            lookup: Lookup::default(),
            least_bias: bias.iter().fold(0.0, |least, bias| bias.min(least)),
            bias,
            popularity,
            members,
            prices: file.floats("price", items, 0.0..=1e9)?.unwrap_or_default(),
            departments: Departments::new(&categories),
            category,
            categories,
            brand,
            brands,
            standards: file.standards()?,
            sensitive,
            metadata: file.header.metadata,
        };
        // A name that no category has any more marks nothing.
        let names = factors.metadata("homebody.sensitive").unwrap_or_default().to_owned();
        for name in names.lines() {
            factors.mark_sensitive(name);
        }
        Ok((factors, rows))
    }

    /// With the item factors, row by row, where they are not ready, and the look-up of the ids. It comes last: then
    /// the buffer has given back what was behind the table, and there is room.
    fn settle(mut self, rows: Option<Vec<u8>>) -> Result<Self, Error> {
        let [space, ..] = &mut self.spaces;
        if let Some(rows) = rows {
            space.arrange(rows, self.ids.len());
        }
        self.look();
        let twice = |at| Error::TensorValue { name: "ids", at, defect: "an id that occurs before" };
        self.lookup = Lookup::new(&self.ids).map_err(twice)?;
        Ok(self)
    }
}

/// The file with its parts checked: header within bounds, tensors back to back, sizes that fit.
pub(crate) struct File<'a> {
    header: Header,
    bytes: &'a [u8],
    data: &'a [u8],
}

impl<'a> File<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        let cut = |needed, what| Error::BundleTruncated { len: bytes.len(), needed, what };
        let (length, rest) = bytes.split_first_chunk::<8>().ok_or_else(|| cut(8, "the header's length"))?;
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        capped("header", length, MAX_HEADER)?;
        let (json, data) = rest.split_at_checked(length).ok_or_else(|| cut(8 + length, "the header"))?;
        if json.first() != Some(&b'{') {
            return Err(Error::BundleHeader { at: 0, wanted: "{" });
        }
        let header = Header::parse(json)?;
        let mut order: Vec<&Entry> = header.tensors.iter().collect();
        crate::sort::short(&mut order, |a, b| (a.start, a.end) < (b.start, b.end));
        let mut end = 0;
        for entry in order {
            end = checked(entry, end)?;
        }
        if end > data.len() {
            return Err(cut(8 + length + end, "the tensors"));
        }
        if end < data.len() {
            return Err(Error::BundleTooLarge {
                what: "length behind the last tensor",
                given: data.len() - end,
                cap: 0,
            });
        }
        match header.metadata.iter().find(|(key, _)| key == "homebody.format") {
            Some((_, format)) if format != "1" => {
                return Err(Error::BundleFormat { given: shortened(format) });
            }
            _ => {}
        }
        Ok(Self { header, bytes, data })
    }

    fn version(&self) -> Result<String, Error> {
        let named = self.header.metadata.iter().find(|(key, _)| key == "homebody.version");
        let Some((_, version)) = named else { return Ok(format!("crc-{:08x}", crc32(self.bytes))) };
        capped("version", version.len(), MAX_VERSION)?;
        // It stands in reports and profiles as it is.
        let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b',' | b']');
        if version.is_empty() || !version.bytes().all(plain) {
            return Err(Error::TensorValue { name: "homebody.version", at: 0, defect: "not plain ASCII" });
        }
        Ok(version.clone())
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.header.tensors.iter().find(|entry| entry.name == name)
    }

    fn bytes(&self, entry: &Entry) -> &'a [u8] {
        &self.data[entry.start..entry.end]
    }

    pub(crate) fn shape(&self, name: &str, wanted: &'static str) -> Error {
        Error::TensorShape { name: name.to_owned(), wanted }
    }

    /// One-dimensional U32 values.
    fn offsets(&self, name: &'static str, wanted: &'static str) -> Result<Vec<u32>, Error> {
        let entry = self.entry(name).ok_or(Error::TensorMissing { name })?;
        if entry.dtype != Dtype::U32 || entry.shape.len() != 1 {
            return Err(self.shape(name, wanted));
        }
        Ok(self.bytes(entry).as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect())
    }

    fn strings(&self, text: &'static str, offsets: &'static str) -> Result<Option<Strings>, Error> {
        let Some(entry) = self.entry(text) else { return Ok(None) };
        if entry.dtype != Dtype::U8 || entry.shape.len() != 1 {
            return Err(self.shape(text, "U8 [bytes]"));
        }
        let values = self.offsets(offsets, "U32 [number of strings + 1]")?;
        let strings = Strings::new(self.bytes(entry), values);
        strings.map(Some).ok_or(Error::TensorValue {
            name: offsets,
            at: 0,
            defect: "not rising from 0 to the text's end, or the text is not UTF-8",
        })
    }

    fn labels(
        &self, name: &'static str, text: &'static str, offsets: &'static str, items: usize, most: usize,
    ) -> Result<(Vec<u16>, Strings), Error> {
        let Some(entry) = self.entry(name) else { return Ok(Default::default()) };
        if entry.dtype != Dtype::U16 || entry.shape != [items] {
            return Err(self.shape(name, "U16 [N]"));
        }
        let names = self.strings(text, offsets)?.ok_or(Error::TensorMissing { name: text })?;
        let labels: Vec<u16> = self.bytes(entry).as_chunks().0.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect();
        capped("number of names of categories or brands", names.len(), most)?;
        match labels.iter().position(|label| usize::from(*label) >= names.len()) {
            Some(at) => Err(Error::TensorValue { name, at, defect: "not the number of a name" }),
            None => Ok((labels, names)),
        }
    }

    pub(crate) fn floats(
        &self, name: &'static str, len: usize, range: core::ops::RangeInclusive<f32>,
    ) -> Result<Option<Vec<f32>>, Error> {
        let Some(entry) = self.entry(name) else { return Ok(None) };
        if entry.dtype != Dtype::F32 || entry.shape.iter().try_fold(1usize, |a, b| a.checked_mul(*b)) != Some(len) {
            return Err(self.shape(name, "F32 of the size that the others give"));
        }
        let values: Vec<f32> = self.bytes(entry).as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        match values.iter().position(|value| !range.contains(value)) {
            Some(at) => Err(Error::TensorValue { name, at, defect: "not finite or out of range" }),
            None => Ok(Some(values)),
        }
    }

    /// Rows and columns of a two-dimensional tensor.
    pub(crate) fn sides(&self, name: &'static str) -> Result<[usize; 2], Error> {
        let entry = self.entry(name).ok_or(Error::TensorMissing { name })?;
        entry.shape[..].try_into().map_err(|_| self.shape(name, "two-dimensional"))
    }

    /// int8 values times one scale a row, as F32.
    pub(crate) fn matrix(
        &self, name: &'static str, scale: &'static str, rows: usize, columns: usize,
    ) -> Result<Vec<f32>, Error> {
        let entry = self.entry(name).ok_or(Error::TensorMissing { name })?;
        if entry.dtype != Dtype::I8 || entry.shape != [rows, columns] {
            return Err(self.shape(name, "I8 of the size that the others give"));
        }
        let scales = self.floats(scale, rows, 0.0..=MAX_FACTOR)?.ok_or(Error::TensorMissing { name: scale })?;
        let rows = self.bytes(entry).chunks_exact(columns.max(1)).zip(scales);
        Ok(rows.flat_map(|(row, scale)| row.iter().map(move |byte| f32::from(*byte as i8) * scale)).collect())
    }

    /// What a table of item vectors is made of; F32 is brought to int8 here: one form behind the door.
    fn space(&self, names: &Names, items: usize) -> Result<Option<Parts>, Error> {
        let Some(entry) = self.entry(names.table) else { return Ok(None) };
        let wanted = "I8 [N, d] with its scale F32 [d], U8 [N, d/2] with F32 [N], or F32 [N, d], N as in ids.offsets";
        let [rows, width] = entry.shape[..] else { return Err(self.shape(names.table, wanted)) };
        if rows != items || width == 0 {
            return Err(self.shape(names.table, wanted));
        }
        let dim = if entry.dtype == Dtype::U8 { width.saturating_mul(2) } else { width };
        capped("number of dimensions", dim, MAX_DIM)?;
        let (made, scale) = match entry.dtype {
            Dtype::I8 => {
                let scale = self.floats(names.scale, dim, 0.0..=MAX_FACTOR)?;
                (None, scale.ok_or(Error::TensorMissing { name: names.scale })?)
            }
            Dtype::F32 => {
                let values = self.floats(names.table, items * dim, -MAX_FACTOR..=MAX_FACTOR)?.unwrap_or_default();
                let (table, scale) = quantise(&values, dim);
                (Some(table.into_iter().map(|value| value as u8).collect()), scale)
            }
            Dtype::U8 => {
                let scale = self.floats(names.scale, items, 0.0..=MAX_FACTOR / 8.0)?;
                let (table, scale) =
                    unpack(self.bytes(entry), &scale.ok_or(Error::TensorMissing { name: names.scale })?, dim);
                (Some(table), scale)
            }
            _ => return Err(self.shape(names.table, wanted)),
        };
        let gram = self.floats(names.gram, dim * (dim + 1) / 2, -1e12..=1e12)?;
        Ok(Some(Parts { items, at: entry.start..entry.end, made, scale, gram }))
    }

    /// The map from an older bundle, and that one's version.
    fn map(&self, dim: usize) -> Result<Option<(String, Vec<f32>)>, Error> {
        let Some((_, from)) = self.header.metadata.iter().find(|(key, _)| key == "homebody.map.from") else {
            return Ok(None);
        };
        // An orthogonal matrix has no larger number.
        Ok(self.floats("map", dim * dim, -1.001..=1.001)?.map(|map| (from.clone(), map)))
    }

    fn fold_in(&self, name: &'static str) -> Result<Option<[f32; 5]>, Error> {
        Ok(self.floats(name, 5, 0.0..=1e9)?.and_then(|settings| settings.try_into().ok()))
    }

    /// The curves of the mix; none where the bundle has none.
    fn curves(&self) -> Result<Curves, Error> {
        let Some(names) = self.strings("blend.features", "blend.features.offsets")? else {
            return Ok(Curves::default());
        };
        capped("number of curves", names.len(), MAX_CURVES)?;
        let size = self.entry("blend.knots").map_or(0, |entry| entry.shape.last().copied().unwrap_or(0));
        capped("number of knots", size, MAX_CURVES)?;
        let floats =
            |name: &'static str, rows| self.floats(name, rows * size, -1e6..=1e6)?.ok_or(Error::TensorMissing { name });
        let (knots, values) = (floats("blend.knots", names.len())?, floats("blend.values", PURPOSES * names.len())?);
        Ok(Curves { names, size, knots, values })
    }

    /// The item-to-item lists under a name; none where the bundle has none.
    fn lists(&self, name: &'static str, items: usize) -> Result<Lists, Error> {
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
            let bytes = self.bytes(entry);
            match entry.dtype {
                Dtype::U16 => Some(bytes.as_chunks().0.iter().map(|two| u16::from_le_bytes(*two).into()).collect()),
                Dtype::U32 => Some(bytes.as_chunks().0.iter().map(|four| u32::from_le_bytes(*four)).collect()),
                _ => None,
            }
        };
        let (Some(offsets), Some(others)) = (numbers(offsets), numbers(others)) else { return Err(wrong()) };
        let (Dtype::U8, Dtype::F32, Some(four)) = (weights.dtype, scale.dtype, self.bytes(scale).first_chunk()) else {
            return Err(wrong());
        };
        let lists =
            Lists { offsets, items: others, weights: self.bytes(weights).to_vec(), scale: f32::from_le_bytes(*four) };
        match lists.defect(items) {
            Some((at, defect)) => Err(Error::TensorValue { name, at, defect }),
            None => Ok(lists),
        }
    }

    fn standards(&self) -> Result<Standards, Error> {
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

/// The end of a tensor that must begin where the one before ended.
fn checked(entry: &Entry, before: usize) -> Result<usize, Error> {
    let defect = |defect| Error::TensorOffsets { name: shortened(&entry.name), defect };
    let elements = entry.shape.iter().try_fold(1usize, |product, side| product.checked_mul(*side));
    let size = elements.and_then(|elements| elements.checked_mul(entry.dtype.size()));
    let size = size.ok_or_else(|| defect("cannot hold its shape: the product overflows"))?;
    if entry.start < before {
        return Err(defect("overlap the tensor before"));
    }
    if entry.start > before {
        return Err(defect("leave a gap"));
    }
    if entry.end.checked_sub(entry.start) != Some(size) {
        return Err(defect("do not match its shape"));
    }
    Ok(entry.end)
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
    let table = values.chunks_exact(dim).flat_map(|row| row.iter().zip(&scale).map(round)).collect();
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
