"""The window's process: paints at once, opens the desk behind it. Nothing heavy is imported before the first paint."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from musicdesk.errors import UserFacing
from musicdesk.settings import Folders


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of ``musicdesk-gui``."""
    parser = argparse.ArgumentParser(prog="musicdesk-gui", description="Rank your music library by your taste.")
    parser.add_argument("folders", nargs="*", help="folders of music to add")
    parser.add_argument("--data", type=Path, help="folder of the database and settings")
    asked = parser.parse_args(argv)
    try:
        return run(Folders.default(asked.data), asked.folders)
    except UserFacing as error:
        print(f"musicdesk: {error}", file=sys.stderr)
        return 1


def run(folders: Folders, sources: Sequence[str] = ()) -> int:
    """Open the window on a data folder, add ``sources``, and stay until it is closed."""
    one_thread()
    need_screen()
    from PySide6.QtCore import QTimer

    from musicdesk.ui.opening import application, open_window

    app = application()
    opened = open_window(folders, [os.path.abspath(source) for source in sources])
    signal.signal(signal.SIGINT, lambda *_: opened.window.close())
    heartbeat = QTimer(interval=250)  # lets Python see Ctrl-C while Qt waits
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start()
    code = app.exec()
    opened.close()
    return code


def need_screen() -> None:
    """Raise UserFacing where Qt would end the whole process, because there is nothing to show a window on."""
    shown = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform == "linux" and not shown:
        raise UserFacing("There is no screen to open a window on. Without one, run: musicdesk tour FOLDER")


def one_thread() -> None:
    """One thread a matrix product: spinning ones cost 10 ms a slider step while an analysis runs.

    Must come before numpy is loaded.
    """
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


if __name__ == "__main__":
    sys.exit(main())
