"""What a file says of itself, as one record whatever the way of tagging. Nothing is ever written."""

import math
import re
import struct
from collections.abc import Iterable
from typing import Any

import mutagen
from mutagen.apev2 import APEv2
from mutagen.mp3 import MP3

from musicdesk.library.payload import is_endless
from musicdesk.library.squeezed import unpacks_too_much
from musicdesk.library.tag_fields import Fields, fields_of
from musicdesk.records import ReplayGain, Tags

ODD = (
    mutagen.MutagenError, OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError,
    EOFError, NotImplementedError, AssertionError, RecursionError, MemoryError, struct.error,
)  # fmt: skip
"""What mutagen raises over odd files; not all of it is its own."""

CODECS = {
    "FLAC": "flac", "OggFLAC": "flac", "OggVorbis": "vorbis", "OggOpus": "opus", "OggSpeex": "speex", "AAC": "aac",
    "WAVE": "wav", "AIFF": "aiff", "ASF": "wma", "MonkeysAudio": "ape", "WavPack": "wavpack", "Musepack": "musepack",
    "TrueAudio": "tta", "EasyMP3": "mp3", "OptimFROG": "ofr", "TAK": "tak",
}  # fmt: skip

R128_TO_REPLAY_GAIN_DB = 5.0
"""Opus gains aim at -23 LUFS, ReplayGain at -18 (RFC 7845, section 5.2.1)."""
GAIN_LIMIT_DB = 60.0
TEXT_LIMIT, COMMENT_LIMIT = 500, 1000

COMMENTS = ("comment", "other comment", "description")
"""Fields, the first that says anything counts."""

_MEASURED = re.compile(r"[0-9A-Fa-f]{8}(?: [0-9A-Fa-f]{8,16})+")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d(?!\d{3}(?!\d)))")  # also of 19980501
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def read_tags(path: str) -> tuple[Tags, float, str]:
    """Tags, declared length in seconds and codec of a file.

    Odd tags cost themselves alone; a file that no reader knows gives empty tags, 0 and "". The length is what the
    header declares: a file that was cut off still declares all of it.
    """
    if unpacks_too_much(path):
        return Tags(), 0.0, ""
    try:
        with open(path, "rb") as sound:
            if is_endless(sound):
                return Tags(), 0.0, ""
        file = mutagen.File(path)
    except ODD:
        return Tags(), 0.0, ""
    if file is None:
        return Tags(), 0.0, ""
    codec = _codec(file)
    return tags_from(_fields(file, path), opus=codec == "opus"), _length(file), codec


def _fields(file: Any, path: str) -> Fields:
    try:
        fields = fields_of(file.tags)
    except ODD:
        fields = {}
    return {**_ape_of_mp3(path), **fields} if isinstance(file, MP3) else fields


def _ape_of_mp3(path: str) -> Fields:
    """mp3gain and foobar2000 leave their gains in an APEv2 tag beside the ID3 one."""
    try:
        return fields_of(APEv2(path))  # type: ignore[no-untyped-call]
    except ODD:
        return {}


def _length(file: Any) -> float:
    length = getattr(file.info, "length", 0.0)
    return float(length) if isinstance(length, (int, float)) and math.isfinite(length) and length > 0 else 0.0


def _codec(file: Any) -> str:
    kind = type(file).__name__
    if kind == "MP3":
        return f"mp{getattr(file.info, 'layer', 3)}"
    if kind == "MP4":
        return "alac" if getattr(file.info, "codec", "").lower().startswith("alac") else "aac"
    return CODECS.get(kind, kind.lower())


# ------------------------------------------------------------------------------ fields to record


def tags_from(fields: Fields, *, opus: bool = False) -> Tags:
    """The record of these fields (lower-case names as in Vorbis comments)."""
    return Tags(
        title=_first(fields, "title"),
        artists=_artists(fields, "artists", "artist"),
        album=_first(fields, "album"),
        album_artists=_artists(fields, "albumartists", "albumartist", "album artist"),
        genres=_several(fields.get("genre", ()), separator=";"),
        track_number=_ordinal(fields, "tracknumber", "track"),
        disc_number=_ordinal(fields, "discnumber", "disc"),
        year=_year(fields),
        rating=_rating(fields),
        replay_gain=_replay_gain(fields, opus=opus),
        recording_mbid=next(iter(_mbids(fields, "musicbrainz_trackid")), ""),
        release_mbid=next(iter(_mbids(fields, "musicbrainz_albumid")), ""),
        artist_mbids=_mbids(fields, "musicbrainz_artistid"),
        comment=_comment(fields),
    )


