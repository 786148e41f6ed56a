//! `homebody import`: a shop's table in, the clean interactions out.
//!
//! Rows are read, checked and written one by one, so that memory does not grow with the file.
//! A row that is refused is counted by reason, and the first ones are shown with their place.

mod columns;
mod csv;
mod field;
mod filter;
mod flags;
mod items;
mod kinds;
mod parquet;
mod refusal;
mod row;
mod rows;
mod steps;
mod time;
mod write;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;

use crate::error::{Error, Result};
pub use columns::Wanted;
use columns::{Columns, require};
pub use field::Field;
pub use filter::Filter;
use flags::Flags;
use items::Catalogue;
pub use items::Item;
pub use kinds::{KINDS, kind};
pub use refusal::Counts;
use refusal::{Reason, Refusal};
use row::Source;
pub use rows::Interaction;
pub use steps::{Step, only_sessions, steps};
pub use time::Times;

#[derive(Args)]
pub struct Import {
    /// CSV or Parquet files of interactions
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The folder for interactions.parquet and items.parquet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A CSV or Parquet file with a line for each item. A column `shop_item` names the item that
    /// the shop shows in its place; rows of items without one are refused as not-sold
    #[arg(long, value_name = "FILE")]
    items: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
}

impl Import {
    pub fn run(self) -> Result<()> {
        std::fs::create_dir_all(&self.out).map_err(Error::file(&self.out))?;
        let mut catalogue = match &self.items {
            Some(path) => self.items(path)?,
            None => Catalogue::default(),
        };
        let listed = catalogue.len();

        let mut writer = write::Interactions::create(self.out.join("interactions.parquet"))?;
        let mut total = Counts::default();
        for path in &self.files {
            let counts = self.interactions(path, &mut catalogue, &mut writer)?;
            println!("{}: {counts}", path.display());
            total.add(&counts);
        }
        if total.kept == 0 {
            return Err(Error::request(format!("no row was kept: {total}")));
        }
        writer.finish()?;
        let unlisted = catalogue.len() - listed;
        let items = catalogue.finish();
        write::items(self.out.join("items.parquet"), &items)?;

        if self.files.len() > 1 {
            println!("all files: {total}");
        }
        println!("{}: {} rows", self.out.join("interactions.parquet").display(), total.kept);
        println!("{}: {} items", self.out.join("items.parquet").display(), items.len());
        if let (Some(path), true) = (&self.items, unlisted > 0) {
            println!("{unlisted} of them have no line in {}; the rows say what is known of them", path.display());
        }
        Ok(())
    }

    fn items(&self, path: &Path) -> Result<Catalogue> {
        let (catalogue, counts) = Catalogue::read(path, &self.reading(true), true)?;
        println!("{}: {counts}", path.display());
        Ok(catalogue)
    }

    fn interactions(&self, path: &Path, catalogue: &mut Catalogue, writer: &mut write::Interactions) -> Result<Counts> {
        let times = Times { unit: self.flags.time_unit, now: now() };
        interactions(path, &self.reading(false), &times, &mut |row, interaction| {
            let Some(tile) = catalogue.tile(&interaction.item).map(str::to_string) else {
                let message =
                    format!("the shop sells no {:?}; right would be an item with a shop_item", interaction.item);
                return Ok(Err(Refusal { message, ..Refusal::of(Reason::NotSold, Field::Item, "") }));
            };
            if let Err(refusal) = catalogue.learn(&tile, row, interaction.at) {
                return Ok(Err(refusal));
            }
            writer.push(interaction, &tile)?;
            Ok(Ok(()))
        })
    }

    fn reading(&self, of_items: bool) -> Reading {
        // A file of items always has a header: its columns cannot be the interactions' by number.
        let header = of_items || !self.flags.no_header;
        let mut wanted = self.flags.wanted(of_items);
        if self.flags.no_header && of_items {
            wanted.named.clear();
        }
        Reading { header, delimiter: if of_items { None } else { self.flags.delimiter }, wanted }
    }
}

/// How a file is to be read.
pub struct Reading {
    pub header: bool,
    pub delimiter: Option<u8>,
    pub wanted: Wanted,
}

impl Default for Reading {
    fn default() -> Self {
        Self { header: true, delimiter: None, wanted: Wanted::default() }
    }
}

/// Reads a file of items, all of them, whatever the shop shows in their place.
pub fn items(path: &Path) -> Result<Vec<Item>> {
    let wanted = Wanted { of_items: true, ..Wanted::default() };
    Ok(Catalogue::read(path, &Reading { wanted, ..Reading::default() }, false)?.0.finish())
}

/// What is done with a good row; it may still be refused.
type Take<'a> = dyn FnMut(&row::Row<'_>, &Interaction<'_>) -> Result<Result<(), Refusal>> + 'a;

/// Reads a file of interactions row by row; refused rows are shown and counted.
pub fn interactions(path: &Path, reading: &Reading, times: &Times, take: &mut Take<'_>) -> Result<Counts> {
    let mut source = open(path, reading, &[Field::User, Field::Item, Field::Time])?;
    let columns = source.columns().clone();
    let kinds = columns.has(Field::Kind);
    let mut counts = Counts::default();
    source.rows(&mut |line, row| {
        counts.read += 1;
        let taken = match row {
            Ok(row) => match Interaction::read(&row, kinds, times) {
                Ok(interaction) => take(&row, &interaction)?,
                Err(refusal) => Err(refusal),
            },
            Err(refusal) => Err(refusal),
        };
        match taken {
            Ok(()) => counts.kept += 1,
            Err(refusal) => report(&mut counts, path, line, &columns, &refusal),
        }
        Ok(())
    })?;
    Ok(counts)
}

/// Opens a file that has the columns that are needed, and says what it takes them for.
fn open(path: &Path, reading: &Reading, needed: &[Field]) -> Result<Box<dyn Source>> {
    let source = source(path, reading)?;
    require(source.columns(), source.header(), needed).map_err(|message| Error::content(path, message))?;
    eprintln!("{}: {}", path.display(), source.describe());
    Ok(source)
}

/// Opens a file by what it holds, not by what it is called.
fn source(path: &Path, reading: &Reading) -> Result<Box<dyn Source>> {
    let mut start = Vec::new();
    let file = std::fs::File::open(path).map_err(Error::file(path))?;
    file.take(4).read_to_end(&mut start).map_err(Error::file(path))?;
    Ok(match start.as_slice() {
        b"PAR1" => Box::new(parquet::ParquetSource::open(path, &reading.wanted)?),
        [0x1f, 0x8b, ..] => return Err(Error::content(path, "is packed by gzip; unpack it first")),
        [b'P', b'K', 3, 4] => {
            return Err(Error::content(path, "is a zip file (or a spreadsheet); unpack it, or save it as CSV"));
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            return Err(Error::content(path, "is UTF-16; save it as UTF-8"));
        }
        _ => Box::new(csv::CsvSource::open(path, reading.header, reading.delimiter, &reading.wanted)?),
    })
}

fn report(counts: &mut Counts, path: &Path, line: u64, columns: &Columns, refusal: &Refusal) {
    if let Some(shown) = counts.refuse(&path.display().to_string(), line, columns, refusal) {
        eprintln!("{shown}");
        if counts.refused() == refusal::SHOWN {
            eprintln!("further rows like these are only counted");
        }
    }
}

/// The clock, in milliseconds since 1970.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
