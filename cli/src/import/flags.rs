//! The flags that say how a table is to be read.

use clap::Args;

use super::columns::Wanted;
use super::field::Field;
use super::time::Unit;

#[derive(Args, Debug, Default)]
#[command(next_help_heading = "How to read the table (columns by name, or by number with --no-header)")]
pub struct Flags {
    #[arg(long, value_name = "COLUMN")]
    user: Option<String>,
    #[arg(long, value_name = "COLUMN")]
    item: Option<String>,
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,
    /// Without such a column, all rows are purchases
    #[arg(long, value_name = "COLUMN")]
    kind: Option<String>,
    #[arg(long, value_name = "COLUMN")]
    order: Option<String>,
    #[arg(long, value_name = "COLUMN")]
    price: Option<String>,
    #[arg(long, value_name = "COLUMN")]
    quantity: Option<String>,
    #[arg(long, value_name = "COLUMN")]
    rating: Option<String>,
    #[arg(long, value_name = "COLUMN")]
    name: Option<String>,
    #[arg(long, value_name = "COLUMN")]
    brand: Option<String>,
    /// A path such as "Department > Category"
    #[arg(long, value_name = "COLUMN")]
    category: Option<String>,
    /// What a number in the time column counts; guessed by its size otherwise
    #[arg(long, value_name = "UNIT")]
    pub time_unit: Option<Unit>,
    /// The first line of a CSV file is a row
    #[arg(long)]
    pub no_header: bool,
    /// What separates the columns of a CSV file; guessed otherwise ("\t" is a tab)
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub delimiter: Option<u8>,
}

impl Flags {
    pub fn wanted(&self, of_items: bool) -> Wanted {
        let flags = [
            (Field::User, &self.user),
            (Field::Item, &self.item),
            (Field::Time, &self.time),
            (Field::Kind, &self.kind),
            (Field::Order, &self.order),
            (Field::Price, &self.price),
            (Field::Quantity, &self.quantity),
            (Field::Rating, &self.rating),
            (Field::Name, &self.name),
            (Field::Brand, &self.brand),
            (Field::Category, &self.category),
        ];
        let named = flags.into_iter().filter_map(|(field, name)| Some((field, name.clone()?))).collect();
        Wanted { named, of_items, ..Wanted::default() }
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !b"\"\r\n".contains(byte) => Ok(*byte),
        _ => Err("right would be one character, such as , or ; or \\t".into()),
    }
}
