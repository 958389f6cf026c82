"""The command ``train student``: teach the small network that comes with musicdesk, again or on other music."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import measure_json, show, table
from musicdesk.cli.progress import job

if TYPE_CHECKING:
    from musicdesk.desk.distilling import StudentReport


@click.command("student")
@click.option("--data", "folders", multiple=True, required=True, type=click.Path(file_okay=False, path_type=Path),
              help="A folder of music; can be given again. Students are tested on artists of the first.")  # fmt: skip
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where all of it goes.")
@click.option("--credits", "table_of", type=click.Path(dir_okay=False, path_type=Path),
              help="Who made what, tab-separated: package (subfolder), name (file), artist.")  # fmt: skip
@click.option("--font", type=click.Path(dir_okay=False, path_type=Path),
              help="A General MIDI sound font, to make more music with fluidsynth.")  # fmt: skip
@click.option("--played", type=click.IntRange(0, 10_000), default=160, show_default=True, help="Pieces made with it.")
@click.option("--demo/--no-demo", default=True, show_default=True, help="Learn from the demo library too.")
@click.option("--epochs", type=click.IntRange(1, 1000), default=8, show_default=True, help="Of the student that stays.")
@click.option(
    "--fold-epochs", type=click.IntRange(1, 1000), default=5, show_default=True, help="Of those for the test."
)
@click.option("--folds", type=click.IntRange(0, 10), default=3, show_default=True,
              help="Tests, each without its share of the artists; 0: none.")  # fmt: skip
@click.option("--windows", type=click.IntRange(1, 1000), default=24, show_default=True, help="Of a track, at most.")
@click.option("--altered", type=click.FloatRange(0, 10), default=0.5, show_default=True,
              help="Altered windows for each plain one.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all chance.")
@json_option
@passed
def train_student(
    context: Context, /, folders: tuple[Path, ...], out: Path, table_of: Path | None, font: Path | None, as_json: bool,
    **chosen: Any,
) -> None:  # fmt: skip
    """Teach a small network what MusiCNN says, test it on artists it never heard, and keep it in OUT.

    Run again after it was stopped, it goes on where it was.

    Example: musicdesk train student --data ~/Music --out ~/student --seed 0
    """
    from musicdesk.desk.distilling import Distilling, Wishes

    with job() as work:
        teaching = Distilling(context.folders.models, out, Wishes(**chosen), job=work)
        report = teaching.run(
            folders, table_of=table_of, font=font, command=_command(folders, table_of, font, chosen),
            each=lambda epoch: work.say(_line(epoch)),
        )  # fmt: skip
    show(_json(report, out), _text(report, out), as_json=as_json)


def _command(folders: tuple[Path, ...], table_of: Path | None, font: Path | None, chosen: dict[str, Any]) -> str:
    """The call as another person would make it: names of folders without the places where they lie here."""
    words = [f"--data {folder.name}" for folder in folders]
    words += [f"--credits {table_of.name}"] if table_of else []
    words += [f"--font {font.name}"] if font else []
    told = {name: value for name, value in chosen.items() if name != "demo"}
    words += [f"--{name.replace('_', '-')} {value}" for name, value in told.items()]
    return " ".join(["musicdesk train student", *words, *([] if chosen["demo"] else ["--no-demo"]), "--out STUDENT"])


def _line(epoch: Any) -> str:
    return (
        f"Epoch {epoch.number}: misses {epoch.vectors_missed:.2f} of the vectors, {epoch.tags_missed:.2f} of the tags"
    )


def _json(report: "StudentReport | None", out: Path) -> dict[str, Any]:
    data: dict[str, Any] = {"out": str(out)}
    if report:
        data |= {
            "folds": report.folds,
            "tracks": report.tracks,
            "rows": [
                {"encoder": name, "map": measure_json(found.map), "chance": measure_json(found.chance),
                 "cpu_s": round(report.cpu_s[name], 5)}
                for name, found in report.albums.items()
            ],
            "top_words": measure_json(report.top_words),
            "top_words_always_the_same": measure_json(report.top_words_always_the_same),
            **{name: round(value, 4) for name, value in asdict(report).items() if isinstance(value, float)},
        }  # fmt: skip
    return data


def _text(report: "StudentReport | None", out: Path) -> str:
    if report is None:
        return f"The student lies in {out}. It was tested on nobody."
    rows = [
        (name, f"{found.map.mean:.3f} [{found.map.low:.3f}, {found.map.high:.3f}]", f"{found.chance.mean:.3f}",
         f"{1000 * report.cpu_s[name]:.1f} ms")
        for name, found in report.albums.items()
    ]  # fmt: skip
    words, same = report.top_words, report.top_words_always_the_same
    lines = [
        f"The student lies in {out}. On {report.tracks} tracks in {report.folds} folds, by artists it never heard:",
        table(("Encoder", "Same album, MAP", "Chance", "CPU a track"), rows),
        f"Teacher's top words: AP {words.mean:.3f} [{words.low:.3f}, {words.high:.3f}], all alike {same.mean:.3f}",
        f"Words: Pearson {report.word_pearson:.2f}, rank {report.word_rank:.2f}",
        f"Distances: rank {report.distance_rank:.2f}",
    ]
    return "\n".join(lines)
