//! Two devices' logs become the one that a device which did all of it would have.

use super::Logged;
use crate::interaction::Millis;

/// Both logs in the order of time, each thing once: what has the same time and the same bytes, seed included, is the
/// same thing, brought along before.
pub fn merged(one: Vec<Vec<u8>>, other: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let timed = |entry: Vec<u8>| (at(&entry), entry);
    let mut all: Vec<(Millis, Vec<u8>)> = one.into_iter().chain(other).map(timed).collect();
    crate::sort::short(&mut all, |a, b| a < b);
    all.dedup();
    all.into_iter().map(|(_, entry)| entry).collect()
}

/// What cannot be read teaches nothing, wherever it stands.
fn at(entry: &[u8]) -> Millis {
    match Logged::from_bytes(entry) {
        Ok(Logged::Did(one)) => one.at,
        Ok(Logged::Said(said)) => said.at,
        Err(_) => Millis::default(),
    }
}
