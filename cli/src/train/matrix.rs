//! Who took what how often: a sparse matrix, by user and by item.

/// Rows of a sparse matrix, packed (compressed sparse rows).
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Where each row starts; one more at the end.
    starts: Vec<usize>,
    entries: Vec<(u32, f32)>,
}

impl Rows {
    fn new(rows: usize, triples: &[(u32, u32, f32)], row_of: fn(&(u32, u32, f32)) -> (u32, u32)) -> Self {
        let mut starts = vec![0; rows + 1];
        for triple in triples {
            starts[row_of(triple).0 as usize + 1] += 1;
        }
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0.0); triples.len()];
        for triple in triples {
            let (row, column) = row_of(triple);
            entries[next[row as usize]] = (column, triple.2);
            next[row as usize] += 1;
        }
        Self { starts, entries }
    }

    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The row's columns and their counts.
    pub fn row(&self, row: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[row]..self.starts[row + 1]]
    }

    pub fn entries(&self) -> usize {
        self.entries.len()
    }
}

/// The same counts twice, since training goes through them by user and by item in turn.
#[derive(Clone, Debug)]
pub struct Matrix {
    pub by_user: Rows,
    pub by_item: Rows,
}

impl Matrix {
    /// Takes (user, item, count), each pair once.
    pub fn new(users: usize, items: usize, triples: &[(u32, u32, f32)]) -> Self {
        Self {
            by_user: Rows::new(users, triples, |(user, item, _)| (*user, *item)),
            by_item: Rows::new(items, triples, |(user, item, _)| (*item, *user)),
        }
    }
}

/// Counts each pair of user and item over all baskets.
pub fn count_pairs(pairs: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, u32, f32)> {
    let mut pairs: Vec<(u32, u32)> = pairs.collect();
    pairs.sort_unstable();
    pairs.chunk_by(|a, b| a == b).map(|same| (same[0].0, same[0].1, same.len() as f32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_hold_the_same() {
        let triples = count_pairs([(2, 0), (0, 1), (2, 0), (0, 0)].into_iter());
        assert_eq!(triples, [(0, 0, 1.0), (0, 1, 1.0), (2, 0, 2.0)]);
        let matrix = Matrix::new(3, 2, &triples);
        assert_eq!(matrix.by_user.row(0), [(0, 1.0), (1, 1.0)]);
        assert_eq!(matrix.by_user.row(1), []);
        assert_eq!(matrix.by_user.row(2), [(0, 2.0)]);
        assert_eq!(matrix.by_item.row(0), [(0, 1.0), (2, 2.0)]);
        assert_eq!((matrix.by_user.len(), matrix.by_item.len(), matrix.by_user.entries()), (3, 2, 3));
    }
}
