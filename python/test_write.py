#!/usr/bin/env python3
"""Bundles written by Python: what comes back, which bytes, and 8 bits as the browser makes them.

    HOMEBODY_BIN=target/release/homebody python3 -m unittest discover python
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parent))
from test_bundle import PROGRAM, READY, ROOT  # noqa: E402

if READY:
    import numpy as np
    import safetensors.numpy
    from homebody_bundle import Bundle, BundleError, from_embedding, from_implicit, quantise

GOLDEN = ROOT / "tests" / "golden"


def factors() -> "np.ndarray":
    return np.array([[0.3, 0.9], [0.9, 0.1], [0.8, 0.2], [0.1, 0.7]])


def shop(**changes) -> "Bundle":
    columns = dict(
        ids=[10, 9, "brød", "a"], factors=factors(), popularity=[3, 3, 8, 1], categories=["D > M", "D > C", "D > C", "B > B"],
        brands=["", "Own", "", "Own"], prices=[1.5, 4.0, 0.0, 2.5], ratings=[1, 3.5, 5], metadata={"homebody.model": "hand"},
    )  # fmt: skip
    return Bundle.of(**{**columns, **changes})


@unittest.skipUnless(READY, "numpy and safetensors are missing")
class Write(unittest.TestCase):
    def test_what_is_written_is_read(self):
        bundle = shop()
        self.assertEqual(bundle.ids, ["brød", "9", "10", "a"], "falling popularity, of equals the lower id")
        with tempfile.TemporaryDirectory() as folder:
            bundle.write(Path(folder) / "factors.safetensors")
            back = Bundle.read(Path(folder) / "factors.safetensors")
            self.assertEqual([path.name for path in Path(folder).iterdir()], ["factors.safetensors"])
        self.assertEqual((back.ids, back.version, back.metadata["homebody.model"]), (bundle.ids, bundle.version, "hand"))
        self.assertEqual(list(back.categories), ["D > C", "D > C", "D > M", "B > B"])
        self.assertEqual(list(back.brands), ["", "Own", "", "Own"])
        self.assertEqual(back.prices.tolist(), [0.0, 4.0, 1.5, 2.5])
        self.assertEqual((back.quantiles[0], back.quantiles[10], back.quantiles[20]), (1.5, 2.5, 4.0))
        self.assertEqual((back.bias[0], back.bias.min()), (0.0, np.float32(np.log(2 / 9))))
        error = np.abs(back.vectors() - factors()[[2, 1, 0, 3]])
        self.assertTrue((error <= back.scale * 0.5001).all())

    def test_the_program_reads_it(self):
        self.assertTrue(PROGRAM.exists(), f"{PROGRAM} is missing: cargo build --release -p homebody-cli")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "factors.safetensors"
            shop().write(path)
            done = subprocess.run([str(PROGRAM), "inspect", str(path)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"4 items, 2 dimensions, version {shop().version}", done.stdout)
        self.assertIn("brød, 8 orders, D > C", done.stdout)

    def test_equal_parts_give_equal_bytes(self):
        # Another process: the library's own order of metadata changes from run to run.
        lines = "import sys; sys.path.insert(0, sys.argv[1]); import test_write as t; sys.stdout.buffer.write(t.shop().to_bytes())"
        other = subprocess.run([sys.executable, "-c", lines, str(Path(__file__).parent)], capture_output=True, check=True).stdout
        self.assertEqual(shop().to_bytes(), other)
        # The control: one price more.
        dearer = shop(prices=[1.5, 4.0, 0.5, 2.5])
        self.assertNotEqual(dearer.to_bytes(), other)
        self.assertNotEqual(dearer.version, shop().version)

    def test_a_bundle_of_the_program_comes_back_byte_for_byte(self):
        self.assertTrue(PROGRAM.exists(), f"{PROGRAM} is missing: cargo build --release -p homebody-cli")
        with tempfile.TemporaryDirectory() as folder:
            lines = ["user_id,item_id,timestamp,order_id,price,brand,category"]
            for order in range(60):
                rest = [f"{order},{item + 0.5},B{item % 2},C{item % 3}" for item in range(6)]
                taken = [item for item in range(6) if (order + item) % 3]
                lines += [f"u{order % 9},{item},{1_700_000_000 + order * 90_000},{rest[item]}" for item in taken]
            (Path(folder) / "orders.csv").write_text("\n".join(lines))
            for command in ("import orders.csv --out data", "train data --out shop --dim 4 --min-orders 1 --min-users 1"):
                subprocess.run([str(PROGRAM), *command.split()], cwd=folder, check=True, capture_output=True)
            data = (Path(folder) / "shop" / "factors.safetensors").read_bytes()
        bundle = Bundle.from_bytes(data)
        self.assertEqual(bundle.to_bytes(), data)
        # The program's columns, given one by one, are the same tensors.
        same = Bundle.of(
            bundle.ids, bundle.vectors(), popularity=bundle.popularity, categories=list(bundle.categories),
            brands=list(bundle.brands), prices=bundle.prices, ratings=bundle.ratings, dwell=bundle.dwell,
        )  # fmt: skip
        for name in ("ids", "category.names", "category", "brand", "price.quantiles", "popularity"):
            self.assertTrue(np.array_equal(same.tensors()[name], bundle.tensors()[name]), name)
        self.assertTrue(np.allclose(same.bias, bundle.bias, rtol=1e-6, atol=0))

    def test_a_changed_bundle_has_another_version_and_a_named_one_keeps_its_name(self):
        bundle = Bundle.from_bytes(shop().to_bytes())
        bundle.prices = bundle.prices + 1
        self.assertNotEqual(Bundle.from_bytes(bundle.to_bytes()).version, shop().version)
        self.assertEqual(Bundle.read(GOLDEN / "grocery.safetensors").version, "test-1")

    def test_wrong_parts_are_refused_when_they_are_given(self):
        wrong = [
            (dict(ids=["a", "b", "c", "a"]), "tensor-value", "at 3 that is an id that occurs before"),
            (dict(factors=factors()[:3]), "tensor-shape", "4 ids"),
            (dict(factors=factors() * np.nan), "tensor-value", "not finite"),
            (dict(prices=[1.0]), "tensor-shape", '"price"'),
            (dict(popularity=[1, 2, 3, -4]), "tensor-value", "at 3"),
        ]
        for change, code, words in wrong:
            with self.assertRaises(BundleError) as refused:
                shop(**change)
            self.assertEqual(refused.exception.code, code)
            self.assertIn(words, str(refused.exception))
        for change in (dict(ratings=[5, 3, 1]), dict(prices=[1, -1, 1, 1]), dict(name="two words")):
            with self.assertRaises(BundleError):
                shop(**change).to_bytes()

    def test_the_lines_of_the_readme_run(self):
        lines = (ROOT / "python" / "README.md").read_text().split("```python\n")[1].split("```")[0]
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "PYTHONPATH": str(ROOT / "python")}
            done = subprocess.run([sys.executable, "-c", lines], cwd=folder, env=environment, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            bundle = Bundle.read(Path(folder) / "factors.safetensors")
        self.assertEqual((bundle.ids, bundle.version), (["milk", "brie", "cheddar"], done.stdout.strip()))

    def test_the_library_reads_it(self):
        tensors = safetensors.numpy.load(shop().to_bytes())
        self.assertEqual(tensors["ids"].tobytes(), "brød910a".encode())
        self.assertEqual(tensors["factors"].dtype, np.int8)


@unittest.skipUnless(READY, "numpy and safetensors are missing")
class EightBits(unittest.TestCase):
    def test_quantising_is_bit_for_bit_the_cores(self):
        golden = safetensors.numpy.load((GOLDEN / "quantised.safetensors").read_bytes())
        table, scale = quantise(golden["values"])
        self.assertEqual(scale.tobytes(), golden["factors.scale"].tobytes())
        self.assertEqual(table.tobytes(), golden["factors"].tobytes())
        # The control: numpy's own rounding, halves to even, differs on these values.
        with np.errstate(invalid="ignore"):
            even = np.rint(golden["values"] / scale)
        self.assertFalse(np.array_equal(np.nan_to_num(even).clip(-128, 127), golden["factors"]))

    def test_float_factors_are_read_as_the_core_reads_them(self):
        golden = safetensors.numpy.load((GOLDEN / "quantised.safetensors").read_bytes())
        names = [str(n) for n in range(255)]
        self.assertTrue(np.array_equal(Bundle.of(names, golden["values"]).factors, golden["factors"]))

    def test_four_bits_are_read_as_the_browser_reads_them(self):
        tensors = {
            "ids": np.frombuffer(b"ab", np.uint8), "ids.offsets": np.array([0, 1, 2], np.uint32),
            "factors": np.array([[0x9F, 0x70], [0x01, 0x00]], np.uint8), "factors.scale": np.array([0.5, 7], np.float32),
        }  # fmt: skip
        bundle = Bundle.from_bytes(safetensors.numpy.save(tensors, {"homebody.format": "1"}))
        wanted = np.array([[-0.5, -3.5, 0, 3.5], [7, 0, 0, 0]], np.float32)
        table, scale = quantise(wanted)
        self.assertEqual((bundle.factors.tobytes(), bundle.scale.tobytes()), (table.tobytes(), scale.tobytes()))


class Array(list):
    """Counts as a tensor of torch: detach, to the processor, to numpy."""

    detach = cpu = lambda self: self
    numpy = lambda self: np.array(self, np.float64)


@unittest.skipUnless(READY, "numpy and safetensors are missing")
class Exporters(unittest.TestCase):
    def test_a_model_of_implicit(self):
        model = SimpleNamespace(item_factors=factors().astype(np.float32), factors=2, regularization=0.5)
        bundle = from_implicit(model, ["a", "b", "c", "d"], popularity=[1, 2, 3, 4])
        self.assertEqual(bundle.ids, ["d", "c", "b", "a"])
        self.assertEqual(bundle.metadata["homebody.hyperparameters"], '{"factors": 2, "regularization": 0.5}')
        on_gpu = SimpleNamespace(item_factors=SimpleNamespace(to_numpy=lambda: model.item_factors))
        self.assertTrue(np.array_equal(from_implicit(on_gpu, "abcd", popularity=[1, 2, 3, 4]).factors, bundle.factors))

    def test_an_embedding(self):
        """With an object that answers as torch does: torch is 200 MB, which this stage does not install."""
        bundle = from_embedding(SimpleNamespace(weight=Array(factors().tolist())), ["a", "b", "c", "d"])
        self.assertTrue(np.array_equal(bundle.factors, quantise(factors())[0]))
        with self.assertRaises(BundleError):
            from_embedding(SimpleNamespace(weight=Array(factors().tolist())), ["a"])


if __name__ == "__main__":
    unittest.main()
