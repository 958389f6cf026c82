# ruff: noqa: S608  (what is put into the SQL are constants of this file and question marks)
"""The lines of one log on their way into the database: what they name, who heard it when, and what is only counted."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

import sqlite_utils

from musicdesk.records import Listen
from musicdesk.store.database import rows_in, storable
from musicdesk.tracks import fold

COUNTING = frozenset({"itunes", "rhythmbox", "strawberry", "mpd", "playlist"})
"""Kinds of logs that tell how often, and not each time: their clock is that of the last time."""
MATCHED = "EXISTS (SELECT 1 FROM heard_matches m WHERE m.track_id = l.track_id)"
"""Whether the library has what a row ``l`` names."""


class Heard(NamedTuple):
    """What a line of a log names, as it names it."""

    artist: str
    title: str
    album: str
    recording_mbid: str
    path: str
    length_s: float | None

    @classmethod
    def of(cls, line: Listen) -> "Heard":
        """What ``line`` names."""
        return cls(line.artist, line.title, line.album, line.recording_mbid, line.path, line.length_s)


def tracks_of(sql: sqlite_utils.Database, heard: Iterable[Heard]) -> dict[Heard, int]:
    """The ids of what is named, made where there are none."""
    digests = {_digest(one): one for one in heard}
    columns = "digest, words, artist, title, album, recording_mbid, path, length_s"
    rows = ((digest, _words(one), *_row(one)) for digest, one in digests.items())
    sql.conn.executemany(f"INSERT OR IGNORE INTO heard_tracks ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    found = rows_in(sql, "SELECT digest, id FROM heard_tracks WHERE digest IN (?)", list(digests))
    return {digests[digest]: id_ for digest, id_ in found}


def _row(heard: Heard) -> tuple[Any, ...]:
    artist, title, album, mbid, path, length_s = heard
    return (*(storable(text) for text in (artist, title, album, mbid)), os.fsencode(path), length_s)


def _digest(heard: Heard) -> bytes:
    return blake2b(repr(heard).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _words(heard: Heard) -> int:
    told = f"{fold(heard.artist)}\0{fold(heard.title)}" if heard.artist or heard.title else heard.path
    return int.from_bytes(blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True)


def note_matches(sql: sqlite_utils.Database, found: Mapping[int, Sequence[str]]) -> None:
    """Say which sounds these tracks are."""
    rows = [(id_, audio_hash) for id_, hashes in found.items() for audio_hash in hashes]
    sql.conn.executemany("INSERT OR IGNORE INTO heard_matches VALUES (?, ?)", rows)


def forget_unheard(sql: sqlite_utils.Database) -> None:
    """Forget what no line names any more."""
    unheard = "NOT IN (SELECT track_id FROM listens UNION SELECT track_id FROM tallies)"
    sql.execute(f"DELETE FROM heard_matches WHERE track_id {unheard}")
    sql.execute(f"DELETE FROM heard_tracks WHERE id {unheard}")


# -------------------------------------------------------------------------------------------------------- lines


@dataclass(slots=True)
class Tally:
    """What is counted of one track."""

    plays: int = 0
    skips: int = 0
    stars: float | None = None
    liked: bool = False
    latest: float | None = None

    def take(self, line: Listen) -> None:
        """Count one line more."""
        self.plays += line.count
        self.skips += line.skips
        self.stars = self.stars if line.stars is None else line.stars
        self.liked |= line.liked
        self.latest = _later(self.latest, line.at)

    def grown(self, old: "Tally | None") -> "Tally":
        """What both know, without counting twice."""
        if old is None:
            return self
        stars = old.stars if self.stars is None else self.stars
        plays, skips = max(self.plays, old.plays), max(self.skips, old.skips)
        return Tally(plays, skips, stars, self.liked or old.liked, _later(self.latest, old.latest))


Place = tuple[int, int]
"""Listener and track."""


class Told:
    """The lines of one log, sorted into those with a clock and what is counted."""

    def __init__(
        self, lines: Iterable[Listen], *, kind: str, people: Mapping[str, int], tracks: Mapping[Heard, int]
    ) -> None:
        self._dated: list[tuple[int, Heard, int, float]] = []
        self.tallies: dict[Place, Tally] = {}
        self.lines_of: dict[Place, int] = {}
        self.undated_of: dict[Place, int] = {}
        for line in lines:
            heard = Heard.of(line)
            who, what = people[line.listener], tracks[heard]
            if line.at is not None and kind not in COUNTING and _is_one_play(line):
                self._dated.append((who, heard, what, line.at))
            else:
                self._count((who, what), line)

    def _count(self, place: Place, line: Listen) -> None:
        self.tallies.setdefault(place, Tally()).take(line)
        self.lines_of[place] = self.lines_of.get(place, 0) + 1
        if line.at is None and line.count:
            self.undated_of[place] = self.undated_of.get(place, 0) + 1

    def listens(self) -> Iterator[tuple[int, int, int, int, float]]:
        """The rows of those with a clock."""
        words: dict[int, int] = {}
        for who, heard, what, at in self._dated:
            if what not in words:
                words[what] = _words(heard)
            yield who, words[what], int(at // 60), what, at


def _is_one_play(line: Listen) -> bool:
    return line.count == 1 and not line.skips and line.stars is None and not line.liked


def _later(one: float | None, other: float | None) -> float | None:
    return max((at for at in (one, other) if at is not None), default=None)


def count_dated(sql: sqlite_utils.Database, people: Iterable[int]) -> tuple[int, int]:
    """How many lines with a clock these people have, and how many of them the library."""
    query = f"SELECT count(*), coalesce(sum({MATCHED}), 0) FROM listens l WHERE listener_id = ?"
    counts = [sql.execute(query, [id_]).fetchone() for id_ in set(people)]
    return sum(count for count, _ in counts), sum(matched for _, matched in counts)


def put_tallies(sql: sqlite_utils.Database, tallies: Mapping[Place, Tally], kind: str) -> list[Place]:
    """Write what is counted, and give the places where that is more than was known."""
    known: dict[Place, Tally] = {}
    for listener in {place[0] for place in tallies}:
        query = "SELECT track_id, plays, skips, stars, liked, latest FROM tallies WHERE listener_id = ? AND kind = ?"
        for track, plays, skips, stars, liked, latest in sql.execute(query, [listener, kind]):
            known[listener, track] = Tally(plays, skips, stars, bool(liked), latest)
    grown = {place: tally.grown(known.get(place)) for place, tally in tallies.items()}
    fresh = [place for place, tally in grown.items() if tally != known.get(place)]
    rows = [
        (*place, kind, t.plays, t.skips, t.stars, int(t.liked), t.latest)
        for place, t in ((place, grown[place]) for place in fresh)
    ]
    sql.conn.executemany("INSERT OR REPLACE INTO tallies VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return fresh


def is_matched(sql: sqlite_utils.Database, track: int) -> bool:
    """Whether the library has this track."""
    return bool(sql.execute("SELECT EXISTS (SELECT 1 FROM heard_matches WHERE track_id = ?)", [track]).fetchone()[0])
