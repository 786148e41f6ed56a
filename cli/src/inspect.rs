//! `homebody inspect`: what a factor bundle holds, in words.

use std::path::PathBuf;

use clap::Args;

use crate::bundle::{Contents, departments};
use crate::error::Result;

#[derive(Args)]
pub struct Inspect {
    /// A factors.safetensors
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// How many of the most popular items to name
    #[arg(long, default_value_t = 10, value_name = "N")]
    top: usize,
}

impl Inspect {
    pub fn run(self) -> Result<()> {
        let contents = Contents::read(&self.bundle)?;
        println!("{} items, {} dimensions", contents.ids.len(), contents.dim);

        println!("\nmetadata");
        for (key, value) in &contents.metadata {
            println!("  {key}: {value}");
        }
        println!("\ntensors");
        for (name, dtype, shape) in &contents.tensors {
            println!("  {name:<24} {dtype:<5} {shape:?}");
        }

        let department = |category: &str| category.split(" > ").next().unwrap_or(category).to_string();
        println!("\ndepartments");
        for name in departments(&contents.categories) {
            let of_it = |index: &&u16| department(&contents.categories[usize::from(**index)]) == name;
            let items = contents.category.iter().flatten().filter(of_it).count();
            println!("  {name}: {items} items");
        }

        println!("\nmost popular");
        for (index, id) in contents.ids.iter().enumerate().take(self.top) {
            let orders = contents.popularity.as_ref().map_or(String::new(), |n| format!(", {} orders", n[index]));
            let category = contents.category.as_ref().map(|of| &contents.categories[usize::from(of[index])]);
            println!("  {id}{orders}{}", category.map_or(String::new(), |category| format!(", {category}")));
        }
        Ok(())
    }
}
