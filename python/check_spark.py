#!/usr/bin/env python3
"""Runs spark_als.py here and checks its bundle: `homebody inspect`, Node, and a headless Chromium.

    cargo build --release -p homebody-cli && cargo xtask package
    python3 python/check_spark.py
    python3 python/check_spark.py --sizes      # several sizes, for docs/spark.md; takes half an hour

Puts PySpark into a venv of its own, and needs Java 17 or 21. As root on Debian it installs what is missing.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from load_bundle import ROOT, in_chromium, in_node
from measured import Run, run

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute()
PROGRAM = Path(os.environ.get("HOMEBODY_BIN", TARGET / "release" / "homebody")).absolute()
PACKAGES = ("pyspark==4.3.0", "numpy==2.4.6", "safetensors==0.8.0", "pyarrow==26.0.1")
JAVA = "openjdk-17-jre-headless"
# Shares of the users; above 1 the table is repeated with other users.
SIZES = (0.1, 0.3, 1, 3)

# The first so many percent of the users by number, or all of them several times, as other users with other orders.
RESIZE = """
import sys
import pyarrow as pa, pyarrow.compute as pc, pyarrow.parquet as pq
source, out, size, user, order = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4], sys.argv[5]
rows = pq.read_table(source)
if size < 1:
    users = sorted(pc.unique(rows[user]).to_pylist())
    rows = rows.filter(pc.is_in(rows[user], pa.array(users[: int(len(users) * size)], rows[user].type)))
def copy(number):
    names = {name: pc.add(rows[name], pa.scalar(number * (pc.max(rows[name]).as_py() + 1), rows[name].type)) for name in (user, order)}
    return pa.table({name: names.get(name, rows[name]) for name in rows.column_names})
pq.write_table(pa.concat_tables([copy(number) for number in range(max(1, int(size)))]), out)
"""


def java() -> None:
    """Java 17 or later, which PySpark 4 needs."""

    def version() -> int:
        home = os.environ.get("JAVA_HOME")
        program = f"{home}/bin/java" if home else "java"
        if shutil.which(program) is None:
            return 0
        words = subprocess.run([program, "-version"], capture_output=True, text=True).stderr
        found = re.search(r'version "(\d+)', words)
        return int(found[1]) if found else 0

    if version() == 0 and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", JAVA], check=True)
    if version() < 17:
        raise SystemExit(f"Java {version() or 'is missing'}; PySpark needs 17 or later, on Debian: apt-get install {JAVA}")


def python() -> Path:
    """A Python with PySpark, made once."""
    own = TARGET / "spark"
    ready = own / "ready"
    if not ready.exists() or ready.read_text() != " ".join(PACKAGES):
        print(f"installing {', '.join(PACKAGES)} into {own}")
        venv.create(own, with_pip=True, clear=True)
        subprocess.run([own / "bin" / "python", "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        ready.write_text(" ".join(PACKAGES))
    return own / "bin" / "python"


def train(python: Path, given, source: Path, out: Path) -> Run:
    command = [python, ROOT / "python" / "spark_als.py", "--input", source, "--out", out, "--order", given.order]
    command += ["--user", given.user, "--item", given.item, "--rank", given.rank, "--iterations", given.iterations]
    if given.items.exists():
        command += ["--items", given.items]
    done = run(command)
    if done.code != 0:
        raise SystemExit(f"Spark failed:\n{done.text}")
    return done


def check(bundle: Path) -> None:
    """What a shop would do with it."""
    done = subprocess.run([PROGRAM, "inspect", bundle, "--top", "3"], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"homebody inspect refuses the bundle: {done.stderr}")
    print("homebody inspect:", done.stdout.partition("\n")[0])
    if not (ROOT / "pkg" / "homebody_bg.wasm").exists():
        print("Node and Chromium: skipped, pkg/ is not built: cargo xtask package")
        return
    print(f"Node: version {in_node(bundle)}")
    print(f"Chromium: {in_chromium(bundle)}")


def measure(python: Path, given, folder: Path, size: float) -> None:
    """One size. CPU seconds too, since other work on the machine lengthens the others."""
    source, out = given.data.absolute(), folder / f"{size}.safetensors"
    if size != 1:
        source = folder / f"{size}.parquet"
        subprocess.run([python, "-c", RESIZE, given.data, source, str(size), given.user, given.order], check=True)
    done = train(python, given, source, out)
    pairs, users, items = map(int, re.search(r"counted: (\d+) pairs of (\d+) users and (\d+) items", done.text).groups())
    (_, read), (_, trained) = done.at("read and counted"), done.at("trained: ")
    print(f"\n× {size}: {pairs:,} pairs of {users:,} users and {items:,} items")
    print(f"CPU s: {read:.0f} start and reading, {trained - read:.0f} training, {done.cpu:.0f} in all", end="; ")
    print(f"{done.wall:.0f} s; peak {done.peak / 1e6:,.0f} MB", flush=True)
    check(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=ROOT / "www" / "data" / "purchases.parquet")
    parser.add_argument("--items", type=Path, help="default: items.parquet beside the data")
    parser.add_argument("--user", default="user_id")
    parser.add_argument("--item", default="item_id")
    parser.add_argument("--order", default="basket_id")
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--iterations", type=int, default=12)
    parser.add_argument("--sizes", action="store_true")
    given = parser.parse_args()
    given.items = given.items or given.data.with_name("items.parquet")
    if sys.platform != "linux":
        raise SystemExit("this check reads /proc and runs on Linux only; spark_als.py itself runs anywhere")
    if not PROGRAM.exists():
        raise SystemExit(f"{PROGRAM} is missing: cargo build --release -p homebody-cli")
    java()
    own = python()
    out = TARGET / "spark-check"
    out.mkdir(parents=True, exist_ok=True)
    for size in SIZES if given.sizes else (1,):
        measure(own, given, out, size)


if __name__ == "__main__":
    main()
