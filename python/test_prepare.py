#!/usr/bin/env python3
"""Checks the committed data and the words in it.

    python3 -m unittest discover python

With HOMEBODY_DATA=path/to/completejourney/events.parquet (every line of the source, with the
source's household numbers) it also checks that the purchases agree with it.
"""

import os
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from readable import TOKEN, readable, size, table  # noqa: E402

try:
    import polars as pl
except ImportError:
    pl = None

DATA = HERE.parent / "www" / "data"
NEED_POLARS = "polars is missing, the data is not checked: python3 -m pip install -r python/requirements.txt"
if pl is None:
    print(NEED_POLARS, file=sys.stderr)  # a quiet skip would look like a pass
NOT_A_PRODUCT = (
    r"(?i)gasoline|fuel|coupon|gift card|calling card|lottery|ticket|deposit|donation|key ring|sales trans|cigar"
    r"|tobacco|snuff|propane|processing|prepaid|wireless|suppl(y|ies) transactions|miscellaneous|no commodity"
)


class Words(unittest.TestCase):
    def test_texts(self):
        for source, shown in [
            ("FRZN MEAT/MEAT DINNERS", "Frozen Meat & Meat Dinners"),
            ("RAZORS AND BLADES", "Razors & Blades"),
            ("BBQ SAUCE", "Barbecue Sauce"),
            ("CANDY BARS (SINGLES)(INCLUDING", "Candy Bars"),
            ("FEM. HYGN.NAPKINS", "Feminine Hygiene Napkins"),
        ]:
            self.assertEqual(readable(source), shown)

    def test_sizes(self):
        for source, shown in [
            ("16 OZ", "16 oz"), ("L      8 OZ", "8 oz"), ("8 1/2 OZ", "8.5 oz"), ("7-3/4 OZ", "7.75 oz"), ("3/4 OZ", "0.75 oz"),
            ("6/16 OZ", "6 × 16 oz"), ("1/2 GAL", "1/2 gal"), ("DZ", "1 dozen"),
            ("10/6.75 OZ", "10 × 6.75 oz"), ("18 OZ/30 CT", "30 ct, 18 oz"), ("83.5 SQ FT", "83.5 sq ft"), ("14.0 OZ", "14 oz"),
            ("974246  PK", ""), ("22515 32 OZ", "32 oz"), ("48-54 CT", ""), ("CTN", ""), (None, ""), ("2 LB(32 OZ)", "2 lb"),
        ]:
            self.assertEqual(size(source), shown, source)

    def test_tables_are_sorted_out(self):
        for name, key in [("abbreviations.csv", 1), ("names.csv", 2), ("categories.csv", 2)]:
            keys = [tuple(row.values())[:key] for row in table(name)]
            self.assertEqual(len(keys), len(set(keys)), name)
        self.assertLessEqual(len({row["department"] for row in table("categories.csv")} - {""}), 20)


@unittest.skipIf(pl is None, NEED_POLARS)
class Data(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.items = pl.read_parquet(DATA / "items.parquet")
        cls.purchases = pl.read_parquet(DATA / "purchases.parquet")
        cls.tiles = cls.items.filter(pl.col("item_id") == pl.col("shop_item"))

    def test_size_of_the_files(self):
        together = sum((DATA / name).stat().st_size for name in ("purchases.parquet", "items.parquet", "NOTICE"))
        self.assertLessEqual(together, 10_000_000)

    def test_columns(self):
        i32, text = pl.Int32, pl.String
        self.assertEqual(dict(self.purchases.schema), {
            "user_id": i32, "basket_id": i32, "item_id": i32, "ts": pl.Int64, "quantity": i32, "price": pl.Float32})
        self.assertEqual(dict(self.items.schema), {
            "item_id": i32, "name": text, "brand": text, "size": text, "department": text, "category": text,
            "type": text, "price": pl.Float32, "shop_item": i32})

    def test_every_line_and_every_bought_item_is_there(self):
        self.assertEqual(self.purchases.height, 1_469_307)
        self.assertEqual(sorted(self.purchases["user_id"].unique()), list(range(1, 2_470)))
        self.assertTrue(self.items["item_id"].is_unique().all())
        self.assertEqual(set(self.purchases["item_id"]), set(self.items["item_id"]))
        for column in ("name", "brand", "size", "department", "category", "type"):
            self.assertEqual(self.items[column].null_count(), 0, column)

    def test_no_two_tiles_read_alike(self):
        folded = self.tiles.select(
            pl.concat_str(pl.col("name", "brand", "size").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars(),
                          separator="\t"))
        self.assertTrue(folded.to_series().is_unique().all())

    def test_every_shop_item_is_a_tile(self):
        shown = set(self.items["shop_item"].drop_nulls())
        self.assertEqual(shown, set(self.tiles["item_id"]))

    def test_tiles_can_be_shown(self):
        for column in ("name", "brand", "department", "category"):
            self.assertEqual(self.tiles.filter(pl.col(column) == "").height, 0, column)
        self.assertLessEqual(self.tiles["department"].n_unique(), 20)
        self.assertEqual(self.tiles.filter(pl.col("price") <= 0).height, 0)

    def test_only_products_are_sold(self):
        shown = pl.concat([self.tiles["name"], self.tiles["category"], self.tiles["department"]])
        self.assertEqual(sorted(shown.filter(shown.str.contains(NOT_A_PRODUCT)).unique()), [])

    def test_no_abbreviation_is_shown(self):
        texts = {text for column in ("name", "category", "department") for text in self.tiles[column]}
        self.assertEqual(sorted(text for text in texts if TOKEN.search(text.upper())), [])

    @unittest.skipUnless("HOMEBODY_DATA" in os.environ, "HOMEBODY_DATA does not name an events.parquet")
    def test_purchases_agree_with_the_source(self):
        columns = ["basket_id", "ts", "item_id", "quantity", "price"]
        events = pl.read_parquet(os.environ["HOMEBODY_DATA"])
        ordered = lambda frame: frame.select(columns).sort(columns)
        self.assertTrue(ordered(events).equals(ordered(self.purchases)))
        # The same people behind the same baskets, under other numbers.
        people = events.select("basket_id", source="user_id").unique().join(
            self.purchases.select("basket_id", "user_id").unique(), on="basket_id")
        pairs = people.select("source", "user_id").unique()
        self.assertEqual((pairs.height, pairs["source"].n_unique(), pairs["user_id"].n_unique()), (2_469, 2_469, 2_469))
        self.assertLess(pairs.filter(pl.col("source") == pl.col("user_id")).height, 20)


if __name__ == "__main__":
    unittest.main()
