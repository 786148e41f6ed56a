"""How training time and memory go with threads and with rows, ours beside implicit and Spark (train.py --scaling)."""

import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from fold_in import evaluate
from split import Split

SHARES = {"a quarter": 0.25, "half": 0.5, "all": 1.0}
THREADS = (1, 2)


def scaling(given, bench_of) -> None:
    spark = given.spark or found_spark()
    print("\nMedians of training alone; peak of the program until the factors are there. NDCG@20 of fold-in, all and new.\n")
    print("| rows | pairs | users × items | threads | trainer | wall s | CPU s | peak MB | NDCG@20 all | new |")
    print("| --- | ---: | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    for name, share in SHARES.items():
        split = Split.read(given.data, share)
        matrix = split.matrix()
        with tempfile.TemporaryDirectory() as folder:
            bench = bench_of(given, split, matrix, Path(folder))
            times = {}
            for threads in THREADS:
                given.threads, bench.runs = threads, {}
                for _ in range(given.rounds):
                    bench.ours(factors_alone=True)
                    bench.implicit()
                # Minutes: once, where there is most to do.
                if spark and share == 1:
                    given.spark = spark
                    bench.spark()
                times[threads] = bench.runs
            quality = {trainer: evaluate(split, items, given.alpha, given.regularization) for trainer, items in bench.items.items()}
        size = f"{matrix.shape[0]:,} × {matrix.shape[1]:,}"
        for threads, runs in times.items():
            for trainer, columns in runs.items():
                wall, cpu, _, _, peak = (statistics.median(column) for column in zip(*columns))
                figures = " | ".join(f"{figure:.4f}" for figure in quality[trainer])
                cells = [name, f"{matrix.nnz:,}", size, threads, trainer, f"{wall:.2f}", f"{cpu:.2f}", f"{peak / 1e6:.0f}"]
                print(f"| {' | '.join(map(str, cells))} | {figures} |", flush=True)


def found_spark() -> str | None:
    """This Python, if Spark can run in it."""
    if shutil.which("java") is None:
        print("Spark is left out: it needs Java (apt-get install default-jre-headless)", file=sys.stderr)
    elif subprocess.run([sys.executable, "-c", "import pyspark, safetensors"], capture_output=True).returncode != 0:
        print(f"Spark is left out: {sys.executable} -m pip install pyspark safetensors", file=sys.stderr)
    else:
        return sys.executable
    return None
