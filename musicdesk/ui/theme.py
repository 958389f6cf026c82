"""The look: one palette in two lights, and the colours and shapes that tell prototypes and recommenders apart.

The eight colours of the prototypes are those of Okabe and Ito (2008), which stay apart for colour-blind eyes, moved in
lightness until each has 3:1 against its ground; a colour never stands without its shape, and the pair is one
prototype's alone. Recommenders have signs
instead of plain shapes, in three further colours. Text has 4.5:1 or better (tests measure it).
"""

import math
from dataclasses import dataclass, fields

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette, QPolygonF, QTransform
from PySide6.QtWidgets import QApplication

from musicdesk.records import PROTOTYPE_SLOTS


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one light, as #rrggbb."""

    window: str
    base: str
    alternate: str
    button: str
    text: str
    soft_text: str
    disabled_text: str
    line: str
    accent: str
    on_accent: str
    link: str
    tooltip: str
    warning: str
    good: str


LIGHT = Tokens(
    window="#f3f3f5", base="#ffffff", alternate="#f8f8fa", button="#ebebee", text="#1b1c1f", soft_text="#5b5e66",
    disabled_text="#9a9ca3", line="#d3d4d9", accent="#2f5bd0", on_accent="#ffffff", link="#2450c4", tooltip="#fffdf2",
    warning="#a34400", good="#00704f",
)  # fmt: skip
DARK = Tokens(
    window="#1d1e21", base="#26272b", alternate="#2a2b30", button="#33353b", text="#eceded", soft_text="#a5a8b0",
    disabled_text="#6d7078", line="#3f4148", accent="#7ea2ff", on_accent="#10131c", link="#9db8ff", tooltip="#34363c",
    warning="#ffa45c", good="#46c79b",
)  # fmt: skip

SHAPES = ("circle", "triangle", "square", "diamond", "wedge", "plus", "star", "hexagon")
SLOTS_LIGHT = ("#0072b2", "#b87300", "#008a64", "#b25286", "#2a8fc9", "#d55e00", "#877a00", "#4a4d55")
SLOTS_DARK = ("#4a9fe0", "#e69f00", "#20b58a", "#dc8fba", "#8fd3f7", "#ff7f3a", "#f0e442", "#c9ccd3")
ADVISOR_SHAPES = {101: "people", 102: "clock", 103: "sound"}
"""Signs of the recommenders' slots: people's habits, my history, sounds like my taste."""
ADVISORS_LIGHT = {101: "#a3154a", 102: "#5b3fb5", 103: "#7b4b1d"}
ADVISORS_DARK = {101: "#ff6b8f", 102: "#b7a6ff", 103: "#d4a373"}
SLOTS = (*range(PROTOTYPE_SLOTS), *ADVISOR_SHAPES)
"""Slots with a colour and a sign of their own, behind which a gain stands; a seed track has none."""
ASKED_SHAPES = {201: "lines", 202: "label", 203: "sound", 204: "half", 205: "minus"}
"""Signs of what speaks for a find: what files say, what is heard, its sound, its mood, and what was not wanted."""
ASKED_LIGHT = {201: "#44546a", 202: "#08807f", 203: "#b3541e", 204: "#7a4fc0", 205: "#6b7300"}
ASKED_DARK = {201: "#b9c4d6", 202: "#3fc6c0", 203: "#f0955a", 204: "#b79bf0", 205: "#c5cc5a"}
COLOURED = (*SLOTS, *ASKED_SHAPES)
"""All slots with a look of their own."""


def tokens(dark: bool) -> Tokens:
    """The colours of the light or the dark look."""
    return DARK if dark else LIGHT


