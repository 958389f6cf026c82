"""Logs as tables: CSV or TSV with a header in many words, the exports of Last.fm without one, Rockbox's log.

A header is guessed by its words: user, artist, track, album, time, count, rating, path and their like. Without a header
the columns are told apart by what stands in them: a time, a MusicBrainz id, the rest text. Known layouts are Last.fm's
``artist,album,track,date``, ``date,time,artist,track``, ``artist,track,date`` and the one of the Last.fm 1K data
(``user, time, artist id, artist, track id, track``).
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from musicdesk.errors import UnreadableLog
from musicdesk.jobs import Job
from musicdesk.listens.fields import count, mbid, moment, number, path, seconds, stars, text
from musicdesk.listens.gathering import Gathering
from musicdesk.records import Listen, ListenLog

LOOKED_AT = 200
"""Rows from which the columns are guessed."""
_NAMES: Mapping[str, tuple[str, ...]] = {
    "artist": (
        "artist", "artistname", "artists", "artistnames", "band", "performer", "creator", "artname",
        "mastermetadataalbumartistname",
    ),
    "title": (
        "track", "trackname", "title", "song", "songname", "songtitle", "tracktitle", "name", "traname", "recording",
        "recordingname", "mastermetadatatrackname",
    ),
    "album": ("album", "albumname", "albumtitle", "release", "releasename", "mastermetadataalbumalbumname"),
    "mbid": ("recordingmbid", "trackmbid", "mbid", "musicbrainzrecordingid", "recordingid", "traid", "mbrecordingid"),
    "at": (
        "uts", "timestamp", "unixtime", "time", "datetime", "date", "utctime", "playedat", "listenedat", "lastplayed",
        "dateplayed", "playdate", "scrobbletime", "ts", "when", "heardat",
    ),
    "count": ("count", "plays", "playcount", "playcounts", "listens", "times", "timesplayed", "weight", "scrobbles"),
    "skips": ("skips", "skipcount"),
    "stars": ("rating", "stars", "myrating"),
    "liked": ("liked", "loved", "love", "like", "favorite", "favourite", "starred"),
    "listener": ("user", "username", "userid", "listener", "listenername", "person", "account"),
    "path": ("path", "file", "filename", "filepath", "location", "uri", "url"),
    "length": ("duration", "length", "lengths", "durations", "durationsec", "durationms", "lengthms", "totaltime"),
}  # fmt: skip
"""What is told, and the headers that mean it, the best first."""
_YES = frozenset({"1", "true", "yes", "y", "l", "loved", "like", "liked", "x"})
_ROCKBOX = "#AUDIOSCROBBLER"


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column tells what."""

    columns: Mapping[str, int]
    width: int
    best_stars: float = 5.0
    length_unit: float = 1.0
    day_first: bool = True
    clock: int = -1
    """The column with the time of day, where it stands apart from the date."""


def read(content: str, *, job: Job) -> ListenLog:
    """The log in the text of a table. Raises UnreadableLog if nobody can tell which column is what."""
    if content.startswith(_ROCKBOX):
        return _rockbox(content, job=job)
    delimiter = _delimiter(content)
    head, rows = _head_and_rows(content, delimiter)
    layout = _by_header(head, rows[:LOOKED_AT]) or _by_contents([head, *rows[:LOOKED_AT]])
    if layout is None:
        raise UnreadableLog(
            "Its columns are not to be told apart. Give it a first line that names them, such as: "
            "user,artist,track,time,count"
        )
    has_header = _by_header(head, []) is not None
    found = Gathering(job)
    for line, row in _rows(content, delimiter):
        if any(cell.strip() for cell in row) and not (has_header and line == 1):
            found.take(_listen(row, layout, line), line)
    return found.log("table")


# -------------------------------------------------------------------------------------------------------- rows


