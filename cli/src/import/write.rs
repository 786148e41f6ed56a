//! The clean files, written group by group. A file appears under its name only when it is whole.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{Float32Builder, Int64Builder, StringBuilder, UInt32Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::items::Item;
use super::rows::Interaction;
use crate::error::{Error, Result};

/// Rows that are kept as they come before they are handed to the writer.
const BATCH: usize = 16_384;
/// Rows that share a row group: what the writer holds, compressed, before it writes.
const GROUP: usize = 1 << 18;

/// A Parquet file that is not there until it is finished.
struct Table {
    path: PathBuf,
    part: PathBuf,
    writer: ArrowWriter<File>,
}

impl Table {
    fn create(path: PathBuf, schema: &Arc<Schema>) -> Result<Self> {
        let part = path.with_extension("parquet.part");
        let file = File::create(&part).map_err(Error::file(&part))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP))
            .build();
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties));
        let writer = writer.map_err(|error| cannot_write(&part, error))?;
        Ok(Self { path, part, writer })
    }

    fn write(&mut self, columns: Vec<ArrayRef>, schema: &Arc<Schema>) -> Result<()> {
        let batch = RecordBatch::try_new(schema.clone(), columns).expect("the columns follow the schema");
        self.writer.write(&batch).map_err(|error| cannot_write(&self.part, error))
    }

    fn finish(self) -> Result<()> {
        self.writer.close().map_err(|error| cannot_write(&self.part, error))?;
        std::fs::rename(&self.part, &self.path).map_err(Error::file(&self.path))
    }
}

fn cannot_write(path: &Path, error: ParquetError) -> Error {
    Error::content(path, format!("cannot be written: {error}"))
}

/// Writes `interactions.parquet`.
pub struct Interactions {
    table: Table,
    schema: Arc<Schema>,
    user: StringBuilder,
    item: StringBuilder,
    kind: StringBuilder,
    at: Int64Builder,
    order: StringBuilder,
    price: Float32Builder,
    quantity: UInt32Builder,
    rating: Float32Builder,
    waiting: usize,
}

impl Interactions {
    pub fn create(path: PathBuf) -> Result<Self> {
        let schema = Arc::new(Schema::new(vec![
            Field::new("user", DataType::Utf8, false),
            Field::new("item", DataType::Utf8, false),
            Field::new("kind", DataType::Utf8, false),
            Field::new("at", DataType::Int64, false),
            Field::new("order", DataType::Utf8, true),
            Field::new("price", DataType::Float32, true),
            Field::new("quantity", DataType::UInt32, true),
            Field::new("rating", DataType::Float32, true),
        ]));
        Ok(Self {
            table: Table::create(path, &schema)?,
            schema,
            user: StringBuilder::new(),
            item: StringBuilder::new(),
            kind: StringBuilder::new(),
            at: Int64Builder::new(),
            order: StringBuilder::new(),
            price: Float32Builder::new(),
            quantity: UInt32Builder::new(),
            rating: Float32Builder::new(),
            waiting: 0,
        })
    }

    /// Takes an interaction with `item`, which is the one that the shop shows for it.
    pub fn push(&mut self, interaction: &Interaction<'_>, item: &str) -> Result<()> {
        self.user.append_value(&interaction.user);
        self.item.append_value(item);
        self.kind.append_value(interaction.kind);
        self.at.append_value(interaction.at);
        self.order.append_option(interaction.order.as_deref());
        self.price.append_option(interaction.price);
        self.quantity.append_option(interaction.quantity);
        self.rating.append_option(interaction.rating);
        self.waiting += 1;
        if self.waiting == BATCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        self.waiting = 0;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.user.finish()),
            Arc::new(self.item.finish()),
            Arc::new(self.kind.finish()),
            Arc::new(self.at.finish()),
            Arc::new(self.order.finish()),
            Arc::new(self.price.finish()),
            Arc::new(self.quantity.finish()),
            Arc::new(self.rating.finish()),
        ];
        self.table.write(columns, &self.schema)
    }

    pub fn finish(mut self) -> Result<()> {
        self.flush()?;
        self.table.finish()
    }
}

/// Writes `items.parquet`.
pub fn items(path: PathBuf, items: &[Item]) -> Result<()> {
    let text = |name| Field::new(name, DataType::Utf8, false);
    let schema = Arc::new(Schema::new(vec![
        text("item"),
        text("name"),
        text("brand"),
        text("size"),
        text("category"),
        Field::new("price", DataType::Float32, true),
    ]));
    let mut table = Table::create(path, &schema)?;
    for items in items.chunks(BATCH) {
        let texts = |get: fn(&Item) -> &String| -> ArrayRef {
            Arc::new(arrow_array::StringArray::from_iter_values(items.iter().map(get)))
        };
        let price = arrow_array::Float32Array::from_iter(items.iter().map(|item| item.price));
        let columns = vec![
            texts(|item| &item.id),
            texts(|item| &item.name),
            texts(|item| &item.brand),
            texts(|item| &item.size),
            texts(|item| &item.category),
            Arc::new(price),
        ];
        table.write(columns, &schema)?;
    }
    table.finish()
}
