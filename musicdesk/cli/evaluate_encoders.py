"""``evaluate encoders``: every installed encoder on one folder of music, as a table, as JSON, as a chart."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk import charts
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import measure_json, measure_text, show, table
from musicdesk.cli.progress import job
from musicdesk.records import Measure

if TYPE_CHECKING:
    from musicdesk.desk.measuring import EncoderRow, EncodersReport, GroupRetrieval

HEAD = (
    "Encoder", "CPU", "Memory", "Dim", "Same album (MAP)", "Same artist", "On other albums", "Genre (5 neighbours)",
    "Mood (r)", "MP3 at 1", "-8 dB at 1", "Hubness",
)  # fmt: skip
NOT_TOLD = "–"


@click.command("encoders")
@click.argument("library", type=click.Path(file_okay=False, path_type=Path))
@click.option("--encoder", "encoders", multiple=True, help="Can be given again (default: all that are installed).")
@click.option("--labels", default="genre-tags", show_default=True, metavar="genre-tags|folders|CSV",
              help="Where genres stand: in the files' tags, in the names of their folders, or in a table "
                   "with the columns path (or track) and label.")  # fmt: skip
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw a chart as well, .png or .svg.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the bootstrap and the shuffles.")
@json_option
@passed
def evaluate_encoders(
    context: Context, library: Path, encoders: tuple[str, ...], labels: str, plot: Path | None, workers: int, seed: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Compare encoders on a folder of music: cost, albums, artists, genres, copies, hubs.

    Example: musicdesk evaluate encoders ~/Music --plot encoders.png
    """
    if plot is not None:
        charts.check(plot)
    desk = context.desk
    chosen = encoders or tuple(m.name for m in desk.modelling.models() if m.installed)
    with job() as work:
        report = desk.measuring.encoders(
            library, encoders=chosen, labels=labels, workers=workers, job=work, seed=seed
        )  # fmt: skip
    if plot is not None:
        charts.panels(plot, _panels(report))
    show(_json(report, library, seed), _text(report), as_json=as_json)


def _text(report: "EncodersReport") -> str:
    albums, artists = f"{report.albums} albums", f"{report.artists} artists"
    lines = [f"{report.tracks} tracks, {albums}, {artists}, recoded to one format; 95 % intervals in brackets"]
    lines.append(table(HEAD, [_cells(row) for row in (*report.rows, *report.controls)]))
    if report.majority is not None:
        names = ", ".join(report.genres)
        lines.append(f"{report.labelled} tracks with a genre ({names}), artists apart; always the most frequent one: "
                     f"{measure_text(report.majority)}")  # fmt: skip
    return "\n".join([*lines, *report.notes])


def _cells(row: "EncoderRow") -> tuple[str, ...]:
    quality, copies = row.quality, row.copies
    return (
        row.name,
        f"{row.cpu_s:.2f} s" if row.dim else "",
        f"{row.peak_mb:.0f} MB" if row.dim else "",
        str(row.dim) if row.dim else "",
        _found(quality.album),
        _found(quality.artist),
        _found(quality.artist_elsewhere),
        measure_text(quality.genre) if quality.genre else NOT_TOLD,
        measure_text(quality.mood) if quality.mood else NOT_TOLD,
        f"{copies.recoded}/{copies.of}" if copies else "",
        f"{copies.quieter}/{copies.of}" if copies else "",
        f"{quality.hubness:.2f}",
    )


def _found(retrieval: "GroupRetrieval | None") -> str:
    return measure_text(retrieval.map) if retrieval else NOT_TOLD


def _json(report: "EncodersReport", library: Path, seed: int) -> dict[str, Any]:
    first = report.rows[0].quality if report.rows else None
    chance = {
        "album_map": first.album and measure_json(first.album.chance),
        "artist_map": first.artist and measure_json(first.artist.chance),
        "artist_elsewhere_map": first.artist_elsewhere and measure_json(first.artist_elsewhere.chance),
        "genre_knn@5": report.majority and measure_json(report.majority),
    } if first else {}  # fmt: skip
    return {
        "data": str(library),
        "split": f"{report.tracks} tracks, {report.albums} albums, {report.artists} artists, recoded to one format",
        "seeds": [seed],
        "chance": chance,
        "genres": list(report.genres),
        "labelled": report.labelled,
        "rows": [{"method": "z-scored cosine", "encoder": row.name, **_row_json(row)} for row in report.rows]
        + [{"method": row.name, **_row_json(row)} for row in report.controls],
        "notes": list(report.notes),
    }


def _row_json(row: "EncoderRow") -> dict[str, Any]:
    quality, copies = row.quality, row.copies
    cost = {"windows": row.windows, "dim": row.dim, "cpu_s": round(row.cpu_s, 4), "peak_mb": round(row.peak_mb, 1)}
    found = {"mp3_found@1": copies.recoded, "quieter_found@1": copies.quieter, "copies": copies.of} if copies else {}
    return {
        **(cost if row.dim else {}),
        "album_map": quality.album and measure_json(quality.album.map),
        "artist_map": quality.artist and measure_json(quality.artist.map),
        "artist_elsewhere_map": quality.artist_elsewhere and measure_json(quality.artist_elsewhere.map),
        "genre_knn@5": quality.genre and measure_json(quality.genre),
        "mood_r": quality.mood and measure_json(quality.mood),
        **found,
        "hubness_skew@10": round(quality.hubness, 3),
    }


def _panels(report: "EncodersReport") -> list[charts.Panel]:
    """A set of bars for each measure that the library could tell, controls below the encoders."""
    rows = (*report.rows, *report.controls)
    sets = [_retrieval_panel("Same album", [(_named(row), row.quality.album) for row in rows])]
    sets.append(_retrieval_panel("Same artist", [(_named(row), row.quality.artist) for row in rows]))
    genres = tuple((_named(row), row.quality.genre) for row in rows)
    chance = report.majority.mean if report.majority else None
    sets.append(_panel("Genre", "5 neighbours, accuracy", genres, chance))
    sets.append(
        _panel("Mood", "20 neighbours, Pearson's r", tuple((_named(row), row.quality.mood) for row in rows), 0.0)
    )
    return [panel for panel in sets if panel.rows]


def _retrieval_panel(title: str, rows: list[tuple[str, "GroupRetrieval | None"]]) -> charts.Panel:
    chance = next((found.chance.mean for _, found in rows if found), None)
    return _panel(title, "MAP", tuple((name, found.map if found else None) for name, found in rows), chance)


def _panel(
    title: str, x_label: str, rows: tuple[tuple[str, Measure | None], ...], chance: float | None
) -> charts.Panel:
    told = tuple((name, measure) for name, measure in rows if measure is not None)
    return charts.Panel(title, f"{x_label}, 95 % interval", told, chance)


def _named(row: "EncoderRow") -> str:
    return f"{row.name}, {row.cpu_s:.2g} s" if row.dim else row.name
