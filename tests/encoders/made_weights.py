"""Numbers for a network's tensors that follow from their names alone: the same on every machine, in any library."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def made(name: str, shape: Sequence[int]) -> npt.NDArray[np.float32]:
    """Numbers of a size that keeps a signal's size on its way through the network."""
    count = int(np.prod(shape))
    raw = np.frombuffer(hashlib.shake_256(name.encode()).digest(4 * count), dtype="<u4")
    even = (raw / 2**31 - 1).reshape(tuple(shape))  # between -1 and 1
    if name.endswith("running_var"):
        return np.asarray(1.25 + 0.5 * even, dtype=np.float32)
    if len(shape) > 1:
        return np.asarray(even * np.sqrt(3 / np.prod(shape[1:])), dtype=np.float32)
    gain = name.endswith(("weight", "gamma", "scale"))
    return np.asarray(gain + 0.2 * even, dtype=np.float32)
