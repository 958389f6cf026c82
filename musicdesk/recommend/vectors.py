"""How the vectors of the items are put on one scale before anything is compared."""

import numpy as np

from musicdesk.errors import BadRequest
from musicdesk.recommend.log import BoolArray
from musicdesk.records import FloatArray, unit_rows

FEWEST = 3
"""Fewer rows have no spread worth scaling by; they are only brought to unit length."""


def unit(vectors: FloatArray) -> FloatArray:
    """``vectors`` [n, dim] centred, scaled to deviation 1 in every dimension, and brought to unit length.

    Centre and scale are those of the rows that are present; rows of nan stay nan. A dimension that does not vary is
    left at 0, and so is a row that lies in the centre.  # [n, dim]
    """
    there = present(vectors)
    standard = np.full(vectors.shape, np.nan, np.float32)
    rows = np.asarray(vectors[there], np.float64)
    if len(rows) >= FEWEST:
        spread = rows.std(axis=0)
        rows = (rows - rows.mean(axis=0)) / np.where(spread > 1e-9, spread, np.inf)
    standard[there] = unit_rows(rows)
    return standard


def present(vectors: FloatArray) -> BoolArray:
    """Which rows are known: all their numbers are finite.  # [n]"""
    return np.asarray(np.isfinite(vectors).all(axis=1))


def needed(vectors: FloatArray | None, n_items: int) -> FloatArray:
    """``vectors`` as they are, once they are sure to be a row of numbers for every item.

    Raises BadRequest if there are none, or not as many as items.
    """
    if vectors is None:
        raise BadRequest("This recommender goes by the sound and needs the vectors of the items. Analyse them first.")
    if vectors.ndim != 2 or len(vectors) != n_items:
        raise BadRequest(f"The log has {n_items} items, but the vectors are of shape {vectors.shape}.")
    if not present(vectors).any():
        raise BadRequest("Not one of the items has a vector. Analyse them first.")
    return vectors


def filled(vectors: FloatArray) -> FloatArray:
    """``vectors`` with zeros in place of rows of nan, which then are like nothing.  # [n, dim]"""
    return np.nan_to_num(vectors, nan=0.0, posinf=0.0, neginf=0.0)