def is_dark(palette: QPalette) -> bool:
    """Whether light text stands on a dark ground."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def palette(dark: bool) -> QPalette:
    """The Qt palette of one look."""
    look, made, role = tokens(dark), QPalette(), QPalette.ColorRole
    for qt_role, name in {
        role.Window: look.window, role.Base: look.base, role.AlternateBase: look.alternate, role.Button: look.button,
        role.WindowText: look.text, role.Text: look.text, role.ButtonText: look.text, role.ToolTipText: look.text,
        role.PlaceholderText: look.soft_text, role.Highlight: look.accent, role.HighlightedText: look.on_accent,
        role.Accent: look.accent, role.Link: look.link, role.LinkVisited: look.link, role.ToolTipBase: look.tooltip,
        role.Mid: look.line, role.Midlight: look.line, role.Light: look.base, role.Dark: look.line,
        role.BrightText: look.warning,
    }.items():  # fmt: skip
        made.setColor(qt_role, QColor(name))
    for qt_role in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, qt_role, QColor(look.disabled_text))
    return made


def system_is_dark() -> bool:
    """What the desktop asks for; light where it says nothing."""
    return QApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def apply(app: QApplication, *, dark: bool | None = None) -> None:
    """Give the program its look; None follows the system."""
    chosen = system_is_dark() if dark is None else dark
    made = sheet(tokens(chosen))
    if app.styleSheet() == made:  # a second time would only polish every widget of the window anew, which takes long
        app.setPalette(palette(chosen))
        return
    app.setStyle("Fusion")
    app.setPalette(palette(chosen))
    app.setStyleSheet(made)


def sheet(look: Tokens) -> str:
    """What Fusion cannot be told by a palette: slim scroll bars, quiet splitters and buttons."""
    return f"""
        QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
        QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
        QScrollBar::handle {{ background: {look.line}; border-radius: 3px; margin: 2px; }}
        QScrollBar::handle:vertical {{ min-height: 32px; }}
        QScrollBar::handle:horizontal {{ min-width: 32px; }}
        QScrollBar::handle:hover {{ background: {look.disabled_text}; }}
        QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
        QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
        QLineEdit {{ background: {look.base}; border: 1px solid {look.line}; border-radius: 6px; padding: 3px 2px; }}
        QLineEdit:focus {{ border: 2px solid {look.accent}; padding: 2px 1px; }}
        QPushButton {{ background: {look.button}; border: 1px solid {look.line}; border-radius: 6px; }}
        QPushButton {{ padding: 4px 12px; }}
        QPushButton#primary {{ background: {look.accent}; color: {look.on_accent}; border-color: {look.accent}; }}
        QPushButton#primary:disabled {{ background: {look.button}; color: {look.disabled_text}; }}
        QPushButton#primary:disabled {{ border-color: {look.line}; }}
        QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
        QPushButton:flat {{ background: transparent; border: 1px solid transparent; }}
        QPushButton:hover {{ border-color: {look.soft_text}; }}
        QPushButton:pressed {{ background: {look.line}; }}
        QPushButton:focus {{ border: 2px solid {look.accent}; padding: 3px 11px; }}
        QPushButton:disabled {{ color: {look.disabled_text}; }}
        QListWidget {{ background: transparent; border: none; outline: none; }}
        QListWidget::item {{ padding: 3px 6px; border-radius: 5px; color: {look.text}; }}
        QListWidget::item:selected {{ background: {look.line}; }}
        QListWidget:focus {{ border: 1px solid {look.accent}; border-radius: 5px; }}
        QProgressBar {{ background: {look.line}; border: none; border-radius: 3px; }}
        QProgressBar::chunk {{ background: {look.accent}; border-radius: 3px; }}
        #notice {{ background: {look.tooltip}; border-top: 1px solid {look.line}; }}
    """


def look(choice: str) -> None:
    """Give the running program the look that is set: light, dark, or the system's."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        apply(app, dark={"light": False, "dark": True}.get(choice))


def contrast(first: str, second: str) -> float:
    """The WCAG 2 contrast ratio of two colours, 1 to 21."""
    light, dim = sorted((luminance(QColor(first)), luminance(QColor(second))), reverse=True)
    return (light + 0.05) / (dim + 0.05)


def luminance(colour: QColor) -> float:
    """WCAG 2 relative luminance, 0 to 1."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def names() -> tuple[str, ...]:
    """The names of all tokens."""
    return tuple(field.name for field in fields(Tokens))


def slot_colour(slot: int, dark: bool) -> QColor:
    """The colour of a prototype's slot (the eight, then from the start again), a recommender's, or a search's part."""
    advisors = {**ADVISORS_DARK, **ASKED_DARK} if dark else {**ADVISORS_LIGHT, **ASKED_LIGHT}
    colours = SLOTS_DARK if dark else SLOTS_LIGHT
    return QColor(advisors.get(slot) or colours[slot % len(colours)])


