"""PLS: numbered File, Title and Length lines. It has no place for the album, the ids or the note."""

import re
from collections import defaultdict

from musicdesk.errors import UnreadablePlaylist
from musicdesk.playlists.base import Format, label, one_line, path_of, seconds, text_lines, text_of
from musicdesk.playlists.m3u import path_line
from musicdesk.records import Playlist, PlaylistEntry

_LINE = re.compile(rb"(file|title|length)(\d{1,9})\s*=\s*(.*)", re.IGNORECASE)
_NAME = re.compile(rb"x-gnome-title\s*=\s*(.*)", re.IGNORECASE)


def write(playlist: Playlist, folder: str | None) -> bytes:
    """The playlist as the bytes of a PLS file."""
    lines = [b"[playlist]"]
    if name := one_line(playlist.name):
        lines.append(b"X-GNOME-Title=" + name.encode())
    for number, entry in enumerate(playlist.entries, start=1):
        length = -1 if entry.length_s is None else round(entry.length_s)
        lines.append(b"File%d=" % number + path_line(entry.path, folder))
        lines.append(b"Title%d=" % number + label(entry).encode())
        lines.append(b"Length%d=%d" % (number, length))
    lines += [b"NumberOfEntries=%d" % len(playlist.entries), b"Version=2"]
    return b"\n".join(lines) + b"\n"


def read(data: bytes, folder: str) -> Playlist:
    """The playlist in the bytes of a PLS file, in the order of its numbers, whatever NumberOfEntries says."""
    lines = text_lines(data)
    if not any(line.lower() == b"[playlist]" for line in lines):
        raise UnreadablePlaylist("The file is not a PLS playlist: it has no line “[playlist]”.")
    tracks: dict[int, dict[str, bytes]] = defaultdict(dict)
    for found in filter(None, map(_LINE.fullmatch, lines)):
        tracks[int(found[2])][found[1].decode().lower()] = found[3]
    names = [text_of(found[1]) for found in filter(None, map(_NAME.fullmatch, lines))]
    entries = [_entry(said, folder) for _, said in sorted(tracks.items()) if said.get("file")]
    return Playlist(one_line(names[0]) if names else "", tuple(entries))


def _entry(said: dict[str, bytes], folder: str) -> PlaylistEntry:
    artist, dash, title = one_line(text_of(said.get("title", b""))).partition(" - ")
    return PlaylistEntry(
        path_of(said["file"], folder, fallback="bytes"),
        title=title if dash else artist,
        artist=artist if dash else "",
        length_s=seconds(said.get("length", b"").decode("ascii", "replace")),
    )


PLS = Format("PLS", (".pls",), frozenset({"name", "entries", "path", "title", "artist", "length_s"}), write, read)
