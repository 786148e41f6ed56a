//! `homebody head`: the popular head of a bundle, for a first list before the whole bundle is there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use safetensors::{Dtype, SafeTensors};

use crate::bundle::{self, Metadata, Tensor};
use crate::error::{Error, Result};

/// What a list by taste needs, a row for each item.
const ROWS: [&str; 5] = ["factors", "bias", "popularity", "category", "price"];
/// What is the same for all items.
const WHOLE: [&str; 6] =
    ["factors.scale", "category.names", "category.names.offsets", "price.quantiles", "rating.range", "dwell.range"];

#[derive(Args)]
pub struct Head {
    /// A factors.safetensors
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// How many of the most popular items; `openProfile` takes their file as `head`
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    items: u32,
    /// The file for them
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Head {
    pub fn run(self) -> Result<()> {
        let (factors, bytes) = bundle::read(&self.bundle)?;
        let most = factors.len();
        if self.items as usize >= most {
            return Err(Error::request(format!(
                "--items {}; right would be fewer than the bundle's {most}",
                self.items
            )));
        }
        let metadata = bundle::metadata(&self.bundle, &bytes)?;
        let broken = |error| Error::content(&self.bundle, format!("is no safetensors file: {error}"));
        let tensors = SafeTensors::deserialize(&bytes).map_err(broken)?;
        let ids = (0..self.items).map(|item| factors.id(item).to_owned()).collect::<Vec<_>>();
        let (version, head) = cut(&tensors, &ids, metadata)?;
        std::fs::write(&self.out, &head).map_err(Error::file(&self.out))?;
        bundle::read(&self.out)?;
        println!(
            "{}: version {version}, {} of {most} items, {} of {} bytes",
            self.out.display(),
            self.items,
            head.len(),
            bytes.len()
        );
        Ok(())
    }
}

/// The first items alone. Lists, the learnt mix and the fold-in are the whole bundle's.
fn cut(tensors: &SafeTensors<'_>, ids: &[String], metadata: Metadata) -> Result<(String, Vec<u8>)> {
    let mut head = BTreeMap::new();
    let packed = tensors.tensor("factors").is_ok_and(|tensor| tensor.dtype() == Dtype::U8);
    for name in ROWS.iter().chain(&WHOLE) {
        let Ok(tensor) = tensors.tensor(name) else { continue };
        let (mut shape, mut data) = (tensor.shape().to_vec(), tensor.data().to_vec());
        // Of 4 bits a number the scale is each item's.
        if ROWS.contains(name) || (*name == "factors.scale" && packed) {
            data.truncate(data.len() / shape[0] * ids.len());
            shape[0] = ids.len();
        }
        head.insert((*name).to_owned(), Tensor::raw(tensor.dtype(), shape, data));
    }
    let (text, offsets) = Tensor::texts(ids)?;
    head.extend([("ids".into(), text), ("ids.offsets".into(), offsets)]);
    let kept = |(key, _): &(String, String)| !key.starts_with("homebody.map") && key != "homebody.neural";
    bundle::write_tensors(head, metadata.into_iter().filter(kept).collect())
}

#[cfg(test)]
mod tests {
    use homebody::Factors;

    use super::*;

    #[test]
    fn the_head_is_the_first_items_as_they_are() {
        let bytes = include_bytes!("../../tests/golden/grocery.safetensors");
        let whole = Factors::read(bytes).unwrap();
        let ids: Vec<String> = (0..3).map(|item| whole.id(item).to_owned()).collect();
        let metadata = Metadata::from([("homebody.sensitive".into(), "Dairy".into())]);
        let (version, head) = cut(&SafeTensors::deserialize(bytes).unwrap(), &ids, metadata).unwrap();
        let head = Factors::read(&head).unwrap();
        assert_eq!((head.len(), head.dim()), (3, whole.dim()));
        assert!(head.version() == version && version != whole.version());
        for item in 0..3 {
            assert_eq!(head.id(item), whole.id(item));
            let category = |factors: &Factors| factors.category(item).map(|one| factors.category_name(one).to_owned());
            assert_eq!(category(&head), category(&whole));
            // Of F32 each reader makes int8 anew, from the rows that it has.
            let pairs = head.space().vector(item).into_iter().zip(whole.space().vector(item));
            assert!(pairs.into_iter().all(|(x, y)| (x - y).abs() < 1.0 / 127.0), "{item}");
        }
        assert_eq!(head.metadata("homebody.sensitive"), Some("Dairy"), "what is sensitive is so from the start");
    }
}
