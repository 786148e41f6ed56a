//! `homebody inspect`: what a factor bundle holds, in words.

use std::io::Write;
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
        let words = self.words()?;
        // A reader that has seen enough (`| head`) is no failure.
        let _ = std::io::stdout().write_all(words.as_bytes());
        Ok(())
    }

    fn words(&self) -> Result<String> {
        let mut words = String::new();
        let mut say = |line: String| words.extend([line.as_str(), "\n"]);
        let (factors, bytes) = bundle::read(&self.bundle)?;
        say(format!("{} items, {} dimensions, version {}", factors.len(), factors.dim(), factors.version()));

        let broken = |error| Error::content(&self.bundle, format!("is no safetensors file: {error}"));
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(broken)?;
        say("\nmetadata".into());
        let metadata = bundle::metadata(&self.bundle, &bytes)?;
        metadata.iter().for_each(|(key, value)| say(format!("  {key}: {value}")));
        say("\ntensors".into());
        let mut tensors: Vec<_> = header.tensors().into_iter().collect();
        tensors.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, info) in tensors {
            say(format!("  {name:<24} {:<5} {:?}", info.dtype.to_string(), info.shape));
        }

        say("\ndepartments".into());
        let mut counts = vec![0; factors.departments().len()];
        let of_items = (0..factors.len() as u32).filter_map(|item| factors.department(item));
        of_items.for_each(|department| counts[usize::from(department)] += 1);
        for (name, items) in factors.departments().iter().zip(counts) {
            say(format!("  {name}: {items} items"));
        }

        say("\nmost popular".into());
        for item in (0..factors.len() as u32).take(self.top as usize) {
            let category = factors.category(item).map_or("", |category| factors.category_name(category));
            say(format!("  {}, {} orders, {category}", factors.id(item), factors.popularity(item)));
        }
        Ok(words)
    }
}
