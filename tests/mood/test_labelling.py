"""What a library feels like: percentiles, what is sure and what is not, files, corrections, and libraries that lack."""

from collections.abc import Mapping

import numpy as np
import pytest
from made_up_answers import measured, vectors_of

from musicdesk.encoders import cnn, handcrafted, musicnn
from musicdesk.mood.combiner import Combiner
from musicdesk.mood.labelling import FEWEST_SURE, hear, label, moods
from musicdesk.mood.measures import BRIGHTNESS, DIM, RHYTHM
from musicdesk.mood.witnesses import CORRECTIONS, FILES, LISTENERS, MEASURES, Witness, percentiles, together
from musicdesk.records import (
    AXES,
    MOODS,
    UNCERTAIN,
    Axis,
    EncoderKey,
    FloatArray,
    IntArray,
    Mood,
    MoodCorrection,
    Moods,
    Vectors,
)

OTHER = EncoderKey("somebody else's", "3", "none")
N = 60


def of(name: Axis) -> int:
    """The column of an axis."""
    return AXES.index(name)


def heard(n: int = N, *, seed: int = 0) -> Vectors:
    """As MusiCNN hears a library: around the music that its combiner learned from."""
    rng, taught = np.random.default_rng(seed), Combiner.for_encoder(musicnn.SPEC.key, has_measures=False)
    assert taught is not None
    size = np.full(len(taught.centre), 0.15)
    size[:3] = 0.5
    rows = (taught.centre + size * rng.standard_normal((n, len(size)))) @ np.linalg.pinv(taught.turn)
    near = taught.mean + rows * np.divide(1, taught.scale, out=np.zeros_like(taught.scale), where=taught.scale > 0)
    matrix, odds = near[:, : musicnn.SPEC.dim], near[:, musicnn.SPEC.dim :]
    tags = (1 / (1 + np.exp(-odds))).astype(np.float32)
    return vectors_of(matrix, key=musicnn.SPEC.key, tags=tags, vocabulary=musicnn.VOCABULARY)


def worded(words: Mapping[str, FloatArray], *, key: EncoderKey = OTHER) -> Vectors:
    """An encoder that nothing but these words are known of."""
    tags = np.stack(list(words.values()), axis=1).astype(np.float32)
    rng = np.random.default_rng(1)
    return vectors_of(rng.standard_normal((len(tags), 8)), key=key, tags=tags, vocabulary=tuple(words))


def whole(found: Moods, n: int) -> bool:
    """Whether every array is there, of the right length, and without holes."""
    shapes = (found.shares.shape, found.labels.shape, found.sure.shape, found.axes.shape, found.axes_sure.shape)
    arrays = (found.shares, found.sure, found.axes, found.axes_sure)
    fits = shapes == ((n, 4), (n,), (n,), (n, 6), (n, 6)) and len(found.hashes) == n
    return fits and all(np.isfinite(part).all() and (part >= 0).all() and (part <= 1).all() for part in arrays)


# ------------------------------------------------------------------------------------------------------------- wholes


