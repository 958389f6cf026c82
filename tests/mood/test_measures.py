"""Handcrafted vectors by name, against the sounds themselves."""

import numpy as np
import pytest
from scipy.stats import rankdata

from musicdesk.encoders import handcrafted
from musicdesk.errors import BadRequest
from musicdesk.mood.measures import (
    BRIGHTNESS,
    DIM,
    DYNAMICS,
    HARMONY,
    HEARD,
    HELD_OUT,
    RHYTHM,
    TIMBRE,
    independent,
    named,
    ranks,
)
from musicdesk.records import FloatArray

RATE = handcrafted.RATE_HZ


def clicks(per_s: float, *, pitch_hz: float = 800) -> np.ndarray:
    """Eight seconds of short tones at even distances."""
    time = np.arange(8 * RATE) / RATE
    since = np.mod(time, 1 / per_s)
    sound: np.ndarray = (np.sin(2 * np.pi * pitch_hz * time) * np.exp(-since * 30)).astype(np.float32)
    return sound


@pytest.fixture(scope="module")
def sounds() -> dict[str, tuple[np.ndarray, handcrafted.Measures]]:
    """Vectors and measures of known sounds."""
    rng = np.random.default_rng(0)
    made = {
        "slow": clicks(1), "fast": clicks(5), "dark": clicks(2, pitch_hz=150), "bright": clicks(2, pitch_hz=5000),
        "noise": (0.1 * rng.standard_normal(8 * RATE)).astype(np.float32),
    }  # fmt: skip
    return {name: handcrafted.describe(sound) for name, sound in made.items()}


def test_the_parts_of_the_vector_follow_each_other_and_are_all_of_it() -> None:
    parts = (TIMBRE, BRIGHTNESS, HARMONY, RHYTHM, DYNAMICS)
    assert [part.start for part in parts[1:]] == [part.stop for part in parts[:-1]]
    assert (HEARD.start, HELD_OUT.start, HELD_OUT.stop) == (TIMBRE.start, HEARD.stop, DYNAMICS.stop)
    assert handcrafted.SPEC.dim == DIM == HELD_OUT.stop


def test_a_measure_of_the_vector_is_the_one_that_the_encoder_made(
    sounds: dict[str, tuple[np.ndarray, handcrafted.Measures]],
) -> None:
    for vector, measures in sounds.values():
        found = named(vector[None])
        for name in ("pace", "brightness", "majorness"):
            assert getattr(found, name)[0] == pytest.approx(getattr(measures, name), abs=1e-4)
        assert found.noisiness_db[0] == pytest.approx(measures.noisiness, abs=1e-3)
        assert found.range_db[0] == pytest.approx(measures.range_db, abs=1e-3)
        assert found.attack_db[0] == pytest.approx(measures.attack_db, abs=1e-4)


def test_known_sounds_are_measured_as_what_they_are(sounds: dict[str, tuple[np.ndarray, handcrafted.Measures]]) -> None:
    found = dict(zip(sounds, range(len(sounds)), strict=True))
    measured = named(np.stack([vector for vector, _ in sounds.values()]))
    lively = independent(measured)
    assert lively["onsets"][found["fast"]] > lively["onsets"][found["slow"]] + 1
    assert lively["tempo"][found["fast"]] > lively["tempo"][found["slow"]]
    assert measured.brightness[found["bright"]] > measured.brightness[found["dark"]] + 2
    assert lively["loudness"][found["noise"]] > lively["loudness"][found["slow"]]
    assert measured.noisiness_db[found["noise"]] > measured.noisiness_db[found["dark"]]


def test_a_tempo_an_octave_off_leaves_the_onsets_as_they_are() -> None:
    once = np.zeros((1, DIM), np.float32)
    twice = once.copy()
    twice[0, RHYTHM.start] += 1  # the octaves of the tempo
    twice[0, RHYTHM.start + 5] += 0.5  # of which the pace has half
    assert named(twice).onset_octaves == named(once).onset_octaves


def test_what_was_not_measured_stays_unknown() -> None:
    assert np.isnan(named(np.full((2, DIM), np.nan, np.float32)).pace).all()


def test_other_vectors_are_refused() -> None:
    with pytest.raises(BadRequest, match="handcrafted"):
        named(np.zeros((3, 400), np.float32))


@pytest.mark.parametrize("values", [
    np.random.default_rng(0).standard_normal(500), np.random.default_rng(1).integers(0, 9, 500), np.zeros(4), [2.0],
])  # fmt: skip
def test_ranks_are_those_of_scipy(values: FloatArray) -> None:
    found = np.asarray(values, np.float32)
    assert np.array_equal(ranks(found), rankdata(found))
