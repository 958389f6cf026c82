"""What painted widgets draw with can be read, in both lights."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from musicdesk.ui import theme
from musicdesk.ui.glyphs import readable_on
from musicdesk.ui.ink import Ink, spoken
from musicdesk.ui.labels import ElidedLabel


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def ink(request: pytest.FixtureRequest, qtbot: QtBot) -> Ink:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setPalette(theme.palette(dark=request.param))
    return Ink.of(widget)


def test_text_stands_out(ink: Ink) -> None:
    for ground in (ink.ground, ink.raised, ink.hover):
        assert theme.contrast(ink.text.name(), ground.name()) >= 7
    for ground in (ink.ground, ink.raised):
        assert theme.contrast(ink.soft.name(), ground.name()) >= 4.5


def test_shapes_stand_out(ink: Ink) -> None:
    for slot in range(8):
        for ground in (ink.ground, ink.raised):
            assert theme.contrast(ink.slot(slot).name(), ground.name()) >= 3
    assert theme.contrast(ink.accent.name(), ink.ground.name()) >= 3


def test_a_sign_on_a_filled_button_can_be_read(ink: Ink) -> None:
    for ground in (ink.accent, ink.soft):
        assert theme.contrast(readable_on(ground).name(), ground.name()) >= 4.5


@pytest.mark.parametrize(
    ("number", "text"), [(1.4, "1.40"), (-0.5, "−0.50"), (-0.001, "0.00"), (2, "2.00")]
)  # fmt: skip
def test_numbers_have_one_width_and_a_real_minus(number: float, text: str) -> None:
    assert spoken(number) == text


def test_a_shortened_label_has_its_text_in_the_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("a rather long name of a prototype")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    assert label.toolTip() == label.text()
    label.resize(600, 20)
    assert label.toolTip() == ""
