//! Writes a bundle. Equal parts give equal bytes, so that a shop's ETag changes only with its content.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::Metadata;
use super::tensor::Tensor;
use crate::error::{Error, Result};

/// One of a few names for each item.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labels {
    pub names: Vec<String>,
    pub of: Vec<u16>,
}

impl Labels {
    /// Numbers the labels in order of first appearance. Where there are more than 65,536, the
    /// rarest become `other`; without an `other`, the second part says that there are too many.
    pub fn new(labels: &[&str], other: Option<&str>) -> Result<Self> {
        let most = usize::from(u16::MAX) + 1;
        let mut counts: HashMap<&str, usize> = HashMap::new();
        labels.iter().for_each(|label| *counts.entry(label).or_default() += 1);
        let mut kept: Vec<&str> = counts.keys().copied().collect();
        if kept.len() > most {
            let Some(other) = other else {
                return Err(Error::request(format!("{} categories; a bundle holds at most {most}", kept.len())));
            };
            kept.sort_by_key(|label| (*label != other, std::cmp::Reverse(counts[label]), *label));
            kept.truncate(most - 1);
        }
        let kept: std::collections::HashSet<&str> = kept.into_iter().collect();

        let mut labelled = Self::default();
        let mut numbers: HashMap<&str, u16> = HashMap::new();
        for &label in labels {
            let label = if kept.contains(label) { label } else { other.unwrap_or(label) };
            let number = *numbers.entry(label).or_insert_with(|| {
                labelled.names.push(label.into());
                (labelled.names.len() - 1) as u16
            });
            labelled.of.push(number);
        }
        Ok(labelled)
    }

    /// The label of an item.
    pub fn name(&self, item: usize) -> &str {
        &self.names[usize::from(self.of[item])]
    }
}

/// All that a bundle is made of; items in falling popularity.
pub struct Parts {
    pub ids: Vec<String>,
    /// Items × dim.
    pub factors: Vec<i8>,
    pub scale: Vec<f32>,
    /// How many baskets hold each item.
    pub popularity: Vec<f32>,
    pub categories: Labels,
    pub brands: Labels,
    /// 0 where it is unknown; empty where no price is known at all.
    pub prices: Vec<f32>,
    /// Lowest, mean and highest.
    pub ratings: [f32; 3],
    /// Without `homebody.format`, `homebody.version` and `homebody.metric`, which are set here.
    pub metadata: BTreeMap<String, String>,
}

/// The shortest and the longest dwell time in seconds that is told from others: a look, and a
/// forgotten tab. Purchases say nothing about it, so these stand until a shop measures its own.
const DWELL: [f32; 2] = [1.0, 120.0];

/// The bundle's version and bytes.
pub fn write(parts: &Parts) -> Result<(String, Vec<u8>)> {
    write_with(parts, BTreeMap::new())
}

/// The same with further tensors; one that has a usual name takes its place.
pub fn write_with(parts: &Parts, further: BTreeMap<String, Tensor>) -> Result<(String, Vec<u8>)> {
    let mut tensors = tensors(parts)?;
    tensors.extend(further);
    write_tensors(tensors, parts.metadata.clone())
}

/// A bundle of just these tensors.
pub fn write_tensors(tensors: BTreeMap<String, Tensor>, mut metadata: Metadata) -> Result<(String, Vec<u8>)> {
    let mut hash = Sha256::new();
    tensors.values().for_each(|tensor| hash.update(tensor.bytes()));
    let version: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();

    for (key, value) in [("format", super::FORMAT), ("version", &version), ("metric", "dot")] {
        metadata.insert(format!("homebody.{key}"), value.into());
    }
    let refused = |error| Error::request(format!("the bundle cannot be written: {error}"));
    let bare = safetensors::serialize(tensors, None).map_err(refused)?;
    Ok((version, with_metadata(&bare, &metadata)))
}

/// ln of each popularity relative to the largest.
pub fn bias(popularity: &[f32]) -> Vec<f32> {
    let most = popularity.iter().copied().fold(0.0, f32::max);
    popularity.iter().map(|n| libm::logf((n + 1.0) / (most + 1.0))).collect()
}

