"""Two tastes side by side, gain by gain, and what the model believes beside what a person set."""

from dataclasses import replace

from musicdesk.desk.advising import SLOTS
from musicdesk.prototypes import inheritance
from musicdesk.records import ADVISOR, GainChange, Taste

MOVED = 5e-4
"""A gain that differs by less is the same: nobody sees it."""


def as_believed(taste: Taste) -> Taste:
    """A taste with the gains that the model believes; locked prototypes keep theirs."""
    prototypes = tuple(p if p.locked else replace(p, gain=p.found) for p in taste.prototypes)
    return replace(taste, prototypes=prototypes, advisors=tuple(replace(a, gain=a.found) for a in taste.advisors))


def side_by_side(before: Taste, after: Taste) -> tuple[GainChange, ...]:
    """Every gain of either taste, prototypes by their identity, advisors by their name."""
    old, new = _gains(before), _gains(after)
    return tuple(_change(identity, old.get(identity), new.get(identity)) for identity in {**old, **new})


def matched(before: Taste, after: Taste) -> Taste:
    """``after``, in which what has no namesake in ``before`` goes by the identity of the nearest one that is free."""
    theirs = {p.id for p in after.prototypes}
    free = [p for p in before.prototypes if p.id not in theirs and p.vector.shape[0]]
    known = {p.id for p in before.prototypes}
    new = [p for p in after.prototypes if p.id not in known and p.vector.shape[0]]
    if not free or not new:
        return after
    heirs = {
        p.id: heir.id for p, heir in zip(new, inheritance.matched([p.vector for p in new], free), strict=True) if heir
    }
    return replace(after, prototypes=tuple(replace(p, id=heirs.get(p.id, p.id)) for p in after.prototypes))


def changes(before: Taste, after: Taste) -> tuple[GainChange, ...]:
    """The gains that differ between two tastes."""
    return tuple(change for change in side_by_side(before, after) if difference(change) >= MOVED)


def difference(change: GainChange) -> float:
    """How far a gain has moved; what came or went moved from or to nothing, and by no less than can be seen."""
    if change.before is None or change.after is None:
        return max(abs(change.before or change.after or 0.0), MOVED)
    return abs(change.after - change.before)


_Told = tuple[str, int, float]


def _gains(taste: Taste) -> dict[str, _Told]:
    """Name, slot and gain of every slider."""
    prototypes = {p.id: (p.name, p.slot, p.gain) for p in taste.prototypes}
    return {**prototypes, **{ADVISOR + a.name: (a.name, SLOTS.get(a.name, 0), a.gain) for a in taste.advisors}}


def _change(identity: str, old: _Told | None, new: _Told | None) -> GainChange:
    name, slot, _ = old or new or ("", 0, 0.0)
    renamed = new[0] if new and new[0] != name else ""
    return GainChange(identity, name, slot, old[2] if old else None, new[2] if new else None, renamed)
