"""The small picture at a slider: bars for the list, a hill for the library, and both in words."""

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from musicdesk.records import Likeness
from musicdesk.ui import theme
from musicdesk.ui.ink import Ink
from musicdesk.ui.match_histogram import BINS, MatchHistogram

SHARES = np.linspace(0, 1, 401, dtype=np.float32)
APART = Likeness(SHARES, np.where(SHARES < 0.9, SHARES * 2 - 1, 4 + SHARES).astype(np.float32))
"""Nine tenths of the library lie between −1 and 0.8, the last tenth about 5."""
TOP = np.full(40, 0.97, np.float32)


@pytest.fixture
def picture(qtbot: QtBot) -> MatchHistogram:
    made = MatchHistogram()
    qtbot.addWidget(made)
    made.set_look(0, off=False)
    made.resize(64, 16)
    return made


def image(picture: MatchHistogram) -> QImage:
    return picture.grab().toImage()


def test_in_percentiles_the_library_is_level(picture: MatchHistogram) -> None:
    picture.set_percentiles(TOP, name="piano")
    assert picture.hill == pytest.approx((1 / BINS,) * BINS)
    assert picture.shares[int(0.97 * BINS)] == 1.0
    assert "level because it is measured by itself" in picture.toolTip()


def test_on_the_scale_of_likeness_a_kind_that_stands_apart_is_a_hill_of_its_own(picture: MatchHistogram) -> None:
    picture.set_percentiles(TOP, name="piano")
    picture.set_library(APART)
    hill = np.array(picture.hill)
    assert hill.sum() == pytest.approx(1.0)
    assert hill[:5].sum() == pytest.approx(0.9, abs=0.01)
    assert hill[-1] == pytest.approx(0.1, abs=0.01)
    assert hill[6:14].sum() == pytest.approx(0.0, abs=0.01)
    assert picture.shares[-1] == 1.0, "the picks are placed on the same scale"
    picture.set_percentiles(np.full(10, 0.45, np.float32), name="piano")
    assert picture.shares[2] == 1.0


def test_every_pick_has_its_bar_on_either_scale(picture: MatchHistogram) -> None:
    for library in (None, APART):
        picture.set_library(library)
        picture.set_percentiles(np.array([0.0, 1e-6, 0.5, 0.9999, 1.0], np.float32), name="piano")
        assert sum(picture.shares) == pytest.approx(1.0)


def test_both_are_said_in_words(picture: MatchHistogram) -> None:
    picture.set_library(APART)
    picture.set_percentiles(TOP, name="piano")
    assert picture.toolTip() == picture.accessibleDescription()
    assert "half of them are nearer than 97% of your library" in picture.toolTip()
    assert "of which 10% lies in the nearer half" in picture.toolTip()
    picture.set_percentiles(None, name="piano")
    assert picture.toolTip().startswith("No list yet")
    assert not any(picture.shares)


def test_another_prototype_without_a_scale_is_in_percentiles_again(picture: MatchHistogram) -> None:
    picture.set_percentiles(TOP, name="piano")
    level = picture.shares
    picture.set_library(APART)
    picture.set_library(None)
    assert picture.shares == level


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_bars_and_hill_stand_apart_from_the_ground_and_from_each_other(picture: MatchHistogram, dark: bool) -> None:
    picture.setPalette(theme.palette(dark))
    picture.set_library(APART)
    picture.set_percentiles(TOP, name="piano")
    ground = Ink.of(picture).raised.name()
    seen = image(picture)
    bar, hill = seen.pixelColor(61, 8).name(), seen.pixelColor(6, 12).name()
    outline = min((seen.pixelColor(x, y).name() for x in range(20) for y in range(16)),
                  key=lambda name: -theme.contrast(name, ground))  # fmt: skip
    assert theme.contrast(bar, ground) >= 3
    assert theme.contrast(outline, ground) >= 3
    assert theme.contrast(bar, hill) >= 2
    assert hill != ground
