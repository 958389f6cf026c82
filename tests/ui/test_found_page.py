"""The page Found: what it says of an answer, and its look in narrow places."""

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot
from ui_samples import track

from musicdesk.records.searching import Found, Hit, Reason, SearchStatus, Understood
from musicdesk.ui import theme
from musicdesk.ui.columns import Kind
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
    assert [model.text(row, match) for row in range(3)] == ["every word", "93 %", "70 %"]
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
    picture = page.view.viewport().grab().toImage()
    scale = picture.devicePixelRatio()
    colour = picture.pixelColor(round(2 * scale), round(page.view.rowViewportPosition(1) * scale))
    assert colour == page.view._painter.paints.faint


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
