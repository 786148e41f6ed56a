//! The factor bundle: one safetensors file that a browser downloads once.

mod sensitive;
mod tensor;
mod write;

use std::collections::BTreeMap;
use std::path::Path;

use homebody::Factors;
use safetensors::SafeTensors;

use crate::error::{Error, Result};

pub use sensitive::Sensitive;
pub use tensor::Tensor;
pub use write::{Labels, Parts, bias, quantiles, write, write_tensors, write_with};

/// The format that this program writes.
pub const FORMAT: &str = "1";

/// Reads a bundle with the browser's own reader: what it refuses, no shopper could use.
pub fn read(path: &Path) -> Result<(Factors, Vec<u8>)> {
    let bytes = std::fs::read(path).map_err(Error::file(path))?;
    let factors = Factors::read(&bytes).map_err(|error| Error::content(path, error.to_string()))?;
    Ok((factors, bytes))
}

/// What stands in a bundle's header beside its tensors.
pub type Metadata = BTreeMap<String, String>;

/// The texts of a bundle that [`read`] has accepted.
pub fn metadata(path: &Path, bytes: &[u8]) -> Result<Metadata> {
    let broken = |error| Error::content(path, format!("is no safetensors file: {error}"));
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(broken)?;
    Ok(header.metadata().clone().unwrap_or_default().into_iter().collect())
}
