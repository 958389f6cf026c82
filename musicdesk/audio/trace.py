"""Which files were listened to: a line for each in the file that $MUSICDESK_TRACE names, for whoever looks for a fault.

The last line of a process that died names the file it died of; a file with two lines was listened to twice.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "MUSICDESK_TRACE"


@dataclass(frozen=True, slots=True)
class Visit:
    """One file, begun by one process."""

    pid: int
    path: str


def note(path: str) -> None:
    """Say that this process begins to listen to a file; nothing happens where no trace is wanted."""
    if name := os.environ.get(VARIABLE):
        line = json.dumps([os.getpid(), path]) + "\n"  # in ASCII, whatever bytes the name is made of
        with open(name, "ab", buffering=0) as file:
            file.write(line.encode("ascii"))


def visits(trace: Path) -> Iterator[Visit]:
    """The lines of a trace in order; one that a killed process left half written is passed over."""
    for line in trace.read_bytes().splitlines() if trace.exists() else ():
        try:
            pid, path = json.loads(line)
        except ValueError:
            continue
        yield Visit(pid, path)
