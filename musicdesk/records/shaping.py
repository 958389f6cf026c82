"""What is told of a taste that is shaped by hand: named tastes, presets, differences, and how it went over time."""

from dataclasses import dataclass

from musicdesk.records.taste import Taste


@dataclass(frozen=True, slots=True)
class NamedTaste:
    """A taste that was kept under a name."""

    name: str
    prototypes: int
    """How many it has."""
    encoder: str
    """The encoder it was made with; with another one in use it is carried over by the tracks that stand for it."""
    changed: float
    """When it was kept, in seconds since the epoch."""
    current: bool = False
    """Whether the taste as it stands is this one, to the last gain."""


@dataclass(frozen=True, slots=True)
class GainChange:
    """A gain before and after; also side by side, in two tastes."""

    id: str
    """Of the prototype, or "advisor:" and a name."""
    name: str
    slot: int
    before: float | None
    """None where there was no such prototype."""
    after: float | None
    """None where there is none any more."""
    renamed: str = ""
    """What it is called after, where that is another name."""


@dataclass(frozen=True, slots=True)
class Preset:
    """Gains that follow from the taste itself."""

    name: str
    says: str
    """A sentence: what it does."""
    changes: tuple[GainChange, ...] = ()
    """What it would change now."""


@dataclass(frozen=True, slots=True)
class TagChoice:
    """A word that a prototype can be made of."""

    word: str
    kind: str
    """Where it comes from: "sound" (the encoder hears it), "genre" (of the files) or "own" (the listener's)."""
    tracks: int
    """How many tracks of the library speak for it."""


@dataclass(frozen=True, slots=True)
class TasteComparison:
    """Two tastes side by side."""

    first: str
    """Its name; "" is the taste as it stands."""
    second: str
    gains: tuple[GainChange, ...]
    """Every prototype of either: its gain in the first (``before``) and in the second (``after``)."""
    shared: int
    """So many of the first picks of the one are among those of the other."""
    of: int
    """How many picks of each were looked at, at most 50."""
    first_words: tuple[str, ...] = ()
    """The encoder's words in which the picks of the first stand out and those of the second do not."""
    second_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GainCurve:
    """The gain of one prototype day by day."""

    id: str
    name: str
    """Its latest."""
    slot: int
    gains: tuple[float | None, ...]
    """One a day; 0 while muted, None where there was no such prototype."""


@dataclass(frozen=True, slots=True)
class TasteHistory:
    """The taste over time: how it stood at the end of each day, oldest first."""

    days: tuple[str, ...]
    """Dates (2026-05-01), without gaps from the first that is known."""
    curves: tuple[GainCurve, ...]
    """Those of the taste as it stands first, in its order."""


@dataclass(frozen=True, slots=True)
class CarriedTaste:
    """A taste from a file, as it is heard in this library."""

    name: str
    taste: Taste
    left_out: tuple[str, ...] = ()
    """Names of its prototypes of which nothing is here."""
    encoder: str = ""
    """By whose ears it was made, where that is another than the one in use here."""
