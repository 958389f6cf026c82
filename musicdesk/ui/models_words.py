"""An encoder in words: its state, what it is good at, what it takes; the same in table, details and notices."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from musicdesk.records import EncoderCost, ModelStatus, Strength

MB = 1_000_000
VERSION = re.compile(r"(?<=[A-Z]) \d\.\d$")
UNMEASURED = "not measured yet"
TASKS = ("hot", "cold", "mood", "genre")
"""What encoders are compared at, in the order of the table."""
MEANINGS = {
    "hot": "tracks that many people have played",
    "cold": "tracks that nobody has played yet",
    "mood": "telling moods apart",
    "genre": "telling genres apart",
}
BY = {"study": "Tamm and Aljanaki (2026)", "musicdesk": "musicdesk itself"}


class Standing(Enum):
    """What an encoder is here, from the best down; the order is that of the column."""

    IN_USE = "in use"
    TRAINED = "trained here"
    SHIPPED = "built in"
    INSTALLED = "installed"
    LACKING = "needs library"
    ABSENT = "not installed"


MEANS = {
    Standing.IN_USE: "It listens to your library",
    Standing.TRAINED: "Trained on this computer, on your labels",
    Standing.SHIPPED: "Comes with musicdesk; there is nothing to install",
    Standing.INSTALLED: "Ready to be used",
    Standing.LACKING: "A library that it needs is missing",
    Standing.ABSENT: "Its weights are not on this computer",
}


def has_weights(model: ModelStatus) -> bool:
    """Whether its weights are here, even if something else still lacks."""
    return model.installed or model.path is not None


def taken(model: ModelStatus) -> int:
    """Bytes that it takes on the disk now."""
    return model.size_bytes if has_weights(model) else model.fetched_bytes


def problem_text(model: ModelStatus) -> str:
    """Why it cannot be used, where that is more than that it is not installed; the desk's sentence names commands."""
    if model.extra:
        return f"{model.title} needs a library that is not installed."
    absent = not has_weights(model) and not model.shipped and "not installed" in model.problem
    return "" if absent else model.problem


def standing(model: ModelStatus, used: str) -> Standing:
    """What an encoder is here; ``used`` is the name of the one in use."""
    if model.name == used:
        return Standing.IN_USE
    if model.extra:
        return Standing.LACKING
    if not model.installed:
        return Standing.ABSENT
    return Standing.TRAINED if model.trained else Standing.SHIPPED if model.shipped else Standing.INSTALLED


def standing_text(model: ModelStatus, used: str) -> str:
    """The same in a word or two, naming the extra that brings the library."""
    here = standing(model, used)
    return f"needs {model.extra}" if here is Standing.LACKING else here.value


def bytes_text(size: int) -> str:
    """A size as people write it: 46 MB, 1.3 GB."""
    if size < MB:
        return f"{max(1, round(size / 1000)):,} kB" if size else "0 MB"
    return f"{size / MB:,.0f} MB" if size < 999.5 * MB else f"{size / MB / 1000:,.1f} GB"


def size_text(model: ModelStatus) -> str:
    """What its weights take on the disk."""
    return bytes_text(model.size_bytes) if model.size_bytes else "–"


def licence_text(model: ModelStatus) -> str:
    """Its licence, short enough for a column: without the version of a Creative Commons licence."""
    return VERSION.sub("", model.licence).replace("-or-later", "+")


def memory_text(model: ModelStatus) -> str:
    """What its network needs at least."""
    return bytes_text(model.memory_mb * MB) if model.memory_mb else "little"


def seconds_text(seconds: float) -> str:
    """A time for one track: 0.04 s, 1.2 s, 48 s."""
    return f"{seconds:.2f} s" if seconds < 0.995 else f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:,.0f} s"


