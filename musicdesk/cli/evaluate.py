"""The group ``evaluate``, how good: the commands behind the claimed figures, beside chance and controls."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.evaluate_cnn import evaluate_cnn
from musicdesk.cli.evaluate_control import evaluate_control
from musicdesk.cli.evaluate_encoders import evaluate_encoders
from musicdesk.cli.evaluate_genre_listeners import evaluate_genre_listeners
from musicdesk.cli.evaluate_mood import evaluate_mood
from musicdesk.cli.evaluate_personal import evaluate_personal
from musicdesk.cli.evaluate_prototypes import evaluate_prototypes
from musicdesk.cli.evaluate_recommenders import evaluate_recommenders
from musicdesk.cli.evaluate_semantic import evaluate_semantic
from musicdesk.cli.output import measure_json, measure_text, show, table
from musicdesk.cli.progress import job

if TYPE_CHECKING:
    from musicdesk.desk.measuring import DuplicateReport, GroupRetrieval, SimilarityReport


@click.group()
def evaluate() -> None:
    """How good musicdesk is, beside chance and controls.

    Example: musicdesk evaluate similarity --data ~/Music
    """


@evaluate.command("similarity")
@click.option(
    "--data", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="A folder of albums."
)
@click.option("--encoder", "encoders", multiple=True, help="Can be given again (default: all that are installed).")
@click.option("--windows", type=click.IntRange(1, 60), multiple=True,
              help="Windows a track; can be given again (default: as many as the encoder wants).")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the bootstrap and the shuffles.")
@json_option
@passed
def evaluate_similarity(
    context: Context, folder: Path, encoders: tuple[str, ...], windows: tuple[int, ...], workers: int, seed: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Same-album retrieval after recoding to one format, and copies found again at rank 1.

    Example: musicdesk evaluate similarity --data ~/Music --encoder musicnn --encoder handcrafted
    """
    desk = context.desk
    chosen = encoders or tuple(m.name for m in desk.modelling.models() if m.installed)
    with job() as work:
        report = desk.measuring.similarity(
            folder, encoders=chosen, workers=workers, job=work, seed=seed, windows=windows
        )
    show(_similarity_json(report, folder, seed), _similarity_text(report), as_json=as_json)


@evaluate.command("duplicates")
@click.option(
    "--data", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="A folder of music."
)
@click.option("--groups", type=click.Path(dir_okay=False, path_type=Path),
              help="A table of what belongs together (tab-separated: group, kind, package, path).")  # fmt: skip
@click.option("--encoder", help="Which encoder (default: the one in use).")
@click.option(
    "--copies", type=click.IntRange(1), default=16, show_default=True, help="Tracks to copy in each encoding."
)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the choice and the bootstrap.")
@json_option
@passed
def evaluate_duplicates(
    context: Context, folder: Path, groups: Path | None, encoder: str | None, copies: int, workers: int, seed: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Copies in other encodings found again, and false merges.

    Example: musicdesk evaluate duplicates --data ~/Music
    """
    desk = context.desk
    name = encoder or desk.modelling.encoder()
    with job() as work:
        report = desk.measuring.duplicates(
            folder, groups=groups, encoder=name, copies=copies, workers=workers, job=work, seed=seed
        )
    show(_duplicates_json(report, folder, seed), _duplicates_text(report), as_json=as_json)


def _duplicates_json(report: "DuplicateReport", folder: Path, seed: int) -> dict[str, Any]:
    return {
        "data": str(folder),
        "encoder": report.encoder,
        "tracks": report.tracks,
        "seeds": [seed],
        "rows": [
            {"codec": row.codec, "found": measure_json(row.found), "found_by_vector_alone": measure_json(row.by_space)}
            for row in report.rows
        ],
        "kinds": [{"kind": row.kind, "pairs": row.pairs, "merged": row.merged} for row in report.kinds],
        "merged": [list(pair) for pair in report.merged],
        "near_pairs": report.near_pairs,
        "false_per_million": measure_json(report.false_per_million),
        "excerpts_merged": [list(pair) for pair in report.excerpts_merged],
    }


def _duplicates_text(report: "DuplicateReport") -> str:
    rows = [(row.codec, measure_text(row.found), measure_text(row.by_space), str(row.found.n)) for row in report.rows]
    false = report.false_per_million
    return "\n".join(
        [
            f"{report.tracks} tracks, {report.encoder}",
            table(("Copy", "Found (95 %)", "By the vector alone", "Copies"), rows),
            *(f"  {row.kind}: {row.merged} of {row.pairs} pairs merged" for row in report.kinds),
            f"  falsely merged: {len(report.merged)} of {report.near_pairs} pairs of nearly one length",
            (
                f"  fingerprints of half-minute excerpts: {false.mean:.2f} false merges in a million pairs "
                f"({false.low:.2f} to {false.high:.2f}; {false.n} pairs)"
            ),
            *(f"  ! {a} = {b}" for a, b in (*report.merged, *report.excerpts_merged)),
        ]
    )


def _similarity_json(report: "SimilarityReport", folder: Path, seed: int) -> dict[str, Any]:
    rows: list[dict[str, Any]] = [
        {
            "method": "z-scored cosine",
            "encoder": row.encoder,
            "windows": row.windows,
            "cpu_s": round(row.cpu_s, 4),
            "map": measure_json(row.album.map),
            "chance": measure_json(row.album.chance),
            "mp3_found@1": row.mp3_found,
            "quieter_found@1": row.quieter_found,
            "copies": row.copies,
            "hubness_skew@10": round(row.hubness, 3),
        }
        for row in report.rows
    ]
    rows.append({"method": "file format alone", "map": measure_json(report.format_only.map)})
    return {
        "data": str(folder),
        "split": f"{report.tracks} tracks in {report.albums} folders, recoded to one format",
        "seeds": [seed],
        "chance": measure_json(report.format_only.chance),
        "rows": rows,
    }


def _similarity_text(report: "SimilarityReport") -> str:
    head = ("Encoder", "Windows", "CPU", "Same-album MAP (95 %)", "Chance", "mp3 96k at 1", "-8 dB at 1", "Hubness")
    rows = [
        (
            row.encoder,
            str(row.windows),
            f"{row.cpu_s:.3f} s",
            measure_text(row.album.map),
            f"{row.album.chance.mean:.3f}",
            f"{row.mp3_found}/{row.copies}",
            f"{row.quieter_found}/{row.copies}",
            f"{row.hubness:.2f}",
        )
        for row in report.rows
    ]
    rows.append(
        ("file format alone", "", "", measure_text(report.format_only.map), _chance(report.format_only), "", "", "")
    )
    return f"{report.tracks} tracks, {report.albums} folders, recoded to one format\n" + table(head, rows)


def _chance(retrieval: "GroupRetrieval") -> str:
    return f"{retrieval.chance.mean:.3f}"


evaluate.add_command(evaluate_encoders)
evaluate.add_command(evaluate_cnn)
evaluate.add_command(evaluate_control)
evaluate.add_command(evaluate_mood)
evaluate.add_command(evaluate_genre_listeners)
evaluate.add_command(evaluate_personal)
evaluate.add_command(evaluate_prototypes)
evaluate.add_command(evaluate_recommenders)
evaluate.add_command(evaluate_semantic)
COMMANDS = (evaluate,)
