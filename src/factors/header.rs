//! The header of a safetensors file: a JSON object of tensors and of string metadata.
//!
//! Ours and strict: it reads just the JSON that the format allows and refuses the rest; a property test holds it against
//! the `safetensors` crate. A page has its own JSON reader (`js/header.ts`), whose result is taken in here.

use crate::error::{Error, shortened};

/// A bundle has one error at most, and a hundred places that hand it on: thin, it is 2 kB less of the module.
pub type Checked<T> = Result<T, Box<Error>>;

/// Type of a tensor's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dtype {
    I8,
    U8,
    U16,
    U32,
    F32,
    /// A type that no tensor of ours has, of so many bytes.
    Other(usize),
}

impl Dtype {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "I8" => Self::I8,
            "U8" => Self::U8,
            "U16" => Self::U16,
            "U32" => Self::U32,
            "F32" => Self::F32,
            "BOOL" | "F8_E4M3" | "F8_E5M2" => Self::Other(1),
            "I16" | "F16" | "BF16" => Self::Other(2),
            "I32" => Self::Other(4),
            "I64" | "U64" | "F64" => Self::Other(8),
            _ => return None,
        })
    }

    pub(super) fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::U16 => 2,
            Self::U32 | Self::F32 => 4,
            Self::Other(size) => size,
        }
    }
}

/// One tensor's entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub(super) name: String,
    pub(super) dtype: Dtype,
    /// No tensor of ours has more than two dimensions.
    pub(super) shape: Vec<usize>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A parsed header.
#[derive(Debug, Default)]
pub struct Header {
    pub(super) tensors: Vec<Entry>,
    pub(super) metadata: Vec<(String, String)>,
}

/// Most tensors or metadata entries that a bundle may have.
const MAX_ENTRIES: usize = 256;
/// Most dimensions that a tensor may have.
const MAX_RANK: usize = 8;

impl Header {
    /// What a page has read: the key and the value of each metadata entry, the name and the dtype of each tensor; the
    /// number of metadata entries, and of each tensor the number of its sides, these, and where it begins and ends.
    pub fn listed(texts: Vec<String>, numbers: &[f64]) -> Checked<Self> {
        let wanted = "tensors with dtype, shape and data_offsets, and texts as metadata";
        let wrong = || Box::new(Error::BundleHeader { at: 0, wanted });
        let (mut texts, mut numbers) = (texts.into_iter(), numbers.iter().map(|number| *number as usize));
        let mut header = Self::default();
        for _ in 0..numbers.next().ok_or_else(wrong)? {
            header.note(texts.next().ok_or_else(wrong)?, texts.next().ok_or_else(wrong)?)?;
        }
        while let Some(sides) = numbers.next() {
            capped("number of dimensions", sides, MAX_RANK)?;
            let name = texts.next().ok_or_else(wrong)?;
            let dtype = texts.next().and_then(|dtype| Dtype::parse(&dtype)).ok_or_else(wrong)?;
            let shape = numbers.by_ref().take(sides).collect();
            let (start, end) = (numbers.next().ok_or_else(wrong)?, numbers.next().ok_or_else(wrong)?);
            header.add(Entry { name, dtype, shape, start, end })?;
        }
        Ok(header)
    }

    fn note(&mut self, key: String, value: String) -> Checked<()> {
        self.metadata.push((key, value));
        capped("number of metadata entries", self.metadata.len(), MAX_ENTRIES)
    }

    fn add(&mut self, tensor: Entry) -> Checked<()> {
        self.tensors.push(tensor);
        capped("number of tensors", self.tensors.len(), MAX_ENTRIES)
    }

    pub(super) fn parse(json: &[u8]) -> Checked<Self> {
        let mut scan = Scan { json, at: 0 };
        if scan.peek() != Some(b'{') {
            return Err(scan.wanted("{")); // the format allows no space before it
        }
        let mut header = Self::default();
        scan.object(&mut |scan, name| {
            if name == "__metadata__" {
                if !header.metadata.is_empty() {
                    return Err(Error::TensorTwice { name }.into());
                }
                return scan.object(&mut |scan, key| {
                    let value = scan.string()?;
                    header.note(key, value)
                });
            }
            if header.tensors.iter().any(|tensor| tensor.name == name) {
                return Err(Error::TensorTwice { name: shortened(&name) }.into());
            }
            header.add(scan.entry(name)?)
        })?;
        scan.space();
        if scan.at < json.len() {
            return Err(scan.wanted("the end of the header"));
        }
        Ok(header)
    }
}

pub(super) fn capped(what: &'static str, given: usize, cap: usize) -> Checked<()> {
    if given > cap { Err(Error::BundleTooLarge { what, given, cap }.into()) } else { Ok(()) }
}

