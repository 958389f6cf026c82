"""A file of what was heard elsewhere → its lines. What a file is, its contents say; its name is only asked last.

Nothing is unpacked, followed or run: an archive is read where it lies, a database is opened to be read, XML with
entities of its own is refused. A file that is none of the kinds, or damaged, is a sentence.
"""

import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from musicdesk.errors import BadRequest, NotFound, UnreadableLog
from musicdesk.jobs import Job
from musicdesk.listens import databases, itunes, lastfm, listenbrainz, mpd_state, rhythmbox, table
from musicdesk.records import ListenLog, printable
from musicdesk.store import foreign_players

KINDS = ("lastfm", "listenbrainz", "table", "itunes", "rhythmbox", "strawberry", "mpd", "playlist")
LARGEST_BYTES = 1 << 30
LARGEST_VALUE = 1 << 28
"""JSON that is one value stands whole in memory, ten times as large; lines of it do not."""
_LOOKED_AT = 65536
_SQLITE, _ARCHIVE = b"SQLite format 3\0", b"PK\x03\x04"
_LISTENED = re.compile(r"(^|/)(listens/.*|feedback|listens)\.jsonl?$")
_PLAYLISTS = (".m3u", ".m3u8", ".pls", ".xspf", ".jspf")


def kind_of(path: Path) -> str:
    """Which of ``KINDS`` a file is. Raises NotFound, and UnreadableLog for one that is none of them."""
    with _in_words(path):
        return _kind(path, _beginning(path))


def read(path: Path, *, kind: str = "auto", job: Job) -> ListenLog:
    """The lines of a log; ``kind`` is one of ``KINDS`` without "playlist", or "auto".

    Raises NotFound, UnreadableLog (also where no line says anything), BadRequest for an unknown kind.
    """
    if kind not in ("auto", *_READERS):
        raise BadRequest(f"There is no kind of log called “{kind}”. Use one of: auto, {', '.join(KINDS)}.")
    with _in_words(path):
        beginning = _beginning(path)
        job.begin("Reading the log")
        found = _kind(path, beginning) if kind == "auto" else kind
        if found not in _READERS:
            raise UnreadableLog("It is a playlist.")
        log = _READERS[found](path, job)
        if not log.listens:
            raise UnreadableLog(_nothing(log))
        return log


def _nothing(log: ListenLog) -> str:
    if not log.bad:
        return "Nothing was played or rated in it."
    line, reason = log.bad[0]
    many = f"None of its {len(log.bad):,} lines says" if len(log.bad) > 1 else "Its only line does not say"
    return f"{many} what was heard. Line {line}: {reason}"


class _in_words:  # noqa: N801  (reads like the keyword that it is used with)
    """Sentences begin with the name of the file that they are about."""

    def __init__(self, path: Path) -> None:
        self._name = printable(path.name)

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, UnreadableLog):
            raise UnreadableLog(f"“{self._name}”: {error}") from error
        if isinstance(error, OSError):
            raise UnreadableLog(f"“{self._name}” cannot be read: {error.strerror or error}.") from error
        if isinstance(error, MemoryError):
            raise UnreadableLog(f"“{self._name}” is too large for the memory of this computer.") from error


# ------------------------------------------------------------------------------------------------- what it is


def _beginning(path: Path) -> bytes:
    if path.is_dir():
        raise UnreadableLog("It is a folder. Give the file that was exported.")
    if not path.is_file():
        raise NotFound(f"There is no file {printable(str(path))}.")
    size = path.stat().st_size
    if not size:
        raise UnreadableLog("It is empty.")
    if size > LARGEST_BYTES:
        raise UnreadableLog(f"It is larger than {LARGEST_BYTES >> 30} GiB. Export it in parts.")
    with path.open("rb") as file:
        return file.read(_LOOKED_AT)


def _kind(path: Path, beginning: bytes) -> str:
    if beginning.startswith(_SQLITE):
        return _database(path)
    if beginning.startswith(_ARCHIVE):
        return "listenbrainz"
    if beginning.startswith(b"bplist0"):
        return "itunes"
    text = _text(beginning, whole=False).lstrip()
    if text.startswith("<"):
        return _markup(text)
    if text.startswith(("{", "[")) and not text.lower().startswith("[playlist]"):
        return _json_kind(path, text)
    if path.suffix.lower() in _PLAYLISTS or text.startswith(("#EXTM3U", "#EXTINF", "[playlist]")):
        return "playlist"
    if re.match(r"(sw_volume|state|audio_device_state|current|random|repeat):", text):
        return "mpd"
    if "\0" in text:
        raise UnreadableLog(f"It is none of the logs that can be read ({', '.join(KINDS)}).")
    return "lastfm" if text.startswith("#AUDIOSCROBBLER") else "table"


def _database(path: Path) -> str:
    player = foreign_players.player_of(path)
    if not player:
        raise UnreadableLog("It is a database, but of none of Strawberry, Clementine and MPD.")
    return player


