"""What is said of a combiner: correlations, bounds, and how often what is sure is right."""

import numpy as np
import pytest
from made_up_answers import lesson

from musicdesk.evaluation.mood_labels import REFERENCE, LabelsReport, measure
from musicdesk.jobs import Job
from musicdesk.mood.axes import GEMS

LESSON = lesson(artists=24)


@pytest.fixture(scope="module")
def report() -> LabelsReport:
    """Of the made-up listeners."""
    return measure(LESSON, seeds=2, rng=np.random.default_rng(0), job=Job())


def test_every_emotion_is_told_above_its_control_and_below_its_ceiling(report: LabelsReport) -> None:
    assert tuple(row.name for row in report.emotions) == GEMS == tuple(REFERENCE)
    assert [row.name for row in report.axes] == ["valence", "arousal"]
    for row in (*report.emotions, *report.axes):
        assert row.r.low <= row.r.mean <= row.r.high
        assert row.shuffled.mean < row.r.mean <= row.ceiling < 1
        assert row.r.n == 24


def test_fewer_sounds_are_surer_and_what_is_sure_is_right_more_often(report: LabelsReport) -> None:
    shares = [row.share for row in report.sure]
    assert shares == sorted(shares, reverse=True)
    for row in report.sure:
        assert row.right is None or row.told >= row.at_least
    assert report.sure[0].right is not None
    assert report.right.mean > report.chance
    assert report.right.mean < report.agreement + 0.1
    assert report.covered > 0.85


def test_few_listeners_lower_the_ceiling() -> None:
    few = lesson(artists=24)
    few.listeners[:] = 4
    low, high = (
        measure(one, seeds=1, rng=np.random.default_rng(0), job=Job()).emotions[0].ceiling for one in (few, LESSON)
    )
    assert low < high
