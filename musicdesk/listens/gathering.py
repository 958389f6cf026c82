"""Lines as a reader meets them: those that say something, and those that do not, with the reason."""

from dataclasses import replace

from musicdesk.jobs import Job
from musicdesk.records import Listen, ListenLog

CHECK_EVERY = 2000
"""Lines between two looks whether the work is to stop."""


class Gathering:
    """What was read so far of one log."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._listens: list[Listen] = []
        self._bad: list[tuple[int, str]] = []
        self._seen = 0

    def take(self, listen: Listen | str, line: int) -> None:
        """Keep what a line says, or the reason why it says nothing."""
        self._seen += 1
        if self._seen % CHECK_EVERY == 0:
            self._job.advance(CHECK_EVERY)
        if isinstance(listen, str):
            self._bad.append((line, listen))
        elif not (listen.artist or listen.title or listen.path or listen.recording_mbid):
            self._bad.append((line, "It names no artist and no track."))
        else:
            self._listens.append(listen)

    def log(self, kind: str) -> ListenLog:
        """All of it."""
        return ListenLog(kind, tuple(self._listens), tuple(self._bad))


def without_lone_name(log: ListenLog) -> ListenLog:
    """The log without the name of its listener, if all its lines name the same one: it is that person's own export."""
    names = {listen.listener for listen in log.listens}
    if len(names) != 1 or names == {""}:
        return log
    return replace(log, listens=tuple(replace(listen, listener="") for listen in log.listens))
