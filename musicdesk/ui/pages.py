"""The pages of the middle: a table, or in its place the face of why there is none."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import Ranking
from musicdesk.ui import glyphs
from musicdesk.ui.catalogue_model import CatalogueModel
from musicdesk.ui.columns import PLAYLIST_COLUMNS
from musicdesk.ui.empty_states import EmptyState, State
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import tabular
from musicdesk.ui.labels import ElidedLabel, SoftLabel
from musicdesk.ui.notice import Notice
from musicdesk.ui.steer_bar import SteerBar
from musicdesk.ui.tracks_model import RankingModel, TrackTable
from musicdesk.ui.tracks_view import TracksView


class TablePage(QWidget):
    """A head, a notice, and a table or an empty state."""

    def __init__(self, model: TrackTable, *, name: str, view: type[TracksView] = TracksView) -> None:
        super().__init__()
        self.view, self.empty, self.notice = view(model, name=name), EmptyState(), Notice(name=f"Note on {name}")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.view)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addWidget(self.notice)
        self.column.addWidget(self._stack, 1)

    def show_table(self) -> None:
        """There are rows."""
        self._stack.setCurrentWidget(self.view)

    def show_state(self, state: State, *, sentence: str = "") -> None:
        """There are none, for this reason."""
        self.empty.set_state(state, sentence=sentence)
        self._stack.setCurrentWidget(self.empty)

    @property
    def state(self) -> State | None:
        """The empty state that is shown; None where the table is."""
        return self.empty.state if self._stack.currentWidget() is self.empty else None


class ForYouPage(TablePage):
    """The picks, and a line that says of what they are like while they follow a track."""

    seed_left = Signal()

    def __init__(self) -> None:
        self.model = RankingModel()
        super().__init__(self.model, name="Your picks")
        self.seed = QWidget()
        self.seed_text = ElidedLabel()
        self.leave = GlyphButton(glyphs.cross, name="Back to your taste", hint="Back to your taste (Esc)")
        row = QHBoxLayout(self.seed)
        row.setContentsMargins(12, 4, 8, 4)
        row.addWidget(self.seed_text, 1)
        row.addWidget(self.leave)
        self.hint = ElidedLabel(soft=True)
        self.hint.setFont(tabular(self.hint.font(), size=-1.0))
        self.hint.setContentsMargins(12, 6, 12, 6)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.column.insertWidget(1, self.seed)
        self.column.addWidget(self.hint)
        self.bar = SteerBar("More like this, but …")
        self.bar.hide()
        self.bar.follow(self.view)
        self.column.addWidget(self.bar)
        self.leave.clicked.connect(self.seed_left)
        self.set_seed("")
        self.set_hint("")

    def set_seed(self, text: str) -> None:
        """Say what the list is like ("" for the taste alone)."""
        self.seed_text.setText(text)
        self.seed.setVisible(bool(text))

    def set_hint(self, text: str) -> None:
        """A soft line below the list."""
        self.hint.setText(text)
        self.hint.setVisible(bool(text))


def left_out(ranking: Ranking) -> str:
    """Why a list is shorter than the library, in one line; "" if it is not."""
    if not ranking.left_out:
        return ""
    return "Left out: " + " · ".join(f"{count:,} {reason}" for reason, count in ranking.left_out.items())


class LibraryPage(TablePage):
    """All tracks, sorted."""

    def __init__(self) -> None:
        self.model = CatalogueModel()
        super().__init__(self.model, name="Library")
        self.view.setSortingEnabled(True)
        header = self.view.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.count = SoftLabel()
        self.count.setContentsMargins(12, 6, 12, 6)
        self.column.addWidget(self.count)

    def set_count(self, count: int) -> None:
        """How many tracks there are."""
        self.count.setText(f"{count:,} track{'s' * (count != 1)}")


class PlaylistsPage(TablePage):
    """One saved playlist, and what can be done with it."""

    chosen = Signal(str)
    export_asked = Signal()
    import_asked = Signal()
    rename_asked = Signal(str)
    delete_asked = Signal(str)

    def __init__(self) -> None:
        self.model = CatalogueModel(PLAYLIST_COLUMNS)
        super().__init__(self.model, name="Playlist")
        self.chooser, self.note = QComboBox(), SoftLabel()
        self.chooser.setAccessibleName("Which playlist")
        self.chooser.setMinimumWidth(160)
        self.head = self._head()
        self.column.insertWidget(0, self.head)
        self.note.setContentsMargins(12, 6, 12, 6)
        self.column.addWidget(self.note)
        self.chooser.textActivated.connect(self.chosen)

    def _head(self) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 8, 8, 8)
        row.addWidget(self.chooser)
        row.addStretch(1)
        for text, tip, do in (
            ("Rename…", "Give it another name", lambda: self.rename_asked.emit(self.name)),
            ("Delete", "Delete this playlist; its tracks stay", lambda: self.delete_asked.emit(self.name)),
            ("Import…", "Read a playlist file (Ctrl+I)", self.import_asked.emit),
            ("Export…", "Write it for another player (Ctrl+E)", self.export_asked.emit),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.clicked.connect(do)
            row.addWidget(button)
        return head

    @property
    def name(self) -> str:
        """The playlist that is shown ("" for none)."""
        return self.chooser.currentText()

    def set_names(self, names: Sequence[str], current: str) -> None:
        """Offer these playlists."""
        self.chooser.blockSignals(True)
        self.chooser.clear()
        self.chooser.addItems(list(names))
        self.chooser.setCurrentText(current)
        self.chooser.blockSignals(False)
        self.head.setVisible(bool(names))

    def set_note(self, text: str) -> None:
        """How long it is, and the recipe it came from."""
        self.note.setText(text)
        self.note.setToolTip(text)
