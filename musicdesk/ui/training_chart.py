"""Loss and accuracy, epoch by epoch, drawn by pyqtgraph. Import it late: pyqtgraph takes 0.4 s."""

from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicdesk.records import Epoch
from musicdesk.ui.ink import Ink, scaled

FEWEST = 10
"""Epochs that the axis has room for at least."""
AXIS = 40


class Curves(pg.PlotWidget):  # type: ignore[misc]
    """Two lines over the epochs: on what it learns from (dashed), and on what is held out."""

    def __init__(self, train: Callable[[Epoch], float], held_out: Callable[[Epoch], float], *, share: bool) -> None:
        super().__init__(None, background=None)
        self._values, self._share, self._of = (train, held_out), share, 0
        self._epochs: Sequence[Epoch] = ()
        self.hideButtons()
        self.setMenuEnabled(False)
        self.setMouseEnabled(False, False)
        self.setAntialiasing(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._lines = tuple(self.plot([], [], antialias=True) for _ in self._values)
        left = self.getPlotItem().getAxis("left")
        left.setWidth(AXIS)
        if share:
            left.setTicks([[(part / 4, f"{part / 4:.0%}") for part in range(5)]])
        self.take_looks()

    def set_epochs(self, epochs: Sequence[Epoch], *, of: int) -> None:
        """Draw these of so many."""
        self._epochs, self._of = tuple(epochs), of
        numbers = [epoch.number for epoch in epochs]
        for line, value in zip(self._lines, self._values, strict=True):
            line.setData(numbers, [value(epoch) for epoch in epochs], symbol="o" if len(numbers) < 2 else None)
        self.setXRange(1, max(min(of, max(FEWEST, 2 * len(numbers))), len(numbers), 2), padding=0.02)
        if self._share:
            self.setYRange(0, 1.04, padding=0)
        elif epochs:
            values = [value(epoch) for epoch in epochs for value in self._values]
            self.setYRange(0, max(values) * 1.05, padding=0)

    def take_looks(self) -> None:
        """Take palette and font anew."""
        ink, small = Ink.of(self), QFont(self.font())
        scaled(small, -1.5)
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(ink.line))
            axis.setTextPen(pg.mkPen(ink.soft))
            axis.setTickFont(small)
            axis.setStyle(tickLength=-4)
        for line, pen in zip(self._lines, (pen_of(ink, held_out=False), pen_of(ink, held_out=True)), strict=True):
            pen.setWidthF(pen.widthF() * self.devicePixelRatioF())  # what is cosmetic counts the screen's own pixels
            line.setPen(pen)
            line.setSymbolBrush(pen.color())
            line.setSymbolPen(None)
            line.setSymbolSize(6)
        self.showGrid(x=False, y=True, alpha=0.12)

    def changeEvent(self, event: QEvent) -> None:
        """Follow palette and font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_lines"):
            self.take_looks()


def pen_of(ink: Ink, *, held_out: bool) -> QPen:
    """The pen of a line."""
    pen = QPen(ink.accent if held_out else ink.soft, 2.0 if held_out else 1.5)
    pen.setStyle(Qt.PenStyle.SolidLine if held_out else Qt.PenStyle.DashLine)
    pen.setCosmetic(True)
    return pen


def curves(parent: QWidget) -> tuple[Curves, Curves]:
    """The charts of loss and of accuracy."""
    loss = Curves(lambda epoch: epoch.train_loss, lambda epoch: epoch.loss, share=False)
    accuracy = Curves(lambda epoch: epoch.train_accuracy, lambda epoch: epoch.accuracy, share=True)
    for chart in (loss, accuracy):
        chart.setParent(parent)
    return loss, accuracy
