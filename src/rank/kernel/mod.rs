//! The inner loop: one query against every row of the int8 table. Exact in i32, so that the fast
//! path and the reference agree to the bit.

mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) use scalar::scores;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use simd128::scores;

/// Largest absolute value in a query: with it and |item| ≤ 128 a sum stays within i32 for every
/// dimension that a bundle may have (8,191 · 128 · 1,024 < 2³¹).
pub(super) const MAX_QUERY: i16 = 8_191;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;
    use proptest::prelude::*;

    // On native this holds the reference against itself: the run that counts is the one in wasm.
    proptest! {
        #[test]
        fn agrees_with_the_reference(
            query in proptest::collection::vec(-MAX_QUERY..=MAX_QUERY, 1..70),
            values in proptest::collection::vec(any::<i8>(), 0..900),
        ) {
            let rows = values.len() / query.len();
            let table = &values[..rows * query.len()];
            let (mut fast, mut reference) = (vec![0; rows], vec![0; rows]);
            scores(table, &query, &mut fast);
            scalar::scores(table, &query, &mut reference);
            prop_assert_eq!(fast, reference);
        }
    }

    #[cfg(target_arch = "wasm32")]
    #[test]
    fn simd128_is_on_unless_the_build_says_otherwise() {
        let wanted = option_env!("HOMEBODY_WITHOUT_SIMD").is_none();
        assert_eq!(cfg!(target_feature = "simd128"), wanted);
    }
}
