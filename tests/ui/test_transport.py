"""The transport shows what is heard, and seeks where a hand points."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui_samples import Heard, click, drag, move, press, release, track

from musicdesk.records import Feedback
from musicdesk.ui.transport import Transport
from musicdesk.ui.waveform_view import clock, resampled


@pytest.fixture
def transport(qtbot: QtBot) -> Transport:
    made = Transport()
    qtbot.addWidget(made)
    made.resize(1024, 56)
    made.set_track(track(1))
    made.set_state(playing=True, position_s=72.0, length_s=240.0)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def test_it_shows_track_and_times(transport: Transport) -> None:
    assert transport.title.text() == "Nocturne 1"
    assert transport.artist.text() == "Chopin"
    assert transport.times.text() == "1:12 / 4:00"
    assert transport.play_button.accessibleName() == "Pause"
    transport.set_state(playing=False, position_s=73.0, length_s=240.0)
    assert transport.play_button.accessibleName() == "Play"


def test_with_nothing_playing_it_says_how_to_start(transport: Transport) -> None:
    transport.set_track(None)
    assert transport.title.text() == "Nothing is playing"
    assert transport.times.text() == ""
    assert not transport.like_button.isEnabled()
    assert transport.play_button.isEnabled()
    assert not transport.waveform.isEnabled()


def test_the_buttons_say_what_is_asked(transport: Transport) -> None:
    play, next_, previous = Heard(transport.play_pause), Heard(transport.next), Heard(transport.previous)
    for button in (transport.play_button, transport.next_button, transport.previous_button):
        click(button)
    assert len(play) == len(next_) == len(previous) == 1


def test_a_click_seeks_there(transport: Transport) -> None:
    seek = Heard(transport.seek)
    click(transport.waveform, transport.waveform.x_of(120.0))
    assert seek.calls == [(pytest.approx(120.0, abs=1.0),)]


def test_a_drag_seeks_once_and_is_not_disturbed(transport: Transport) -> None:
    seek, wave = Heard(transport.seek), transport.waveform
    press(wave, wave.x_of(72.0))
    move(wave, wave.x_of(200.0))
    transport.set_state(playing=True, position_s=73.0, length_s=240.0)
    assert wave.position_s == pytest.approx(200.0, abs=1.0)
    assert transport.times.text().startswith(("3:19", "3:20"))
    assert not seek.calls
    release(wave, wave.x_of(200.0))
    assert seek.calls == [(pytest.approx(200.0, abs=1.0),)]


def test_keys_seek(qtbot: QtBot, transport: Transport) -> None:
    seek, wave = Heard(transport.seek), transport.waveform
    qtbot.keyClick(wave, Qt.Key.Key_Right)
    qtbot.keyClick(wave, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(wave, Qt.Key.Key_Home)
    qtbot.keyClick(wave, Qt.Key.Key_Left)
    assert [s for (s,) in seek.calls] == [77.0, 62.0, 0.0, 0.0]


def test_showing_a_state_asks_for_nothing(transport: Transport) -> None:
    heard = [Heard(s) for s in (transport.seek, transport.volume_changed, transport.liked, transport.disliked)]
    transport.set_state(playing=True, position_s=100.0, length_s=240.0)
    transport.set_volume(0.4)
    transport.set_feedback(Feedback(liked=True))
    transport.set_waveform(np.linspace(0, 1, 600, dtype=np.float32))
    assert not any(h.calls for h in heard)


def test_the_outline_is_drawn_played_and_unplayed(transport: Transport) -> None:
    transport.set_waveform(np.ones(600, dtype=np.float32))
    image, wave = transport.waveform.grab().toImage(), transport.waveform
    row = wave.height() // 2 - 10
    accent = wave.palette().highlight().color().rgb()
    colours = [image.pixel(x, row) for x in range(wave.width())]
    head = round(wave.x_of(72.0))
    assert accent in colours[: head - 2]
    assert accent not in colours[head + 3 :]
    assert len(set(colours[head + 3 :])) > 1


def test_like_and_dislike(transport: Transport) -> None:
    liked, disliked = Heard(transport.liked), Heard(transport.disliked)
    click(transport.like_button)
    assert liked.calls == [(True,)]
    transport.set_feedback(Feedback(liked=True))
    click(transport.like_button)
    assert liked.last == (False,)
    click(transport.dislike_button)
    assert len(disliked) == 1
    transport.set_feedback(Feedback(disliked=True))
    assert transport.dislike_button.isChecked()
    assert not transport.like_button.isChecked()


def test_the_volume_is_live(transport: Transport) -> None:
    transport.set_volume(1.0)
    heard = Heard(transport.volume_changed)
    drag(transport.volume, transport.volume.x_of(100), transport.volume.x_of(30))
    assert len(heard) > 2
    assert heard.last == (pytest.approx(0.3, abs=0.03),)


def test_the_loudspeaker_silences_and_brings_back(transport: Transport) -> None:
    transport.set_volume(0.6)
    heard = Heard(transport.volume_changed)
    click(transport.quiet_button)
    assert transport.quiet_button.accessibleName() == "Sound on"
    click(transport.quiet_button)
    assert heard.calls == [(0.0,), (0.6,)]


def test_a_problem_is_told_in_place(transport: Transport) -> None:
    transport.set_problem("No sound device was found: plug one in.")
    assert transport.problem.isVisible()
    assert not transport.waveform.isVisible()
    assert transport.problem.text.text() == "No sound device was found: plug one in."
    transport.set_problem("")
    assert transport.waveform.isVisible()


def test_it_fits_a_small_window(transport: Transport) -> None:
    transport.resize(680, 56)
    assert transport.minimumSizeHint().width() <= 680
    assert transport.waveform.width() >= 96


def test_every_control_has_a_name_and_a_tooltip(transport: Transport) -> None:
    for widget in (
        transport.previous_button, transport.play_button, transport.next_button, transport.waveform,
        transport.like_button, transport.dislike_button, transport.quiet_button, transport.volume,
    ):  # fmt: skip
        assert widget.accessibleName()
        assert widget.toolTip()


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (72.9, "1:12"), (3725, "1:02:05"), (-1, "0:00")])
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize("count", [1, 100, 600, 1000])
def test_an_outline_keeps_its_peak_at_any_width(count: int) -> None:
    peaks = np.zeros(600, dtype=np.float32)
    peaks[299] = 0.5
    levels = resampled(peaks, count)
    assert len(levels) == count
    assert levels.max() == 1.0
    assert not resampled(np.zeros(600, dtype=np.float32), count).any()
