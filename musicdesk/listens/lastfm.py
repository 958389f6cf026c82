"""Last.fm in JSON: answers of ``user.getrecenttracks``, ``user.getlovedtracks`` and ``user.gettoptracks``, alone, in
pages as its exporters save them, or the flat lists of scrobbles that others make of them.

Sources: last.fm/api/show/user.getRecentTracks, user.getLovedTracks, user.getTopTracks.
"""

from collections.abc import Iterator
from typing import Any

from musicdesk.jobs import Job
from musicdesk.listens.fields import count, mbid, moment, seconds, text
from musicdesk.listens.gathering import Gathering
from musicdesk.records import Listen, ListenLog

DEEPEST = 8
"""Pages within lists within answers: no export nests deeper."""


def read(pages: Any, *, job: Job) -> ListenLog:
    """The log in what JSON made of an export."""
    found = Gathering(job)
    for line, (track, loved) in enumerate(_tracks(pages, loved=False, depth=0), start=1):
        for listen in _listens(track, loved, line):
            found.take(listen, line)
    return found.log("lastfm")


def is_track(value: Any) -> bool:
    """Whether this is how Last.fm tells a track."""
    return isinstance(value, dict) and "artist" in value and any(isinstance(value.get(n), str) for n in _TITLES)


_TITLES = ("name", "track", "title")


def _tracks(value: Any, *, loved: bool, depth: int) -> Iterator[tuple[Any, bool]]:
    """Tracks in their order, and whether they stand in a list of loved ones."""
    if is_track(value):
        yield value, loved
    elif isinstance(value, list) and depth < DEEPEST:
        for item in value:
            if isinstance(item, (list, dict)):
                yield from _tracks(item, loved=loved, depth=depth + 1)
            else:
                yield item, loved
    elif isinstance(value, dict) and depth < DEEPEST:
        inside = [(name, item) for name, item in value.items() if isinstance(item, (list, dict)) and name != "@attr"]
        for name, item in inside:
            yield from _tracks(item, loved=loved or "loved" in name.lower(), depth=depth + 1)


def _listens(track: Any, loved: bool, line: int) -> Iterator[Listen | str]:
    """The play, and the love if it is told with it; nothing for what is playing just now."""
    if not is_track(track):
        yield "It is no track."
        return
    attributes = track.get("@attr")
    if isinstance(attributes, dict) and attributes.get("nowplaying"):
        return
    heard = Listen(
        artist=_named(track["artist"]),
        title=next((text(track[n]) for n in _TITLES if isinstance(track.get(n), str)), ""),
        album=_named(track.get("album")),
        recording_mbid=mbid(track.get("mbid")),
        length_s=seconds(track.get("duration")),
        at=_when(track),
        count=0 if loved else _plays(track),
        liked=loved,
        line=line,
    )
    yield heard
    if not loved and str(track.get("loved", track.get("userloved", "0"))) == "1":
        yield Listen(heard.artist, heard.title, heard.album, heard.recording_mbid, count=0, liked=True, line=line)


def _named(value: Any) -> str:
    if isinstance(value, dict):
        return next((text(value[n]) for n in ("#text", "name", "title") if isinstance(value.get(n), str)), "")
    return text(value)


def _plays(track: dict[str, Any]) -> int:
    plays = count(track.get("playcount", track.get("userplaycount")))
    return 1 if plays is None else plays


def _when(track: dict[str, Any]) -> float | None:
    told = track.get("date", track.get("uts", track.get("timestamp", track.get("played_at"))))
    if isinstance(told, dict):
        return moment(told.get("uts")) or moment(told.get("#text"))
    return moment(told)
