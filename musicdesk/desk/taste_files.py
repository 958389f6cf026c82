"""A taste as a small file of JSON, for another library or another day.

::

    {"kind": "musicdesk-taste", "version": 1, "name": "work",
     "encoder": {"name": "musicnn", "version": "1", "front_end": "mel96"}, "variety": 0.2,
     "prototypes": [{"id": "p1f…", "name": "quiet piano", "gain": 1.5, "found": 1.0, "slot": 3,
                     "origin": "likes", "word": "", "muted": false, "solo": false, "locked": false, "support": 12,
                     "exemplars": [{"sound": "1:9f…", "artist": "…", "title": "…"}], "tracks": ["1:9f…"],
                     "pinned": [], "refused": [], "vector": "base64 of little-endian float32"}],
     "advisors": [{"name": "people's habits", "gain": 1.0, "muted": false}]}

What a prototype is, its exemplars tell: sounds by their identity, with artist and title for a library that has other
files of them. ``vector`` and everything but names and gains may be missing. Whatever is read is bounded: names are
cleaned, numbers must be numbers within their range, lists have an end.
"""

import base64
import binascii
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from musicdesk.desk.names import numbered, plain_name
from musicdesk.errors import BadRequest, DataFolderError, NotFound
from musicdesk.records import (
    GAIN_MAX,
    GAIN_MIN,
    PROTOTYPE_SLOTS,
    Advisor,
    EncoderKey,
    FloatArray,
    Origin,
    Prototype,
    Taste,
    Track,
    printable,
)
from musicdesk.whole_files import whole

