"""The tensors of a bundle, each checked as the browser's reader checks it, and in its order."""

import zlib

import numpy as np

from . import error
from .header import Entry, split
from .labels import MOST_NAMES, Labels, unpack
from .quantise import quantise, unpack_nibbles

MAX_ITEMS = 4_000_000
MAX_DIM = 1_024
MAX_ID = 256
MAX_CATEGORIES = 4_096
MAX_VERSION = 64
MAX_QUANTILES = 1_001
MAX_FACTOR = 1e6

DTYPES = {"I8": "i1", "U8": "u1", "U16": "<u2", "U32": "<u4", "F32": "<f4"}
FACTORS = "I8 [N, d] with its scale F32 [d], U8 [N, d/2] with F32 [N], or F32 [N, d], N as in ids.offsets"
# The tensors that become fields of a `Bundle`.
NAMED = {
    "ids", "ids.offsets", "factors", "factors.scale", "bias", "popularity", "price", "price.quantiles", "rating.range",
    "dwell.range", "category", "category.names", "category.names.offsets", "brand", "brand.names", "brand.names.offsets",
}  # fmt: skip
NOT_TEXTS = "not rising from 0 to the text's end, or the text is not UTF-8"


def read(data: bytes) -> dict:
    """The parts of a bundle, by their names in `Bundle`. Refused as a whole at the first defect."""
    return File(data).parts()


