//! The bundle as a file: header and tensors checked, and read where they are.

use super::header::{Checked, Dtype, Entry, Header, capped};
use super::read::{MAX_FACTOR, MAX_HEADER};
use super::strings::Strings;
use crate::bytes::crc32_on;
use crate::error::{Error, shortened};
use crate::text::hex;
use core::ops::Range;

/// Longest version in bytes.
const MAX_VERSION: usize = 64;
/// So much is read at once of what becomes numbers.
const PIECE: usize = 1 << 14;

/// Could a bundle have this version? It stands in reports and profiles as it is.
pub(crate) fn is_version(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b',' | b']');
    !text.is_empty() && text.len() <= MAX_VERSION && text.bytes().all(plain)
}

/// Where a bundle's bytes are. In a browser they stay where the download put them, outside of the module, whose
/// memory never shrinks: each part is copied in once, to where it stays.
pub trait Source {
    /// How many there are.
    fn size(&self) -> usize;
    /// Fills `out` with the bytes from `at` on. What is not there any more is left as it is; whatever comes is checked
    /// after it was copied.
    fn copy(&self, at: usize, out: &mut [u8]);
    /// The header, which is the JSON of so many bytes behind the first eight.
    fn header(&self, length: usize) -> Checked<Header>;
}

impl Source for &[u8] {
    fn size(&self) -> usize {
        <[u8]>::len(self)
    }
    fn copy(&self, at: usize, out: &mut [u8]) {
        if let Some(part) = self.get(at..at + out.len()) {
            out.copy_from_slice(part);
        }
    }
    fn header(&self, length: usize) -> Checked<Header> {
        Header::parse(&self[8..8 + length])
    }
}

/// The file with its parts checked: header within bounds, tensors back to back, sizes that fit.
pub(crate) struct File<'a> {
    pub(super) header: Header,
    source: &'a dyn Source,
    /// Where the tensors begin.
    pub(super) data: usize,
}

