#!/usr/bin/env python3
"""Our trainer against the library `implicit`, and Spark beside them: time, memory, loss, quality.

    cargo build --release -p homebody-cli
    python3 -m pip install -r python/requirements.txt implicit==0.7.3 numba==0.68.1
    python3 benches/train.py www/data --rounds 3 --threads 1
    python3 benches/train.py www/data --scaling       by threads and by rows, Spark beside them where it is to be had
    python3 benches/train.py www/data --spark path/to/a/python/with/pyspark

All learn from the same matrix: purchases before the cut, items in 25 baskets of 10 users or more. Runs
take turns, so that a busy machine is busy for both. The loss is one function for all factors, and quality
is fold-in by test-then-learn (fold_in.py). It fails where our loss or quality is more than 1 % behind.
"""

import argparse
import os
import re
import statistics
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "python"), str(HERE)]

try:
    import implicit  # noqa: F401  fail here, not in a worker
    import numpy as np
    import polars as pl
    import scipy.sparse as sparse
    from fold_in import evaluate, loss, solved_users
    from homebody_bundle import Bundle, quantise
    from homebody_bundle.quantise import restore
    from measured import Run, run
    from safetensors.numpy import load_file
    from split import Split
except ImportError as missing:
    raise SystemExit(
        f"{missing.name} is missing: python3 -m pip install -r python/requirements.txt implicit==0.7.3 numba==0.68.1"
    )

