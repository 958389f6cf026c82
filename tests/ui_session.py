"""A real session over a real desk, and ways to wait for it."""

from pytestqt.qtbot import QtBot

from musicdesk.desk.desk import Desk
from musicdesk.ui.session import Session
from musicdesk.ui.tasks import Tasks
from musicdesk.ui.workspace import Workspace

WAIT_MS = 20_000


def begin(desk: Desk, qtbot: QtBot, *, size: tuple[int, int] = (1280, 800)) -> Session:
    window = Workspace()
    qtbot.addWidget(window)
    session = Session(desk, tasks=Tasks(), window=window)
    window.resize(*size)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    session.begin()
    settle(session, qtbot)
    return session


def settle(session: Session, qtbot: QtBot) -> None:
    """Until nothing is under way and nothing new begins."""
    quiet = 0

    def still() -> bool:
        nonlocal quiet
        library, ranking = session.library, session.ranking
        timers = (
            library._settling, ranking._soon, ranking._tick, session.coverage._settling, session.models._settling,
            session.listeners._settling, session.mapping._settling,
        )  # fmt: skip
        busy = session.tasks.busy or session.search.busy or any(timer.isActive() for timer in timers)
        quiet = 0 if busy else quiet + 1
        return quiet > 3

    qtbot.waitUntil(still, timeout=WAIT_MS)


def titles(session: Session) -> list[str]:
    model = session.window.for_you.model
    return [model.track(row).title for row in range(model.rowCount())]
