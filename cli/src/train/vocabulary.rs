//! The items that are learnt about: taken often enough, by enough users.

use crate::error::{Error, Result};
use crate::table::{Basket, compare_ids};

/// Items in falling popularity; of equals the lower id first.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// The items' numbers in the table.
    pub items: Vec<u32>,
    /// How many baskets hold each.
    pub orders: Vec<u32>,
    /// How many users took each.
    pub users: Vec<u32>,
    /// From a number in the table to a place in `items`.
    places: Vec<Option<u32>>,
}

impl Vocabulary {
    /// Chooses by baskets, which must stand user by user.
    pub fn choose<'a>(
        baskets: impl IntoIterator<Item = &'a Basket>, names: &[String], min_orders: u32, min_users: u32,
    ) -> Result<Self> {
        let mut orders = vec![0u32; names.len()];
        let mut users = vec![0u32; names.len()];
        let mut last_user = vec![u32::MAX; names.len()];
        for basket in baskets {
            for item in basket.items.iter().map(|item| *item as usize) {
                orders[item] += 1;
                users[item] += u32::from(last_user[item] != basket.user);
                last_user[item] = basket.user;
            }
        }
        let enough = |item: &u32| orders[*item as usize] >= min_orders.max(1) && users[*item as usize] >= min_users;
        let mut items: Vec<u32> = (0..names.len() as u32).filter(enough).collect();
        if items.is_empty() {
            let most = orders.iter().max().copied().unwrap_or(0);
            return Err(Error::request(format!(
                "no item is in {min_orders} orders of {min_users} users (the most frequent is in {most} orders); \
                 lower --min-orders and --min-users"
            )));
        }
        items.sort_by(|a, b| {
            let (i, j) = (*a as usize, *b as usize);
            orders[j].cmp(&orders[i]).then_with(|| compare_ids(&names[i], &names[j]))
        });
        let mut places = vec![None; names.len()];
        for (place, item) in items.iter().enumerate() {
            places[*item as usize] = Some(place as u32);
        }
        let of_items = |counts: Vec<u32>| items.iter().map(|item| counts[*item as usize]).collect();
        let (orders, users) = (of_items(orders), of_items(users));
        Ok(Self { items, orders, users, places })
    }

    /// Those that are kept, by place.
    pub fn keep(&self, kept: &[bool]) -> Self {
        let of = |values: &[u32]| values.iter().zip(kept).filter(|(_, kept)| **kept).map(|(value, _)| *value).collect();
        let items: Vec<u32> = of(&self.items);
        let mut places = vec![None; self.places.len()];
        for (place, item) in items.iter().enumerate() {
            places[*item as usize] = Some(place as u32);
        }
        Self { items, orders: of(&self.orders), users: of(&self.users), places }
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// A basket's items by place, in rising order; unknown ones are left out.
    pub fn places(&self, basket: &Basket) -> Vec<u32> {
        let mut places: Vec<u32> = basket.items.iter().filter_map(|item| self.place(*item)).collect();
        places.sort_unstable();
        places
    }

    /// Where an item of the table stands.
    pub fn place(&self, item: u32) -> Option<u32> {
        self.places[item as usize]
    }

    pub fn knows(&self, item: u32) -> bool {
        self.place(item).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falling_popularity_then_id_and_both_limits_hold() {
        let basket = |user, items: &[u32]| Basket { user, at: 0, items: items.into() };
        let baskets = [basket(0, &[0, 1, 2]), basket(0, &[0, 1]), basket(1, &[0, 2, 3]), basket(1, &[3])];
        let names = ["10", "7", "9", "8"].map(String::from);
        // Item 0: three orders, two users. 1: two orders of one user. 2: two of two. 3: two of one.
        let two_users = Vocabulary::choose(&baskets, &names, 2, 2).unwrap();
        assert_eq!((two_users.items.clone(), two_users.orders.clone()), (vec![0, 2], vec![3, 2]));
        assert_eq!(two_users.users, [2, 2]);
        assert_eq!(two_users.places(&baskets[2]), [0, 1]);
        let all = Vocabulary::choose(&baskets, &names, 2, 1).unwrap();
        assert_eq!(all.items, [0, 1, 3, 2]);
        let kept = all.keep(&[true, false, false, true]);
        assert_eq!((kept.items.clone(), kept.orders.clone(), kept.users.clone()), (vec![0, 2], vec![3, 2], vec![2, 2]));
        assert_eq!((kept.place(2), kept.place(1)), (Some(1), None));
        let error = Vocabulary::choose(&baskets, &names, 4, 1).unwrap_err().to_string();
        assert!(error.contains("the most frequent is in 3 orders"), "{error}");
    }
}
