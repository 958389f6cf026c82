"""What a track feels like, in words: how sure, who told, and honestly nothing where nobody is sure."""

from collections.abc import Mapping

from musicdesk.records import Axis, TrackMood

PLAIN: Mapping[Axis, str] = {
    Axis.AROUSAL: "energy", Axis.VALENCE: "happiness", Axis.ACOUSTICNESS: "acousticness",
    Axis.BRIGHTNESS: "brightness", Axis.TEMPO: "tempo", Axis.VOCALNESS: "vocals",
}  # fmt: skip
"""The axes, as people call them."""


def mood_text(found: TrackMood) -> str:
    """In one line: Mood: calm, 74 % sure."""
    best, nearest = max(found.shares, key=lambda pair: pair[1])
    if found.corrected and found.mood is not None:
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
    return "\n".join(filter(None, (shares, *axes, told, "Wrong? Press F and say what it feels like.")))
