"""What is said of a mood in words."""

import pytest

from musicdesk.records import AXES, Axis
from musicdesk.ui.mood_words import place_text


@pytest.mark.parametrize("axis", AXES)
def test_a_place_and_the_percent_that_is_shown_of_it_have_the_same_word(axis: Axis) -> None:
    for place in (thousandth / 1000 for thousandth in range(1001)):
        assert place_text(axis, place) == place_text(axis, round(100 * place) / 100)


def test_the_ends_begin_beyond_two_fifths_and_three_fifths() -> None:
    said = [place_text(Axis.AROUSAL, place) for place in (0.39, 0.4, 0.6, 0.604, 0.61)]
    assert said == ["calm 39 %", "middling 40 %", "middling 60 %", "middling 60 %", "energetic 61 %"]
