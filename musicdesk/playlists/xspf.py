"""XSPF (version 1, xspf.org): XML with percent-encoded locations, lengths in milliseconds, MusicBrainz identifiers."""

from dataclasses import fields
from xml.etree import ElementTree as ET  # to write; reading is defusedxml's

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from musicdesk.errors import UnreadablePlaylist
from musicdesk.playlists.base import RECORDING, Format, lines_of, mbid_in, one_line, origin, seconds, to_uri
from musicdesk.records import Playlist, PlaylistEntry

NAMESPACE = "http://xspf.org/ns/0/"


def write(playlist: Playlist, folder: str | None) -> bytes:
    """The playlist as the bytes of an XSPF file."""
    root = ET.Element("playlist", {"version": "1", "xmlns": NAMESPACE})
    _add(root, "title", one_line(playlist.name))
    _add(root, "annotation", "\n".join(lines_of(playlist.note)))
    tracks = ET.SubElement(root, "trackList")
    for entry in playlist.entries:
        _add_track(tracks, entry, folder)
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return data + b"\n"


def _add_track(tracks: ET.Element, entry: PlaylistEntry, folder: str | None) -> None:
    track = ET.SubElement(tracks, "track")
    _add(track, "location", to_uri(entry.path, folder))
    _add(track, "identifier", RECORDING + entry.recording_mbid if entry.recording_mbid else "")
    _add(track, "title", one_line(entry.title))
    _add(track, "creator", one_line(entry.artist))
    _add(track, "album", one_line(entry.album))
    _add(track, "trackNum", str(entry.track_number) if (entry.track_number or 0) > 0 else "")
    _add(track, "duration", "" if entry.length_s is None else str(round(entry.length_s * 1000)))


def _add(parent: ET.Element, tag: str, text: str) -> None:
    if text:
        ET.SubElement(parent, tag).text = text


def read(data: bytes, folder: str) -> Playlist:
    """The playlist in the bytes of an XSPF file. Entities and other tricks of XML are refused."""
    try:
        root = fromstring(data)
    except DefusedXmlException as error:
        raise UnreadablePlaylist("The XSPF file defines entities of its own, which is refused as unsafe.") from error
    except (ET.ParseError, ValueError, LookupError, RecursionError) as error:
        raise UnreadablePlaylist(f"The file is not an XSPF playlist: {error}.") from error
    if _tag(root) != "playlist":
        raise UnreadablePlaylist(f"The file is not an XSPF playlist: it begins with <{_tag(root)}>.")
    tracks = [track for part in root if _tag(part) == "trackList" for track in part if _tag(track) == "track"]
    entries = [entry for track in tracks if (entry := _entry(track, folder)).path]
    return Playlist(one_line(_text(root, "title")), tuple(entries), "\n".join(lines_of(_text(root, "annotation"))))


def _entry(track: ET.Element, folder: str) -> PlaylistEntry:
    number = _text(track, "trackNum")
    location, identifier = _text(track, "location"), _text(track, "identifier")
    return PlaylistEntry(
        origin(location, identifier, folder),
        title=one_line(_text(track, "title")),
        artist=one_line(_text(track, "creator")),
        album=one_line(_text(track, "album")),
        length_s=seconds(_text(track, "duration"), in_one=1000),
        recording_mbid=mbid_in(identifier),
        track_number=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else None,
    )


def _text(parent: ET.Element, tag: str) -> str:
    """The text of the first such element, whatever its namespace."""
    return next((("".join(part.itertext())).strip() for part in parent if _tag(part) == tag), "")


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


_ALL = frozenset(field.name for record in (Playlist, PlaylistEntry) for field in fields(record))
XSPF = Format("XSPF", (".xspf",), _ALL, write, read)
