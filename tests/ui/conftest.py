"""A window in a test: offscreen, quiet, and clean when it leaves."""

import os
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

GRACE_S = 10.0
HARMLESS = (
    "This plugin does not support propagateSizeHints",  # the offscreen platform, at every window
    "This plugin does not support raise",
    "This plugin does not support grabbing the ",
)


@pytest.fixture(autouse=True)
def quiet_and_clean(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that makes Qt warn or that leaves a thread behind; names the thread."""
    if "qtbot" not in request.fixturenames:
        yield
        return
    before = set(threading.enumerate())
    log = request.getfixturevalue("qtlog")
    yield
    # without a running event loop nothing that is done with is deleted: thousands of widgets would follow every look
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    told = [r.message for r in log.records if not r.message.startswith(HARMLESS) and r.log_type_name != "QtDebugMsg"]
    assert not told, f"Qt warned: {told}"
    left = [t.name for t in set(threading.enumerate()) - before if outlives(t)]
    assert not left, f"threads left running: {left}"


def outlives(thread: threading.Thread) -> bool:
    """Whether a thread is still there after it had time to end."""
    if not thread.daemon:
        thread.join(GRACE_S)
    return thread.is_alive() and not thread.daemon
