//! How good a list is: Recall, MRR and NDCG at 20, and their means over all lists.

/// How many places of a list count.
pub const AT: usize = 20;

/// The best items by score, best first; of equal scores the lower index. `skip` leaves out.
pub fn top(scores: &[f32], skip: impl Fn(usize) -> bool) -> Vec<u32> {
    let mut best: Vec<(f32, u32)> = Vec::with_capacity(AT + 1);
    for (index, &score) in scores.iter().enumerate() {
        // Indices rise, so an equal score never overtakes.
        if best.len() == AT && score <= best[AT - 1].0 || skip(index) {
            continue;
        }
        let place = best.partition_point(|(other, _)| *other >= score);
        best.insert(place, (score, index as u32));
        best.truncate(AT);
    }
    best.into_iter().map(|(_, index)| index).collect()
}

/// One list's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// Hits / targets, not capped at 20.
    pub recall: f64,
    /// 1 / place of the first hit (Voorhees 1999).
    pub mrr: f64,
    /// Binary gains, ideal of min(20, targets) (Järvelin, Kekäläinen 2002).
    pub ndcg: f64,
}

impl Figures {
    /// Scores a list against the targets, which are in rising order.
    pub fn of(list: &[u32], targets: &[u32]) -> Self {
        let mut figures = Self::default();
        let (mut hits, mut gain) = (0, 0.0);
        for (place, item) in list.iter().take(AT).enumerate() {
            if targets.binary_search(item).is_ok() {
                if hits == 0 {
                    figures.mrr = 1.0 / (place + 1) as f64;
                }
                hits += 1;
                gain += discount(place);
            }
        }
        let ideal: f64 = (0..targets.len().min(AT)).map(discount).sum();
        if !targets.is_empty() {
            figures.recall = f64::from(hits) / targets.len() as f64;
            figures.ndcg = gain / ideal;
        }
        figures
    }

    fn values(self) -> [f64; 3] {
        [self.recall, self.mrr, self.ndcg]
    }
}

fn discount(place: usize) -> f64 {
    1.0 / libm::log2((place + 2) as f64)
}

/// Means over lists, with the standard errors of the means.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Means {
    pub lists: usize,
    sums: [f64; 3],
    squares: [f64; 3],
}

impl Means {
    pub fn of(figures: impl Iterator<Item = Figures>) -> Self {
        let mut means = Self::default();
        figures.for_each(|figures| means.add(figures));
        means
    }

    pub fn add(&mut self, figures: Figures) {
        self.lists += 1;
        for (j, value) in figures.values().into_iter().enumerate() {
            self.sums[j] += value;
            self.squares[j] += value * value;
        }
    }

    /// Recall@20, MRR@20, NDCG@20.
    pub fn means(&self) -> [f64; 3] {
        self.sums.map(|sum| sum / self.lists.max(1) as f64)
    }

    /// Standard deviation over lists / √lists. Lists are taken as independent, which lists of one
    /// user are not quite.
    pub fn errors(&self) -> [f64; 3] {
        let n = self.lists.max(2) as f64;
        let means = self.means();
        std::array::from_fn(|j| {
            let variance = (self.squares[j] - self.sums[j] * means[j]).max(0.0) / (n - 1.0);
            (variance / n).sqrt()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_first_and_of_equals_the_lower_index() {
        assert_eq!(top(&[1.0, 3.0, 3.0, 2.0], |_| false), [1, 2, 3, 0]);
        assert_eq!(top(&[1.0, 3.0, 3.0, 2.0], |index| index == 1), [2, 3, 0]);
        let scores: Vec<f32> = (0..100).map(|index| ((index * 37) % 10) as f32).collect();
        let mut sorted: Vec<u32> = (0..100).collect();
        sorted.sort_by(|a, b| scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b)));
        assert_eq!(top(&scores, |_| false), sorted[..AT]);
    }

    /// Computed by hand: hits at places 1 and 3 of three targets.
    #[test]
    fn figures_of_a_list() {
        let figures = Figures::of(&[5, 9, 2], &[2, 5, 7]);
        assert_eq!((figures.recall, figures.mrr), (2.0 / 3.0, 1.0));
        let ideal = 1.0 + 1.0 / libm::log2(3.0) + 0.5;
        assert!((figures.ndcg - 1.5 / ideal).abs() < 1e-12);
        assert_eq!(Figures::of(&[1], &[2]), Figures::default());
    }

    #[test]
    fn a_perfect_list_of_more_targets_than_places() {
        let all: Vec<u32> = (0..40).collect();
        let figures = Figures::of(&all[..AT], &all);
        assert_eq!((figures.recall, figures.mrr, figures.ndcg), (0.5, 1.0, 1.0));
    }

    #[test]
    fn means_and_their_errors() {
        let mut means = Means::default();
        for recall in [0.0, 1.0, 1.0, 0.0] {
            means.add(Figures { recall, ..Figures::default() });
        }
        assert_eq!(means.means()[0], 0.5);
        assert!((means.errors()[0] - (1.0f64 / 3.0 / 4.0).sqrt()).abs() < 1e-12);
    }
}
