#!/usr/bin/env python3
"""Holds the Python reader against the browser's, defect by defect, in their words.

    HOMEBODY_BIN=target/release/homebody python3 -m unittest discover python
"""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from test_bundle import PROGRAM, READY  # noqa: E402

if READY:
    import numpy as np
    from homebody_bundle import Bundle, BundleError
    from homebody_bundle.labels import pack

ROOT = Path(__file__).parent.parent
DTYPES = {"float32": "F32", "int8": "I8", "uint8": "U8", "uint16": "U16", "uint32": "U32", "float64": "F64"}


def file(tensors: dict, metadata: dict | None = None) -> bytes:
    """A safetensors file of whatever it is given; nothing is checked."""
    header, data = {"__metadata__": metadata} if metadata else {}, b""
    for name, tensor in tensors.items():
        end = len(data) + tensor.nbytes
        header[name] = {"dtype": DTYPES[str(tensor.dtype)], "shape": list(tensor.shape), "data_offsets": [len(data), end]}
        data += tensor.tobytes()
    return with_header(json.dumps(header), data)


def with_header(header: str | bytes, data: bytes = b"") -> bytes:
    header = header.encode() if isinstance(header, str) else header
    return len(header).to_bytes(8, "little") + header + data


def one(dtype: str, shape: str, offsets: str) -> str:
    return f'{{"factors":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}}}'


def shop(**changes) -> bytes:
    """Three items with all tensors; a change to `None` leaves one out, `__` in a name is a dot."""
    ids, offsets = pack(["brie", "café", "milk"])
    names, ends = pack(["Dairy > Cheese", "Drinks > Coffee"])
    f32 = lambda *values: np.array(values, np.float32)
    tensors = {
        "ids": ids, "ids.offsets": offsets, "factors": f32([0.9, 0.1], [0.8, 0.2], [0.3, -0.9]),
        "bias": f32(0, -1, -2), "popularity": f32(9, 4, 1), "category": np.array([0, 1, 0], np.uint16),
        "category.names": names, "category.names.offsets": ends, "price": f32(5, 0, 1),
        "price.quantiles": f32(1, 1, 5), "rating.range": f32(1, 3, 5), "dwell.range": f32(1, 60),
    }  # fmt: skip
    metadata = changes.pop("metadata", {"homebody.format": "1"})
    tensors.update((name.replace("__", "."), tensor) for name, tensor in changes.items())
    return file({name: tensor for name, tensor in tensors.items() if tensor is not None}, metadata)


