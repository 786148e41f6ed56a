"""The header of a safetensors file, checked before any tensor is looked at.

The library `safetensors` refuses the same files, but with one error for all defects, and takes
headers of 100 MB; a test holds this reader against it.
"""

import json
import math
from dataclasses import dataclass

from . import error

MAX_HEADER = 1 << 20
MAX_ENTRIES = 256
MAX_RANK = 8
# As in the program. A browser, which has 32 bits, says the same of smaller numbers.
MAX_SIZE = 2**64 - 1

SIZES = {
    "I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
    "I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8,
}  # fmt: skip


@dataclass
class Entry:
    """One tensor: its type, its shape, and where its bytes begin and end."""

    name: str
    dtype: str
    shape: list[int]
    start: int
    end: int


class Pairs(list):
    """A JSON object as it stands in the file: a dict would hide a key that is there twice."""


def split(data: bytes) -> tuple[dict[str, Entry], dict[str, str], memoryview]:
    """Tensors by name, metadata, and the bytes behind the header, which the tensors fill."""
    if len(data) < 8:
        raise error.truncated(len(data), 8, "the header's length")
    length = int.from_bytes(data[:8], "little")
    error.capped("header", length, MAX_HEADER)
    if len(data) < 8 + length:
        raise error.truncated(len(data), 8 + length, "the header")
    entries, metadata = parse(data[8 : 8 + length])
    body = memoryview(data)[8 + length :]
    end = 0
    for entry in sorted(entries.values(), key=lambda entry: (entry.start, entry.end)):
        end = checked(entry, end)
    if end > len(body):
        raise error.truncated(len(data), 8 + length + end, "the tensors")
    error.capped("length behind the last tensor", len(body) - end, 0)
    if metadata.get("homebody.format", "1") != "1":
        raise error.version(metadata["homebody.format"])
    return entries, metadata, body


def parse(text: bytes) -> tuple[dict[str, Entry], dict[str, str]]:
    if not text.startswith(b"{"):
        raise error.header(0, "{")
    try:
        # A decoder of our own, since `json.loads` would guess the encoding.
        header = DECODER.decode(text.decode())
    except UnicodeDecodeError as defect:
        raise error.header(defect.start, "UTF-8") from None
    except json.JSONDecodeError as defect:
        raise error.header(len(text.decode()[: defect.pos].encode()), defect.msg) from None
    except RecursionError:
        raise error.header(0, "tensors, not lists in lists") from None
    entries: dict[str, Entry] = {}
    metadata: dict[str, str] = {}
    for name, value in header:
        if not plain(name):
            raise error.header(0, "a character")
        if name in entries or (name == "__metadata__" and metadata):
            raise error.twice(name)
        if name == "__metadata__":
            metadata = strings(value)
        else:
            entries[name] = entry_of(name, value)
            error.capped("number of tensors", len(entries), MAX_ENTRIES)
    return entries, metadata


def strings(value) -> dict[str, str]:
    if not isinstance(value, Pairs) or not all(plain(text) for pair in value for text in pair):
        raise error.header(0, "metadata of strings")
    error.capped("number of metadata entries", len(value), MAX_ENTRIES)
    return dict(reversed(value))  # of equal keys the first, as in the browser


def entry_of(name: str, value) -> Entry:
    keys = [key for key, _ in value] if isinstance(value, Pairs) else []
    for key in keys:
        if key not in ("dtype", "shape", "data_offsets"):
            raise error.header(0, "dtype, shape or data_offsets")
        if keys.count(key) > 1:
            raise error.twice(key)
    if len(keys) != 3:
        raise error.header(0, "dtype, shape and data_offsets")
    fields = dict(value)
    dtype = fields["dtype"]
    if not isinstance(dtype, str) or dtype not in SIZES:
        raise error.header(0, "a dtype of safetensors")
    shape, offsets = numbers(fields["shape"]), numbers(fields["data_offsets"])
    if len(offsets) != 2:
        raise error.header(0, "two data_offsets")
    return Entry(name, dtype, shape, *offsets)


def numbers(value) -> list[int]:
    # `True` is an int in Python.
    if isinstance(value, Pairs) or not isinstance(value, list) or any(type(x) is not int for x in value):
        raise error.header(0, "a list of whole numbers")
    error.capped("number of dimensions", len(value), MAX_RANK)
    if any(number > MAX_SIZE for number in value):
        raise error.header(0, "a number that fits into memory")
    return value


def checked(entry: Entry, before: int) -> int:
    """The end of a tensor that must begin where the one before ended."""
    size = math.prod(entry.shape) * SIZES[entry.dtype]
    if size > MAX_SIZE:
        raise error.offsets(entry.name, "cannot hold its shape: the product overflows")
    if entry.start < before:
        raise error.offsets(entry.name, "overlap the tensor before")
    if entry.start > before:
        raise error.offsets(entry.name, "leave a gap")
    if entry.end - entry.start != size:
        raise error.offsets(entry.name, "do not match its shape")
    return entry.end


def plain(text) -> bool:
    """A string without half of a surrogate pair, which `json` lets pass."""
    return isinstance(text, str) and not any("\ud800" <= character <= "\udfff" for character in text)


def whole(text: str) -> int:
    # Python refuses to convert more than 4,300 digits with an error of its own.
    if text.startswith("-") or len(text) > 20:
        raise error.header(0, "a whole number that fits into memory")
    return int(text)


def unwanted(text: str):
    raise error.header(0, f"a whole number, not {error.shortened(text)}")


DECODER = json.JSONDecoder(
    object_pairs_hook=Pairs, parse_int=whole, parse_float=unwanted, parse_constant=unwanted, strict=True
)
