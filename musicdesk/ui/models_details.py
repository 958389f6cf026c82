"""The encoder that is chosen: everything that is known of it, and what can be done with it."""

import re
from html import escape

from PySide6.QtCore import QRectF, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QDesktopServices, QGuiApplication, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from musicdesk.records import ModelStatus, printable
from musicdesk.ui import glyphs, icons, theme
from musicdesk.ui.glyphs import GlyphButton, fill_glyph
from musicdesk.ui.ink import Ink, scaled, tabular
from musicdesk.ui.labels import ElidedLabel, SoftLabel, SoftSentence, scrolling
from musicdesk.ui.models_words import Fact, bytes_text, facts, has_weights, problem_text, standing_text, taken

ADDRESS = re.compile(r"https?://[^\s,;)>\]]+")
OPEN = "Open the folder that holds its weights"
WORD, HALVES = 72, 2
"""Room for the words, and how many short facts stand side by side."""
NARROW = 560
"""Below this width each has a line of its own."""


class WarningSign(QWidget):
    """A triangle in the colour of warnings."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The sign."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(theme.tokens(Ink.of(self).dark).warning)
        fill_glyph(painter, glyphs.warning(), QRectF(self.rect()), size=14, colour=colour)


class Source(QLabel):
    """Paper or page; an address in it is opened on a click, and only then."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.linkActivated.connect(lambda address: QDesktopServices.openUrl(QUrl(address)))

    def set_source(self, text: str) -> None:
        """Show it."""
        self.setAccessibleName(text)
        self.setToolTip("A click opens it in your browser" if ADDRESS.search(text) else "")
        self.setText(linked(text))


def linked(text: str) -> str:
    """The text as HTML with its addresses as links; nothing else of it is taken for HTML."""
    parts, end = [], 0
    for found in ADDRESS.finditer(text):
        address = found.group().rstrip(".")
        parts.append(escape(text[end : found.start()]))
        parts.append(f'<a href="{escape(address)}">{escape(address.partition("//")[2])}</a>')
        end = found.start() + len(address)
    return "".join([*parts, escape(text[end:])])


class Problem(QWidget):
    """Why an encoder cannot be used, and what to type where a library is missing."""

    def __init__(self) -> None:
        super().__init__()
        self.sentence, self.command = QLabel(), QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.command.setTextFormat(Qt.TextFormat.PlainText)
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.command.setBackgroundRole(QPalette.ColorRole.Button)
        self.command.setAutoFillBackground(True)
        self.command.setMargin(4)
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy the command, to be run in a terminal; then start musicdesk anew")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.command.text()))
        self.line = QWidget()
        row = QHBoxLayout(self.line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.command)
        row.addWidget(self.copy)
        row.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addWidget(WarningSign(), 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.sentence, 0, 1)
        grid.addWidget(self.line, 1, 1)
        grid.setColumnStretch(1, 1)

    def set_problem(self, sentence: str, extra: str) -> None:
        """Show a sentence ("" for none) and how to get an extra of musicdesk ("" for none)."""
        self.sentence.setText(sentence)
        self.command.setText(f'pip install "musicdesk[{extra}]"' if extra else "")
        self.sentence.setVisible(bool(sentence))
        self.line.setVisible(bool(extra))
        self.setVisible(bool(sentence or extra))


