"""Play counts and ratings in the databases of other players: Strawberry, Clementine, MPD's stickers."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from musicdesk.jobs import Job
from musicdesk.listens.fields import count, mbid, moment, number, path, seconds, stars, text
from musicdesk.listens.gathering import Gathering
from musicdesk.records import Listen, ListenLog
from musicdesk.store import foreign_players
from musicdesk.store.foreign_players import Song, Sticker

NANO = 1_000_000_000
MPD_LIKES, MPD_HATES = 2, 0
"""What the sticker ``like`` says; 1 is neither."""


def read_strawberry(file: Path, *, job: Job) -> ListenLog:
    """What was played, skipped or rated in Strawberry or Clementine. Raises UnreadableLog."""
    found = Gathering(job)
    for line, song in enumerate(foreign_players.songs(file), start=1):
        found.take(_song(song, line), line)
    return found.log("strawberry")


def read_mpd(file: Path, *, job: Job) -> ListenLog:
    """What MPD's clients keep as stickers: playCount, skipCount, lastPlayed, rating (of 10), like. UnreadableLog."""
    found = Gathering(job)
    for line, (uri, said) in enumerate(_stuck(file), start=1):
        listen = _stickers(uri, said, line)
        if listen.count or listen.skips or listen.liked or listen.stars is not None:
            found.take(listen, line)
    return found.log("mpd")


def _song(song: Song, line: int) -> Listen:
    length = number(song.length) or 0.0
    return Listen(
        artist=text(song.artist),
        title=text(song.title),
        album=text(song.album),
        recording_mbid=mbid(song.musicbrainz_recording_id),
        path=path(_decoded(song.url or song.filename)),
        length_s=seconds(length, in_one=NANO if length > 1e6 else 1),
        at=moment(song.lastplayed),
        count=count(song.playcount) or 0,
        skips=count(song.skipcount) or 0,
        stars=stars(song.rating, best=1.0) or None,
        line=line,
    )


def _stuck(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    by_song = groupby(foreign_players.stickers(file), key=_uri)
    return ((uri, {sticker.name: sticker.value for sticker in group}) for uri, group in by_song)


def _uri(sticker: Sticker) -> str:
    return _decoded(sticker.uri)


def _stickers(uri: str, said: dict[str, Any], line: int) -> Listen:
    like = number(said.get("like"))
    return Listen(
        path=path(uri),
        at=moment(said.get("lastplayed")),
        count=count(said.get("playcount")) or 0,
        skips=count(said.get("skipcount")) or 0,
        stars=1.0 if like == MPD_HATES else stars(said.get("rating"), best=10.0) or None,
        liked=like == MPD_LIKES,
        line=line,
    )


def _decoded(value: Any) -> str:
    """A name as text, whatever the column's type; bytes that are no UTF-8 stay."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return value if isinstance(value, str) else ""
