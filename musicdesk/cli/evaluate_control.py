"""``evaluate control``: whether a slider does what it says."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk import charts
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import measure_json, measure_text, show, table
from musicdesk.cli.progress import job

if TYPE_CHECKING:
    from musicdesk.desk.measuring import ControlReport, ControlRow
    from musicdesk.records import Measure

NOT_TOLD = "–"
LIBRARY = "library"


@click.command("control")
@click.option("--data", "folder", type=click.Path(file_okay=False, path_type=Path),
              help="The folder of HetRec Last.fm with its tags; or a data folder, or one of music, which is analysed "
                   "for this (default: yours).")  # fmt: skip
@click.option("--encoder", help="Library: which encoder (default: the one in use).")
@click.option("--witness", help="Library: the encoder whose words tell what is listed (default: the same).")
@click.option("--labels", default="auto", show_default=True, metavar="auto|genre-tags|folders|words|CSV",
              help="Library: where strong labels stand, as for evaluate personal.")  # fmt: skip
@click.option("--prototypes", type=click.IntRange(2, 500), default=60, show_default=True, help="Last.fm: tags at most.")
@click.option("--every-tag", is_flag=True,
              help="Last.fm: also tags that say nothing of the sound (seen live, american, awesome).")  # fmt: skip
@click.option("--carriers", type=click.IntRange(1), default=100, show_default=True,
              help="Last.fm: artists that a tag needs to be measured.")  # fmt: skip
@click.option("--likes", type=click.IntRange(1), default=5, show_default=True, help="Library: of each listener.")
@click.option("--listeners", type=click.IntRange(2), help="How many (default: 120; 60 in a library).")
@click.option("--k", type=click.IntRange(1), default=20, show_default=True, help="Places of the list that count.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path),
              help="Draw the dose-response curves as well, .png or .svg.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Of the training, the listeners, the bootstrap.")
@json_option
@passed
def evaluate_control(
    context: Context, /, folder: Path | None, encoder: str | None, witness: str | None, labels: str,
    plot: Path | None, as_json: bool, **numbers: Any,
) -> None:  # fmt: skip
    """Move sliders and look at the lists: does the tag's share follow, is anything else moved, what does it cost?

    Changes are after less before: a prototype taken out should lose its tag (below 0) and leave the other tags at 0.

    Example: musicdesk evaluate control --data lastfm --plot control.svg
    """
    if plot is not None:
        charts.check(plot)
    with job() as work:
        report = context.desk.measuring.control(
            folder, encoder=encoder, witness=witness, labels=labels, plot=plot, job=work, **numbers
        )
    show(_json(report, numbers["seed"]), _text(report), as_json=as_json)


# ------------------------------------------------------------------------------------------------ for people


def _text(report: "ControlReport") -> str:
    what = "sounds" if report.kind == LIBRARY else "items"
    lines = [
        f"{report.listeners} listeners, {report.candidates} {what}, {report.prototypes} prototypes each",
        f"The first {report.k} of each list; changes are after less before; 95 % intervals over listeners",
        *report.notes,
    ]
    for witness in dict.fromkeys(row.witness for row in report.rows):
        of = [row for row in report.rows if row.witness == witness]
        lines += [
            f"\nWhat is listed is told by {witness}.",
            table(_follow_head(report.k), [_follow(row) for row in of]),
        ]
        edited = [row for number, row in enumerate(of) if row.edits and not (number and _same(row, of[number - 1]))]
        if edited:
            lines += ["", table(_EDIT_HEAD, [cells for row in edited for cells in _edits(row)])]
        faithful = [row for row in of if row.faithful]
        lines += ["", table(_FAITHFUL_HEAD, [_faithful(row) for row in faithful])] if faithful else []
    return "\n".join([*lines, *_tags(report), *_names(report)])


def _follow_head(k: int) -> tuple[str, ...]:
    return ("Way", "Sliders", "Slider ~ tag share, median (95 %)", "-1 to 2", ".9 or more", "Still",
            f"Share of the first {k} at -1, 0, 1, 2", "NDCG@100")  # fmt: skip


_EDIT_HEAD = ("Way", "Sliders", "Edit", "tag-NDCG of its tag (95 %)", "Of other tags", "NDCG@100 (95 %)")
_FAITHFUL_HEAD = ("Way", "List replaced without the top one", "Without another", "Scores moved", "By another", "More")


def _follow(row: "ControlRow") -> tuple[str, ...]:
    shares = ", ".join(f"{row.doses[place].mean:.2f}" for place in (0, 2, 6, 10))
    return (
        row.way, row.scope, measure_text(row.follows), f"{row.follows_wide.mean:.2f}", f"{100 * row.aim.mean:.0f} %",
        f"{100 * row.still.mean:.0f} %", shares, measure_text(row.accuracy) if row.accuracy else NOT_TOLD,
    )  # fmt: skip


def _edits(row: "ControlRow") -> list[tuple[str, ...]]:
    return [
        (row.way, row.scope, name, _signed(edit.own), f"{edit.others.mean:+.3f}",
         _signed(edit.accuracy) if edit.accuracy else NOT_TOLD)
        for name, edit in row.edits.items()
    ]  # fmt: skip


def _same(row: "ControlRow", before: "ControlRow") -> bool:
    """Whether two rows of one way tell the same: in a library only the strongest have a gain that can be edited."""
    return row.way == before.way and all(
        name in before.edits and edit.own.mean == before.edits[name].own.mean for name, edit in row.edits.items()
    )


def _signed(measure: "Measure") -> str:
    return f"{measure.mean:+.3f} ({measure.low:+.3f} to {measure.high:+.3f})"


def _faithful(row: "ControlRow") -> tuple[str, ...]:
    told = row.faithful
    return (
        row.way, measure_text(told["replaced_by_top"]), measure_text(told["replaced_by_other"]),
        f"{told['moved_by_top'].mean:.2f}", f"{told['moved_by_other'].mean:.2f}",
        f"{100 * told['top_moves_more'].mean:.0f} %",
    )  # fmt: skip


def _tags(report: "ControlReport") -> list[str]:
    if not report.tags:
        return []
    ordered = sorted(report.tags, key=lambda row: -row.follows)
    cells = [(t.name, str(t.carriers), f"{t.follows:.2f}", f"{t.removed:+.3f}", f"{t.doses[-1]:.2f}") for t in ordered]
    head = ("Tag", "Artists", "Slider ~ share, median", "Removed: tag-NDCG", "Share at 2")
    return [f"\n{report.rows[0].way}, tag by tag:", table(head, cells)]


def _names(report: "ControlReport") -> list[str]:
    lines = []
    if report.named:
        chance = sum(row.base for row in report.naming) / len(report.naming)
        words = ", ".join(f"{row.name} {row.precision:.1f}" for row in report.naming)
        told = f"{measure_text(report.named)}, chance {chance:.2f} ({words})"
        lines.append(f"\nWords against labels, of the 10 nearest tracks: {told}")
    if report.named_groups:
        lines.append(f"Names of what is liked against labels: {measure_text(report.named_groups)}")
    if report.heard:
        lines.append(f"What words lead to agrees with them more than {measure_text(report.heard)} of the library")
    if report.stability:
        s = report.stability
        lines.append(f"{s.seeds} seeds: cosine of matched prototypes {measure_text(s.cosine)}, one name "
                     f"{measure_text(s.same_name)}, list in common {measure_text(s.same_list)}")  # fmt: skip
    return [*lines, *_believed(report)]


def _believed(report: "ControlReport") -> list[str]:
    told = report.believed
    if told is None:
        return []
    many = f"of {measure_text(told.awake)} prototypes awake, from the least to the largest {measure_text(told.gains)}"
    beside = [f"{who} {what} {_signed(one.measure)}{'*' if one.clear else ''}" for who, what, one in told.beside_one]
    return [
        f"\nGains that the network believes in: {many}",
        f"Two of {told.seeds} seeds differ by {measure_text(told.apart)}, one top: {measure_text(told.same_top)}",
        f"What they find, less what gains of 1 find: {', '.join(beside)}",
    ]


# ------------------------------------------------------------------------------------------------ for programs


def _json(report: "ControlReport", seed: int) -> dict[str, Any]:
    return {
        "data": report.data,
        "kind": report.kind,
        "seeds": [seed],
        "sign": "after less before",
        "k": report.k,
        "listeners": report.listeners,
        "candidates": report.candidates,
        "prototypes": report.prototypes,
        "slider": list(report.slider),
        "rows": [_row_json(row) for row in report.rows],
        "tags": [
            {"name": t.name, "carriers": t.carriers, "removed": round(t.removed, 4), "follows": round(t.follows, 4),
             "share": _rounded(t.doses)}
            for t in report.tags
        ],
        **_names_json(report),
        "notes": list(report.notes),
    }  # fmt: skip


def _row_json(row: "ControlRow") -> dict[str, Any]:
    return {
        "way": row.way,
        "witness": row.witness,
        "sliders": row.scope,
        "pairs": row.pairs,
        "follows": measure_json(row.follows),
        "follows_from_minus_one": measure_json(row.follows_wide),
        "reach_aim": measure_json(row.aim),
        "still": measure_json(row.still),
        "share": [measure_json(dose) for dose in row.doses],
        **({"ndcg@100": measure_json(row.accuracy)} if row.accuracy else {}),
        "edits": {
            name: {
                "tag_ndcg": measure_json(edit.own),
                "other_tags": measure_json(edit.others),
                **({"ndcg@100": measure_json(edit.accuracy)} if edit.accuracy else {}),
            }
            for name, edit in row.edits.items()
        },
        "faithful": {name: measure_json(measure) for name, measure in row.faithful.items()},
    }


def _names_json(report: "ControlReport") -> dict[str, Any]:
    if report.kind != LIBRARY:
        return {}
    told = {"words": report.named, "liked": report.named_groups, "heard": report.heard}
    s, b = report.stability, report.believed
    return {
        "naming": [
            {"name": row.name, "label": row.label, "precision": round(row.precision, 4), "chance": round(row.base, 4)}
            for row in report.naming
        ],
        "precision": {name: measure_json(measure) for name, measure in told.items() if measure},
        "believed": {
            "seeds": b.seeds,
            "beside_one": [
                {"listeners": who, "measure": what, **measure_json(one.measure), "p": round(one.p, 4)}
                for who, what, one in b.beside_one
            ],
            **{name: measure_json(getattr(b, name)) for name in ("awake", "gains", "apart", "same_top")},
        } if b else {},
        "stability": {
            "seeds": s.seeds, "cosine": measure_json(s.cosine), "same_name": measure_json(s.same_name),
            "same_count": measure_json(s.same_count), "same_list": measure_json(s.same_list),
        } if s else {},
    }  # fmt: skip


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 4) for value in values]