impl<'a> File<'a> {
    pub(crate) fn open(source: &'a dyn Source) -> Checked<Self> {
        let len = source.size();
        let cut = |needed, what| Box::new(Error::BundleTruncated { len, needed, what });
        let mut length = [0; 8];
        if len < length.len() {
            return Err(cut(length.len(), "the header's length"));
        }
        source.copy(0, &mut length);
        let length = usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX);
        capped("header", length, MAX_HEADER)?;
        let data = 8 + length;
        if len < data {
            return Err(cut(data, "the header"));
        }
        let header = source.header(length)?;
        let mut order: Vec<&Entry> = header.tensors.iter().collect();
        crate::sort::short(&mut order, |a, b| (a.start, a.end) < (b.start, b.end));
        let mut end = 0;
        for entry in order {
            end = checked(entry, end)?;
        }
        let tensors = len - data;
        if end > tensors {
            return Err(cut(data.saturating_add(end), "the tensors"));
        }
        if end < tensors {
            return Err(
                Error::BundleTooLarge { what: "length behind the last tensor", given: tensors - end, cap: 0 }.into()
            );
        }
        match header.metadata.iter().find(|(key, _)| key == "homebody.format") {
            Some((_, format)) if format != "1" => {
                return Err(Error::BundleFormat { given: shortened(format) }.into());
            }
            _ => {}
        }
        Ok(Self { header, source, data })
    }

    pub(super) fn version(&self) -> Checked<String> {
        let named = self.header.metadata.iter().find(|(key, _)| key == "homebody.version");
        let Some((_, version)) = named else {
            let mut sum = 0;
            self.pieces(0..self.source.size(), |piece| sum = crc32_on(sum, piece));
            return Ok(["crc-", &hex(&sum.to_be_bytes())].concat());
        };
        capped("version", version.len(), MAX_VERSION)?;
        if !is_version(version) {
            return Err(wrong("homebody.version", 0, "not plain ASCII"));
        }
        Ok(version.clone())
    }

    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        self.header.tensors.iter().find(|entry| entry.name == name)
    }

    /// A tensor's bytes. Its size was checked against the file's, so there is not more to ask memory for.
    pub(super) fn bytes(&self, entry: &Entry) -> Vec<u8> {
        let mut bytes = vec![0; entry.end - entry.start];
        self.source.copy(self.data + entry.start, &mut bytes);
        bytes
    }

    /// A tensor's numbers, of W bytes each: without a second copy of all of it.
    pub(super) fn numbers<const W: usize, T>(&self, entry: &Entry, read: fn([u8; W]) -> T) -> Vec<T> {
        let mut numbers = Vec::with_capacity((entry.end - entry.start) / W);
        let all = self.data + entry.start..self.data + entry.end;
        self.pieces(all, |piece| numbers.extend(piece.as_chunks().0.iter().map(|bytes| read(*bytes))));
        numbers
    }

    fn pieces(&self, all: Range<usize>, mut work: impl FnMut(&[u8])) {
        let mut piece = [0; PIECE];
        for at in all.clone().step_by(PIECE) {
            let piece = &mut piece[..PIECE.min(all.end - at)];
            self.source.copy(at, piece);
            work(piece);
        }
    }

    pub(crate) fn shape(&self, name: &str, wanted: &'static str) -> Box<Error> {
        Error::TensorShape { name: name.to_owned(), wanted }.into()
    }

    /// One-dimensional U32 values.
    fn offsets(&self, name: &'static str, wanted: &'static str) -> Checked<Vec<u32>> {
        let entry = self.entry(name).ok_or_else(|| missing(name))?;
        if entry.dtype != Dtype::U32 || entry.shape.len() != 1 {
            return Err(self.shape(name, wanted));
        }
        Ok(self.numbers(entry, u32::from_le_bytes))
    }

    pub(super) fn strings(&self, text: &'static str, offsets: &'static str) -> Checked<Option<Strings>> {
        let Some(entry) = self.entry(text) else { return Ok(None) };
        if entry.dtype != Dtype::U8 || entry.shape.len() != 1 {
            return Err(self.shape(text, "U8 [bytes]"));
        }
        let values = self.offsets(offsets, "U32 [number of strings + 1]")?;
        let strings = Strings::new(self.bytes(entry), values);
        let defect = "not rising from 0 to the text's end, or the text is not UTF-8";
        strings.map(Some).ok_or_else(|| wrong(offsets, 0, defect))
    }

    pub(super) fn labels(
        &self, name: &'static str, text: &'static str, offsets: &'static str, items: usize, most: usize,
    ) -> Checked<(Vec<u16>, Strings)> {
        let Some(entry) = self.entry(name) else { return Ok(Default::default()) };
        if entry.dtype != Dtype::U16 || entry.shape != [items] {
            return Err(self.shape(name, "U16 [N]"));
        }
        let names = self.strings(text, offsets)?.ok_or_else(|| missing(text))?;
        let labels = self.numbers(entry, u16::from_le_bytes);
        capped("number of names of categories or brands", names.len(), most)?;
        match labels.iter().position(|label| usize::from(*label) >= names.len()) {
            Some(at) => Err(wrong(name, at, "not the number of a name")),
            None => Ok((labels, names)),
        }
    }

    pub(crate) fn floats(
        &self, name: &'static str, len: usize, range: core::ops::RangeInclusive<f32>,
    ) -> Checked<Option<Vec<f32>>> {
        let Some(entry) = self.entry(name) else { return Ok(None) };
        if entry.dtype != Dtype::F32 || entry.shape.iter().try_fold(1usize, |a, b| a.checked_mul(*b)) != Some(len) {
            return Err(self.shape(name, "F32 of the size that the others give"));
        }
        let values = self.numbers(entry, f32::from_le_bytes);
        match values.iter().position(|value| !range.contains(value)) {
            Some(at) => Err(wrong(name, at, "not finite or out of range")),
            None => Ok(Some(values)),
        }
    }

    /// Rows and columns of a two-dimensional tensor.
    pub(crate) fn sides(&self, name: &'static str) -> Checked<[usize; 2]> {
        let entry = self.entry(name).ok_or_else(|| missing(name))?;
        entry.shape[..].try_into().map_err(|_| self.shape(name, "two-dimensional"))
    }

    /// int8 values times one scale a row, as F32.
    pub(crate) fn matrix(
        &self, name: &'static str, scale: &'static str, rows: usize, columns: usize,
    ) -> Checked<Vec<f32>> {
        let entry = self.entry(name).ok_or_else(|| missing(name))?;
        if entry.dtype != Dtype::I8 || entry.shape != [rows, columns] {
            return Err(self.shape(name, "I8 of the size that the others give"));
        }
        let scales = self.floats(scale, rows, 0.0..=MAX_FACTOR)?.ok_or_else(|| missing(scale))?;
        let bytes = self.bytes(entry);
        let rows = bytes.chunks_exact(columns.max(1)).zip(scales);
        Ok(rows.flat_map(|(row, scale)| row.iter().map(move |byte| f32::from(*byte as i8) * scale)).collect())
    }
}

/// A tensor that must be there is not.
pub(super) fn missing(name: &'static str) -> Box<Error> {
    Error::TensorMissing { name }.into()
}

/// A value that does not fit.
pub(super) fn wrong(name: &'static str, at: usize, defect: &'static str) -> Box<Error> {
    Error::TensorValue { name, at, defect }.into()
}

/// The end of a tensor that must begin where the one before ended.
fn checked(entry: &Entry, before: usize) -> Checked<usize> {
    let defect = |defect| Box::new(Error::TensorOffsets { name: shortened(&entry.name), defect });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;
    use crate::{Factors, fixture};
    use std::cell::Cell;

    /// Somebody else cuts the buffer while it is read: behind so many reads there is nothing any more.
    struct Cut<'a>(&'a [u8], Cell<usize>);

    impl Source for Cut<'_> {
        fn size(&self) -> usize {
            self.0.size()
        }
        fn copy(&self, at: usize, out: &mut [u8]) {
            let left = self.1.get();
            self.1.set(left.saturating_sub(1));
            if left > 0 {
                self.0.copy(at, out);
            }
        }
        fn header(&self, length: usize) -> Checked<Header> {
            self.0.header(length)
        }
    }

    #[test]
    fn what_changes_while_it_is_read_does_no_harm() {
        let bundle = fixture::bundle();
        let reads = (0..200).find(|reads| {
            Factors::read_from(&Cut(&bundle, Cell::new(*reads)))
                .is_ok_and(|factors| (0..factors.len() as u32).all(|item| !factors.id(item).is_empty()))
        });
        assert!(reads.is_some_and(|reads| reads > 3), "before the ids are there nothing is accepted: {reads:?}");
    }
}