def _clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """One line without control signs, of a length that a row can hold."""
    return " ".join(_CONTROL.sub(" ", text).split())[:limit].rstrip()


def _comment(fields: Fields) -> str:
    """The first that a person may have written: players leave their measurements in comments, too."""
    written = (_clean(value, COMMENT_LIMIT) for name in COMMENTS for value in fields.get(name, ()))
    return next((text for text in written if text and not _MEASURED.fullmatch(text)), "")


def _first(fields: Fields, *names: str) -> str:
    """The first value that says anything."""
    return next((text for name in names for value in fields.get(name, ()) if (text := _clean(value))), "")


def _several(values: Iterable[str], *, separator: str) -> tuple[str, ...]:
    """Distinct values in order; case does not make two."""
    found: dict[str, str] = {}
    for value in values:
        for part in value.replace("\0", separator).split(separator):
            text = _clean(part)
            found.setdefault(text.casefold(), text)
    found.pop("", None)
    return tuple(found.values())


def _artists(fields: Fields, *names: str) -> tuple[str, ...]:
    """Separate values or "; ", never a comma: Tyler, The Creator is one."""
    found = (_several(fields.get(name, ()), separator="; ") for name in names)
    return next((artists for artists in found if artists), ())


def _number(text: str) -> float | None:
    match = _NUMBER.match(text.strip())
    if not match:
        return None
    number = float(match.group().replace(",", "."))
    return number if math.isfinite(number) else None


def _ordinal(fields: Fields, *names: str) -> int | None:
    """3 of "03/12"; None for 0 and for "A1"."""
    digits = re.match(r"\d{1,6}(?!\d)", _first(fields, *names))
    return int(digits.group()) or None if digits else None


def _year(fields: Fields) -> int | None:
    match = _YEAR.search(_first(fields, "date", "year", "releasedate", "originaldate", "originalyear"))
    return int(match.group()) if match else None


def _rating(fields: Fields) -> float | None:
    """0 to 1. Among the ways to write it: a share (FMPS), stars out of 5, and out of 10, 99 (Windows) or 100."""
    share = _number(_first(fields, "fmps_rating"))
    if share is not None and 0 <= share <= 1:
        return share
    stars = _number(_first(fields, "rating of 5"))
    if stars is not None and 0 <= stars <= 5:
        return stars / 5
    windows = _number(_first(fields, "rating of 99"))
    if windows is not None:
        return (1 + min(windows, 99) // 24.75) / 5 if windows > 0 else None
    return _plain_rating(_first(fields, "rating"))


def _plain_rating(text: str) -> float | None:
    number = _number(text)
    if number is None or not 0 <= number <= 100:
        return None
    if number <= 1 and "." in text:
        return number
    scale = next(scale for scale in (5, 10, 100) if number <= scale)
    return number / scale or None


def _replay_gain(fields: Fields, *, opus: bool) -> ReplayGain:
    return ReplayGain(
        track_db=_gain(fields, "track", opus=opus),
        track_peak=_peak(fields, "track"),
        album_db=_gain(fields, "album", opus=opus),
        album_peak=_peak(fields, "album"),
    )


def _gain(fields: Fields, scope: str, *, opus: bool) -> float | None:
    r128 = _number(_first(fields, f"r128_{scope}_gain")) if opus else None
    if r128 is not None:  # Q7.8 fixed point
        gain: float | None = r128 / 256 + R128_TO_REPLAY_GAIN_DB
    else:
        gain = _number(_first(fields, f"replaygain_{scope}_gain", f"rva2_{scope}_gain"))
    return gain if gain is not None and abs(gain) <= GAIN_LIMIT_DB else None


def _peak(fields: Fields, scope: str) -> float | None:
    peak = _number(_first(fields, f"replaygain_{scope}_peak", f"rva2_{scope}_peak"))
    return peak if peak is not None and 0 < peak <= 100 else None


def _mbids(fields: Fields, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mbid for value in fields.get(name, ()) for mbid in _UUID.findall(value.lower())))
