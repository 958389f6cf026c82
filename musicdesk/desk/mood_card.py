"""The card that lies beside the mood models: what they are, what taught them, how they were tested, their limits."""

from collections.abc import Sequence

from musicdesk.evaluation.mood_labels import EmotionRow, LabelsReport
from musicdesk.records import Measure

LICENCE = "GPL-3.0-or-later"


def card(reports: Sequence[LabelsReport]) -> str:
    """The card in Markdown."""
    return "\n\n".join([_HEAD, _lessons(reports[0]), *(_tested(report) for report in reports), _LIMITS]) + "\n"


_HEAD = f"""# The mood models

The vector of a track, the words that its encoder says and measures of its sound in; out come the shares of listeners
who would feel each of nine emotions (Geneva Emotional Music Scale: amazement, solemnity, tenderness, nostalgia,
calmness, power, joyful activation, tension, sadness), with a standard error, and how likely each of four moods is the
strongest (energetic, calm, happy, sad). How emotions become moods, valence and arousal stands in
`musicdesk/mood/axes.py`.

- Licence: {LICENCE}, as musicdesk itself
- One folder an encoder; `+measures` hears timbre, brightness and harmony of the encoder `handcrafted` besides. None
  hears its rhythm and dynamics: onsets, loudness and tempo are kept to test what is claimed ("calmer")
- Made for one version of its encoder; another version is refused
- Inputs in deviations, every kind weighing alike; 64 principal components; 1,024 random Fourier features; ridge
  regression of the arcsine of the root of the shares; shares stretched, errors and moods' odds calibrated by artists
  that were held out"""

_LIMITS = """## Limits

Listeners of a game on the web said what 400 excerpts made them feel; most excerpts were heard by fourteen of them, of
whom nobody is the listener at this desk. Classical, rock, electronic and pop music was asked about, by artists of one
label; of hip-hop, jazz or music from outside Europe and North America nothing was learned. Music unlike all of it is
told the usual feelings, and its mood stays uncertain. What is felt by one person on one day is another matter: correct
it, and the correction counts."""


def _lessons(report: LabelsReport) -> str:
    return f"""## What they learned from

Emotify (Aljanaki, Wiering & Veltkamp, "Studying emotion induced by music through a crowdsourcing game", 2016), for
research: {report.sounds} excerpts of a minute by {report.artists} artists (Magnatune, CC BY-NC-SA), and
{report.answers:,} answers. Neither sounds nor answers are in these files: all that is left of them are the weights of a
regression.

    musicdesk train mood --data EMOTIFY --out MOOD"""


def _tested(report: LabelsReport) -> str:
    name = f"{report.encoder}{'+measures' if report.measures else ''}"
    rows = "\n".join(_row(row) for row in (*report.emotions, *report.axes))
    sure = "\n".join(
        f"| {row.at_least:.1f} | {100 * row.share:.0f} % | {row.told:.2f} | {_interval(row.right)} |"
        for row in report.sure
    )
    return f"""## `{name}` at artists that it never heard

{report.seeds} divisions of the artists into five parts, everything chosen within four of them; Pearson's r with 95 %
intervals over artists. Ceiling: what a perfect model would reach, so few being asked. Reference: ridge regression on
the mean MusiCNN vector over all patches of 3 s.

| Felt | r | taught by shuffled answers | ceiling | reference |
|---|---|---|---|---|
{rows}

The strongest mood is told right for {_interval(report.right)} of the excerpts (always the same one:
{report.chance:.2f}; as many listeners drawn anew agree with the first: {report.agreement:.2f}).
{100 * report.covered:.0f} % of the shares lie within 1.96 standard errors.

| Sure at least | excerpts | said to be right | right |
|---|---|---|---|
{sure}"""


def _row(row: EmotionRow) -> str:
    name, control = row.name.replace("_", " "), f"{row.shuffled.mean:+.2f}"
    reference = "" if row.reference is None else f"{row.reference:.2f}"
    return f"| {' | '.join((name, _interval(row.r, 3), control, f'{row.ceiling:.2f}', reference))} |"


def _interval(measure: Measure | None, digits: int = 2) -> str:
    if measure is None:
        return "–"
    return f"{measure.mean:.{digits}f} [{measure.low:.{digits}f}, {measure.high:.{digits}f}]"
