//! EASE: the item-to-item weights that best rebuild each shopper's history from the rest of it.

use nalgebra::{Cholesky, DMatrix};
use rayon::prelude::*;

use super::past::Past;
use crate::train::Lists;

const DAY: f32 = 86_400_000.0;

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// λ, added to the diagonal.
    pub regularization: f32,
    /// Days after which an order counts half.
    pub half_life: f32,
    /// The longest list.
    pub most: usize,
    /// The fewest histories with both items.
    pub min_users: u32,
    /// No more histories, the longest ones: the inverse takes their number to the third.
    pub histories: usize,
}

/// B = −P / diag(P) off the diagonal, P = (XᵀX + λI)⁻¹ (Steck 2019), by way of the histories, of which
/// there are fewer than items: with K = XXᵀ + λI, λP = I − XᵀK⁻¹X. X is ln(1 + decayed count). The list
/// of an item j holds what j speaks for: B\[j, ·\], its largest positive weights.
pub fn ease(past: &Past<'_>, settings: &Settings) -> Option<Lists> {
    let rows = rows(past, settings);
    let users = rows.len();
    let by_item = by_item(&rows, past.items);
    let mut gram = DMatrix::<f32>::zeros(users, users);
    for column in &by_item {
        for (u, x) in column {
            column.iter().for_each(|(v, y)| gram[(*u as usize, *v as usize)] += x * y);
        }
    }
    (0..users).for_each(|u| gram[(u, u)] += settings.regularization);
    let inverse = Cholesky::new(gram)?.inverse();
    // Y = K⁻¹X, column by column.
    let images: Vec<Vec<f32>> = by_item
        .par_iter()
        .map(|column| {
            let mut image = vec![0.0; users];
            for (user, x) in column {
                let line = inverse.column(*user as usize);
                image.iter_mut().zip(line.iter()).for_each(|(sum, value)| *sum += x * value);
            }
            image
        })
        .collect();
    let dot = |i: usize, j: usize| by_item[i].iter().map(|(user, x)| x * images[j][*user as usize]).sum::<f32>();
    let left: Vec<f32> = (0..past.items).into_par_iter().map(|j| (1.0 - dot(j, j)).max(1e-6)).collect();
    let list = |i: usize| {
        let mut shared = vec![0u32; past.items];
        for (user, _) in &by_item[i] {
            rows[*user as usize].iter().for_each(|(other, _)| shared[*other as usize] += 1);
        }
        let others = (0..past.items).filter(|j| *j != i && shared[*j] >= settings.min_users);
        let mut list: Vec<(u32, f32)> =
            others.map(|j| (j as u32, dot(i, j) / left[j])).filter(|(_, w)| *w > 0.0).collect();
        let better = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if list.len() > settings.most && settings.most > 0 {
            list.select_nth_unstable_by(settings.most - 1, better);
        }
        list.truncate(settings.most);
        list.sort_unstable_by(better);
        list
    };
    Some(Lists::new((0..past.items).into_par_iter().map(list).collect::<Vec<_>>().iter()))
}

/// ln(1 + decayed count) of each history's items.
fn rows(past: &Past<'_>, settings: &Settings) -> Vec<Vec<(u32, f32)>> {
    let now = past.now();
    let mut rows: Vec<Vec<(u32, f32)>> = Vec::new();
    let mut count = vec![0f32; past.items];
    for history in &past.histories {
        let mut items = Vec::new();
        for basket in history.iter() {
            let weight = libm::exp2f(-((now - basket.at) as f32 / DAY) / settings.half_life);
            for item in &basket.items {
                if count[*item as usize] == 0.0 {
                    items.push(*item);
                }
                count[*item as usize] += weight.max(1e-6);
            }
        }
        let take = |item: u32| (item, libm::log1pf(std::mem::take(&mut count[item as usize])));
        rows.push(items.into_iter().map(take).collect());
    }
    if rows.len() > settings.histories {
        // Stable: of equals the earlier one.
        rows.sort_by_key(|row| std::cmp::Reverse(row.len()));
        rows.truncate(settings.histories);
    }
    rows
}

fn by_item(rows: &[Vec<(u32, f32)>], items: usize) -> Vec<Vec<(u32, f32)>> {
    let mut columns = vec![Vec::new(); items];
    for (user, row) in (0u32..).zip(rows) {
        row.iter().for_each(|(item, x)| columns[*item as usize].push((user, *x)));
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Basket;

    /// The definition, by inverting the matrix of the items.
    #[test]
    fn the_way_by_the_histories_gives_the_same_weights() {
        let baskets: Vec<Vec<Basket>> = (0..6u32)
            .map(|user| {
                let items = (0..5).filter(|item| (user * 3 + item * 5) % 7 < 3).collect();
                vec![Basket { user, at: 0, items }]
            })
            .collect();
        let past = Past { items: 5, histories: baskets.iter().map(Vec::as_slice).collect(), visits: false };
        let settings = Settings { regularization: 0.7, half_life: 10.0, most: 10, min_users: 0, histories: 10 };
        let lists = ease(&past, &settings).unwrap();
        let mut x = DMatrix::<f32>::zeros(6, 5);
        for basket in baskets.iter().flatten() {
            basket.items.iter().for_each(|item| x[(basket.user as usize, *item as usize)] = libm::log1pf(1.0));
        }
        let p = (x.transpose() * &x + DMatrix::identity(5, 5) * 0.7).try_inverse().unwrap();
        let mut found = 0;
        for i in 0..5 {
            for (j, weight) in lists.of(i) {
                let expected = -p[(i as usize, j as usize)] / p[(j as usize, j as usize)];
                assert!((weight - expected).abs() < 1e-4, "{i} {j}: {weight} {expected}");
                found += 1;
            }
        }
        assert!(found >= 3, "{found}");
    }
}
