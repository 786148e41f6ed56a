"""Factors as 8-bit integers: a quarter of the download, one scale for each dimension."""

import numpy as np

# Rows that are rounded at once: the copy in double precision stays small.
ROWS = 65_536


def quantise(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """float32 [N, d] → int8 [N, d] and scale float32 [d], value = integer · scale of its dimension.

    The largest absolute value of a dimension becomes 127, halves are rounded away from 0, a dimension
    of zeros gets the scale 0: bit for bit what the browser makes of float32 factors.
    """
    values = np.asarray(values, np.float32)
    scale = np.abs(values).max(axis=0, initial=0) / np.float32(127)
    table = np.zeros(values.shape, np.int8)
    used = scale > 0
    for start in range(0, len(values), ROWS):
        # The quotient is rounded to float32 first, as there; adding a half to it is exact in float64.
        steps = (values[start : start + ROWS, used] / scale[used]).astype(np.float64)
        rounded = np.trunc(steps + np.copysign(0.5, steps))
        # Beyond 127 only where the scale itself is too small a number to be exact.
        table[start : start + ROWS, used] = rounded.clip(-128, 127)
    return table, scale


def restore(table: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The factors as a browser sees them."""
    return table.astype(np.float32) * scale


def unpack_nibbles(packed: np.ndarray) -> np.ndarray:
    """uint8 [N, d/2] → float32 [N, d]: two numbers a byte, −8 to 7, the first one in the low half."""
    low, high = (packed << 4).view(np.int8) >> 4, packed.view(np.int8) >> 4
    return np.stack([low, high], axis=2).reshape(len(packed), -1).astype(np.float32)