struct Scan<'a> {
    json: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn wanted(&self, wanted: &'static str) -> Box<Error> {
        Error::BundleHeader { at: self.at, wanted }.into()
    }

    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn sign(&mut self, sign: u8, wanted: &'static str) -> Checked<()> {
        self.space();
        if self.peek() != Some(sign) {
            return Err(self.wanted(wanted));
        }
        self.at += 1;
        Ok(())
    }

    /// `{ "key": <value>, … }`, each value read by `value`.
    fn object(&mut self, value: &mut dyn FnMut(&mut Self, String) -> Checked<()>) -> Checked<()> {
        self.sign(b'{', "{")?;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            let key = self.string()?;
            self.sign(b':', ":")?;
            value(self, key)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break self.at += 1,
                _ => return Err(self.wanted(", or }")),
            }
        }
        Ok(())
    }

    fn entry(&mut self, name: String) -> Checked<Entry> {
        let (mut dtype, mut shape, mut offsets) = (None, None, None);
        self.object(&mut |scan, key| {
            let twice = match key.as_str() {
                "dtype" => {
                    let text = scan.string()?;
                    let parsed = Dtype::parse(&text).ok_or_else(|| scan.wanted("a dtype of safetensors"))?;
                    dtype.replace(parsed).is_some()
                }
                "shape" => shape.replace(scan.numbers()?).is_some(),
                "data_offsets" => offsets.replace(scan.numbers()?).is_some(),
                _ => return Err(scan.wanted("dtype, shape or data_offsets")),
            };
            if twice { Err(Error::TensorTwice { name: key }.into()) } else { Ok(()) }
        })?;
        let (Some(dtype), Some(shape), Some(offsets)) = (dtype, shape, offsets) else {
            return Err(self.wanted("dtype, shape and data_offsets"));
        };
        let [start, end] = offsets[..] else { return Err(self.wanted("two data_offsets")) };
        Ok(Entry { name, dtype, shape, start, end })
    }

    fn numbers(&mut self) -> Checked<Vec<usize>> {
        self.sign(b'[', "[")?;
        let mut numbers = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(numbers);
        }
        loop {
            numbers.push(self.number()?);
            capped("number of dimensions", numbers.len(), MAX_RANK)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break self.at += 1,
                _ => return Err(self.wanted(", or ]")),
            }
        }
        Ok(numbers)
    }

    fn number(&mut self) -> Checked<usize> {
        self.space();
        let start = self.at;
        let mut value = 0usize;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            value = value
                .checked_mul(10)
                .and_then(|value| value.checked_add(usize::from(digit - b'0')))
                .ok_or_else(|| self.wanted("a number that fits into memory"))?;
            self.at += 1;
        }
        // JSON allows no leading zero, and the crate refuses it.
        if self.at == start || (self.json[start] == b'0' && self.at > start + 1) {
            self.at = start;
            return Err(self.wanted("a whole number"));
        }
        Ok(value)
    }

    fn string(&mut self) -> Checked<String> {
        self.sign(b'"', "\"")?;
        let mut bytes = Vec::new();
        loop {
            match self.peek() {
                Some(b'"') => break self.at += 1,
                Some(b'\\') => self.escape(&mut bytes)?,
                Some(byte @ 0x20..) => {
                    bytes.push(byte);
                    self.at += 1;
                }
                _ => return Err(self.wanted("the end of a string")),
            }
        }
        String::from_utf8(bytes).map_err(|_| self.wanted("UTF-8"))
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Checked<()> {
        self.at += 1;
        let plain = match self.peek() {
            Some(sign @ (b'"' | b'\\' | b'/')) => sign,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => return self.unicode(out),
            _ => return Err(self.wanted("an escape of JSON")),
        };
        out.push(plain);
        self.at += 1;
        Ok(())
    }

    /// `\uXXXX`, a surrogate pair included.
    fn unicode(&mut self, out: &mut Vec<u8>) -> Checked<()> {
        let high = self.hex()?;
        let code = if (0xD800..0xDC00).contains(&high) {
            if self.json.get(self.at) != Some(&b'\\') {
                return Err(self.wanted("the second half of a surrogate pair"));
            }
            self.at += 1;
            let low = self.hex()?;
            if !(0xDC00..0xE000).contains(&low) {
                return Err(self.wanted("the second half of a surrogate pair"));
            }
            0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
        } else {
            high
        };
        let character = char::from_u32(code).ok_or_else(|| self.wanted("a character"))?;
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }

    fn hex(&mut self) -> Checked<u32> {
        let digits = self.json.get(self.at + 1..self.at + 5).filter(|_| self.peek() == Some(b'u'));
        let mut code = 0;
        for digit in digits.ok_or_else(|| self.wanted("\\u and four hex digits"))? {
            let digit = char::from(*digit).to_digit(16).ok_or_else(|| self.wanted("four hex digits"))?;
            code = code << 4 | digit;
        }
        self.at += 5;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    fn what_a_page_lists_is_what_is_read_here() {
        let json = br#"{"__metadata__":{"a":"b"},"x":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6]}}"#;
        let read = Header::parse(json).unwrap();
        let texts: Vec<String> = ["a", "b", "x", "U8"].map(str::to_owned).into();
        let numbers = [1.0, 2.0, 2.0, 3.0, 0.0, 6.0];
        let listed = Header::listed(texts.clone(), &numbers).unwrap();
        assert_eq!((listed.tensors, listed.metadata), (read.tensors, read.metadata));
        for end in [0, 2, 3, 4, 5] {
            assert!(Header::listed(texts.clone(), &numbers[..end]).is_err(), "{end} numbers");
        }
        for end in 0..4 {
            assert!(Header::listed(texts[..end].to_vec(), &numbers).is_err(), "{end} texts");
        }
    }
}
