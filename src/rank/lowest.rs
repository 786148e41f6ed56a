//! The lowest of the best values so far: what the next one must reach.

/// The `k` best values, at most `cap` of one category, as a heap with the lowest in front.
#[derive(Debug, Default)]
pub(super) struct Lowest {
    heap: Vec<(f32, Option<u16>)>,
    k: usize,
    cap: usize,
}

impl Lowest {
    pub fn clear(&mut self, k: usize, cap: usize) {
        self.heap.clear();
        (self.k, self.cap) = (k, cap);
    }

    /// The lowest of them; less than anything as long as there are not `k`.
    pub fn value(&self) -> f32 {
        self.heap.first().filter(|_| self.heap.len() == self.k).map_or(f32::NEG_INFINITY, |(value, _)| *value)
    }

    /// Takes a value in, if it belongs there. Returns false when its category has `cap` values that are better by
    /// more than `slack`.
    pub fn offer(&mut self, value: f32, category: Option<u16>, slack: f32) -> bool {
        if category.is_some() {
            let (mut count, mut least) = (0, (0, f32::INFINITY));
            for (at, (known, own)) in self.heap.iter().enumerate() {
                if *own == category {
                    count += 1;
                    least = if *known < least.1 { (at, *known) } else { least };
                }
            }
            if count == self.cap {
                if value > least.1 {
                    self.sink(least.0, (value, category));
                }
                return value >= least.1 - slack;
            }
        }
        if self.heap.len() < self.k {
            self.heap.push((value, category));
            self.rise();
        } else if value > self.heap[0].0 {
            self.sink(0, (value, category));
        }
        true
    }

    /// The last one goes up to where it belongs.
    fn rise(&mut self) {
        let mut at = self.heap.len() - 1;
        while at > 0 && self.heap[at].0 < self.heap[(at - 1) / 2].0 {
            self.heap.swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    /// A higher value takes a place and goes down to where it belongs.
    fn sink(&mut self, mut at: usize, one: (f32, Option<u16>)) {
        self.heap[at] = one;
        loop {
            let child = 2 * at + 1;
            let Some(first) = self.heap.get(child) else { return };
            let lower = child + usize::from(self.heap.get(child + 1).is_some_and(|second| second.0 < first.0));
            if self.heap[at].0 <= self.heap[lower].0 {
                return;
            }
            self.heap.swap(at, lower);
            at = lower;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::test;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_lowest_of_the_best(values in proptest::collection::vec(0u16..200, 1..80), k in 1usize..20, cap in 0usize..4) {
            let mut lowest = Lowest::default();
            lowest.clear(k, cap);
            let category = |value: u16| (cap > 0).then_some(value % 5);
            for value in &values {
                lowest.offer(f32::from(*value), category(*value), 0.0);
            }
            let mut sorted = values.clone();
            sorted.sort_by(|a, b| b.cmp(a));
            let mut taken = [0; 5];
            sorted.retain(|value| {
                taken[usize::from(*value % 5)] += 1;
                cap == 0 || taken[usize::from(*value % 5)] <= cap
            });
            let wanted = sorted.get(k - 1).map_or(f32::NEG_INFINITY, |value| f32::from(*value));
            prop_assert_eq!(lowest.value(), wanted);
        }
    }
}
