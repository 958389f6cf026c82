"""iTunes and Music: ``iTunes Library.xml`` and what ``File › Library › Export Library`` writes, a property list."""

import plistlib
from typing import Any
from xml.parsers.expat import ExpatError

from musicdesk.errors import UnreadableLog
from musicdesk.jobs import Job
from musicdesk.listens.fields import count, moment, path, seconds, stars, text
from musicdesk.listens.gathering import Gathering
from musicdesk.records import Listen, ListenLog

_NO_MUSIC = ("Podcast", "Movie", "TV Show", "Music Video", "Audiobook", "iTunesU")


def read(data: bytes, *, job: Job) -> ListenLog:
    """The tracks that were played, skipped, rated or loved. Raises UnreadableLog.

    Entities are refused by the parser, so that no file can grow in memory.
    """
    found = Gathering(job)
    for line, track in enumerate(_tracks(data).values(), start=1):
        listen = _listen(track, line)
        if isinstance(listen, str) or listen.count or listen.skips or listen.liked or listen.stars is not None:
            found.take(listen, line)
    return found.log("itunes")


def _tracks(data: bytes) -> dict[str, Any]:
    try:
        library = plistlib.loads(data)
    except plistlib.InvalidFileException as error:
        raise UnreadableLog(f"It is no property list: {error or 'its beginning is none'}.") from error
    except (ExpatError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise UnreadableLog(f"It is damaged: {error}.") from error
    tracks = library.get("Tracks") if isinstance(library, dict) else None
    if not isinstance(tracks, dict):
        raise UnreadableLog("It holds no tracks of iTunes. Export the library from there: File › Library › Export.")
    return tracks


def _listen(track: Any, line: int) -> Listen | str:
    if not isinstance(track, dict):
        return "It is no track."
    computed = bool(track.get("Rating Computed"))
    disliked = bool(track.get("Disliked"))
    music = not any(track.get(name) for name in _NO_MUSIC)
    return Listen(
        artist=text(track.get("Artist") or track.get("Album Artist")),
        title=text(track.get("Name")),
        album=text(track.get("Album")),
        path=path(track.get("Location")),
        length_s=seconds(track.get("Total Time"), in_one=1000),
        at=moment(track.get("Play Date UTC")),
        count=(count(track.get("Play Count")) or 0) if music else 0,
        skips=(count(track.get("Skip Count")) or 0) if music else 0,
        stars=1.0 if disliked else None if computed or not music else stars(track.get("Rating"), best=100) or None,
        liked=music and bool(track.get("Loved") or track.get("Favorited")),
        line=line,
    )
