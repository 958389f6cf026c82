"""Arrays as they travel: float32 and int64; vectors as the directions that they are compared by."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

IntArray = npt.NDArray[np.int64]


def unit_rows(rows: npt.NDArray[np.floating[Any]], *, nothing: float = 1e-12) -> FloatArray:
    """``rows`` [..., dim] brought to length 1, so that their products are cosines.

    One no longer than ``nothing`` has no direction and becomes 0; one of nan stays nan.  # [..., dim]
    """
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit = np.divide(rows, length, out=np.zeros_like(rows), where=~(length <= nothing))
    return np.asarray(unit, np.float32)


def numbers_of(names: Sequence[str]) -> IntArray:
    """A number for each name, the same whatever its capitals and spaces, in their order; -1 for none.  # [n]"""
    tidy = [" ".join(name.casefold().split()) for name in names]
    numbers = {name: number for number, name in enumerate(sorted(set(tidy) - {""}))}
    return np.array([numbers.get(name, -1) for name in tidy], np.int64)
