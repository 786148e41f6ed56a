//! How much of one kind may be in a list.

use super::topk::Scored;
use crate::factors::Factors;

/// The first `limit` of a list with at most `per_category` of one category (0 = no limit).
/// `None` when it is not filled although the list is not the `whole` of what could be in it.
pub fn diverse(
    list: &[Scored], factors: &Factors, limit: usize, per_category: usize, whole: bool,
) -> Option<Vec<Scored>> {
    let mut taken = vec![0usize; factors.categories()];
    let mut chosen = Vec::with_capacity(limit);
    for scored in list {
        if let Some(category) = factors.category(scored.item).filter(|_| per_category > 0) {
            let taken = &mut taken[usize::from(category)];
            if *taken == per_category {
                continue;
            }
            *taken += 1;
        }
        chosen.push(*scored);
        if chosen.len() == limit {
            return Some(chosen);
        }
    }
    whole.then_some(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{factors, test};

    #[test]
    fn no_category_fills_the_list() {
        let factors = factors();
        let list: Vec<_> = (0..4).map(|item| Scored { item, score: -f64::from(item) }).collect();
        let items = |limit, cap, whole| {
            let list = diverse(&list, &factors, limit, cap, whole)?;
            Some(list.iter().map(|scored| scored.item).collect::<Vec<_>>())
        };
        assert_eq!(items(3, 1, false), Some(vec![0, 2, 3]));
        assert_eq!(items(3, 0, false), Some(vec![0, 1, 2]));
        assert_eq!(items(4, 1, false), None, "only three of these four may be in: look further");
        assert_eq!(items(4, 1, true), Some(vec![0, 2, 3]), "there are no more");
    }
}
