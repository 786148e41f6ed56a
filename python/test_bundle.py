#!/usr/bin/env python3
"""Runs the ten lines of docs/bundle.md, and has the program read what they wrote.

    HOMEBODY_BIN=target/release/homebody python3 -m unittest discover python
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAM = Path(os.environ.get("HOMEBODY_BIN", ROOT / "target" / "release" / "homebody")).absolute()

try:
    import numpy  # noqa: F401
    import safetensors  # noqa: F401

    READY = True
except ImportError:
    READY = False
    print("numpy and safetensors are missing: python3 -m pip install -r python/requirements.txt", file=sys.stderr)


def the_lines() -> str:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "bundle.md").read_text(), re.S)
    assert len(blocks) == 1, "docs/bundle.md has one block of Python"
    return blocks[0]


@unittest.skipUnless(READY, "numpy and safetensors are missing")
class TenLines(unittest.TestCase):
    def inspect(self, lines: str) -> subprocess.CompletedProcess:
        self.assertTrue(PROGRAM.exists(), f"{PROGRAM} is missing: cargo build --release -p homebody-cli")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-c", lines], cwd=folder, check=True)
            command = [str(PROGRAM), "inspect", "factors.safetensors"]
            return subprocess.run(command, cwd=folder, capture_output=True, text=True)

    def test_the_documented_lines_write_a_bundle_that_is_read(self):
        done = self.inspect(the_lines())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("3 items, 2 dimensions", done.stdout)
        self.assertIn("brie", done.stdout)

    def test_other_lines_are_refused(self):
        # The control: ids given twice.
        done = self.inspect(the_lines().replace('"cheddar"', '"brie"'))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("occurs before", done.stderr)


if __name__ == "__main__":
    unittest.main()
