//! Rows of a Parquet file, batch by batch; usual column types are converted, others refused.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, BinaryArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::columns::{self, Columns, Wanted};
use super::field::Field;
use super::filter::Filters;
use super::refusal::{Reason, Refusal};
use super::row::{Cell, Each, Row, Source};
use crate::error::{Error, Result};
use crate::progress::Progress;

const BATCH: usize = 8_192;

pub struct ParquetSource {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
    header: Vec<String>,
    columns: Columns,
    /// Each field's place among the columns that the reader gives, and how it is read.
    fields: Vec<(Field, usize, Reading)>,
    filters: Filters,
    /// The columns that the reader gives, in its order.
    given: Vec<usize>,
    rows: u64,
}

impl ParquetSource {
    pub fn open(path: &Path, wanted: &Wanted) -> Result<Self> {
        let file = File::open(path).map_err(Error::file(path))?;
        let broken = |error| Error::content(path, format!("no whole Parquet file: {error}"));
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(broken)?;

        let schema = builder.schema().clone();
        let header: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let columns = columns::by_header(&header, wanted).map_err(|message| Error::content(path, message))?;
        let filters = Filters::new(&wanted.filters, &header).map_err(|message| Error::content(path, message))?;
        let mut given: Vec<usize> = columns.found().map(|(_, column)| column).chain(filters.columns()).collect();
        given.sort_unstable();
        given.dedup();
        let fields = columns.found().map(|(field, column)| {
            let reading = Reading::of(field, schema.field(column).data_type()).map_err(|found| {
                let name = &header[column];
                let (what, right) = (field.name(), field.right());
                Error::content(path, format!("column {name} is {found}; right for the {what} would be {right}"))
            })?;
            Ok((field, place(&given, column), reading))
        });
        let fields = fields.collect::<Result<_>>()?;

        let mask = ProjectionMask::roots(builder.parquet_schema(), given.iter().copied());
        let rows = builder.metadata().file_metadata().num_rows().max(0) as u64;
        let reader = builder.with_projection(mask).with_batch_size(BATCH).build().map_err(broken)?;
        Ok(Self { path: path.into(), reader, header, columns, fields, filters, given, rows })
    }

    fn values(&self, batch: &RecordBatch) -> Result<Vec<(Field, Values)>> {
        let read = |(field, place, reading): &(Field, usize, Reading)| {
            let values = reading
                .apply(batch.column(*place))
                .map_err(|error| Error::content(&self.path, format!("the {}'s column: {error}", field.name())))?;
            Ok((*field, values))
        };
        self.fields.iter().map(read).collect()
    }

    /// The columns that are filtered by, as text.
    fn filtered(&self, batch: &RecordBatch) -> Result<HashMap<usize, StringArray>> {
        let text = |column: usize| {
            let values = Reading::Text.apply(batch.column(place(&self.given, column))).map_err(|error| {
                Error::content(&self.path, format!("column {} is no text to filter by: {error}", self.header[column]))
            })?;
            let Values::Text(texts) = values else { unreachable!("texts are read as texts") };
            Ok((column, texts))
        };
        self.filters.columns().map(text).collect()
    }
}

impl Source for ParquetSource {
    fn describe(&self) -> String {
        let meaning = |(field, column): (Field, usize)| format!("{} = {}", field.name(), self.header[column]);
        let columns: Vec<String> = self.columns.found().map(meaning).collect();
        format!("Parquet, {} rows: {}", self.rows, columns.join(", "))
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn header(&self) -> Option<&[String]> {
        Some(&self.header)
    }

    fn rows(&mut self, each: &mut Each<'_>) -> Result<()> {
        let progress = Progress::steps(self.rows, "reading");
        let mut number = 0;
        while let Some(batch) = self.reader.next() {
            let batch = batch.map_err(|error| Error::content(&self.path, format!("after row {number}: {error}")))?;
            let values = self.values(&batch)?;
            let filtered = self.filtered(&batch)?;
            for index in 0..batch.num_rows() {
                number += 1;
                let text = |column| match &filtered[&column] {
                    texts if texts.is_null(index) => "".into(),
                    texts => texts.value(index).into(),
                };
                if !self.filters.keep(text) {
                    continue;
                }
                let mut row = Ok(Row::empty());
                for (field, values) in &values {
                    match (values.cell(*field, index), &mut row) {
                        (Ok(cell), Ok(row)) => row.set(*field, cell),
                        (Err(refusal), _) => row = Err(refusal),
                        (Ok(_), Err(_)) => {}
                    }
                }
                each(number, row)?;
            }
            progress.advance(batch.num_rows() as u64);
        }
        self.filters.finish().map_err(|message| Error::content(&self.path, message))
    }
}

/// Where a column stands among those that the reader gives.
fn place(given: &[usize], column: usize) -> usize {
    given.partition_point(|other| *other < column)
}

/// How a column's type becomes one of ours.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reading {
    Int,
    Float,
    Text,
    /// Texts that the writer did not mark as such; each is checked.
    Bytes,
    Millis,
}

