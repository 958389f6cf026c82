"""How long a window takes from the start of its process; run as a program of its own by ``musicdesk bench start``."""

import json
import subprocess
import sys
import time
from pathlib import Path

from musicdesk.settings import Folders
from musicdesk.ui.app import one_thread

LIMIT_S = 60.0


def start_once(folders: Folders) -> tuple[float, float]:
    """Milliseconds from starting a process to the painted window, and to the list in it (inf: there is none)."""
    command = [sys.executable, "-m", "musicdesk.ui.started", str(time.time()), str(folders.data)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=2 * LIMIT_S).stdout  # noqa: S603
    times = json.loads(told.splitlines()[-1])
    return times["painted_ms"], times["listed_ms"]


def main() -> None:
    """Open the window on a data folder, wait for its list, print both times."""
    began, data = float(sys.argv[1]), Path(sys.argv[2])
    one_thread()
    from musicdesk.ui.opening import application, open_window

    app = application()
    opened = open_window(Folders.default(data))
    while not opened.window.curtain.isVisible():
        app.processEvents()
    opened.window.curtain.repaint()
    times = {"painted_ms": 1000 * (time.time() - began), "listed_ms": float("inf")}
    while time.time() - began < LIMIT_S:
        app.processEvents()
        if opened.session is not None and opened.session.window.for_you.model.rowCount():
            opened.session.window.repaint()
            times["listed_ms"] = 1000 * (time.time() - began)
            break
        time.sleep(0.002)
    opened.close()
    print(json.dumps(times))


if __name__ == "__main__":
    main()
