"""The scale behind the percentiles: ordered alike, and it shows whether a kind of music stands apart."""

import numpy as np
import pytest
from made_up_libraries import grouped

from musicdesk.prototypes.columns import crowd, prototype_columns, similarity_columns
from musicdesk.prototypes.likeness import NEAREST, SAMPLE, likeness
from musicdesk.records import FloatArray, Likeness


def measured(space: FloatArray, vector: FloatArray) -> Likeness:
    around = crowd(space)
    _, percentiles = prototype_columns(space, vector[None], around=around)
    return likeness(space, vector, percentiles[0], around=around)


def unit(vector: FloatArray) -> FloatArray:
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def blob(n: int, dim: int, *, seed: int = 0) -> FloatArray:
    rows = np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def test_it_grows_with_the_percentiles() -> None:
    space = blob(800, 24)
    found = measured(space, unit(space[:5].mean(axis=0)))
    assert (np.diff(found.percentiles) >= 0).all()
    assert (np.diff(found.likeness) >= 0).all()
    assert found.likeness.dtype == np.float32


def test_it_reads_in_deviations_where_nothing_stands_apart() -> None:
    space = blob(4000, 64)
    found = measured(space, blob(1, 64, seed=9)[0])
    at = np.interp((0.02, 0.5, 0.98), found.percentiles, found.likeness)
    assert at == pytest.approx((-2, 0, 2), abs=0.6)


def test_a_group_of_its_own_is_a_gap_that_percentiles_do_not_show() -> None:
    library = grouped((500, 40))
    own = measured(library.space, unit(library.space[500:505].mean(axis=0)))
    below, above = np.interp((0.90, 0.95), own.percentiles, own.likeness)
    level = measured(blob(540, library.space.shape[1]), blob(1, library.space.shape[1], seed=3)[0])
    usual = float(np.diff(np.interp((0.90, 0.95), level.percentiles, level.likeness))[0])
    assert above - below > 3 * usual


def test_of_a_large_library_a_sample_and_the_nearest_are_measured() -> None:
    space = blob(40_000, 12)
    vector = unit(space[:3].mean(axis=0))
    found = measured(space, vector)
    assert len(found.percentiles) <= 2 * SAMPLE + NEAREST
    nearest = found.percentiles[-NEAREST:]
    assert nearest[0] == pytest.approx(1 - (NEAREST - 0.5) / 40_000, abs=1e-6)
    whole = likeness(space[::7], vector, prototype_columns(space[::7], vector[None])[1][0], around=crowd(space[::7]))
    grid = np.linspace(0.02, 0.98, 20)
    sampled, full = (np.interp(grid, each.percentiles, each.likeness) for each in (found, whole))
    assert sampled == pytest.approx(full, abs=0.1)


def test_a_very_small_library_keeps_to_plain_cosines() -> None:
    space = blob(7, 12)
    found = measured(space, space[2])
    assert found.likeness == pytest.approx(np.sort(similarity_columns(space, space[2:3])[0]), abs=1e-6)
    assert found.likeness[-1] == pytest.approx(1.0)