KIND, VERSION = "musicdesk-taste", 1
LARGEST_BYTES = 8 << 20
LONGEST_LIST, LONGEST_TEXT, WIDEST = 500, 200, 16_384
_EMPTY = np.empty(0, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class TasteFile:
    """What such a file says."""

    name: str
    taste: Taste
    """With vectors of no length where the file has none."""
    known_as: Mapping[str, tuple[str, str]]
    """Sound → artist and title."""


def write(path: Path, taste: Taste, *, name: str, tracks: Mapping[str, Track], with_vectors: bool = False) -> None:
    """Write a taste into the file ``path``, whole or not at all. Raises BadRequest, NotFound, DataFolderError."""
    path = Path(os.path.abspath(path))
    if path.is_dir():
        raise BadRequest(f"{printable(str(path))} is a folder. Give the name of a file.")
    if not path.parent.is_dir():
        raise NotFound(f"There is no folder {printable(str(path.parent))}. Make it first, or choose another.")
    try:
        with whole(path) as new:
            new.write_text(_text(taste, name, tracks, with_vectors), encoding="utf-8")
    except OSError as error:
        raise DataFolderError(f"{printable(str(path))} cannot be written: {error.strerror or error}.") from error


def read(path: Path) -> TasteFile:
    """What the file ``path`` says. Raises NotFound, and BadRequest with what is wrong with it."""
    told = _told(path)
    try:
        found = _said(told)
    except _Wrong as wrong:
        raise BadRequest(
            f"{_title(path)} cannot be right: its “{wrong}” is missing, out of range or too long. Nothing was taken "
            "from it."
        ) from wrong
    return found if found.name else replace(found, name=plain_name(path.stem))


# ------------------------------------------------------------------------------------------------------ writing


def _text(taste: Taste, name: str, tracks: Mapping[str, Track], with_vectors: bool) -> str:
    told = {
        "kind": KIND,
        "version": VERSION,
        "name": name,
        "encoder": asdict(taste.key),
        "variety": round(taste.variety, 4),
        "prototypes": [_written(p, tracks, with_vectors) for p in taste.prototypes],
        "advisors": [{"name": a.name, "gain": round(a.gain, 4), "muted": a.muted} for a in taste.advisors],
    }
    return json.dumps(told, indent=2) + "\n"


def _written(p: Prototype, tracks: Mapping[str, Track], with_vector: bool) -> dict[str, Any]:
    plain = ("id", "name", "slot", "muted", "solo", "locked", "support", "word")
    return {
        **{name: getattr(p, name) for name in plain},
        "gain": round(p.gain, 6),
        "found": round(p.found, 6),
        "origin": p.origin.value,
        "exemplars": [_sound(h, tracks.get(h)) for h in p.exemplars],
        **{name: list(getattr(p, name)) for name in ("tracks", "pinned", "refused")},
        **({"vector": base64.b64encode(p.vector.astype("<f4").tobytes()).decode("ascii")} if with_vector else {}),
    }


def _sound(audio_hash: str, track: Track | None) -> dict[str, str]:
    words = {"artist": printable(track.artist), "title": printable(track.title)} if track else {}
    return {"sound": audio_hash, **words}


# ------------------------------------------------------------------------------------------------------ reading


class _Wrong(ValueError):
    """The name of a field that cannot be right."""


def _said(told: Mapping[str, Any]) -> TasteFile:
    raw = _list(told.get("prototypes"), "prototypes", most=PROTOTYPE_SLOTS)
    if not raw:
        raise _Wrong("prototypes")
    known_as: dict[str, tuple[str, str]] = {}
    prototypes: list[Prototype] = []
    for each in raw:
        prototypes.append(_prototype(_object(each, "prototypes"), prototypes, known_as))
    advisors = tuple(_advisor(_object(each, "advisors")) for each in _list(told.get("advisors", []), "advisors"))
    variety = _number(told.get("variety", 0.2), "variety", low=0, high=1)
    taste = Taste(_key(told.get("encoder")), tuple(prototypes), variety, advisors=advisors)
    return TasteFile(_name(told.get("name", "")), taste, known_as)


def _told(path: Path) -> dict[str, Any]:
    data = _bytes_of(path)
    try:
        told = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"{_title(path)} is no taste, or is damaged: it cannot be read as JSON.") from error
    if not isinstance(told, dict) or told.get("kind") != KIND:
        raise BadRequest(f"{_title(path)} is no taste that musicdesk has written.")
    version = told.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BadRequest(f"{_title(path)} does not tell its version, so it cannot be read.")
    if version > VERSION:
        raise BadRequest(
            f"{_title(path)} was written by a newer musicdesk (version {version} of the file, this one knows "
            f"{VERSION}). Install the newer one to read it."
        )
    return told


