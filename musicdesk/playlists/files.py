"""Playlists as files: the ending chooses the format, a file is written whole or not at all."""

import errno
import os
from dataclasses import replace
from pathlib import Path

from musicdesk.errors import BadRequest, DiskFull, NotFound, ReadOnlyData, UnreadablePlaylist, UserFacing
from musicdesk.playlists.base import Format, without_nested
from musicdesk.playlists.jspf import JSPF
from musicdesk.playlists.m3u import M3U, M3U8
from musicdesk.playlists.pls import PLS
from musicdesk.playlists.xspf import XSPF
from musicdesk.records import Playlist, printable
from musicdesk.whole_files import whole

FORMATS: tuple[Format, ...] = (M3U8, M3U, XSPF, JSPF, PLS)
ENDINGS = tuple(ending for format_ in FORMATS for ending in format_.endings)
LARGEST_BYTES = 64 << 20


def write(playlist: Playlist, path: Path, *, relative: bool = True) -> None:
    """Write ``playlist`` into the file ``path`` in the format of its ending, in place of what was there.

    ``relative`` tells the tracks relative to the folder of ``path``, without resolving links.
    Raises BadRequest for the ending, NotFound for the folder, DiskFull, ReadOnlyData, UserFacing.
    """
    path = Path(os.path.abspath(path))
    format_ = format_for(path)
    if not os.path.isdir(path.parent):
        raise NotFound(f"There is no folder {printable(str(path.parent))}. Make it first, or choose another.")
    if os.path.isdir(path):
        raise BadRequest(f"{printable(str(path))} is a folder. Give the name of a file.")
    data = format_.write(playlist, str(path.parent) if relative else None)
    try:
        _replace(Path(os.path.realpath(path)), data)
    except OSError as error:
        raise _sentence(error, path) from error


def read(path: Path) -> Playlist:
    """The playlist in the file ``path``, read leniently; without a name of its own it has that of the file.

    Entries need not exist. Entries that are playlists themselves are left out.
    Raises BadRequest for the ending, NotFound, UnreadablePlaylist.
    """
    path = Path(os.path.abspath(path))
    format_ = format_for(path)
    data = _bytes_of(path)
    try:
        playlist = without_nested(format_.read(data, str(path.parent)))
    except UnreadablePlaylist as error:
        raise UnreadablePlaylist(f"{printable(path.name)}: {error}") from error
    return playlist if playlist.name else replace(playlist, name=printable(path.stem))


def format_for(path: Path) -> Format:
    """The format that the ending of ``path`` means. Raises BadRequest."""
    for format_ in FORMATS:
        if path.suffix.lower() in format_.endings:
            return format_
    raise BadRequest(f"“{printable(path.name)}” is no playlist by its ending. Use one of {', '.join(ENDINGS)}.")


def _replace(path: Path, data: bytes) -> None:
    with whole(path) as new, new.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _bytes_of(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise NotFound(f"There is no playlist {printable(str(path))}.")
        if path.stat().st_size > LARGEST_BYTES:
            raise UnreadablePlaylist(f"{printable(path.name)} is too large for a playlist ({LARGEST_BYTES >> 20} MiB).")
        return path.read_bytes()
    except OSError as error:
        raise UnreadablePlaylist(f"{printable(str(path))} cannot be read: {error.strerror}.") from error


def _sentence(error: OSError, path: Path) -> UserFacing:
    folder = printable(str(path.parent))
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"There is no room left in {folder}. The playlist was not written.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ReadOnlyData(f"{folder} cannot be written. Choose another folder for the playlist.")
    return UserFacing(f"{printable(str(path))} cannot be written: {error.strerror}.")
