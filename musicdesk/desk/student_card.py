"""The model card that lies beside a student: what it is, what it learned from, how it was tested, what it cannot do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from musicdesk.evaluation.student import StudentReport
from musicdesk.records import Measure

LICENCE = "GPL-3.0-or-later"
NAMES = {"cnn": "this student", "musicnn": "MusiCNN, its teacher", "handcrafted": "handcrafted measures"}


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of music that it learned from."""

    name: str
    tracks: int
    licence: str


def card(told: Mapping[str, Any], music: Sequence[Folder], report: StudentReport | None, command: str) -> str:
    """The model card in Markdown; ``told`` is what ``config.json`` says."""
    return "\n\n".join([_head(told), _lessons(told, music), _how(told, command), _tested(report), _LIMITS]) + "\n"


def _head(told: Mapping[str, Any]) -> str:
    filters = ", ".join(map(str, told["recipe"]["config"]["filters"]))
    return f"""# The encoder `cnn`

Three seconds of music in; 128 numbers that say how it sounds, and the probabilities of {told["words"]} words (among
them the 50 tags of MusiCNN's Million Song network) out. A small convolutional network taught by MusiCNN (Pons & Serra
2019, ISC licence) to say what its teacher says, at a fraction of the cost and without torch.

- Licence: {LICENCE}, as musicdesk itself
- Weights: `weights.safetensors`, {told["size_bytes"] / 1e6:.1f} MB, half precision, normalisations folded in,
  sha256 `{told["sha256"]}`
- Input: mono, 16 kHz, levelled to an RMS of -20 dB over a track's windows; log-mel of 96 bands, 47 frames of 64 ms
- Network: four blocks of 3 × 3 convolution ({filters} filters), maximum over places, normalisation and
  ReLU; mean and maximum over time; a layer of {told["recipe"]["config"]["dense"]:,}; two linear heads
- The embedding is turned so that its dimensions vary alike: a library's space, which standardises every dimension,
  leaves its distances as they were taught"""


def _lessons(told: Mapping[str, Any], music: Sequence[Folder]) -> str:
    rows = "\n".join(f"| {folder.name} | {folder.tracks} | {folder.licence or 'not stated'} |" for folder in music)
    return f"""## What it learned from

{told["examples"]:,} examples from {told["tracks"]} tracks: windows spread over each track, and altered copies (mixed
with another track of the same group, played faster or slower, equalised, with noise, at another level), each with what
the teacher says of exactly that sound. Nobody labelled anything.

| Folder | Tracks | Licence |
|---|---|---|
{rows}"""


def _how(told: Mapping[str, Any], command: str) -> str:
    last = told["epochs"][-1]
    return f"""## How it was trained

    {command}

Seed {told["wishes"]["seed"]}; everything else stands in `config.json`, the course of the training too (after
{last["number"]} epochs, the share of the teacher's variance that it missed on what it learned from was
{last["vectors_missed"]:.2f}, and {last["tags_missed"]:.2f} of what the tags tell)."""


def _tested(report: StudentReport | None) -> str:
    if report is None:
        return "## How near it comes to its teacher\n\nIt was tested on nobody."
    same = _measure(report.top_words_always_the_same)
    rows = "\n".join(
        f"| {NAMES[name]} | {_measure(found.map)} | {found.chance.mean:.3f} | {1000 * report.cpu_s[name]:.1f} |"
        for name, found in report.albums.items()
    )
    return f"""## How near it comes to its teacher

Measured in {report.folds} folds on {report.tracks} tracks that were held out: a student was taught on all but one share
of the artists and albums, and tested on that share; the student that is kept learned from all. Every track was recoded
to one format first, since codecs give albums away.

| Encoder | same-album MAP, 95 % interval over albums | chance | CPU ms a track, features and network |
|---|---|---|---|
{rows}

- The teacher's five strongest words of a track, found in the student's order: mean average precision
  {_measure(report.top_words)}; always answering with the teacher's usual words gives {same}
- Correlation with the teacher over tracks, mean over words: Pearson {report.word_pearson:.2f}, rank
  {report.word_rank:.2f}
- Rank correlation of its cosines with the teacher's over all pairs of tracks: {report.distance_rank:.2f}"""


def _measure(measure: Measure) -> str:
    return f"{measure.mean:.3f} [{measure.low:.3f}, {measure.high:.3f}]"


_LIMITS = """## Limits

It knows no more than its teacher, and less: of music that is rare among the folders above it can say little, and the
teacher's own prejudices (tags of listeners of the 2000s) are in it. It is there so that musicdesk works well from the
first minute; where MusiCNN can be installed, that is the better choice."""
