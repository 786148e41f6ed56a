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

/// Reads what [`Writer`] wrote; `None` where the bytes end too early.
#[derive(Debug)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(len)?;
        self.0 = tail;
        Some(head)
    }
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }
    pub(crate) fn u8(&mut self) -> Option<u8> {
        Some(self.array::<1>()?[0])
    }
    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }
    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }
    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
    pub(crate) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }
    /// A finite number: NaN and infinities never enter a profile, from storage neither.
    pub(crate) fn f32(&mut self) -> Option<f32> {
        let value = f32::from_bits(self.u32()?);
        value.is_finite().then_some(value)
    }
    /// A finite number.
    pub(crate) fn f64(&mut self) -> Option<f64> {
        let value = f64::from_bits(self.u64()?);
        value.is_finite().then_some(value)
    }
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let len = self.u16()?;
        core::str::from_utf8(self.take(usize::from(len))?).ok()
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
    read(&mut Reader(content)).ok_or(damaged("it cannot be read"))
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
        let mut input = Reader(&out.0);
        assert_eq!((input.u8(), input.i64(), input.f32(), input.text()), (Some(7), Some(-5), Some(1.5), Some("café")));
        assert_eq!(input.u8(), None);
    }

    #[test]
    fn a_number_that_is_not_finite_is_not_read() {
        assert_eq!(Reader(&f32::NAN.to_le_bytes()).f32(), None);
        assert_eq!(Reader(&f32::INFINITY.to_le_bytes()).f32(), None);
    }
}