def cases() -> list[tuple[str, bytes, str]]:
    """What is wrong, the file, the code of the error."""
    whole = shop()
    f32 = lambda *values: np.array(values, np.float32)
    u16 = lambda *values: np.array(values, np.uint16)
    u32 = lambda *values: np.array(values, np.uint32)
    texts = lambda *list: dict(zip(("ids", "ids__offsets"), pack(list)))
    empty = '{"dtype":"U8","shape":[0],"data_offsets":[0,0]}'
    overlap = '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}'
    names, ends = pack(["c"] * 4_097)
    least = file({"ids": pack(["a"])[0], "ids.offsets": u32(0, 1), "factors": f32([1])})
    length = int.from_bytes(least[:8], "little")
    twice = b'{"__metadata__":{"homebody.format":"1","homebody.format":"2"},'
    doubled = with_header(twice + least[9 : 8 + length], least[8 + length :])
    many = ",".join(f'"{n}":{empty}' for n in range(257))
    return [
        ("nothing", b"", "bundle-truncated"),
        ("a header above the cap", (2 << 20).to_bytes(8, "little") + whole[8:], "bundle-too-large"),
        ("a header longer than the file", (900_000).to_bytes(8, "little") + whole[8:], "bundle-truncated"),
        ("a page of HTML", b"<!doctype html><html><body>404</body></html>", "bundle-too-large"),
        ("a file that is cut", whole[:-1], "bundle-truncated"),
        ("bytes behind the last tensor", whole + b"\0", "bundle-too-large"),
        ("HTML as the header", with_header("<html>"), "bundle-header"),
        ("a list as the header", with_header("[]"), "bundle-header"),
        ("text behind the header's object", with_header("{} x"), "bundle-header"),
        ("a header without an end", with_header('{"ids":'), "bundle-header"),
        ("a header that is not UTF-8", with_header(b'{"\xff":1}'), "bundle-header"),
        ("a lone surrogate", with_header(f'{{"\\ud800":{empty}}}'), "bundle-header"),
        ("a line break in a string", with_header('{"a\nb":1}'), "bundle-header"),
        ("lists in lists", with_header('{"a":' + "[" * 100_000), "bundle-header"),
        ("an unknown dtype", with_header(one("Q9", "[1]", "[0,1]"), b"x"), "bundle-header"),
        ("a negative number", with_header(one("U8", "[-1]", "[0,1]"), b"x"), "bundle-header"),
        ("a leading zero", with_header(one("U8", "[01]", "[0,1]"), b"x"), "bundle-header"),
        ("a fraction", with_header(one("U8", "[1.0]", "[0,1]"), b"x"), "bundle-header"),
        ("NaN", with_header(one("U8", "[NaN]", "[0,1]"), b"x"), "bundle-header"),
        ("true for 1", with_header(one("U8", "[true]", "[0,1]"), b"x"), "bundle-header"),
        ("a number beyond memory", with_header(one("U8", "[" + "9" * 5_000 + "]", "[0,1]"), b"x"), "bundle-header"),
        ("one offset", with_header(one("U8", "[1]", "[1]"), b"x"), "bundle-header"),
        ("metadata that is a number", with_header('{"__metadata__":{"a":1}}'), "bundle-header"),
        ("a tensor named twice", with_header(f'{{"a":{empty},"a":{empty}}}'), "tensor-twice"),
        ("a key named twice", with_header('{"a":{"dtype":"U8","dtype":"U8"}}'), "tensor-twice"),
        ("too many tensors", with_header("{" + many + "}"), "bundle-too-large"),
        ("too many dimensions of a tensor", with_header(one("U8", "[1,1,1,1,1,1,1,1,1]", "[0,1]"), b"x"), "bundle-too-large"),
        ("a product beyond memory", with_header(one("F32", "[9999999999,9999999999]", "[0,1]"), b"x"), "tensor-offsets"),
        ("a shape of other bytes", with_header(one("F32", "[2]", "[0,4]"), b"1234"), "tensor-offsets"),
        ("an end before the start", with_header(one("U8", "[1]", "[1,0]"), b"x"), "tensor-offsets"),
        ("a gap", with_header(one("U8", "[1]", "[1,2]"), b"xx"), "tensor-offsets"),
        ("an overlap", with_header(overlap, b"xx"), "tensor-offsets"),
        ("another format", shop(metadata={"homebody.format": "2"}), "bundle-format"),
        ("a version too long", shop(metadata={"homebody.version": "v" * 65}), "bundle-too-large"),
        ("a version with a space", shop(metadata={"homebody.version": "a b"}), "tensor-value"),
        ("no ids", shop(ids=None), "tensor-missing"),
        ("no offsets", shop(ids__offsets=None), "tensor-missing"),
        ("no items", file({"ids": pack([])[0], "ids.offsets": u32(0), "factors": np.zeros((0, 1), np.float32)}), "tensor-shape"),
        ("ids of another type", shop(ids=f32(1)), "tensor-shape"),
        ("an id that is empty", shop(**texts("a", "", "b")), "tensor-value"),
        ("an id of 257 bytes", shop(**texts("a", "b", "ü" * 129)), "tensor-value"),
        ("ids given twice", shop(**texts("a", "b", "a")), "tensor-value"),
        ("offsets that fall", shop(ids__offsets=u32(0, 9, 4, 13)), "tensor-value"),
        ("offsets within a character", shop(ids__offsets=u32(0, 4, 8, 13)), "tensor-value"),
        ("no factors", shop(factors=None), "tensor-missing"),
        ("factors of other items", shop(factors=np.zeros((2, 2), np.float32)), "tensor-shape"),
        ("factors of 0 dimensions", shop(factors=np.zeros((3, 0), np.float32)), "tensor-shape"),
        ("factors in float64", shop(factors=np.zeros((3, 2))), "tensor-shape"),
        ("too wide factors", shop(factors=np.zeros((3, 1_025), np.float32)), "bundle-too-large"),
        ("factors with NaN", shop(factors=f32([1, 1], [1, np.nan], [1, 1])), "tensor-value"),
        ("a factor above a million", shop(factors=f32([1, 1], [1, 1], [1, -1.1e6])), "tensor-value"),
        ("integer factors without scale", shop(factors=np.ones((3, 2), np.int8)), "tensor-missing"),
        ("a scale that is negative", shop(factors=np.ones((3, 2), np.int8), factors__scale=f32(1, -1)), "tensor-value"),
        ("a scale too short", shop(factors=np.ones((3, 2), np.int8), factors__scale=f32(1)), "tensor-shape"),
        ("a category without a name", shop(category=u16(0, 1, 2)), "tensor-value"),
        ("categories without names", shop(category__names=None), "tensor-missing"),
        ("categories of other items", shop(category=u16(0, 1)), "tensor-shape"),
        ("too many categories", shop(category__names=names, category__names__offsets=ends), "bundle-too-large"),
        ("brands without names", shop(brand=u16(0, 0, 0)), "tensor-missing"),
        ("a bias above 0", shop(bias=f32(0, 1, 0)), "tensor-value"),
        ("a bias too short", shop(bias=f32(0, 0)), "tensor-shape"),
        ("popularity below 0", shop(popularity=f32(1, 1, -1)), "tensor-value"),
        ("a price without end", shop(price=f32(1, np.inf, 1)), "tensor-value"),
        ("quantiles that fall", shop(price__quantiles=f32(1, 3, 2)), "tensor-shape"),
        ("a quantile of 0", shop(price__quantiles=f32(0, 1)), "tensor-value"),
        ("too many quantiles", shop(price__quantiles=np.ones(1_002, np.float32)), "bundle-too-large"),
        ("ratings that do not rise", shop(rating__range=f32(1, 1, 5)), "tensor-shape"),
        ("a dwell time of 0", shop(dwell__range=f32(0, 60)), "tensor-value"),
        ("nothing wrong", whole, ""),
        ("ids and factors alone", least, ""),
        ("tensors that nobody knows", shop(own=np.zeros(3)), ""),
        ("equal names of metadata, of which the first counts", doubled, ""),
    ]  # fmt: skip


