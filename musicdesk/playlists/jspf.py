"""JSPF, the JSON twin of XSPF, as ListenBrainz reads and writes it."""

import json
from dataclasses import fields
from typing import Any

from musicdesk.errors import UnreadablePlaylist
from musicdesk.playlists.base import (
    RECORDING,
    Format,
    lines_of,
    mbid_in,
    one_line,
    origin,
    printable_text,
    seconds,
    to_uri,
)
from musicdesk.records import Playlist, PlaylistEntry


def write(playlist: Playlist, folder: str | None) -> bytes:
    """The playlist as the bytes of a JSPF file."""
    said = {
        "title": one_line(playlist.name),
        "annotation": "\n".join(lines_of(playlist.note)),
        "track": [_track(entry, folder) for entry in playlist.entries],
    }
    return json.dumps({"playlist": said}, ensure_ascii=False, indent=2).encode() + b"\n"


def _track(entry: PlaylistEntry, folder: str | None) -> dict[str, Any]:
    said = {
        "location": [to_uri(entry.path, folder)],
        "identifier": [RECORDING + entry.recording_mbid] if entry.recording_mbid else [],
        "title": one_line(entry.title),
        "creator": one_line(entry.artist),
        "album": one_line(entry.album),
        "trackNum": entry.track_number,
        "duration": None if entry.length_s is None else round(entry.length_s * 1000),
    }
    return {name: value for name, value in said.items() if value not in ("", None, [])}


def read(data: bytes, folder: str) -> Playlist:
    """The playlist in the bytes of a JSPF file; what is not as it should be is left out."""
    try:
        playlist = json.loads(data)["playlist"]
        tracks = playlist.get("track") or []
        entries = [entry for track in tracks if (entry := _entry(track, folder)).path]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadablePlaylist("The file is not a JSPF playlist: it holds no playlist in JSON.") from error
    return Playlist(_text(playlist, "title"), tuple(entries), "\n".join(lines_of(_first(playlist, "annotation"))))


def _entry(track: dict[str, Any], folder: str) -> PlaylistEntry:
    location, identifier = _first(track, "location"), _first(track, "identifier")
    number = track.get("trackNum")
    return PlaylistEntry(
        origin(location, identifier, folder),
        title=_text(track, "title"),
        artist=_text(track, "creator"),
        album=_text(track, "album"),
        length_s=seconds(track.get("duration"), in_one=1000),
        recording_mbid=mbid_in(identifier),
        track_number=number if type(number) is int and 0 < number < 1_000_000 else None,
    )


def _text(said: dict[str, Any], name: str) -> str:
    return one_line(_first(said, name))


def _first(said: dict[str, Any], name: str) -> str:
    """The text of a field, or the first text of a list of them."""
    value = said.get(name)
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str)), "")
    return printable_text(value) if isinstance(value, str) else ""


_ALL = frozenset(field.name for record in (Playlist, PlaylistEntry) for field in fields(record))
JSPF = Format("JSPF", (".jspf",), _ALL, write, read)
