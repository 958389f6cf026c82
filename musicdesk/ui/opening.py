"""From nothing to a window with a desk behind it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from musicdesk import __version__
from musicdesk.settings import Folders, Settings
from musicdesk.ui import theme
from musicdesk.ui.empty_states import State
from musicdesk.ui.icons import app_icon
from musicdesk.ui.main_window import MainWindow
from musicdesk.ui.tasks import Tasks

if TYPE_CHECKING:
    from musicdesk.desk.desk import Desk
    from musicdesk.ui.session import Session
    from musicdesk.ui.workspace import Workspace

BODY_PX = 13


def application() -> QApplication:
    """The one QApplication, named and with our look."""
    app = QApplication.instance()
    made = app if isinstance(app, QApplication) else QApplication(["musicdesk"])
    made.setApplicationName("musicdesk")
    made.setApplicationVersion(__version__)
    made.setDesktopFileName("musicdesk")
    made.setWindowIcon(app_icon())
    made.setFont(_body(made.font()))
    theme.apply(made)
    return made


def _body(font: QFont) -> QFont:
    """The system's font, no smaller than 13 pixels."""
    sized = QFont(font)
    pixels = font.pixelSize() if font.pixelSize() > 0 else font.pointSizeF() * 96 / 72
    sized.setPixelSize(max(BODY_PX, round(pixels)))
    return sized


class Opened(QObject):
    """A window that is painted, and the session that comes when its desk is open."""

    def __init__(self, folders: Folders, sources: Sequence[str]) -> None:
        super().__init__()
        self._folders, self._sources = folders, tuple(sources)
        settings = Settings.load(folders.data)
        theme.look(settings.theme)
        self.window, self.tasks = MainWindow(settings.window), Tasks()
        self.session: Session | None = None
        self._desk: Desk | None = None
        self.window.closing.connect(self.close)
        self.window.curtain.asked.connect(lambda _: self.window.close())
        QApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    def begin(self) -> None:
        """Show the window, then load and open the desk behind it."""
        self.window.show()
        QTimer.singleShot(0, lambda: self.tasks.read(self._load, self._opened, failed=self._broken))

    def _load(self) -> tuple[type["Workspace"], type["Session"], "Desk"]:
        """What takes long, on a thread of its own: importing, and opening the database."""
        from musicdesk.desk.desk import Desk
        from musicdesk.ui.session import Session
        from musicdesk.ui.workspace import Workspace

        self._desk = Desk(self._folders)
        self._desk.claim()  # where another process has it, the window says so and only reads
        return Workspace, Session, self._desk

    def _opened(self, parts: tuple[type["Workspace"], type["Session"], "Desk"]) -> None:
        build, join, desk = parts
        workspace = build()
        self.session = join(desk, tasks=self.tasks, window=workspace)
        self.window.setCentralWidget(workspace)
        self.session.begin(self._sources)

    def _broken(self, sentence: str) -> None:
        self.window.curtain.set_state(State.BROKEN, sentence=sentence)

    def _scheme_changed(self) -> None:
        settings = self.session.desk.settings if self.session else Settings.load(self._folders.data)
        theme.look(settings.theme)

    def close(self) -> None:
        """End everything, whether the desk was open yet or not."""
        if self.session is not None:
            self.session.close()
            return
        self.tasks.close()
        if self._desk is not None:
            self._desk.close()
            self._desk = None


def open_window(folders: Folders, sources: Sequence[str] = ()) -> Opened:
    """Show the window; the desk follows."""
    opened = Opened(folders, sources)
    opened.begin()
    return opened
