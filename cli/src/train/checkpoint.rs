//! Where training stood after an iteration, in a file: what was killed goes on from there.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use sha2::{Digest, Sha256};

use super::als::Factors;
use crate::bundle::Tensor;
use crate::error::{Error, Result};

/// Where training stands.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The iterations that are done.
    pub iteration: usize,
    pub factors: Factors,
    /// The best ones by the held-out figure, where anybody asked for them.
    pub best: Option<Best>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    pub iteration: usize,
    pub figure: f64,
    pub factors: Factors,
}

/// A file for one training on one set of data.
pub struct Checkpoint {
    path: PathBuf,
    /// Of the data and the arguments.
    fingerprint: String,
}

impl Checkpoint {
    pub fn new(path: PathBuf, fingerprint: String) -> Self {
        Self { path, fingerprint }
    }

    /// Replaces what was saved before.
    pub fn save(&self, state: &State) -> Result<()> {
        let mut tensors = BTreeMap::from([
            ("users", Tensor::f32(&state.factors.users)),
            ("items", Tensor::f32(&state.factors.items)),
        ]);
        let mut numbers = vec![state.iteration as u64, state.factors.dim as u64];
        if let Some(best) = &state.best {
            numbers.extend([best.iteration as u64, best.figure.to_bits()]);
            tensors.insert("best.users", Tensor::f32(&best.factors.users));
            tensors.insert("best.items", Tensor::f32(&best.factors.items));
        }
        let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
        let metadata = HashMap::from([
            ("fingerprint".to_string(), self.fingerprint.clone()),
            ("numbers".to_string(), numbers.join(" ")),
            ("sum".to_string(), sum(tensors.values().map(Tensor::bytes))),
        ]);
        let bytes = safetensors::serialize(tensors, Some(metadata))
            .map_err(|error| Error::content(&self.path, format!("cannot be written: {error}")))?;
        let part = self.path.with_extension("part");
        std::fs::write(&part, bytes).map_err(Error::file(&part))?;
        std::fs::rename(&part, &self.path).map_err(Error::file(&self.path))
    }

    /// What was saved, if it is whole and of these data and arguments.
    pub fn load(&self) -> Option<State> {
        let bytes = std::fs::read(&self.path).ok()?;
        let (_, header) = SafeTensors::read_metadata(&bytes).ok()?;
        let metadata = header.metadata().as_ref()?;
        let file = SafeTensors::deserialize(&bytes).ok()?;
        let mut names = file.names();
        names.sort_unstable();
        let data: Vec<&[u8]> = names.iter().filter_map(|name| Some(file.tensor(name).ok()?.data())).collect();
        if metadata.get("fingerprint") != Some(&self.fingerprint) || metadata.get("sum") != Some(&sum(data)) {
            return None;
        }
        let numbers: Vec<u64> = metadata.get("numbers")?.split(' ').map(|n| n.parse().ok()).collect::<Option<_>>()?;
        let dim = *numbers.get(1)? as usize;
        let floats = |name| -> Option<Vec<f32>> {
            let data = file.tensor(name).ok()?.data().as_chunks::<4>().0.to_vec();
            Some(data.into_iter().map(f32::from_le_bytes).collect())
        };
        let factors =
            |users, items| -> Option<Factors> { Some(Factors { dim, users: floats(users)?, items: floats(items)? }) };
        let best = match numbers[2..] {
            [iteration, figure] => Some(Best {
                iteration: iteration as usize,
                figure: f64::from_bits(figure),
                factors: factors("best.users", "best.items")?,
            }),
            _ => None,
        };
        Some(State { iteration: numbers[0] as usize, factors: factors("users", "items")?, best })
    }
}

/// Training is over.
pub fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file(path)(error)),
        _ => Ok(()),
    }
}

/// SHA-256 of several pieces, as text.
pub fn sum<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    pieces.into_iter().for_each(|piece| hash.update(piece));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_comes_back_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint");
        let checkpoint = Checkpoint::new(path.clone(), "a".into());
        assert_eq!(checkpoint.load(), None);
        let factors = Factors { dim: 2, users: vec![0.1, f32::MIN_POSITIVE], items: vec![-1.5, 3.0, 0.0, 1e9] };
        let best =
            Best { iteration: 3, figure: 0.1 + 0.2, factors: Factors { items: vec![1.0; 4], ..factors.clone() } };
        for state in [
            State { iteration: 7, factors: factors.clone(), best: None },
            State { iteration: 8, factors, best: Some(best) },
        ] {
            checkpoint.save(&state).unwrap();
            assert_eq!(checkpoint.load(), Some(state));
        }
        // Of other data, cut off, or with one bit another.
        assert_eq!(Checkpoint::new(path.clone(), "b".into()).load(), None);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        assert_eq!(checkpoint.load(), None);
        let mut torn = bytes.clone();
        *torn.last_mut().unwrap() ^= 1;
        std::fs::write(&path, torn).unwrap();
        assert_eq!(checkpoint.load(), None);
        std::fs::write(&path, bytes).unwrap();
        assert!(checkpoint.load().is_some(), "the control");
        remove(&path).unwrap();
        assert_eq!(checkpoint.load(), None);
        remove(&path).unwrap();
    }
}