def _bytes_of(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe or a device would keep us waiting
            raise NotFound(f"There is no file {printable(str(path))}.")
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise BadRequest(f"{printable(str(path))} cannot be read: {error.strerror or error}.") from error
    if len(data) > LARGEST_BYTES:
        raise BadRequest(f"{_title(path)} is too large for a taste (more than {LARGEST_BYTES >> 20} MiB).")
    return data


def _prototype(raw: Mapping[str, Any], before: Sequence[Prototype], known_as: dict[str, tuple[str, str]]) -> Prototype:
    name = _name(raw.get("name", ""))
    if not name:
        raise _Wrong("name")
    rest: dict[str, Any] = {field: _sounds(raw.get(field, []), field) for field in ("tracks", "pinned", "refused")}
    rest |= {field: _flag(raw.get(field, False), field) for field in ("muted", "solo", "locked")}
    gain = _number(raw.get("gain", 1.0), "gain", low=GAIN_MIN, high=GAIN_MAX)
    return Prototype(
        id=_identity(raw.get("id"), [p.id for p in before]),
        name=numbered(name, [p.name for p in before]),
        slot=_slot(raw.get("slot"), [p.slot for p in before]),
        vector=_vector(raw.get("vector")),
        exemplars=_exemplars(raw.get("exemplars", []), known_as),
        gain=gain,
        found=_number(raw.get("found", gain), "found", low=GAIN_MIN, high=GAIN_MAX),
        support=int(_number(raw.get("support", 0), "support", low=0, high=1e9)),
        origin=_origin(raw.get("origin", Origin.TRACKS)),
        word=plain_name(_text_of(raw.get("word", ""), "word")),
        **rest,
    )


def _exemplars(raw: object, known_as: dict[str, tuple[str, str]]) -> tuple[str, ...]:
    found = []
    for each in _list(raw, "exemplars"):
        said = _object(each, "exemplars")
        sound = _text_of(said.get("sound", ""), "sound")
        words = tuple(_text_of(said.get(field, ""), field) for field in ("artist", "title"))
        if sound:
            found.append(sound)
            known_as[sound] = (words[0], words[1])
    return tuple(dict.fromkeys(found))


def _advisor(raw: Mapping[str, Any]) -> Advisor:
    name = _name(raw.get("name", ""))
    gain = _number(raw.get("gain", 1.0), "gain", low=GAIN_MIN, high=GAIN_MAX)
    return Advisor("", name, gain, _flag(raw.get("muted", False), "muted"), found=gain)


def _identity(raw: object, taken: Sequence[str]) -> str:
    """Its id, if that is one that musicdesk gives, and nobody else's; else a number."""
    if isinstance(raw, str) and re.fullmatch(r"not|p[0-9a-f]{8}", raw) and raw not in taken:
        return raw
    return f"f{len(taken)}"


def _key(raw: object) -> EncoderKey:
    said = _object(raw, "encoder")
    name, version, front_end = (_text_of(said.get(f, ""), f) for f in ("name", "version", "front_end"))
    return EncoderKey(name, version, front_end)


def _slot(raw: object, taken: Sequence[int]) -> int:
    """The slot that it says, or, where that is taken or not told, the first that is free."""
    if raw is not None:
        slot = int(_number(raw, "slot", low=0, high=PROTOTYPE_SLOTS - 1))
        if slot not in taken:
            return slot
    return next(slot for slot in range(PROTOTYPE_SLOTS) if slot not in taken)


def _vector(raw: object) -> FloatArray:
    """The unit vector, of no length where there is none."""
    if raw is None:
        return _EMPTY
    try:
        data = base64.b64decode(_text_of(raw, "vector", most=6 * WIDEST), validate=True)
        vector = np.frombuffer(data, dtype="<f4").astype(np.float32)
    except (binascii.Error, ValueError) as error:
        raise _Wrong("vector") from error
    length = float(np.linalg.norm(vector.astype(np.float64)))
    if not 0 < len(vector) <= WIDEST or not isfinite(length) or length < 1e-6:
        raise _Wrong("vector")
    return (vector / length).astype(np.float32)


def _origin(raw: object) -> Origin:
    try:
        return Origin(_text_of(raw, "origin"))
    except ValueError as error:
        raise _Wrong("origin") from error


def _sounds(raw: object, field: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_text_of(each, field) for each in _list(raw, field)))


def _name(raw: object) -> str:
    return plain_name(_text_of(raw, "name", most=10 * LONGEST_TEXT))


def _text_of(raw: object, field: str, *, most: int = LONGEST_TEXT) -> str:
    if not isinstance(raw, str):
        raise _Wrong(field)
    if len(raw) > most and field in ("artist", "title"):
        return raw[:most]
    if len(raw) > most:
        raise _Wrong(field)
    return raw


def _number(raw: object, field: str, *, low: float, high: float) -> float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not low <= raw <= high:
        raise _Wrong(field)
    return float(raw)


def _flag(raw: object, field: str) -> bool:
    if not isinstance(raw, bool):
        raise _Wrong(field)
    return raw


def _object(raw: object, field: str) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise _Wrong(field)
    return raw


def _list(raw: object, field: str, *, most: int = LONGEST_LIST) -> list[object]:
    if not isinstance(raw, list):
        raise _Wrong(field)
    if len(raw) > most:
        raise _Wrong(field)
    return raw


def _title(path: Path) -> str:
    return printable(path.name)


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)
