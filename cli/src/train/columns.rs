//! A shop's own columns of items.parquet, as they go into the bundle.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef};
use arrow_cast::cast;
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::bundle::{Labels, Tensor};
use crate::error::{Error, Result};
use crate::import::{Field, Item};

/// One value for each item of the bundle.
enum Column {
    /// NaN where nothing is known.
    Numbers(Vec<f32>),
    /// Empty where nothing is known.
    Texts(Vec<String>),
}

/// The tensors `column.NAME` of the named columns, in the order of the bundle's items.
pub fn tensors(path: &Path, names: &[String], items: &[Item]) -> Result<Vec<(String, Tensor)>> {
    let places: HashMap<&str, usize> =
        items.iter().enumerate().map(|(place, item)| (item.id.as_str(), place)).collect();
    let mut tensors = Vec::new();
    for name in names {
        match read(path, name, &places)? {
            Column::Numbers(values) => tensors.push((format!("column.{name}"), Tensor::f32(&values))),
            Column::Texts(values) => {
                let labels = Labels::new(&values.iter().map(String::as_str).collect::<Vec<_>>(), Some(""))?;
                let (text, offsets) = Tensor::texts(&labels.names)?;
                tensors.push((format!("column.{name}"), Tensor::u16(&labels.of)));
                tensors.push((format!("column.{name}.names"), text));
                tensors.push((format!("column.{name}.names.offsets"), offsets));
            }
        }
    }
    Ok(tensors)
}

fn read(path: &Path, name: &str, places: &HashMap<&str, usize>) -> Result<Column> {
    let broken = |error: &dyn std::fmt::Display| Error::content(path, format!("no whole Parquet file: {error}"));
    let file = File::open(path).map_err(Error::file(path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| broken(&error))?;
    let schema = reader.schema().clone();
    let header: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let column = header.iter().position(|column| *column == name).ok_or_else(|| {
        Error::content(path, format!("has no column {name:?} for --columns; its columns are {}", header.join(", ")))
    })?;
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let mut usual = Field::Item.usual_names().iter();
    let id = usual.find_map(|usual| header.iter().position(|column| plain(column) == **usual));
    let id = id.ok_or_else(|| {
        Error::content(path, format!("has no column of item ids; its columns are {}", header.join(", ")))
    })?;
    let found = schema.field(column).data_type();
    let numbers = found.is_numeric() || *found == DataType::Boolean;
    if !numbers
        && !matches!(found, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..))
    {
        return Err(Error::content(
            path,
            format!("column {name} is {found}; right for --columns would be numbers or texts"),
        ));
    }

    let target = if numbers { DataType::Float64 } else { DataType::Utf8 };
    let (mut values, mut texts) = (vec![f32::NAN; places.len()], vec![String::new(); places.len()]);
    for batch in reader.build().map_err(|error| broken(&error))? {
        let batch = batch.map_err(|error| broken(&error))?;
        let as_type = |column: usize, target: &DataType| -> Result<ArrayRef> {
            cast(batch.column(column), target).map_err(|error| broken(&error))
        };
        let (ids, array) = (as_type(id, &DataType::Utf8)?, as_type(column, &target)?);
        for (row, id) in ids.as_string::<i32>().iter().enumerate() {
            let Some(&place) = id.and_then(|id| places.get(id.trim())) else { continue };
            match numbers {
                _ if array.is_null(row) => {}
                true => values[place] = array.as_primitive::<Float64Type>().value(row) as f32,
                false => texts[place] = array.as_string::<i32>().value(row).trim().to_string(),
            }
        }
    }
    Ok(if numbers { Column::Numbers(values) } else { Column::Texts(texts) })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{BooleanArray, Date32Array, Int32Array, RecordBatch, StringArray};
    use parquet::arrow::ArrowWriter;

    use super::*;

    fn file() -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("Item_ID", Arc::new(Int32Array::from(vec![3, 1, 2]))),
            ("grams", Arc::new(Int32Array::from(vec![Some(500), None, Some(20)]))),
            ("colour", Arc::new(StringArray::from(vec![Some("red"), Some("blue"), None]))),
            ("vegan", Arc::new(BooleanArray::from(vec![true, false, true]))),
            ("since", Arc::new(Date32Array::from(vec![1, 2, 3]))),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).unwrap();
        let mut writer = ArrowWriter::try_new(file.reopen().unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        file
    }

    fn items() -> Vec<Item> {
        ["1", "2", "3", "4"].map(Item::unknown).into()
    }

    #[test]
    fn numbers_and_texts_stand_in_the_order_of_the_items() {
        let file = file();
        let names = ["grams", "colour", "vegan"].map(String::from);
        let tensors: HashMap<String, Tensor> = tensors(file.path(), &names, &items()).unwrap().into_iter().collect();
        assert_eq!(tensors["column.grams"], Tensor::f32(&[f32::NAN, 20.0, 500.0, f32::NAN]));
        assert_eq!(tensors["column.vegan"], Tensor::f32(&[0.0, 1.0, 1.0, f32::NAN]));
        assert_eq!(tensors["column.colour"], Tensor::u16(&[0, 1, 2, 1]));
        assert_eq!(tensors["column.colour.names"], Tensor::u8(b"bluered"));
        assert_eq!(tensors["column.colour.names.offsets"], Tensor::u32(&[0, 4, 4, 7]));
    }

    #[test]
    fn what_is_not_there_or_is_no_feature_is_said() {
        let file = file();
        let error = |name: &str| tensors(file.path(), &[name.into()], &items()).err().unwrap().to_string();
        assert!(error("size").contains("its columns are Item_ID, grams, colour"), "{}", error("size"));
        assert!(error("since").contains("numbers or texts"), "{}", error("since"));
    }
}
