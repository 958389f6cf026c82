"""``evaluate mood``: whether "like this, but calmer" is calmer, and like this."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk import charts
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.evaluate_mood_json import fewest_json, report_json
from musicdesk.cli.output import measure_text, show, table
from musicdesk.cli.progress import job
from musicdesk.records import Measure

if TYPE_CHECKING:
    from musicdesk.desk.measured_mood import ClaimRow, Dose, EqualMood, FewestReport, MoodReport, MoodRow, Setting
    from musicdesk.desk.measuring import Difference

LABELS = ("given", "heard")
HEAD = ("Way", "Strength", "Mood@1", "Genre@1", "Combined@1 (95 %)", "Mood@10", "Genre@10", "Combined@10 (95 %)",
        "Tags@1", "Likeness", "Different", "Hubs", "Usual: mood@10", "genre@10", "Full: mood@10",
        "genre@10")  # fmt: skip
AGAINST_HEAD = ("Way", "Beside", "Combined@1", "p", "Combined@10", "p", "Usual: @1", "@10")
DOSE_HEAD = ("Way", "Percentile of the mood at 0, .2 … 1", "Spearman", "Likeness", "Genre@10")
EQUAL_HEAD = ("Way", "Places", "At a mood precision of", "Genre kept", "Average mood keeps", "Ratio (95 %)")
CLAIM_HEAD = ("Way", "Lists", "Livelier or calmer as asked", "Claimed", "Really", "Right where claimed", "Where not")
FEWEST_HEAD = ("Tracks", "Rarest mood", "Taught", "Way", "Combined@1", "Combined@10", "Less", "By ten",
               "Less, window", "By ten, window")  # fmt: skip
NOT_TOLD = "–"


@click.command("mood")
@click.option("--data", "folder", type=click.Path(path_type=Path),
              help="Emotify's folder, EMOPIA's (with --font), or the data folder of a desk.")  # fmt: skip
@click.option("--library", is_flag=True, help="The library of this desk, with strong labels of genre.")
@click.option("--font", type=click.Path(dir_okay=False, path_type=Path), metavar="FONT.sf2",
              help="EMOPIA: the General MIDI sound font that plays the clips.")  # fmt: skip
@click.option("--encoder", help="Whose vectors are steered (default: the one in use).")
@click.option("--labels", "known", type=click.Choice([*LABELS, "both"]), default="both", show_default=True,
              help="Moods of what is learned from: the true ones, or what the program hears.")  # fmt: skip
@click.option("--genres", default="auto", show_default=True, metavar="auto|genre-tags|folders|words|CSV",
              help="Library: where strong labels stand, as for evaluate personal.")  # fmt: skip
@click.option("--method", "methods", multiple=True, help="Can be given again (default: all).")
@click.option("--ablations", is_flag=True, help="What is taught with each loss alone, and without each part, as well.")
@click.option("--fewest", is_flag=True,
              help="Instead: how few tracks suffice, in libraries of artists drawn by lot.")  # fmt: skip
@click.option("--draws", type=click.IntRange(1), default=6, show_default=True,
              help="With --fewest: so many libraries of each share of the artists.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(1), default=3, show_default=True, help="Trainings and splits.")
@click.option("--parts", type=click.IntRange(3), default=10, show_default=True, help="Parts by artist.")
@click.option("--asked", type=click.IntRange(1), help="So many of the parts are asked each seed (default: all).")
@click.option("--clips", type=click.IntRange(4), default=40, show_default=True, help="EMOPIA: how many clips.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Keep what is heard and found there, and go on where it stopped.")  # fmt: skip
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw a chart as well, .png or .svg.")
@click.option("--cases", type=click.Path(file_okay=False, path_type=Path),
              help="Library: write 20 cases there, a page and a playlist each, for a person to listen to.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Of the splits, the training, the bootstrap.")
@json_option
@passed
def evaluate_mood(
    context: Context, /, folder: Path | None, library: bool, known: str, genres: str, methods: tuple[str, ...],
    ablations: bool, fewest: bool, draws: int, seeds: int, parts: int, asked: int | None, seed: int,
    cases: Path | None, plot: Path | None, as_json: bool, **more: Any,
) -> None:  # fmt: skip
    """Steer to other moods and look at the lists: are they in the mood, and did the rest stay?

    Example: musicdesk evaluate mood --data emotify --plot mood.svg
    """
    if (folder is None) != library:
        raise click.UsageError("Name what to measure on: --data FOLDER, or --library for the library of this desk.")
    if fewest and (ablations or cases or plot):
        raise click.UsageError("--fewest is measured alone: without --ablations, --cases and --plot.")
    if plot is not None:
        charts.check(plot)
    measuring = context.desk.measuring.mood
    if fewest:
        with job() as work:
            few = measuring.fewest(folder, methods=methods, draws=draws, labels=genres, seed=seed, job=work, **more)
        show(fewest_json(few), _fewest(few), as_json=as_json)
        return
    plan = measuring.plan(
        methods=methods, ablations=ablations, seeds=seeds, parts=parts, asked=asked or 0, seed=seed,
        labels=() if library else LABELS if known == "both" else (known,),
    )  # fmt: skip
    with job() as work:
        report = measuring.measure(folder, plan, labels=genres, plot=plot, job=work, **more)
        written = measuring.cases(folder, cases, count=20, seed=seed) if cases is not None else ()
    told = report_json(report) | ({"cases": [str(path) for path in written]} if written else {})
    lines = [_text(report), *([f"\nCases to listen to: {written[0]}"] if written else [])]
    show(told, "\n".join(lines), as_json=as_json)


def _text(report: "MoodReport") -> str:
    c = report.chance
    moods = "; ".join(
        f"{name or 'no genre'} " + ", ".join(f"{count} {mood}" for mood, count in counts.items())
        for name, counts in report.moods.items()
    )
    lines = [
        f"{report.data}: {report.tracks} tracks, {report.artists} artists ({moods})",
        (
            f"The program hears the mood of {100 * report.heard_right:.0f} % as it is; "
            f"it is sure of {100 * report.heard_sure:.0f} %"
        ),
        (
            f"By chance: mood {c.mood:.2f}, genre {c.genre:.2f}; any track of the mood: genre {c.genre_in_mood:.2f}; "
            f"a track of both exists for {100 * c.possible:.0f} %"
        ),
        f"The usual strength, with which the window begins, is {report.usual:.2f}; its claims are measured there",
        *report.notes,
    ]
    for name, each in report.genre_chance.items():
        lines.append(f"  seeds of {name}: mood {each.mood:.2f}, genre {each.genre:.2f}, any track of the mood "
                     f"{each.genre_in_mood:.2f}, possible {100 * each.possible:.0f} %")  # fmt: skip
    return "\n".join([*lines, *(line for setting in report.settings for line in _setting(setting))])


def _setting(setting: "Setting") -> list[str]:
    lines = [f"\nLabels {setting.labels}, searched: {setting.searched}; {setting.cases} cases",
             table(HEAD, [_row(row) for row in setting.rows])]  # fmt: skip
    against = [cells for row in setting.rows for cells in _against(row)]
    for head, cells in (
        (AGAINST_HEAD, against),
        (DOSE_HEAD, [_dose(dose) for dose in setting.doses]),
        (EQUAL_HEAD, [_equal(one) for one in setting.equal]),
        (CLAIM_HEAD, [_claim(claim) for claim in setting.claims]),
    ):
        lines += ["", table(head, cells)] if cells else []
    return lines


def _row(row: "MoodRow") -> tuple[str, ...]:
    told = row.measures
    return (
        row.name, f"{row.strength:.2f}", _mean(told["mood_p@1"]), _mean(told["genre_p@1"]),
        measure_text(told["combined"]), _mean(told["mood_p@10"]), _mean(told["genre_p@10"]),
        measure_text(told["combined@10"]), _mean(told["tags_j@1"]), _mean(told["likeness@10"]),
        f"{row.distinct.mean:.2f}", f"{row.hubs.mean:.2f}", _mean(row.usual["mood_p@10"]),
        _mean(row.usual["genre_p@10"]), _mean(row.full["mood_p@10"]), _mean(row.full["genre_p@10"]),
    )  # fmt: skip


def _against(row: "MoodRow") -> list[tuple[str, ...]]:
    """What is whole beside the baselines, an ablation beside what is whole."""
    return [
        (row.name, other, _signed(first.measure, clear=first.clear), f"{first.p:.3f}",
         _signed(row.against_10[other].measure, clear=row.against_10[other].clear), f"{row.against_10[other].p:.3f}",
         _less(row.against_usual[other]), _less(row.against_usual_10[other]))
        for other, first in row.against.items() if row.whole in ("", other)
    ]  # fmt: skip


def _dose(dose: "Dose") -> tuple[str, ...]:
    return (dose.name, _some(dose.percentile), f"{dose.spearman:.3f}", _some(dose.likeness), _some(dose.genre))


def _some(curve: Sequence[float]) -> str:
    return " ".join(f"{value:.2f}" for value in curve[::2])


def _equal(one: "EqualMood") -> tuple[str, ...]:
    level = f"{one.mood:.2f}" if one.reached else f"{one.mood:.2f} (it reaches no more)"
    return (one.name, str(one.places), level, f"{one.ours:.2f}", f"{one.theirs:.2f}", measure_text(one.ratio))


def _claim(claim: "ClaimRow") -> tuple[str, ...]:
    told = (claim.right, claim.right_where_claimed, claim.right_where_not)
    return (claim.name, str(claim.lists), _signed(claim.moved), measure_text(claim.claimed),
            *(measure_text(one) if one else NOT_TOLD for one in told))  # fmt: skip


def _mean(measure: Measure) -> str:
    return f"{measure.mean:.3f}" if measure.n else NOT_TOLD


def _fewest(report: "FewestReport") -> str:
    lines = [f"{report.data}: libraries of {report.artists} artists drawn by lot, beside {report.beside}"]
    cells = [
        ("–".join(map(str, size.tracks)), "–".join(map(str, size.rarest)),
         f"{size.taught} of {size.libraries}", row.name, _mean(row.combined), _mean(row.combined_10),
         *map(_less, (row.against, row.against_10, row.window, row.window_10)))
        for size in report.sizes for row in size.rows
    ]  # fmt: skip
    return "\n".join([*lines, *report.notes, "", table(FEWEST_HEAD, cells)])


def _less(one: "Difference") -> str:
    return _signed(one.measure, clear=one.clear)


def _signed(measure: Measure, *, clear: bool = False) -> str:
    return f"{measure.mean:+.3f} ({measure.low:+.3f} to {measure.high:+.3f}){'*' if clear else ''}"