@unittest.skipUnless(READY, "numpy and safetensors are missing")
class Refusals(unittest.TestCase):
    def test_each_defect_has_its_code(self):
        for what, data, code in cases():
            with self.subTest(what):
                if not code:
                    Bundle.from_bytes(data)
                    continue
                with self.assertRaises(BundleError) as refused:
                    Bundle.from_bytes(data)
                self.assertEqual(refused.exception.code, code, refused.exception)

    def test_the_browsers_reader_says_the_same(self):
        self.assertTrue(PROGRAM.exists(), f"{PROGRAM} is missing: cargo build --release -p homebody-cli")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "b"
            for what, data, code in cases():
                with self.subTest(what):
                    path.write_bytes(data)
                    done = subprocess.run([str(PROGRAM), "inspect", str(path)], capture_output=True, text=True)
                    self.assertEqual(done.returncode == 0, not code, done.stderr)
                    if not code:
                        continue
                    theirs = done.stderr.removeprefix(f"error: {path}: ").strip()
                    with self.assertRaises(BundleError) as refused:
                        Bundle.from_bytes(data)
                    ours = str(refused.exception)
                    if code == "bundle-header":  # the readers stop at different bytes
                        ours, theirs = (words.partition(" at byte")[0] for words in (ours, theirs))
                    self.assertEqual(ours, theirs)

    def test_a_bundle_cut_anywhere_is_refused(self):
        whole = shop()
        for length in range(len(whole)):
            with self.assertRaises(BundleError, msg=length):
                Bundle.from_bytes(whole[:length])

    def test_all_codes_are_documented(self):
        documented = (ROOT / "docs" / "errors.md").read_text()
        codes = {code for _, _, code in cases() if code}
        self.assertEqual([code for code in sorted(codes) if f"| `{code}` |" not in documented], [])
        # The control: every code of the reader has its case.
        reader = {line.split("`")[1] for line in documented.splitlines() if line.startswith(("| `bundle-", "| `tensor-"))}
        self.assertEqual(reader - {"bundle-unreachable"}, codes)


if __name__ == "__main__":
    unittest.main()
