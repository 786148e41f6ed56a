#!/usr/bin/env python3
"""Checks that the brief's sample gives the same in Python and in Rust.

`tests/golden/brief_sample.txt` is what both print; the Rust side is a test of the crate.

    python3 -m unittest discover python
"""

import sys
import unittest
from pathlib import Path

GOLDEN = Path(__file__).parent.parent / "tests" / "golden" / "brief_sample.txt"

try:
    import numpy  # noqa: F401

    READY = True
except ImportError:
    READY = False
    print("numpy is missing: python3 -m pip install -r python/requirements.txt", file=sys.stderr)


@unittest.skipUnless(READY, "numpy is missing")
class BriefSample(unittest.TestCase):
    def test_prints_what_rust_prints(self):
        from brief_sample import collaborative_filtering, report

        self.assertEqual(report(), GOLDEN.read_text())
        # The control: less of the old, more of the blend.
        wrong = lambda p, d, alpha: collaborative_filtering(p, d, 0.9 - alpha)  # noqa: E731
        self.assertNotEqual(report(wrong), GOLDEN.read_text())


if __name__ == "__main__":
    unittest.main()
