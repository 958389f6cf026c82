"""Several people who listen to the library of three kinds, as a log that the desk imports like any other."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from musicdesk.desk.desk import Desk
from musicdesk.jobs import Job

FANS: Mapping[str, Sequence[str]] = {
    "anna": [f"Bells {n}" for n in range(8)],
    "bert": [f"Clicks {n}" for n in range(8)],
    "cleo": [f"Bells {n}" for n in range(6)],
    "dora": [f"Clicks {n}" for n in range(6)],
}
"""Who hears what; nobody hears any Noise."""


def write_log(path: Path, fans: Mapping[str, Sequence[str]] = FANS, *, count: int = 3) -> Path:
    """A table of plays."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("user", "artist", "track", "count"))
        for name, titles in fans.items():
            for title in titles:
                kind, number = title.split()
                table.writerow((name, f"{kind} player {number}", title, count))
    return path


def hear(desk: Desk, folder: Path, fans: Mapping[str, Sequence[str]] = FANS) -> None:
    """Let the desk know what the fans hear."""
    desk.listeners.load(write_log(folder / "log.csv", fans), job=Job())