class ModelDetails(QWidget):
    """Shows one encoder; the buttons ask."""

    install_asked = Signal(str)
    folder_asked = Signal(str)
    verify_asked = Signal(str)
    remove_asked = Signal(str)
    use_asked = Signal(str)
    show_asked = Signal(str)
    """Open the folder that holds its weights."""
    training_asked = Signal(str)
    """Show how it was trained."""

    def __init__(self) -> None:
        super().__init__()
        self.model: ModelStatus | None = None
        self._used, self._locked, self._busy, self._roomy = "", "", "", True
        self.title, self.aside = QLabel(), SoftLabel()
        self.setting, self.problem = SoftSentence(), Problem()
        self.facts = QWidget()
        self.source, self.path, self.kept = Source(), ElidedLabel(soft=True), QWidget()
        self.open_folder = GlyphButton(icons.folder, name=OPEN, hint=OPEN, size=20)
        self.install, self.folder = QPushButton(), QPushButton("From a folder…")
        self.use, self.verify, self.remove = QPushButton(), QPushButton("Verify"), QPushButton("Remove…")
        self.training = QPushButton("How it was trained")
        self._lay_out()
        self._connect()
        self.set_model(None, used="")

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        font = self.title.font()
        scaled(font, 2)
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.grid = QGridLayout(self.facts)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(12)
        self.grid.setVerticalSpacing(4)
        for half in range(HALVES):
            self.grid.setColumnMinimumWidth(2 * half, WORD)
            self.grid.setColumnStretch(2 * half + 1, 1)
        self.path.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        kept = QHBoxLayout(self.kept)
        kept.setContentsMargins(0, 0, 0, 0)
        kept.addWidget(self.path, 1)
        kept.addWidget(self.open_folder)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(8)
        column.addLayout(self._head())
        for widget in (self.setting, self.problem, self.facts):
            column.addWidget(widget)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scrolling(inside), 1)
        whole.addWidget(self._buttons())

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.title)
        head.addWidget(self.aside, 1, Qt.AlignmentFlag.AlignBottom)
        return head

    def _buttons(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(8)
        for button in (self.use, self.install, self.folder, self.training):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.verify, self.remove):
            row.addWidget(button)
        self.verify.setToolTip("Read every file and compare it with what it should be")
        self.folder.setToolTip("Take files that were copied from elsewhere, for a computer without a network")
        return bar

    def _connect(self) -> None:
        for button, signal in (
            (self.install, self.install_asked), (self.folder, self.folder_asked), (self.verify, self.verify_asked),
            (self.remove, self.remove_asked), (self.use, self.use_asked), (self.open_folder, self.show_asked),
            (self.training, self.training_asked),
        ):  # fmt: skip
            button.clicked.connect(lambda _=False, signal=signal: signal.emit(self.model.name if self.model else ""))

    # ------------------------------------------------------------------ what it shows

    def set_model(self, model: ModelStatus | None, *, used: str) -> None:
        """Show an encoder; ``used`` is the name of the one in use."""
        self.setVisible(model is not None)
        if model is None:
            self.model = None
            return
        if (model, used) != (self.model, self._used):
            self.model, self._used = model, used
            self._fill(model)
        self._tell()

    def lock(self, why: str) -> None:
        """Let nothing be changed, for this reason ("" to allow it)."""
        self._locked = why
        self._tell()

    def set_busy(self, why: str) -> None:
        """One installation at a time: why another cannot begin now ("" if it can)."""
        self._busy = why
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Short facts stand side by side where there is room."""
        super().resizeEvent(event)
        if self._roomy != (self.width() >= NARROW):
            self._roomy = not self._roomy
            if self.model is not None:
                self._fill_facts(self.model)

    def _fill(self, model: ModelStatus) -> None:
        self.title.setText(model.title)
        self.aside.setText(f"{model.name} · {standing_text(model, self._used)}")
        self.setting.setText(model.setting)
        self.setting.setVisible(bool(model.setting))
        self.problem.set_problem(problem_text(model), model.extra)
        self._fill_facts(model)

    def _fill_facts(self, model: ModelStatus) -> None:
        while (item := self.grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget not in (self.source, self.kept):
                widget.hide()
                widget.deleteLater()
        row, place, roomy = -1, HALVES, self._roomy
        for fact in facts(model):
            beside = fact.half and roomy and place + 1 < HALVES
            row, place = (row, place + 1) if beside else (row + 1, 0 if fact.half else HALVES)
            self._add(row, fact.word, _value(fact), half=place if fact.half and roomy else None)
        self.source.set_source(model.source)
        self._add(row + 1, "Source", self.source)
        self.path.setVisible(model.path is not None)
        self.open_folder.setVisible(model.path is not None)
        if model.path is not None:
            self.path.setText(printable(str(model.path)))
            self._add(row + 2, "Kept in", self.kept)

    def _add(self, row: int, word: str, value: QWidget, *, half: int | None = None) -> None:
        column, top = 2 * (half or 0), Qt.AlignmentFlag.AlignTop
        self.grid.addWidget(SoftLabel(word, points=0), row, column, top)
        self.grid.addWidget(value, row, column + 1, 1, 3 if half is None else 1, top)

    # ------------------------------------------------------------------ what can be done

    def _tell(self) -> None:
        """Offer what makes sense for this encoder; say why not, where something holds it."""
        model = self.model
        if model is None:
            return
        usable, here = model.installed and not model.extra, has_weights(model)
        own = (model.path is not None or model.fetched_bytes > 0) and not (model.shipped or model.variant_of)
        self.use.setVisible(usable and model.name != self._used)
        self.install.setVisible(not here and not model.shipped)
        self.folder.setVisible(not here and not model.shipped)
        self.verify.setVisible(model.path is not None)
        self.remove.setVisible(own)
        self.training.setVisible(model.trained)
        self.use.setText("Use this encoder")
        begins = "Go on installing" if model.fetched_bytes else "Install"
        self.install.setText(f"{begins}…" if model.accept else begins)
        primary = self.use if usable else self.install
        for button in (self.use, self.install):
            _promote(button, button is primary)
        held = self._locked or self._busy
        for button, hint in (
            (self.install, "Fetch its weights; it can be stopped and goes on from there"),
            (self.folder, "Take files that were copied from elsewhere, for a computer without a network"),
            (self.remove, f"Delete its weights ({bytes_text(taken(model))}); what it heard stays"),
        ):
            button.setEnabled(not held)
            button.setToolTip(held or hint)
        self.use.setEnabled(not self._locked)
        self.use.setToolTip(self._locked or "Listen to the library with it; what others heard is kept")
        self.verify.setEnabled(not self._busy)


def _value(fact: Fact) -> QLabel:
    value = QLabel(fact.text)
    value.setFont(tabular(value.font()))
    value.setTextFormat(Qt.TextFormat.PlainText)
    value.setWordWrap(True)
    value.setToolTip(fact.hint)
    return value


def _promote(button: QPushButton, on: bool) -> None:
    """Let a button be the one that stands out, or not."""
    name = "primary" if on else ""
    if button.objectName() != name:
        button.setObjectName(name)
        button.style().unpolish(button)
        button.style().polish(button)
