"""Tags as JSON: only what differs from an empty tag, so that rows stay small and new fields cost nothing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import repeat
from typing import Any

from musicdesk.records import ReplayGain, Tags

_EMPTY = Tags()
_NAMES = {field.name: None for field in fields(Tags)}.keys()
_GAINS = tuple(field.name for field in fields(ReplayGain))


def dump_tags(tags: Tags) -> str:
    """``tags`` as JSON in ASCII."""
    said: dict[str, Any] = {
        name: getattr(tags, name) for name in _NAMES if getattr(tags, name) != getattr(_EMPTY, name)
    }
    if "replay_gain" in said:
        gain = tags.replay_gain
        said["replay_gain"] = {name: getattr(gain, name) for name in _GAINS if getattr(gain, name) is not None}
    return json.dumps(said, separators=(",", ":"))


def load_tags(texts: Sequence[str]) -> Iterator[Tags]:
    """The tags that :func:`dump_tags` wrote, parsed in one go; what a newer version said besides is left out.

    Artists, albums and genres that recur are one object in memory.
    """
    return map(_tags, json.loads(f"[{','.join(texts)}]"), repeat({}))


def _tags(said: dict[str, Any], shared: dict[Any, Any]) -> Tags:
    for name, value in said.items():
        if type(value) is list:
            value = tuple(value)
            said[name] = shared.setdefault(value, value)
        elif type(value) is dict:
            said[name] = ReplayGain(**value)
    if album := said.get("album"):
        said["album"] = shared.setdefault(album, album)
    try:
        return Tags(**said)
    except TypeError:
        return Tags(**{name: said[name] for name in _NAMES & said.keys()})
