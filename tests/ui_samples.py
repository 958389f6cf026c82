"""A taste, a list and an explanation to show, and hands to touch them with."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from musicdesk.records import Advisor, EncoderKey, Explanation, Part, Prototype, Ranking, Tags, Taste, Track

KEY = EncoderKey("handcrafted", "1", "a")
NAMES = ("quiet piano · classical", "driving metal", "not: harsh techno")
GAINS = (1.0, 0.3, -0.5)


def track(number: int, *, title: str = "Nocturne", artist: str = "Chopin") -> Track:
    tags = Tags(title=f"{title} {number}", artists=(artist,), album="Nocturnes")
    return Track(id=number, path=f"/music/{number}.flac", audio_hash=f"h{number}", length_s=240.0, tags=tags)


def prototypes() -> tuple[Prototype, ...]:
    return tuple(
        Prototype(
            id=f"p{slot}", name=name, slot=slot, vector=np.eye(4, dtype=np.float32)[slot], gain=gain, support=12,
            exemplars=tuple(f"h{slot * 3 + n}" for n in range(3)),
        )
        for slot, (name, gain) in enumerate(zip(NAMES, GAINS, strict=True))
    )  # fmt: skip


def taste(**changes: object) -> Taste:
    """Three prototypes; changes apply to the first of them."""
    first, *rest = prototypes()
    return Taste(KEY, (replace(first, **changes), *rest), variety=0.2, liked=12)  # type: ignore[arg-type]


def advisors() -> tuple[Advisor, ...]:
    """What advises in the blend."""
    return (
        Advisor("ease", "people's habits", gain=0.4, knows="from 6 listeners and 2,317 plays; well founded", found=0.4),
        Advisor("content-last", "my history", gain=0.8, knows="from 12 tracks; a fair picture", found=0.3),
        Advisor("content-mean", "sounds like my taste", gain=0.3, knows="from 12 tracks; a fair picture", found=0.3),
    )


def advised_taste(**changes: object) -> Taste:
    """The taste with advisors; changes apply to the first of them."""
    first, *rest = advisors()
    return replace(taste(), advisors=(replace(first, **changes), *rest))  # type: ignore[arg-type]


def exemplars() -> dict[str, Track]:
    return {f"h{n}": track(n) for n in range(9)}


def ranking(percentiles: list[list[float]]) -> Ranking:
    """A list whose picks (rows) lie at these percentiles of the parts (columns)."""
    near = np.array(percentiles, dtype=np.float32)
    gains = np.array(GAINS, dtype=np.float32)
    parts = (-np.log1p(-near) * gains).astype(np.float32)
    count = len(near)
    return Ranking(
        hashes=tuple(f"h{n}" for n in range(count)), track_ids=tuple(range(count)), scores=parts.sum(axis=1),
        match=np.linspace(1, 0.9, count, dtype=np.float32), contributions=parts, percentiles=near, parts=NAMES,
        slots=(0, 1, 2), gains=gains, considered=181,
    )  # fmt: skip


def explanation(*, shares: tuple[float, ...] = (2.0, 0.6, -0.4), left_out: tuple[str, ...] = ()) -> Explanation:
    parts = tuple(
        Part(name, slot, gain, share, percentile)
        for slot, (name, gain, share, percentile) in enumerate(
            zip(NAMES, GAINS, shares, (0.92, 0.81, 0.4), strict=True)
        )
    )
    words = ("piano", "slow")
    return Explanation(track(1), sum(shares), 0.97, 3, 181, parts, left_out=left_out, words=words)


def press(widget: QWidget, x: float) -> None:
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=_at(widget, x))


def move(widget: QWidget, x: float) -> None:
    QTest.mouseMove(widget, _at(widget, x))


def release(widget: QWidget, x: float) -> None:
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=_at(widget, x))


def click(widget: QWidget, x: float | None = None) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=_at(widget, widget.width() / 2 if x is None else x))


def drag(widget: QWidget, start: float, end: float, *, steps: int = 6) -> None:
    press(widget, start)
    for x in np.linspace(start, end, steps + 1)[1:]:
        move(widget, float(x))
    release(widget, end)


def _at(widget: QWidget, x: float) -> QPoint:
    return QPoint(round(x), widget.height() // 2)


def wheel(widget: QWidget, notches: int) -> None:
    place = QPointF(widget.rect().center())
    no = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(
        widget,
        QWheelEvent(place, QPointF(widget.mapToGlobal(place)), QPoint(), QPoint(0, 120 * notches),
                    Qt.MouseButton.NoButton, no, Qt.ScrollPhase.NoScrollPhase, False),
    )  # fmt: skip


class Heard:
    """What a signal said, call by call."""

    def __init__(self, signal: object) -> None:
        self.calls: list[tuple[object, ...]] = []
        signal.connect(lambda *values: self.calls.append(values))  # type: ignore[attr-defined]

    @property
    def last(self) -> tuple[object, ...]:
        return self.calls[-1]

    def __len__(self) -> int:
        return len(self.calls)
