"""Recommenders kept in a folder: found again over a library that has changed, or known to be broken."""

import json

import numpy as np
import pytest
from made_up_listening import heard

from musicdesk.desk.fitted import Fitted, Footing
from musicdesk.desk.heard import ME
from musicdesk.errors import ModelUnavailable
from musicdesk.jobs import Job
from musicdesk.recommend import registry

FOOTING = Footing(2, 100, 3, 1000, "musicnn 1 mel", 5.0)


@pytest.fixture
def fitted():
    found, recommender = heard(), registry.make("popularity")
    recommender.fit(found.log, None, job=Job())
    return Fitted(recommender, found.sounds, FOOTING)


def test_advice_is_laid_out_over_the_library_as_it_is_now(fitted):
    scores, servable = fitted.advice(heard(), ME, ("1:new", "1:b", "1:a", "1:c"))
    assert servable.tolist() == [False, True, True, False]
    assert scores[1] > scores[2]


def test_what_was_kept_is_found_again(fitted, tmp_path):
    fitted.keep(tmp_path / "recommenders" / "popularity")
    again = Fitted.found(tmp_path / "recommenders" / "popularity")
    assert (again.hashes, again.footing) == (fitted.hashes, FOOTING)
    for one, other in zip(
        again.advice(heard(), ME, fitted.hashes), fitted.advice(heard(), ME, fitted.hashes), strict=True
    ):
        assert np.array_equal(one, other)
    fitted.keep(tmp_path / "recommenders" / "popularity")
    assert [path.name for path in (tmp_path / "recommenders").iterdir()] == ["popularity"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("made.json", "[]"),
        ("made.json", json.dumps({"version": 99})),
        ("made.json", json.dumps({"version": 1, "listeners": "many"})),
        ("sounds.json", '["1:a"]'),
        ("sounds.json", "{}"),
        ("config.json", "{}"),
    ],
)
def test_a_broken_one_is_told(fitted, tmp_path, name, text):
    fitted.keep(tmp_path / "kept")
    (tmp_path / "kept" / name).write_text(text)
    with pytest.raises(ModelUnavailable):
        Fitted.found(tmp_path / "kept")


@pytest.mark.parametrize(
    ("now", "moved"),
    [
        (Footing(2, 120, 3, 1000, "musicnn 1 mel"), False),
        (Footing(2, 121, 3, 1000, "musicnn 1 mel"), True),
        (Footing(2, 100, 3, 1020, "musicnn 1 mel"), False),
        (Footing(2, 100, 3, 1021, "musicnn 1 mel"), True),
        (Footing(2, 100, 3, 1000, "cnn 1 mel"), True),
    ],
)
def test_it_is_stale_when_much_was_heard_or_added_or_the_encoder_is_another(now, moved):
    assert FOOTING.moved(now) is moved


def test_one_that_goes_by_habits_alone_does_not_mind_new_tracks():
    assert not Footing(2, 100, 3, 1000).moved(Footing(2, 100, 3, 9000))


def test_what_is_made_at_once_minds_every_listen():
    assert Footing(2, 100, 3).moved(Footing(2, 101, 3), exactly=True)
    assert not Footing(2, 100, 3).moved(Footing(2, 100, 3), exactly=True)
