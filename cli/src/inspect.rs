//! `homebody inspect`: what a factor bundle holds, in words.

use std::path::PathBuf;

use clap::Args;
use safetensors::SafeTensors;

use crate::bundle;
use crate::error::{Error, Result};

#[derive(Args)]
pub struct Inspect {
    /// A factors.safetensors
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// How many of the most popular items to name
    #[arg(long, default_value_t = 10, value_name = "N")]
    top: u32,
}

impl Inspect {
    pub fn run(self) -> Result<()> {
        let (factors, bytes) = bundle::read(&self.bundle)?;
        println!("{} items, {} dimensions, version {}", factors.len(), factors.dim(), factors.version());

        let broken = |error| Error::content(&self.bundle, format!("is no safetensors file: {error}"));
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(broken)?;
        println!("\nmetadata");
        let mut metadata: Vec<_> = header.metadata().iter().flatten().collect();
        metadata.sort();
        metadata.iter().for_each(|(key, value)| println!("  {key}: {value}"));
        println!("\ntensors");
        let mut tensors: Vec<_> = header.tensors().into_iter().collect();
        tensors.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, info) in tensors {
            println!("  {name:<24} {:<5} {:?}", info.dtype.to_string(), info.shape);
        }

        println!("\ndepartments");
        let mut counts = vec![0; factors.departments().len()];
        let of_items = (0..factors.len() as u32).filter_map(|item| factors.department(item));
        of_items.for_each(|department| counts[usize::from(department)] += 1);
        for (name, items) in factors.departments().iter().zip(counts) {
            println!("  {name}: {items} items");
        }

        println!("\nmost popular");
        for item in (0..factors.len() as u32).take(self.top as usize) {
            let category = factors.category(item).map_or("", |category| factors.category_name(category));
            println!("  {}, {} orders, {category}", factors.id(item), factors.popularity(item));
        }
        Ok(())
    }
}