class File:
    """A file whose header is right."""

    def __init__(self, data: bytes):
        self.entries, self.metadata, self.body = split(data)
        self.checksum = zlib.crc32(data)

    def parts(self) -> dict:
        ids = self.texts("ids", "ids.offsets")
        if ids is None:
            raise error.missing("ids")
        check_ids(ids)
        items = len(ids)
        factors, scale = self.factors(items)
        return {
            "ids": ids,
            "factors": factors,
            "scale": scale,
            "categories": self.labels("category", items, MAX_CATEGORIES),
            "brands": self.labels("brand", items, MOST_NAMES),
            "version": self.version(),
            "bias": self.floats("bias", items, -1e3, 0.0),
            "popularity": self.floats("popularity", items, 0.0, 1e12),
            "prices": self.floats("price", items, 0.0, 1e9),
            **self.standards(),
            "further": self.further(),
            "metadata": self.metadata,
        }

    def further(self) -> dict[str, np.ndarray]:
        """What has no field of its own (lists, curves, a network …), as it stands in the file."""
        others = (entry for name, entry in self.entries.items() if name not in NAMED and entry.dtype in DTYPES)
        return {entry.name: self.array(entry) for entry in others}

    def entry(self, name: str, dtype: str, rank_one: str) -> Entry | None:
        """A tensor of one dimension; `rank_one` says what it must be."""
        entry = self.entries.get(name)
        if entry and (entry.dtype != dtype or len(entry.shape) != 1):
            raise error.shape(name, rank_one)
        return entry

    def array(self, entry: Entry) -> np.ndarray:
        values = np.frombuffer(self.body[entry.start : entry.end], DTYPES[entry.dtype])
        return values.reshape(entry.shape)

    def texts(self, name: str, offsets: str) -> list[str] | None:
        entry = self.entry(name, "U8", "U8 [bytes]")
        if entry is None:
            return None
        ends = self.entry(offsets, "U32", "U32 [number of strings + 1]")
        if ends is None:
            raise error.missing(offsets)
        texts = unpack(bytes(self.body[entry.start : entry.end]), self.array(ends))
        if texts is None:
            raise error.value(offsets, 0, NOT_TEXTS)
        return texts

    def factors(self, items: int) -> tuple[np.ndarray, np.ndarray]:
        entry = self.entries.get("factors")
        if entry is None:
            raise error.missing("factors")
        if len(entry.shape) != 2 or entry.shape[0] != items or entry.shape[1] == 0:
            raise error.shape("factors", FACTORS)
        error.capped("number of dimensions", entry.shape[1] * (2 if entry.dtype == "U8" else 1), MAX_DIM)
        if entry.dtype == "I8":
            scale = self.floats("factors.scale", entry.shape[1], 0.0, MAX_FACTOR)
            if scale is None:
                raise error.missing("factors.scale")
            return self.array(entry), scale
        if entry.dtype == "F32":
            values = self.array(entry)
            check_range("factors", values, -MAX_FACTOR, MAX_FACTOR)
            return quantise(values)
        if entry.dtype == "U8":
            rows = self.floats("factors.scale", items, 0.0, MAX_FACTOR / 8)
            if rows is None:
                raise error.missing("factors.scale")
            return quantise(unpack_nibbles(self.array(entry)) * rows[:, None])
        raise error.shape("factors", FACTORS)

    def labels(self, name: str, items: int, most: int) -> Labels | None:
        entry = self.entries.get(name)
        if entry is None:
            return None
        if entry.dtype != "U16" or entry.shape != [items]:
            raise error.shape(name, "U16 [N]")
        names = self.texts(f"{name}.names", f"{name}.names.offsets")
        if names is None:
            raise error.missing(f"{name}.names")
        of = self.array(entry)
        error.capped("number of names of categories or brands", len(names), most)
        if np.any(wrong := of >= len(names)):
            raise error.value(name, int(np.argmax(wrong)), "not the number of a name")
        return Labels(names, of)

    def floats(self, name: str, size: int, low: float, high: float) -> np.ndarray | None:
        entry = self.entries.get(name)
        if entry is None:
            return None
        if entry.dtype != "F32" or int(np.prod(entry.shape, dtype=object)) != size:
            raise error.shape(name, "F32 of the size that the others give")
        values = self.array(entry).reshape(-1)
        check_range(name, values, low, high)
        return values

    def version(self) -> str:
        version = self.metadata.get("homebody.version")
        if version is None:
            return f"crc-{self.checksum:08x}"
        error.capped("version", len(version.encode()), MAX_VERSION)
        if not version or not all("!" <= sign <= "~" and sign not in '"\\,]' for sign in version):
            raise error.value("homebody.version", 0, "not plain ASCII")
        return version

    def standards(self) -> dict:
        rating = self.floats("rating.range", 3, -1e6, 1e6)
        dwell = self.floats("dwell.range", 2, 1e-3, 1e6)
        quantiles = None
        if entry := self.entries.get("price.quantiles"):
            length = entry.shape[0] if entry.shape else 0
            error.capped("number of price quantiles", length, MAX_QUANTILES)
            quantiles = self.floats("price.quantiles", length, 1e-6, 1e9)
        for name, values in [("rating.range", rating), ("dwell.range", dwell)]:
            if values is not None and np.any(np.diff(values) <= 0):
                raise error.shape(name, "rising numbers")
        if quantiles is not None and np.any(np.diff(quantiles) < 0):
            raise error.shape("price.quantiles", "numbers that do not fall")
        return {"ratings": rating, "dwell": dwell, "quantiles": quantiles}


def check_ids(ids: list[str]) -> None:
    if not ids:
        raise error.shape("ids.offsets", "U32 [N+1] with at least one item")
    error.capped("number of items", len(ids), MAX_ITEMS)
    for at, text in enumerate(ids):
        if not 0 < len(text.encode()) <= MAX_ID:
            raise error.value("ids", at, "empty or longer than 256 bytes")
    seen: set[str] = set()
    for at, text in enumerate(ids):
        if text in seen:
            raise error.value("ids", at, "an id that occurs before")
        seen.add(text)


def check_range(name: str, values: np.ndarray, low: float, high: float) -> None:
    # A comparison with NaN is false.
    within = (values >= np.float32(low)) & (values <= np.float32(high))
    if not within.all():
        raise error.value(name, int(np.argmin(within.reshape(-1))), "not finite or out of range")
