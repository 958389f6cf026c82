"""What a track feels like, told in the window and corrected there, each with a way back."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from ui_samples import click, track
from ui_session import WAIT_MS, begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.errors import DiskFull
from musicdesk.records import AXES, MOODS, Axis, Mood, TrackMood
from musicdesk.ui.mood_dialog import SAID, AxisRow, MoodDialog
from musicdesk.ui.mood_words import mood_hint, mood_text, place_text, sure_text
from musicdesk.ui.session import Session


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    made = begin(desk, qtbot)
    made.window.for_you.view.choose_row(1)
    yield made
    made.close()


def told(session: Session, qtbot: QtBot, holds: Callable[[str], bool]) -> str:
    line = session.window.why.mood
    qtbot.waitUntil(lambda: holds(line.told), timeout=WAIT_MS)
    return line.told


def felt(session: Session) -> TrackMood:
    return session.desk.moods.of(session.window.for_you.view.current())


def press(session: Session, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A shortcut; the window is the active one again after a menu."""
    session.window.activateWindow()
    QTest.qWaitForWindowActive(session.window.window(), WAIT_MS)
    QTest.keyClick(session.window.for_you.view, key, keys)


def say(session: Session, qtbot: QtBot, key: Qt.Key) -> None:
    """F, then the letter of the mood."""
    press(session, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu), timeout=WAIT_MS)
    QTest.keyClick(QApplication.activePopupWidget(), key)
    settle(session, qtbot)


def test_the_chosen_track_says_what_it_feels_like(session: Session, qtbot: QtBot) -> None:
    told(session, qtbot, lambda text: text == mood_text(felt(session)))
    assert session.window.why.mood.isVisible()
    assert "energetic" in session.window.why.mood.toolTip()
    session.window.for_you.view.choose_row(12)
    assert mood_text(felt(session)) != session.window.why.mood.told
    told(session, qtbot, lambda text: text == mood_text(felt(session)))


def test_a_mood_is_said_by_key_counts_at_once_and_is_taken_back_by_undo(session: Session, qtbot: QtBot) -> None:
    sound = session.window.for_you.view.current().audio_hash
    before = told(session, qtbot, lambda text: text == mood_text(felt(session)))
    say(session, qtbot, Qt.Key.Key_S)
    assert told(session, qtbot, lambda text: "as you said" in text) == "Mood: sad, as you said"
    assert session.desk.moods.corrections()[sound].mood is Mood.SAD
    assert "→ sad." in session.window.notice.text.text()
    session.window.notice.button.click()
    settle(session, qtbot)
    assert sound not in session.desk.moods.corrections()
    told(session, qtbot, lambda text: text == before)


def test_ctrl_z_takes_a_correction_back_and_ctrl_shift_z_makes_it_again(session: Session, qtbot: QtBot) -> None:
    window, moods = session.window, session.desk.moods
    chosen, both = window.for_you.view.current(), Qt.KeyboardModifier.ControlModifier
    say(session, qtbot, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.actions_["undo"].text() == f"Undo: mood of {chosen.title}", timeout=WAIT_MS)
    say(session, qtbot, Qt.Key.Key_H)
    assert moods.corrections()[chosen.audio_hash].mood is Mood.HAPPY
    for keys, mood in (
        (both, Mood.SAD), (both, None), (both | Qt.KeyboardModifier.ShiftModifier, Mood.SAD),
        (both | Qt.KeyboardModifier.ShiftModifier, Mood.HAPPY),
    ):  # fmt: skip
        press(session, Qt.Key.Key_Z, keys)
        settle(session, qtbot)
        said = moods.corrections().get(chosen.audio_hash)
        assert (said.mood if said else None) is mood
        told(session, qtbot, lambda text: text == mood_text(felt(session)))


def test_what_was_said_already_is_no_step_to_be_undone(session: Session, qtbot: QtBot) -> None:
    say(session, qtbot, Qt.Key.Key_S)
    assert session.window.notice.button.isVisible()
    steps = session.desk.recommending.history()
    say(session, qtbot, Qt.Key.Key_S)
    assert not session.window.notice.button.isVisible()
    assert session.desk.recommending.history() == steps


def test_undo_brings_back_what_was_said_before_of_mood_and_axes(session: Session, qtbot: QtBot) -> None:
    chosen = session.window.for_you.view.current()
    session.desk.moods.correct([chosen], mood=Mood.HAPPY, axes={Axis.TEMPO: 0.9})
    before = session.desk.moods.corrections()
    say(session, qtbot, Qt.Key.Key_T)
    assert not session.desk.moods.corrections()
    session.window.notice.button.click()
    settle(session, qtbot)
    assert session.desk.moods.corrections() == before


