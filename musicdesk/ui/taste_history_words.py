"""How the taste over time is said: what changed since when, in a sentence."""

from collections.abc import Sequence
from datetime import date

from musicdesk.records import GainChange
from musicdesk.ui.ink import spoken

NAMED = 3
"""So many changes are named in the sentence; the others are counted."""
NOTHING_KNOWN = (
    "Here you will see how your taste changes. It is looked at once a day, and nothing is known from before today."
)


def since(days: Sequence[str]) -> str:
    """How long ago the first of these days is: "yesterday", "5 days ago", "a month ago"."""
    passed = (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days if days else 0
    if passed <= 1:
        return "yesterday" if passed else "today"
    return "a month ago" if 28 <= passed <= 31 else f"{passed} days ago"


def told_changes(changes: Sequence[GainChange], days: Sequence[str]) -> str:
    """What changed between the first and the last of these days, the largest first."""
    span = _span(days)
    if not changes:
        return f"Nothing has changed {span}."
    named = "; ".join(change_text(change) for change in changes[:NAMED])
    rest = len(changes) - NAMED
    more = f"; and {rest} smaller change{'s' * (rest != 1)}" if rest > 0 else ""
    return f"{span[0].upper()}{span[1:]}: {named}{more}."


def change_text(change: GainChange) -> str:
    """One change: the gains before and after, or that it came or went."""
    if change.before is None:
        return f"{change.name} is new at {_gain(change.after)}"
    if change.after is None:
        return f"{change.name} is gone (it was at {_gain(change.before)})"
    called = f"{change.name}, now {change.renamed}," if change.renamed else change.name
    return f"{called} {_gain(change.before)} → {_gain(change.after)}"


def gains_text(before: float | None, after: float | None) -> str:
    """Two gains; what was not there yet or is no more is said in a word."""
    if before is None:
        return f"new · {_gain(after)}"
    return f"{_gain(before)} → {'gone' if after is None else _gain(after)}"


def number(gain: float | None) -> str:
    """A gain in a table; a dash where there was no such prototype."""
    return "–" if gain is None else spoken(gain)


def spoke(name: str, before: float | None, after: float | None, *, letters: int = 16) -> str:
    """What stands at the end of a spoke: the first words of a name, and the gain."""
    short = name.split(" · ")[0]
    short = short if len(short) <= letters else f"{short[: letters - 1].rstrip()}…"
    moved = before is not None and after is not None and abs(after - before) >= 0.05
    return f"{short}\n{spoken(before or 0, digits=1)} → {_short(after)}" if moved else f"{short}\n{_short(after)}"


def _short(gain: float | None) -> str:
    return "gone" if gain is None else spoken(gain, digits=1)


def _gain(gain: float | None) -> str:
    return spoken(gain or 0.0)


def _span(days: Sequence[str]) -> str:
    ago = since(days)
    if ago in ("today", "yesterday"):
        return f"since {ago}"
    return f"in the last {'month' if ago == 'a month ago' else ago.removesuffix(' ago')}"