fn tensors(parts: &Parts) -> Result<BTreeMap<String, Tensor>> {
    let items = parts.ids.len();
    let mut tensors = BTreeMap::new();
    let mut put = |name: &str, tensor| tensors.insert(name.into(), tensor);
    put("factors", Tensor::i8(&parts.factors, vec![items, parts.scale.len()]));
    put("factors.scale", Tensor::f32(&parts.scale));
    put("bias", Tensor::f32(&bias(&parts.popularity)));
    put("popularity", Tensor::f32(&parts.popularity));
    put("category", Tensor::u16(&parts.categories.of));
    put("brand", Tensor::u16(&parts.brands.of));
    put("rating.range", Tensor::f32(&parts.ratings));
    put("dwell.range", Tensor::f32(&DWELL));
    for (name, texts) in
        [("ids", &parts.ids), ("category.names", &parts.categories.names), ("brand.names", &parts.brands.names)]
    {
        let (text, offsets) = Tensor::texts(texts)?;
        put(name, text);
        put(&format!("{name}.offsets"), offsets);
    }
    if let Some(quantiles) = quantiles(&parts.prices) {
        put("price", Tensor::f32(&parts.prices));
        put("price.quantiles", Tensor::f32(&quantiles));
    }
    Ok(tensors)
}

/// The prices at 0, 5, … 100 % of the known ones, rising.
pub fn quantiles(prices: &[f32]) -> Option<[f32; 21]> {
    let mut known: Vec<f32> = prices.iter().copied().filter(|price| *price > 0.0).collect();
    known.sort_by(f32::total_cmp);
    let last = known.len().checked_sub(1)?;
    Some(std::array::from_fn(|step| known[(last * step + 10) / 20]))
}

/// Puts metadata into a file that has none. The crate would do it in an order that changes from
/// run to run.
fn with_metadata(bare: &[u8], metadata: &BTreeMap<String, String>) -> Vec<u8> {
    let (length, rest) = bare.split_first_chunk::<8>().expect("a file starts with its header's length");
    let (header, data) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let header = header.trim_ascii_end().strip_prefix(b"{").expect("a header is a JSON object");
    let metadata = serde_json::to_string(metadata).expect("texts become JSON");
    let mut header = [format!("{{\"__metadata__\":{metadata},").as_bytes(), header].concat();
    // Data starts at a multiple of 8, as the crate has it.
    header.resize(header.len().next_multiple_of(8), b' ');
    [(header.len() as u64).to_le_bytes().as_slice(), &header, data].concat()
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A small shop of three items.
    pub fn parts() -> Parts {
        Parts {
            ids: ["milk", "brød", "tea"].map(String::from).into(),
            factors: vec![127, -1, 0, 64, -127, 3],
            scale: vec![0.5, 0.25],
            popularity: vec![9.0, 4.0, 1.0],
            categories: Labels::new(&["Dairy > Milk", "Bakery > Bread", "Dairy > Milk"], None).unwrap(),
            brands: Labels::new(&["", "A", ""], Some("")).unwrap(),
            prices: vec![1.5, 0.0, 2.5],
            ratings: [1.0, 3.5, 5.0],
            metadata: BTreeMap::from([("homebody.model".into(), "als".into())]),
        }
    }

    #[test]
    fn the_crate_reads_what_is_written() {
        let (version, bytes) = write(&parts()).unwrap();
        let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
        let metadata = header.metadata().as_ref().unwrap();
        assert_eq!(metadata["homebody.version"], version);
        assert_eq!((metadata["homebody.format"].as_str(), version.len()), ("1", 16));
        let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        assert_eq!(file.tensor("ids").unwrap().data(), "milkbrødtea".as_bytes());
        assert_eq!(file.tensor("factors").unwrap().shape(), [3, 2]);
        let bias = file.tensor("bias").unwrap().data()[..4].to_vec();
        assert_eq!(bias, 0f32.to_le_bytes(), "the most popular item has bias 0");
    }

    #[test]
    fn equal_parts_give_equal_bytes() {
        assert_eq!(write(&parts()).unwrap(), write(&parts()).unwrap());
        let mut other = parts();
        other.popularity[2] = 2.0;
        assert_ne!(write(&parts()).unwrap().0, write(&other).unwrap().0);
    }

    #[test]
    fn quantiles_are_of_known_prices_only() {
        let prices: Vec<f32> = (0..=100).map(|price| price as f32).collect();
        let quantiles = quantiles(&prices).unwrap();
        assert_eq!((quantiles[0], quantiles[10], quantiles[20]), (1.0, 51.0, 100.0));
        assert!(quantiles.is_sorted());
        assert_eq!(super::quantiles(&[0.0, 0.0]), None);
    }

    #[test]
    fn too_many_brands_become_other_ones() {
        let names: Vec<String> = (0..70_000).map(|n| n.to_string()).collect();
        let mut labels: Vec<&str> = names.iter().map(String::as_str).collect();
        labels.push("69999");
        let kept = Labels::new(&labels, Some("")).unwrap();
        assert_eq!(kept.names.len(), 65_536);
        assert_eq!(kept.names[usize::from(kept.of[69_999])], "69999", "the frequent one is kept");
        assert!(Labels::new(&labels, None).is_err());
    }
}
