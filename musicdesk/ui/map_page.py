"""The library map: every analysed track as a point, those that sound alike beside each other."""

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from musicdesk.records import MapPoints
from musicdesk.ui.empty_states import EmptyState, State
from musicdesk.ui.flat import FlatSplitter, FlatTick, Line
from musicdesk.ui.ink import scaled
from musicdesk.ui.labels import ElidedLabel, SoftSentence
from musicdesk.ui.map_legend import MapLegend
from musicdesk.ui.map_model import NOTHING, MapModel, look_of
from musicdesk.ui.map_view import MapView
from musicdesk.ui.models_progress import ModelsProgress
from musicdesk.ui.notice import Notice
from musicdesk.ui.tracks_view import TracksView

MARGIN = 16
MAP, BELOW = 460, 160
PROTOTYPE, PROTOTYPE_SHORT = "New prototype from these", "New prototype"
PLAYLIST, PLAYLIST_SHORT = "Add to playlist…", "Playlist…"
NARROW = 560
HOW = "Click a track, or hold Shift and draw around some; arrows walk, Enter plays."


class MapPage(QWidget):
    """Head, the map with its legend, and the chosen tracks as a table."""

    make_asked = Signal()
    hover_toggled = Signal(bool)
    prototype_asked = Signal()
    playlist_asked = Signal()
    play_asked = Signal()
    """The chosen tracks, from the first on."""

    def __init__(self) -> None:
        super().__init__()
        self.points, self._locked, self._busy, self._made = NOTHING, "", False, False
        self.model = MapModel()
        self.map, self.legend, self.view = MapView(), MapLegend(), TracksView(self.model, name="Chosen on the map")
        self.title, self.aside, self.believed = QLabel("Map"), ElidedLabel(soft=True), SoftSentence(points=-0.5)
        self.lasso, self.whole = QPushButton("Draw around"), QPushButton("Whole map")
        self.again, self.hover = QPushButton("Make anew"), FlatTick("Hear on hover")
        self.count = ElidedLabel(soft=True)
        self.prototype, self.playlist = QPushButton(PROTOTYPE), QPushButton(PLAYLIST)
        self.play = QPushButton("Play")
        self.notice, self.progress, self.empty = Notice(name="Note on the map"), ModelsProgress(), EmptyState()
        self._lay_out()
        self._connect()
        self.show_state(State.NOT_ANALYSED)
        self._tell()

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        self.split = FlatSplitter(Qt.Orientation.Vertical)
        self.split.addWidget(self._above())
        self.split.addWidget(self._below())
        self.split.setStretchFactor(0, 1)
        self.split.setSizes([MAP, BELOW])
        self.split.setCollapsible(0, False)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.split)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addLayout(self._head())
        column.addWidget(Line())
        column.addWidget(self.stack, 1)

    def _head(self) -> QVBoxLayout:
        font = self.title.font()
        scaled(font, 4)
        self.title.setFont(font)
        for button, hint in (
            (self.lasso, "Let dragging draw a line around tracks (or hold Shift); what is inside is chosen"),
            (self.whole, "Show the whole map (0); the wheel, + and − zoom, dragging moves"),
        ):
            button.setToolTip(hint)
        self.lasso.setCheckable(True)
        self.hover.setToolTip("Hear a track from its most typical place once the pointer has rested on it")
        titles = QHBoxLayout()
        titles.setSpacing(8)
        titles.addWidget(self.title)
        titles.addWidget(self.aside, 1, Qt.AlignmentFlag.AlignBottom)
        for button in (self.lasso, self.whole, self.again):
            titles.addWidget(button)
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN, 12, 12, 8)
        head.setSpacing(6)
        head.addLayout(titles)
        head.addWidget(self.believed)
        head.addWidget(self.progress)
        return head

    def _above(self) -> QWidget:
        above = QWidget()
        row = QHBoxLayout(above)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.map, 1)
        beside = QVBoxLayout()
        beside.setContentsMargins(0, 0, 0, 6)
        beside.addWidget(self.legend, 1)
        inside = QHBoxLayout()
        inside.setContentsMargins(8, 0, 0, 0)
        inside.addWidget(self.hover)
        beside.addLayout(inside)
        row.addLayout(beside)
        return above

    def _below(self) -> QWidget:
        below, buttons = QWidget(), QHBoxLayout()
        buttons.setContentsMargins(MARGIN, 6, 12, 6)
        buttons.setSpacing(8)
        buttons.addWidget(self.count, 1)
        for button in (self.prototype, self.playlist, self.play):
            buttons.addWidget(button)
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(buttons)
        column.addWidget(self.view, 1)
        self.view.setMinimumHeight(64)
        return below

    def _connect(self) -> None:
        self.map.name_of = self._name_of
        self.map.chosen.connect(self._chosen)
        self.map.lasso_ended.connect(lambda: self.lasso.setChecked(False))
        self.lasso.toggled.connect(self.map.set_lasso)
        self.whole.clicked.connect(self.map.show_all)
        self.again.clicked.connect(self.make_asked)
        self.hover.toggled.connect(self.hover_toggled)
        self.legend.looked_at.connect(self._look_at)
        self.prototype.clicked.connect(self.prototype_asked)
        self.playlist.clicked.connect(self.playlist_asked)
        self.play.clicked.connect(self.play_asked)

    # ------------------------------------------------------------------ what it shows

    def set_points(self, points: MapPoints) -> None:
        """Show this map; what was chosen stays chosen where it still is."""
        before = {self.points.hashes[row] for row in self.map.rows.tolist()}
        current = self.points.hashes[self.map.current] if self.map.current >= 0 else ""
        same = points.hashes == self.points.hashes and np.array_equal(points.places, self.points.places)
        self.points, self._made = points, True
        counts = np.bincount(points.nearest[points.nearest >= 0], minlength=len(points.names)).tolist()
        self.legend.set_prototypes(points.names, points.slots, counts)
        kept = [row for row, sound in enumerate(points.hashes) if sound in before] if before else []
        if not same:
            self.map.show_points(points.places, look_of(points, kind=self.legend.kind))
        else:
            self.map.set_look(look_of(points, kind=self.legend.kind))
        self.map.choose(kept, current=points.hashes.index(current) if current in points.hashes else None)
        self.stack.setCurrentWidget(self.split)
        self._tell()

    def show_state(self, state: State) -> None:
        """There is no map, for this reason."""
        self._made = False
        self.empty.set_state(state)
        self.stack.setCurrentWidget(self.empty)
        self._tell()

    @property
    def state(self) -> State | None:
        """The empty state that is shown; None where the map is."""
        return None if self._made else self.empty.state

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The legend gives way to the map; buttons say what there is room for."""
        super().resizeEvent(event)
        self.legend.share(self.width())
        narrow = self.width() < NARROW
        self.prototype.setText(PROTOTYPE_SHORT if narrow else PROTOTYPE)
        self.playlist.setText(PLAYLIST_SHORT if narrow else PLAYLIST)

    def lock(self, why: str) -> None:
        """Let no map be made and nothing be kept, for this reason ("" to allow it)."""
        self._locked = why
        self._tell()

    def begin(self) -> None:
        """A map is being made."""
        self._busy = True
        self.progress.begin("Making the map …")
        self.progress.cancel.setToolTip("Stop; the map stays as it was")
        if not self._made:
            self.show_state(State.MAKING_MAP)
        self._tell()

    def end(self) -> None:
        """It is made, or not."""
        self._busy = False
        self.progress.end()
        self._tell()

    def _tell(self) -> None:
        """Say how far the map can be believed, and on the buttons what they are about."""
        points, many = self.points, len(self.map.rows)
        for widget in (self.believed, self.lasso, self.whole, self.again, self.aside):
            widget.setVisible(self._made)
        self.aside.setText(_size(points))
        self.believed.setText(believed_text(points))
        self.again.setEnabled(not (self._busy or self._locked))
        self.again.setToolTip(self._locked or "Make the map anew; it begins from this one (Ctrl+M)")
        self.count.setText(f"{many:,} chosen" if many else HOW)
        for button, hint in (
            (self.prototype, "Make a prototype from the chosen tracks (N)"),
            (self.playlist, "Put the chosen tracks into a playlist (P)"),
        ):
            button.setEnabled(bool(many) and not self._locked)
            button.setToolTip(self._locked or hint)
        self.play.setEnabled(bool(many))
        self.play.setToolTip("Play the chosen tracks, from the first on (Enter)")
        self.empty.button.setEnabled(not self._locked)

    # ------------------------------------------------------------------ who is chosen

    def _name_of(self, row: int) -> str:
        track = self.model.track_of(self.points.hashes[row])
        nearest = int(self.points.nearest[row])
        name = track.label if track is not None else "unknown track"
        return f"{name} · {self.points.names[nearest]}" if nearest >= 0 else name

    def _chosen(self) -> None:
        """The table follows the map."""
        self.model.show(self.points, self.map.rows)
        if len(self.map.rows):
            self.view.selectAll()
            row = int(np.searchsorted(self.map.rows, self.map.current))
            current = self.model.index(min(row, len(self.map.rows) - 1), 0)
            self.view.selectionModel().setCurrentIndex(current, self.view.selectionModel().SelectionFlag.NoUpdate)
            self.view.scrollTo(current)
        self._tell()

    def _look_at(self, kind: int) -> None:
        rows, current = self.map.rows, self.map.current
        self.map.set_look(look_of(self.points, kind=kind))
        self.map.choose(rows.tolist(), current=current)

    # ------------------------------------------------------------------ what the keyboard is about

    def leave(self) -> bool:
        """Escape: from drawing, from what is chosen, to the map; False if there is no way."""
        if not self._made:
            return False
        if self.lasso.isChecked():
            self.lasso.setChecked(False)
        elif not self.map.hasFocus():
            self.map.setFocus()
        elif self.map.clear():
            pass
        elif self.legend.kind >= 0:
            self.legend.look_at(-1)
        else:
            return False
        return True

    def take_focus(self) -> None:
        """The keyboard goes to the map, or to what makes one."""
        (self.map if self._made else self.empty.button).setFocus()


def _size(points: MapPoints) -> str:
    added = f" · {points.added:,} more since it was made" if points.added else ""
    return f"{len(points):,} track{'s' * (len(points) != 1)}{added}"


def believed_text(points: MapPoints) -> str:
    """How far the map can be believed, in a sentence or two."""
    if not len(points):
        return ""
    torn = f"; {points.torn:,} {'was' if points.torn == 1 else 'were'} torn away from most" if points.torn else ""
    return (
        f"No flat map keeps all neighbours: on average a track has {100 * points.trust.mean():.0f} % of its ten "
        f"nearest near it here, and the fewer, the fainter it is drawn{torn}. "
        f"Trustworthiness {points.trustworthiness:.2f}; dealt out at random {points.shuffled:.2f}."
        f"{measured_text(points)}"
    )


def measured_text(points: MapPoints) -> str:
    """Where not every track was compared with every other, against how many; "" where all were."""
    if not points.landmarks:
        return ""
    return f" In a library of this size that is measured against {points.landmarks:,} tracks drawn by lot, not all."
