//! How much memory training takes: said before, and measured after.

/// What there is of everything.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub lines: usize,
    pub users: usize,
    pub items: usize,
    pub pairs: usize,
    pub dim: usize,
    /// Longest item-to-item list.
    pub neighbours: usize,
    pub threads: usize,
    /// Sets of factors that are kept at a time.
    pub copies: usize,
}

impl Sizes {
    /// Bytes at the worst moment, from the sizes of what is then alive.
    pub fn estimate(&self) -> u64 {
        // 24 a line, sorted in a copy; an item of a basket is 4, a basket with what is around it 50.
        let table = self.lines * (24 + 4) + self.lines / 4 * 50;
        let matrix = self.pairs * 2 * 8;
        let factors = (self.users + self.items) * self.dim * 4;
        // Factors, and the bytes of a checkpoint twice on their way into the file.
        let fit = factors * (1 + self.copies * 2);
        // Rows as triples, then by row and by item, beside a sorted copy of the lines.
        let lists = self.lines * (24 + 12 + 16) + self.threads * self.items * 16 + self.items * self.neighbours * 24;
        // Candidates of the mix with their features, those of one purpose with their places on the curves, and
        // EASE's matrices. About 560 candidates a basket, 200 of them new; a tenth of the baskets is scored.
        let (scored, users) = (self.lines / 40, self.users.min(3_000));
        let (next, others) = (scored.min(3_000) * 560, scored.min(9_000) * 200 + self.users * 5 * 300);
        let mix = next * 560 + others * 150 + users * users * 8 + self.items * users * 4;
        // The program, the buffers of reading, what is known of the items.
        let rest = 30_000_000;
        (table + matrix + factors * self.copies + fit.max(lists).max(mix) + rest) as u64
    }
}

/// The most that this program has held so far, where the system says it.
pub fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1_024)
}

/// A size for a person.
pub fn words(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..10_000_000_000 => format!("{} MB", bytes.div_ceil(1_000_000)),
        _ => format!("{} GB", bytes.div_ceil(1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_words() {
        assert_eq!([1, 999_999, 1_000_000, 12_500_000_000].map(words), ["1 kB", "1000 kB", "1 MB", "13 GB"]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_peak_is_at_least_what_was_just_held() {
        let held = vec![1u8; 50_000_000];
        assert!(held.iter().map(|byte| u64::from(*byte)).sum::<u64>() == 50_000_000);
        assert!(peak().unwrap() >= 50_000_000);
    }
}
