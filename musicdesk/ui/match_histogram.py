"""A small picture of where the current picks lie on one prototype, against the library."""

import numpy as np
from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicdesk.records import FloatArray
from musicdesk.ui.ink import Ink, blend

BINS = 16


class MatchHistogram(QWidget):
    """Bars from far (left) to near (right); the dashed line is the library, which is level in percentiles."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares = np.zeros(BINS)  # [BINS] 0 to 1
        self._median: float | None = None
        self._slot, self._off = 0, False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_percentiles(None, name="")

    def sizeHint(self) -> QSize:
        """Sixteen bars of four pixels."""
        return QSize(BINS * 4, 16)

    def minimumSizeHint(self) -> QSize:
        """Sixteen bars of two pixels."""
        return QSize(BINS * 2, 16)

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of picks in each bar, far to near."""
        return tuple(float(s) for s in self._shares)

    def set_look(self, slot: int, *, off: bool) -> None:
        """The prototype's colour, or grey."""
        self._slot, self._off = slot, off
        self.update()

    def set_percentiles(self, percentiles: FloatArray | None, *, name: str) -> None:
        """Show how near the picks are to this prototype.

        Args:
            percentiles: [n] 0 to 1, of this library; None or empty clears the picture.
            name: the prototype's.

        """
        if percentiles is None or not len(percentiles):
            self._shares, self._median = np.zeros(BINS), None
            self._tell("No list yet: here you will see where its picks lie on this prototype.")
            return
        bins = np.clip((percentiles * BINS).astype(int), 0, BINS - 1)
        self._shares = np.bincount(bins, minlength=BINS) / len(percentiles)
        self._median = float(np.median(percentiles))
        self._tell(
            f"The {len(percentiles)} picks on “{name}”, from far to near: half of them are nearer than "
            f"{self._median:.0%} of your library (dashed: the library)."
        )

    def _tell(self, sentence: str) -> None:
        self.setToolTip(sentence)
        self.setAccessibleName("Where the picks lie")
        self.setAccessibleDescription(sentence)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars, the library's level, the base line."""
        painter, ink = QPainter(self), Ink.of(self)
        height, step = self.height() - 1, self.width() / BINS
        if self._median is not None:
            self._paint_bars(painter, ink, step=step, height=height)
        painter.setPen(QPen(ink.line, 1))
        painter.drawLine(QLineF(0, height + 0.5, self.width(), height + 0.5))

    def _paint_bars(self, painter: QPainter, ink: Ink, *, step: float, height: int) -> None:
        tallest = max(float(self._shares.max()), 0.25)
        colour = blend(ink.slot(self._slot, off=self._off), ink.raised, 0.25)
        for index, share in enumerate(self._shares):
            tall = share / tallest * height
            painter.fillRect(QRectF(index * step + 0.5, height - tall, step - 1, tall), colour)
        level = height - 1 / BINS / tallest * height
        painter.setPen(QPen(ink.soft, 1, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(0, level, self.width(), level))