def test_the_menu_of_the_row_holds_the_moods(session: Session, qtbot: QtBot) -> None:
    view = session.window.for_you.view
    view.menu_asked.emit(view.mapToGlobal(view.rect().center()))
    menu = QApplication.activePopupWidget()
    line = next(line for line in menu.actions() if line.text() == "Mood")
    inner = line.menu()
    texts = [each.text().replace("&", "") for each in inner.actions() if each.text()]
    assert texts == [*(mood.value.capitalize() for mood in MOODS), "On each axis…", "Take back what I said"]
    next(each for each in inner.actions() if "Calm" in each.text()).trigger()
    menu.close()
    settle(session, qtbot)
    assert session.desk.moods.corrections()[view.current().audio_hash].mood is Mood.CALM


def test_where_another_process_writes_nothing_is_corrected(session: Session, qtbot: QtBot) -> None:
    session.window.lock("Another musicdesk has this library open.")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F)
    settle(session, qtbot)
    assert not isinstance(QApplication.activePopupWidget(), QMenu)
    view = session.window.for_you.view
    view.menu_asked.emit(view.mapToGlobal(view.rect().center()))
    menu = QApplication.activePopupWidget()
    assert not next(line for line in menu.actions() if line.text() == "Mood").isEnabled()
    menu.close()


def test_uncertain_is_said_to_be_uncertain() -> None:
    shares = ((Mood.ENERGETIC, 0.41), (Mood.CALM, 0.3), (Mood.HAPPY, 0.19), (Mood.SAD, 0.1))
    axes = ((Axis.TEMPO, 0.31, 0.9),)
    unsure = TrackMood(track(1), None, 0.2, shares, axes, ("measures of the sound",))
    assert mood_text(unsure) == "Mood: uncertain; nearest to energetic (41 %)"
    sure = TrackMood(track(1), Mood.ENERGETIC, 0.6, shares, axes, ("measures of the sound",))
    assert mood_text(sure) == "Mood: energetic 41 %, 60 % sure"
    assert mood_hint(sure).splitlines()[1:3] == ["Tempo: above 31 % of the library", "Told by measures of the sound"]


# ------------------------------------------------------------------ the axes


def axes_dialog(session: Session, qtbot: QtBot) -> MoodDialog:
    """F, then X, as a hand does."""
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu), timeout=WAIT_MS)
    QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_X)
    qtbot.waitUntil(lambda: bool(session.window.findChildren(MoodDialog)), timeout=WAIT_MS)
    return session.window.findChildren(MoodDialog)[-1]


def row_of(dialog: MoodDialog, axis: Axis) -> AxisRow:
    return next(row for row in dialog.rows if row.standing.axis is axis)


def place_of(session: Session, axis: Axis) -> float:
    return {each: place for each, place, _ in felt(session).axes}[axis]


def test_each_axis_shows_its_place_in_words_how_sure_it_is_and_who_told(session: Session, qtbot: QtBot) -> None:
    dialog, told_of = axes_dialog(session, qtbot), felt(session)
    assert [row.standing.axis for row in dialog.rows] == list(AXES)
    for row, (axis, place, sure) in zip(dialog.rows, told_of.axes, strict=True):
        assert row.place.text() == place_text(axis, place)
        assert row.note.text() == sure_text(sure)
        assert row.slider.accessibleDescription() == row.place.text()
        assert not row.reset.isEnabled()
    assert all(name in dialog.told.text() for name in told_of.witnesses)
    assert mood_text(told_of) == dialog.mood.text()
    assert not dialog.save.isEnabled()
    dialog.reject()


def test_a_moved_axis_counts_and_one_undo_takes_all_back(session: Session, qtbot: QtBot) -> None:
    sound, before = session.window.for_you.view.current().audio_hash, place_of(session, Axis.TEMPO)
    dialog = axes_dialog(session, qtbot)
    tempo, energy = row_of(dialog, Axis.TEMPO), row_of(dialog, Axis.AROUSAL)
    energy.slider.setFocus()
    QTest.keyClick(energy.slider, Qt.Key.Key_Home)
    QTest.keyClick(tempo.slider, Qt.Key.Key_End)
    assert (tempo.place.text(), energy.place.text()) == ("fast 100 %", "calm 0 %")
    assert tempo.note.text() == SAID
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    settle(session, qtbot)
    assert dict(session.desk.moods.corrections()[sound].axes) == {Axis.TEMPO: 1.0, Axis.AROUSAL: 0.0}
    assert place_of(session, Axis.TEMPO) == 1.0
    assert "fast 100 %" in session.window.notice.text.text()
    assert "as you said" not in mood_text(felt(session)), "of the mood nothing was said"
    session.window.notice.button.click()
    settle(session, qtbot)
    assert sound not in session.desk.moods.corrections()
    assert place_of(session, Axis.TEMPO) == pytest.approx(before)


