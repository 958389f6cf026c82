"""The settings: what is set is shown, what is changed is told at once, what is not here says so."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox
from pytestqt.qtbot import QtBot
from ui_samples import Heard

from musicdesk.records import Device
from musicdesk.settings import Settings
from musicdesk.ui.settings_dialog import SettingsDialog

CARD = Device("cuda:0", "NVIDIA H200", memory_mb=143_360, half=True)
SECOND = Device("cuda:1", "NVIDIA H200", memory_mb=143_360, half=True)
PROCESSOR = Device("cpu", "Some processor")


def dialog(qtbot: QtBot, **values: object) -> SettingsDialog:
    made = SettingsDialog(Settings().changed(**values))
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    return made


def offered(box: QComboBox) -> dict[object, str]:
    return {box.itemData(row): box.itemText(row) for row in range(box.count())}


def test_what_is_set_is_shown(qtbot: QtBot) -> None:
    shown = dialog(qtbot, workers=3, device="cpu", pace=0.25, quick_first=False, watch=False, rescan_minutes=60)
    assert shown.workers.value() == 3
    assert shown.device.currentData() == "cpu"
    assert shown.pace.currentData() == 0.25
    assert shown.rescan.currentData() == 60
    assert not shown.quick.isChecked()
    assert not shown.watch.isChecked()


def test_a_value_that_was_set_by_hand_is_shown_as_it_is(qtbot: QtBot) -> None:
    shown = dialog(qtbot, pace=0.7, rescan_minutes=45)
    assert (shown.pace.currentData(), shown.pace.currentText()) == (0.7, "Works 70% of the time")
    assert (shown.rescan.currentData(), shown.rescan.currentText()) == (45, "Every 45 minutes")


@pytest.mark.parametrize(
    ("field", "name"), [("device", "device"), ("pace", "pace"), ("rescan", "rescan_minutes"), ("gain", "replay_gain")]
)
def test_a_choice_is_told_at_once(field: str, name: str, qtbot: QtBot) -> None:
    shown = dialog(qtbot)
    changed, box = Heard(shown.changed), getattr(shown, field)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_End)
    assert changed.last == (name, box.itemData(box.count() - 1))


@pytest.mark.parametrize(
    ("field", "name"),
    [("animate", "animate_rows"), ("hover", "hover_preview"), ("quick", "quick_first"), ("watch", "watch")],
)
def test_a_tick_is_told_at_once(field: str, name: str, qtbot: QtBot) -> None:
    shown = dialog(qtbot)
    changed = Heard(shown.changed)
    tick = getattr(shown, field)
    before = tick.isChecked()
    tick.click()
    assert changed.last == (name, not before)


def test_cards_are_offered_by_name_and_the_first_as_the_settings_call_it(qtbot: QtBot) -> None:
    shown = dialog(qtbot)
    changed = Heard(shown.changed)
    shown.set_devices((PROCESSOR, CARD, SECOND))
    assert offered(shown.device) == {
        "auto": "Graphics card if there is one",
        "cpu": "Processor only",
        "cuda": "NVIDIA H200 (140 GB)",
        "cuda:1": "NVIDIA H200 (140 GB)",
    }
    assert shown.device.currentData() == "auto"
    assert not len(changed), "what is only offered is not set"


def test_a_card_that_is_not_here_now_stays_chosen_and_says_so(qtbot: QtBot) -> None:
    shown = dialog(qtbot, device="cuda")
    assert shown.device.currentData() == "cuda"
    shown.set_devices((PROCESSOR,))
    assert shown.device.currentData() == "cuda"
    assert shown.device.currentText() == "cuda (not found here)"


def test_on_a_low_screen_it_scrolls_and_can_still_be_closed(qtbot: QtBot) -> None:
    shown = dialog(qtbot)
    whole = shown.height()
    shown.fit(480)
    shown.show()
    shown.activateWindow()
    QTest.qWaitForWindowActive(shown)
    assert shown.height() == 480 < whole
    assert shown.buttons.geometry().bottom() < 480
    assert shown.rescan.visibleRegion().isEmpty()
    close = shown.buttons.buttons()[0]
    close.setFocus()
    QTest.keyClick(close, Qt.Key.Key_Backtab)
    qtbot.waitUntil(lambda: not shown.rescan.visibleRegion().isEmpty())
    shown.fit(2000)
    assert shown.height() == whole


def test_every_field_is_named(qtbot: QtBot) -> None:
    shown = dialog(qtbot)
    fields = [*shown.findChildren(QComboBox), *shown.findChildren(QSpinBox), *shown.findChildren(QCheckBox)]
    assert len(fields) == 11
    assert all(field.accessibleName() or getattr(field, "text", str)() for field in fields)
