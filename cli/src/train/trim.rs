//! Items that are learnt from but do not go into the bundle: too few shoppers stand behind them, or
//! hardly anybody orders them.

use super::als::Factors;
use super::heldout::HeldOut;
use super::options::Choice;
use super::vocabulary::Vocabulary;
use crate::error::{Error, Result};

/// What stays, by place, and says what the rest costs.
pub fn trim(vocabulary: &Vocabulary, choice: &Choice, factors: &Factors, held: &HeldOut) -> Result<Vec<bool>> {
    let shoppers = enough(vocabulary, choice.min_shoppers);
    if !shoppers.contains(&true) {
        let most = vocabulary.users.iter().max().copied().unwrap_or(0);
        return Err(Error::request(format!(
            "no item was taken by {} users (the best known by {most}); lower --min-shoppers, if the shop may show \
             what fewer did",
            choice.min_shoppers,
        )));
    }
    let all = vec![true; vocabulary.len()];
    say(&format!("items of fewer than {} users", choice.min_shoppers), &all, &shoppers, factors, held);
    let mut kept = shoppers.clone();
    if choice.prune > 0.0 {
        prune(vocabulary, choice.prune, &mut kept);
        say(
            &format!("the rarest items, {} % of all that was taken", choice.prune * 100.0),
            &shoppers,
            &kept,
            factors,
            held,
        );
    }
    Ok(kept)
}

fn enough(vocabulary: &Vocabulary, min_shoppers: u32) -> Vec<bool> {
    vocabulary.users.iter().map(|users| *users >= min_shoppers).collect()
}

/// Leaves out from the end of what is kept, as long as it is no more than a share of all its orders.
fn prune(vocabulary: &Vocabulary, share: f32, kept: &mut [bool]) {
    let orders = vocabulary.orders.iter().map(|orders| f64::from(*orders)).zip(&*kept);
    let mut left = f64::from(share) * orders.filter(|(_, kept)| **kept).map(|(orders, _)| orders).sum::<f64>();
    for (orders, kept) in vocabulary.orders.iter().zip(kept).rev().filter(|(_, kept)| **kept) {
        left -= f64::from(*orders);
        if left < 0.0 {
            break;
        }
        *kept = false;
    }
}

fn say(what: &str, before: &[bool], after: &[bool], factors: &Factors, held: &HeldOut) {
    let count = |kept: &[bool]| kept.iter().filter(|kept| **kept).count();
    let gone = count(before) - count(after);
    let cost = if held.is_empty() {
        String::new()
    } else {
        let (before, after) = (held.among(factors, before), held.among(factors, after));
        format!("; {before:.4} with them, {after:.4} without: a cost of {:.4}", before - after)
    };
    println!("left out: {gone} items ({what}){cost}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Basket;

    /// Item 0: six orders of three users; 1: three of one; 2: one of one.
    fn vocabulary() -> Vocabulary {
        let basket = |user, items: &[u32]| Basket { user, at: 0, items: items.into() };
        let baskets = [
            basket(0, &[0, 1]),
            basket(0, &[0, 1]),
            basket(0, &[0, 1]),
            basket(1, &[0]),
            basket(1, &[0, 2]),
            basket(2, &[0]),
        ];
        Vocabulary::choose(&baskets, &["a", "b", "c"].map(String::from), 1, 1).unwrap()
    }

    #[test]
    fn items_of_too_few_shoppers_go() {
        assert_eq!(enough(&vocabulary(), 2), [true, false, false]);
        assert_eq!(enough(&vocabulary(), 1), [true; 3], "the control");
    }

    #[test]
    fn the_tail_goes_up_to_its_share() {
        let pruned = |share| {
            let mut kept = vec![true; 3];
            prune(&vocabulary(), share, &mut kept);
            kept
        };
        // Ten in all: the last is a tenth of it, the last two are four.
        assert_eq!(pruned(0.0999), [true, true, true]);
        assert_eq!(pruned(0.101), [true, true, false]);
        assert_eq!(pruned(0.41), [true, false, false]);
        assert_eq!(pruned(0.99), [true, false, false]);
        // What is gone already counts for nothing: the second is a third of the rest.
        let mut kept = vec![true, true, false];
        prune(&vocabulary(), 0.3, &mut kept);
        assert_eq!(kept, [true, true, false]);
        prune(&vocabulary(), 0.34, &mut kept);
        assert_eq!(kept, [true, false, false]);
    }
}
