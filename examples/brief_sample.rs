//! `collaborative_filtering(p, d, alpha = 0.5)` with K = 5, the sample of the project's brief, made to
//! run: `cargo run --release --example brief_sample`. `python/brief_sample.py` is the same in numpy.
//!
//! The rule. p is a matrix of N users × M items, the profiles; d has the same shape, what is new; 0 is
//! "nothing known" in both. For each user i:
//! 1. `sᵢⱼ = pᵢ·pⱼ / (|pᵢ|·|pⱼ|)` for all others j, 0 where either is empty;
//! 2. the neighbours are the K others with the largest s above 0; of equals the lower number;
//! 3. `predictedᵢ = Σ sᵢⱼ·pⱼ / Σ sᵢⱼ` over the neighbours; pᵢ itself where there are none;
//! 4. `blendᵢ` is dᵢ where something is new, else predictedᵢ, item by item;
//! 5. `p′ᵢ = alpha·pᵢ + (1 − alpha)·blendᵢ`.
//!
//! All users are read from the old p, so their order does not matter. In the printed sample a row was
//! changed while others still read it, and `p_` and `d_`, which it returned, were never made.

use homebody::update::Random;

const USERS: usize = 1_000;
const ITEMS: usize = 10_000;
const K: usize = 5;

/// One user's row: item → value, by rising item. What is not there is 0.
type Row = Vec<(usize, f64)>;

fn main() {
    print!("{}", report(&collaborative_filtering));
}

/// p′ and each user's neighbours with their similarity.
fn collaborative_filtering(p: &[Row], d: &[Row], alpha: f64) -> (Vec<Row>, Vec<Row>) {
    let norms: Vec<f64> = p.iter().map(|row| row.iter().map(|(_, x)| x * x).sum::<f64>().sqrt()).collect();
    let one = |user: usize| {
        let own = dense(&p[user]);
        let similarity = |other: usize| {
            let dot: f64 = p[other].iter().map(|(item, x)| own[*item] * x).sum();
            if dot == 0.0 { 0.0 } else { dot / (norms[user] * norms[other]) }
        };
        let others = (0..p.len()).filter(|other| *other != user);
        let mut neighbours: Row =
            others.map(|other| (other, similarity(other))).filter(|(_, similar)| *similar > 0.0).collect();
        neighbours.sort_by(|a, b| b.1.total_cmp(&a.1)); // stable: of equals the lower number stays first
        neighbours.truncate(K);

        let mut blend = own.clone();
        if !neighbours.is_empty() {
            blend.fill(0.0);
            let sum: f64 = neighbours.iter().map(|(_, similar)| similar).sum();
            for (other, similar) in &neighbours {
                p[*other].iter().for_each(|(item, x)| blend[*item] += similar * x);
            }
            blend.iter_mut().for_each(|x| *x /= sum);
        }
        d[user].iter().for_each(|(item, x)| blend[*item] = *x);
        let mixed = own.iter().zip(&blend).map(|(own, blend)| alpha * own + (1.0 - alpha) * blend);
        (mixed.enumerate().filter(|(_, x)| *x != 0.0).collect(), neighbours)
    };
    (0..p.len()).map(one).unzip()
}

fn dense(row: &Row) -> Vec<f64> {
    let mut values = vec![0.0; ITEMS];
    row.iter().for_each(|(item, x)| values[*item] = *x);
    values
}

/// Ratings of 1 to 5. Users of one of 20 groups mostly draw from the group's 500 items.
fn rows(random: &mut Random, draws: usize) -> Vec<Row> {
    let mut one = |user: usize| {
        let mut values = vec![0.0; ITEMS];
        for _ in 0..draws {
            let item = match random.below(4) {
                0 => random.below(ITEMS as u32) as usize,
                _ => user % 20 * 500 + random.below(500) as usize,
            };
            values[item] = f64::from(1 + random.below(5));
        }
        values.into_iter().enumerate().filter(|(_, x)| *x != 0.0).collect()
    };
    (0..USERS).map(&mut one).collect()
}

type Rule = dyn Fn(&[Row], &[Row], f64) -> (Vec<Row>, Vec<Row>);

/// What both languages print, to 9 digits.
fn report(rule: &Rule) -> String {
    let mut random = Random(2_024);
    let p = rows(&mut random, 60);
    let d = rows(&mut random, 6);
    let (updated, neighbours) = rule(&p, &d, 0.5);
    let mut text = String::new();
    for user in (0..USERS).step_by(100) {
        let names: Vec<String> = neighbours[user].iter().map(|(other, s)| format!("{other} ({s:.9})")).collect();
        let sum: f64 = updated[user].iter().map(|(_, x)| x).sum();
        text += &format!("user {user}: neighbours {}; sum of p' {sum:.9}\n", names.join(", "));
    }
    let values = || updated.iter().flatten().map(|(_, x)| x);
    let (sum, square) = (values().sum::<f64>(), values().map(|x| x * x).sum::<f64>());
    text + &format!("all: {} values, sum {sum:.6}, sum of squares {square:.6}\n", values().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &str = include_str!("../tests/golden/brief_sample.txt");

    #[test]
    fn prints_what_python_prints() {
        assert_eq!(report(&collaborative_filtering), GOLDEN);
        // The control: less of the old, more of the blend.
        let wrong = |p: &[Row], d: &[Row], alpha: f64| collaborative_filtering(p, d, 0.9 - alpha);
        assert_ne!(report(&wrong), GOLDEN);
    }

    #[test]
    fn three_users_by_hand() {
        let p = [vec![(0, 1.0)], vec![(0, 1.0), (1, 1.0)], vec![(2, 4.0)]];
        let d = [vec![(3, 2.0)], vec![], vec![(2, 2.0)]];
        let (updated, neighbours) = collaborative_filtering(&p, &d, 0.5);
        // User 0 is like user 1 by 1/√2 and like nobody else, so user 1's row is predicted.
        assert_eq!(neighbours[0].len(), 1);
        assert!((neighbours[0][0].1 - 0.5f64.sqrt()).abs() < 1e-15);
        assert_eq!(updated[0], [(0, 1.0), (1, 0.5), (3, 1.0)]);
        // User 2 is like nobody: only what is new changes.
        assert_eq!(updated[2], [(2, 3.0)]);
    }
}