@pytest.mark.parametrize("measures", [None, measured(N)])
def test_every_sound_has_moods_and_percentiles(measures: Vectors | None) -> None:
    vectors = heard()
    found = moods(vectors.hashes, vectors=vectors, measures=measures)
    assert whole(found, N)
    assert np.allclose(found.shares.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(np.sort(found.axes[:, of(Axis.AROUSAL)]), (np.arange(N) + 0.5) / N, atol=1e-5)
    assert LISTENERS in found.witnesses
    assert (MEASURES in found.witnesses) == (measures is not None)


def test_without_measures_brightness_and_tempo_are_there_and_less_sure() -> None:
    vectors = heard()
    bare, full = (moods(vectors.hashes, vectors=vectors, measures=one) for one in (None, measured(N)))
    for axis in (Axis.BRIGHTNESS, Axis.TEMPO):
        assert bare.axes[:, of(axis)].std() > 0.2
        assert 0 < bare.axes_sure[:, of(axis)].mean() < full.axes_sure[:, of(axis)].mean()


def test_a_label_stands_where_it_is_sure_and_nowhere_else() -> None:
    vectors = heard(400)
    found = moods(vectors.hashes, vectors=vectors)
    assert np.array_equal(found.labels == UNCERTAIN, found.sure < FEWEST_SURE)
    assert 0 < (found.labels == UNCERTAIN).mean() < 1
    sure = found.labels != UNCERTAIN
    assert np.array_equal(found.labels[sure], found.shares[sure].argmax(axis=1))


def test_sounds_are_found_by_hash_and_not_by_place() -> None:
    vectors, measures = heard(), measured(N)
    turned = tuple(reversed(vectors.hashes))
    one, other = (moods(hashes, vectors=vectors, measures=measures) for hashes in (vectors.hashes, turned))
    assert np.allclose(one.shares, other.shares[::-1], atol=1e-5)
    assert np.allclose(one.axes, other.axes[::-1], atol=1e-5)


# ------------------------------------------------------------------------------------------------------------- lacking


def test_an_empty_library_and_one_sound_are_no_trouble() -> None:
    assert whole(moods((), vectors=heard()), 0)
    alone = moods(("0",), vectors=heard(1))
    assert whole(alone, 1)
    assert np.allclose(alone.axes, 0.5)


def test_sounds_without_vector_or_with_a_broken_one_stay_uncertain() -> None:
    vectors = heard()
    vectors.matrix[4] = np.nan
    found = moods((*vectors.hashes, "unheard"), vectors=vectors)
    assert whole(found, N + 1)
    for row in (4, N):
        assert found.labels[row] == UNCERTAIN
        assert found.sure[row] == 0
        assert not found.axes_sure[row].any()
        assert (found.axes[row] == 0.5).all()


def test_measures_that_lack_some_sounds_leave_them_to_the_vectors() -> None:
    vectors = heard()
    some = measured(N)
    half = Vectors(some.key, some.hashes[:30], some.matrix[:30], some.tags[:30], (), some.typical_s[:30])
    found = moods(vectors.hashes, vectors=vectors, measures=half)
    assert whole(found, N)
    assert (found.sure > 0).all()
    assert found.axes_sure[:30, of(Axis.BRIGHTNESS)].min() > found.axes_sure[30:, of(Axis.BRIGHTNESS)].max()


def test_another_version_of_the_encoder_is_heard_by_its_words_and_the_measures() -> None:
    vectors = heard()
    newer = EncoderKey("musicnn", "2", "16k-3s-rms20")
    found = moods(vectors.hashes, vectors=Vectors(newer, *_parts(vectors)), measures=measured(N))
    assert whole(found, N)
    assert (found.sure > 0).all()
    assert LISTENERS in found.witnesses
    alone = moods(vectors.hashes, vectors=Vectors(newer, *_parts(vectors)))
    assert whole(alone, N)
    assert LISTENERS not in alone.witnesses


def _parts(vectors: Vectors) -> tuple[tuple[str, ...], FloatArray, FloatArray, tuple[str, ...], FloatArray]:
    return vectors.hashes, vectors.matrix, vectors.tags, vectors.vocabulary, vectors.typical_s


def test_an_encoder_without_words_and_measures_says_nothing_of_moods() -> None:
    vectors = vectors_of(np.random.default_rng(0).standard_normal((N, 8)), key=OTHER)
    found = moods(vectors.hashes, vectors=vectors)
    assert whole(found, N)
    assert (found.labels == UNCERTAIN).all()
    assert not found.axes_sure.any()
    assert not found.witnesses


def test_the_words_of_an_unknown_encoder_tell_moods_and_axes() -> None:
    rng = np.random.default_rng(0)
    calm, metal, voice = rng.uniform(0.05, 0.9, (3, N))
    found = moods([str(row) for row in range(N)], vectors=worded({"calm": calm, "metal": metal, "vocals": voice}))
    assert np.corrcoef(found.shares[:, MOODS.index(Mood.CALM)], calm)[0, 1] > 0.6
    assert np.corrcoef(found.axes[:, of(Axis.AROUSAL)], metal - calm)[0, 1] > 0.8
    assert np.corrcoef(found.axes[:, of(Axis.VOCALNESS)], voice)[0, 1] > 0.9


def test_words_that_never_change_say_nothing() -> None:
    found = moods([str(row) for row in range(N)], vectors=worded({"calm": np.full(N, 0.3)}))
    assert whole(found, N)
    assert (found.labels == UNCERTAIN).all()


def test_the_handcrafted_encoder_is_its_own_measures() -> None:
    vectors = measured(N)
    found = moods(vectors.hashes, vectors=vectors)
    assert whole(found, N)
    assert {LISTENERS, MEASURES} <= set(found.witnesses)
    assert (found.axes_sure[:, of(Axis.TEMPO)] > 0).all()


def test_the_small_network_is_known_too() -> None:
    rng = np.random.default_rng(0)
    tags = rng.uniform(0.01, 0.9, (N, len(musicnn.VOCABULARY)))
    vectors = vectors_of(rng.standard_normal((N, cnn.SPEC.dim)), key=cnn.SPEC.key, tags=tags.astype(np.float32),
                         vocabulary=musicnn.VOCABULARY)  # fmt: skip
    assert (moods(vectors.hashes, vectors=vectors).sure > 0).all()


# ---------------------------------------------------------------------------------------------------- measures, files


def test_what_is_measured_brighter_or_faster_stands_higher() -> None:
    vectors, measures = heard(), measured(N)
    steps = np.linspace(-1, 1, N).astype(np.float32)
    measures.matrix[:, BRIGHTNESS.start] = steps
    measures.matrix[:, [RHYTHM.start, RHYTHM.start + 5]] = steps[:, None]
    found = moods(vectors.hashes, vectors=vectors, measures=measures)
    for axis in (Axis.BRIGHTNESS, Axis.TEMPO):
        assert np.corrcoef(found.axes[:, of(axis)], steps)[0, 1] > 0.8


def test_arousal_and_moods_do_not_hear_the_measures_that_test_them() -> None:
    vectors, measures = heard(), measured(N)
    livelier = Vectors(measures.key, *_parts(measured(N)))
    livelier.matrix[:, RHYTHM] += np.linspace(-2, 2, N)[:, None]
    one, other = (moods(vectors.hashes, vectors=vectors, measures=some) for some in (measures, livelier))
    assert np.array_equal(one.shares, other.shares)
    assert np.array_equal(one.axes[:, of(Axis.AROUSAL)], other.axes[:, of(Axis.AROUSAL)])


def test_a_mood_word_in_the_file_shifts_the_mood_and_the_axes_towards_it() -> None:
    vectors = heard()
    before = moods(vectors.hashes, vectors=vectors)
    after = moods(vectors.hashes, vectors=vectors, words={"Calm": [3, 7], "Death Metal": np.array([9])})
    for row, mood in ((3, Mood.CALM), (7, Mood.CALM), (9, Mood.ENERGETIC)):
        assert after.shares[row, MOODS.index(mood)] > before.shares[row, MOODS.index(mood)]
    assert FILES in after.witnesses
    assert FILES not in before.witnesses
    untouched = [row for row in range(N) if row not in (3, 7, 9)]
    assert np.allclose(after.shares[untouched], before.shares[untouched], atol=1e-6)


def test_the_same_said_twice_counts_once_and_unknown_rows_are_left_out() -> None:
    vectors = heard()
    once = moods(vectors.hashes, vectors=vectors, words={"calm": [3]})
    twice = moods(vectors.hashes, vectors=vectors, words={"calm": [3, 3, 999, -1], "relaxing": [3]})
    assert np.allclose(once.shares, twice.shares)


# -------------------------------------------------------------------------------------------------------- corrections


def test_what_the_listener_says_stands() -> None:
    vectors = heard()
    before = moods(vectors.hashes, vectors=vectors)
    lively = int(before.axes[:, of(Axis.AROUSAL)].argmax())
    said = {
        str(lively): MoodCorrection(str(lively), Mood.CALM),
        "5": MoodCorrection("5", None, ((Axis.TEMPO, 0.9),)),
        "nobody's": MoodCorrection("nobody's", Mood.SAD),
    }
    after = moods(vectors.hashes, vectors=vectors, corrections=said)
    assert MOODS[after.labels[lively]] == Mood.CALM
    assert after.sure[lively] == 1
    assert after.shares[lively].sum() == pytest.approx(1)
    assert after.axes[lively, of(Axis.AROUSAL)] < before.axes[lively, of(Axis.AROUSAL)] - 0.2
    assert after.axes[5, of(Axis.TEMPO)] == pytest.approx(0.9)
    assert after.axes_sure[5, of(Axis.TEMPO)] == 1
    assert np.array_equal(after.shares[5], before.shares[5])
    assert CORRECTIONS in after.witnesses
    assert whole(after, N)


def test_what_was_heard_once_serves_for_every_correction_and_word_and_is_changed_by_none() -> None:
    vectors, measures = heard(), measured(N)
    hearing = hear(vectors.hashes, vectors=vectors, measures=measures)
    said, words = {"3": MoodCorrection("3", Mood.SAD, ((Axis.TEMPO, 0.1),))}, {"calm": [5]}
    for corrections in (said, {}):
        one = label(hearing, words=words, corrections=corrections)
        other = moods(vectors.hashes, vectors=vectors, measures=measures, words=words, corrections=corrections)
        assert one.witnesses == other.witnesses
        for name in ("shares", "labels", "sure", "axes", "axes_sure"):
            assert np.array_equal(getattr(one, name), getattr(other, name))


def test_measures_are_taken_as_they_are_and_stay_so() -> None:
    vectors, measures = heard(), measured(N)
    measures.matrix[7] = np.nan
    before = measures.matrix.copy()
    found = moods(vectors.hashes, vectors=vectors, measures=measures)
    assert np.array_equal(measures.matrix, before, equal_nan=True)
    assert found.axes_sure[7, of(Axis.TEMPO)] < found.axes_sure[8, of(Axis.TEMPO)]


def test_a_correction_is_heard_where_nothing_else_is_known() -> None:
    vectors = vectors_of(np.zeros((3, 8)), key=OTHER)
    found = moods(vectors.hashes, vectors=vectors, corrections={"1": MoodCorrection("1", Mood.HAPPY)})
    assert found.labels.tolist() == [UNCERTAIN, MOODS.index(Mood.HAPPY), UNCERTAIN]


# ---------------------------------------------------------------------------------------------------------- witnesses


def witness(values: list[float], trust: float = 1.0) -> Witness:
    """Somebody."""
    return Witness("somebody", np.array(values, np.float32), trust)


def test_witnesses_who_contradict_each_other_make_less_sure_and_more_make_surer() -> None:
    one, agree, differ = ([witness([1.0])], [witness([1.0])] * 2, [witness([1.0]), witness([-1.0])])
    sure = [float(together(some, 1)[1][0]) for some in (one, agree, differ)]
    assert sure[2] < sure[0] < sure[1] < 1
    assert together(differ, 1)[0][0] == 0


def test_a_witness_who_says_nothing_changes_nothing() -> None:
    told, sure = together([witness([1.0, float("nan")]), witness([float("nan"), float("nan")], 5)], 2)
    assert told[0] == 1
    assert np.isnan(told[1])
    assert sure.tolist() == [0.5, 0]


def test_equal_sounds_share_a_percentile_and_unknown_ones_are_in_the_middle() -> None:
    found: FloatArray | IntArray = percentiles(np.array([2.0, 1.0, 1.0, np.nan], np.float32))
    assert found.tolist() == pytest.approx([5 / 6, 1 / 3, 1 / 3, 0.5])


def test_another_witness_may_be_heard() -> None:
    vectors = vectors_of(np.zeros((3, 8)), key=OTHER)
    more = {Axis.ACOUSTICNESS: [Witness("another model", np.array([1, 0, -1], np.float32), 2.0)]}
    found = moods(vectors.hashes, vectors=vectors, others=more)
    assert found.axes[:, of(Axis.ACOUSTICNESS)].tolist() == pytest.approx([5 / 6, 1 / 2, 1 / 6])
    assert found.witnesses == ("another model",)


def test_measures_of_another_kind_are_left_out() -> None:
    vectors = heard()
    odd = vectors_of(np.zeros((N, DIM + 1)), key=handcrafted.SPEC.key)
    assert np.array_equal(moods(vectors.hashes, vectors=vectors, measures=odd).shares,
                          moods(vectors.hashes, vectors=vectors).shares)  # fmt: skip