BAR = 0.01


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="purchases (user_id, basket_id, item_id, ts) in Parquet, or their folder")
    parser.add_argument("--homebody", type=Path, default=os.environ.get("HOMEBODY_BIN", ROOT / "target/release/homebody"))
    parser.add_argument("--spark", metavar="PYTHON", help="a Python that has pyspark, numpy and safetensors")
    parser.add_argument("--scaling", action="store_true", help="a quarter, half and all of the users, 1 and 2 threads")
    parser.add_argument("--spark-regularization", type=float, default=0.2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--factors", type=int, default=64)
    parser.add_argument("--iterations", type=int, default=12)
    parser.add_argument("--alpha", type=float, default=0.5, help="confidence = 1 + alpha · count")
    parser.add_argument("--regularization", type=float, default=40.0)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    given = arguments()
    if not Path(given.homebody).exists():
        raise SystemExit(f"{given.homebody} is missing: cargo build --release -p homebody-cli")
    if given.scaling:
        from scaling import scaling

        return scaling(given, Bench)
    split = Split.read(given.data)
    matrix = split.matrix()
    print(f"{matrix.shape[0]} users, {matrix.shape[1]} items, {matrix.nnz} pairs; {len(split.after)} baskets after the cut")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(given, split, matrix, Path(folder))
        for number in range(given.rounds):
            print(f"round {number + 1} of {given.rounds}", file=sys.stderr)
            bench.ours()
            bench.implicit()
        if given.spark:
            bench.spark()
        bench.report()


class Bench:
    """The runs of each trainer, and the factors of its last one."""

    def __init__(self, given, split, matrix, folder: Path):
        self.given, self.split, self.matrix, self.folder = given, split, matrix, folder
        self.runs, self.items, self.own_loss = {}, {}, {}
        split.write(folder / "data" / "purchases.parquet")
        sparse.save_npz(folder / "matrix.npz", matrix)

    def measured(self, name: str, command: list, first: str, last: str, end: bool = False) -> Run:
        """Runs a trainer, or the part of it that trains; training lies between the lines with two words."""
        threads = str(self.given.threads)
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        environment["PYSPARK_SUBMIT_ARGS"] = f"--master local[{threads}] pyspark-shell"
        done = run(command, env=environment, until=last if end else None)
        if done.code != 0 and not (end and last in done.text):
            raise SystemExit(f"{name} failed:\n{done.text}")
        (wall, cpu), (end, cpu_end) = done.at(first), done.at(last)
        self.runs.setdefault(name, []).append((end - wall, cpu_end - cpu, done.wall, done.cpu, done.peak))
        return done

    def take(self, name: str, bundle: Bundle) -> None:
        if bundle.ids != self.split.names:
            raise SystemExit(f"{name} has learnt other items than the protocol's: nothing can be compared")
        self.items[name] = bundle.vectors()

    def ours(self, factors_alone: bool = False) -> None:
        """With all that stands in a bundle, or only until the factors are there: they are in the checkpoint."""
        given, out = self.given, self.folder / "shop"
        settings = {"dim": given.factors, "iterations": given.iterations, "alpha": given.alpha}
        settings |= {"regularization": given.regularization, "seed": given.seed}
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        last = f"iteration {given.iterations:>2}: loss"
        command = [given.homebody, "train", self.folder / "data", "--out", out, *options]
        if factors_alone:
            self.measured("homebody", command, " pairs\n", last, end=True)
            checkpoint = load_file(out / "training.checkpoint")
            self.items["homebody"] = restore(*quantise(checkpoint["items"].reshape(-1, given.factors)))
            return (out / "training.checkpoint").unlink()
        done = self.measured("homebody", command, " pairs\n", last)
        pairs = int(re.search(r"(\d+) pairs\n", done.text)[1])
        if pairs != self.matrix.nnz:
            raise SystemExit(f"homebody trained on {pairs} pairs instead of {self.matrix.nnz}")
        self.own_loss["homebody"] = float(re.search(last + r" ([0-9.]+)", done.text)[1])
        self.take("homebody", Bundle.read(out / "factors.safetensors"))

    def implicit(self) -> None:
        given, out = self.given, self.folder / "implicit.npz"
        settings = [given.factors, given.iterations, given.alpha, given.regularization, given.seed, given.threads]
        command = [sys.executable, HERE / "implicit_fit.py", self.folder / "matrix.npz", out, *settings]
        self.measured("implicit", command, "fit starts", "fit ends")
        learnt = np.load(out)
        self.items["implicit, float32"] = learnt["items"]
        self.items["implicit"] = restore(*quantise(learnt["items"]))  # as a bundle has it, like ours
        self.own_loss["implicit"] = loss(self.matrix, learnt["users"], learnt["items"], given.alpha, given.regularization)

    def spark(self) -> None:
        given, out = self.given, self.folder / "spark.safetensors"
        command = [given.spark, ROOT / "python/spark_als.py", "--input", self.folder / "data/purchases.parquet", "--out", out]
        command += ["--order", "basket_id", "--rank", given.factors, "--iterations", given.iterations, "--alpha", given.alpha]
        command += ["--seed", given.seed, "--regularization", given.spark_regularization]
        self.measured("spark", command, "read and counted", "trained")
        self.take("spark", Bundle.read(out))

    def report(self) -> None:
        given = self.given
        print("\nMedians; training alone, then the whole program with start, reading and writing.\n")
        print("| trainer | training, wall s | training, CPU s | all, wall s | all, CPU s | peak MB | runs |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        for name, runs in self.runs.items():
            wall, cpu, all_wall, all_cpu, peak = (statistics.median(column) for column in zip(*runs))
            print(f"| {name} | {wall:.2f} | {cpu:.2f} | {all_wall:.2f} | {all_cpu:.2f} | {peak / 1e6:.0f} | {len(runs)} |")
        print("\nLoss as the trainer left it, and with each user solved exactly; NDCG@20 of fold-in.\n")
        print("| factors | loss at the end | loss, users exact | NDCG@20 all | NDCG@20 new |")
        print("| --- | ---: | ---: | ---: | ---: |")
        figures = {}
        for name, items in self.items.items():
            users = solved_users(self.matrix, items, given.alpha, given.regularization)
            exact = loss(self.matrix, users, items, given.alpha, given.regularization)
            figures[name] = (exact, *evaluate(self.split, items, given.alpha, given.regularization))
            own = f"{self.own_loss[name]:.6f}" if name in self.own_loss else ""
            print(f"| {name} | {own} | {exact:.6f} | {figures[name][1]:.5f} | {figures[name][2]:.5f} |", flush=True)
        pairs = {"loss at the end": (self.own_loss["homebody"], self.own_loss["implicit"], 1)}
        names = [("loss, users exact", 1), ("NDCG@20 all", -1), ("NDCG@20 new", -1)]
        for (name, sign), ours, theirs in zip(names, figures["homebody"], figures["implicit"]):
            pairs[name] = (ours, theirs, sign)
        print("\nOurs to implicit's, both in 8 bits but for the loss at the end:")
        behind = [name for name, (ours, theirs, sign) in pairs.items() if sign * (ours / theirs - 1) > BAR]
        for name, (ours, theirs, _) in pairs.items():
            print(f"  {name}: {100 * (ours / theirs - 1):+.2f} %{'  BEHIND' if name in behind else ''}")
        if behind:
            raise SystemExit(f"more than {100 * BAR:.0f} % behind in: {', '.join(behind)}")


if __name__ == "__main__":
    main()
