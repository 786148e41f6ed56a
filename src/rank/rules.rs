//! How much of one kind may be in a list.

use super::topk::Scored;
use crate::factors::Factors;

/// Keeps the first `limit` of a list with at most `cap` of one category (0 = no limit). `taken` is a buffer.
pub fn diverse(list: &mut Vec<Scored>, factors: &Factors, limit: usize, cap: usize, taken: &mut Vec<usize>) {
    if cap > 0 {
        taken.clear();
        taken.resize(factors.categories(), 0);
        list.retain(|scored| {
            let Some(category) = factors.category(scored.item) else { return true };
            let taken = &mut taken[usize::from(category)];
            *taken += 1;
            *taken <= cap
        });
    }
    list.truncate(limit);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{factors, test};

    #[test]
    fn no_category_fills_the_list() {
        let factors = factors();
        let items = |limit, cap| {
            let mut list: Vec<_> = (0..4).map(|item| Scored { item, score: -f64::from(item) }).collect();
            diverse(&mut list, &factors, limit, cap, &mut Vec::new());
            list.into_iter().map(|scored| scored.item).collect::<Vec<_>>()
        };
        assert_eq!(items(3, 1), [0, 2, 3]);
        assert_eq!(items(3, 0), [0, 1, 2]);
        assert_eq!(items(4, 1), [0, 2, 3], "there are no more");
    }
}
