"""The card that lies beside what was learned from words and choices: what it is, from what, and how well it does."""

from musicdesk.records.meaning import MeaningReport, StageReport

_STAGES = {"meaning": "What the sounds mean", "preference": "What is taken after what"}
_FOUND = {
    "meaning": "Held-out sounds among the ten nearest of their own text",
    "preference": "Of what was taken after a track, among its ten nearest",
}


def card(report: MeaningReport) -> str:
    """The card in Markdown."""
    return "\n\n".join([_head(report), *(_stage(stage) for stage in report.stages), _LIMITS]) + "\n"


def _head(report: MeaningReport) -> str:
    heard = "spectrograms" if report.base == "mel" else f"the vectors of {report.base}"
    return f"""# {report.encoder}

Sounds and words in one space of 100 numbers, learned on this computer from the library of its listener: HTCL (Pan et
al., ICMR 2025). Sounds come in as {heard}, words are read by {report.sentences}.

- Learned from {report.tracks:,} tracks in {report.seconds:.0f} s
- Licence: yours. What it learned from (names, tags, choices) cannot be read off its weights, but they are made of it:
  think before you give them away
- Learn it again with: musicdesk meaning learn"""


def _stage(stage: StageReport) -> str:
    before, after = stage.recall
    lines = [
        f"## {_STAGES.get(stage.name, stage.name)}",
        "",
        f"{stage.pairs:,} pairs, {len(stage.losses)} epochs, {stage.seconds:.0f} s.",
        f"{_FOUND.get(stage.name, 'Recall@10')}: {100 * before:.0f} % before, {100 * after:.0f} % after"
        f"{_chance(stage)}."
        if stage.known
        else "There were too few artists to hold any out and see how well it finds sounds.",
    ]
    if stage.probes:
        lines += ["", "| Read off the sounds by a linear probe | Before | After | Chance |", "|---|---|---|---|"]
        lines += [f"| {p.name} | {p.before:.3f} | {p.after:.3f} | {p.chance:.3f} |" for p in stage.probes]
    return "\n".join([*lines, *(["", stage.rolled_back] if stage.rolled_back else [])])


def _chance(stage: StageReport) -> str:
    return f" (of {stage.held:,} held-out tracks; chance {100 * stage.chance:.0f} %)" if stage.chance else ""


_LIMITS = """## Limits

It knows the music of one library, and words as that library's files, their listener and the encoder below use them.
Of music unlike all of it, it says what is nearest."""
