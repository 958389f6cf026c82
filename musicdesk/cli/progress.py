"""Progress of long work on stderr, and Ctrl-C as a polite stop."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from musicdesk.cli.output import clock
from musicdesk.jobs import Job, Progress

WIDTH = 24


@contextmanager
def job() -> Iterator[Job]:
    """A job that shows its progress; the first Ctrl-C stops it where nothing is lost, the second at once."""
    bar = _Bar()
    work = Job(bar.show)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if work.cancelled:
            raise KeyboardInterrupt
        work.cancel()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield work
    finally:
        signal.signal(signal.SIGINT, before)
        bar.end()


class _Bar:
    """One line that is drawn over on a terminal; a line every tenth elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._open = False
        self._said = ("", -1)
        self._note = ""

    def show(self, progress: Progress) -> None:
        if progress.note != self._note:
            self._note = progress.note
            click.echo(("\r\x1b[K" if self._live else "") + progress.note, err=True)
        if self._live:
            click.echo("\r\x1b[K" + line(progress), nl=False, err=True)
            self._open = True
            return
        tenth = 10 * progress.done // progress.total if progress.total else 0
        if (progress.text, tenth) != self._said and progress.total != 0:
            self._said = (progress.text, tenth)
            click.echo(line(progress), err=True)

    def end(self) -> None:
        if self._open:
            click.echo(err=True)


def line(progress: Progress) -> str:
    """``Listening ▓▓▓▓░░░░ 120/181  66 %  94 tracks/min  0:39 left``; bytes as MB."""
    far, pace = _far(progress)
    if progress.total is None:
        return f"{progress.text} … {far if progress.done else ''}".rstrip()
    share = progress.done / progress.total if progress.total else 1.0
    bar = "▓" * round(WIDTH * share) + "░" * (WIDTH - round(WIDTH * share))
    parts = [f"{progress.text} {bar} {far}", f"{100 * share:.0f} %"]
    if progress.done and progress.elapsed_s > 1:
        parts.append(pace)
    if progress.eta_s:
        parts.append(f"{clock(progress.eta_s)} left")
    if progress.detail:
        parts.append(progress.detail)
    return "  ".join(parts)


def _far(progress: Progress) -> tuple[str, str]:
    """How far it is, and how fast it goes."""
    total = "" if progress.total is None else f"/{progress.total}"
    if progress.unit != "bytes":
        return f"{progress.done}{total}", f"{progress.per_minute:.0f} a minute"
    total = "" if progress.total is None else f"/{progress.total / 1e6:.1f}"
    return f"{progress.done / 1e6:.1f}{total} MB", f"{progress.per_minute / 60e6:.1f} MB/s"
