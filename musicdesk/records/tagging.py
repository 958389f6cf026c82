"""The listener's own tags: words that a person gave to sounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OwnTag:
    """A word that the listener gave to tracks."""

    tag: str
    """As it was written first; in another case it is the same tag."""
    tracks: int
    """How many tracks that are in the library now bear it; copies of a sound count each."""
    away: int = 0
    """How many sounds more bear it whose files are not there now."""


@dataclass(frozen=True, slots=True, eq=False)
class OwnTags:
    """All of them, both ways; tags in the order of the alphabet."""

    of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Audio hash → its tags; a sound without one is not in it."""
    bearing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Tag → the audio hashes that bear it."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """What an edit of tags did."""

    tag: str
    """The tag as it is kept now."""
    tracks: int
    """How many tracks it changed; 0: all was so already, and nothing was kept to undo."""
    left_out: int = 0
    """How many tracks could not be tagged, because they could not be read."""
    joined: bool = False
    """Whether a tag that was there already took it in."""