def _rows(content: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells."""
    bare = delimiter == "\t" and not content.startswith('"')  # a quote in a table of tabs is a character
    lines = content.splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE if bare else csv.QUOTE_MINIMAL)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise UnreadableLog(f"Line {reader.line_num} cannot be read as part of a table: {error}.") from error


def _head_and_rows(content: str, delimiter: str) -> tuple[list[str], list[list[str]]]:
    rows = []
    for _, row in _rows(content, delimiter):
        if any(cell.strip() for cell in row):
            rows.append(row)
        if len(rows) > LOOKED_AT:
            break
    if not rows:
        raise UnreadableLog("It is empty.")
    return rows[0], rows[1:]


def _delimiter(content: str) -> str:
    """The sign that parts the first lines into the most columns, alike in most of them."""
    sample = [line for line in content[:65536].splitlines()[:50] if line.strip()]
    best, most = ",", 0.0
    for sign in ("\t", ",", ";", "|"):
        counts = sorted(len(row) for row in csv.reader(sample, delimiter=sign))
        usual = counts[len(counts) // 2] if counts else 0
        alike = sum(n == usual for n in counts) / max(len(counts), 1)
        if usual > 1 and usual * alike > most:
            best, most = sign, usual * alike
    return best


# ------------------------------------------------------------------------------------------------------ columns


def _by_header(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Layout | None:
    """The layout that the words of the first row tell; None if they are no header."""
    words = [re.sub(r"[^a-z]", "", cell.partition("#")[0].lower()) for cell in head]
    columns = {
        what: words.index(name)
        for what, names in _NAMES.items()
        if (name := next((n for n in names if n in words), None)) is not None
    }
    if not columns.keys() & {"artist", "title", "path", "mbid"} or any(moment(cell) for cell in head):
        return None
    clock = -1
    if "date" in words and "time" in words:
        columns["at"], clock = words.index("date"), words.index("time")
    if "lastplayed" in words and "time" in words:  # what iTunes exports as text: there "Time" is how long it lasts
        columns["at"], columns["length"], clock = words.index("lastplayed"), words.index("time"), -1
    unit = 1000.0 if "length" in columns and words[columns["length"]].endswith("ms") else 1.0
    return Layout(columns, len(head), _best_stars(rows, columns), unit, _day_first(rows, columns), clock)


def _by_contents(rows: Sequence[Sequence[str]]) -> Layout | None:
    """The layout of a table without a header; None if it is none of those that are known."""
    usual = sorted(map(len, rows))[len(rows) // 2]
    alike = [row for row in rows if len(row) == usual]
    kinds = "".join(_kind([row[place] for row in alike]) for place in range(usual))
    columns, clock = _KNOWN.get(kinds, (None, -1))
    if columns is None:
        return None
    return Layout(columns, usual, day_first=_day_first(alike, columns), clock=clock)


_KNOWN: Mapping[str, tuple[Mapping[str, int], int]] = {
    "tttd": ({"artist": 0, "album": 1, "title": 2, "at": 3}, -1),
    "ttd": ({"artist": 0, "title": 1, "at": 2}, -1),
    "dctt": ({"at": 0, "artist": 2, "title": 3}, 1),
    "dtt": ({"at": 0, "artist": 1, "title": 2}, -1),
    "tditit": ({"listener": 0, "at": 1, "artist": 3, "mbid": 4, "title": 5}, -1),
    "ttn": ({"artist": 0, "title": 1, "count": 2}, -1),
    "tttn": ({"listener": 0, "artist": 1, "title": 2, "count": 3}, -1),
}
"""d: a time, c: a time of day, i: a MusicBrainz id, n: a number, t: text."""


def _kind(cells: Sequence[str]) -> str:
    told = [cell.strip() for cell in cells if cell.strip()]
    for kind, test in (("i", mbid), ("c", _is_clock), ("d", _is_time), ("n", count)):
        if told and sum(test(cell) not in ("", None, False) for cell in told) >= 0.9 * len(told):
            return kind
    return "t" if told else "i"  # a column of ids may be all empty


def _is_clock(cell: str) -> bool:
    return re.fullmatch(r"\d{1,2}:\d\d(:\d\d)?", cell) is not None


def _is_time(cell: str) -> bool:
    small = number(cell)
    return moment(cell) is not None and (small is None or small > 1e8)


def _best_stars(rows: Sequence[Sequence[str]], columns: Mapping[str, int]) -> float:
    """The scale of the ratings: up to 5, 10 or 100."""
    told = [number(cell) or 0.0 for cell in _column(rows, columns.get("stars"))]
    return next((best for best in (5.0, 10.0, 100.0) if max(told, default=0.0) <= best), 100.0)


def _day_first(rows: Sequence[Sequence[str]], columns: Mapping[str, int]) -> bool:
    """Whether 03/04/2020 is in April: unless some line of the column can be read in the American way alone."""
    american = [re.match(r"\d{1,2}/(\d{1,2})/\d{4}", cell.strip()) for cell in _column(rows, columns.get("at"))]
    return not any(found and int(found[1]) > 12 for found in american)


def _column(rows: Sequence[Sequence[str]], place: int | None) -> list[str]:
    return [] if place is None else [row[place] for row in rows if place < len(row)]


# ------------------------------------------------------------------------------------------------------- a line


def _listen(row: Sequence[str], layout: Layout, line: int) -> Listen | str:
    if len(row) > layout.width and any(cell.strip() for cell in row[layout.width :]):
        return f"It has {len(row)} columns instead of {layout.width}."
    columns = layout.columns

    def cell(name: str) -> str:
        place = columns.get(name, len(row))
        return row[place] if place < len(row) else ""

    plays = count(cell("count")) if "count" in columns else 1
    if plays is None:
        return f"“{text(cell('count'))[:40]}” is no count."
    at = f"{cell('at').strip()} {row[layout.clock].strip()}" if 0 <= layout.clock < len(row) else cell("at")
    return Listen(
        artist=text(cell("artist")),
        title=text(cell("title")),
        album=text(cell("album")),
        recording_mbid=mbid(cell("mbid")),
        path=path(cell("path")),
        length_s=seconds(cell("length"), in_one=layout.length_unit) if "length" in columns else None,
        at=moment(at, day_first=layout.day_first) if at else None,
        count=plays,
        skips=count(cell("skips")) or 0,
        stars=_stars(cell("stars"), layout),
        liked=cell("liked").strip().lower() in _YES,
        listener=text(cell("listener")),
        line=line,
    )


def _stars(cell: str, layout: Layout) -> float | None:
    """A rating; in many tables 0 says that there is none."""
    return stars(cell, best=layout.best_stars) or None


def _rockbox(content: str, *, job: Job) -> ListenLog:
    """``.scrobbler.log`` of Rockbox: artist, album, title, number, length, L or S (skipped), time, MusicBrainz id."""
    found = Gathering(job)
    for line, told in enumerate(content.splitlines(), start=1):
        if not told.strip() or told.startswith("#"):
            continue
        cells: list[Any] = [*told.split("\t"), *[""] * 8][:8]
        skipped = cells[5].strip().upper() == "S"
        listen = Listen(
            text(cells[0]), text(cells[2]), text(cells[1]), mbid(cells[7]), length_s=seconds(cells[4]),
            at=moment(cells[6]), count=0 if skipped else 1, skips=int(skipped), line=line,
        )  # fmt: skip
        found.take(listen if "\t" in told else "It has one column instead of eight.", line)
    return found.log("lastfm")
