"""Lists of texts: packed one behind the other, or a few names shared by many items."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from . import error

# What a U16 can number, and what the reader takes.
MOST_NAMES = 65_535


@dataclass
class Labels:
    """One of a few names for each item."""

    names: list[str]
    of: np.ndarray  # uint16 [N]

    @classmethod
    def number(cls, labels: Iterable[str]) -> "Labels":
        """Numbers labels in order of first appearance."""
        numbers: dict[str, int] = {}
        of = [numbers.setdefault(label, len(numbers)) for label in labels]
        error.capped("number of names of categories or brands", len(numbers), MOST_NAMES)
        return cls(list(numbers), np.array(of, np.uint16))

    def __iter__(self):
        return (self.names[number] for number in self.of)

    def take(self, order: np.ndarray) -> "Labels":
        return Labels.number(self.names[number] for number in self.of[order])


def pack(texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """UTF-8 bytes uint8 [bytes], and where each text begins, and the end: uint32 [N + 1]."""
    encoded = [text.encode() for text in texts]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    error.capped("length of ids or names", int(offsets[-1]), 2**32 - 1)
    return np.frombuffer(b"".join(encoded), np.uint8), offsets.astype(np.uint32)


def unpack(text: bytes, offsets: np.ndarray) -> list[str] | None:
    """`None` where an offset is out of order, out of the text or within a character."""
    ends = offsets.astype(np.int64)
    if len(ends) == 0 or ends[0] != 0 or ends[-1] != len(text) or np.any(np.diff(ends) < 0):
        return None
    try:
        return [text[start:end].decode() for start, end in zip(ends[:-1], ends[1:])]
    except UnicodeDecodeError:
        return None
