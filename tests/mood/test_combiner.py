"""A combiner: what it learns, how it is kept, and what it does with bad input."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_up_answers import KEY, lesson

from musicdesk.encoders import cnn, handcrafted, musicnn
from musicdesk.encoders.zoo.shipped import shipped_folder
from musicdesk.errors import BadRequest, ModelUnavailable, NothingYet
from musicdesk.mood.axes import GEMS
from musicdesk.mood.combiner import BLOCK_ROWS, Combiner, name_of
from musicdesk.mood.fitting import fit, held_out
from musicdesk.mood.measures import DIM, HELD_OUT
from musicdesk.records import EncoderKey

LESSON = lesson()


@pytest.fixture(scope="module")
def combiner() -> Combiner:
    """Taught by the made-up listeners."""
    return fit(LESSON)


def correlation(told: np.ndarray, true: np.ndarray) -> float:
    """Mean over emotions."""
    return float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(told.T, true.T, strict=True)]))


def test_what_listeners_feel_is_told_of_artists_it_never_heard() -> None:
    shares, error, moods = held_out(LESSON)
    assert correlation(shares, LESSON.shares) > 0.5
    assert (error > 0).all()
    assert np.allclose(moods.sum(axis=1), 1, atol=1e-5)


def test_answers_dealt_out_anew_teach_nothing() -> None:
    dealt = np.random.default_rng(1).permutation(len(LESSON))
    shuffled = replace(LESSON, shares=LESSON.shares[dealt])
    assert correlation(held_out(shuffled)[0], shuffled.shares) < 0.2


def test_the_same_seed_teaches_the_same(combiner: Combiner) -> None:
    again = fit(LESSON)
    assert np.array_equal(combiner.weights, again.weights)
    assert combiner.config == again.config


def test_errors_hold_what_was_felt_as_often_as_they_say() -> None:
    shares, error, _ = held_out(LESSON)
    chance = shares * (1 - shares) / LESSON.listeners[:, None]
    within = (np.abs(shares - LESSON.shares) <= 1.96 * np.sqrt(error**2 + chance)).mean()
    assert 0.88 < within <= 1


def test_a_kept_combiner_tells_the_same(combiner: Combiner, tmp_path: Path) -> None:
    combiner.save(tmp_path / "kept")
    kept = Combiner.load(tmp_path / "kept")
    asked = {"tags": LESSON.tags, "measures": LESSON.measures}
    assert np.allclose(kept.feelings(LESSON.vectors, **asked).shares, combiner.feelings(LESSON.vectors, **asked).shares,
                       atol=0.01)  # fmt: skip


def test_a_broken_combiner_is_said_to_be_broken(combiner: Combiner, tmp_path: Path) -> None:
    combiner.save(tmp_path)
    (tmp_path / "arrays.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelUnavailable, match="train mood"):
        Combiner.load(tmp_path)


def test_another_version_of_the_encoder_is_refused(combiner: Combiner, tmp_path: Path) -> None:
    combiner.save(tmp_path / name_of(KEY.name, measures=True))
    assert Combiner.for_encoder(KEY, has_measures=True, home=tmp_path) is not None
    assert Combiner.for_encoder(replace(KEY, version="2"), has_measures=True, home=tmp_path) is None
    assert Combiner.for_encoder(KEY, has_measures=False, home=tmp_path) is None


@pytest.mark.parametrize(
    ("key", "measures"),
    [(spec.key, has) for spec in (musicnn.SPEC, cnn.SPEC) for has in (True, False)] + [(handcrafted.SPEC.key, False)],
)
def test_every_encoder_that_comes_with_musicdesk_has_its_combiner(key: EncoderKey, measures: bool) -> None:
    found = Combiner.for_encoder(key, has_measures=measures)
    assert found is not None
    assert found.config.measures == measures
    assert (shipped_folder("mood") / "README.md").is_file()


def test_rhythm_and_dynamics_have_no_part_in_what_is_told(combiner: Combiner) -> None:
    changed = LESSON.measures.copy()
    changed[:, HELD_OUT] += 3
    told = [
        combiner.feelings(LESSON.vectors, tags=LESSON.tags, measures=one).shares for one in (LESSON.measures, changed)
    ]
    assert np.array_equal(told[0], told[1])


def test_rows_that_are_not_numbers_are_not_told(combiner: Combiner) -> None:
    vectors = LESSON.vectors.copy()
    vectors[3, 0] = np.nan
    told = combiner.feelings(vectors, tags=LESSON.tags, measures=LESSON.measures).shares
    assert np.isnan(told[3]).all()
    assert np.isfinite(np.delete(told, 3, axis=0)).all()


def test_a_large_library_is_told_as_its_parts_are(combiner: Combiner) -> None:
    many = 1 + BLOCK_ROWS // len(LESSON)
    whole = [np.tile(part, (many, 1)) for part in (LESSON.vectors, LESSON.tags, LESSON.measures)]
    told = combiner.feelings(whole[0], tags=whole[1], measures=whole[2]).shares
    alone = combiner.feelings(LESSON.vectors, tags=LESSON.tags, measures=LESSON.measures).shares
    assert np.allclose(told[-len(LESSON) :], alone, atol=1e-4)


def test_no_sounds_are_no_rows(combiner: Combiner) -> None:
    none = combiner.feelings(LESSON.vectors[:0], tags=LESSON.tags[:0], measures=LESSON.measures[:0])
    assert none.shares.shape == (0, len(GEMS))
    assert combiner.moods(none.shares).shape == (0, 4)


def test_missing_words_or_measures_are_told_as_a_sentence(combiner: Combiner) -> None:
    with pytest.raises(BadRequest, match="measures"):
        combiner.feelings(LESSON.vectors, tags=LESSON.tags)
    with pytest.raises(BadRequest, match="vectors"):
        combiner.feelings(LESSON.vectors[:, 1:], tags=LESSON.tags, measures=LESSON.measures)


def test_what_is_far_from_all_it_learned_from_is_told_nearly_the_usual(combiner: Combiner) -> None:
    rng = np.random.default_rng(3)
    far = [1e3 * rng.standard_normal((200, size)).astype(np.float32) for size in (LESSON.vectors.shape[1], DIM)]
    words = rng.choice([1e-4, 1 - 1e-4], (200, LESSON.tags.shape[1])).astype(np.float32)
    told = combiner.feelings(far[0], tags=words, measures=far[1]).shares
    near = combiner.feelings(LESSON.vectors, tags=LESSON.tags, measures=LESSON.measures).shares
    assert told.std(axis=0).mean() < 0.6 * near.std(axis=0).mean()
    assert np.abs(told.mean(axis=0) - LESSON.shares.mean(axis=0)).max() < 0.05


def test_a_lesson_that_cannot_be_is_refused() -> None:
    with pytest.raises(NothingYet, match="artists"):
        fit(lesson(artists=5))
    with pytest.raises(BadRequest, match="Answers"):
        replace(LESSON, shares=np.full_like(LESSON.shares, np.nan))
    with pytest.raises(BadRequest, match="Every sound"):
        replace(LESSON, vectors=LESSON.vectors[1:])
