//! Numbers as text. What goes into the module puts its texts together by these: `core::fmt` would be 2 kB of it.

/// A whole number in digits.
pub(crate) fn decimal(number: i64) -> String {
    let mut digits = Vec::new();
    let mut rest = number.unsigned_abs();
    while rest > 0 || digits.is_empty() {
        digits.push(b'0' + (rest % 10) as u8);
        rest /= 10;
    }
    if number < 0 {
        digits.push(b'-');
    }
    digits.reverse();
    String::from_utf8(digits).unwrap_or_default()
}

/// Bytes, two digits each.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;

    #[test]
    fn numbers_are_written_as_rust_writes_them() {
        for number in [0, 7, -7, 10, 1_234_567_890, i64::MAX, -i64::MAX] {
            assert_eq!(decimal(number), number.to_string());
        }
        assert_eq!(decimal(i64::MIN), i64::MIN.to_string());
        assert_eq!(hex(&[0, 0x9f, 0xff]), "009fff");
    }
}
