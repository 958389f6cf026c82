"""More like this, but …, in the window over a real desk: offers, the grid, steps and the way back, and what is kept."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui_samples import click
from ui_session import WAIT_MS, begin, settle

from musicdesk.desk.desk import Desk
from musicdesk.errors import DataFolderError, ModelUnavailable, NothingYet
from musicdesk.records import Axis, Mood, Moved, Seed
from musicdesk.ui.actions import ENTRIES
from musicdesk.ui.empty_states import State
from musicdesk.ui.gain_slider import GainSlider
from musicdesk.ui.session import Session
from musicdesk.ui.shortcut_sheet import lines
from musicdesk.ui.steer_trail import GRID
from musicdesk.ui.steer_trouble import Refused
from musicdesk.ui.workspace import TAB_FOR_YOU, TAB_LIBRARY, TAB_STEER

LEFT, NO = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    made = begin(desk, qtbot)
    yield made
    made.close()


@pytest.fixture
def steered(session: Session, qtbot: QtBot) -> Session:
    """A steering from the third track of the list, by the first offer."""
    session.window.for_you.view.choose_row(2)
    qtbot.waitUntil(lambda: session.window.for_you.bar.isVisible(), timeout=WAIT_MS)
    click(session.window.for_you.bar.buttons[0])
    answered(session, qtbot)
    return session


def answered(session: Session, qtbot: QtBot) -> None:
    """Until the list is the answer to what is asked."""
    steering, page = session.steering, session.window.steer

    def done() -> bool:
        current = bool(steering.trail) and page.answer is not None and page.answer.steer == steering._steer
        return current and page.state is None and not steering._busy and not session.tasks.busy

    qtbot.waitUntil(done, timeout=WAIT_MS)


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = NO) -> None:
    """A key where the keyboard is, as a hand presses it."""
    QTest.keyClick(QApplication.focusWidget(), key, modifier)


def place(session: Session, x: float, y: float) -> QPoint:
    return session.window.steer.grid.spot((x, y)).toPoint()


# ------------------------------------------------------------------ offers and steps


def test_an_offer_below_the_list_leads_to_a_list_that_is_steered(steered: Session) -> None:
    window, bar = steered.window, steered.window.for_you.bar
    assert 1 <= len(bar.offers) <= 6
    assert window.tabs.currentIndex() == TAB_STEER
    assert window.steer.view.hasFocus()
    seed = window.for_you.view.current()
    assert steered.steering.trail.names == (f"“{seed.title}”", bar.offers[0].name)
    assert window.steer.model.rowCount() > 0
    assert seed.audio_hash not in window.steer.model.ranking.hashes
    first = window.steer.model.pick(0)
    assert first.moved
    change = next(column for column in window.steer.model.columns if column.name == "change")
    assert "→" in window.steer.model.text(0, change)


def test_a_column_that_has_nothing_to_say_leaves_its_room(steered: Session) -> None:
    page = steered.window.steer
    number = next(n for n, column in enumerate(page.model.columns) if column.name == "stayed")
    plain = replace(page.answer, picks=tuple(replace(pick, same=()) for pick in page.answer.picks))
    telling = replace(page.answer, picks=tuple(replace(pick, same=("piano",)) for pick in page.answer.picks))
    for answer, hidden in ((plain, True), (telling, False), (plain, True)):
        page.show_answer(answer, target=None)
        assert page.view.isColumnHidden(number) is hidden


def test_another_offer_goes_one_step_further_and_crumbs_go_back(steered: Session, qtbot: QtBot) -> None:
    page = steered.window.steer
    before = page.answer
    click(page.bar.buttons[1])
    answered(steered, qtbot)
    assert len(steered.steering.trail.steps) == 3
    assert page.answer.steer != before.steer
    click(page.crumbs.buttons[1])
    answered(steered, qtbot)
    assert steered.steering.trail.here == 1
    assert page.answer.steer == before.steer
    assert [p.track for p in page.answer.picks] == [p.track for p in before.picks]
    click(page.crumbs.buttons[0])
    answered(steered, qtbot)
    assert page.answer.steer.moods == page.answer.steer.nudges == ()
    assert len(page.crumbs.buttons) == 3


def test_alt_left_goes_a_step_back_and_alt_right_on_again(steered: Session, qtbot: QtBot) -> None:
    press(Qt.Key.Key_Left, ALT)
    answered(steered, qtbot)
    assert steered.steering.trail.here == 0
    press(Qt.Key.Key_Left, ALT)
    assert steered.steering.trail.here == 0
    press(Qt.Key.Key_Right, ALT)
    answered(steered, qtbot)
    assert steered.steering.trail.here == 1


def test_escape_leaves_to_where_one_came_from(session: Session, qtbot: QtBot) -> None:
    press(Qt.Key.Key_2, ALT)
    settle(session, qtbot)
    session.window.all_tracks.view.choose_row(4)
    press(Qt.Key.Key_B)
    answered(session, qtbot)
    assert session.window.tabs.currentIndex() == TAB_STEER
    session.window.steer.strength.setFocus()
    press(Qt.Key.Key_Escape)
    assert session.window.steer.view.hasFocus()
    press(Qt.Key.Key_Escape)
    assert session.window.tabs.currentIndex() == TAB_LIBRARY
    assert not session.steering.trail
    assert session.window.steer.state is State.NO_STEERING


def test_from_a_row_of_the_steered_list_it_goes_on(steered: Session, qtbot: QtBot) -> None:
    steered.window.steer.view.choose_row(1)
    track = steered.window.steer.view.current()
    press(Qt.Key.Key_B)
    answered(steered, qtbot)
    assert steered.steering.trail.names[-1] == f"“{track.title}”"
    assert len(steered.steering.trail.steps) == 3
    press(Qt.Key.Key_Left, ALT)
    answered(steered, qtbot)
    assert steered.window.steer.answer.seed == steered.steering.trail.steps[1].seed


def test_several_chosen_tracks_are_one_seed(session: Session, qtbot: QtBot) -> None:
    view = session.window.for_you.view
    view.choose_row(0)
    press(Qt.Key.Key_Down, SHIFT)
    press(Qt.Key.Key_B)
    answered(session, qtbot)
    assert session.steering.trail.names == ("2 tracks",)
    assert len(session.window.steer.answer.seed.sounds) == 2


# ------------------------------------------------------------------ the grid


def test_the_list_follows_a_drag_and_the_last_place_wins(steered: Session, qtbot: QtBot) -> None:
    grid, page = steered.window.steer.grid, steered.window.steer
    answers: list[object] = []
    page.answered.connect(lambda: answers.append(page.answer.steer.point))
    QTest.mousePress(grid, LEFT, NO, place(steered, 0.2, 0.2))
    for step in range(1, 21):
        QTest.mouseMove(grid, place(steered, 0.2 + 0.03 * step, 0.2 + 0.03 * step))
    qtbot.waitUntil(lambda: len(answers) >= 2, timeout=WAIT_MS)
    assert len(steered.steering.trail.steps) == 2  # a hand on the way makes no step
    assert len(answers) < 20  # what a hand has left behind is never answered
    QTest.mouseRelease(grid, LEFT, NO, place(steered, 0.8, 0.8))
    answered(steered, qtbot)
    assert np.allclose(page.answer.steer.point, (0.8, 0.8), atol=0.02)
    assert steered.steering.trail.names[-1] == GRID
    assert page.answer.steer.nudges == steered.steering.trail.steps[1].steer.nudges


def test_another_drag_moves_the_same_step_and_giving_up_keeps_the_rest(steered: Session, qtbot: QtBot) -> None:
    grid = steered.window.steer.grid
    for x, y in ((0.8, 0.8), (0.3, 0.9)):
        QTest.mouseClick(grid, LEFT, NO, place(steered, x, y))
        answered(steered, qtbot)
    assert len(steered.steering.trail.steps) == 3
    assert np.allclose(steered.steering.trail.step.steer.point, (0.3, 0.9), atol=0.02)
    grid.setFocus()
    press(Qt.Key.Key_Backspace)
    answered(steered, qtbot)
    assert steered.steering.trail.step.steer.point is None
    assert steered.window.steer.model.rowCount() > 0


# ------------------------------------------------------------------ what is told


def test_the_page_says_where_the_list_stands_and_claims_no_proof_for_what_did_not_move(steered: Session) -> None:
    page = steered.window.steer
    assert page.standing.text().startswith("The ten best: ")
    assert page.sentence.text() == page.answer.sentence
    livelier = replace(page.answer.steer, moods=((Mood.ENERGETIC, 1.0),), nudges=())
    first = page.answer.picks[0]
    moved = Moved(Axis.AROUSAL, 0.3, 0.8, "more energetic: 30 → 80")
    stands = dict(page.answer.start)
    for reached, proof in ((0.8, True), (0.1, False)):
        page.show_answer(
            replace(
                page.answer, steer=livelier, holds=True, picks=(replace(first, moved=(moved,)),),
                start=tuple({**stands, Axis.AROUSAL: 0.3}.items()),
                reached=tuple({**stands, Axis.AROUSAL: reached}.items()),
            ), target=None,
        )  # fmt: skip
        assert page.standing.text().endswith("loudness and tempo agree") is proof


def test_the_claim_of_the_answer_is_shown_word_for_word(steered: Session) -> None:
    page = steered.window.steer
    page.show_answer(replace(page.answer, holds=False, sentence="This library has nothing calmer nearby."), target=None)
    assert page.sentence.text() == "This library has nothing calmer nearby."
    assert page.sentence.isVisible()
    page.show_answer(replace(page.answer, sentence=""), target=None)
    assert not page.sentence.isVisible()


def test_the_chosen_row_is_explained_by_the_steering_and_not_by_the_taste(steered: Session, qtbot: QtBot) -> None:
    window = steered.window
    window.steer.view.choose_row(1)
    settle(steered, qtbot)
    why, ranking = window.why, window.steer.model.ranking
    assert why.explanation.track == window.steer.view.current()
    assert {part.name for part in why.explanation.parts} == set(ranking.parts)
    assert why.explanation.score == pytest.approx(sum(part.contribution for part in why.explanation.parts), abs=1e-4)
    assert why.standing.text().startswith("Place 2 of this list")
    assert any(part.name.startswith("like “") for part in why.explanation.parts)
    assert not any(bar.changeable for bar in why.bars)
    window.show_tab(TAB_FOR_YOU)
    settle(steered, qtbot)
    names = {prototype.name for prototype in steered.ranking.taste.prototypes}
    assert {part.name for part in why.explanation.parts} <= names
    assert "rank" in why.standing.text()


def test_the_explanation_follows_while_the_target_moves(steered: Session, qtbot: QtBot) -> None:
    page, why = steered.window.steer, steered.window.why
    QTest.mouseClick(page.grid, LEFT, NO, place(steered, 0.9, 0.1))
    answered(steered, qtbot)
    row = page.model.ranking.hashes.index(why.explanation.track.audio_hash)
    assert why.explanation.score == pytest.approx(float(page.model.ranking.scores[row]))


# ------------------------------------------------------------------ what cannot be


def test_a_track_without_vector_gets_a_sentence_and_never_an_empty_panel(steered: Session, qtbot: QtBot) -> None:
    steering, page = steered.steering, steered.window.steer
    steering.begin(Seed("Like “Nobody”", ("not a sound of this library",)))
    qtbot.waitUntil(lambda: not steering._busy and page.notice.isVisible(), timeout=WAIT_MS)
    assert page.state is None
    assert page.model.rowCount() > 0
    assert page.notice.text.text()
    assert steering.trail.here == 1
    steering.leave()
    steering.begin(Seed("Like “Nobody”"))
    qtbot.waitUntil(lambda: page.state is State.STEER_UNHEARD and not steering._busy, timeout=WAIT_MS)
    assert page.empty.sentence.text().endswith(".")
    assert page.empty.button.text() == "Listen now"


def test_nothing_chosen_is_said(session: Session) -> None:
    session.window.tabs.setCurrentIndex(TAB_STEER)
    session.window.actions_["steer"].trigger()
    assert "Choose a track first" in session.window.notice.text.text()
    assert session.window.tabs.currentIndex() == TAB_STEER
    assert session.window.steer.state is State.NO_STEERING


def test_an_encoder_that_is_switched_under_way_is_a_sentence(steered: Session, qtbot: QtBot) -> None:
    page = steered.window.steer
    steered.desk.set(encoder="musicnn")
    page.view.setFocus()
    qtbot.waitUntil(lambda: page.state is State.STEER_UNHEARD, timeout=WAIT_MS)
    assert page.empty.sentence.text().endswith(".")
    assert page.empty.isVisible()
    assert page.empty.button.hasFocus(), "the keyboard is not thrown out of the page"
    steered.desk.set(encoder="handcrafted")
    qtbot.waitUntil(lambda: page.state is None, timeout=WAIT_MS)
    answered(steered, qtbot)
    assert page.model.rowCount() > 0


def test_the_button_of_a_failed_page_does_what_helps(steered: Session, qtbot: QtBot) -> None:
    seed, muted = Seed("Like “Nobody”"), Seed("Like your taste", taste=True)
    broken = replace(steered.window.for_you.view.current(), problem="It is silent.")
    cases = (
        (Refused(seed, "", State.STEER_UNHEARD), [], {}, State.STEER_UNHEARD, "rescan"),
        (Refused(seed, "", State.STEER_UNHEARD), [], {"listening": True}, State.STEER_LISTENING, "tab_4"),
        (Refused(seed, "", State.STEER_UNHEARD), [broken], {}, State.STEER_UNREADABLE, "tab_4"),
        (Refused(seed, "", State.STEER_UNHEARD), [broken], {"back": True}, State.STEER_BACK, "steer_back"),
        (Refused(seed, "", State.STEER_NO_ENCODER), [], {}, State.STEER_NO_ENCODER, "tab_5"),
        (Refused(muted, "", State.STEER_MUTED), [], {}, State.STEER_MUTED, "focus_1"),
        (Refused(seed, "", State.STEER_AGAIN), [], {}, State.STEER_AGAIN, "steer_again"),
    )
    for refused, tracks, told, face, action in cases:
        found = refused.state(tracks, **{"back": False, "listening": False, **told})
        assert (found, found.value.does) == (face, action)
        assert found.value.button
    desk, remedy = steered.desk, lambda error, seed=seed: Refused.of(steered.desk, seed, error).remedy
    assert remedy(ModelUnavailable("No.")) is State.STEER_NO_ENCODER
    assert remedy(DataFolderError("No.")) is State.STEER_AGAIN
    assert remedy(NothingYet("No.")) is State.STEER_UNHEARD
    assert remedy(NothingYet("No."), muted) is State.NOTHING_LEFT
    desk.set(encoder="musicnn")
    assert remedy(NothingYet("No."), muted) is State.STEER_UNHEARD
    desk.set(encoder="handcrafted")
    settle(steered, qtbot)


def test_asking_again_brings_the_list_once_it_can_be_had(steered: Session, qtbot: QtBot) -> None:
    page = steered.window.steer
    page.show_state(State.STEER_AGAIN, sentence="The disk went away.")
    click(page.empty.button)
    answered(steered, qtbot)
    assert page.state is None
    assert page.model.rowCount() > 0


def test_one_step_back_from_a_page_that_failed_is_the_list_before(steered: Session, qtbot: QtBot) -> None:
    steering, page = steered.steering, steered.window.steer
    steered.window.steer.view.choose_row(0)
    press(Qt.Key.Key_B)
    answered(steered, qtbot)
    page.show_state(State.STEER_BACK, sentence="It was taken out of the analysis.")
    click(page.empty.button)
    answered(steered, qtbot)
    assert steering.trail.here == 1
    assert page.state is None


def test_a_muted_taste_leads_to_its_first_slider(session: Session, qtbot: QtBot) -> None:
    taste = session.desk.recommending.taste()
    for prototype in taste.prototypes:
        session.desk.recommending.set_gain(prototype.name, 0.0)
    settle(session, qtbot)
    press(Qt.Key.Key_B, SHIFT)
    page = session.window.steer
    qtbot.waitUntil(lambda: page.state is State.STEER_MUTED, timeout=WAIT_MS)
    assert "Turn one up" in page.empty.sentence.text()
    click(page.empty.button)
    assert isinstance(QApplication.focusWidget(), GainSlider)


# ------------------------------------------------------------------ strength, keep, taste


def test_strength_and_what_stays_are_asked_at_once_and_remembered(steered: Session, qtbot: QtBot) -> None:
    page = steered.window.steer
    page.strength.setFocus()
    for _ in range(3):
        press(Qt.Key.Key_Left)
    page.strength.flush()
    answered(steered, qtbot)
    now = page.strength.amount
    assert now < 0.7
    assert page.answer.steer.strength == pytest.approx(now)
    assert len(steered.steering.trail.steps) == 2
    click(page.ticks["tempo"])
    answered(steered, qtbot)
    assert page.answer.steer.keep == ("tempo",)
    assert (steered.desk.settings.steer_strength, steered.desk.settings.steer_keep) == (pytest.approx(now), "tempo")
    steered.steering.leave()
    press(Qt.Key.Key_B)
    answered(steered, qtbot)
    assert page.answer.steer.keep == ("tempo",)
    assert page.answer.steer.strength == pytest.approx(now)


def test_the_taste_is_steered_and_kept_as_one_step_of_undo(session: Session, desk: Desk, qtbot: QtBot) -> None:
    page, before = session.window.steer, desk.recommending.taste()
    press(Qt.Key.Key_B, SHIFT)
    answered(session, qtbot)
    assert page.keep_taste.isVisible()
    assert not page.ticks["genre"].isVisible()
    for size in ((1280, 800), (1024, 640)):
        session.window.resize(*size)
        QApplication.processEvents()
        for button in (page.keep_taste, page.walk, page.playlist):
            assert button.width() >= button.sizeHint().width(), "no word is cut off"
    click(page.bar.buttons[0])
    answered(session, qtbot)
    assert desk.recommending.taste() == before
    click(page.keep_taste)
    qtbot.waitUntil(lambda: session.window.notice.isVisible(), timeout=WAIT_MS)
    settle(session, qtbot)
    assert session.window.tabs.currentIndex() == TAB_FOR_YOU
    assert desk.recommending.taste() != before
    assert "steer taste" in session.window.undo.toolTip()
    click(session.window.notice.button)
    settle(session, qtbot)
    assert [p.name for p in desk.recommending.taste().prototypes] == [p.name for p in before.prototypes]
    now = np.stack([p.vector for p in desk.recommending.taste().prototypes])
    assert np.array_equal(now, np.stack([p.vector for p in before.prototypes]))


def test_where_another_process_writes_nothing_can_be_kept(steered: Session) -> None:
    window, why = steered.window, "Another musicdesk has this library open."
    window.lock(why)
    for button in (window.steer.keep_taste, window.steer.walk, window.steer.playlist):
        assert not button.isEnabled()
        assert button.toolTip() == why
    assert not window.actions_["mood"].isEnabled()
    assert not window.actions_["walk"].isEnabled()
    assert window.steer.strength.isEnabled()
    window.lock("")
    assert window.steer.keep_taste.isEnabled()
    assert "undo" in window.steer.keep_taste.toolTip()


def test_a_change_of_the_library_under_a_hand_waits_until_it_rests(steered: Session, qtbot: QtBot) -> None:
    grid = steered.window.steer.grid
    QTest.mousePress(grid, LEFT, NO, place(steered, 0.7, 0.7))
    answered(steered, qtbot)
    held = steered.steering._held
    steered.steering.refresh()
    qtbot.wait(700)
    assert steered.steering._held is held
    QTest.mouseRelease(grid, LEFT, NO, place(steered, 0.7, 0.7))
    qtbot.waitUntil(lambda: steered.steering._held not in (None, held), timeout=WAIT_MS)


# ------------------------------------------------------------------ keys


def test_tab_walks_through_the_page_in_the_order_of_the_eye(steered: Session) -> None:
    page = steered.window.steer
    page.view.setFocus()
    seen = [page.view]
    for _ in range(40):
        press(Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if now is page.playlist:
            break
        seen.append(now)
    shown = [button for button in page.bar.buttons if button.isVisible()]
    wanted = [page.view, page.grid, *shown, page.strength, *page.ticks.values(), page.walk]
    assert [widget for widget in seen if widget in wanted] == wanted


def test_every_control_of_the_page_has_a_name_and_every_key_is_on_the_sheet(steered: Session) -> None:
    page = steered.window.steer
    for widget in (page.grid, page.strength, *page.bar.buttons, *page.ticks.values(), *page.crumbs.buttons):
        assert widget.accessibleName()
    told = {text for group in {entry.group for entry in ENTRIES} for _, text in lines(group)}
    assert {"More like this, but …", "My taste, but …", "Walk to …", "A step back", "A step on", "Mood…"} <= told
    keys = [key for entry in ENTRIES for key in entry.keys]
    assert len(keys) == len(set(keys))
