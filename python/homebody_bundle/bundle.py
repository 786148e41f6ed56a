"""All that a bundle is made of, and its bytes."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from . import error
from .labels import Labels, pack
from .quantise import quantise, restore
from .read import MAX_FACTOR, check_ids, check_range, read

# Steps of 5 % of the known prices.
STEPS = 20
# Metadata that is set when the file is written.
OWN = ("homebody.format", "homebody.version")


@dataclass
class Bundle:
    """Items in falling popularity, and their factors: value = integer · scale of its dimension."""

    ids: list[str]
    factors: np.ndarray  # int8 [N, d]
    scale: np.ndarray  # float32 [d]
    popularity: np.ndarray | None = None  # float32 [N], orders with the item
    bias: np.ndarray | None = None  # float32 [N], ≤ 0
    categories: Labels | None = None  # "Department > Category"
    brands: Labels | None = None
    prices: np.ndarray | None = None  # float32 [N], 0 = not known
    quantiles: np.ndarray | None = None  # float32, of the known prices
    ratings: np.ndarray | None = None  # lowest, mean, highest
    dwell: np.ndarray | None = None  # seconds: a glance, the longest look
    further: Mapping[str, np.ndarray] = field(default_factory=dict)  # tensors without a field here, as they are
    metadata: Mapping[str, str] = field(default_factory=dict)  # without format and version
    name: str = ""  # the version, where its maker chose one

    @classmethod
    def of(
        cls, ids: Sequence, factors, *, popularity=None, categories=None, brands=None, prices=None,
        ratings=None, dwell=None, metadata: Mapping[str, str] | None = None, name: str = "",
    ) -> "Bundle":  # fmt: skip
        """From one row for each item, in any order; ids that are numbers become their digits."""
        ids = [str(id) for id in ids]
        check_ids(ids)
        values = np.asarray(factors, np.float32)
        if values.ndim != 2 or len(values) != len(ids) or values.shape[1] == 0:
            raise error.shape("factors", f"F32 [N, d] with one row for each of the {len(ids)} ids")
        check_range("factors", values, -MAX_FACTOR, MAX_FACTOR)
        given = {"popularity": popularity, "category": categories, "brand": brands, "price": prices}
        for tensor, values_of in given.items():
            if values_of is not None and len(values_of) != len(ids):
                raise error.shape(tensor, f"one value for each of the {len(ids)} ids")
        order = np.arange(len(ids)) if popularity is None else falling(ids, popularity)
        column = lambda values: None if values is None else np.asarray(values, np.float32)[order]
        labels = lambda values: None if values is None else Labels.number([str(values[place]) for place in order])
        table, scale = quantise(values[order])
        popularity, prices = column(popularity), column(prices)
        return cls(
            ids=[ids[place] for place in order], factors=table, scale=scale, popularity=popularity,
            bias=log_share(popularity), categories=labels(categories), brands=labels(brands), prices=prices,
            quantiles=quantiles_of(prices), ratings=floats(ratings), dwell=floats(dwell), metadata=dict(metadata or {}),
            name=name,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.ids)

    def vectors(self) -> np.ndarray:
        """float32 [N, d]: the factors as a browser sees them."""
        return restore(self.factors, self.scale)

    def tensors(self) -> dict[str, np.ndarray]:
        """By their names in the file; what is not known is not in it."""
        tensors = {
            **self.further,
            "factors": self.factors, "factors.scale": self.scale, "bias": self.bias, "popularity": self.popularity,
            "price": self.prices, "price.quantiles": self.quantiles, "rating.range": self.ratings, "dwell.range": self.dwell,
        }  # fmt: skip
        tensors["ids"], tensors["ids.offsets"] = pack(self.ids)
        for name, labels in [("category", self.categories), ("brand", self.brands)]:
            if labels is not None:
                tensors[name] = labels.of
                tensors[f"{name}.names"], tensors[f"{name}.names.offsets"] = pack(labels.names)
        return {name: np.ascontiguousarray(tensor) for name, tensor in sorted(tensors.items()) if tensor is not None}

    @property
    def version(self) -> str:
        """Profiles and reports belong to it: a hash of all tensors, where it has no name."""
        return self.name or self.digest()

    def digest(self) -> str:
        digest = hashlib.sha256()
        for tensor in self.tensors().values():
            digest.update(tensor.data)
        return digest.hexdigest()[:16]

    def to_bytes(self) -> bytes:
        """The file. Equal parts give equal bytes; what a browser would refuse is refused here."""
        own = {"homebody.format": "1", "homebody.version": self.version}
        data = with_metadata(save(self.tensors()), {"homebody.metric": "dot", **self.metadata, **own})
        read(data)
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> "Bundle":
        """Reads a file; a `BundleError` says what a browser would refuse."""
        parts = read(data)
        version = parts.pop("version")
        parts["metadata"] = {key: text for key, text in parts["metadata"].items() if key not in OWN}
        bundle = cls(**parts)
        # A hash would go on to name the tensors after one of them has been replaced.
        bundle.name = "" if version == bundle.digest() else version
        return bundle

    def write(self, path) -> None:
        """Writes the file by a rename, so that nobody downloads half of it."""
        path = Path(path)
        part = path.with_name(path.name + ".part")
        part.write_bytes(self.to_bytes())
        part.replace(path)

    @classmethod
    def read(cls, path) -> "Bundle":
        return cls.from_bytes(Path(path).read_bytes())


def falling(ids: list[str], popularity) -> np.ndarray:
    """Places in falling popularity; of equals the lower id first, numbers by size."""

    def key(place: int):
        text = ids[place]
        number = text.isascii() and text.isdigit()
        return -float(popularity[place]), (0, int(text), text) if number else (1, 0, text)

    check_range("popularity", np.asarray(popularity, np.float32), 0.0, 1e12)
    return np.array(sorted(range(len(ids)), key=key))


def log_share(popularity: np.ndarray | None) -> np.ndarray | None:
    """ln((popularity + 1) / (largest popularity + 1)), rounded once."""
    if popularity is None:
        return None
    one = np.float32(1)
    return np.log(((popularity + one) / (popularity.max() + one)).astype(np.float64)).astype(np.float32)


def quantiles_of(prices: np.ndarray | None) -> np.ndarray | None:
    """The prices at 0, 5, … 100 % of the known ones."""
    if prices is None or not np.any(prices > 0):
        return None
    known = np.sort(prices[prices > 0])
    return known[((len(known) - 1) * np.arange(STEPS + 1) + STEPS // 2) // STEPS]


def floats(values) -> np.ndarray | None:
    return None if values is None else np.asarray(values, np.float32)


def with_metadata(bare: bytes, metadata: Mapping[str, str]) -> bytes:
    """Puts metadata into a file that has none. The library would do it in an order that changes
    from run to run."""
    length = int.from_bytes(bare[:8], "little")
    header, data = bare[8 : 8 + length].rstrip().removeprefix(b"{"), bare[8 + length :]
    texts = json.dumps(dict(sorted(metadata.items())), ensure_ascii=False, separators=(",", ":"))
    header = b'{"__metadata__":' + texts.encode() + b"," + header
    header += b" " * (-len(header) % 8)  # data starts at a multiple of 8
    return len(header).to_bytes(8, "little") + header + data
