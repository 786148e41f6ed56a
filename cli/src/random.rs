//! Seeded numbers: equal seeds give equal numbers on every machine, for as long as this file stands.

/// The library's SplitMix64.
pub struct Random(homebody::update::Random);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(homebody::update::Random(seed))
    }

    pub fn next(&mut self) -> u64 {
        self.0.bits()
    }

    /// Random bytes, as a mechanism of privacy asks for them.
    pub fn fill(&mut self, out: &mut [u8]) {
        out.chunks_mut(8).for_each(|part| part.copy_from_slice(&self.next().to_le_bytes()[..part.len()]));
    }

    /// Evenly from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f32 {
        // 24 bits are what a f32 holds exactly.
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    /// The published first outputs of SplitMix64 for seed 1234567.
    #[test]
    fn agrees_with_the_reference() {
        let mut random = Random::new(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn unit_stays_below_one() {
        let mut random = Random::new(1);
        assert!((0..10_000).map(|_| random.unit()).all(|x| (0.0..1.0).contains(&x)));
    }
}