def test_reset_takes_back_one_axis_and_leaves_the_others_and_the_mood(session: Session, qtbot: QtBot) -> None:
    chosen, heard = session.window.for_you.view.current(), place_of(session, Axis.TEMPO)
    said = {Axis.TEMPO: 0.9, Axis.BRIGHTNESS: 0.2}
    session.desk.moods.correct([chosen], mood=Mood.HAPPY, axes=said)
    settle(session, qtbot)
    dialog = axes_dialog(session, qtbot)
    tempo = row_of(dialog, Axis.TEMPO)
    assert (tempo.place.text(), tempo.note.text()) == ("fast 90 %", SAID)
    click(tempo.reset)
    assert tempo.place.text() == place_text(Axis.TEMPO, heard)
    assert tempo.slider.amount == pytest.approx(heard, abs=0.01)
    click(dialog.save)
    settle(session, qtbot)
    kept = session.desk.moods.corrections()[chosen.audio_hash]
    assert (kept.mood, dict(kept.axes)) == (Mood.HAPPY, {Axis.BRIGHTNESS: 0.2})
    assert place_of(session, Axis.TEMPO) == pytest.approx(heard)


def test_a_double_click_goes_back_to_what_is_heard(session: Session, qtbot: QtBot) -> None:
    session.desk.moods.correct([session.window.for_you.view.current()], axes={Axis.TEMPO: 0.9})
    settle(session, qtbot)
    dialog = axes_dialog(session, qtbot)
    slider = row_of(dialog, Axis.TEMPO).slider
    QTest.mouseDClick(slider, Qt.MouseButton.LeftButton)
    assert dialog.changes == {Axis.TEMPO: None}
    dialog.reject()


def test_several_tracks_are_corrected_at_once_and_keep_what_was_not_touched(session: Session, qtbot: QtBot) -> None:
    view, moods = session.window.for_you.view, session.desk.moods
    view.choose_row(0)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    first, second = view.selection()
    moods.correct([first], mood=Mood.SAD, axes={Axis.VOCALNESS: 0.1})
    settle(session, qtbot)
    dialog = axes_dialog(session, qtbot)
    assert "2 tracks" in dialog.heading.text()
    vocals = row_of(dialog, Axis.VOCALNESS)
    assert vocals.note.text() == "some as you said"
    assert vocals.reset.isEnabled()
    QTest.keyClick(row_of(dialog, Axis.AROUSAL).slider, Qt.Key.Key_End)
    click(dialog.save)
    settle(session, qtbot)
    said = moods.corrections()
    assert said[first.audio_hash].mood is Mood.SAD
    assert dict(said[first.audio_hash].axes) == {Axis.AROUSAL: 1.0, Axis.VOCALNESS: 0.1}
    assert dict(said[second.audio_hash].axes) == {Axis.AROUSAL: 1.0}
    session.window.notice.button.click()
    settle(session, qtbot)
    assert dict(moods.corrections()[first.audio_hash].axes) == {Axis.VOCALNESS: 0.1}
    assert second.audio_hash not in moods.corrections()


def test_what_cannot_be_kept_is_said_in_the_dialog(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object, **__: object) -> None:
        raise DiskFull("The disk is full. Make room and try again.")

    dialog = axes_dialog(session, qtbot)
    monkeypatch.setattr(session.desk.moods, "say", full)
    QTest.keyClick(row_of(dialog, Axis.TEMPO).slider, Qt.Key.Key_End)
    click(dialog.save)
    settle(session, qtbot)
    assert dialog.problem.text().startswith("The disk is full")
    assert dialog.save.isEnabled()
    dialog.reject()


def test_the_line_that_tells_the_mood_opens_its_menu_by_mouse_and_by_key(session: Session, qtbot: QtBot) -> None:
    line = session.window.why.mood
    told(session, qtbot, bool)
    for ask in (lambda: click(line), lambda: QTest.keyClick(line, Qt.Key.Key_Return)):
        line.setFocus()
        ask()
        qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu), timeout=WAIT_MS)
        menu = QApplication.activePopupWidget()
        assert "Calm" in [each.text().replace("&", "") for each in menu.actions()]
        menu.close()
    assert line.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_place_is_a_percentile_with_a_word() -> None:
    assert place_text(Axis.AROUSAL, 0.12) == "calm 12 %"
    assert place_text(Axis.AROUSAL, 0.5) == "middling 50 %"
    assert place_text(Axis.TEMPO, 0.8) == "fast 80 %"
    assert (sure_text(0.64), sure_text(0.1)) == ("64 % sure", "hardly known")
