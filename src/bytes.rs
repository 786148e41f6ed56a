//! Little-endian bytes in and out, with every read checked, and the checksum of stored records.

use crate::error::Error;

/// Writes values one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    pub(crate) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }
    pub(crate) fn u16(&mut self, value: u16) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    pub(crate) fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    pub(crate) fn i64(&mut self, value: i64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    pub(crate) fn f32(&mut self, value: f32) {
        self.u32(value.to_bits());
    }
    pub(crate) fn f64(&mut self, value: f64) {
        self.u64(value.to_bits());
    }
    /// At most 65,535 bytes of text, behind their length.
    pub(crate) fn text(&mut self, text: &str) {
        debug_assert!(text.len() <= usize::from(u16::MAX), "texts are capped where they enter");
        self.u16(text.len() as u16);
        self.0.extend_from_slice(text.as_bytes());
    }
}

/// Reads what [`Writer`] wrote. Where the bytes end too early, or something cannot be, it fails: it has nothing more to
/// read and gives zeros, until [`ended`](Reader::ended) says so. A question after each number would be 1 kB of the module.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    failed: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, failed: false }
    }

    /// Was all of it read, and nothing that was not there?
    pub(crate) fn ended(&self) -> bool {
        !self.failed && self.rest.is_empty()
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failed
    }

    pub(crate) fn fail(&mut self) {
        *self = Self { rest: &[], failed: true };
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    /// So many bytes; none where there are fewer.
    pub(crate) fn take(&mut self, len: usize) -> &'a [u8] {
        let Some((head, tail)) = self.rest.split_at_checked(len) else {
            self.fail();
            return &[];
        };
        self.rest = tail;
        head
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.take(N).try_into().unwrap_or([0; N])
    }
    pub(crate) fn u8(&mut self) -> u8 {
        self.array::<1>()[0]
    }
    pub(crate) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.array())
    }
    pub(crate) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }
    pub(crate) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }
    pub(crate) fn i64(&mut self) -> i64 {
        self.u64() as i64
    }
    /// A finite number: NaN and infinities never enter a profile, from storage neither.
    pub(crate) fn f32(&mut self) -> f32 {
        let value = f32::from_bits(self.u32());
        self.only(value, value.is_finite())
    }
    /// A finite number.
    pub(crate) fn f64(&mut self) -> f64 {
        let value = f64::from_bits(self.u64());
        self.only(value, value.is_finite())
    }
    /// How many there are of what has `least` bytes each: `most` at most, and no more than there can be.
    pub(crate) fn count(&mut self, written: u32, least: usize, most: usize) -> usize {
        let count = written as usize;
        self.only(count, count <= most && count.saturating_mul(least) <= self.rest.len())
    }
    pub(crate) fn text(&mut self) -> &'a str {
        let len = self.u16();
        let text = core::str::from_utf8(self.take(usize::from(len)));
        self.only(text.unwrap_or_default(), text.is_ok())
    }
    /// The value, if it may be.
    pub(crate) fn only<T: Default>(&mut self, value: T, may_be: bool) -> T {
        if may_be {
            return value;
        }
        self.fail();
        T::default()
    }
}

/// The bytes of a small record with their checksum behind them.
pub(crate) fn sealed(mut out: Writer) -> Vec<u8> {
    let sum = crc32(&out.0);
    out.u32(sum);
    out.0
}

/// Reads what [`sealed`] closed, with `read`; `what` names the record in the error.
pub(crate) fn unsealed<'a, T>(
    what: &'static str, bytes: &'a [u8], read: impl FnOnce(&mut Reader<'a>) -> Option<T>,
) -> Result<T, Error> {
    let damaged = |defect| Error::RecordDamaged { what, defect };
    let (content, sum) = bytes.split_last_chunk::<4>().ok_or(damaged("it ends too early"))?;
    if crc32(content) != u32::from_le_bytes(*sum) {
        return Err(damaged("its checksum does not match"));
    }
    let mut input = Reader::new(content);
    read(&mut input).filter(|_| input.ended()).ok_or(damaged("it cannot be read"))
}

/// CRC-32 (ISO 3309, the one of gzip), four bits at a time: a table of 64 bytes instead of the
/// 16 kB that the usual crate brings into the module.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    crc32_on(0, bytes)
}

/// The checksum of what had the checksum `before`, and these bytes behind it.
pub(crate) fn crc32_on(before: u32, bytes: &[u8]) -> u32 {
    const TABLE: [u32; 16] = {
        let mut table = [0; 16];
        let mut i = 0;
        while i < 16 {
            let mut value = i as u32;
            let mut bit = 0;
            while bit < 4 {
                value = if value & 1 == 1 { 0xEDB8_8320 ^ (value >> 1) } else { value >> 1 };
                bit += 1;
            }
            table[i] = value;
            i += 1;
        }
        table
    };
    !bytes.iter().fold(!before, |crc, byte| {
        let crc = crc ^ u32::from(*byte);
        let crc = TABLE[(crc & 15) as usize] ^ (crc >> 4);
        TABLE[(crc & 15) as usize] ^ (crc >> 4)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    fn crc32_of_the_standard_check_string() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
        assert_eq!(crc32_on(crc32(b"1234"), b"56789"), crc32(b"123456789"));
    }

    #[test]
    fn what_is_written_is_read() {
        let mut out = Writer::default();
        out.u8(7);
        out.i64(-5);
        out.f32(1.5);
        out.text("café");
        let mut input = Reader::new(&out.0);
        assert_eq!((input.u8(), input.i64(), input.f32(), input.text()), (7, -5, 1.5, "café"));
        assert!(input.ended());
        assert_eq!(input.u8(), 0);
        assert!(input.has_failed() && !input.ended());
    }

    #[test]
    fn there_are_no_more_than_may_be_and_than_there_is_room_for() {
        let bytes = [0; 20];
        for (written, least, most, counted) in [(5, 4, 5, 5), (6, 4, 9, 0), (5, 4, 4, 0), (u32::MAX, 1, usize::MAX, 0)]
        {
            let mut input = Reader::new(&bytes);
            assert_eq!(input.count(written, least, most), counted);
            assert_eq!(input.has_failed(), counted == 0);
        }
    }

    #[test]
    fn a_number_that_is_not_finite_is_not_read() {
        for (value, read) in [(f32::NAN, false), (f32::INFINITY, false), (1.0, true)] {
            let bytes = value.to_le_bytes();
            let mut input = Reader::new(&bytes);
            input.f32();
            assert_eq!(input.ended(), read);
        }
    }
}
