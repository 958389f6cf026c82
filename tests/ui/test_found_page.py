"""The page Found: what it says of an answer, and its look in narrow places."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui_samples import track

from musicdesk.records import Feedback
from musicdesk.records.searching import Found, Hit, Reason, SearchStatus, Understood
from musicdesk.ui import theme
from musicdesk.ui.columns import Kind
from musicdesk.ui.empty_states import State
from musicdesk.ui.found_page import FoundPage
from musicdesk.ui.found_words import (
    PARTS,
    SLOTS,
    as_typed,
    corrected_text,
    counts,
    headline,
    in_the_window,
    needs,
    remarks,
    short,
    standing_text,
    taken_for,
    why_text,
)
from musicdesk.ui.theme import DARK, LIGHT

EXACT = Hit(track(1), True, 1.5, 1.0, (Reason("text", ("nocturne",), 1.5),))
MEANT = Hit(
    track(2), False, 2.0, 0.93,
    (Reason("tags", ("slow", "not fast"), 1.8), Reason("without", ("drums",), 0.6), Reason("mood", ("sad",), -0.4)),
)  # fmt: skip
SOUND = Hit(track(3), False, 0.4, 0.7, (Reason("sound", (), 0.4),))


def answer(*hits: Hit, query: str = "nocturne", exact: int = 1, sentence: str = "", **understood: object) -> Found:
    made = Understood(words=tuple(query.split()), **understood)  # type: ignore[arg-type]
    return Found(query, hits, exact, made, ("text", "tags"), sentence)


@pytest.fixture
def page(qtbot: QtBot) -> FoundPage:
    made = FoundPage()
    qtbot.addWidget(made)
    made.resize(740, 600)
    made.show()
    return made


def test_hits_stand_with_what_spoke_for_them(page: FoundPage) -> None:
    page.show_found(answer(EXACT, MEANT, SOUND), whole=True)
    model = page.model
    match, why = (next(c for c in model.columns if c.kind is kind) for kind in (Kind.MATCH, Kind.WHY))
    assert [model.text(row, match) for row in range(3)] == ["exact", "93 %", "70 %"]
    assert [model.text(row, why) for row in range(3)] == ["nocturne", "slow, no drums", "sound"]
    assert model.instead(0)
    assert not model.instead(1)
    assert model.exact == 1
    assert model.hint(1, why) == why_text(MEANT)
    assert "mood −0.40: sad (what it feels like)" in why_text(MEANT)
    assert page.count.text() == "1 holds every word · 2 by meaning"
    assert page.view.currentIndex().row() == 0


def test_the_legend_has_the_parts_that_spoke_for_something(page: FoundPage) -> None:
    page.show_found(answer(EXACT, SOUND), whole=True)
    shown = {part for part, (mark, _) in page.legend.marks.items() if mark.isVisible()}
    assert shown == {"text", "sound"}


def test_while_only_the_names_are_known_it_says_what_is_still_to_come(page: FoundPage) -> None:
    page.show_found(answer(EXACT), whole=False)
    assert page.count.text() == "1 holds every word · looking for what is meant …"
    assert page.view.currentIndex().row() < 0
    page.show_found(answer(EXACT, MEANT), whole=True)
    assert page.view.currentIndex().row() == 0


def test_the_row_that_a_hand_chose_stays_while_the_same_search_is_answered_anew(page: FoundPage) -> None:
    page.show_found(answer(EXACT, MEANT, SOUND), whole=True)
    page.view.choose_row(2)
    page.show_found(answer(EXACT, SOUND, MEANT), whole=True)
    assert page.view.current() == SOUND.track
    page.show_found(answer(MEANT, SOUND, query="other"), whole=True)
    assert page.view.currentIndex().row() == 0


def test_the_line_between_names_and_meaning_is_painted(page: FoundPage) -> None:
    page.show_found(answer(EXACT, MEANT), whole=True)
    page.view.clearSelection()
    assert line_colour(page) == page.view._painter.paints.faint


def line_colour(page: FoundPage) -> QColor:
    """Between the first row and the second."""
    picture = page.view.viewport().grab().toImage()
    scale = picture.devicePixelRatio()
    return picture.pixelColor(round(2 * scale), round(page.view.rowViewportPosition(1) * scale))


def titles(page: FoundPage) -> list[str]:
    return [hit.track.title for hit in page.model.hits]


def head(page: FoundPage, kind: Kind, times: int = 1) -> None:
    """Click the head of a column, as a hand does."""
    header = page.view.horizontalHeader()
    section = next(n for n, column in enumerate(page.model.columns) if column.kind is kind)
    place = QPoint(header.sectionViewportPosition(section) + header.sectionSize(section) // 2, header.height() // 2)
    for _ in range(times):
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_column_orders_what_was_found_up_then_down_then_best_first(page: FoundPage) -> None:
    page.show_found(answer(SOUND, EXACT, MEANT), whole=True)
    found = titles(page)
    head(page, Kind.TEXT)
    assert titles(page) == sorted(found)
    assert page.best.isVisible()
    head(page, Kind.TEXT)
    assert titles(page) == sorted(found, reverse=True)
    head(page, Kind.TEXT)
    assert titles(page) == found
    assert not page.best.isVisible()


def test_a_first_click_on_the_match_is_best_first_and_a_second_worst(page: FoundPage) -> None:
    page.show_found(answer(EXACT, MEANT, SOUND), whole=True)
    head(page, Kind.MATCH)
    assert page.model.hits == (EXACT, MEANT, SOUND)
    head(page, Kind.MATCH)
    assert page.model.hits == (SOUND, MEANT, EXACT)


def test_what_says_nothing_in_a_column_comes_last_up_and_down(page: FoundPage) -> None:
    bare = replace(MEANT, track=replace(MEANT.track, tags=replace(MEANT.track.tags, artists=())))
    page.show_found(answer(bare, EXACT, SOUND), whole=True)
    column = next(n for n, column in enumerate(page.model.columns) if column.name == "artist")
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        page.view.sortByColumn(column, order)
        assert page.model.hits[-1] == bare


def test_the_heart_orders_by_what_is_liked_and_disliked(page: FoundPage) -> None:
    page.model.set_feedback({
        MEANT.track.audio_hash: Feedback(liked=True), EXACT.track.audio_hash: Feedback(disliked=True),
    })  # fmt: skip
    page.show_found(answer(EXACT, SOUND, MEANT), whole=True)
    head(page, Kind.LIKED)
    assert page.model.hits == (MEANT, SOUND, EXACT)


def test_the_chosen_row_and_its_place_among_the_best_stay_whatever_the_order(page: FoundPage) -> None:
    page.show_found(answer(EXACT, MEANT, SOUND), whole=True)
    page.view.choose_row(2)
    page.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    row = page.model.hits.index(SOUND)
    assert page.view.current() == SOUND.track
    assert page.model.place(row) == 2
    assert "Place 3" in standing_text(page.model.place(row), SOUND)
    assert page.model.parts_of(row)[0].name == "sound"
    assert page.model.text(row, next(c for c in page.model.columns if c.kind is Kind.WHY)) == "sound"


def test_the_same_search_keeps_its_order_and_another_begins_best_first(page: FoundPage) -> None:
    page.show_found(answer(EXACT, MEANT, SOUND), whole=True)
    page.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    page.show_found(answer(MEANT, EXACT), whole=True)
    assert titles(page) == sorted(titles(page), reverse=True)
    page.show_found(answer(MEANT, EXACT, query="other"), whole=True)
    assert page.model.hits == (MEANT, EXACT)
    assert not page.best.isVisible()


def test_the_button_brings_the_best_up_again(page: FoundPage) -> None:
    page.show_found(answer(EXACT, MEANT), whole=True)
    page.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    page.best.click()
    assert page.model.hits == (EXACT, MEANT)
    assert page.view.horizontalHeader().sortIndicatorSection() == -1


def test_there_is_no_line_between_names_and_meaning_in_another_order(page: FoundPage) -> None:
    page.show_found(answer(EXACT, MEANT), whole=True)
    page.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    page.view.clearSelection()
    assert line_colour(page) != page.view._painter.paints.faint


def test_the_match_is_told_as_the_list_has_it() -> None:
    assert "99.9 %" in standing_text(0, replace(MEANT, match=1.0))
    assert "100" not in standing_text(0, replace(MEANT, match=1.0))


def test_where_nothing_is_found_nothing_is_explained_any_more(page: FoundPage, qtbot: QtBot) -> None:
    page.show_found(answer(EXACT), whole=True)
    with qtbot.waitSignal(page.answered):
        page.show_none(answer(exact=0, query="zither"), State.FOUND_NOTHING)
    assert page.model.rowCount() == 0
    assert page.state is State.FOUND_NOTHING


def test_a_narrow_page_says_it_shorter(page: FoundPage, qtbot: QtBot) -> None:
    page.show_found(answer(EXACT), whole=True)
    page.resize(440, 500)
    assert page.prototype.text() == "Prototype"
    assert page.prototype.accessibleName() == "Add as prototype"
    qtbot.waitUntil(lambda: page.export.geometry().right() <= 440)
    assert all(button.width() >= button.sizeHint().width() for button in (page.save, page.prototype, page.playlist))


@pytest.mark.parametrize(
    ("status", "need", "text"),
    [
        (SearchStatus(("text",), "MiniLM is not installed."), "read", "Install what reads texts"),
        (SearchStatus(("text", "tags"), "Let it learn.", reader="minilm"), "learn", "Let it learn…"),
        (SearchStatus(PARTS[:3], reader="minilm", space="htcl-musicnn"), "", ""),
    ],
)
def test_what_lacks_has_a_button(page: FoundPage, status: SearchStatus, need: str, text: str) -> None:
    page.set_status(status)
    page.show_found(answer(EXACT, sentence=status.sentence), whole=True)
    assert needs(status) == need
    assert page.need.text() == text
    assert page.need.isVisible() is bool(need)


# ------------------------------------------------------------------ words


def test_what_a_query_was_taken_for_is_told_where_it_is_more_than_its_words() -> None:
    assert taken_for(Understood(words=("slow", "piano"))) == ""
    made = Understood(("slow",), ("blue hour",), ("vocals",), (("artist", "Chopin"), ("year", "1990-1999")))
    assert taken_for(made) == "Taken for: slow, “blue hour”, artist “Chopin”, year “1990-1999”; without vocals"


def test_where_nothing_is_found_it_is_told_what_could_help(page: FoundPage) -> None:
    page.set_status(SearchStatus(("text", "tags"), "Let it learn. Run: musicdesk meaning learn", reader="minilm"))
    page.show_found(answer(EXACT, sentence="“a” was taken for “b”."), whole=True)
    assert not page.need.isVisible(), "what it found is told of, not what else it could"
    page.show_none(answer(exact=0, sentence="Nothing fits “nocturne”."), State.FOUND_NOTHING)
    assert page.remark.text() == "Nothing fits “nocturne”. Let it learn."
    assert page.need.isVisible()


def test_a_corrected_word_can_be_asked_as_it_was_typed() -> None:
    made = Understood(("beethoven", "quiet"), corrected=(("Beethowen", "beethoven"),))
    assert corrected_text(made) == "Beethowen → beethoven"
    assert as_typed("Beethowen quiet", made) == '"Beethowen" quiet'
    assert as_typed('"Beethowen" quiet', made) == '"Beethowen" quiet'
    found = answer(MEANT, sentence="“Beethowen” was taken for “beethoven”. More.", corrected=made.corrected)
    assert remarks(found) == "More."


def test_sentences_leave_the_terminal_out() -> None:
    assert in_the_window("Not installed. Run: musicdesk models install minilm") == "Not installed."
    learn = "To search by sound as well, let it learn what words sound like: musicdesk meaning learn"
    assert in_the_window(learn) == "To search by sound as well, let it learn what words sound like."
    library = 'Reading texts needs a library. Run: pip install "musicdesk[text]"'
    assert in_the_window(library) == library
    nothing = "Nothing is analysed yet. Add music, then run: musicdesk analyze"
    assert in_the_window(nothing) == "Nothing is analysed yet. Add music."


def test_counts_and_long_queries() -> None:
    assert counts(answer(EXACT, exact=1200), whole=True) == "1,200 hold every word, 1 of them shown"
    assert counts(answer(MEANT, exact=0), whole=True) == "1 by meaning"
    assert len(short("word " * 100)) == 40
    assert headline(Hit(track(4), False, 0.0, 0.0)) == ""


def test_the_parts_stand_out_from_the_ground_in_colours_of_their_own() -> None:
    for look, dark in ((LIGHT, False), (DARK, True)):
        for slot in SLOTS.values():
            colour = theme.slot_colour(slot, dark)
            assert min(theme.contrast(colour.name(), ground) for ground in (look.base, look.window)) >= 3
    looks = {(theme.slot_shape(slot), QColor(theme.slot_colour(slot, False)).name()) for slot in theme.COLOURED}
    assert len(looks) == len(theme.COLOURED)
