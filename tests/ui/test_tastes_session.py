"""Tastes under names in the window over a real desk: keep, switch, rename, delete, presets, compare, files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from ui_session import WAIT_MS, begin, settle, titles

from musicdesk.desk.desk import Desk
from musicdesk.records import CarriedTaste
from musicdesk.ui.compare_view import CompareView, overlap_text
from musicdesk.ui.session import Session
from musicdesk.ui.tastes_controller import file_name, imported_text
from musicdesk.ui.tastes_menu import TastesMenu


@pytest.fixture
def session(desk: Desk, qtbot: QtBot) -> Iterator[Session]:
    desk.settings = desk.settings.changed(watch=False)
    desk.listening.like([desk.indexing.find(f"{kind} {n}") for kind in ("Bells", "Noise") for n in range(3)])
    made = begin(desk, qtbot)
    yield made
    made.close()


def done(session: Session, qtbot: QtBot) -> None:
    settle(session, qtbot)
    qtbot.waitUntil(lambda: not session.tastes._settling.isActive(), timeout=WAIT_MS)
    settle(session, qtbot)


def kept(session: Session) -> list[str]:
    return [taste.name for taste in session.desk.tastes.names()]


def head(session: Session) -> str:
    return session.window.taste.head.name.text()


def gains(session: Session) -> list[tuple[str, float]]:
    return [(p.name, p.gain) for p in session.desk.recommending.taste().prototypes]


def said(session: Session) -> str:
    return session.window.notice.text.text()


def two(session: Session, qtbot: QtBot) -> None:
    """A taste for Bells and one for Noise; the second stands."""
    taste = session.desk.recommending.taste()
    session.tastes.save("work")
    done(session, qtbot)
    for prototype, gain in zip(taste.prototypes[:2], (-1.0, 2.0), strict=True):
        session.desk.recommending.set_gain(prototype.id, gain)
    session.desk.recommending.set_variety(0.0)
    session.tastes.save("running")
    done(session, qtbot)


def test_a_taste_is_kept_and_taken_up_again_with_its_list(session: Session, qtbot: QtBot) -> None:
    assert head(session) == "Your taste ▾"
    first = titles(session)
    two(session, qtbot)
    assert head(session) == "running ▾"
    second = titles(session)
    assert first != second
    session.tastes.use("work")
    done(session, qtbot)
    assert titles(session) == first
    assert head(session) == "work ▾"
    assert "work" in session.window.undo.toolTip()
    session.window.notice.button.click()
    done(session, qtbot)
    assert titles(session) == second
    session.desk.recommending.set_gain(session.desk.recommending.taste().prototypes[0].id, 0.4)
    done(session, qtbot)
    assert head(session) == "Your taste ▾", "it is neither of them now"


def test_the_menu_shows_them_and_says_which_one_this_is(session: Session, qtbot: QtBot) -> None:
    two(session, qtbot)
    session.window.actions_["tastes"].trigger()
    qtbot.waitUntil(lambda: bool(session.window.findChildren(TastesMenu)), timeout=WAIT_MS)
    menu = session.window.findChildren(TastesMenu)[0]
    lines = {line.text(): line for line in menu.actions()}
    assert lines["running"].isChecked()
    assert not lines["work"].isChecked()
    assert lines["Compare …"].isEnabled()
    lines["work"].trigger()
    menu.close()
    done(session, qtbot)
    assert head(session) == "work ▾"


def test_without_a_kept_taste_the_menu_says_so(session: Session, qtbot: QtBot) -> None:
    session.tastes.menu(QPoint(10, 10))
    qtbot.waitUntil(lambda: bool(session.window.findChildren(TastesMenu)), timeout=WAIT_MS)
    menu = session.window.findChildren(TastesMenu)[0]
    assert not menu.actions()[0].isEnabled()
    menu.close()


def test_a_taste_is_renamed_deleted_and_brought_back(session: Session, qtbot: QtBot) -> None:
    two(session, qtbot)
    session.tastes.rename("running", "sport")
    done(session, qtbot)
    assert kept(session) == ["sport", "work"]
    session.tastes.remove("sport")
    done(session, qtbot)
    assert kept(session) == ["work"]
    assert head(session) == "Your taste ▾"
    session.window.notice.button.click()
    done(session, qtbot)
    assert kept(session) == ["sport", "work"]
    assert head(session) == "sport ▾", "it came back as it was"


def test_what_cannot_be_is_a_sentence(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    for do in (
        lambda: session.tastes.save("  "),
        lambda: session.tastes.use("nothing"),
        lambda: session.tastes.rename("nothing", "x"),
    ):
        session.window.notice.hide()
        do()
        done(session, qtbot)
        assert session.window.notice.isVisible()
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    session.tastes.import_(broken)
    done(session, qtbot)
    assert "broken.json" in said(session) or "JSON" in said(session)
    session.tastes.export(tmp_path / "no" / "where" / "taste.json")
    done(session, qtbot)
    assert session.window.notice.isVisible()


def test_a_file_carries_a_taste_and_undo_brings_the_other_back(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    path, first = tmp_path / "work.json", gains(session)
    session.tastes.export(path)
    done(session, qtbot)
    assert path.stat().st_size < 100_000
    assert str(path) in said(session)
    session.desk.recommending.set_gain(session.desk.recommending.taste().prototypes[0].id, -1.0)
    done(session, qtbot)
    other = titles(session)
    assert gains(session) != first
    session.tastes.import_(path)
    done(session, qtbot)
    assert gains(session) == first
    assert [card.slider.amount for card in session.window.taste.cards] == [gain for _, gain in first]
    session.window.actions_["undo"].trigger()
    done(session, qtbot)
    assert titles(session) == other


def test_a_kept_taste_is_written_from_the_menu_without_being_taken_up(
    session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    two(session, qtbot)
    asked: list[str] = []

    def where(_: object, __: str, name: str, ___: str) -> tuple[str, str]:
        asked.append(name)
        return str(tmp_path / name), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", where)
    session.tastes.menu(QPoint(10, 10))
    qtbot.waitUntil(lambda: bool(session.window.findChildren(TastesMenu)), timeout=WAIT_MS)
    menu = session.window.findChildren(TastesMenu)[0]
    export = next(line.menu() for line in menu.actions() if line.text() == "Export")
    assert [line.text() for line in export.actions() if line.text()] == ["As it stands …", "running …", "work …"]
    next(line for line in export.actions() if line.text() == "work …").trigger()
    menu.close()
    done(session, qtbot)
    assert asked == ["work.json"]
    assert "“work”" in said(session)
    assert head(session) == "running ▾", "the taste that stands is another"
    read = session.desk.tastes.read(tmp_path / "work.json")
    kept_gains = [p.gain for p in session.desk.tastes.use("work").prototypes]
    assert [p.gain for p in read.taste.prototypes] == kept_gains


def test_a_name_that_no_file_may_have_is_made_one() -> None:
    assert file_name("rock/pop: 90s?") == "rock-pop- 90s-"
    assert file_name(" .. ") == "taste"


def test_what_came_of_a_file_is_said_with_the_encoder_that_made_it(session: Session) -> None:
    carried = CarriedTaste("work", session.desk.recommending.taste(), ("bells",), encoder="musicnn")
    assert imported_text(carried) == (
        "Your taste is “work” now. It was made with the encoder musicnn, and found again here by its tracks and words. "
        "Left out, for nothing that it stands on is here: “bells”."
    )
    assert imported_text(replace(carried, name="now", left_out=(), encoder="")) == "Your taste is that of the file now."


def test_a_preset_is_one_step(session: Session, qtbot: QtBot) -> None:
    before = session.desk.recommending.taste()
    preset = next(preset for preset in session.desk.tastes.presets() if preset.changes)
    session.tastes.apply_preset(preset.name)
    done(session, qtbot)
    assert session.desk.recommending.taste() != before
    assert preset.name in said(session)
    session.window.actions_["undo"].trigger()
    done(session, qtbot)
    assert session.desk.recommending.taste() == before


def test_two_tastes_stand_side_by_side(session: Session, qtbot: QtBot) -> None:
    two(session, qtbot)
    session.tastes.compare()
    qtbot.waitUntil(lambda: bool(session.window.findChildren(CompareView)), timeout=WAIT_MS)
    view = session.window.findChildren(CompareView)[0]
    done(session, qtbot)
    assert view.shared.text()
    view.first.setCurrentIndex(view.first.findData("work"))
    view.second.setCurrentIndex(view.second.findData("running"))
    done(session, qtbot)
    compared = session.desk.tastes.compare("work", "running")
    assert view.shared.text() == overlap_text(compared)
    assert view.overlap.share == pytest.approx(compared.shared / compared.of)
    assert {bar.change.id for bar in view.bars} == {change.id for change in compared.gains}
    view.reject()
