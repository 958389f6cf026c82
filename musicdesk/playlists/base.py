"""What every playlist format keeps to, and how paths are told in a playlist.

A format turns a Playlist into bytes and back; it opens no other file. A path is written relative to the folder of the
playlist (without resolving links) or absolute, always as the bytes it has on the disk: names that are no UTF-8
survive. On reading, the first of these that exists is meant: the path as it stands, with slashes for backslashes, in
the other Unicode normal form; if none exists, the path as it stands. URLs are kept as text; nothing is opened or run.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from urllib.parse import quote, unquote_to_bytes

from musicdesk.errors import UnreadablePlaylist
from musicdesk.records import Playlist, PlaylistEntry, printable

RECORDING = "https://musicbrainz.org/recording/"
PLAYLIST_ENDINGS = frozenset({".m3u", ".m3u8", ".pls", ".xspf", ".jspf", ".asx", ".wpl", ".cue"})
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_FILE_URI = re.compile(r"file:(//(localhost)?(?=/)|(?=/[^/]))", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write playlists.

    ``write(playlist, folder)`` gives the bytes of the file, with paths relative to ``folder``, or absolute if it is
    None. ``read(data, folder)`` takes any bytes and raises UnreadablePlaylist if they are no such playlist.
    """

    title: str
    endings: tuple[str, ...]
    keeps: frozenset[str]
    """The fields of Playlist and PlaylistEntry that survive writing and reading."""
    write: Callable[[Playlist, str | None], bytes]
    read: Callable[[bytes, str], Playlist]


# ---------------------------------------------------------------------------------------------------------- paths


def is_url(path: str) -> bool:
    """Whether an entry names something on the net (or another scheme) and no file."""
    return _URL.match(path) is not None


def told(path: str, folder: str | None) -> str:
    """How ``path`` is written in a playlist that lies in ``folder``; absolute if that is None, or if the way
    leads up out of a folder that was reached by a link (``..`` would then mean another place).
    """
    if is_url(path) or folder is None or not os.path.isabs(path):
        return path
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:  # another drive
        return path
    climbs = relative.split(os.sep, 1)[0] == os.pardir
    return path if climbs and os.path.realpath(folder) != os.path.abspath(folder) else relative


def meant(path: str, folder: str) -> str:
    """The absolute path (or URL) that a playlist in ``folder`` means by ``path``."""
    if _FILE_URI.match(path):
        return from_uri(path, folder)
    if is_url(path) or (_DRIVE.match(path) and os.sep == "/"):
        return path
    return next((c for c in _candidates(path, folder) if os.path.exists(c)), _absolute(path, folder))


def _candidates(path: str, folder: str) -> Iterator[str]:
    for spelling in dict.fromkeys((path, path.replace("\\", os.sep))):
        absolute = _absolute(spelling, folder)
        yield absolute
        yield from (unicodedata.normalize(form, absolute) for form in ("NFC", "NFD") if not absolute.isascii())


def _absolute(path: str, folder: str) -> str:
    # NUL can be in no name, and no system call takes it.
    return os.path.normpath(os.path.join(folder, path.replace("\0", "\ufffd")))


def to_uri(path: str, folder: str | None) -> str:
    """``path`` as a URI reference: percent-encoded bytes, ``file://`` if absolute."""
    where = told(path, folder)
    if is_url(where):
        return where
    return ("file://" if os.path.isabs(where) else "") + quote(os.fsencode(where))


def from_uri(uri: str, folder: str) -> str:
    """The absolute path or the URL that a URI reference means."""
    if is_url(uri) and not _FILE_URI.match(uri):
        return uri
    return _existing(os.fsdecode(unquote_to_bytes(os.fsencode(_FILE_URI.sub("", uri)))), uri, folder)


def _existing(path: str, uri: str, folder: str) -> str:
    # Careless programs write paths that are not encoded: a "%" of the name is then no escape.
    if not _FILE_URI.match(uri) and "%" in uri and not os.path.exists(_absolute(path, folder)):
        raw = _absolute(uri, folder)
        if os.path.exists(raw):
            return raw
    return next((c for c in _candidates(path, folder) if os.path.exists(c)), _absolute(path, folder))


def is_nested(path: str) -> bool:
    """Whether an entry is another playlist, which is not followed."""
    return not is_url(path) and PurePath(path).suffix.lower() in PLAYLIST_ENDINGS


# ----------------------------------------------------------------------------------------------------------- text


def one_line(text: str) -> str:
    """``text`` on one line, without control characters, surrogates and space at its ends."""
    clean = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in printable_text(text))
    return " ".join(clean.split())


def printable_text(text: str) -> str:
    """``text`` as any encoder takes it: what is no character becomes U+FFFD."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if not text.isascii() else text
    return re.sub("[\ufffe\uffff]", "\ufffd", text)


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a note, each cleaned, without empty ones."""
    return tuple(line for raw in re.split("[\r\n]+", text) if (line := one_line(raw)))


def label(entry: PlaylistEntry) -> str:
    """Artist - Title, as playlists show it."""
    title = one_line(entry.title) or one_line(printable(PurePath(entry.path).stem))
    artist = one_line(entry.artist)
    return f"{artist} - {title}".strip() if artist else title


def mbid_in(text: str) -> str:
    """The MusicBrainz id in an identifier; "" if there is none."""
    found = _MBID.search(text.lower()) if "recording/" in text or _MBID.fullmatch(text.lower()) else None
    return found[0] if found else ""


def text_of(data: bytes) -> str:
    """The text of a line: UTF-8, else Windows-1252."""
    return data.decode("utf-8") if _is_utf8(data) else data.decode("cp1252", "replace")


def path_of(data: bytes, folder: str, *, fallback: str) -> str:
    """The absolute path that the bytes of a line mean: the bytes of a name on the disk, or text of an old encoding."""
    raw = meant(os.fsdecode(data), folder)
    if is_url(raw) or _is_utf8(data) or os.path.exists(raw):
        return raw
    old = meant(data.decode("cp1252", "replace"), folder)
    return old if fallback == "cp1252" or os.path.exists(old) else raw


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def text_lines(data: bytes) -> list[bytes]:
    """The lines of a text file, whatever ends them; UTF-16 with a mark becomes UTF-8. A NUL means it is no text."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode()
    if b"\0" in data:
        raise UnreadablePlaylist("The file is not a playlist: it holds no text.")
    data = data.removeprefix(b"\xef\xbb\xbf")
    return [line.strip() for line in data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")]


def seconds(value: object, *, in_one: int = 1) -> float | None:
    """A length that makes sense, given as a count of which ``in_one`` make a second; else None."""
    try:
        length_s = float(str(value)) / in_one
    except ValueError:
        return None
    return length_s if 0 < length_s < 1e7 else None


def without_nested(playlist: Playlist) -> Playlist:
    """The playlist without entries that are playlists. Raises UnreadablePlaylist if nothing else was in it."""
    entries = tuple(entry for entry in playlist.entries if not is_nested(entry.path))
    if playlist.entries and not entries:
        raise UnreadablePlaylist("The file names only other playlists. Import those one by one.")
    return replace(playlist, entries=entries)


def origin(location: str, identifier: str, folder: str) -> str:
    """Where an entry is: its location, else what identifies it on the net, else ""."""
    if location:
        return from_uri(location, folder)
    return identifier if is_url(identifier) else ""
