"""Five ways of tagging, read into one: lower-case names as Vorbis comments call them, each with its values."""

from collections.abc import Callable, Iterator
from typing import Any

import mutagen
from mutagen.apev2 import APEv2
from mutagen.asf import ASFTags
from mutagen.id3 import ID3
from mutagen.mp4 import MP4Tags

Fields = dict[str, list[str]]

STARS_OF_255 = ((1, 0), (32, 1), (96, 2), (160, 3), (224, 4), (256, 5))
"""Popularimeter: below each bound, so many stars; players write their own numbers, these bounds fit them all."""

PLAYERS_OWN = ("iTun", "MusicMatch_", "Songs-DB_")
"""How the names of comments begin that nobody wrote."""

ID3_NAMES = {
    "TIT2": "title", "TPE1": "artist", "TPE2": "albumartist", "TALB": "album", "TRCK": "tracknumber",
    "TPOS": "discnumber", "TDRC": "date", "TDRL": "releasedate", "TDOR": "originaldate",
}  # fmt: skip
MP4_NAMES = {
    "©nam": "title", "©ART": "artist", "aART": "albumartist", "©alb": "album", "©gen": "genre", "©day": "date",
    "trkn": "tracknumber", "disk": "discnumber", "©cmt": "comment", "desc": "description",
}  # fmt: skip
ASF_NAMES = {
    "title": "title", "author": "artist", "wm/albumartist": "albumartist", "wm/albumtitle": "album",
    "wm/genre": "genre", "wm/tracknumber": "tracknumber", "wm/partofset": "discnumber", "wm/year": "date",
    "wm/shareduserrating": "rating of 99",
}  # fmt: skip
APE_NAMES = {"album artist": "albumartist", "track": "tracknumber", "disc": "discnumber", "year": "date"}


def fields_of(tags: Any) -> Fields:
    """Everything textual in a tag of mutagen's; {} for none."""
    fields: Fields = {}
    for name, value in _pairs(tags):
        fields.setdefault(_canonical(name), []).append(value)
    return fields


def _pairs(tags: Any) -> Iterator[tuple[str, str]]:
    if tags is None:
        return
    reader = next((reader for kind, reader in READERS if isinstance(tags, kind)), _vorbis)
    yield from reader(tags)


def _canonical(name: str) -> str:
    """``MusicBrainz Album Id``, ``MUSICBRAINZ_ALBUMID`` and ``MusicBrainz/Album Id`` are one name."""
    low = name.lower()
    if low.startswith("musicbrainz"):
        return "musicbrainz_" + "".join(c for c in low[len("musicbrainz") :] if c.isalnum())
    return low


def _vorbis(tags: Any) -> Iterator[tuple[str, str]]:
    """Vorbis comments: FLAC, Ogg Vorbis, Opus, Speex."""
    for name in tags.keys():  # noqa: SIM118 - mutagen's tags iterate over pairs
        if name.lower() != "metadata_block_picture":
            yield from ((name, str(value)) for value in tags[name])


def _id3(tags: Any) -> Iterator[tuple[str, str]]:
    for frame in tags.values():
        kind = frame.FrameID
        if kind in ID3_NAMES:
            yield from ((ID3_NAMES[kind], str(text)) for text in frame.text)
        elif kind == "TCON":
            yield from (("genre", genre) for genre in frame.genres)
        elif kind == "TXXX":
            yield from ((frame.desc, str(text)) for text in frame.text)
        elif kind in ID3_ODD:
            yield from ID3_ODD[kind](frame)


def _comment(frame: Any) -> Iterator[tuple[str, str]]:
    """What iTunes, MusicMatch and MediaMonkey keep for themselves in comments has a name that tells so."""
    if not frame.desc.startswith(PLAYERS_OWN):
        yield from (("other comment" if frame.desc else "comment", str(text)) for text in frame.text)


def _identifier(frame: Any) -> Iterator[tuple[str, str]]:
    if frame.owner == "http://musicbrainz.org":
        yield "musicbrainz_trackid", frame.data.decode("ascii", "replace")


def _popularity(frame: Any) -> Iterator[tuple[str, str]]:
    stars = next(stars for below, stars in STARS_OF_255 if frame.rating < below)
    if stars:
        yield "rating of 5", str(stars)


def _volume(frame: Any) -> Iterator[tuple[str, str]]:
    if frame.channel == 1 and frame.desc.lower() in ("track", "album"):
        yield f"rva2_{frame.desc.lower()}_gain", str(frame.gain)
        yield f"rva2_{frame.desc.lower()}_peak", str(frame.peak)


ID3_ODD: dict[str, Callable[[Any], Iterator[tuple[str, str]]]] = {
    "COMM": _comment,
    "UFID": _identifier,
    "POPM": _popularity,
    "RVA2": _volume,
}


def _ape(tags: Any) -> Iterator[tuple[str, str]]:
    for name, value in tags.items():
        if value.kind == mutagen.apev2.TEXT:
            yield from ((APE_NAMES.get(name.lower(), name), text) for text in value)


def _mp4(tags: Any) -> Iterator[tuple[str, str]]:
    for key, values in tags.items():
        free = key.startswith("----:")
        name: str = key.rsplit(":", 1)[-1] if free else MP4_NAMES.get(key, "")
        for value in values if name and isinstance(values, list) else ():
            number = value[0] if isinstance(value, tuple) else value
            yield name, bytes(number).decode("utf-8", "replace") if free else str(number)


def _asf(tags: Any) -> Iterator[tuple[str, str]]:
    for name, value in tags:
        yield ASF_NAMES.get(name.lower(), name), str(value)


READERS: tuple[tuple[type, Callable[[Any], Iterator[tuple[str, str]]]], ...] = (
    (ID3, _id3),
    (APEv2, _ape),
    (MP4Tags, _mp4),
    (ASFTags, _asf),
)
