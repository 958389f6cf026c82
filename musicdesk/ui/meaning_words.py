"""What is told of learning words and preference: what there is, how far it is, what came of it."""

from collections.abc import Sequence

from musicdesk.records.meaning import MEANING, PREFERENCE, MeaningStatus, Probe, StageReport
from musicdesk.ui.training_words import percent

INTRO = (
    "musicdesk can learn, on this computer, which words go with which sounds of your library, and bend what sounds "
    "alike towards what you choose after what. Search by words gains by it, and it can listen in place of the encoder."
)
TITLES = {MEANING: "Words and sounds", PREFERENCE: "Your choices"}
"""Stage → what it learns."""
FOUND = {MEANING: "Sounds found by their texts", PREFERENCE: "Tracks found by what they were chosen after"}
"""Stage → what its recall is of."""
HEADS = ("", "Before", "After", "Chance")
FEW = (
    "None of your choices are known yet: it learns words alone. Likes, playlists and what you play after a track count."
)


def counted(number: int, what: str) -> str:
    """A number of things."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def standing_title(status: MeaningStatus, *, used: str) -> str:
    """What there is, in a few words."""
    if status.report is None:
        return "Nothing is learned yet"
    news = "; so much is new that it should learn anew" if status.stale and not status.note else ""
    used_now = ", and in use" if in_use(status, used) else ""
    return f"Learned from {counted(status.report.tracks, 'track')}{used_now}{news}"


def standing_fact(status: MeaningStatus) -> str:
    """What it could learn from now, or why it cannot."""
    if status.problem:
        return ""
    pairs = f" and {counted(status.pairs, 'pair')} of tracks that you chose together" if status.pairs else ""
    return f"There are {counted(status.tracks, 'track')}{pairs} to learn from.{'' if pairs else f' {FEW}'}"


def in_use(status: MeaningStatus, used: str) -> bool:
    """Whether what was learned listens now."""
    return bool(status.encoder) and status.encoder == used


def report_rows(stages: Sequence[StageReport]) -> list[tuple[str, ...]]:
    """How well each stage does, before and after it, as rows of a table."""
    rows: list[tuple[str, ...]] = []
    for stage in stages:
        before, after = map(percent, stage.recall) if stage.known else ("–", "–")
        chance = percent(stage.chance) if stage.chance is not None else ""
        rows.append((f"{FOUND.get(stage.name, stage.name)} ({_asked(stage)})", before, after, chance))
        rows += [_probe_row(probe) for probe in stage.probes]
    return rows


def _asked(stage: StageReport) -> str:
    """Of what the recall is."""
    if not stage.known:
        return "not known: too few artists to hold any out"
    return f"among the first 10 of {stage.held:,}" if stage.held else "among the first 10, of the pairs it learned"


def rolled_back(stages: Sequence[StageReport]) -> str:
    """Why a stage was undone; "" if all stand."""
    return " ".join(stage.rolled_back for stage in stages if stage.rolled_back)


def losses_text(losses: Sequence[float]) -> str:
    """The curve of a stage in words."""
    if not losses:
        return "nothing yet"
    return f"loss {losses[0]:.3f} at first, {losses[-1]:.3f} after {counted(len(losses), 'round')}"


def _probe_row(probe: Probe) -> tuple[str, ...]:
    chance = percent(probe.chance) if probe.chance else ""
    return f"    {probe.name}, read off by artists it never heard", percent(probe.before), percent(probe.after), chance
