"""What is said of a prototype: how it stands, where it comes from, how faithful what is heard is to its word."""

from dataclasses import dataclass

from musicdesk.records import Excerpt, Origin, Prototype, Track
from musicdesk.ui.prototype_name import NEGATION

CLEARLY, HARDLY = 0.9, 0.5
"""Percentiles from which what is heard speaks for the word clearly, and below which it hardly does."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a prototype stands among its fellows."""

    off: bool
    badge: str
    """What to say of it beside its name ("" if it plays as it is)."""
    reason: str

    @classmethod
    def of(cls, prototype: Prototype, *, soloed: bool) -> "Standing":
        """Muted, outdone by a solo, locked, or nothing special."""
        if prototype.muted:
            return cls(off=True, badge="muted", reason="Muted: it does not count now.")
        if soloed and not prototype.solo:
            return cls(
                off=True, badge="not in solo", reason="Another prototype is on solo: this one does not count now."
            )
        if prototype.solo:
            return cls(off=False, badge="solo", reason="Only the prototypes on solo count now.")
        if prototype.locked:
            return cls(off=False, badge="locked", reason="Locked: it stays as it is when you like more tracks.")
        return cls(off=False, badge="", reason="")


def origin_of(prototype: Prototype, *, from_likes: bool, negative: bool) -> str:
    """Where a prototype comes from, in words."""
    if prototype.origin is Origin.TEXT and prototype.word:
        return f"from the words “{prototype.word}”"
    if not prototype.support:
        return ""
    many = f"{prototype.support:,}"
    plural = "" if prototype.support == 1 else "s"
    if prototype.origin is Origin.TAG and prototype.word:
        return f"from {many} “{prototype.word}” track{plural}"
    if prototype.origin is Origin.TRACKS:
        return f"from {many} track{plural} that you chose"
    if negative:
        return f"from {many} disliked track{plural}"
    return f"from {many} liked track{plural}" if from_likes else f"from {many} track{plural} of your library"


def is_negative(prototype: Prototype) -> bool:
    """Whether it stands for what the listener does not want."""
    return prototype.name.startswith(NEGATION)


def faithful_text(prototype: Prototype) -> str:
    """How far what is heard agrees with its word, in a few words; "" while nobody measured it."""
    if prototype.faithful is None:
        return ""
    degree = "clearly " if prototype.faithful >= CLEARLY else "hardly " if prototype.faithful < HARDLY else ""
    what = f" as {prototype.word}" if prototype.word else " in its examples"
    return f"{degree}heard{what}: {_percent(prototype.faithful)}"


def faithful_hint(prototype: Prototype) -> str:
    """The same as a sentence that says what was measured; "" while nobody did."""
    if prototype.faithful is None:
        return ""
    word = f"“{prototype.word}”" if prototype.word else "its name"
    more = "" if prototype.faithful >= HARDLY else " Other examples or another name may suit it better."
    return (
        f"Its examples agree with {word} more than {_percent(prototype.faithful)} of your library does, "
        f"as the encoder hears them.{more}"
    )


def example_text(track: Track | None, excerpt: Excerpt | None, *, number: int) -> str:
    """Which track an example is, and from where it is heard."""
    title = track.label if track is not None else f"example {number}"
    return f"{title}, from {clock(excerpt.start_s)}" if excerpt is not None else title


def clock(seconds: float) -> str:
    """A place in a track as a player writes it."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
