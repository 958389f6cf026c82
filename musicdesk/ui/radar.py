"""What the list is like beside the library, and how the taste has changed: charts, each with a table twin.

The tables need nothing and say the same, also to a screen reader; for the charts see ``late_chart``.
"""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from musicdesk.records import Radar
from musicdesk.ui import glyphs
from musicdesk.ui.glyphs import GlyphButton
from musicdesk.ui.ink import Ink
from musicdesk.ui.labels import ElidedLabel, SoftSentence
from musicdesk.ui.late_chart import FEWEST_AXES, HEIGHT, LateChart, Web
from musicdesk.ui.lines import Legend
from musicdesk.ui.numbers_table import fill_row, numbers_table
from musicdesk.ui.taste_history_view import OF_TIME, TasteHistoryView

PICKS = "What the picks are like"
HEADS = ("Word", "Picks", "Library")


class RadarView(QWidget):
    """A title, buttons for the taste over time and for the numbers, and what they choose."""

    history_asked = Signal()
    """The taste over time is looked at: ``history.set_history`` is waited for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = ElidedLabel(PICKS)
        self.over_time = GlyphButton(glyphs.curve, name=OF_TIME, hint="How your taste has changed in a month")
        self.toggle = GlyphButton(glyphs.table, name="Show the chart as a table", hint="Show the numbers in a table")
        self.picks, self.history = PicksView(), TasteHistoryView()
        self._lay_out()
        self._take_looks()
        self.toggle.toggled.connect(self._show_numbers)
        self.over_time.toggled.connect(self._turn)
        self.history.hide()
        self.set_full(False)
        self.set_radar(None)

    def _lay_out(self) -> None:
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.over_time.setCheckable(True)
        self.toggle.setCheckable(True)
        head = QHBoxLayout()
        for widget in (self.title, self.over_time, self.toggle):
            head.addWidget(widget, int(widget is self.title))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.picks)
        column.addWidget(self.history)

    def _take_looks(self) -> None:
        for button in (self.over_time, self.toggle):
            button.tinted, button.on_colour = True, Ink.of(self).accent

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "toggle"):
            self._take_looks()

    @property
    def shows_history(self) -> bool:
        """Whether the taste over time is shown."""
        return self.over_time.isChecked()

    def tab_chain(self) -> list[QWidget]:
        """Where the Tab key goes, in order."""
        return [self.over_time, self.toggle]

    def set_full(self, full: bool) -> None:
        """Offer the taste over time, or only what a newcomer needs."""
        self.over_time.setVisible(full)
        if not full:
            self.over_time.setChecked(False)

    def set_radar(self, radar: Radar | None) -> None:
        """Show these axes; None or none at all says that there is nothing yet."""
        self.picks.set_radar(radar)
        self._name()

    def _turn(self, history: bool) -> None:
        self.picks.setVisible(not history)
        self.history.setVisible(history)
        self._name()
        if history:
            self.history_asked.emit()

    def _name(self) -> None:
        self.title.setText(OF_TIME if self.shows_history else PICKS)
        self.setAccessibleName(self.title.text())
        self.setAccessibleDescription("" if self.shows_history else told(self.picks.radar))
        self.toggle.setEnabled(self.shows_history or self.picks.radar is not None)

    def _show_numbers(self, on: bool) -> None:
        self.picks.show_numbers(on)
        self.history.show_numbers(on)


class PicksView(QWidget):
    """The picks beside the library: chart or table."""

    def __init__(self) -> None:
        super().__init__()
        self.radar: Radar | None = None
        self.place, self.table = LateChart(), numbers_table(HEADS, name="What the picks are like, as a table")
        self.empty = SoftSentence("Here you will see what your picks are like beside the whole library.")
        self.legend = Legend(("picks", "whole library"))
        self._numbers = False
        self._stack = QStackedWidget()
        for page in (self.empty, self.place, self.table):
            self._stack.addWidget(page)
        self._stack.setFixedHeight(HEIGHT)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMargin(16)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack)
        column.addWidget(self.legend)

    @property
    def page(self) -> QWidget | None:
        """What is shown: ``empty``, ``place`` of the chart, or ``table``."""
        return self._stack.currentWidget()

    def set_radar(self, radar: Radar | None) -> None:
        """Show these axes."""
        self.radar = radar if radar is not None and radar.axes else None
        self._fill_table()
        self.place.set_web(None if self.radar is None else web(self.radar))
        self._show_page()

    def show_numbers(self, on: bool) -> None:
        """Show the table instead of the chart."""
        self._numbers = on
        self._show_page()

    def _fill_table(self) -> None:
        radar = self.radar or Radar((), (), ())
        self.table.setRowCount(len(radar.axes))
        for row, values in enumerate(zip(radar.axes, radar.taste, radar.library, strict=True)):
            texts = [value if isinstance(value, str) else percent(value) for value in values]
            fill_row(self.table, row, texts)

    def _show_page(self) -> None:
        if self.radar is None:
            page: QWidget = self.empty
        elif self._numbers or len(self.radar.axes) < FEWEST_AXES:
            page = self.table
        else:
            page = self.place
        self._stack.setCurrentWidget(page)
        self.legend.setVisible(page is self.place)


def told(radar: Radar | None) -> str:
    """The chart in words."""
    if radar is None:
        return "Nothing to show yet."
    axes = zip(radar.axes, radar.taste, radar.library, strict=True)
    return "; ".join(f"{name}: picks {picks:.0%}, library {library:.0%}" for name, picks, library in axes)


def web(radar: Radar) -> Web:
    """The picks as a solid outline, the library as a dashed one."""
    words = tuple(f"{name}\n{percent(share)}" for name, share in zip(radar.axes, radar.taste, strict=True))
    return Web(radar.axes, radar.taste, radar.library, words)


def percent(share: float) -> str:
    """A share as it is shown."""
    return f"{share:.0%}".replace("%", " %")
