"""MPD's state file: the queue, as paths from the music's own folder. What was played stands in its stickers."""

import os
import re

from musicdesk.jobs import Job
from musicdesk.listens.fields import path
from musicdesk.listens.gathering import Gathering
from musicdesk.records import Listen, ListenLog

_QUEUED = re.compile(rb"\d+:(.+)")


def read(data: bytes, *, job: Job) -> ListenLog:
    """The tracks of the queue: one play each, since somebody chose them."""
    found = Gathering(job)
    inside = False
    for line, told in enumerate(data.splitlines(), start=1):
        if told in (b"playlist_begin", b"playlist_end"):
            inside = told == b"playlist_begin"
        elif inside and (queued := _QUEUED.fullmatch(told)):
            found.take(Listen(path=path(os.fsdecode(queued[1])), line=line), line)
    return found.log("mpd")
