//! Parquet in, whatever its column types.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int32Array, ListArray, RecordBatch, StringViewArray,
};
use parquet::arrow::ArrowWriter;

use crate::shop::Shop;
use crate::{run, text};

fn write(shop: &Shop, name: &str, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).unwrap();
    let file = std::fs::File::create(shop.path(name)).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn rows_are_refused_by_their_number() {
    let shop = Shop::imported();
    let columns: Vec<(&str, ArrayRef)> = vec![
        // A column of numbers with a gap, as pandas writes it.
        ("customer_id", Arc::new(Float64Array::from(vec![Some(1.0), None, Some(3.5), Some(4.0)]))),
        ("sku", Arc::new(StringViewArray::from(vec!["a", "a", "a", "b"]))),
        ("date", Arc::new(Date32Array::from(vec![19_844, 19_844, 19_844, 40_000]))),
    ];
    write(&shop, "t.parquet", columns);
    let (table, out) = (shop.path("t.parquet"), shop.path("out"));
    let run = run(["import", text(&table), "--out", text(&out)]).ok();
    assert!(run.out().contains("read 4, kept 1, refused 3"), "{}", run.out());
    for place in ["t.parquet:2:1: user: no user", "t.parquet:3:1: user: 3.5", "t.parquet:4:3: time:"] {
        assert!(run.err().contains(place), "{place}: {}", run.err());
    }
}

#[test]
fn a_type_that_fits_nothing_is_named() {
    let shop = Shop::imported();
    let lists = ListArray::from_iter_primitive::<arrow_array::types::Int32Type, _, _>(vec![Some(vec![Some(1)])]);
    let flag: ArrayRef = Arc::new(BooleanArray::from(vec![true]));
    for (column, array, found) in [("item_id", Arc::new(lists) as ArrayRef, "List"), ("ts", flag, "Boolean")] {
        let mut columns: Vec<(&str, ArrayRef)> = ["user_id", "item_id", "ts"]
            .map(|name| (name, Arc::new(Int32Array::from(vec![1_700_000_000])) as ArrayRef))
            .into();
        columns.iter_mut().find(|(name, _)| *name == column).unwrap().1 = array;
        write(&shop, "t.parquet", columns);
        let (table, out) = (shop.path("t.parquet"), shop.path("out"));
        let run = run(["import", text(&table), "--out", text(&out)]).failed();
        let err = run.err();
        assert!(err.contains(column) && err.contains(found) && err.contains("right for the"), "{err}");
    }
}

/// What was imported can be imported again, and stays the same.
#[test]
fn our_own_files_are_a_fixed_point() {
    let shop = Shop::imported();
    let (table, items, again) =
        (shop.path("data/interactions.parquet"), shop.path("data/items.parquet"), shop.path("again"));
    let run = run(["import", text(&table), "--items", text(&items), "--out", text(&again)]).ok();
    assert!(run.out().contains("read 360, kept 360, refused 0"), "{}", run.out());
    for name in ["interactions.parquet", "items.parquet"] {
        let read = |folder: &str| std::fs::read(shop.path(folder).join(name)).unwrap();
        assert!(read("data") == read("again"), "{name} differs");
    }
}
