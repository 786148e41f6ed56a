//! Reads a bundle for people and for the server. The browser's own reader, in the library, is the
//! strict one.

use std::collections::BTreeMap;
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::error::{Error, Result};

/// What a bundle holds.
#[derive(Debug)]
pub struct Contents {
    pub metadata: BTreeMap<String, String>,
    /// Name, type and shape of each tensor, by name.
    pub tensors: Vec<(String, String, Vec<usize>)>,
    pub ids: Vec<String>,
    pub dim: usize,
    pub popularity: Option<Vec<f32>>,
    /// The category of each item, and all names.
    pub category: Option<Vec<u16>>,
    pub categories: Vec<String>,
}

impl Contents {
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(Error::file(path))?;
        Self::parse(&bytes).map_err(|message| Error::content(path, message))
    }

    /// Of the metadata, what stands under `homebody.` and this name.
    pub fn metadata(&self, name: &str) -> Option<&str> {
        self.metadata.get(&format!("homebody.{name}")).map(String::as_str)
    }

    pub fn version(&self) -> &str {
        self.metadata("version").unwrap_or_default()
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let broken = |error| format!("no whole safetensors file: {error}");
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(broken)?;
        let file = SafeTensors::deserialize(bytes).map_err(broken)?;
        let metadata: BTreeMap<String, String> = header.metadata().clone().unwrap_or_default().into_iter().collect();
        match metadata.get("homebody.format").map(String::as_str) {
            Some(super::FORMAT) => {}
            Some(other) => return Err(format!("format {other:?}; right would be {:?}", super::FORMAT)),
            None => return Err("has no homebody.format in its metadata: no factor bundle".into()),
        }

        let ids = texts(&file, "ids")?.ok_or("has no tensor ids")?;
        let factors = file.tensor("factors").map_err(|_| "has no tensor factors")?;
        let dim = match factors.shape() {
            [n, dim] if *n == ids.len() && *dim > 0 => *dim,
            shape => return Err(format!("factors are {shape:?}; right would be [{}, dimensions]", ids.len())),
        };
        let category = match tensor(&file, "category", Dtype::U16)? {
            Some(view) => Some(of_items("category", &ids, u16s(view.data()))?),
            None => None,
        };
        let categories = texts(&file, "category.names")?.unwrap_or_default();
        if let Some(out) = category.iter().flatten().find(|of| usize::from(**of) >= categories.len()) {
            return Err(format!("an item has category {out} of {}", categories.len()));
        }
        let popularity = match tensor(&file, "popularity", Dtype::F32)? {
            Some(view) => Some(of_items("popularity", &ids, f32s(view.data()))?),
            None => None,
        };
        let mut tensors: Vec<_> = file
            .iter()
            .map(|(name, view)| (name.to_string(), view.dtype().to_string(), view.shape().to_vec()))
            .collect();
        tensors.sort();
        Ok(Self { metadata, tensors, ids, dim, popularity, category, categories })
    }
}

fn tensor<'a>(file: &SafeTensors<'a>, name: &str, dtype: Dtype) -> Result<Option<TensorView<'a>>, String> {
    let Ok(view) = file.tensor(name) else { return Ok(None) };
    if view.dtype() != dtype {
        return Err(format!("tensor {name} is {}; right would be {dtype}", view.dtype()));
    }
    Ok(Some(view))
}

fn of_items<T>(name: &str, ids: &[String], values: Vec<T>) -> Result<Vec<T>, String> {
    if values.len() != ids.len() {
        return Err(format!("tensor {name} has {} values; right would be {}", values.len(), ids.len()));
    }
    Ok(values)
}

/// Texts: their bytes under `name`, where each starts under `name.offsets`.
fn texts(file: &SafeTensors<'_>, name: &str) -> Result<Option<Vec<String>>, String> {
    let Some(bytes) = tensor(file, name, Dtype::U8)? else { return Ok(None) };
    let offsets =
        tensor(file, &format!("{name}.offsets"), Dtype::U32)?.ok_or_else(|| format!("has no tensor {name}.offsets"))?;
    let offsets = offsets.data().as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b) as usize);
    let offsets: Vec<usize> = offsets.collect();
    if offsets.first() != Some(&0) || offsets.last() != Some(&bytes.data().len()) {
        return Err(format!("{name}.offsets do not go from 0 to {}", bytes.data().len()));
    }
    let texts = offsets.windows(2).enumerate().map(|(index, pair)| {
        let text = bytes.data().get(pair[0]..pair[1]);
        let text = text.ok_or_else(|| format!("{name}.offsets fall at {index}; right would be to rise"))?;
        let text = std::str::from_utf8(text).map_err(|error| format!("{name} {index}: {error}"))?;
        Ok(text.to_string())
    });
    texts.collect::<Result<_, _>>().map(Some)
}

fn u16s(bytes: &[u8]) -> Vec<u16> {
    bytes.as_chunks::<2>().0.iter().map(|b| u16::from_le_bytes(*b)).collect()
}

fn f32s(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::write::{tests::parts, write};
    use super::*;

    #[test]
    fn reads_what_was_written() {
        let (version, bytes) = write(&parts()).unwrap();
        let contents = Contents::parse(&bytes).unwrap();
        assert_eq!(contents.ids, ["milk", "brød", "tea"]);
        assert_eq!((contents.version(), contents.dim), (version.as_str(), 2));
        assert_eq!(contents.popularity, Some(vec![9.0, 4.0, 1.0]));
        assert_eq!(contents.category, Some(vec![0, 1, 0]));
        assert_eq!(contents.categories, ["Dairy > Milk", "Bakery > Bread"]);
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let (_, bytes) = write(&parts()).unwrap();
        for length in 0..bytes.len() {
            assert!(Contents::parse(&bytes[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn defects_are_named() {
        let (_, bytes) = write(&parts()).unwrap();
        let with = |from: &str, to: &str| {
            assert_eq!(from.len(), to.len());
            let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
            let mut bytes = bytes.clone();
            bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
            Contents::parse(&bytes).unwrap_err()
        };
        assert!(with("\"homebody.format\":\"1\"", "\"homebody.format\":\"2\"").contains("format \"2\""));
        assert!(with("\"homebody.format\"", "\"homebody.f0rmat\"").contains("no factor bundle"));
        assert!(with("\"ids\"", "\"idz\"").contains("no tensor ids"));
    }
}
