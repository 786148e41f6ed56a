"""Bundles of made-up items for the measurements, by the project's own writer: the same bytes from the same seed.

python benches/browser/bundles.py FOLDER N…   writes plain-N.safetensors (ids and factors), fold-N.safetensors (with
settings of the fold-in), shop-N.safetensors (with popularity and 200 categories), gram-N.safetensors (as a trained
bundle, with the Gram matrix), head-N.safetensors (its first 1,500 items) and visit-N.safetensors (items in topics, with
vectors that get shorter with their popularity, as trained ones do), d = 64
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "python"))
from homebody_bundle import Bundle  # noqa: E402

DIM = 64
HEAD = 1_500


def write(folder: Path, items: int) -> None:
    random = np.random.default_rng(20)
    table = np.clip(np.rint(random.standard_normal((items, DIM), np.float32) * 32), -127, 127).astype(np.int8)
    scale = (0.2 / 32 / np.sqrt(1 + np.arange(DIM) / 8)).astype(np.float32)
    ids = [f"item-{place:07}" for place in range(items)]
    Bundle(ids=ids, factors=table, scale=scale, name=f"plain-{items}").write(folder / f"plain-{items}.safetensors")
    fold_in = {"fold-in": np.array([1.0, 0.1, 2.0, 30.0, 1.0], np.float32)}  # λ, g, a, half-life in days, left
    fold = Bundle(ids=ids, factors=table, scale=scale, further=fold_in, name=f"fold-{items}")
    fold.write(folder / f"fold-{items}.safetensors")
    # In whole numbers, as the trainer adds them up.
    sums = sum(part.T @ part for part in np.array_split(table.astype(np.float64), max(1, items // 50_000)))
    gram = (sums * np.outer(scale, scale))[np.triu_indices(DIM)].astype(np.float32)
    for name, kept in ("gram", items), ("head", HEAD):
        further = {**fold_in, "gram": gram}
        whole = Bundle(ids=ids[:kept], factors=table[:kept], scale=scale, further=further, name=f"{name}-{items}")
        whole.write(folder / f"{name}-{items}.safetensors")
    visit = Bundle.of(ids, topics(items, scale), name=f"visit-{items}")
    visit.write(folder / f"visit-{items}.safetensors")
    popularity = np.floor(1e6 / (1 + np.arange(items)) ** 0.8).astype(np.float32)
    category = [f"Department {number % 20} > Category {number}" for number in random.integers(0, 200, items)]
    shop = Bundle.of(ids, table * scale, popularity=popularity, categories=category, name=f"shop-{items}")
    shop.write(folder / f"shop-{items}.safetensors")


def topics(items: int, scale: np.ndarray) -> np.ndarray:
    """Vectors around those of topics. From the most popular items to the least the lengths fall as those of the trained
    tables that we have: first hundredth, to a tenth, to 30, 60 and 100 % about 1 : 0.45 : 0.2 : 0.1 : 0.06."""
    random = np.random.default_rng(21)
    centres = random.standard_normal((max(1, items // 500), DIM), np.float32)
    table = centres[random.integers(0, len(centres), items)] + random.standard_normal((items, DIM), np.float32)
    length = (0.02 + np.arange(items, dtype=np.float32) / items) ** -0.8 / 20
    return table * scale * 32 * length[:, None]


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for items in map(int, sys.argv[2:]):
        write(folder, items)
