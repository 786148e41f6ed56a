//! Item vectors of 4 bits a number: half of the download, the same in memory.

/// The int8 table and its scale, of rows with two numbers a byte (the first one low, −8 to 7) and a scale for each
/// row. Equal to [`super::quantise`] of the numbers written out, without a table of them.
pub(super) fn unpack(packed: &[u8], rows: &[f32], dim: usize) -> (Vec<u8>, Vec<f32>) {
    let mut scale = vec![0f32; dim];
    each(packed, rows, dim, &mut |value, column| scale[column] = scale[column].max(value.abs() / 127.0));
    let mut table = Vec::with_capacity(2 * packed.len());
    each(packed, rows, dim, &mut |value, column| {
        let scale = scale[column];
        table.push(if scale > 0.0 { libm::roundf(value / scale) as i8 as u8 } else { 0 });
    });
    (table, scale)
}

/// Each number with its column, row by row.
fn each(packed: &[u8], rows: &[f32], dim: usize, work: &mut dyn FnMut(f32, usize)) {
    for (row, scale) in packed.chunks_exact(dim / 2).zip(rows) {
        for (place, byte) in row.iter().enumerate() {
            let [low, high] = nibbles(*byte);
            work(f32::from(low) * scale, 2 * place);
            work(f32::from(high) * scale, 2 * place + 1);
        }
    }
}

fn nibbles(byte: u8) -> [i8; 2] {
    [((byte << 4) as i8) >> 4, (byte as i8) >> 4]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_if_the_numbers_were_written_out(
            packed in proptest::collection::vec(any::<u8>(), 0..12).prop_map(|rows| rows.repeat(4)),
            scales in proptest::collection::vec(0.0f32..10.0, 12),
        ) {
            let dim = 8;
            let rows = packed.len() / 4;
            let numbers: Vec<f32> = packed
                .chunks_exact(4)
                .zip(&scales)
                .flat_map(|(row, scale)| row.iter().flat_map(|byte| nibbles(*byte)).map(move |x| f32::from(x) * scale))
                .collect();
            let (table, scale) = super::super::quantise(&numbers, dim);
            let table: Vec<u8> = table.into_iter().map(|value| value as u8).collect();
            prop_assert_eq!(unpack(&packed, &scales[..rows], dim), (table, scale));
        }
    }

    #[test]
    fn the_sign_comes_back() {
        assert_eq!(nibbles(0x9F), [-1, -7]);
        assert_eq!(nibbles(0x70), [0, 7]);
    }
}
