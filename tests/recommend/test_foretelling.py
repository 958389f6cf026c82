import numpy as np
import pytest

from musicdesk.jobs import Job
from musicdesk.recommend.foretelling import _Ridge, foretell, levelled


@pytest.fixture
def sounds():
    return np.random.default_rng(0).normal(size=(120, 3)).astype(np.float32)


def test_levelling_asks_only_for_the_order(sounds):
    np.testing.assert_array_equal(levelled(np.exp(sounds)), levelled(sounds))


def test_levelled_dimensions_are_centred_and_of_one_spread_and_holes_stay(sounds):
    sounds[7] = np.nan
    level = levelled(np.column_stack([sounds, np.where(np.isnan(sounds[:, 0]), np.nan, 4.0)]).astype(np.float32))
    there = np.isfinite(level).all(axis=1)
    assert np.flatnonzero(~there).tolist() == [7]
    np.testing.assert_allclose(level[there].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(level[there].std(axis=0), [1, 1, 1, 0], atol=1e-5)


def test_a_smooth_map_is_foretold_for_items_not_seen(sounds):
    factors = np.column_stack([np.sin(sounds[:, 0]), sounds[:, 1] * 0.5]).astype(np.float32)
    told = foretell(sounds[:100], factors[:100], landmarks=80, rng=np.random.default_rng(0), job=Job())
    missed = ((told(sounds[100:]) - factors[100:]) ** 2).sum() / ((factors[100:] - factors.mean(axis=0)) ** 2).sum()
    assert missed < 0.1
    assert told.error < 0.1


def test_where_sound_tells_nothing_the_mean_is_foretold(sounds):
    noise = np.random.default_rng(1).normal(size=(120, 2)).astype(np.float32) + 3
    told = foretell(sounds, noise, landmarks=80, rng=np.random.default_rng(0), job=Job())
    assert told.error > 0.9
    assert np.abs(told(sounds) - noise.mean(axis=0)).mean() < 0.3


def test_the_error_is_that_of_leaving_each_item_out(sounds):
    factors = np.sin(sounds[:40]).astype(np.float64)
    factors -= factors.mean(axis=0)
    ridge = _Ridge.of(sounds[:40], sounds[:40], 0.2, factors)
    missed = 0.0
    for out in range(40):
        others = np.delete(np.arange(40), out)
        distances = ((sounds[:40, None] - sounds[None, :40]).astype(np.float64) ** 2).sum(axis=2)
        kernel = np.exp(-0.2 * distances)
        told = kernel[out, others] @ np.linalg.solve(kernel[np.ix_(others, others)] + np.eye(39), factors[others])
        missed += ((told - factors[out]) ** 2).sum()
    assert ridge.error(1.0) == pytest.approx(missed / (factors**2).sum(), rel=1e-3)
