"""Gains that follow from the taste itself: no invented moods, nothing that the taste does not hold already."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from musicdesk.desk.gains import as_believed, changes
from musicdesk.errors import NotFound
from musicdesk.records import Origin, Preset, Prototype, Taste

LOUD = 0.5
"""From this gain a prototype is one of those that make the list."""


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    says: str
    made: Callable[[Taste], Taste]


def presets(taste: Taste) -> tuple[Preset, ...]:
    """All presets, each with what it would change."""
    return tuple(Preset(kind.name, kind.says, changes(taste, kind.made(taste))) for kind in _KINDS)


def applied(taste: Taste, name: str) -> tuple[str, Taste]:
    """The preset's own name and the taste with its gains; raises NotFound. Any case, and a beginning, will do."""
    wanted = " ".join(name.split()).casefold()
    found = [kind for kind in _KINDS if wanted and kind.name.startswith(wanted)]
    if len(found) != 1:
        raise NotFound(f"There is no preset called “{name}”. There are: {', '.join(kind.name for kind in _KINDS)}")
    return found[0].name, found[0].made(taste)


def _with_gains(taste: Taste, gain: Callable[[Prototype], float]) -> Taste:
    """Other gains for all but the locked prototypes; mute and solo end, or they would hide what was asked for.

    What is disliked keeps its gain.
    """
    return replace(taste, prototypes=tuple(_with(p, gain(p)) for p in taste.prototypes))


def _with(p: Prototype, gain: float) -> Prototype:
    if p.locked or p.origin is Origin.DISLIKES:
        return p
    return replace(p, gain=gain, muted=False, solo=False)


def _all_equal(taste: Taste) -> Taste:
    asleep = {p.id for p in taste.prototypes if p.gain == p.found == 0}
    return _with_gains(taste, lambda p: 0.0 if p.id in asleep and len(asleep) < len(taste.prototypes) else 1.0)


def _only_the_first(taste: Taste) -> Taste:
    loud = [p for p in taste.prototypes if p.origin is not Origin.DISLIKES]
    first = max(loud, key=_heard, default=None)  # of equal ones, the first
    return _with_gains(taste, lambda p: 1.0 if first and p.id == first.id else 0.0)


def _the_rest(taste: Taste) -> Taste:
    return _with_gains(taste, _turned)


def _turned(p: Prototype) -> float:
    return p.gain if p.gain < 0 else 0.0 if _heard(p) >= LOUD else 1.0


def _heard(p: Prototype) -> float:
    return 0.0 if p.muted else p.gain


_KINDS = (
    _Kind("as believed", "Every gain as the model believes it, from what you like.", as_believed),
    _Kind(
        "all equal",
        "Every prototype that counts for you counts the same; what is only on offer stays at 0.",
        _all_equal,
    ),
    _Kind("only the first", "The first of those that count most, alone; the others wait at 0.", _only_the_first),
    _Kind("the rest", "What was quiet so far is heard, and what was loud rests.", _the_rest),
)
