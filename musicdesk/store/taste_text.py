"""Tastes, feedback and tags as JSON. Arrays are base64 of little-endian float32, so a taste comes back to the bit."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from musicdesk.records import Advisor, EncoderKey, Feedback, FloatArray, Origin, Prototype, Taste

ASIDE = ("vector", "tracks")
"""What makes a prototype heavy, and what most edits leave as it is."""
PutAside = Callable[[Prototype], str]
"""Keeps what is heavy of a prototype elsewhere; under which mark."""
FetchAside = Callable[[str], Mapping[str, Any]]
"""What was kept under a mark: a vector and tracks."""
_UNTOLD = {"not": -0.5}
"""The gain that was found for a prototype of this id, where an older taste does not tell."""


def dump_taste(taste: Taste, *, aside: PutAside | None = None) -> str:
    """``taste`` as JSON; with ``aside``, what is heavy of each prototype is kept there and only its mark is told."""
    said = {field.name: getattr(taste, field.name) for field in fields(Taste)}
    lists = {name: [_told(prototype, aside) for prototype in said[name]] for name in ("prototypes", "removed")}
    advisors = [asdict(advisor) for advisor in taste.advisors]
    return json.dumps({**said, **lists, "key": asdict(taste.key), "advisors": advisors}, default=_plain)


def load_taste(text: str, *, aside: FetchAside | None = None) -> Taste:
    """The taste that :func:`dump_taste` wrote, equal to the bit; older ones know less."""
    said = json.loads(text)
    said["key"] = EncoderKey(**said["key"])
    for name in ("prototypes", "removed"):
        said[name] = tuple(_prototype(raw, aside) for raw in said.get(name, ()))
    said["advisors"] = tuple(Advisor(**raw) for raw in said.get("advisors", ()))
    return Taste(**said)


def _told(prototype: Prototype, aside: PutAside | None) -> dict[str, Any]:
    light = {field.name: getattr(prototype, field.name) for field in fields(Prototype) if field.name not in ASIDE}
    heavy = {"aside": aside(prototype)} if aside else {name: getattr(prototype, name) for name in ASIDE}
    return {**light, **heavy}


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return base64.b64encode(value.astype("<f4").tobytes()).decode("ascii")
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{value!r} has no place in a taste.")


def _prototype(raw: dict[str, Any], aside: FetchAside | None) -> Prototype:
    if "aside" in raw and aside:
        raw.update(aside(raw.pop("aside")))
    else:
        raw["vector"] = vector_of(base64.b64decode(raw["vector"]))
    lists: dict[str, Any] = {
        name: tuple(raw[name]) for name in ("exemplars", "tracks", "pinned", "refused") if name in raw
    }
    raw.update(lists, origin=Origin(raw.get("origin", Origin.LIKES)))
    raw.setdefault("found", _UNTOLD.get(raw["id"], 1.0 if raw["support"] else 0.0))
    return Prototype(**raw)


def vector_of(data: bytes) -> FloatArray:
    """The vector whose bytes these are."""
    return np.frombuffer(data, dtype="<f4").astype(np.float32)


def dump_feedback(changes: Mapping[str, Feedback]) -> str:
    """What was said of sounds."""
    return json.dumps({audio_hash: asdict(said) for audio_hash, said in changes.items()})


def load_feedback(text: str) -> dict[str, Feedback]:
    """What :func:`dump_feedback` wrote."""
    return {audio_hash: Feedback(**said) for audio_hash, said in json.loads(text).items()}


def dump_tags(changes: Mapping[str, tuple[str, ...]]) -> str:
    """The tags of sounds."""
    return json.dumps(changes)


def load_tags(text: str) -> dict[str, tuple[str, ...]]:
    """What :func:`dump_tags` wrote."""
    return {audio_hash: tuple(tags) for audio_hash, tags in json.loads(text).items()}