def cost_text(cost: EncoderCost | None) -> str:
    """What a track takes on this computer, in a line."""
    if cost is None:
        return UNMEASURED
    place = "the processor" if cost.device.lower() == "cpu" else cost.device
    return (
        f"{seconds_text(cost.wall_s)} a track ({seconds_text(cost.cpu_s)} of processor time), "
        f"{bytes_text(round(cost.peak_mb * MB))} at most, on {place}, over {cost.tracks:,} tracks"
    )


# ---------------------------------------------------------------------------------------------- what it is good at


def ordinal(place: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th."""
    last = 0 if place % 100 in (11, 12, 13) else place % 10
    return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def best(strengths: Sequence[Strength], task: str) -> Strength | None:
    """What counts for a task: the study's figure, which names most encoders, or else the first one."""
    about = [strength for strength in strengths if strength.task == task]
    return next((strength for strength in about if strength.by == "study"), about[0] if about else None)


def place_text(strength: Strength) -> str:
    """As in "cold 1st of 10"."""
    return f"{strength.task} {ordinal(strength.place)} of {strength.of}"


def measured_text(strength: Strength) -> str:
    """The figure behind a place, and who measured it."""
    return f"{place_text(strength)}: {strength.metric} {strength.value:.3g}, {BY.get(strength.by, strength.by)}"


def good_at(strengths: Sequence[Strength]) -> str:
    """The best place for every task that was measured, in a line; "" if none was."""
    found = (best(strengths, task) for task in TASKS)
    return " · ".join(place_text(strength) for strength in found if strength is not None)


def good_at_hint(strengths: Sequence[Strength], task: str = "") -> str:
    """All figures, a line each, for one task or for every one."""
    lines = [measured_text(strength) for strength in strengths if task in ("", strength.task)]
    return "\n".join(lines)


# ---------------------------------------------------------------------------------------------- how it listens


def hearing_text(model: ModelStatus) -> str:
    """6 windows of 5 s, at 24 kHz."""
    if not model.windows:
        return f"At {model.rate_hz / 1000:g} kHz"
    windows = "1 window" if model.windows == 1 else f"{model.windows} windows"
    return f"{windows} of {model.window_s:g} s a track, at {model.rate_hz / 1000:g} kHz"


def devices_text(model: ModelStatus) -> str:
    """On what it can run."""
    names = {"cpu": "processor", "cuda": "NVIDIA card", "mps": "Apple graphics"}
    return ", ".join(names.get(device, device) for device in model.devices)


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the details; a ``half`` one leaves room for another beside it."""

    word: str
    text: str
    hint: str = ""
    half: bool = False


def fetch_text(model: ModelStatus) -> str:
    """What is to be fetched before it can be used; "" where nothing is."""
    if has_weights(model) or not model.download_bytes:
        return ""
    here = f", {bytes_text(model.fetched_bytes)} of it here already" if model.fetched_bytes else ""
    return f", {bytes_text(model.download_bytes)} to fetch{here}"


def facts(model: ModelStatus) -> tuple[Fact, ...]:
    """What is known of an encoder, line by line."""
    weights = f"{bytes_text(model.size_bytes)} on the disk{fetch_text(model)}" if model.size_bytes else "none"
    licence = f"{model.licence} (to be accepted first)" if model.accept and not has_weights(model) else model.licence
    known = (
        Fact("Good at", good_at(model.strengths), good_at_hint(model.strengths)),
        Fact("Listens to", hearing_text(model), half=True),
        Fact("Gives", f"{model.dim:,} numbers a track", half=True),
        Fact("Weights", weights, half=True),
        Fact("Licence", licence, half=True),
        Fact("Memory", memory_text(model), half=True),
        Fact("Runs on", devices_text(model), half=True),
        Fact("Speed here", cost_text(model.cost)),
    )
    return tuple(fact for fact in known if fact.text)


def after_use(model: ModelStatus, *, todo: int) -> str:
    """What follows from listening with another encoder."""
    if not todo:
        return f"{model.title} is in use; everything was listened to with it already."
    tracks = "1 track has" if todo == 1 else f"{todo:,} tracks have"
    return f"{model.title} is in use. {tracks} still to be listened to with it; what others heard is kept."
