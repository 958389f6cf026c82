"""What emotions and words say of moods and axes."""

import numpy as np
import pytest

from musicdesk.mood import axes
from musicdesk.mood.words import AXIS_WORDS, FILE_MOODS
from musicdesk.records import AXES, MOODS, Axis, Mood


def felt(**more: float) -> np.ndarray:
    """The usual feelings, some of them more often."""
    shares = np.array(axes.USUAL, np.float32)
    for name, by in more.items():
        shares[axes.GEMS.index(name)] += by
    return shares[None]


def test_the_nine_are_those_of_emotify_in_its_order() -> None:
    columns = (
        "amazement solemnity tenderness nostalgia calmness power joyful_activation tension sadness"  # of its tables
    )
    assert tuple(columns.split()) == axes.GEMS


@pytest.mark.parametrize(
    ("emotion", "mood"),
    [("power", Mood.ENERGETIC), ("calmness", Mood.CALM), ("joyful_activation", Mood.HAPPY), ("sadness", Mood.SAD)],
)
def test_an_emotion_felt_more_than_usual_makes_its_mood_the_strongest(emotion: str, mood: Mood) -> None:
    assert MOODS[axes.strongest(felt(**{emotion: 0.3}))[0]] == mood


def test_the_usual_feelings_are_no_mood_and_the_middle_of_both_axes() -> None:
    assert np.allclose(axes.mood_scores(felt()), 0, atol=1e-5)
    assert np.allclose(axes.valence_arousal(felt()), 0, atol=1e-5)


def test_valence_comes_before_arousal() -> None:
    sad, tense = axes.valence_arousal(felt(sadness=0.3))[0], axes.valence_arousal(felt(tension=0.3))[0]
    assert sad[0] < 0
    assert sad[1] < 0
    assert tense[0] < 0 < tense[1]


def test_every_mood_and_axis_has_words_in_the_form_that_words_are_looked_up_by() -> None:
    tables = [*(FILE_MOODS[mood] for mood in MOODS), *(AXIS_WORDS[axis] for axis in AXES)]
    assert all(tables)
    assert all(axes.tidy(word) == word for table in tables for word in table)


def test_words_are_found_whatever_their_case_and_dashes() -> None:
    table = axes.moods_of(["Death-Metal", "DRUM  and bass", "no such word"])
    assert table[0, MOODS.index(Mood.ENERGETIC)] > 0
    assert table[1, MOODS.index(Mood.ENERGETIC)] > 0
    assert not table[2].any()


def test_an_axis_word_has_its_opposite() -> None:
    acoustic = axes.axes_of(["acoustic", "techno", "calm", "metal"])[:, axes.column(Axis.ACOUSTICNESS)]
    assert acoustic[0] > 0 > acoustic[1]


def test_no_words_are_no_rows() -> None:
    assert axes.moods_of([]).shape == (0, 4)
    assert axes.axes_of([]).shape == (0, 6)
