"""What a track feels like, in words: how sure, who told, and honestly nothing where nobody is sure."""

from collections.abc import Mapping

from musicdesk.records import Axis, TrackMood

PLAIN: Mapping[Axis, str] = {
    Axis.AROUSAL: "energy", Axis.VALENCE: "happiness", Axis.ACOUSTICNESS: "acousticness",
    Axis.BRIGHTNESS: "brightness", Axis.TEMPO: "tempo", Axis.VOCALNESS: "vocals",
}  # fmt: skip
"""The axes, as people call them."""

ENDS: Mapping[Axis, tuple[str, str]] = {
    Axis.AROUSAL: ("calm", "energetic"), Axis.VALENCE: ("sad", "happy"),
    Axis.ACOUSTICNESS: ("electronic", "acoustic"), Axis.BRIGHTNESS: ("dark", "bright"), Axis.TEMPO: ("slow", "fast"),
    Axis.VOCALNESS: ("instrumental", "sung"),
}  # fmt: skip
"""What stands at the two ends of each axis."""
MIDDLING = (0.4, 0.6)
"""Between these places neither end has a word for it."""
HARDLY = 0.2
"""What is known less surely than this is hardly known."""


def place_text(axis: Axis, place: float) -> str:
    """A place on an axis as a percentile with a word, both of the figure that is shown: calm 12 %."""
    (low, high), percent = ENDS[axis], round(100 * place)
    word = low if percent < 100 * MIDDLING[0] else high if percent > 100 * MIDDLING[1] else "middling"
    return f"{word} {percent} %"


def sure_text(sure: float) -> str:
    """How sure a place is."""
    return f"{100 * sure:.0f} % sure" if sure >= HARDLY else "hardly known"


def mood_text(found: TrackMood) -> str:
    """In one line: Mood: calm, 74 % sure."""
    best, nearest = max(found.shares, key=lambda pair: pair[1])
    if found.corrected and found.mood is not None and found.sure >= 1:  # only a mood that was named is as sure as that
        return f"Mood: {found.mood.value}, as you said"
    if found.mood is None:
        return f"Mood: uncertain; nearest to {best.value} ({100 * nearest:.0f} %)"
    own = dict(found.shares)[found.mood]
    share = "" if abs(own - found.sure) < 0.01 else f" {100 * own:.0f} %"  # the same figure is not said twice
    return f"Mood: {found.mood.value}{share}, {100 * found.sure:.0f} % sure"


def mood_hint(found: TrackMood) -> str:
    """All that is known, a line each."""
    shares = ", ".join(f"{mood.value} {100 * share:.0f} %" for mood, share in found.shares)
    axes = [f"{PLAIN[axis].capitalize()}: above {100 * place:.0f} % of the library" for axis, place, _ in found.axes]
    told = f"Told by {', '.join(found.witnesses)}" if found.witnesses else ""
    return "\n".join(filter(None, (shares, *axes, told, "Wrong? Click here or press F, and say what it feels like.")))