def slot_shape(slot: int) -> str:
    """The shape that goes with the colour: each round through the colours is one shape ahead of the last."""
    return ADVISOR_SHAPES.get(slot) or ASKED_SHAPES.get(slot) or SHAPES[(slot + slot // len(SHAPES)) % len(SHAPES)]


def paint_shape(painter: QPainter, rect: QRectF, slot: int) -> None:
    """Draw the slot's shape into the rectangle with the painter's pen and brush."""
    painter.drawPath(shape_path(slot_shape(slot), QRectF(rect)))


def shape_path(shape: str, rect: QRectF) -> QPainterPath:
    """The outline of a shape, optically equal in size to its fellows."""
    path, centre, radius = QPainterPath(), rect.center(), min(rect.width(), rect.height()) / 2
    if shape == "circle":
        path.addEllipse(centre, radius * 0.94, radius * 0.94)
    elif shape == "square":
        path.addRect(QRectF(centre.x() - radius * 0.83, centre.y() - radius * 0.83, radius * 1.66, radius * 1.66))
    elif shape in SIGNS:
        path = QTransform(radius / 100, 0, 0, radius / 100, centre.x(), centre.y()).map(SIGNS[shape]())
    else:
        path.addPolygon(
            QPolygonF([QPointF(centre.x() + x * radius, centre.y() + y * radius) for x, y in OUTLINES[shape]])
        )
        path.closeSubpath()
    return path


def _ring(corners: int, *, turn: float = 0.0, inner: float = 0.0) -> list[tuple[float, float]]:
    count = corners * 2 if inner else corners
    radii = [inner if inner and i % 2 else 1.0 for i in range(count)]
    angles = [math.tau * i / count - math.pi / 2 + turn for i in range(count)]
    return [(r * math.cos(a), r * math.sin(a)) for r, a in zip(radii, angles, strict=True)]


def _people() -> QPainterPath:
    """Somebody, and behind them somebody else."""
    front, room = _person(-30, 6, 1.0, grown=0), _person(-30, 6, 1.0, grown=17)
    return front.united(_person(46, -10, 0.86, grown=0).subtracted(room))


def _person(x: float, y: float, size: float, *, grown: float) -> QPainterPath:
    """Head and shoulders, made larger by ``grown`` all around."""
    path, across, high = QPainterPath(), 66 * size + grown, 86 * size + grown
    path.addEllipse(QPointF(x, y - 50 * size), 40 * size + grown, 40 * size + grown)
    shoulders = QPainterPath(QPointF(x - across, y + 86 * size))
    shoulders.arcTo(QRectF(x - across, y + 86 * size - high, 2 * across, 2 * high), 180, -180)
    shoulders.closeSubpath()
    return path.united(shoulders)


def _clock() -> QPainterPath:
    """A dial with its hands cut out."""
    dial, hands = QPainterPath(), QPainterPath()
    dial.addEllipse(QPointF(0, 0), 98, 98)
    corners = ((-15, -66), (15, -66), (15, -15), (58, -15), (58, 15), (-15, 15))
    hands.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    hands.closeSubpath()
    return dial.subtracted(hands)


def _sound() -> QPainterPath:
    """Four bars of a level meter."""
    path = QPainterPath()
    for x, half in ((-81, 40), (-27, 95), (27, 62), (81, 28)):
        path.addRoundedRect(QRectF(x - 17, -half, 34, 2 * half), 15, 15)
    return path


def _lines() -> QPainterPath:
    """Three lines of text."""
    path = QPainterPath()
    for y, right in ((-84, 95), (-17, 95), (50, 20)):
        path.addRoundedRect(QRectF(-95, y, right + 95, 36), 12, 12)
    return path


def _label() -> QPainterPath:
    """A label with a hole for its string."""
    path, hole = QPainterPath(), QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in ((-98, 0), (-40, -72), (95, -72), (95, 72), (-40, 72))]))
    path.closeSubpath()
    hole.addEllipse(QPointF(-36, 0), 20, 20)
    return path.subtracted(hole)


def _half() -> QPainterPath:
    """A ring, half full."""
    ring, inside, left = QPainterPath(), QPainterPath(), QPainterPath()
    ring.addEllipse(QPointF(0, 0), 95, 95)
    inside.addEllipse(QPointF(0, 0), 66, 66)
    left.addRect(QRectF(-100, -100, 100, 200))
    return ring.subtracted(inside.subtracted(left))


def _minus() -> QPainterPath:
    """A stroke."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(-90, -20, 180, 40), 15, 15)
    return path


SIGNS = {
    "people": _people, "clock": _clock, "sound": _sound, "lines": _lines, "label": _label, "half": _half,
    "minus": _minus,
}  # fmt: skip
"""Outlines around the origin, a hundred wide to each side: paths that are cut are cut coarsely where they are small."""
_THIN = 0.34
OUTLINES: dict[str, list[tuple[float, float]]] = {
    "triangle": [(0, -0.94), (1, 0.80), (-1, 0.80)],
    "wedge": [(0, 0.94), (1, -0.80), (-1, -0.80)],
    "diamond": [(0, -1.06), (1.06, 0), (0, 1.06), (-1.06, 0)],
    "plus": [
        (-_THIN, -1), (_THIN, -1), (_THIN, -_THIN), (1, -_THIN), (1, _THIN), (_THIN, _THIN),
        (_THIN, 1), (-_THIN, 1), (-_THIN, _THIN), (-1, _THIN), (-1, -_THIN), (-_THIN, -_THIN),
    ],
    "star": _ring(5, inner=0.45),
    "hexagon": _ring(6),
}  # fmt: skip
