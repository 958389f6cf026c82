"""The tables over arrays: what a row is, how it moves, what stays chosen."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from ui_samples import track

from musicdesk.records import Feedback, Ranking, Track
from musicdesk.ui.catalogue import Catalogue
from musicdesk.ui.catalogue_model import CatalogueModel
from musicdesk.ui.columns import LIBRARY_COLUMNS, MATCH, MOVED, RANKING_COLUMNS, TITLE, WHY, clock, percent, widths
from musicdesk.ui.tracks_model import RankingModel
from musicdesk.ui.tracks_view import TracksView


def ranking(*numbers: int) -> Ranking:
    n = len(numbers)
    shares = np.tile(np.array([[2.0, 0.5, -0.25]], np.float32), (n, 1)) / np.arange(1, n + 1, dtype=np.float32)[:, None]
    match = np.linspace(0.999, 0.5, n, dtype=np.float32)
    return Ranking(
        tuple(f"h{i}" for i in numbers), tuple(numbers), shares.sum(axis=1), match, shares,
        np.full((n, 3), 0.8, np.float32), ("piano", "metal", "not: techno"), (0, 1, 2),
        np.array([1.0, 0.3, -0.5], np.float32),
    )  # fmt: skip


@pytest.fixture
def model() -> RankingModel:
    made = RankingModel()
    made.set_tracks({f"h{i}": track(i) for i in range(50)})
    return made


def picture(model: RankingModel) -> list[str]:
    return [" ".join(filter(None, (model.text(r, MOVED), model.text(r, TITLE)))) for r in range(model.rowCount())]


def test_it_keeps_the_rules_of_models_while_lists_come_and_go(
    model: RankingModel, qtmodeltester: ModelTester, qtbot: QtBot
) -> None:
    qtmodeltester.check(model)
    for numbers in ((), (1, 2, 3), (3, 1, 2), (9, 8, 7, 6, 5), (5,), (), (4, 5)):
        held = [QPersistentModelIndex(model.index(row, 0)) for row in range(min(2, model.rowCount()))]
        model.show(ranking(*numbers))
        assert model.rowCount() == len(numbers)
        assert all(not index.isValid() or index.row() < len(numbers) for index in held)


def test_arrows_count_from_the_marked_list(model: RankingModel) -> None:
    model.show(ranking(1, 2, 3))
    assert picture(model) == ["Nocturne 1", "Nocturne 2", "Nocturne 3"]
    model.mark()
    model.show(ranking(3, 1, 4, 2))
    assert picture(model) == ["▲2 Nocturne 3", "▼1 Nocturne 1", "new Nocturne 4", "▼2 Nocturne 2"]
    model.unmark()
    model.show(ranking(1, 2))
    assert picture(model) == ["Nocturne 1", "Nocturne 2"]


@pytest.mark.parametrize("rows", [(1,), (0, 2)], ids=["one row", "several rows"])
def test_what_is_chosen_stays_chosen_when_the_order_changes(
    model: RankingModel, rows: tuple[int, ...], qtbot: QtBot
) -> None:
    view = TracksView(model, name="Test")
    qtbot.addWidget(view)
    model.show(ranking(1, 2, 3, 4))
    for row in rows:
        flags = view.selectionModel().SelectionFlag.Select | view.selectionModel().SelectionFlag.Rows
        view.selectionModel().setCurrentIndex(model.index(row, 0), flags)
    before = {t.id for t in view.selection()}
    model.show(ranking(4, 3, 2, 1))
    assert {t.id for t in view.selection()} == before
    assert len(view.selectionModel().selectedRows()) == len(rows)
    model.show(ranking(9, 8, 1, 2, 3, 4))
    assert {t.id for t in view.selection()} == before


def test_a_chosen_row_that_left_leaves_nothing_chosen(model: RankingModel, qtbot: QtBot) -> None:
    view = TracksView(model, name="Test")
    qtbot.addWidget(view)
    model.show(ranking(1, 2, 3))
    view.choose_row(1)
    model.show(ranking(1, 3, 5))
    assert view.current() is None
    assert view.selection() == ()


def test_screen_readers_get_words_for_what_is_painted(model: RankingModel) -> None:
    model.show(ranking(1, 2))
    model.set_feedback({"h1": Feedback(liked=True)})
    texts = [model.index(0, c).data(Qt.ItemDataRole.AccessibleTextRole) for c in range(model.columnCount())]
    assert texts == ["", "Nocturne 1", "Chopin", "Nocturnes", "4:00", "99.9 %", "piano", "liked"]
    heads = [
        model.headerData(c, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole)
        for c in range(model.columnCount())
    ]
    assert heads[0] == "Moved"
    assert heads[-1] == "Liked"


def test_where_nothing_counts_no_row_matches_better_than_another(model: RankingModel) -> None:
    model.show(replace(ranking(1, 2), contributions=np.zeros((2, 3), np.float32)))
    assert model.silent
    assert model.text(0, MATCH) == model.text(0, WHY) == ""
    model.show(ranking(1, 2))
    assert model.text(0, MATCH) == "99.9 %"
    assert model.before().silent, "what has left is painted as it stood"


def test_the_tooltip_of_why_names_every_share(model: RankingModel) -> None:
    model.show(ranking(1))
    lines = model.index(0, RANKING_COLUMNS.index(WHY)).data(Qt.ItemDataRole.ToolTipRole).splitlines()
    assert [line.split(":")[0] for line in lines] == ["piano", "metal", "not"]
    assert "+2.00" in lines[0]


def test_rows_leave_the_window_as_files_even_with_odd_names(model: RankingModel) -> None:
    odd = replace(track(1), path="/music/caf\udce9 #1.mp3")
    model.set_tracks({"h1": odd})
    model.show(ranking(1))
    data = model.mimeData([model.index(0, c) for c in range(3)])
    assert [bytes(url.toEncoded()) for url in data.urls()] == [b"file:///music/caf%E9%20%231.mp3"]


# ---------------------------------------------------------------------------------------------- the library


def song(number: int, title: str, artist: str = "", album: str = "", length_s: float = 60.0, place: int = 0) -> Track:
    made = track(number)
    tags = replace(made.tags, title=title, artists=(artist,) if artist else (), album=album, track_number=place)
    return replace(made, length_s=length_s, tags=tags)


TRACKS = (
    song(1, "Zebra", "Élan", "B", 30.0, place=2), song(2, "apple", "elan", "B", 90.0, place=1),
    song(3, "Mango", "", "A", 60.0, place=9), song(4, "Ärger", "Zoe", "A", 10.0, place=1),
)  # fmt: skip


@pytest.fixture
def library() -> CatalogueModel:
    made = CatalogueModel()
    catalogue = Catalogue.of(TRACKS)
    made.order_wanted.connect(lambda name: (catalogue.rank(name), made.reorder()))
    made.show(catalogue, catalogue.matching(""))
    return made


def ids(model: CatalogueModel) -> list[int]:
    return [model.track(row).id for row in range(model.rowCount())]


def test_the_library_keeps_the_rules_of_models(library: CatalogueModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(library)
    library.sort(0)
    library.show(library.catalogue, library.catalogue.matching("elan"))
    library.sort(0, Qt.SortOrder.DescendingOrder)


def column(name: str) -> int:
    return next(n for n, c in enumerate(LIBRARY_COLUMNS) if c.name == name)


@pytest.mark.parametrize(
    ("name", "order"),
    [("title", [2, 4, 3, 1]), ("artist", [1, 2, 4, 3]), ("length", [4, 1, 3, 2]), ("album", [4, 3, 2, 1])],
)
def test_sorting_takes_no_notice_of_case_and_accents_and_keeps_albums_in_order(
    library: CatalogueModel, name: str, order: list[int]
) -> None:
    library.sort(column(name))
    assert ids(library) == order


def test_the_other_way_round(library: CatalogueModel) -> None:
    library.sort(column("length"), Qt.SortOrder.DescendingOrder)
    assert ids(library) == [2, 3, 1, 4]


@pytest.mark.parametrize(
    ("text", "found"), [("elan", [1, 2]), ("ELAN zeb", [1]), ("arger", [4]), ("x", []), (" ", [1, 2, 3, 4])]
)
def test_every_word_must_be_there_whatever_case_and_accents(text: str, found: list[int]) -> None:
    catalogue = Catalogue.of(TRACKS)
    assert [catalogue.tracks[row].id for row in catalogue.matching(text)] == found


def test_a_filter_keeps_the_order_and_the_choice(library: CatalogueModel, qtbot: QtBot) -> None:
    view = TracksView(library, name="Test")
    qtbot.addWidget(view)
    library.sort(column("title"))
    view.choose_row(3)
    library.show(library.catalogue, library.catalogue.matching("elan"))
    assert ids(library) == [2, 1]
    assert view.current() == TRACKS[0]


def test_an_empty_library_can_be_sorted() -> None:
    model = CatalogueModel()
    model.sort(0)
    model.show(Catalogue.of(()), np.zeros(0, np.int64))
    assert model.rowCount() == 0


# ---------------------------------------------------------------------------------------------- columns


@pytest.mark.parametrize("available", [330, 480, 560, 700, 760, 1000, 2000])
@pytest.mark.parametrize("columns", [RANKING_COLUMNS, LIBRARY_COLUMNS], ids=["for you", "library"])
def test_columns_fill_the_width_and_the_title_is_always_there(columns: tuple, available: int) -> None:
    given = widths(columns, available)
    assert sum(given.values()) == available
    assert given["title"] >= 132


def test_the_narrower_the_fewer_columns_but_never_the_reason() -> None:
    shown = [set(widths(RANKING_COLUMNS, width)) for width in (1200, 760, 480)]
    assert shown[0] == {c.name for c in RANKING_COLUMNS}
    assert "album" not in shown[1]
    assert shown[2] == {"moved", "title", "artist", MATCH.name, WHY.name, "liked"}


@pytest.mark.parametrize(("share", "text"), [(0, "0 %"), (0.504, "50 %"), (0.994, "99.4 %"), (1.0, "99.9 %")])
def test_nobody_is_better_than_all(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (243, "4:03"), (3723, "1:02:03")])
def test_lengths_are_written_as_people_write_them(seconds: float, text: str) -> None:
    assert clock(seconds) == text
