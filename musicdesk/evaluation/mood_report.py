"""What was measured of steering, as a chart: what is kept beside what is reached, and the dose with its response."""

from pathlib import Path

from musicdesk import charts
from musicdesk.errors import NothingYet
from musicdesk.evaluation.mood import MoodReport, Setting
from musicdesk.evaluation.mood_trial import STRENGTHS


def draw_chart(report: MoodReport, path: Path) -> None:
    """Curves of the last setting; raises as ``charts.curves``, and NothingYet where nothing was measured."""
    if not report.settings:
        raise NothingYet("Nothing was measured, so there is nothing to draw.")
    last = report.settings[-1]
    charts.curves(path, [_trade(last), _dose(last), _likeness(last)])


def _trade(setting: Setting) -> charts.Curves:
    return charts.Curves(
        "Mood reached, genre kept", "Share of ten in the mood", "Share of ten of the seed's genre",
        {dose.name: list(zip(dose.mood, dose.genre, strict=True)) for dose in setting.doses},
    )  # fmt: skip


def _dose(setting: Setting) -> charts.Curves:
    return charts.Curves(
        "Dose and response", "Strength", "Mean percentile of the mood",
        {dose.name: list(zip(STRENGTHS, dose.percentile, strict=True)) for dose in setting.doses}, chance=0.5,
    )  # fmt: skip


def _likeness(setting: Setting) -> charts.Curves:
    return charts.Curves(
        "What it costs", "Strength", "Mean cosine with the seed",
        {dose.name: list(zip(STRENGTHS, dose.likeness, strict=True)) for dose in setting.doses},
    )  # fmt: skip
