#!/usr/bin/env python3
"""Item factors by PySpark's ALS, on one machine or a cluster, written as a bundle.

    spark-submit --py-files homebody_bundle.zip spark_als.py --input s3a://shop/orders --user customer \\
        --item sku --order order_id --out s3a://shop/factors.safetensors

docs/spark.md says how, and what it costs. Interactions stay where they are: what comes to the driver
is one row for each item. No Python runs on the workers, so they need no packages.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from homebody_bundle import Bundle
from pyspark.ml.recommendation import ALS
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

# Hash pieces in which names are numbered side by side.
PIECES = 256


def pairs(interactions: DataFrame, user: str, item: str, order: str | None, weight: str | None) -> DataFrame:
    """user, item, orders and strength of each pair: how often the user took the item, or the sum of a
    column. Lines of one order count once; without `order` each line is one."""
    columns = [F.col(user).cast("string").alias("user"), F.col(item).cast("string").alias("item")]
    strength = F.col(weight).cast("double") if weight else F.lit(1.0)
    lines = interactions.select(*columns, F.col(order).alias("order") if order else F.lit(None).alias("order"), strength.alias("weight"))
    lines = lines.dropna(subset=["user", "item", "weight"])
    if order:
        lines = lines.groupBy("user", "item", "order").agg((F.sum if weight else F.first)("weight").alias("weight"))
    return lines.groupBy("user", "item").agg(F.count("*").alias("orders"), F.sum("weight").alias("strength"))


def vocabulary(counted: DataFrame, min_orders: int, min_users: int) -> DataFrame:
    """item, number and orders of what is taken often enough, by enough users."""
    items = counted.groupBy("item").agg(F.sum("orders").alias("orders"), F.count("*").alias("users"))
    kept = items.where((F.col("orders") >= min_orders) & (F.col("users") >= min_users))
    return numbered(kept.select("item", "orders"), "item")


def numbered(rows: DataFrame, name: str) -> DataFrame:
    """Adds `<name>_number`, 0, 1, 2 … in an order that depends on nothing but the names. ALS wants
    32-bit numbers; `StringIndexer` would bring all names to the driver."""
    piece = F.pmod(F.xxhash64(name), F.lit(PIECES))
    inside = F.row_number().over(Window.partitionBy("piece").orderBy(name))
    placed = rows.withColumn("piece", piece).withColumn("inside", inside)
    sizes = placed.groupBy("piece").agg(F.count("*").alias("size"))
    before = sizes.select("piece", (F.sum("size").over(Window.orderBy("piece")) - F.col("size")).alias("before"))
    number = (F.col("before") + F.col("inside") - 1).cast("int").alias(f"{name}_number")
    return placed.join(F.broadcast(before), "piece").select(*rows.columns, number)


def train(counted: DataFrame, items: DataFrame, settings: argparse.Namespace) -> DataFrame:
    """item, orders and factors (array of float), one row for each item of the vocabulary."""
    known = counted.join(items.select("item", "item_number"), "item")
    users = numbered(known.select("user").distinct(), "user")
    matrix = known.join(users, "user").select("user_number", "item_number", F.col("strength").cast("float"))
    als = ALS(
        implicitPrefs=True, userCol="user_number", itemCol="item_number", ratingCol="strength", rank=settings.rank,
        maxIter=settings.iterations, alpha=settings.alpha, regParam=settings.regularization, seed=settings.seed,
        numUserBlocks=settings.blocks, numItemBlocks=settings.blocks,
    )  # fmt: skip
    factors = als.fit(matrix).itemFactors.withColumnRenamed("id", "item_number").withColumnRenamed("features", "factors")
    return items.join(factors, "item_number").select("item", "orders", "factors")


def described(factors: DataFrame, catalogue: DataFrame | None, item: str) -> DataFrame:
    """Adds category, brand and price, of those that the shop's table of items has."""
    if catalogue is None:
        return factors
    have = [name for name in ("department", "category", "brand", "price") if name in catalogue.columns]
    rows = catalogue.select(F.col(item).cast("string").alias("item"), *have).dropDuplicates(["item"])
    if {"department", "category"} <= set(have):
        rows = rows.withColumn("category", F.concat_ws(" > ", "department", "category"))
    return factors.join(rows.drop("department"), "item", "left")