impl Reading {
    fn of(field: Field, found: &DataType) -> Result<Self, &DataType> {
        use DataType::*;
        let reading = match found {
            Dictionary(_, values) => return Self::of(field, values).map_err(|_| found),
            Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 => Self::Int,
            // As text, since the upper half is beyond i64; so are whole decimals.
            UInt64 | Decimal32(_, 0) | Decimal64(_, 0) | Decimal128(_, 0) | Decimal256(_, 0) => Self::Text,
            Float16 | Float32 | Float64 => Self::Float,
            Decimal32(..) | Decimal64(..) | Decimal128(..) | Decimal256(..) => Self::Float,
            Utf8 | LargeUtf8 | Utf8View => Self::Text,
            Binary | LargeBinary | BinaryView => Self::Bytes,
            Timestamp(..) | Date32 | Date64 => Self::Millis,
            _ => return Err(found),
        };
        let text = matches!(reading, Self::Text | Self::Bytes);
        let fits = match field {
            Field::Time => true,
            Field::User | Field::Item | Field::Order | Field::ShopItem | Field::Session => reading != Self::Millis,
            Field::Price | Field::Quantity | Field::Rating | Field::Position => reading != Self::Millis,
            Field::Kind | Field::Name | Field::Brand | Field::Size | Field::Category | Field::Department => text,
        };
        if fits { Ok(reading) } else { Err(found) }
    }

    fn apply(self, array: &ArrayRef) -> Result<Values, arrow_schema::ArrowError> {
        // A value that does not fit is an error, not a silent null.
        let options = CastOptions { safe: false, ..CastOptions::default() };
        let cast = |array: &ArrayRef, target: &DataType| cast_with_options(array, target, &options);
        Ok(match self {
            Self::Int => Values::Int(cast(array, &DataType::Int64)?.as_primitive::<Int64Type>().clone()),
            Self::Float => Values::Float(cast(array, &DataType::Float64)?.as_primitive::<Float64Type>().clone()),
            Self::Text => Values::Text(cast(array, &DataType::Utf8)?.as_string::<i32>().clone()),
            Self::Bytes => Values::Bytes(cast(array, &DataType::Binary)?.as_binary::<i32>().clone()),
            Self::Millis => {
                let zone = match array.data_type() {
                    DataType::Timestamp(_, zone) => zone.as_ref().map(Arc::clone),
                    _ => None,
                };
                let millis = cast(array, &DataType::Timestamp(TimeUnit::Millisecond, zone))?;
                Values::Millis(cast(&millis, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
            }
        })
    }
}

enum Values {
    Int(Int64Array),
    Float(Float64Array),
    Text(StringArray),
    Bytes(BinaryArray),
    Millis(Int64Array),
}

impl Values {
    fn cell(&self, field: Field, index: usize) -> Result<Cell<'_>, Refusal> {
        let array: &dyn Array = match self {
            Self::Int(array) | Self::Millis(array) => array,
            Self::Float(array) => array,
            Self::Text(array) => array,
            Self::Bytes(array) => array,
        };
        if array.is_null(index) {
            return Ok(Cell::Missing);
        }
        Ok(match self {
            Self::Int(array) => Cell::Int(array.value(index)),
            Self::Millis(array) => Cell::Millis(array.value(index)),
            // What pandas writes for "nothing" in a column of numbers.
            Self::Float(array) if array.value(index).is_nan() => Cell::Missing,
            Self::Float(array) => Cell::Float(array.value(index)),
            Self::Text(array) => Cell::text(array.value(index)),
            Self::Bytes(array) => Cell::text(
                std::str::from_utf8(array.value(index)).map_err(|error| Refusal::of(Reason::NotUtf8, field, error))?,
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::types::Int32Type;
    use arrow_array::{BooleanArray, DictionaryArray, Int32Array, LargeStringArray, TimestampMicrosecondArray};
    use parquet::arrow::ArrowWriter;

    fn file(columns: Vec<(&str, ArrayRef)>) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).unwrap();
        let mut writer = ArrowWriter::try_new(file.reopen().unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        file
    }

    #[test]
    fn usual_types_are_converted() {
        let kinds: DictionaryArray<Int32Type> = vec!["view", "cart"].into_iter().collect();
        let file = file(vec![
            ("user_id", Arc::new(Int32Array::from(vec![Some(7), None]))),
            ("item_id", Arc::new(LargeStringArray::from(vec!["a", "b"]))),
            ("ts", Arc::new(TimestampMicrosecondArray::from(vec![1_700_000_000_000_000, 1]).with_timezone("UTC"))),
            ("kind", Arc::new(kinds)),
            ("price", Arc::new(Float64Array::from(vec![f64::NAN, 1.5]))),
            ("ignored", Arc::new(BooleanArray::from(vec![true, false]))),
        ]);
        let mut source = ParquetSource::open(file.path(), &Wanted::default()).unwrap();
        let mut rows = Vec::new();
        source
            .rows(&mut |number, row| {
                rows.push((number, format!("{:?}", &row.unwrap().0[..6])));
                Ok(())
            })
            .unwrap();
        assert_eq!(rows[0].1, r#"[Int(7), Text("a"), Millis(1700000000000), Text("view"), Missing, Missing]"#);
        assert_eq!(rows[1].1, r#"[Missing, Text("b"), Millis(0), Text("cart"), Missing, Float(1.5)]"#);
    }

    #[test]
    fn other_types_are_refused_by_name() {
        let file = file(vec![("user_id", Arc::new(BooleanArray::from(vec![true])) as ArrayRef)]);
        let error = ParquetSource::open(file.path(), &Wanted::default()).err().unwrap().to_string();
        assert!(error.contains("user_id") && error.contains("Boolean") && error.contains("whole number"), "{error}");
    }

    #[test]
    fn bytes_that_are_no_text_are_a_refusal() {
        let bytes = BinaryArray::from(vec![b"ok".as_slice(), b"\xff"]);
        let values = Values::Bytes(bytes);
        assert_eq!(values.cell(Field::User, 0), Ok(Cell::Text("ok")));
        assert_eq!(values.cell(Field::User, 1).unwrap_err().reason, Reason::NotUtf8);
    }
}
