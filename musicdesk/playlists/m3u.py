"""M3U8 and M3U: one path a line, comments before it.

Written as UTF-8 without mark, Unix line ends, paths as the bytes of the file system. The usual ``#PLAYLIST``,
``#EXTINF`` and ``#EXTALB`` say what players show; ``#MUSICDESK`` lines keep the note and what the usual ones cannot
tell exactly. Plain ``.m3u`` is read as UTF-8, then as Windows-1252, its historical encoding.
"""

import json
import os
import re
from dataclasses import fields, replace
from typing import Any

from musicdesk.errors import UnreadablePlaylist
from musicdesk.playlists.base import (
    Format,
    is_url,
    label,
    lines_of,
    one_line,
    path_of,
    seconds,
    text_lines,
    text_of,
    to_uri,
    told,
)
from musicdesk.records import Playlist, PlaylistEntry

_EXTINF = re.compile(r"#EXTINF:\s*(-?[\d.]+)?[^,]*,?(.*)")
_EXACT = ("title", "artist", "recording_mbid", "track_number")
_KINDS = {"title": str, "artist": str, "recording_mbid": str, "track_number": int}


def path_line(path: str, folder: str | None) -> bytes:
    """``path`` as the bytes of one line; a file URI where the name would not survive as such."""
    where = told(path, folder)
    if is_url(path):
        return one_line(where).encode()
    if where != where.strip() or re.search(r"[\r\n]", where):
        return to_uri(path, None).encode()
    if where.startswith("#") or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", where):
        where = os.path.join(os.curdir, where)
    return os.fsencode(where)


def write(playlist: Playlist, folder: str | None) -> bytes:
    """The playlist as the bytes of an M3U8 file."""
    head = ["#EXTM3U"]
    if name := one_line(playlist.name):
        head.append(f"#PLAYLIST:{name}")
    head += [f"#MUSICDESK:{line}" for line in lines_of(playlist.note)]
    lines = [line.encode() for line in head]
    for entry in playlist.entries:
        lines += [*(line.encode() for line in _comments(entry)), path_line(entry.path, folder)]
    return b"\n".join(lines) + b"\n"


def _comments(entry: PlaylistEntry) -> list[str]:
    length = -1 if entry.length_s is None else round(entry.length_s)
    comments = [f"#EXTINF:{length},{label(entry)}"]
    if album := one_line(entry.album):
        comments.append(f"#EXTALB:{album}")
    if exact := _exact(entry):
        comments.append(f"#MUSICDESK-TRACK:{json.dumps(exact, ensure_ascii=False)}")
    return comments


def _exact(entry: PlaylistEntry) -> dict[str, Any]:
    """What the label does not tell."""
    understood = _labelled(label(entry))
    said = {name: one_line(v) if isinstance(v := getattr(entry, name), str) else v for name in _EXACT}
    return {name: value for name, value in said.items() if value != getattr(understood, name)}


def _labelled(text: str) -> PlaylistEntry:
    artist, dash, title = text.partition(" - ")
    return PlaylistEntry("", title.strip(), artist.strip()) if dash else PlaylistEntry("", text.strip())


def read_m3u8(data: bytes, folder: str) -> Playlist:
    """The playlist in the bytes of an M3U8 file; a path that is no UTF-8 keeps its bytes."""
    return _read(data, folder, fallback="bytes")


def read_m3u(data: bytes, folder: str) -> Playlist:
    """The playlist in the bytes of an M3U file; a path that is no UTF-8 is Windows-1252 unless it exists."""
    return _read(data, folder, fallback="cp1252")


def _read(data: bytes, folder: str, *, fallback: str) -> Playlist:
    name, notes, entries = "", [], []
    entry = PlaylistEntry("")
    for line in text_lines(data):
        text = text_of(line)
        tag, _, value = text.partition(":")
        if tag.startswith("#EXT-X-"):
            raise UnreadablePlaylist("The file describes a stream (HLS), it is not a list of tracks.")
        if tag == "#PLAYLIST":
            name = one_line(value)
        elif tag == "#MUSICDESK":
            notes.append(one_line(value))
        elif line.startswith(b"#"):
            entry = _told_by(text, entry)
        elif line:
            entries.append(replace(entry, path=path_of(line, folder, fallback=fallback)))
            entry = PlaylistEntry("")
    return Playlist(name, tuple(entries), "\n".join(notes))


def _told_by(comment: str, entry: PlaylistEntry) -> PlaylistEntry:
    """``entry`` with what a comment before its path tells; other comments are left alone."""
    tag, _, value = comment.partition(":")
    if tag == "#EXTALB":
        return replace(entry, album=one_line(value))
    if tag == "#MUSICDESK-TRACK":
        return replace(entry, **_exactly(value))
    if found := _EXTINF.match(comment):
        read = _labelled(one_line(found[2]))
        return replace(entry, title=read.title, artist=read.artist, length_s=seconds(found[1]))
    return entry


def _exactly(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {name: value for name, value in said.items() if type(value) is _KINDS.get(name)}


_ALL = frozenset(field.name for record in (Playlist, PlaylistEntry) for field in fields(record))
M3U8 = Format("M3U8", (".m3u8",), _ALL, write, read_m3u8)
M3U = Format("M3U", (".m3u",), _ALL, write, read_m3u)
