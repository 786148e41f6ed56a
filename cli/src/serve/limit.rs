//! How many reports one address may send.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// After so many questions, addresses that have been quiet are forgotten.
const TIDY: u32 = 1_024;

pub struct Limit {
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    asked: AtomicU32,
}

impl Limit {
    pub fn new(per_minute: NonZeroU32) -> Self {
        let by_address = RateLimiter::keyed(Quota::per_minute(per_minute));
        Self { by_address, asked: AtomicU32::new(0) }
    }

    /// Seconds to wait, if it is too much.
    pub fn check(&self, address: IpAddr) -> Result<(), u64> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % TIDY == TIDY - 1 {
            self.by_address.retain_recent();
            self.by_address.shrink_to_fit();
        }
        self.by_address
            .check_key(&network(address))
            .map_err(|not_until| not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
    }
}

/// One household has 2⁶⁴ IPv6 addresses: they count as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_allowance() {
        let limit = Limit::new(NonZeroU32::new(3).unwrap());
        let (a, b): (IpAddr, IpAddr) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let allowed = |address| (0..5).filter(|_| limit.check(address).is_ok()).count();
        assert_eq!(allowed(a), 3);
        assert_eq!(allowed(b), 3);
        assert!((1..=20).contains(&limit.check(a).unwrap_err()));
    }

    #[test]
    fn a_network_of_one_household_counts_as_one() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }
}
