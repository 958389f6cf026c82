"""What was heard window by window comes back as it was, and old things go when there are too many."""

import numpy as np
import pytest
from store.samples import KEY, NEXT, WORDS, analysis, sound

from musicdesk.records import Passages
from musicdesk.store import windows
from musicdesk.store.vectors import VectorStore
from musicdesk.store.windows import WindowStore


def passages(number, count=5, *, scale=1.0):
    rng = np.random.default_rng(number)
    vectors = (scale * rng.standard_normal((count, 4))).astype(np.float32)
    return Passages(
        sound(number), 1.5 * np.arange(count, dtype=np.float32), 3.0, vectors, rng.random((count, 2)).astype("f4")
    )


@pytest.fixture
def store(database):
    VectorStore(database).add([analysis(1)], key=KEY, vocabulary=WORDS, now=0.0)
    return WindowStore(database)


def test_passages_come_back(store):
    store.add(KEY, [passages(1), passages(2, 0)])
    found = store.load(KEY, [sound(1), sound(2), sound(3)])
    assert set(found) == set(store.known(KEY)) == {sound(1), sound(2)}
    kept = passages(1)
    np.testing.assert_array_equal(found[sound(1)].starts_s, kept.starts_s)
    np.testing.assert_allclose(found[sound(1)].vectors, kept.vectors, rtol=1e-3)
    np.testing.assert_allclose(found[sound(1)].tags, kept.tags, atol=1e-3)
    assert found[sound(1)].length_s == 3.0
    assert len(found[sound(2)]) == 0  # it was listened to, and nothing could be heard


def test_vectors_that_half_precision_cannot_hold_are_kept_too(store):
    for scale in (1e6, 1e-6):
        store.add(KEY, [passages(1, scale=scale)])
        np.testing.assert_allclose(store.load(KEY, [sound(1)])[sound(1)].vectors, passages(1, scale=scale).vectors)


def test_a_later_listen_takes_the_place_of_an_earlier_one(store):
    store.add(KEY, [passages(1, 5)])
    store.add(KEY, [passages(1, 7)])
    assert len(store.load(KEY, [sound(1)])[sound(1)]) == 7


def test_another_version_of_the_encoder_has_heard_nothing(store):
    store.add(KEY, [passages(1)])
    store.add(NEXT, [passages(1)])  # it has analysed nothing, so it has no passages either
    assert store.known(NEXT) == frozenset()
    assert store.load(NEXT, [sound(1)]) == {}


def test_when_there_are_too_many_those_that_stand_for_something_stay(store, monkeypatch):
    monkeypatch.setattr(windows, "LIMIT", 3)
    for number in range(4):
        store.add(KEY, [passages(number)], wanted=[sound(0)])
    assert store.known(KEY) == {sound(0), sound(3)}