def bundle(factors: DataFrame, metadata: dict[str, str]) -> Bundle:
    """Brings the items to the driver, row by row: N × d floats and what is known of each."""
    names = [name for name in factors.columns if name != "factors"]
    columns: dict[str, list] = {name: [] for name in names}
    vectors = []
    for row in factors.toLocalIterator(prefetchPartitions=True):
        vectors.append(np.array(row["factors"], np.float32))
        for name in names:
            columns[name].append(row[name])
    texts = lambda name, other: [value or other for value in columns[name]] if name in columns else None
    return Bundle.of(
        columns["item"], np.stack(vectors), popularity=columns["orders"], categories=texts("category", "All > All"),
        brands=texts("brand", ""), prices=texts("price", 0.0), metadata=metadata,
    )  # fmt: skip


def write(spark: SparkSession, made: Bundle, out: str) -> None:
    """To a path of the driver, or to what Hadoop knows: s3a://, gs://, abfss://, hdfs://."""
    if "://" not in out:
        return made.write(out)
    path = spark._jvm.org.apache.hadoop.fs.Path(out)
    stream = path.getFileSystem(spark._jsc.hadoopConfiguration()).create(path, True)
    stream.write(bytearray(made.to_bytes()))
    stream.close()


def session() -> SparkSession:
    """What spark-submit set up, or all cores of this machine."""
    spark = SparkSession.builder.appName("homebody").config("spark.ui.showConsoleProgress", "false").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    if spark.sparkContext.master.startswith("local"):
        # 200 pieces, the default, are for a cluster; here most of the time would go into starting them.
        spark.conf.set("spark.sql.shuffle.partitions", str(2 * spark.sparkContext.defaultParallelism))
    return spark


def table(spark: SparkSession, path: str) -> DataFrame:
    if path.lower().endswith((".csv", ".csv.gz")):
        return spark.read.csv(path, header=True)
    return spark.read.parquet(path)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", required=True, help="Parquet (a file or a folder) or CSV: one row for each interaction")
    parser.add_argument("--user", default="user_id", help="column")
    parser.add_argument("--item", default="item_id", help="column; also of --items")
    parser.add_argument("--order", help="column: lines of one order count once")
    parser.add_argument("--weight", "--count", help="column to sum, instead of counting orders")
    parser.add_argument("--items", help="Parquet or CSV with any of department, category, brand, price")
    parser.add_argument("--rank", type=int, default=64, help="numbers in a vector")
    parser.add_argument("--iterations", type=int, default=12)
    parser.add_argument("--alpha", type=float, default=0.5, help="confidence in a pair = 1 + alpha · strength")
    parser.add_argument("--regularization", type=float, default=0.2, help="Spark multiplies it by the row's number of pairs")
    parser.add_argument("--blocks", type=int, default=10, help="pieces that are trained side by side: no more cores than that work")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--min-orders", type=int, default=25)
    parser.add_argument("--min-users", type=int, default=10)
    parser.add_argument("--out", required=True, help="factors.safetensors, on the driver or as a URL")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    if "://" not in given.out and not Path(given.out).absolute().parent.is_dir():
        # Before the hours of work, not behind them.
        raise SystemExit(f"--out {given.out}: the driver has no such folder; right would be one that is there, or a URL")
    spark = session()
    start = time.perf_counter()
    rows = table(spark, given.input)
    for option, column in [("--user", given.user), ("--item", given.item), ("--order", given.order), ("--weight", given.weight)]:
        if column and column not in rows.columns:
            raise SystemExit(f"{option} {column}: {given.input} has no such column; it has {', '.join(rows.columns)}")
    counted = pairs(rows, given.user, given.item, given.order, given.weight).persist()
    items = vocabulary(counted, given.min_orders, given.min_users).persist()
    sizes = counted.join(items, "item").agg(F.countDistinct("user"), F.countDistinct("item"), F.count("*")).first()
    if sizes[2] == 0:
        few = f"no item is in {given.min_orders} orders of {given.min_users} users"
        raise SystemExit(f"{few}; lower --min-orders and --min-users")
    counts = f"{sizes[2]} pairs of {sizes[0]} users and {sizes[1]} items"
    print(f"read and counted: {counts}, {time.perf_counter() - start:.1f} s", flush=True)

    start = time.perf_counter()
    factors = train(counted, items, given).persist()
    factors.count()
    print(f"trained: {time.perf_counter() - start:.1f} s", flush=True)

    start = time.perf_counter()
    names = ("rank", "iterations", "alpha", "regularization", "blocks", "seed", "min_orders", "min_users")
    metadata = {
        "homebody.model": f"pyspark {spark.version} ALS",
        "homebody.hyperparameters": json.dumps({name: getattr(given, name) for name in names}),
        "homebody.provenance": f"spark_als.py, {counts}",
    }
    made = bundle(described(factors, table(spark, given.items) if given.items else None, given.item), metadata)
    write(spark, made, given.out)
    print(f"{given.out}: version {made.version}, {len(made)} items, {time.perf_counter() - start:.1f} s", flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
