//! The reference, short enough to be seen correct.

/// `out[i]` = Σ table[i·d + j] · query[j], d the query's length. |query| ≤ [`super::MAX_QUERY`].
pub(crate) fn scores(table: &[i8], query: &[i16], out: &mut [i32]) {
    for (out, row) in out.iter_mut().zip(table.chunks_exact(query.len())) {
        *out = dot(row, query);
    }
}

/// Σ row[j] · query[j].
pub(crate) fn dot(row: &[i8], query: &[i16]) -> i32 {
    row.iter().zip(query).map(|(x, y)| i32::from(*x) * i32::from(*y)).sum()
}
