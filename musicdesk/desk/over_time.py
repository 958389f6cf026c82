"""The taste over time: how it stood at the end of each day, and what is different from a month ago."""

from collections.abc import Mapping
from datetime import date, timedelta

from musicdesk.desk.gains import changes, difference
from musicdesk.records import GainChange, GainCurve, Prototype, Taste, TasteHistory


def history(days: Mapping[str, Taste], current: Taste, *, today: date, length: int) -> TasteHistory:
    """The last ``length`` days up to ``today``; ``days`` holds those on which the taste changed, in order.

    A day on which nothing changed stands as the one before it.
    """
    known = {**days, today.isoformat(): current}
    first = max(min(map(date.fromisoformat, known)), today - timedelta(days=length - 1))
    dates = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    standing = [_standing(known, day) for day in dates]
    latest: dict[str, Prototype] = {p.id: p for taste in standing if taste for p in taste.prototypes}
    order = [p.id for p in current.prototypes]
    curves = [_curve(latest[i], standing) for i in (*order, *(i for i in latest if i not in order))]
    return TasteHistory(tuple(day.isoformat() for day in dates), tuple(curves))


def changed(days: Mapping[str, Taste], current: Taste, *, today: date, length: int) -> tuple[GainChange, ...]:
    """What is different from ``length`` days ago, or from the first day that is known; the largest first.

    What came or went at a gain of 0, as words on offer do, has changed nothing.
    """
    past = today - timedelta(days=length)
    before = _standing(days, past) or next(iter(days.values()), current)
    told = (change for change in changes(before, current) if (change.before or 0.0) != (change.after or 0.0))
    return tuple(sorted(told, key=lambda change: -difference(change)))


def _standing(days: Mapping[str, Taste], day: date) -> Taste | None:
    """The taste as it stood at the end of a day."""
    until = [known for known in days if known <= day.isoformat()]
    return days[max(until)] if until else None


def _curve(p: Prototype, standing: list[Taste | None]) -> GainCurve:
    return GainCurve(p.id, p.name, p.slot, tuple(_gain(taste, p.id) for taste in standing))


def _gain(taste: Taste | None, identity: str) -> float | None:
    found = next((p for p in taste.prototypes if p.id == identity), None) if taste else None
    return None if found is None else 0.0 if found.muted else found.gain
