from dataclasses import replace

import numpy as np
import pytest
from made_up_mood_space import made_up

from musicdesk.jobs import Cancelled, Job
from musicdesk.mood.proxies import proxies
from musicdesk.mood.translation import TranslatorConfig
from musicdesk.records import MOODS

CONFIG = TranslatorConfig(neighbours=20, reach=1.0)


@pytest.fixture(scope="module")
def catalogue():
    return made_up()[0]


def made(catalogue, config=CONFIG, targets=None):
    rows = np.arange(len(catalogue)) if targets is None else targets
    return proxies(catalogue, rows, config=config, job=Job())


def test_they_are_the_nearest_of_each_mood_by_others(catalogue):
    found = made(catalogue)
    for row in (0, 17, 479):
        for mood in range(len(MOODS)):
            those = np.flatnonzero((catalogue.labels == mood) & (catalogue.artists != catalogue.artists[row]))
            wanted = those[np.argsort(-(catalogue.space[those] @ catalogue.space[row]))[:20]]
            np.testing.assert_array_equal(found.rows[row, mood, : found.counts[row, mood]], wanted)


def test_the_artist_of_the_seed_is_let_in_only_where_it_is_wished(catalogue):
    def own(config):
        found = made(catalogue, config)
        artists = catalogue.artists[found.rows]
        meant = np.arange(found.rows.shape[2]) < found.counts[:, :, None]
        return ((artists == catalogue.artists[:, None, None]) & meant).any()

    assert not own(CONFIG)
    assert own(replace(CONFIG, artist_disjoint=False))


def test_an_artist_who_has_a_mood_alone_leaves_no_proxy_of_it(catalogue):
    lonely = np.flatnonzero(catalogue.labels == 3)
    artists = catalogue.artists.copy()
    artists[lonely] = 5
    found = made(replace(catalogue, artists=artists))
    assert (found.counts[artists == 5, 3] == 0).all()
    moods, _ = found.draw(np.repeat(lonely[:1], 200), identity=False, rng=np.random.default_rng(0))
    assert set(moods) == {0, 1, 2}


def test_only_targets_are_drawn(catalogue):
    targets = np.arange(0, 480, 2)
    found = made(catalogue, targets=targets)
    _, rows = found.draw(np.arange(480), identity=False, rng=np.random.default_rng(0))
    assert np.isin(rows, targets).all()


def test_the_reach_is_a_share_of_the_mood(catalogue):
    found = made(catalogue, replace(CONFIG, neighbours=100, reach=0.1))
    sizes = np.bincount(catalogue.labels, minlength=4)
    np.testing.assert_array_equal(found.counts[0], np.round(0.1 * sizes))


def test_moods_and_proxies_are_drawn_evenly_and_identity_is_itself(catalogue):
    found = made(catalogue)
    seeds = np.repeat(3, 8000)
    moods, rows = found.draw(seeds, identity=True, rng=np.random.default_rng(0))
    np.testing.assert_allclose(np.bincount(moods, minlength=4) / 8000, 0.25, atol=0.03)
    own = moods == catalogue.labels[3]
    assert (rows[own] == 3).all()
    other = (catalogue.labels[3] + 1) % 4
    counts = np.bincount(rows[moods == other])
    assert (counts > 0).sum() == 20
    assert counts.max() < 2 * counts[counts > 0].min()
    assert (catalogue.labels[rows] == moods).all()


def test_without_identity_no_seed_is_asked_for_its_own_mood(catalogue):
    moods, rows = made(catalogue).draw(np.arange(480), identity=False, rng=np.random.default_rng(0))
    assert (moods != catalogue.labels).all()
    assert (rows != np.arange(480)).all()


def test_it_stops_when_it_is_told(catalogue):
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        proxies(catalogue, np.arange(480), config=CONFIG, job=job)