def _markup(text: str) -> str:
    for sign, kind in (("<rhythmdb", "rhythmbox"), ("<plist", "itunes"), ("<playlist", "playlist")):
        if sign in text:
            return kind
    raise UnreadableLog("It is XML, but neither of Rhythmbox nor of iTunes, and no playlist.")


def _json_kind(path: Path, text: str) -> str:
    if '"track_metadata"' in text or '"recording_msid"' in text:
        return "listenbrainz"
    return "playlist" if path.suffix.lower() == ".jspf" or re.match(r'\{\s*"playlist"\s*:', text) else "lastfm"


# ------------------------------------------------------------------------------------------------- how it is read


def _read_table(path: Path, job: Job) -> ListenLog:
    return table.read(_text(path.read_bytes()), job=job)


def _read_lastfm(path: Path, job: Job) -> ListenLog:
    if not _text(_beginning(path), whole=False).lstrip().startswith(("{", "[")):
        return table.read(_text(path.read_bytes()), job=job)
    values = [value for _, value in _json_values(path.read_bytes())]
    broken = [value for value in values if isinstance(value, str)]
    if broken and len(broken) == len(values):
        raise UnreadableLog(broken[0])
    return lastfm.read(values, job=job)


def _read_listenbrainz(path: Path, job: Job) -> ListenLog:
    if _beginning(path).startswith(_ARCHIVE):
        return listenbrainz.read(_archived(path), job=job)
    return listenbrainz.read(_entries(path.read_bytes()), job=job)


def _entries(data: bytes) -> Iterator[tuple[int, Any]]:
    """Listens with the line of their file, or with their number in one long list."""
    values = _json_values(data)
    for line, value in values:
        if listenbrainz.is_entry(value) or isinstance(value, str):
            yield line, value
        else:
            yield from enumerate(listenbrainz.entries_in(value), start=line)


def _json_values(data: bytes) -> Iterator[tuple[int, Any]]:
    """What the lines of JSON hold, or the one value that goes over all lines; a sentence for a line that is broken."""
    lines = _text(data).splitlines()
    first = next((line for line in lines if line.strip()), "")
    if len(lines) < 2 or isinstance(_parsed(first), str):
        if len(data) > LARGEST_VALUE:
            raise UnreadableLog(f"It is JSON of more than {LARGEST_VALUE >> 20} MiB. Export it as CSV, or in parts.")
        yield 1, _parsed("\n".join(lines))
        return
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _parsed(line)


def _parsed(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"It is no JSON: {error}."
    return "It is a text, and no listen." if isinstance(value, str) else value


def _archived(path: Path) -> Iterator[tuple[int, Any]]:
    """The listens and opinions in an archive, file by file."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [i for i in archive.infolist() if _LISTENED.search(i.filename)]
            if not names:
                raise UnreadableLog("It is an archive, but no export of ListenBrainz: it holds no listens.")
            if sum(info.file_size for info in names) > LARGEST_BYTES:
                raise UnreadableLog(f"It unpacks to more than {LARGEST_BYTES >> 30} GiB. Export it in parts.")
            for info in names:
                yield from _entries(_unpacked(archive, info))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error) as error:
        raise UnreadableLog(f"It is a damaged archive, or one with a password: {error}.") from error


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A file of the archive, no longer than it says that it is."""
    with archive.open(info) as file:
        return file.read(info.file_size)


def _read_itunes(path: Path, job: Job) -> ListenLog:
    return itunes.read(path.read_bytes(), job=job)


def _read_rhythmbox(path: Path, job: Job) -> ListenLog:
    return rhythmbox.read(path.read_bytes(), job=job)


def _read_strawberry(path: Path, job: Job) -> ListenLog:
    _check_database(path, "strawberry")
    return databases.read_strawberry(path, job=job)


def _read_mpd(path: Path, job: Job) -> ListenLog:
    if not _beginning(path).startswith(_SQLITE):
        return mpd_state.read(path.read_bytes(), job=job)
    _check_database(path, "mpd")
    return databases.read_mpd(path, job=job)


def _check_database(path: Path, player: str) -> None:
    if not _beginning(path).startswith(_SQLITE) or foreign_players.player_of(path) != player:
        raise UnreadableLog("It is not the database of that player.")


_READERS = {
    "lastfm": _read_lastfm,
    "listenbrainz": _read_listenbrainz,
    "table": _read_table,
    "itunes": _read_itunes,
    "rhythmbox": _read_rhythmbox,
    "strawberry": _read_strawberry,
    "mpd": _read_mpd,
}


def _text(data: bytes, *, whole: bool = True) -> str:
    """Text in UTF-8, UTF-16 with a mark, else Windows-1252; ``whole`` False: the end may be cut within a character."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = not whole and error.start >= len(data) - 3
        return data[: error.start].decode("utf-8") if cut else data.decode("cp1252", "replace")
