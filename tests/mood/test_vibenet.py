"""VibeNet as a witness: it says what it heard of the sounds that it heard, and no more than was measured."""

import numpy as np
import pytest
from made_up_answers import measured, vectors_of

from musicdesk.encoders import musicnn, vibenet
from musicdesk.mood.labelling import moods
from musicdesk.mood.vibenet import ATTRIBUTE, ENCODER, NAME, TRUST, TRUST_ALONE, witnesses
from musicdesk.records import AXES, Axis, EncoderKey, Vectors

N = 60
HASHES = tuple(map(str, range(N)))
UNKNOWN = EncoderKey("somebody else's", "3", "none")


def attributes(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((N, len(vibenet.ATTRIBUTES)), dtype=np.float32)


def heard(tags: np.ndarray, key: EncoderKey = vibenet.SPEC.key) -> Vectors:
    return vectors_of(np.ones((N, 4)), key=key, tags=tags, vocabulary=vibenet.ATTRIBUTES)


def test_its_names_are_those_of_the_encoder() -> None:
    assert vibenet.SPEC.key.name == ENCODER
    assert set(ATTRIBUTE.values()) <= set(vibenet.ATTRIBUTES)
    assert set(TRUST) | set(TRUST_ALONE) <= set(ATTRIBUTE)


@pytest.mark.parametrize("axis", TRUST_ALONE)
def test_an_axis_rises_with_its_attribute(axis: Axis) -> None:
    tags = attributes()
    (witness,) = witnesses(HASHES, heard(tags), ranks=UNKNOWN)[axis]
    order = np.argsort(tags[:, vibenet.ATTRIBUTES.index(ATTRIBUTE[axis])])
    assert (np.diff(witness.values[order]) > 0).all()
    assert (witness.name, witness.trust) == (NAME, TRUST_ALONE[axis])
    assert abs(float(witness.values.mean())) < 0.01


def test_beside_a_combiner_it_says_no_more_than_helps() -> None:
    assert set(witnesses(HASHES, heard(attributes()), ranks=musicnn.SPEC.key)) == set(TRUST)


def test_sounds_are_found_by_their_hash_and_the_rest_is_left_open() -> None:
    tags = attributes()
    turned = ("new", *HASHES[::-1])
    (witness,) = witnesses(turned, heard(tags), ranks=UNKNOWN)[Axis.ACOUSTICNESS]
    (straight,) = witnesses(HASHES, heard(tags), ranks=UNKNOWN)[Axis.ACOUSTICNESS]
    assert np.isnan(witness.values[0])
    np.testing.assert_array_equal(witness.values[:0:-1], straight.values)


def test_nothing_is_said_without_its_vectors() -> None:
    other = heard(attributes(), EncoderKey("other", "1", "x"))
    none = Vectors(vibenet.SPEC.key, (), np.zeros((0, 4)), np.zeros((0, 7)), vibenet.ATTRIBUTES, np.zeros(0))
    for nothing in (None, other, none):
        assert witnesses(HASHES, nothing, ranks=UNKNOWN) == {}
    assert witnesses(("new",), heard(attributes()), ranks=UNKNOWN) == {}
    assert witnesses((), heard(attributes()), ranks=UNKNOWN) == {}


def test_what_is_no_number_is_left_open() -> None:
    tags = attributes()
    tags[3] = np.nan
    (witness,) = witnesses(HASHES, heard(tags), ranks=UNKNOWN)[Axis.ACOUSTICNESS]
    assert np.flatnonzero(np.isnan(witness.values)).tolist() == [3]


def test_a_library_is_placed_by_it_and_it_is_named() -> None:
    tags = attributes()
    vectors = vectors_of(np.random.default_rng(1).standard_normal((N, 8)), key=UNKNOWN)
    others = witnesses(HASHES, heard(tags), ranks=UNKNOWN)
    with_it, without = moods(HASHES, vectors=vectors, others=others), moods(HASHES, vectors=vectors)
    column = AXES.index(Axis.ACOUSTICNESS)
    raw = tags[:, vibenet.ATTRIBUTES.index("acousticness")]
    assert np.corrcoef(with_it.axes[:, column], raw)[0, 1] > 0.9
    assert (with_it.axes_sure[:, column] > without.axes_sure[:, column]).all()
    assert NAME in with_it.witnesses
    assert NAME not in without.witnesses


def test_it_outvotes_no_other_witness() -> None:
    """Of what was measured it moves a place, and turns none round."""
    tags, measures = attributes(), measured(N)
    vectors = vectors_of(np.random.default_rng(1).standard_normal((N, 8)), key=UNKNOWN)
    plain = moods(HASHES, vectors=vectors, measures=measures)
    told = moods(HASHES, vectors=vectors, measures=measures, others=witnesses(HASHES, heard(tags), ranks=UNKNOWN))
    arousal = AXES.index(Axis.AROUSAL)
    assert np.corrcoef(plain.axes[:, arousal], told.axes[:, arousal])[0, 1] > 0.6
    np.testing.assert_array_equal(plain.axes[:, AXES.index(Axis.TEMPO)], told.axes[:, AXES.index(Axis.TEMPO)])
    np.testing.assert_array_equal(plain.labels, told.labels)
